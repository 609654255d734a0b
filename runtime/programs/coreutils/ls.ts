import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFSOCK } from '../../base/file-mode.ts';
import type { Stat } from '../../process/syscalls.ts';
import { defineTool, joinPath, quoted, type Tool } from './tool.ts';

interface Entry {
  readonly name: string;
  readonly path: string;
  readonly stat: Stat;
}

export const ls = defineTool('ls', async (tool) => {
  const options = tool.options({
    short: 'aAlRhtSrdFi1CmngopsLUXxqNGfcukw:',
    failure: 2,
    long: {
      all: 'a',
      'almost-all': 'A',
      recursive: 'R',
      'human-readable': 'h',
      reverse: 'r',
      directory: 'd',
      classify: 'F',
      inode: 'i',
      'color?': 'color',
      'numeric-uid-gid': 'n',
      size: 's',
      dereference: 'L',
      'group-directories-first': 'dirs',
      'full-time': 'full',
      'width=': 'w',
    },
  });
  const long = options.has('l') || options.has('n') || options.has('g') || options.has('o') || options.has('full');
  const { stdout } = tool;
  const tty = stdout.isTty;
  const colour = options.value('color');
  const coloured = colour === 'always' || colour === '' || ((colour === undefined || colour === 'auto') && tty);
  let columns = Number(options.value('w') ?? tool.context.env.get('COLUMNS') ?? 80) || 80;
  if (tty) {
    const handle = tool.context.calls.handleOf(stdout.fd);
    if (handle !== undefined) columns = (await tool.context.calls.call('getTty', { handle })).size.columns || 80;
  }
  const inColumns = options.has('C') || options.has('x') || (tty && !options.has('1') && !long);
  const style: Style = { long, inColumns, coloured, columns, has: (name) => options.has(name), names: new Map() };
  const names = options.operands.length === 0 ? ['.'] : options.operands;
  const files: Entry[] = [];
  const directories: Entry[] = [];
  for (const path of names) {
    try {
      let stat: Stat;
      try {
        stat =
          (long || options.has('F') || options.has('d')) && !options.has('L') && !path.endsWith('/')
            ? tool.files.lstat(path)
            : tool.files.stat(path);
      } catch (error) {
        stat = tool.files.lstat(path);
        void error;
      }
      ((stat.mode & S_IFMT) === S_IFDIR && !options.has('d') ? directories : files).push({ name: path, path, stat });
    } catch (error) {
      await tool.warnError(`cannot access ${quoted(path)}`, error, 2);
    }
  }
  const order = sorter(style);
  await list(tool, files.sort(order), style, false);
  directories.sort(order);
  const headings = names.length > 1 || options.has('R');
  let first = files.length === 0;
  const walk = async (directory: Entry): Promise<void> => {
    tool.context.calls.check();
    if (headings) await stdout.write(`${first ? '' : '\n'}${directory.path}:\n`);
    first = false;
    let found: readonly { readonly name: string }[];
    try {
      found = tool.files.readdir(directory.path);
    } catch (error) {
      await tool.warnError(`cannot open directory ${quoted(directory.path)}`, error, 2);
      return;
    }
    const entries: Entry[] = [];
    const add = (name: string) => {
      const path = joinPath(directory.path, name);
      try {
        entries.push({ name, path, stat: options.has('L') ? tool.files.stat(path) : tool.files.lstat(path) });
      } catch {
        // Removed since the directory was read.
      }
    };
    if (options.has('a') || options.has('f')) {
      add('.');
      add('..');
    }
    for (const { name } of found) if (!name.startsWith('.') || options.has('a') || options.has('A') || options.has('f')) add(name);
    if (!options.has('U') && !options.has('f')) entries.sort(order);
    await list(tool, entries, style, true);
    if (options.has('R'))
      for (const entry of entries)
        if ((entry.stat.mode & S_IFMT) === S_IFDIR && entry.name !== '.' && entry.name !== '..') await walk(entry);
  };
  for (const directory of directories) await walk(directory);
});

