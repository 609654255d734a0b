/** Archives for pages that want their files before anything is booted. */
import { treeOfEntries, type FileSystemTree } from './file-tree.ts';

/**
 * The files of a zip, a tar, a tar.gz or a JSON tree, told apart by their first bytes.
 *
 * @throws {BvError} `ERR_BV_BAD_ARCHIVE`, `ERR_BV_PATH_ESCAPE`, `ERR_BV_BAD_TREE`.
 */
export async function readArchive(bytes: Uint8Array): Promise<FileSystemTree> {
  const { entriesOfArchive } = await import('./archive.ts');
  return treeOfEntries(await entriesOfArchive(bytes));
}
