/** `ls`. */
import { PosixError } from '../../base/errors.ts';
import { S_IFDIR, S_IFLNK, S_IFMT } from '../../base/file-mode.ts';
import { formatTime } from '../../base/format-time.ts';
import type { Stat } from '../../process/syscalls.ts';
import { globToRegExp } from './glob-pattern.ts';
import { humanSize, markOf, modeText, Painter, type Entry } from './ls-names.ts';
import { quoted, quoteName, quotingStyles, type QuotingStyle } from './quoting.ts';
import { defineTool, joinPath, ToolExit, type ParsedOptions, type Tool } from './tool.ts';

const isDirectory = (stat: Stat) => (stat.mode & S_IFMT) === S_IFDIR;
const isLink = (stat: Stat) => (stat.mode & S_IFMT) === S_IFLNK;

/** Names of a choice's words, those that mean the same together, as the message lists them. */
const colourWords = [
  ['always', 'yes', 'force'],
  ['never', 'no', 'none'],
  ['auto', 'tty', 'if-tty'],
] as const;
const sorts: Readonly<Record<string, string>> = { none: 'U', time: 't', size: 'S', extension: 'X', version: 'v', width: 'width', name: '' };
const timeStyles: Readonly<Record<string, readonly [recent: string, old: string]>> = {
  'full-iso': ['%Y-%m-%d %H:%M:%S.%N %z', '%Y-%m-%d %H:%M:%S.%N %z'],
  'long-iso': ['%Y-%m-%d %H:%M', '%Y-%m-%d %H:%M'],
  iso: ['%m-%d %H:%M', '%Y-%m-%d '],
  locale: ['%b %e %H:%M', '%b %e  %Y'],
};

export const ls = defineTool('ls', async (tool) => {
  const options = tool.options({
    short: 'aAbBCcdfFgGhiI:klLmnNopqQrRsStuUvw:xX1',
    failure: 2,
    long: {
      all: 'a',
      'almost-all': 'A',
      escape: 'b',
      'ignore-backups': 'B',
      recursive: 'R',
      'human-readable': 'h',
      reverse: 'r',
      directory: 'd',
      'classify?': 'F',
      'file-type': 'F',
      'indicator-style=': 'indicator',
      inode: 'i',
      'ignore=': 'I',
      'hide=': 'hide',
      'color?': 'color',
      'no-group': 'G',
      'numeric-uid-gid': 'n',
      literal: 'N',
      'quote-name': 'Q',
      'quoting-style=': 'quoting',
      size: 's',
      dereference: 'L',
      'group-directories-first': 'dirs',
      'full-time': 'full',
      'time-style=': 'style',
      'time=': 'time',
      'sort=': 'sort',
      'width=': 'w',
    },
  });
  const listing = await Listing.open(tool, options);
  const files: Entry[] = [];
  const directories: Entry[] = [];
  for (const path of options.operands.length === 0 ? ['.'] : options.operands) {
    try {
      const entry = listing.look(path, path, { named: true });
      (isDirectory(entry.stat) && !options.has('d') ? directories : files).push(entry);
    } catch (error) {
      await tool.warnError(`cannot access ${quoted(path)}`, error, 2);
    }
  }
  await listing.show(listing.sorted(files), false);
  const headings = options.operands.length > 1 || options.has('R');
  let first = files.length === 0;
  const walk = async (directory: Entry): Promise<void> => {
    tool.context.calls.check();
    if (headings) await tool.stdout.write(`${first ? '' : '\n'}${listing.quote(directory.path)}:\n`);
    first = false;
    let names: string[];
    try {
      names = tool.files.readdir(directory.path).map(({ name }) => name);
    } catch (error) {
      await tool.warnError(`cannot open directory ${quoted(directory.path)}`, error, 2);
      return;
    }
    const entries: Entry[] = [];
    for (const name of listing.shown(names)) {
      try {
        entries.push(listing.look(name, joinPath(directory.path, name)));
      } catch (error) {
        if (!(error instanceof PosixError)) throw error; // Removed since the directory was read.
      }
    }
    const sorted = listing.sorted(entries);
    await listing.show(sorted, true);
    if (!options.has('R')) return;
    for (const entry of sorted) if (isDirectory(entry.stat) && entry.name !== '.' && entry.name !== '..') await walk(entry);
  };
  for (const directory of listing.sorted(directories)) await walk(directory);
});

