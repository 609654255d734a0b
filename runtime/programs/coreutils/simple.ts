/** Tools of a few lines. */
import { PosixError } from '../../base/errors.ts';
import type { TrustedProgram } from '../../process/program.ts';
import { errorText } from '../../process/strerror.ts';
import { encodeText } from '../../process/text.ts';
import type { FdTransfer } from '../../wires/process-wire.ts';
import { baseName, defineTool, parseSize, quoted, ToolExit, type Tool } from './tool.ts';

/** Becomes a command, with this process's descriptors. Gives a status only if it cannot. */
async function runCommand(tool: Tool, argv: readonly string[], env: ReadonlyMap<string, string>, cwd = tool.files.cwd()): Promise<number> {
  const { calls, syscalls } = tool.context;
  const name = argv[0] as string;
  const candidates = name.includes('/')
    ? [name.startsWith('/') ? name : `${cwd}/${name}`]
    : (env.get('PATH') ?? '/usr/local/bin:/usr/bin:/bin').split(':').map((directory) => `${directory}/${name}`);
  let failure: PosixError = new PosixError('ENOENT');
  const fds: FdTransfer[] = syscalls.descriptors.list().map((fd) => syscalls.descriptors.transfer(fd, fd));
  for (const file of candidates) {
    try {
      if ((tool.files.stat(file).mode & 0o170000) === 0o040000) throw new PosixError('EACCES');
      await calls.call('exec', { file, argv, env: [...env], cwd, umask: tool.files.umask(), fds });
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      if (error.code !== 'ENOENT') failure = error;
    }
  }
  await tool.warn(`${quoted(name)}: ${errorText(failure)}`);
  return failure.code === 'ENOENT' ? 127 : 126;
}

/** Commands that are the shell's built-ins too: the shell runs them. */
export function delegated(name: string): TrustedProgram {
  return defineTool(name, (tool) => {
    const script = name === 'which' ? 'which "$@"' : `builtin ${name} "$@"`;
    return runCommand(tool, ['/bin/sh', '-c', script, name, ...tool.args], tool.context.env);
  });
}

export const trueTool = defineTool('true', async () => 0);
export const falseTool = defineTool('false', async () => 1);

export const sleep = defineTool('sleep', async (tool) => {
  const { operands } = tool.options({ short: '', usage: 'NUMBER[SUFFIX]...' });
  if (operands.length === 0) throw new ToolExit(1, "sleep: missing operand\nTry 'sleep --help' for more information.\n");
  let seconds = 0;
  for (const operand of operands) {
    const match = /^(\d*\.?\d*(?:[eE][-+]?\d+)?|inf(?:inity)?)([smhd]?)$/.exec(operand);
    if (match === null || match[1] === '' || match[1] === '.')
      throw new ToolExit(
        1,
        `sleep: invalid time interval ‘${operand}’\nTry 'sleep --help' for more information.\n`.replaceAll(/[‘’]/g, "'"),
      );
    seconds += (match[1]?.startsWith('inf') ? Infinity : Number(match[1])) * { s: 1, m: 60, h: 3600, d: 86400, '': 1 }[match[2] as 's']!;
  }
  await tool.context.calls.sleep(Number.isFinite(seconds) ? seconds * 1000 : 1e15);
});

export const clear = defineTool('clear', async (tool) => {
  await tool.stdout.write('\x1b[H\x1b[2J\x1b[3J');
});

export const yes = defineTool('yes', async (tool) => {
  const line = `${tool.args.length === 0 ? 'y' : tool.args.join(' ')}\n`;
  const block = encodeText(line.repeat(Math.max(1, Math.floor(16384 / line.length))));
  for (;;) {
    await tool.stdout.write(block);
    await tool.stdout.flush();
  }
});

