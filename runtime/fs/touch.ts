import { assertNever } from '../base/assert-never.ts';
import type { Ino } from '../base/ids.ts';
import type { Change } from '../wires/change.ts';
import type { Tree } from './tree.ts';

/**
 * What a change reads or writes, about to be applied to `tree`: inode numbers, and shared offsets as negative numbers. Two
 * changes without anything in common give the same tree in either order. `null`: it may meet any other. A directory
 * that moves is such a change, since whether it may depends on all that is above its new place.
 */
export function touchedBy(tree: Tree, change: Change): readonly Ino[] | null {
  // Also where the node is gone here: taking back an own change may bring it back.
  const real = (ino: Ino) => tree.aliases.get(ino) ?? ino;
  const child = (parent: Ino, name: string) => {
    const directory = tree.node(parent);
    return directory?.isDirectory ? tree.lookup(directory, name) : undefined;
  };
  switch (change.kind) {
    case 'create': {
      const existing = child(change.parent, change.name);
      const touched = [change.ino, change.parent, real(change.parent)];
      if (existing !== undefined) touched.push(existing.ino);
      return touched;
    }
    case 'write': {
      const touched = [change.ino, real(change.ino)];
      if (typeof change.at === 'object') touched.push(-change.at.shared - 1);
      return touched;
    }
    case 'replace':
    case 'truncate':
    case 'attributes':
    case 'orphan':
      return [change.ino, real(change.ino)];
    case 'link':
      return [change.ino, real(change.ino), change.parent, real(change.parent)];
    case 'unlink': {
      const node = child(change.parent, change.name);
      const touched = [change.parent, real(change.parent)];
      if (node !== undefined) touched.push(node.ino);
      return touched;
    }
    case 'rename': {
      const node = child(change.parent, change.name);
      if (node?.isDirectory) return null;
      const replaced = child(change.toParent, change.toName);
      const touched = [change.parent, real(change.parent), change.toParent, real(change.toParent)];
      if (node !== undefined) touched.push(node.ino);
      if (replaced !== undefined) touched.push(replaced.ino);
      return touched;
    }
    case 'mount':
    case 'unmount':
      return null;
    case 'seek':
      return [-change.shared - 1];
    default:
      return assertNever(change);
  }
}