/** What the options ask for, and how entries are shown by it. */
class Listing {
  readonly #tool: Tool;
  readonly #options: ParsedOptions;
  readonly #columns: number;
  readonly #tty: boolean;
  readonly #painter: Painter | undefined;
  readonly #quoting: QuotingStyle;
  readonly #format: 'long' | 'columns' | 'across' | 'commas' | 'single';
  readonly #times: readonly [recent: string, old: string];
  readonly #hidden: readonly RegExp[];
  readonly #utc: boolean;

  static async open(tool: Tool, options: ParsedOptions): Promise<Listing> {
    let columns = Number(options.value('w') ?? tool.context.env.get('COLUMNS') ?? 80) || 80;
    const handle = tool.stdout.isTty ? tool.context.calls.handleOf(tool.stdout.fd) : undefined;
    if (handle !== undefined && !options.has('w')) columns = (await tool.context.calls.call('getTty', { handle })).size.columns || 80;
    return new Listing(tool, options, columns);
  }

  constructor(tool: Tool, options: ParsedOptions, columns: number) {
    this.#tool = tool;
    this.#options = options;
    this.#columns = columns;
    this.#tty = tool.stdout.isTty;
    this.#utc = tool.context.env.get('TZ') === 'UTC';
    const given = options.has('color') ? options.value('color') || 'always' : undefined;
    const colour =
      given === undefined ? (this.#tty ? 2 : 1) : colourWords.findIndex((words) => (words as readonly string[]).includes(given));
    if (colour < 0)
      throw new ToolExit(
        2,
        `ls: invalid argument '${given}' for '--color'\nValid arguments are:\n${colourWords.map((words) => `  - ${words.map(quoted).join(', ')}\n`).join('')}Try 'ls --help' for more information.\n`,
      );
    const painted = (colour === 0 || (colour === 2 && this.#tty)) && (tool.context.env.has('TERM') || tool.context.env.has('COLORTERM'));
    this.#painter = painted ? new Painter() : undefined;
    const quoting = options.order.findLast(([key]) => 'bNQ'.includes(key) || key === 'quoting');
    const style = quoting?.[0] === 'quoting' ? quoting[1] : { b: 'escape', N: 'literal', Q: 'c' }[quoting?.[0] ?? ''];
    this.#quoting = quotingStyles.find((known) => known === style) ?? (this.#tty ? 'shell-escape' : 'literal');
    const formats = { l: 'long', n: 'long', g: 'long', o: 'long', full: 'long', C: 'columns', x: 'across', m: 'commas' } as const;
    const format = options.order.findLast(([key]) => key in formats)?.[0] as keyof typeof formats | undefined;
    this.#format =
      format !== undefined && (formats[format] === 'long' || !options.has('1'))
        ? formats[format]
        : this.#tty && !options.has('1')
          ? 'columns'
          : 'single';
    const times = options.value('style') ?? (options.has('full') ? 'full-iso' : 'locale');
    const known = timeStyles[times];
    if (known === undefined && !times.startsWith('+'))
      throw new ToolExit(2, `ls: invalid argument '${times}' for 'time style'\nTry 'ls --help' for more information.\n`);
    const [recent, old = recent] = times.slice(1).split('\n');
    this.#times = known ?? [old as string, recent as string];
    this.#hidden = [
      ...options.values('I'),
      ...(options.has('a') || options.has('A') ? [] : options.values('hide')),
      ...(options.has('B') ? ['*~'] : []),
    ].map((glob) => globToRegExp(glob, false));
  }

  /** The names of a directory that are listed, unsorted. */
  shown(names: readonly string[]): string[] {
    const options = this.#options;
    const every = options.has('a') || options.has('f');
    const kept = names.filter(
      (name) => (!name.startsWith('.') || every || options.has('A')) && !this.#hidden.some((hidden) => hidden.test(name)),
    );
    return every ? ['.', '..', ...kept] : kept;
  }

  /** `named`: on the command line, where a link to a directory stands for it unless it is shown itself. @throws {PosixError} */
  look(name: string, path: string, { named = false } = {}): Entry {
    const { files } = this.#tool;
    const options = this.#options;
    const own = files.lstat(path);
    if (!isLink(own)) return { name, path, stat: own };
    let target: Stat | undefined;
    try {
      target = files.stat(path);
    } catch (error) {
      if (!(error instanceof PosixError)) throw error; // It leads nowhere.
    }
    const itself = this.#format === 'long' || options.has('F') || options.has('d');
    const follow = options.has('L') || (named && (!itself || path.endsWith('/')));
    return { name, path, stat: follow && target !== undefined ? target : own, target };
  }

  sorted(entries: readonly Entry[]): Entry[] {
    const options = this.#options;
    const word = options.value('sort');
    const key = options.has('f') ? 'U' : word !== undefined ? sorts[word] : options.order.findLast(([name]) => 'tSXUv'.includes(name))?.[0];
    if (key === 'U') return [...entries];
    const byName = (a: Entry, b: Entry) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0);
    const extension = (entry: Entry) => /\.[^.]*$/.exec(entry.name)?.[0] ?? '';
    const compare: Readonly<Record<string, (a: Entry, b: Entry) => number>> = {
      t: (a, b) => this.#time(b) - this.#time(a),
      S: (a, b) => b.stat.size - a.stat.size,
      X: (a, b) => (extension(a) < extension(b) ? -1 : extension(a) > extension(b) ? 1 : 0),
      v: (a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }),
      width: (a, b) => a.name.length - b.name.length,
    };
    const first = compare[key ?? ''] ?? (() => 0);
    const sign = options.has('r') ? -1 : 1;
    const rank = (entry: Entry) => (isDirectory(entry.target ?? entry.stat) || !options.has('dirs') ? 0 : 1);
    return [...entries].sort((a, b) => rank(a) - rank(b) || sign * (first(a, b) || byName(a, b)));
  }