export const env = defineTool('env', async (tool) => {
  const options = tool.options({
    short: 'iu:C:0',
    long: { 'ignore-environment': 'i', 'unset=': 'u', 'chdir=': 'C', null: '0' },
    stopAtOperand: true,
    failure: 125,
    usage: '[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]',
  });
  const environment = new Map(options.has('i') || options.operands[0] === '-' ? [] : tool.context.env);
  for (const name of options.values('u')) environment.delete(name);
  let at = options.operands[0] === '-' ? 1 : 0;
  for (; at < options.operands.length; at++) {
    const match = /^([^=]+)=(.*)$/s.exec(options.operands[at] as string);
    if (match === null) break;
    environment.set(match[1] as string, match[2] as string);
  }
  const command = options.operands.slice(at);
  if (command.length === 0) {
    for (const [name, value] of environment) await tool.stdout.write(`${name}=${value}${options.has('0') ? '\0' : '\n'}`);
    return 0;
  }
  return runCommand(
    tool,
    command,
    environment,
    options.value('C') === undefined ? undefined : tool.files.realpath(options.value('C') as string),
  );
});

export const printenv = defineTool('printenv', async (tool) => {
  const { operands } = tool.options({ short: '0', failure: 2 });
  if (operands.length === 0) for (const [name, value] of tool.context.env) await tool.stdout.write(`${name}=${value}\n`);
  for (const name of operands) {
    const value = tool.context.env.get(name);
    if (value === undefined) tool.status = 1;
    else await tool.stdout.write(`${value}\n`);
  }
});

export const basename = defineTool('basename', async (tool) => {
  const options = tool.options({ short: 'as:z', long: { multiple: 'a', 'suffix=': 's', zero: 'z' }, stopAtOperand: true });
  const { operands } = options;
  if (operands.length === 0) throw new ToolExit(1, "basename: missing operand\nTry 'basename --help' for more information.\n");
  const many = options.has('a') || options.has('s');
  if (!many && operands.length > 2)
    throw new ToolExit(1, `basename: extra operand '${operands[2]}'\nTry 'basename --help' for more information.\n`);
  const suffix = many ? (options.value('s') ?? '') : (operands[1] ?? '');
  for (const path of many ? operands : operands.slice(0, 1)) {
    const base = baseName(path);
    await tool.stdout.write(
      `${suffix !== '' && base !== suffix && base.endsWith(suffix) ? base.slice(0, -suffix.length) : base}${options.has('z') ? '\0' : '\n'}`,
    );
  }
});

export const dirname = defineTool('dirname', async (tool) => {
  const options = tool.options({ short: 'z' });
  if (options.operands.length === 0) throw new ToolExit(1, "dirname: missing operand\nTry 'dirname --help' for more information.\n");
  for (const path of options.operands) {
    const trimmed = path.replace(/\/+$/, '');
    const directory =
      trimmed === '' && path !== ''
        ? '/'
        : trimmed.includes('/')
          ? trimmed.slice(0, trimmed.lastIndexOf('/')).replace(/\/+$/, '') || '/'
          : '.';
    await tool.stdout.write(`${directory}${options.has('z') ? '\0' : '\n'}`);
  }
});

export const seq = defineTool('seq', async (tool) => {
  const args = tool.args;
  let separator = '\n';
  let width = false;
  const operands: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '-s') separator = args[++i] ?? '\n';
    else if (arg.startsWith('-s')) separator = arg.slice(2);
    else if (arg === '-w') width = true;
    else if (/^-[^\d.]/.test(arg)) throw new ToolExit(1, `seq: invalid option -- '${arg[1]}'\nTry 'seq --help' for more information.\n`);
    else operands.push(arg);
  }
  if (operands.length === 0) throw new ToolExit(1, "seq: missing operand\nTry 'seq --help' for more information.\n");
  if (operands.length > 3) throw new ToolExit(1, `seq: extra operand '${operands[3]}'\nTry 'seq --help' for more information.\n`);
  for (const operand of operands)
    if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(operand))
      throw new ToolExit(1, `seq: invalid floating point argument: '${operand}'\nTry 'seq --help' for more information.\n`);
  const [first, step, last] =
    operands.length === 1 ? ['1', '1', operands[0]] : operands.length === 2 ? [operands[0], '1', operands[1]] : operands;
  const digits = Math.max(...[first, step].map((text) => (text?.split('.')[1] ?? '').length));
  const from = Number(first);
  const by = Number(step);
  const to = Number(last);
  if (by === 0) throw new ToolExit(1, `seq: invalid Zero increment value: '${step}'\nTry 'seq --help' for more information.\n`);
  const format = (value: number) => value.toFixed(digits);
  const columns = width ? Math.max(format(from).length, format(from + Math.floor((to - from) / by) * by).length) : 0;
  let any = false;
  for (let i = 0; ; i++) {
    const value = from + i * by;
    if (by > 0 ? value > to + 1e-10 : value < to - 1e-10) break;
    const text = format(value);
    const padded = text.startsWith('-') ? `-${text.slice(1).padStart(columns - 1, '0')}` : text.padStart(columns, '0');
    const written = tool.stdout.write(any ? separator + padded : padded);
    if (written !== undefined) await written;
    any = true;
  }
  if (any) await tool.stdout.write('\n');
});

