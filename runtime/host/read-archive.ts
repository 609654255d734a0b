/** Archives for pages that want their files before anything is booted. */
import { abortable } from './container-process.ts';
import { treeOfEntries, type FileSystemTree } from './file-tree.ts';

/**
 * The files of a zip, a tar, a tar.gz or a JSON tree, told apart by their first bytes.
 *
 * @throws {BvError} `ERR_BV_BAD_ARCHIVE`, `ERR_BV_PATH_ESCAPE`, `ERR_BV_BAD_TREE`. @throws the signal's reason.
 */
export async function readArchive(
  bytes: Uint8Array,
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<FileSystemTree> {
  signal?.throwIfAborted();
  const reading = import('./archive.ts').then(({ entriesOfArchive }) => entriesOfArchive(bytes));
  return treeOfEntries(await abortable(reading, signal, () => {}));
}
