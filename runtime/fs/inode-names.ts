/** The names of a node: the first in its own fields, the others beside. */
import type { Ino } from '../base/ids.ts';
import type { Inode } from './inode.ts';

export interface Names {
  readonly parent: Ino;
  readonly name: string;
  readonly otherNames: [Ino, string][] | undefined;
}

export function namesOf(node: Inode): Names {
  return { parent: node.parent, name: node.name, otherNames: node.otherNames?.slice() };
}

export function restoreNames(node: Inode, names: Names): void {
  Object.assign(node, names);
}

export function addName(node: Inode, parent: Ino, name: string): void {
  if (node.parent === 0) {
    node.parent = parent;
    node.name = name;
  } else (node.otherNames ??= []).push([parent, name]);
  node.nlink++;
}

export function removeName(node: Inode, parent: Ino, name: string): void {
  node.nlink--;
  const others = node.otherNames;
  if (node.parent === parent && node.name === name) {
    const [nextParent, nextName] = others?.shift() ?? [0, ''];
    node.parent = nextParent;
    node.name = nextName;
  } else {
    const index = others?.findIndex(([otherParent, otherName]) => otherParent === parent && otherName === name) ?? -1;
    if (index >= 0) others?.splice(index, 1);
  }
}