export const tee = defineTool('tee', async (tool) => {
  const options = tool.options({ short: 'aip', long: { append: 'a', 'ignore-interrupts': 'i' } });
  const fds: number[] = [];
  for (const name of options.operands) {
    try {
      fds.push(tool.files.open(name, 1 | 0o100 | (options.has('a') ? 0o2000 : 0o1000), 0o666));
    } catch (error) {
      await tool.warnError(name, error);
    }
  }
  for (;;) {
    const bytes = await tool.context.stdin.read();
    if (bytes.length === 0) break;
    for (const fd of fds) await tool.context.calls.writeFd(fd, bytes);
    await tool.stdout.write(bytes);
  }
});

export const head = defineTool('head', (tool) => headOrTail(tool, 'head'));
export const tail = defineTool('tail', (tool) => headOrTail(tool, 'tail'));

async function headOrTail(tool: Tool, name: 'head' | 'tail'): Promise<void> {
  const options = tool.options({
    short: name === 'head' ? 'n:c:qvz' : 'n:c:qvfFs:',
    long: {
      'lines=': 'n',
      'bytes=': 'c',
      quiet: 'q',
      silent: 'q',
      verbose: 'v',
      ...(name === 'tail' ? { 'follow?': 'f', retry: 'F' } : {}),
    },
    digits: 'n',
  });
  const last = options.order.findLast(([key]) => key === 'n' || key === 'c');
  const byBytes = last?.[0] === 'c';
  let text = last?.[1] ?? '10';
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  text = text.slice(sign.length);
  const count = parseSize(text);
  if (count === undefined) throw new ToolExit(1, `${name}: invalid number of ${byBytes ? 'bytes' : 'lines'}: '${last?.[1]}'\n`);
  const headers = options.has('v') || (options.operands.length > 1 && !options.has('q'));
  let firstFile = true;
  const { stdout } = tool;
  const opened: { name: string; offset: number }[] = [];
  tool.directoryInput = async (directory) => {
    if (headers) await stdout.write(`${firstFile ? '' : '\n'}==> ${directory} <==\n`);
    firstFile = false;
    await tool.warn(`error reading '${directory}': Is a directory`);
  };
  const warnOpen = tool.warnError.bind(tool);
  tool.warnError = (subject, error, status) => warnOpen(`cannot open '${subject}' for reading`, error, status);
  for await (const { name: file, reader } of tool.inputs(options.operands)) {
    if (headers) await stdout.write(`${firstFile ? '' : '\n'}==> ${file === '-' ? 'standard input' : file} <==\n`);
    firstFile = false;
    const fromStart = name === 'head' ? sign !== '-' : sign === '+';
    if (name === 'head' && fromStart) {
      let left = count;
      while (left > 0) {
        const bytes = await reader.read(byBytes ? Math.min(left, 65536) : 65536);
        if (bytes.length === 0) break;
        if (byBytes) {
          await stdout.write(bytes);
          left -= bytes.length;
          continue;
        }
        let end = -1;
        while (left > 0 && (end = bytes.indexOf(10, end + 1)) >= 0) left--;
        await stdout.write(left === 0 ? bytes.subarray(0, end + 1) : bytes);
      }
    } else if (name === 'tail' && fromStart) {
      let skip = Math.max(0, count - 1);
      for (;;) {
        let bytes = await reader.read();
        if (bytes.length === 0) break;
        if (byBytes) {
          const cut = Math.min(skip, bytes.length);
          skip -= cut;
          bytes = bytes.subarray(cut);
        } else {
          while (skip > 0) {
            const end = bytes.indexOf(10);
            if (end < 0) {
              bytes = bytes.subarray(bytes.length);
              break;
            }
            bytes = bytes.subarray(end + 1);
            skip--;
          }
        }
        await stdout.write(bytes);
      }
    } else {
      const all = await reader.readAll();
      let cut: number;
      if (byBytes) cut = Math.max(0, all.length - count);
      else {
        cut = all.length;
        let left = count;
        if (all.at(-1) === 10) cut--;
        if (count === 0) cut = all.length;
        else {
          while (left > 0 && cut >= 0) {
            cut = cut === 0 ? -1 : all.lastIndexOf(10, cut - 1);
            left--;
          }
          cut++;
        }
      }
      await stdout.write(name === 'tail' ? all.subarray(cut) : all.subarray(0, cut));
      if (file !== '-') opened.push({ name: file, offset: all.length });
    }
  }
  if (name === 'tail' && (options.has('f') || options.has('F'))) await follow(tool, opened);
}