  quote(name: string): string {
    return quoteName(name, this.#quoting);
  }

  #time({ stat }: Entry): number {
    const options = this.#options;
    const word = options.value('time');
    if (options.has('u') || word === 'atime' || word === 'access' || word === 'use') return stat.atimeMs;
    return options.has('c') || word === 'ctime' || word === 'status'
      ? stat.ctimeMs
      : word === 'birth' || word === 'creation'
        ? stat.birthtimeMs
        : stat.mtimeMs;
  }

  #mark(entry: { readonly stat: Stat }): string {
    const options = this.#options;
    const indicator = options.value('indicator');
    const all = options.has('F') || indicator === 'classify' || indicator === 'file-type';
    return all || options.has('p') || indicator === 'slash' ? markOf(entry, all) : '';
  }

  /** Painted and marked; `padded`: behind a blank where another name of the list has a quote there. */
  #name(entry: Entry, padded: boolean, mark = this.#mark(entry)): { readonly text: string; readonly width: number } {
    const name = this.quote(entry.name);
    const pad = padded && name === entry.name ? ' ' : '';
    return { text: pad + (this.#painter?.paint(entry, name) ?? name) + mark, width: [...name].length + pad.length + mark.length };
  }

  /** `directory`: the whole of one, whose blocks are summed up. */
  async show(entries: readonly Entry[], directory: boolean): Promise<void> {
    const { stdout } = this.#tool;
    const options = this.#options;
    const blocks = (count: number) => (options.has('h') ? humanSize(count * 512) : String(Math.ceil(count / 2)));
    if (directory && (this.#format === 'long' || options.has('s')))
      await stdout.write(`total ${blocks(entries.reduce((sum, entry) => sum + entry.stat.blocks, 0))}\n`);
    const padded =
      /^shell(?:-escape)?$/.test(this.#quoting) &&
      this.#format !== 'commas' &&
      this.#format !== 'single' &&
      entries.some(({ name }) => this.quote(name) !== name);
    const widest = (of: (entry: Entry) => string) => Math.max(0, ...entries.map((entry) => of(entry).length));
    const inode = (entry: Entry) => String(entry.stat.ino);
    const size = (entry: Entry) => blocks(entry.stat.blocks);
    const aligned = this.#format !== 'commas';
    const [inodeWidth, sizeWidth] = aligned ? [widest(inode), widest(size)] : [0, 0];
    const prefix = (entry: Entry) =>
      `${options.has('i') ? `${inode(entry).padStart(inodeWidth)} ` : ''}${options.has('s') ? `${size(entry).padStart(sizeWidth)} ` : ''}`;
    const cell = (entry: Entry) => {
      const { text, width } = this.#name(entry, padded);
      const before = prefix(entry);
      return { text: before + text, width: before.length + width };
    };
    switch (this.#format) {
      case 'long':
        await this.#long(entries, prefix, padded);
        return;
      case 'commas': {
        let line = '';
        let text = '';
        for (const { text: shown, width } of entries.map(cell)) {
          if (line !== '' && [...line].length + 2 + width >= this.#columns) {
            text += ',\n';
            line = '';
          } else if (line !== '') {
            text += ', ';
            line += ', ';
          }
          text += shown;
          line += ' '.repeat(width);
        }
        if (entries.length > 0) await stdout.write(`${text}\n`);
        return;
      }
      case 'single':
        for (const entry of entries) await stdout.write(`${cell(entry).text}\n`);
        return;
      default:
        if (entries.length > 0)
          await stdout.write(
            inColumns(entries.map(cell), { columns: this.#columns, across: this.#format === 'across', tabs: this.#painter === undefined }),
          );
    }
  }

  async #long(entries: readonly Entry[], prefix: (entry: Entry) => string, padded: boolean): Promise<void> {
    const { files, stdout } = this.#tool;
    const options = this.#options;
    const owner = (id: number) => (id === 0 && !options.has('n') ? 'root' : String(id));
    const rows = entries.map((entry) => ({
      entry,
      links: String(entry.stat.nlink),
      user: owner(entry.stat.uid),
      group: owner(entry.stat.gid),
      size: options.has('h') ? humanSize(entry.stat.size) : String(entry.stat.size),
      time: this.#timeText(this.#time(entry)),
    }));
    const width = (key: 'links' | 'user' | 'group' | 'size' | 'time') => Math.max(0, ...rows.map((row) => row[key].length));
    const widths = { links: width('links'), user: width('user'), group: width('group'), size: width('size'), time: width('time') };
    for (const { entry, links, user, group, size, time } of rows) {
      let { text } = this.#name(entry, padded, isLink(entry.stat) ? '' : undefined);
      if (isLink(entry.stat)) {
        try {
          const to = files.readlink(entry.path);
          text += ` -> ${this.quote(to)}`;
          if (entry.target !== undefined) text += this.#mark({ stat: entry.target });
        } catch (error) {
          if (!(error instanceof PosixError)) throw error; // Its target cannot be read: the name alone.
        }
      }
      const cells = [
        `${prefix(entry)}${modeText(entry.stat.mode)}`,
        links.padStart(widths.links),
        ...(options.has('g') ? [] : [user.padEnd(widths.user)]),
        ...(options.has('o') || options.has('G') ? [] : [group.padEnd(widths.group)]),
        size.padStart(widths.size),
        time.padEnd(widths.time),
        text,
      ];
      await stdout.write(`${cells.join(' ')}\n`);
    }
  }

  #timeText(ms: number): string {
    const now = Date.now();
    const recent = now - ms < 182.6 * 86_400_000 && ms <= now + 1000;
    const [newer, older] = this.#times;
    const format = recent ? newer : older;
    // Finer than a millisecond is not known to a date.
    const text = formatTime(format.replace('%N', String(Math.round((ms % 1000) * 1e6)).padStart(9, '0')), new Date(ms), this.#utc);
    return text;
  }
}

/** Cells in as many columns as fit, filled downwards or across; tabs and blanks between them as GNU's. */
function inColumns(
  cells: readonly { readonly text: string; readonly width: number }[],
  { columns, across, tabs }: { readonly columns: number; readonly across: boolean; readonly tabs: boolean },
): string {
  let best = { rows: cells.length, widths: [Math.max(...cells.map((cell) => cell.width))] };
  for (let count = Math.min(cells.length, Math.ceil(columns / 3)); count > 1; count--) {
    const rows = Math.ceil(cells.length / count);
    const widths: number[] = [];
    cells.forEach(({ width }, i) => {
      const column = across ? i % count : Math.floor(i / rows);
      widths[column] = Math.max(widths[column] ?? 0, width);
    });
    if (widths.reduce((sum, width) => sum + width + 2, -2) < columns) {
      best = { rows, widths };
      break;
    }
  }
  let text = '';
  const { rows, widths } = best;
  for (let row = 0; row < rows; row++) {
    let at = 0;
    let start = 0;
    for (let column = 0; column < widths.length; column++) {
      const cell = cells[across ? row * widths.length + column : column * rows + row];
      if (cell === undefined) continue;
      while (at < start) {
        const tab = tabs && Math.floor(start / 8) > Math.floor((at + 1) / 8);
        text += tab ? '\t' : ' ';
        at += tab ? 8 - (at % 8) : 1;
      }
      text += cell.text;
      at += cell.width;
      start += (widths[column] as number) + 2;
    }
    text += '\n';
  }
  return text;
}