interface Style {
  readonly long: boolean;
  readonly inColumns: boolean;
  readonly coloured: boolean;
  readonly columns: number;
  readonly names: Map<number, string>;
  has(name: string): boolean;
}

function sorter(style: Style): (a: Entry, b: Entry) => number {
  const byName = (a: Entry, b: Entry) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
  const extension = (entry: Entry) => /\.[^.]*$/.exec(entry.name)?.[0] ?? '';
  let compare: (a: Entry, b: Entry) => number = byName;
  if (style.has('t')) compare = (a, b) => b.stat.mtimeMs - a.stat.mtimeMs || byName(a, b);
  else if (style.has('S')) compare = (a, b) => b.stat.size - a.stat.size || byName(a, b);
  else if (style.has('X')) compare = (a, b) => (extension(a) < extension(b) ? -1 : extension(a) > extension(b) ? 1 : byName(a, b));
  const base = compare;
  if (style.has('r')) compare = (a, b) => -base(a, b);
  if (!style.has('dirs')) return compare;
  const rank = (entry: Entry) => ((entry.stat.mode & S_IFMT) === S_IFDIR ? 0 : 1);
  const inner = compare;
  return (a, b) => rank(a) - rank(b) || inner(a, b);
}

async function list(tool: Tool, entries: readonly Entry[], style: Style, directory: boolean): Promise<void> {
  const { stdout } = tool;
  if (style.long) {
    const blocks = entries.reduce((sum, entry) => sum + entry.stat.blocks, 0);
    if (directory) await stdout.write(`total ${style.has('h') ? human(blocks * 512) : Math.ceil(blocks / 2)}\n`);
    const rows = entries.map((entry) => ({
      entry,
      links: String(entry.stat.nlink),
      user: owner(entry.stat.uid, style),
      group: owner(entry.stat.gid, style),
      size: style.has('h') ? human(entry.stat.size) : String(entry.stat.size),
      inode: String(entry.stat.ino),
    }));
    const width = (key: 'links' | 'user' | 'group' | 'size' | 'inode') => Math.max(0, ...rows.map((row) => row[key].length));
    const widths = { links: width('links'), user: width('user'), group: width('group'), size: width('size'), inode: width('inode') };
    for (const row of rows) {
      const { entry } = row;
      let name = decorated(entry, style);
      if ((entry.stat.mode & S_IFMT) === S_IFLNK) {
        name = coloured(entry, style);
        try {
          name += ` -> ${tool.files.readlink(entry.path)}`;
        } catch {
          // Its target cannot be read: the name alone.
        }
      }
      await stdout.write(
        `${style.has('i') ? `${row.inode.padStart(widths.inode)} ` : ''}${modeText(entry.stat.mode)} ${row.links.padStart(widths.links)} ${style.has('g') ? '' : `${row.user.padEnd(widths.user)} `}${style.has('o') || style.has('G') ? '' : `${row.group.padEnd(widths.group)} `}${row.size.padStart(widths.size)} ${timeText(entry.stat.mtimeMs, style.has('full'))} ${name}\n`,
      );
    }
    return;
  }
  if (entries.length === 0) return;
  const prefix = (entry: Entry) =>
    `${style.has('i') ? `${entry.stat.ino} ` : ''}${style.has('s') ? `${Math.ceil(entry.stat.blocks / 2)} ` : ''}`;
  if (directory && style.has('s'))
    await stdout.write(`total ${Math.ceil(entries.reduce((sum, entry) => sum + entry.stat.blocks, 0) / 2)}\n`);
  if (style.has('m')) {
    await stdout.write(`${entries.map((entry) => prefix(entry) + decorated(entry, style)).join(', ')}\n`);
    return;
  }
  if (!style.inColumns) {
    for (const entry of entries) await stdout.write(`${prefix(entry)}${decorated(entry, style)}\n`);
    return;
  }
  const cells = entries.map((entry) => ({
    text: prefix(entry) + decorated(entry, style),
    width: [...(prefix(entry) + entry.name + mark(entry, style))].length,
  }));
  let best = { rows: cells.length, widths: [Math.max(...cells.map((cell) => cell.width))] };
  for (let count = Math.min(cells.length, Math.floor(style.columns / 3)); count > 1; count--) {
    const rows = Math.ceil(cells.length / count);
    const widths: number[] = [];
    for (let column = 0; column * rows < cells.length; column++)
      widths.push(Math.max(...cells.slice(column * rows, column * rows + rows).map((cell) => cell.width)));
    if (widths.reduce((sum, width) => sum + width + 2, -2) < style.columns) {
      best = { rows, widths };
      break;
    }
  }
  for (let row = 0; row < best.rows; row++) {
    let line = '';
    for (let column = 0; column < best.widths.length; column++) {
      const cell = cells[column * best.rows + row];
      if (cell === undefined) continue;
      const last = column === best.widths.length - 1 || cells[(column + 1) * best.rows + row] === undefined;
      line += cell.text + (last ? '' : ' '.repeat((best.widths[column] as number) + 2 - cell.width));
    }
    await stdout.write(`${line}\n`);
  }
}