async function follow(tool: Tool, opened: { name: string; offset: number }[]): Promise<void> {
  await tool.stdout.flush();
  let wake: () => void = () => undefined;
  const disposers = opened.map((file) => tool.files.watch(file.name, { recursive: false }, () => wake()));
  try {
    for (;;) {
      for (const file of opened) {
        const all = tool.files.readFile(file.name);
        if (all.length < file.offset) {
          await tool.warn(`${file.name}: file truncated`, 0);
          file.offset = 0;
        }
        if (all.length > file.offset) await tool.stdout.write(all.slice(file.offset));
        file.offset = all.length;
      }
      await tool.stdout.flush();
      const cancel = new AbortController();
      wake = () => cancel.abort();
      await tool.context.calls.sleep(1000, cancel.signal);
    }
  } finally {
    for (const dispose of disposers) dispose();
  }
}

export const wc = defineTool('wc', async (tool) => {
  const options = tool.options({ short: 'clmwL', long: { bytes: 'c', chars: 'm', lines: 'l', words: 'w', 'max-line-length': 'L' } });
  const all = options.order.length === 0;
  const wanted = ['l', 'w', 'm', 'c', 'L'].filter((letter) => (all ? 'lwc'.includes(letter) : options.has(letter)));
  const rows: { counts: Record<string, number>; name: string | undefined }[] = [];
  const total: Record<string, number> = { l: 0, w: 0, m: 0, c: 0, L: 0 };
  let regular = true;
  let sizes = 0;
  tool.directoryInput = async (name) => {
    await tool.warn(`${name}: Is a directory`);
    rows.push({ counts: { l: 0, w: 0, m: 0, c: 0, L: 0 }, name });
    regular = false;
  };
  for await (const { name, reader } of tool.inputs(options.operands)) {
    const counts: Record<string, number> = { l: 0, w: 0, m: 0, c: 0, L: 0 };
    let inWord = false;
    let column = 0;
    if (tool.context.calls.handleOf(reader.fd) !== undefined) regular = false;
    for (;;) {
      const bytes = await reader.read();
      if (bytes.length === 0) break;
      counts.c = (counts.c as number) + bytes.length;
      let lines = 0;
      let words = 0;
      let characters = 0;
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i] as number;
        if ((byte & 0xc0) !== 0x80) {
          characters++;
          column += byte === 9 ? 8 - (column % 8) : byte < 32 ? 0 : 1;
        }
        if (byte === 10) {
          lines++;
          counts.L = Math.max(counts.L as number, column);
          column = 0;
        }
        if (byte === 32 || (byte >= 9 && byte <= 13)) inWord = false;
        else if (!inWord && byte > 32) {
          inWord = true;
          words++;
        }
      }
      counts.l = (counts.l as number) + lines;
      counts.w = (counts.w as number) + words;
      counts.m = (counts.m as number) + characters;
    }
    counts.L = Math.max(counts.L as number, column);
    sizes += counts.c as number;
    for (const key of 'lwmc') total[key] = (total[key] as number) + (counts[key] as number);
    total.L = Math.max(total.L as number, counts.L as number);
    rows.push({ counts, name: name === '-' && options.operands.length === 0 ? undefined : name });
  }
  if (options.operands.length > 1) rows.push({ counts: total, name: 'total' });
  const width = wanted.length === 1 && rows.length === 1 ? 1 : !regular ? 7 : String(sizes).length;
  for (const { counts, name } of rows)
    await tool.stdout.write(
      `${wanted.map((key) => String(counts[key]).padStart(width)).join(' ')}${name === undefined ? '' : ` ${name}`}\n`,
    );
});

