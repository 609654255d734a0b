/** What an untrusted worker sends as changes, checked field by field and copied, so that nothing else of it goes further. */
import { BvError } from '../base/errors.ts';
import type { Ino } from '../base/ids.ts';
import type { Attributes, Change, FileData } from '../wires/change.ts';
import { S_IFDIR, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from '../base/file-mode.ts';
import { isValidName, maxPathBytes, utf8Length } from './names.ts';

function bad(what: string): never {
  throw new BvError('ERR_BV_BAD_MESSAGE', `The peer sent ${what}`);
}

function integer(value: unknown, what: string, max = Number.MAX_SAFE_INTEGER): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0 || value > max)
    bad(`a change whose ${what} is not a number from 0 to ${max}`);
  return value;
}

function time(value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) bad('a change whose time is not a number');
  return value;
}

function name(value: unknown): string {
  if (typeof value !== 'string' || !isValidName(value)) bad('a change with a name that no directory can hold');
  return value;
}

/** Exactly its own bytes: a view of a large buffer would be kept, and cloned, whole. */
function ownBytes(value: unknown): Uint8Array {
  if (!(value instanceof Uint8Array)) bad('a change whose contents are no bytes');
  if (!(value.buffer instanceof ArrayBuffer)) bad('a change whose contents others can still write');
  return value.buffer.byteLength === value.byteLength ? value : value.slice();
}

function contents(value: unknown): FileData {
  const data = value as FileData;
  switch (data?.kind) {
    case 'bytes':
      return { kind: 'bytes', bytes: ownBytes(data.bytes) };
    case 'blob':
      if (!(data.blob instanceof Blob)) bad('contents that are no Blob');
      return { kind: 'blob', blob: data.blob };
    case 'layer':
      return { kind: 'layer', ino: integer(data.ino, 'inode') };
    default:
      return bad('contents of no known kind');
  }
}

function attributes(value: unknown): Attributes {
  if (typeof value !== 'object' || value === null) bad('attributes that are no object');
  const from = value as Attributes;
  const set: { -readonly [K in keyof Attributes]: Attributes[K] } = {};
  if (from.mode !== undefined) set.mode = integer(from.mode, 'mode', 0o7777);
  if (from.uid !== undefined) set.uid = integer(from.uid, 'uid', 0xffffffff);
  if (from.gid !== undefined) set.gid = integer(from.gid, 'gid', 0xffffffff);
  if (from.atimeMs !== undefined) set.atimeMs = time(from.atimeMs);
  if (from.mtimeMs !== undefined) set.mtimeMs = time(from.mtimeMs);
  if (from.ctimeMs !== undefined) set.ctimeMs = time(from.ctimeMs);
  return set;
}

/**
 * The change that `value` is. `claim` is asked for each new inode number and throws for one that is not the sender's to give.
 *
 * @throws {BvError} `ERR_BV_BAD_MESSAGE` for what no honest worker sends.
 */
export function checkedChange(value: unknown, claim: (ino: Ino, layer?: string) => void): Change {
  const change = value as Change;
  switch (change?.kind) {
    case 'create': {
      const mode = integer(change.mode, 'mode', 0o177777);
      const type = mode & S_IFMT;
      if (type !== S_IFREG && type !== S_IFDIR && type !== S_IFLNK && type !== S_IFSOCK) bad('a new node of a type it may not make');
      const ino = integer(change.ino, 'inode');
      claim(ino);
      const { target } = change;
      if ((type === S_IFLNK) !== (target !== undefined)) bad('a link without a target, or a target without a link');
      if (target !== undefined && (typeof target !== 'string' || target.includes('\0') || utf8Length(target) >= maxPathBytes))
        bad('a link whose target is no path');
      if (change.data !== undefined && type !== S_IFREG) bad('contents for what is no regular file');
      return {
        kind: 'create',
        parent: integer(change.parent, 'parent'),
        name: name(change.name),
        ino,
        mode,
        uid: integer(change.uid, 'uid', 0xffffffff),
        gid: integer(change.gid, 'gid', 0xffffffff),
        timeMs: time(change.timeMs),
        ...(target === undefined ? {} : { target }),
        ...(change.data === undefined ? {} : { data: contents(change.data) }),
        ...(change.exclusive === true ? { exclusive: true } : {}),
      };
    }
    case 'write': {
      const { at } = change;
      return {
        kind: 'write',
        ino: integer(change.ino, 'inode'),
        at:
          at === 'end'
            ? at
            : typeof at === 'object' && at !== null
              ? { shared: integer(at.shared, 'shared offset') }
              : integer(at, 'offset'),
        bytes: ownBytes(change.bytes),
        timeMs: time(change.timeMs),
      };
    }
    case 'replace':
      return { kind: 'replace', ino: integer(change.ino, 'inode'), data: contents(change.data), timeMs: time(change.timeMs) };
    case 'truncate':
      return { kind: 'truncate', ino: integer(change.ino, 'inode'), size: integer(change.size, 'size'), timeMs: time(change.timeMs) };
    case 'attributes':
      return { kind: 'attributes', ino: integer(change.ino, 'inode'), set: attributes(change.set) };
    case 'link':
      return {
        kind: 'link',
        parent: integer(change.parent, 'parent'),
        name: name(change.name),
        ino: integer(change.ino, 'inode'),
        timeMs: time(change.timeMs),
      };
    case 'unlink':
      return { kind: 'unlink', parent: integer(change.parent, 'parent'), name: name(change.name), timeMs: time(change.timeMs) };
    case 'rename':
      return {
        kind: 'rename',
        parent: integer(change.parent, 'parent'),
        name: name(change.name),
        toParent: integer(change.toParent, 'parent'),
        toName: name(change.toName),
        timeMs: time(change.timeMs),
      };
    case 'mount': {
      const inoBase = integer(change.inoBase, 'first inode');
      if (typeof change.layer !== 'string') bad('a mount without a layer');
      claim(inoBase, change.layer);
      return { kind: 'mount', ino: integer(change.ino, 'inode'), layer: change.layer, inoBase };
    }
    case 'unmount':
      return { kind: 'unmount', ino: integer(change.ino, 'inode') };
    case 'orphan': {
      const ino = integer(change.ino, 'inode');
      claim(ino);
      return {
        kind: 'orphan',
        ino,
        mode: integer(change.mode, 'mode', 0o177777),
        uid: integer(change.uid, 'uid', 0xffffffff),
        gid: integer(change.gid, 'gid', 0xffffffff),
        timeMs: time(change.timeMs),
        bytes: ownBytes(change.bytes),
      };
    }
    case 'seek':
      return { kind: 'seek', shared: integer(change.shared, 'shared offset'), offset: integer(change.offset, 'offset') };
    default:
      return bad('a change of no known kind');
  }
}
