/** How `ls` shows a name: quoted, coloured, marked. */
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFSOCK } from '../../base/file-mode.ts';
import type { Stat } from '../../process/syscalls.ts';

export interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: Stat;
  /** Of a link: what it leads to, undefined if nothing is there. */
  readonly target?: Stat | undefined;
}

/** GNU's colours where `LS_COLORS` says nothing. */
function colourOf({ stat }: Entry): string {
  const { mode } = stat;
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return (mode & 0o1002) === 0o1002 ? '30;42' : (mode & 0o002) !== 0 ? '34;42' : (mode & 0o1000) !== 0 ? '37;44' : '01;34';
    case S_IFLNK:
      return '01;36';
    case S_IFIFO:
      return '33';
    case S_IFSOCK:
      return '01;35';
    case S_IFBLK:
    case S_IFCHR:
      return '01;33';
    default:
      return (mode & 0o4000) !== 0 ? '37;41' : (mode & 0o2000) !== 0 ? '30;43' : (mode & 0o111) !== 0 ? '01;32' : '';
  }
}

/** Paints names; the first one resets the terminal's colours. */
export class Painter {
  #started = false;

  paint(entry: Entry, text: string): string {
    const colour = colourOf(entry);
    if (colour === '') return text;
    const reset = this.#started ? '' : '\x1b[0m';
    this.#started = true;
    return `${reset}\x1b[${colour}m${text}\x1b[0m`;
  }
}

/** What `-F` (all) or `-p` (directories only) adds. */
export function markOf({ stat }: { readonly stat: Stat }, all: boolean): string {
  const type = stat.mode & S_IFMT;
  if (type === S_IFDIR) return '/';
  if (!all) return '';
  return type === S_IFLNK
    ? '@'
    : type === S_IFIFO
      ? '|'
      : type === S_IFSOCK
        ? '='
        : (stat.mode & 0o111) !== 0 && type !== S_IFCHR
          ? '*'
          : '';
}

export function modeText(mode: number): string {
  const types: Readonly<Record<number, string>> = {
    [S_IFDIR]: 'd',
    [S_IFLNK]: 'l',
    [S_IFCHR]: 'c',
    [S_IFBLK]: 'b',
    [S_IFIFO]: 'p',
    [S_IFSOCK]: 's',
  };
  const bits = (shift: number, special: boolean, letter: string) => {
    const field = (mode >> shift) & 7;
    const x = special ? ((field & 1) !== 0 ? letter : letter.toUpperCase()) : (field & 1) !== 0 ? 'x' : '-';
    return `${(field & 4) !== 0 ? 'r' : '-'}${(field & 2) !== 0 ? 'w' : '-'}${x}`;
  };
  return `${types[mode & S_IFMT] ?? '-'}${bits(6, (mode & 0o4000) !== 0, 's')}${bits(3, (mode & 0o2000) !== 0, 's')}${bits(0, (mode & 0o1000) !== 0, 't')}`;
}

/** Sizes as `-h` writes them: rounded up, one decimal below ten. */
export function humanSize(bytes: number): string {
  if (bytes < 1024) return String(bytes);
  let value = bytes;
  let unit = -1;
  while (value >= 1024 && unit < 5) {
    value /= 1024;
    unit++;
  }
  const tenth = Math.ceil(value * 10) / 10;
  return `${tenth < 10 ? tenth.toFixed(1) : Math.ceil(value)}${'KMGTPE'[unit]}`;
}