export const ps = defineTool('ps', async (tool) => {
  const { rows } = await tool.context.calls.call('processes', {});
  const wide = tool.args.some((arg) => /[fFu]/.test(arg));
  const every = tool.args.some((arg) => /[aeAx]/.test(arg));
  const own = rows.find((row) => row.pid === tool.context.syscalls.start.pid);
  const shown = every || own === undefined ? rows : rows.filter((row) => row.tty === own.tty);
  const state = { running: 'S', stopped: 'T', zombie: 'Z' };
  const time = (ms: number) => {
    const seconds = Math.max(0, Math.floor((Date.now() - ms) / 1000));
    const two = (n: number) => String(n).padStart(2, '0');
    return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  };
  await tool.stdout.write(wide ? '    PID    PPID    PGID STAT TTY      ELAPSED  COMMAND\n' : '    PID TTY      ELAPSED  CMD\n');
  for (const row of shown) {
    const tty = (row.tty ?? '?').replace('/dev/', '').padEnd(8);
    await tool.stdout.write(
      wide
        ? `${String(row.pid).padStart(7)} ${String(row.ppid).padStart(7)} ${String(row.pgid).padStart(7)} ${state[row.state].padEnd(4)} ${tty} ${time(row.startedMs)} ${row.command}\n`
        : `${String(row.pid).padStart(7)} ${tty} ${time(row.startedMs)} ${row.command.split(' ')[0]?.replace(/^.*\//, '')}\n`,
    );
  }
});

export const tr = defineTool('tr', async (tool) => {
  const options = tool.options({
    short: 'cCdst',
    long: { complement: 'c', delete: 'd', 'squeeze-repeats': 's', 'truncate-set1': 't' },
    stopAtOperand: true,
  });
  const [set1, set2] = options.operands;
  const remove = options.has('d');
  const squeeze = options.has('s');
  if (set1 === undefined) throw new ToolExit(1, "tr: missing operand\nTry 'tr --help' for more information.\n");
  if (set2 === undefined && !remove && !squeeze)
    throw new ToolExit(
      1,
      `tr: missing operand after '${set1}'\nTwo strings must be given when translating.\nTry 'tr --help' for more information.\n`,
    );
  let from = expandSet(set1);
  if (options.has('c') || options.has('C')) {
    const inside = new Set(from);
    from = Array.from({ length: 256 }, (_, i) => i).filter((byte) => !inside.has(byte));
  }
  const to = set2 === undefined ? [] : expandSet(set2, from.length);
  const map = Uint8Array.from({ length: 256 }, (_, i) => i);
  const deleted = new Uint8Array(256);
  const squeezed = new Uint8Array(256);
  if (remove) for (const byte of from) deleted[byte] = 1;
  else if (set2 !== undefined) {
    from.forEach((byte, i) => {
      if (i < to.length) map[byte] = to[i] as number;
      else if (!options.has('t')) map[byte] = to.at(-1) ?? byte;
    });
  }
  if (squeeze) for (const byte of set2 === undefined ? from : to) squeezed[byte] = 1;
  let last = -1;
  for (;;) {
    const bytes = await tool.context.stdin.read();
    if (bytes.length === 0) break;
    const out = new Uint8Array(bytes.length);
    let length = 0;
    for (const byte of bytes) {
      if (deleted[byte]) continue;
      const mapped = map[byte] as number;
      if (squeezed[mapped] && mapped === last) continue;
      out[length++] = mapped;
      last = mapped;
    }
    await tool.stdout.write(out.subarray(0, length));
  }
});

