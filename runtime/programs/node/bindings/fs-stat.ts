import type { Stat } from '../../../process/syscalls.ts';

export const FIELDS = 18;

type Values = Float64Array | BigInt64Array;

/** Writes `stat` as the library reads it, from `offset` on: numbers, then four times in seconds and nanoseconds. */
export function fillStat(into: Values, stat: Stat, offset = 0): void {
  const numbers = [stat.dev, stat.mode, stat.nlink, stat.uid, stat.gid, stat.rdev, stat.blksize, stat.ino, stat.size, stat.blocks];
  for (const ms of [stat.atimeMs, stat.mtimeMs, stat.ctimeMs, stat.birthtimeMs]) {
    const seconds = Math.floor(ms / 1000);
    numbers.push(seconds, Math.round((ms - seconds * 1000) * 1e6));
  }
  if (into instanceof BigInt64Array) numbers.forEach((value, index) => (into[offset + index] = BigInt(Math.round(value))));
  else into.set(numbers, offset);
}

export function statArray(stat: Stat, bigint: boolean): Values {
  const values = bigint ? new BigInt64Array(FIELDS) : new Float64Array(FIELDS);
  fillStat(values, stat);
  return values;
}

export const S_IFMT = 0o170000;
export const S_IFDIR = 0o040000;
export const S_IFLNK = 0o120000;
export const isDirectory = (stat: { readonly mode: number }): boolean => (stat.mode & S_IFMT) === S_IFDIR;
export const isSymlink = (stat: { readonly mode: number }): boolean => (stat.mode & S_IFMT) === S_IFLNK;

const direntTypes: Readonly<Record<number, number>> = {
  0o100000: 1,
  0o040000: 2,
  0o120000: 3,
  0o010000: 4,
  0o140000: 5,
  0o020000: 6,
  0o060000: 7,
};
/** libuv's number for the kind of an entry. */
export const direntType = (type: number): number => direntTypes[type & S_IFMT] ?? 0;
