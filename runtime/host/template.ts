/** A project in an archive, as containers start with it. */
import type { MountEntry } from '../wires/host-wire.ts';
import { abortable } from './container-process.ts';
import { treeOfEntries, type FileSystemTree } from './file-tree.ts';

/**
 * A tar that was unpacked and checked: once, for all containers that are booted with it and for a page that wants to show
 * its files before.
 */
export class Template {
  /** Uncompressed. */
  readonly tar: Blob;
  /**
   * The same for the same contents where the page can tell (a secure context has hashes), so that containers share the layer;
   * else one of its own.
   */
  readonly id: string;
  readonly entries: readonly MountEntry[];

  private constructor(tar: Blob, id: string, entries: readonly MountEntry[]) {
    this.tar = tar;
    this.id = id;
    this.entries = entries;
  }

  /**
   * Reads a tar, gzipped or not. Resolves when all of it is checked.
   *
   * @throws {BvError} `ERR_BV_BAD_ARCHIVE`, `ERR_BV_PATH_ESCAPE`. @throws the signal's reason.
   */
  static async read(archive: Blob | Uint8Array, { signal }: { readonly signal?: AbortSignal | undefined } = {}): Promise<Template> {
    signal?.throwIfAborted();
    const reading = (async () => {
      const [{ entriesOfTar, untarred }, given] = await Promise.all([
        import('./archive.ts'),
        archive instanceof Blob ? archive.arrayBuffer().then((buffer) => new Uint8Array(buffer)) : archive,
      ]);
      signal?.throwIfAborted();
      const bytes = await untarred(given);
      signal?.throwIfAborted();
      return new Template(new Blob([bytes]), await nameOf(bytes), entriesOfTar(bytes));
    })();
    return abortable(reading, signal, () => {});
  }

  /** Its files. Those that are valid UTF-8 are strings. */
  get files(): FileSystemTree {
    return treeOfEntries(this.entries);
  }
}

async function nameOf(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return `template:${crypto.getRandomValues(new Uint32Array(4)).join('-')}`;
  const hash = new Uint8Array(await subtle.digest('SHA-256', bytes));
  return `template:${Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
