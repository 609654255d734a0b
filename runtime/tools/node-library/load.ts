/** Node's library for tests that run in Node: what a process in the browser finds in its two layers. */
import { packLibrary } from './pack.ts';
import type { PackedLibrary } from './pack.ts';

let loaded: PackedLibrary | undefined;

/** Sources of both layers by builtin id, patched and shrunk as they are shipped, and the dumped data. Made once per run. */
export function loadNodeLibrary(): PackedLibrary {
  loaded ??= packLibrary();
  return loaded;
}
