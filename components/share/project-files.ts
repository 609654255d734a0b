/** The files of a container as they are now, before it boots and after. */
import type { FileSystemTree } from '../../runtime/index.ts';
import { fetchFiles } from '../container/runtime-files.ts';
import type { ContainerHost } from '../shared/container-controller.ts';
import type { AuthorFile } from '../shared/working-files.ts';

export type FileContents = string | Uint8Array;

/** What can be installed or made again. */
const leftOut = ['node_modules', '**/node_modules', '.git', '.git/**', 'node_modules/**', '**/node_modules/**'];

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text where the bytes are text. */
function textOf(contents: FileContents): FileContents {
  if (typeof contents === 'string') return contents;
  try {
    return utf8.decode(contents);
  } catch {
    return contents; // Not text.
  }
}

/** The author's, those of `src` too. Symbolic links are left out. */
async function authoredFiles(host: ContainerHost): Promise<Map<string, FileContents>> {
  const all = new Map<string, AuthorFile>(host.files.authored);
  const { src } = host;
  if (src && host.container === undefined) {
    const { files } = await fetchFiles(new URL(src, host.ownerDocument.baseURI).href, new AbortController().signal);
    for (const [path, file] of files) if (!all.has(path)) all.set(path, file);
  }
  return new Map([...all].flatMap(([path, file]) => (typeof file === 'object' && 'symlink' in file ? [] : [[path, textOf(file)]])));
}

function flatten(tree: FileSystemTree, folder: string, into: Map<string, FileContents>): Map<string, FileContents> {
  for (const [name, node] of Object.entries(tree)) {
    if ('directory' in node) flatten(node.directory, `${folder}${name}/`, into);
    else if ('contents' in node.file) into.set(`${folder}${name}`, textOf(node.file.contents));
  }
  return into;
}

/** All files of the project but installed packages. */
export async function projectFiles(host: ContainerHost): Promise<ReadonlyMap<string, FileContents>> {
  if (host.container !== undefined) return flatten(await host.container.export('.', { excludes: leftOut }), '', new Map());
  const files = await authoredFiles(host);
  for (const [path, text] of host.files.edits) {
    if (text === null) files.delete(path);
    else files.set(path, text);
  }
  return files;
}

/** The files that differ from the author's, null for those that are gone. */
export async function changedFiles(host: ContainerHost): Promise<ReadonlyMap<string, FileContents | null>> {
  const authored = await authoredFiles(host);
  const now = await projectFiles(host);
  const changed = new Map<string, FileContents | null>();
  for (const [path, contents] of now) if (!isSame(authored.get(path), contents)) changed.set(path, contents);
  for (const path of authored.keys()) if (!now.has(path)) changed.set(path, null);
  return changed;
}

function isSame(a: FileContents | undefined, b: FileContents): boolean {
  if (a === undefined || typeof a === 'string' || typeof b === 'string') return a === b;
  return a.length === b.length && a.every((byte, at) => byte === b[at]);
}
