/** Path resolution as path_resolution(7) has it. */
import { PosixError } from '../base/errors.ts';
import type { ErrnoName } from '../base/errno.ts';
import type { Inode } from './inode.ts';
import { fitsIn, maxNameBytes, maxPathBytes } from './names.ts';
import { X_OK } from '../base/file-mode.ts';
import type { Tree } from './tree.ts';

/** As Linux has it. */
const maxSymlinks = 40;

/** Who asks. A program of uid 0 may do everything, save running what nobody may run. */
export interface Credentials {
  uid: number;
  gid: number;
  umask: number;
}

/** Where a path leads. */
export interface Place {
  /** The directory of the last component. */
  readonly parent: Inode;
  /** The last component, which may be `.` or `..`, and is empty for the root. */
  readonly name: string;
  readonly node: Inode | undefined;
  /** A slash stood behind the last component. */
  readonly slash: boolean;
}

export function isPermitted(node: Inode, who: Credentials, mode: number): boolean {
  if (who.uid === 0) return (mode & X_OK) === 0 || node.isDirectory || (node.mode & 0o111) !== 0;
  const shift = node.uid === who.uid ? 6 : node.gid === who.gid ? 3 : 0;
  return ((node.mode >> shift) & 7 & mode) === mode;
}

/**
 * Fails with `ENOENT`, `ENOTDIR`, `EACCES`, `ELOOP` or `ENAMETOOLONG` if the path does not lead to a place; that nothing is at
 * that place is not a failure.
 */
export function walk(tree: Tree, who: Credentials, path: string, options: { readonly follow: boolean }): Place {
  const place = tryWalk(tree, who, path, options);
  if (typeof place === 'string') throw new PosixError(place);
  return place;
}

/** {@link walk} that answers the error's name: making an error costs more than walking, and module resolution fails often. */
export function tryWalk(tree: Tree, who: Credentials, path: string, options: { readonly follow: boolean }): Place | ErrnoName {
  if (path === '') return 'ENOENT';
  if (path.includes('\0')) return 'EINVAL';
  if (!fitsIn(path, maxPathBytes - 1)) return 'ENAMETOOLONG';
  const { root } = tree;
  const mayAll = who.uid === 0;
  let rest = path;
  let at = 0;
  let directory = root;
  let links = 0;
  for (;;) {
    while (rest.charCodeAt(at) === 47) at++;
    if (at >= rest.length) return { parent: directory, name: '', node: directory, slash: false };
    let end = rest.indexOf('/', at);
    if (end < 0) end = rest.length;
    const name = rest.slice(at, end);
    at = end;
    while (rest.charCodeAt(at) === 47) at++;
    const last = at >= rest.length;
    const slash = end < rest.length;
    if (!directory.isDirectory) return 'ENOTDIR';
    if (!mayAll && !isPermitted(directory, who, X_OK)) return 'EACCES';
    if (name.length > 85 && !fitsIn(name, maxNameBytes)) return 'ENAMETOOLONG';
    const node: Inode | undefined = name === '.' ? directory : name === '..' ? tree.node(directory.parent) : tree.lookup(directory, name);
    if (node === undefined) {
      if (last) return { parent: directory, name, node: undefined, slash };
      return 'ENOENT';
    }
    if (node.isSymlink && (!last || options.follow || slash)) {
      if (++links > maxSymlinks) return 'ELOOP';
      const { target } = node;
      if (target === '') return 'ENOENT';
      if (target.charCodeAt(0) === 47) directory = root;
      rest = last ? (slash ? `${target}/` : target) : `${target}/${rest.slice(at)}`;
      at = 0;
      continue;
    }
    if (last) {
      if (slash && !node.isDirectory) return 'ENOTDIR';
      return { parent: directory, name, node, slash };
    }
    directory = node;
  }
}
