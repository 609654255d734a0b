/** `sort`. */
import { O_CREAT, O_TRUNC, O_WRONLY } from '../../base/open-flags.ts';
import { quotedBefore } from './quoting.ts';
import { defineTool, ToolExit } from './tool.ts';

interface Key {
  readonly field: number;
  readonly character: number;
  readonly endField: number;
  readonly endCharacter: number;
  readonly flags: string;
}

export const sort = defineTool('sort', async (tool) => {
  const options = tool.options({
    short: 'bcCdfghik:Mmno:Rrst:uVzS:T:',
    failure: 2,
    long: {
      reverse: 'r',
      'numeric-sort': 'n',
      'human-numeric-sort': 'h',
      'version-sort': 'V',
      unique: 'u',
      'key=': 'k',
      'field-separator=': 't',
      'ignore-case': 'f',
      'ignore-leading-blanks': 'b',
      stable: 's',
      'output=': 'o',
      check: 'c',
      'general-numeric-sort': 'g',
      'month-sort': 'M',
      'random-sort': 'R',
      'dictionary-order': 'd',
      'zero-terminated': 'z',
      merge: 'm',
      'parallel=': 'parallel',
    },
  });
  const global = [...'bdfghiMnRrV'].filter((letter) => options.has(letter)).join('');
  const separator = options.value('t');
  if (separator !== undefined && [...separator].length > 1 && separator !== '\\0')
    throw new ToolExit(2, `sort: multi-character tab '${separator}'\n`);
  const keys = options.values('k').map((text): Key => {
    const match = /^(\d+)(?:\.(\d+))?([bdfghiMnRrV]*)(?:,(\d+)(?:\.(\d+))?([bdfghiMnRrV]*))?$/.exec(text);
    if (match === null || match[1] === '0')
      throw new ToolExit(
        2,
        match?.[1] === '0'
          ? `sort: -: invalid field specification '${text}'\n`.replace('-: invalid', 'field number is zero: invalid')
          : `sort: invalid number at field start: invalid count at start of '${text}'\n`,
      );
    const flags = `${match[3] ?? ''}${match[6] ?? ''}`;
    return {
      field: Number(match[1]),
      character: Number(match[2] ?? 1),
      endField: Number(match[4] ?? 0),
      endCharacter: Number(match[5] ?? 0),
      flags: flags === '' ? global : flags,
    };
  });
  const delimiter = options.has('z') ? 0 : 10;
  const lines: string[] = [];
  tool.openFailed = (name, error) => tool.warnError(`cannot read: ${quotedBefore(name)}`, error, 2);
  tool.directoryInput = (name) => tool.warn(`read failed: ${quotedBefore(name)}: Is a directory`, 2);
  /** For -m: what each input has. */
  const runs: string[][] = [];
  for await (const { reader } of tool.inputs(options.operands, 2)) {
    const run: string[] = [];
    for await (const batch of reader.lines(delimiter)) for (const line of batch) run.push(line);
    runs.push(run);
    for (const line of run) lines.push(line);
  }
  if (tool.status !== 0) return tool.status;
  const extract = (line: string, key: Key): string => {
    const starts: number[] = [0];
    const ends: number[] = [];
    if (separator !== undefined) {
      for (let at = line.indexOf(separator); at >= 0; at = line.indexOf(separator, at + 1)) {
        ends.push(at);
        starts.push(at + 1);
      }
      ends.push(line.length);
    } else {
      const fields = /[ \t]*[^ \t]+/g;
      starts.length = 0;
      for (const match of line.matchAll(fields)) {
        starts.push(match.index);
        ends.push(match.index + match[0].length);
      }
    }
    if (key.field > starts.length) return '';
    let start = starts[key.field - 1] as number;
    if (key.flags.includes('b') || (separator === undefined && /[ghMn]/.test(key.flags))) while (/[ \t]/.test(line[start] ?? '')) start++;
    start += key.character - 1;
    let end = line.length;
    if (key.endField > 0 && key.endField <= ends.length) {
      end = key.endCharacter === 0 ? (ends[key.endField - 1] as number) : (starts[key.endField - 1] as number) + key.endCharacter;
    }
    return line.slice(Math.min(start, line.length), Math.max(start, end));
  };
  const number = (text: string) => {
    const match = /^[ \t]*(-?\d*\.?\d*)/.exec(text);
    return Number(match?.[1] === '-' || match?.[1] === '.' ? 0 : match?.[1]) || 0;
  };
  const months = ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'];
  const compareBy =
    (flags: string) =>
    (a: string, b: string): number => {
      if (flags.includes('n')) return number(a) - number(b);
      if (flags.includes('g')) return (Number.parseFloat(a) || 0) - (Number.parseFloat(b) || 0);
      if (flags.includes('h')) {
        const scaled = (text: string) => {
          const suffix = /^[ \t]*-?\d*\.?\d*([KkMGTPE])?/.exec(text)?.[1] ?? '';
          const value = number(text);
          return [Math.sign(value) * (suffix === '' ? 0 : 'KMGTPE'.indexOf(suffix.toUpperCase()) + 1), value] as const;
        };
        const [x, y] = [scaled(a), scaled(b)];
        return x[0] - y[0] || x[1] - y[1];
      }
      if (flags.includes('M'))
        return months.indexOf(a.trim().slice(0, 3).toUpperCase()) - months.indexOf(b.trim().slice(0, 3).toUpperCase());
      if (flags.includes('V')) return compareVersions(a, b);
      if (flags.includes('d')) {
        a = a.replace(/[^A-Za-z0-9 \t]/g, '');
        b = b.replace(/[^A-Za-z0-9 \t]/g, '');
      }
      if (flags.includes('f')) {
        a = a.toUpperCase();
        b = b.toUpperCase();
      }
      return a < b ? -1 : a > b ? 1 : 0;
    };
  const trim = (text: string) => (global.includes('b') ? text.replace(/^[ \t]+/, '') : text);
  const comparisons =
    keys.length > 0
      ? keys.map((key) => ({
          get: (line: string) => extract(line, key),
          compare: compareBy(key.flags),
          sign: key.flags.includes('r') ? -1 : 1,
        }))
      : [{ get: trim, compare: compareBy(global), sign: options.has('r') ? -1 : 1 }];
  const byKeys = (a: string, b: string) => {
    for (const { get, compare, sign } of comparisons) {
      const result = compare(get(a), get(b)) * sign;
      if (result !== 0) return result;
    }
    return 0;
  };
  const lastResort = options.has('s') || options.has('u') ? 0 : options.has('r') ? -1 : 1;
  const compare = (a: string, b: string) => byKeys(a, b) || (a < b ? -lastResort : a > b ? lastResort : 0);
  if (options.has('c') || options.has('C')) {
    for (let i = 1; i < lines.length; i++) {
      const result = compare(lines[i - 1] as string, lines[i] as string);
      if (result > 0 || (options.has('u') && byKeys(lines[i - 1] as string, lines[i] as string) === 0)) {
        if (options.has('c')) await tool.warn(`${options.operands[0] ?? '-'}:${i + 1}: disorder: ${lines[i]}`);
        return 1;
      }
    }
    return 0;
  }
  if (options.has('R')) lines.sort(() => Math.random() - 0.5);
  else if (options.has('m')) {
    lines.length = 0;
    for (;;) {
      const least = runs
        .filter((run) => run.length > 0)
        .reduce<string[] | undefined>(
          (best, run) => (best === undefined || compare(run[0] as string, best[0] as string) < 0 ? run : best),
          undefined,
        );
      if (least === undefined) break;
      lines.push(least.shift() as string);
    }
  } else lines.sort(compare);
  const kept = options.has('u') ? lines.filter((line, i) => i === 0 || byKeys(lines[i - 1] as string, line) !== 0) : lines;
  const end = String.fromCharCode(delimiter);
  const output = options.value('o');
  if (output !== undefined) {
    const fd = tool.files.open(output, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
    await tool.context.calls.writeFd(fd, new TextEncoder().encode(kept.map((line) => line + end).join('')));
    tool.files.close(fd);
    return 0;
  }
  for (const line of kept) {
    const written = tool.stdout.write(line + end);
    if (written !== undefined) await written;
  }
  return 0;
});

function compareVersions(a: string, b: string): number {
  const pieces = (text: string) => text.match(/\d+|\D+/g) ?? [];
  const x = pieces(a);
  const y = pieces(b);
  for (let i = 0; i < Math.max(x.length, y.length); i++) {
    const p = x[i] ?? '';
    const q = y[i] ?? '';
    if (/^\d/.test(p) && /^\d/.test(q)) {
      const difference = Number(p) - Number(q);
      if (difference !== 0) return difference;
    } else if (p !== q) return p < q ? -1 : 1;
  }
  return 0;
}
