/** Trees of files as authors give them, in the field's shape, as JSON, zip or tar; and the flat list the kernel takes. */
import { BvError } from '../base/errors.ts';
import type { MountEntry } from '../wires/host-wire.ts';

/** The WebContainer API's shape of a tree, name by name. */
export interface FileSystemTree {
  [name: string]: DirectoryNode | FileNode | SymlinkNode;
}
export interface DirectoryNode {
  directory: FileSystemTree;
}
export interface FileNode {
  file: { contents: string | Uint8Array };
}
export interface SymlinkNode {
  file: { symlink: string };
}

function badTree(path: string, wanted: string): BvError {
  return new BvError('ERR_BV_BAD_TREE', `Cannot read the file tree at ${JSON.stringify(path === '' ? '/' : path)}: ${wanted}`);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
}

/**
 * Checks a relative path and gives it without `.` and doubled slashes.
 *
 * @throws {BvError} `ERR_BV_PATH_ESCAPE` if it leaves its root, `ERR_BV_BAD_TREE` if it names nothing.
 */
export function checkPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..') throw new BvError('ERR_BV_PATH_ESCAPE', `Cannot use the path ${JSON.stringify(path)}: it must stay below its root`);
    if (part.includes('\0')) throw badTree(path, 'a name must not hold a NUL');
    parts.push(part);
  }
  if (parts.length === 0) throw badTree(path, 'a path must name something');
  return parts.join('/');
}

/** @throws {BvError} `ERR_BV_BAD_TREE`, saying where. */
export function entriesOfTree(tree: unknown): readonly MountEntry[] {
  const entries: MountEntry[] = [];
  const walk = (node: unknown, folder: string) => {
    if (!isRecord(node)) throw badTree(folder, 'expected an object of names');
    for (const [name, child] of Object.entries(node)) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name))
        throw badTree(path, `${JSON.stringify(name)} is not a file name`);
      if (!isRecord(child)) throw badTree(path, 'expected { file } or { directory }');
      if ('directory' in child) {
        entries.push({ kind: 'directory', path });
        walk(child['directory'], path);
        continue;
      }
      const file = child['file'];
      if (!isRecord(file)) throw badTree(path, 'expected { file: { contents } }, { file: { symlink } } or { directory }');
      const { contents, symlink } = file;
      if (typeof symlink === 'string') entries.push({ kind: 'symlink', path, target: symlink });
      else if (typeof contents === 'string' || contents instanceof Uint8Array) entries.push({ kind: 'file', path, data: contents });
      else throw badTree(path, 'contents must be a string or a Uint8Array');
    }
  };
  walk(tree, '');
  return entries;
}

/** Paths to contents, as `boot({files})` and the elements give them; a value may also be a whole tree's node. */
export function entriesOfFiles(files: Readonly<Record<string, string | Uint8Array>>): readonly MountEntry[] {
  return Object.entries(files).map(([path, data]) => {
    if (typeof data !== 'string' && !(data instanceof Uint8Array)) throw badTree(path, 'contents must be a string or a Uint8Array');
    return { kind: 'file', path: checkPath(path), data };
  });
}

/** Of what `boot({ files })` is given. @throws {BvError} `ERR_BV_BAD_TREE`, `ERR_BV_PATH_ESCAPE` */
export function entriesOfAuthored(files: unknown): readonly MountEntry[] {
  // A Map, a Blob and the like have no names of their own, and would be no files at all.
  if (!/^\[object (?:Object|Module)\]$/.test(Object.prototype.toString.call(files)))
    throw badTree('', 'expected an object of names, or of paths and contents');
  const record = files as Readonly<Record<string, string | Uint8Array>>;
  return isTree(record) ? entriesOfTree(record) : entriesOfFiles(record);
}

/** Whether an object is a {@link FileSystemTree} and not a record of paths and contents. */
export function isTree(files: Readonly<Record<string, unknown>>): files is FileSystemTree {
  return Object.values(files).every((node) => isRecord(node) && ('file' in node || 'directory' in node));
}

/** The opposite of {@link entriesOfTree}. Files that are valid UTF-8 become strings. */
export function treeOfEntries(entries: readonly MountEntry[]): FileSystemTree {
  const root: FileSystemTree = {};
  // "constructor" is in every object before it is made, and "__proto__" is a name like others.
  const put = (folder: FileSystemTree, name: string, node: DirectoryNode | FileNode | SymlinkNode) =>
    Object.defineProperty(folder, name, { value: node, enumerable: true, configurable: true, writable: true });
  const folderOf = (parts: readonly string[]): FileSystemTree => {
    let folder = root;
    for (const part of parts) {
      if (!Object.hasOwn(folder, part)) put(folder, part, { directory: {} });
      const node = folder[part]!;
      if (!('directory' in node)) throw badTree(parts.join('/'), 'a file is in the way of a directory');
      folder = node.directory;
    }
    return folder;
  };
  for (const entry of entries) {
    const parts = entry.path.split('/');
    const name = parts.pop()!;
    if (entry.kind === 'directory') folderOf([...parts, name]);
    else if (entry.kind === 'symlink') put(folderOf(parts), name, { file: { symlink: entry.target } });
    else put(folderOf(parts), name, { file: { contents: typeof entry.data === 'string' ? entry.data : textOrBytes(entry.data) } });
  }
  return root;
}

function textOrBytes(bytes: Uint8Array): string | Uint8Array {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes; // Not text.
  }
}