function owner(id: number, style: Style): string {
  return style.has('n') ? String(id) : id === 0 ? 'root' : String(id);
}

function mark({ stat }: Entry, style: Style): string {
  const type = stat.mode & S_IFMT;
  if (type === S_IFDIR && (style.has('F') || style.has('p'))) return '/';
  if (!style.has('F')) return '';
  return type === S_IFLNK ? '@' : type === S_IFIFO ? '|' : type === S_IFSOCK ? '=' : (stat.mode & 0o111) !== 0 ? '*' : '';
}

function coloured(entry: Entry, style: Style): string {
  if (!style.coloured) return entry.name;
  const type = entry.stat.mode & S_IFMT;
  const code =
    type === S_IFDIR
      ? '01;34'
      : type === S_IFLNK
        ? '01;36'
        : type === S_IFIFO
          ? '33'
          : type === S_IFCHR
            ? '01;33'
            : (entry.stat.mode & 0o111) !== 0
              ? '01;32'
              : '';
  return code === '' ? entry.name : `\x1b[${code}m${entry.name}\x1b[0m`;
}

function decorated(entry: Entry, style: Style): string {
  return coloured(entry, style) + mark(entry, style);
}

function modeText(mode: number): string {
  const types: Record<number, string> = { [S_IFDIR]: 'd', [S_IFLNK]: 'l', [S_IFCHR]: 'c', [S_IFBLK]: 'b', [S_IFIFO]: 'p', [S_IFSOCK]: 's' };
  const bits = (shift: number, special: boolean, letter: string) => {
    const field = (mode >> shift) & 7;
    const x = special ? ((field & 1) !== 0 ? letter : letter.toUpperCase()) : (field & 1) !== 0 ? 'x' : '-';
    return `${(field & 4) !== 0 ? 'r' : '-'}${(field & 2) !== 0 ? 'w' : '-'}${x}`;
  };
  return `${types[mode & S_IFMT] ?? '-'}${bits(6, (mode & 0o4000) !== 0, 's')}${bits(3, (mode & 0o2000) !== 0, 's')}${bits(0, (mode & 0o1000) !== 0, 't')}`;
}

function timeText(ms: number, full: boolean): string {
  const at = new Date(ms);
  const two = (n: number) => String(n).padStart(2, '0');
  if (full)
    return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${String(Math.round((ms % 1000) * 1e6)).padStart(9, '0')} +0000`;
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][at.getMonth()] as string;
  const recent = Date.now() - ms < 182.6 * 86400000 && ms <= Date.now() + 1000;
  return `${month} ${String(at.getDate()).padStart(2)} ${recent ? `${two(at.getHours())}:${two(at.getMinutes())}` : ` ${at.getFullYear()}`}`;
}

/** Sizes as `-h` writes them: rounded up, one decimal below ten. */
function human(bytes: number): string {
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
