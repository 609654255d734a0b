/** The author's files as the runtime gives and takes them; loaded with it. */
import { BvElementError } from '../shared/element-error.ts';
import type { FileSystemTree, Template } from '../../runtime/index.ts';
import type { AuthorFile } from '../shared/working-files.ts';

export interface FetchedFiles {
  readonly files: ReadonlyMap<string, AuthorFile>;
  /** All of them as a container can mount them at once; only of a tar. */
  readonly template: Template | undefined;
}

/**
 * Fetches the files that `src` names: a JSON tree, a zip, a tar or a tar.gz.
 *
 * @throws {BvElementError} `ERR_BV_ASSET` if it cannot be fetched. @throws `ERR_BV_BAD_ARCHIVE`, `ERR_BV_BAD_TREE`,
 *   `ERR_BV_PATH_ESCAPE` of the runtime if it cannot be read.
 */
export async function fetchFiles(url: string, signal: AbortSignal): Promise<FetchedFiles> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`the server answered ${response.status} ${response.statusText}`.trimEnd());
    bytes = new Uint8Array(await response.arrayBuffer());
  } catch (cause) {
    signal.throwIfAborted();
    throw new BvElementError('ERR_BV_ASSET', `Cannot load the files of ${url}: ${(cause as Error).message}`, { cause });
  }
  const { readArchive, Template } = await import('../../runtime/index.ts');
  const isTar = (bytes[0] === 0x1f && bytes[1] === 0x8b) || String.fromCharCode(...bytes.subarray(257, 262)) === 'ustar';
  const template = isTar ? await Template.read(bytes, { signal }) : undefined;
  if (template !== undefined) return { files: filesOfTemplate(template), template };
  const files = new Map<string, AuthorFile>();
  const walk = (tree: FileSystemTree, folder: string) => {
    for (const [name, node] of Object.entries(tree)) {
      if ('directory' in node) walk(node.directory, `${folder}${name}/`);
      else files.set(`${folder}${name}`, 'symlink' in node.file ? { symlink: node.file.symlink } : node.file.contents);
    }
  };
  walk(await readArchive(bytes, { signal }), '');
  return { files, template };
}

/** As bytes: what nobody looks at is never decoded. */
function filesOfTemplate({ entries }: Template): ReadonlyMap<string, AuthorFile> {
  const files = new Map<string, AuthorFile>();
  for (const entry of entries) {
    if (entry.kind === 'file') files.set(entry.path, entry.data);
    else if (entry.kind === 'symlink') files.set(entry.path, { symlink: entry.target });
  }
  return files;
}

/** The author's files as the tree that a container boots with. @throws {BvElementError} `ERR_BV_BAD_TREE` */
export function treeOf(files: ReadonlyMap<string, AuthorFile>): FileSystemTree {
  // Without a prototype: "constructor" is not there before it is made, and "__proto__" is a name like others.
  const empty = () => Object.create(null) as FileSystemTree;
  const root = empty();
  for (const [path, file] of files) {
    const parts = path.split('/');
    const name = parts.pop()!;
    let folder = root;
    for (const part of parts) {
      const node = (folder[part] ??= { directory: empty() });
      if (!('directory' in node))
        throw new BvElementError('ERR_BV_BAD_TREE', `Cannot make the file ${JSON.stringify(path)}: ${JSON.stringify(part)} is a file, too`);
      folder = node.directory;
    }
    if (Object.hasOwn(folder, name))
      throw new BvElementError('ERR_BV_BAD_TREE', `Cannot make the file ${JSON.stringify(path)}: a directory has its name`);
    folder[name] =
      typeof file === 'string' || file instanceof Uint8Array ? { file: { contents: file } } : { file: { symlink: file.symlink } };
  }
  return root;
}