const trClasses: Readonly<Record<string, RegExp>> = {
  alpha: /[A-Za-z]/,
  digit: /[0-9]/,
  alnum: /[A-Za-z0-9]/,
  upper: /[A-Z]/,
  lower: /[a-z]/,
  space: /[\t-\r ]/,
  blank: /[\t ]/,
  punct: /[!-/:-@[-`{-~]/,
  cntrl: /[\x00-\x1f\x7f]/,
  print: /[ -~]/,
  graph: /[!-~]/,
  xdigit: /[0-9A-Fa-f]/,
};

function expandSet(text: string, length = 0): number[] {
  const set: number[] = [];
  const bytes = encodeText(text);
  const one = (at: number): [number, number] => {
    if (bytes[at] !== 92 || at + 1 >= bytes.length) return [bytes[at] as number, 1];
    const rest = String.fromCharCode(...bytes.slice(at + 1, at + 4));
    const octal = /^[0-7]{1,3}/.exec(rest)?.[0];
    if (octal !== undefined) return [parseInt(octal, 8) & 255, 1 + octal.length];
    const named: Record<string, number> = { a: 7, b: 8, f: 12, n: 10, r: 13, t: 9, v: 11 };
    return [named[rest[0] as string] ?? (bytes[at + 1] as number), 2];
  };
  for (let at = 0; at < bytes.length;) {
    const rest = String.fromCharCode(...bytes.slice(at));
    const named = /^\[:(\w+):\]/.exec(rest);
    if (named !== null) {
      const pattern = trClasses[named[1] as string];
      if (pattern === undefined) throw new ToolExit(1, `tr: invalid character class '${named[1]}'\n`);
      for (let byte = 0; byte < 256; byte++) if (byte < 128 && pattern.test(String.fromCharCode(byte))) set.push(byte);
      at += named[0].length;
      continue;
    }
    const repeat = /^\[(.)\*(\d*)\]/s.exec(rest);
    if (repeat !== null) {
      const count = Number(repeat[2]) || Math.max(0, length - set.length);
      for (let i = 0; i < count; i++) set.push((repeat[1] as string).charCodeAt(0));
      at += repeat[0].length;
      continue;
    }
    const [first, size] = one(at);
    at += size;
    if (bytes[at] === 45 && at + 1 < bytes.length) {
      const [last, lastSize] = one(at + 1);
      if (last < first)
        throw new ToolExit(
          1,
          `tr: range-endpoints of '${String.fromCharCode(first)}-${String.fromCharCode(last)}' are in reverse collating sequence order\n`,
        );
      for (let byte = first; byte <= last; byte++) set.push(byte);
      at += 1 + lastSize;
    } else set.push(first);
  }
  return set;
}

export const cut = defineTool('cut', async (tool) => {
  const options = tool.options({
    short: 'b:c:d:f:sn',
    long: {
      'bytes=': 'b',
      'characters=': 'c',
      'delimiter=': 'd',
      'fields=': 'f',
      'only-delimited': 's',
      complement: 'complement',
      'output-delimiter=': 'output',
    },
  });
  const list = options.value('f') ?? options.value('c') ?? options.value('b');
  if (list === undefined)
    throw new ToolExit(1, "cut: you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information.\n");
  const ranges = list.split(',').map((piece) => {
    const match = /^(\d*)(-?)(\d*)$/.exec(piece);
    if (match === null || piece === '' || piece === '-')
      throw new ToolExit(
        1,
        `cut: invalid ${options.has('f') ? 'field' : 'byte/character'} ${/^\d*-?\d*$/.test(piece) ? 'range' : `value '${piece}'`}\nTry 'cut --help' for more information.\n`,
      );
    const from = Number(match[1] || 1);
    if (from === 0)
      throw new ToolExit(
        1,
        `cut: ${options.has('f') ? 'fields' : 'byte/character positions'} are numbered from 1\nTry 'cut --help' for more information.\n`,
      );
    return [from, match[2] === '' ? from : Number(match[3] || Infinity)] as const;
  });
  const complement = options.has('complement');
  const chosen = (n: number) => ranges.some(([from, to]) => n >= from && n <= to) !== complement;
  const delimiter = options.value('d') ?? '\t';
  if ([...delimiter].length !== 1 && options.has('d'))
    throw new ToolExit(1, "cut: the delimiter must be a single character\nTry 'cut --help' for more information.\n");
  for await (const { reader } of tool.inputs(options.operands)) {
    for await (const lines of reader.lines()) {
      for (const line of lines) {
        let text: string;
        if (!options.has('f')) {
          const characters = [...line];
          text = characters.filter((_, i) => chosen(i + 1)).join('');
        } else if (!line.includes(delimiter)) {
          if (options.has('s')) continue;
          text = line;
        } else
          text = line
            .split(delimiter)
            .filter((_, i) => chosen(i + 1))
            .join(options.value('output') ?? delimiter);
        const written = tool.stdout.write(`${text}\n`);
        if (written !== undefined) await written;
      }
    }
  }
});

export const rev = defineTool('rev', async (tool) => {
  for await (const { reader } of tool.inputs(tool.options({ short: '' }).operands))
    for await (const lines of reader.lines()) for (const line of lines) await tool.stdout.write(`${[...line].reverse().join('')}\n`);
});

export const tac = defineTool('tac', async (tool) => {
  for await (const { reader } of tool.inputs(tool.options({ short: '' }).operands)) {
    const all: string[] = [];
    for await (const lines of reader.lines()) all.push(...lines);
    await tool.stdout.write(
      all
        .reverse()
        .map((line) => `${line}\n`)
        .join(''),
    );
  }
});

export const date = defineTool('date', async (tool) => {
  const options = tool.options({ short: 'ud:R', long: { utc: 'u', 'date=': 'd', universal: 'u' } });
  const given = options.value('d');
  const at = given === undefined ? new Date() : /^@\d+/.test(given) ? new Date(Number(given.slice(1)) * 1000) : new Date(given);
  if (Number.isNaN(at.getTime())) throw new ToolExit(1, `date: invalid date '${given}'\n`);
  const { argv0 } = { argv0: options.operands[0] };
  const format = argv0?.startsWith('+') ? argv0.slice(1) : '%a %b %e %H:%M:%S %Z %Y';
  // The shell's printf knows strftime.
  const { calls } = tool.context;
  calls.check();
  const environment = new Map(tool.context.env);
  if (options.has('u')) environment.set('TZ', 'UTC');
  return runCommand(
    tool,
    ['/bin/sh', '-c', 'printf "%($1)T\\n" "$2"', 'date', format, String(Math.floor(at.getTime() / 1000))],
    environment,
  );
});

export const id = defineTool('id', async (tool) => {
  const { uid, gid } = tool.context.syscalls.start;
  const options = tool.options({ short: 'ugnGr' });
  const name = uid === 0 ? 'root' : (tool.context.env.get('USER') ?? String(uid));
  await tool.stdout.write(
    options.has('u')
      ? `${options.has('n') ? name : uid}\n`
      : options.has('g') || options.has('G')
        ? `${options.has('n') ? name : gid}\n`
        : `uid=${uid}(${name}) gid=${gid}(${name}) groups=${gid}(${name})\n`,
  );
});

export const whoami = defineTool('whoami', async (tool) => {
  await tool.stdout.write(`${tool.context.syscalls.start.uid === 0 ? 'root' : (tool.context.env.get('USER') ?? 'user')}\n`);
});
