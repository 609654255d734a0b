import { PosixError } from '../../base/errors.ts';
import { S_IFDIR, S_IFLNK, S_IFMT } from '../../base/file-mode.ts';
import type { FdReader } from '../../process/streams.ts';
import { decodeText, encodeText } from '../../process/text.ts';
import { globToRegExp } from './glob-pattern.ts';
import { RegularExpressionError, translateRegularExpression } from './regular-expression.ts';
import { defineTool, joinPath, ToolExit, type Tool } from './tool.ts';

export const grep = defineTool('grep', (tool) => run(tool, 'G'));
export const egrep = defineTool('egrep', (tool) => run(tool, 'E'));
export const fgrep = defineTool('fgrep', (tool) => run(tool, 'F'));

async function run(tool: Tool, base: 'G' | 'E' | 'F'): Promise<number> {
  const options = tool.options({
    short: 'EFGPivncloLrRwxqsHhA:B:C:e:f:m:aIbyzUZT',
    showUsage: true,
    failure: 2,
    digits: 'C',
    usage: '[OPTION]... PATTERNS [FILE]...',
    long: {
      'extended-regexp': 'E',
      'fixed-strings': 'F',
      'basic-regexp': 'G',
      'perl-regexp': 'P',
      'ignore-case': 'i',
      'invert-match': 'v',
      'line-number': 'n',
      count: 'c',
      'files-with-matches': 'l',
      'files-without-match': 'L',
      'only-matching': 'o',
      recursive: 'r',
      'word-regexp': 'w',
      'line-regexp': 'x',
      quiet: 'q',
      silent: 'q',
      'no-messages': 's',
      'with-filename': 'H',
      'no-filename': 'h',
      'after-context=': 'A',
      'before-context=': 'B',
      'context=': 'C',
      'regexp=': 'e',
      'file=': 'f',
      'max-count=': 'm',
      'color?': 'color',
      'colour?': 'color',
      'include=': 'include',
      'exclude=': 'exclude',
      'exclude-dir=': 'excludeDir',
      text: 'a',
      'byte-offset': 'b',
      null: 'Z',
      'null-data': 'z',
      'no-ignore-case': 'caseful',
      'label=': 'label',
      'no-group-separator': 'ungrouped',
      'group-separator=': 'separator',
      'line-buffered': 'buffered',
    },
  });
  const kind = (options.order.findLast(([key]) => 'EFGP'.includes(key) && key.length === 1)?.[0] ?? base) as 'G' | 'E' | 'F' | 'P';
  const operands = [...options.operands];
  const patterns: string[] = [];
  for (const text of options.values('e')) patterns.push(...text.split('\n'));
  for (const file of options.values('f')) {
    try {
      patterns.push(
        ...decodeText(file === '-' ? await tool.context.stdin.readAll() : tool.files.readFile(file))
          .replace(/\n$/, '')
          .split('\n'),
      );
    } catch (error) {
      await tool.warnError(file, error, 2);
      return 2;
    }
  }
  if (!options.has('e') && !options.has('f')) {
    const first = operands.shift();
    if (first === undefined) throw new ToolExit(2, "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n");
    patterns.push(...first.split('\n'));
  }
  let expression: RegExp;
  try {
    const sources = patterns.map((pattern) =>
      kind === 'F'
        ? pattern.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
        : kind === 'P'
          ? pattern
          : translateRegularExpression(pattern, kind === 'E'),
    );
    let source = sources.length === 1 ? (sources[0] as string) : sources.map((one) => `(?:${one})`).join('|');
    if (options.has('x')) source = `^(?:${source})$`;
    else if (options.has('w')) source = `(?<![\\p{L}\\p{Nd}_])(?:${source})(?![\\p{L}\\p{Nd}_])`;
    expression = new RegExp(source, options.has('i') || options.has('y') ? 'giu' : 'gu');
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    await tool.warn(error instanceof RegularExpressionError ? error.message : 'Invalid regular expression', 2);
    return 2;
  }
  const number = (name: string): number | undefined => {
    const value = options.value(name);
    if (value === undefined) return undefined;
    if (!/^\d+$/.test(value)) throw new ToolExit(2, `grep: ${value}: invalid ${name === 'm' ? 'max count' : 'context length argument'}\n`);
    return Number(value);
  };
  const after = number('A') ?? number('C') ?? 0;
  const before = number('B') ?? number('C') ?? 0;
  const limit = number('m') ?? Infinity;
  const recursive = options.has('r') || options.has('R');
  const names = operands.length > 0 ? operands : recursive ? ['.'] : ['-'];
  const showName = !options.has('h') && (options.has('H') || operands.length > 1 || recursive);
  const colour = options.value('color');
  if (colour !== undefined && !['', 'always', 'yes', 'force', 'never', 'no', 'none', 'auto', 'tty', 'if-tty'].includes(colour))
    throw new ToolExit(2, "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n");
  const coloured = colour === 'always' || ((colour === 'auto' || colour === '') && tool.stdout.isTty);
  const paint = (code: string, text: string) => (coloured ? `\x1b[${code}m\x1b[K${text}\x1b[m\x1b[K` : text);
  const invert = options.has('v');
  const quiet = options.has('q');
  let found = false;
  let printedContext = false;

  const search = async (name: string, reader: FdReader): Promise<void> => {
    const label = name === '-' ? (options.value('label') ?? '(standard input)') : name;
    let line = 0;
    /** Bytes before the line. */
    let offset = 0;
    let count = 0;
    let pending: [number, string][] = [];
    let trailing = 0;
    let last = 0;
    let binary = false;
    let firstChunk = true;
    const head = (at: number, separator: string, from = 0) =>
      `${showName ? paint('35', label) + (options.has('Z') ? '\0' : paint('36', separator)) : ''}${options.has('n') ? paint('32', String(at)) + paint('36', separator) : ''}${options.has('b') ? paint('32', String(offset + from)) + paint('36', separator) : ''}`;
    const context = after > 0 || before > 0;
    outer: for await (const lines of reader.lines(options.has('z') ? 0 : 10)) {
      if (firstChunk) binary = !options.has('a') && lines.some((text) => text.includes('\0'));
      firstChunk = false;
      for (const text of lines) {
        line++;
        expression.lastIndex = 0;
        const matched = expression.test(text) !== invert;
        if (matched) {
          count++;
          found = true;
          if (quiet || options.has('l') || options.has('L')) break outer;
          if (!options.has('c')) {
            if (binary) {
              await tool.stdout.write(`grep: ${label}: binary file matches\n`);
              return;
            }
            const start = pending.length > 0 ? (pending[0] as [number, string])[0] : line;
            if (context && printedContext && start > last + 1)
              if (!options.has('ungrouped')) await tool.stdout.write(`${paint('36', options.value('separator') ?? '--')}\n`);
            for (const [at, held] of pending) await tool.stdout.write(`${head(at, '-')}${held}\n`);
            pending = [];
            if (options.has('o')) {
              if (!invert) {
                expression.lastIndex = 0;
                for (const match of text.matchAll(expression))
                  if (match[0] !== '')
                    await tool.stdout.write(
                      `${head(line, ':', options.has('b') ? encodeText(text.slice(0, match.index)).length : 0)}${paint('01;31', match[0])}\n`,
                    );
              }
            } else {
              const shown = coloured && !invert ? text.replace(expression, (match) => (match === '' ? '' : paint('01;31', match))) : text;
              const written = tool.stdout.write(`${head(line, ':')}${shown}\n`);
              if (written !== undefined) await written;
            }
            printedContext = true;
            last = line;
            trailing = after;
          }
          if (count >= limit && trailing === 0) break outer;
        } else if (trailing > 0) {
          await tool.stdout.write(`${head(line, '-')}${text}\n`);
          last = line;
          if (--trailing === 0 && count >= limit) break outer;
        } else if (before > 0) {
          pending.push([line, text]);
          if (pending.length > before) pending.shift();
        }
        if (options.has('b')) offset += encodeText(text).length + 1;
      }
    }
    if (quiet) return;
    if (options.has('c')) await tool.stdout.write(`${showName ? `${label}:` : ''}${count}\n`);
    if ((options.has('l') && count > 0) || (options.has('L') && count === 0))
      await tool.stdout.write(`${paint('35', label)}${options.has('Z') ? '\0' : '\n'}`);
  };

  const glob = (pattern: string) => globToRegExp(pattern, false);
  const included = options.values('include').map(glob);
  const excluded = options.values('exclude').map(glob);
  const excludedDirectories = options.values('excludeDir').map(glob);
  const visit = async (path: string, top: boolean): Promise<void> => {
    tool.context.calls.check();
    if (quiet && found) return;
    if (path === '-') {
      await search('-', tool.context.stdin);
      return;
    }
    try {
      const stat = top || options.has('R') ? tool.files.stat(path) : tool.files.lstat(path);
      const type = stat.mode & S_IFMT;
      const base = path.slice(path.lastIndexOf('/') + 1);
      if (type === S_IFDIR) {
        if (!recursive) {
          await tool.warn(`${path}: Is a directory`, 0);
          return;
        }
        if (!top && excludedDirectories.some((one) => one.test(base))) return;
        for (const entry of [...tool.files.readdir(path)].sort((a, b) => (a.name < b.name ? -1 : 1)))
          await visit(top && path === '.' && operands.length === 0 ? entry.name : joinPath(path, entry.name), false);
        return;
      }
      if (!top && type === S_IFLNK) return;
      if (!top || recursive)
        if ((included.length > 0 && !included.some((one) => one.test(base))) || excluded.some((one) => one.test(base))) return;
      const fd = tool.files.open(path, 0, 0);
      try {
        await search(path, tool.reader(fd));
      } finally {
        if (!tool.context.signal.aborted) tool.files.close(fd);
      }
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      if (error.code === 'EPIPE') throw error;
      if (options.has('s')) tool.status = 2;
      else await tool.warnError(path, error, 2);
    }
  };
  for (const name of names) await visit(name, true);
  if (found && quiet) return 0;
  return tool.status > 0 ? tool.status : (options.has('L') ? true : found) && found !== false ? 0 : 1;
}
