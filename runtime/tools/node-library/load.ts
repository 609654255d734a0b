/** Node's library for tests that run in Node: what a process in the browser finds in its two layers. */
import { followedSource } from './followed.ts';
import { bundleLazyParts } from './lazy-parts.ts';
import { packLibrary } from './pack.ts';
import type { PackedLibrary } from './pack.ts';

let loaded: PackedLibrary | undefined;

/** The bundled bindings are made when one is asked for: most tests need none. */
class Sources extends Map<string, string> {
  #bundled = false;
  override get(id: string): string | undefined {
    if (!this.#bundled && id.startsWith('bavini/')) {
      this.#bundled = true;
      this.set('bavini/followed', followedSource(this));
      for (const [name, text] of bundleLazyParts().sources) this.set(name, text);
    }
    return super.get(id);
  }
}

/** Sources of both layers by builtin id, patched and shrunk as they are shipped, and the dumped data. Made once per run. */
export function loadNodeLibrary(): PackedLibrary {
  if (loaded === undefined) {
    const packed = packLibrary();
    loaded = { ...packed, sources: new Sources(packed.sources) };
  }
  return loaded;
}
