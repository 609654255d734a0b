/** The files an author wrote into the page. */
import { BvElementError } from '../shared/element-error.ts';
import type { FileSystemTree, Template } from '../../runtime/index.ts';
import type { AuthorFile } from '../shared/working-files.ts';

/**
 * Normalises a path relative to the working directory.
 *
 * @throws {BvElementError} `ERR_BV_PATH_ESCAPE` if it leads out of it, `ERR_BV_BAD_TREE` if it names nothing.
 */
export function filePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.trim().split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..')
      throw new BvElementError('ERR_BV_PATH_ESCAPE', `Cannot use the path ${JSON.stringify(path)}: it must stay in the project`);
    parts.push(part);
  }
  if (parts.length === 0) throw new BvElementError('ERR_BV_BAD_TREE', 'Cannot use a file without a name: expected path="…"');
  return parts.join('/');
}

/**
 * The text an author meant: a line break right after the tag, the blanks before the closing tag and the indentation that
 * all lines share belong to the markup. Text that starts on the line of its tag shares none, and stays as it is.
 */
export function dedent(text: string): string {
  const body = text
    .replaceAll('\r\n', '\n')
    .replace(/^[ \t]*\n/, '')
    .replace(/\n[ \t]*$/, '\n');
  const lines = body.split('\n');
  const indents = lines.flatMap((line) => (line.trim() === '' ? [] : [/^[ \t]*/.exec(line)![0]]));
  let shared = indents[0] ?? '';
  for (const indent of indents) while (!indent.startsWith(shared)) shared = shared.slice(0, -1);
  return lines.map((line) => (line.startsWith(shared) ? line.slice(shared.length) : line.trimStart())).join('\n');
}

export interface AuthorFiles {
  readonly files: ReadonlyMap<string, string>;
  /** What is wrong with the others, in order. */
  readonly errors: readonly BvElementError[];
}

/** Reads `<script type="bv-file" path>` and `<pre path>` directly in `parent`. */
export function authorFilesOf(parent: Element): AuthorFiles {
  const files = new Map<string, string>();
  const errors: BvElementError[] = [];
  for (const element of parent.querySelectorAll(':scope > script[type="bv-file"]:not([deleted]), :scope > pre[path]')) {
    try {
      const path = filePath(element.getAttribute('path') ?? '');
      if (files.has(path))
        throw new BvElementError('ERR_BV_BAD_TREE', `Cannot use the file ${JSON.stringify(path)} twice: each path names one file`);
      files.set(path, dedent(element.textContent ?? ''));
    } catch (error) {
      errors.push(error as BvElementError);
    }
  }
  return { files, errors };
}

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
  const root: FileSystemTree = {};
  for (const [path, file] of files) {
    const parts = path.split('/');
    const name = parts.pop()!;
    let folder = root;
    for (const part of parts) {
      const node = (folder[part] ??= { directory: {} });
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
