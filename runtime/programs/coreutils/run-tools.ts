/** Tools that run other programs, and those that say where one is. */
import { PosixError } from '../../base/errors.ts';
import { signalNumbers, type SignalName } from '../../base/signals.ts';
import { globToRegExp } from './glob-pattern.ts';
import { errorText } from '../../process/strerror.ts';
import { decodeText } from '../../process/text.ts';
import type { FdTransfer } from '../../wires/process-wire.ts';
import { baseName, defineTool, joinPath, quoted, ToolExit, type Tool } from './tool.ts';

/** Starts a command; answers its process, or the status after the failure was told. */
async function start(
  tool: Tool,
  argv: readonly string[],
  more: { readonly pgid?: number } = {},
): Promise<{ readonly pid: number } | number> {
  const { calls, syscalls, env } = tool.context;
  const name = argv[0] as string;
  const cwd = tool.files.cwd();
  const folders = (env.get('PATH') ?? '/usr/local/bin:/usr/bin:/bin').split(':');
  const candidates = name.includes('/')
    ? [name.startsWith('/') ? name : joinPath(cwd, name)]
    : folders.map((folder) => joinPath(folder === '' ? cwd : folder, name));
  const fds: FdTransfer[] = syscalls.descriptors.list().map((fd) => syscalls.descriptors.transfer(fd, fd));
  await tool.stdout.flush();
  let failure = new PosixError('ENOENT');
  for (const file of candidates) {
    try {
      if ((tool.files.stat(file).mode & 0o170000) === 0o040000) throw new PosixError('EACCES');
      return await calls.call('spawn', { file, argv, env: [...env], cwd, umask: tool.files.umask(), fds, ...more });
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      if (error.code !== 'ENOENT') failure = error;
    }
  }
  await tool.warn(
    `${tool.name === 'timeout' ? 'failed to run command ' : ''}${tool.name === 'xargs' ? name : quoted(name)}: ${errorText(failure)}`,
  );
  return failure.code === 'ENOENT' ? 127 : 126;
}

/** The status of a command that ran to its end, 128 + n for a signal. */
async function run(tool: Tool, argv: readonly string[]): Promise<number> {
  const started = await start(tool, argv);
  if (typeof started === 'number') return started;
  const result = await tool.context.calls.call('wait', { child: started.pid });
  return result === null ? 0 : result.signal === null ? (result.code ?? 0) : 128 + signalNumbers[result.signal];
}

/** Arguments out of text as xargs reads it: blanks separate, quotes and backslashes protect. */
function splitArguments(text: string): string[] {
  const words: string[] = [];
  const pattern = /(?:[^\s"'\\]|\\[^]|"[^"\n]*"|'[^'\n]*')+|["']/g;
  for (const [word] of text.matchAll(pattern)) {
    if (word === '"' || word === "'")
      throw new ToolExit(
        1,
        `xargs: unmatched ${word === '"' ? 'double' : 'single'} quote; by default quotes are special to xargs unless you use the -0 option\n`,
      );
    words.push(
      word.replace(
        /\\([^])|"([^"]*)"|'([^']*)'/g,
        (_, escaped?: string, double?: string, single?: string) => escaped ?? double ?? single ?? '',
      ),
    );
  }
  return words;
}

export const xargs = defineTool('xargs', async (tool) => {
  const options = tool.options({
    short: '0d:I:L:n:P:rtx',
    stopAtOperand: true,
    usage: '[OPTION]... COMMAND [INITIAL-ARGS]...',
    long: {
      null: '0',
      'delimiter=': 'd',
      'replace=': 'I',
      'max-lines=': 'L',
      'max-args=': 'n',
      'max-procs=': 'P',
      'no-run-if-empty': 'r',
      verbose: 't',
      exit: 'x',
    },
  });
  const text = decodeText(await tool.context.stdin.readAll());
  const command = options.operands.length === 0 ? ['echo'] : options.operands;
  const replace = options.value('I');
  const delimiter = options.has('0') ? '\0' : options.value('d')?.replace('\\n', '\n').replace('\\t', '\t');
  const lines = () =>
    text
      .split('\n')
      .map((line) => line.trimStart())
      .filter((line) => line !== '');
  const items =
    delimiter !== undefined
      ? text.split(delimiter).filter((item, i, all) => i < all.length - 1 || item !== '')
      : replace !== undefined
        ? lines()
        : splitArguments(text);
  const groups: string[][] = [];
  if (replace !== undefined) for (const item of items) groups.push(command.map((word) => word.replaceAll(replace, item)));
  else if (options.has('L') && delimiter === undefined) {
    const size = Number(options.value('L'));
    const all = lines();
    for (let i = 0; i < all.length; i += size) groups.push([...command, ...all.slice(i, i + size).flatMap(splitArguments)]);
  } else {
    const size = options.has('n') ? Number(options.value('n')) : 5000;
    for (let i = 0; i < items.length; i += size) groups.push([...command, ...items.slice(i, i + size)]);
  }
  if (groups.length === 0 && replace === undefined && !options.has('r')) groups.push(command);
  let status = 0;
  for (const argv of groups) {
    if (options.has('t')) await tool.context.stderr.write(`${argv.join(' ')}\n`);
    const code = await run(tool, argv);
    if (code === 126 || code === 127) return code;
    if (code === 255) {
      await tool.warn(`${argv[0]}: exited with status 255; aborting`);
      return 124;
    }
    if (code > 128) {
      await tool.warn(`${argv[0]}: terminated by signal ${code - 128}`);
      return 125;
    }
    if (code !== 0) status = 123;
  }
  return status;
});

export const timeout = defineTool('timeout', async (tool) => {
  const options = tool.options({
    short: 's:k:v',
    long: { 'signal=': 's', 'kill-after=': 'k', verbose: 'v', foreground: 'f', 'preserve-status': 'p' },
    stopAtOperand: true,
    failure: 125,
    usage: '[OPTION] DURATION COMMAND [ARG]...',
  });
  const [duration, ...argv] = options.operands;
  if (duration === undefined || argv.length === 0)
    throw new ToolExit(125, "timeout: missing operand\nTry 'timeout --help' for more information.\n");
  const milliseconds = (text: string): number => {
    const match = /^(\d*\.?\d+)([smhd]?)$/.exec(text);
    if (match === null) throw new ToolExit(125, `timeout: invalid time interval '${text}'\nTry 'timeout --help' for more information.\n`);
    return Number(match[1]) * 1000 * { s: 1, m: 60, h: 3600, d: 86400, '': 1 }[match[2] as 's']!;
  };
  const wanted = (options.value('s') ?? 'TERM').toUpperCase();
  const names = Object.entries(signalNumbers) as [SignalName, number][];
  const signal = names.find(([name, number]) => name === wanted || name === `SIG${wanted}` || String(number) === wanted)?.[0];
  if (signal === undefined)
    throw new ToolExit(125, `timeout: ${options.value('s')}: invalid signal\nTry 'timeout --help' for more information.\n`);
  const limit = milliseconds(duration);
  const killAfter = options.value('k') === undefined ? undefined : milliseconds(options.value('k') as string);
  const started = await start(tool, argv);
  if (typeof started === 'number') return started;
  const { calls } = tool.context;
  const ended = new AbortController();
  const kill = (name: SignalName) =>
    calls.call('kill', { target: started.pid, signal: name }).catch((error: unknown) => {
      if (!(error instanceof PosixError)) throw error; // It ended in between.
    });
  let late = false;
  const watch = async () => {
    if (limit === 0) return;
    await calls.sleep(limit, ended.signal);
    if (ended.signal.aborted) return;
    late = true;
    await kill(signal);
    if (killAfter === undefined) return;
    await calls.sleep(killAfter, ended.signal);
    if (!ended.signal.aborted) await kill('SIGKILL');
  };
  const watching = watch();
  const result = await calls.call('wait', { child: started.pid });
  ended.abort();
  await watching;
  if (late && !options.has('p')) return result?.signal === 'SIGKILL' ? 137 : 124;
  return result === null || result.signal === null ? (result?.code ?? 0) : 128 + signalNumbers[result.signal];
});

/** One test or action of `find`, on a path; whether it holds. */
type Predicate = (path: string, stat: ReturnType<Tool['files']['lstat']>) => Promise<boolean>;

export const find = defineTool('find', async (tool) => {
  const args = [...tool.args];
  const starts: string[] = [];
  while (args.length > 0 && !/^[-(!]/.test(args[0] as string)) starts.push(args.shift() as string);
  let at = 0;
  let acts = false;
  let depthFirst = false;
  let maxDepth = Infinity;
  let minDepth = 0;
  let pruned = false;
  const fail = (message: string): never => {
    throw new ToolExit(1, `find: ${message}\n`);
  };
  const value = (name: string): string => args[at++] ?? fail(`missing argument to \`${name}'`);
  const typeBits: Readonly<Record<string, number>> = { f: 0o100000, d: 0o040000, l: 0o120000, c: 0o020000, s: 0o140000, p: 0o010000 };
  const primary = (): Predicate => {
    const name = args[at++];
    switch (name) {
      case '(': {
        const inner = either();
        if (args[at++] !== ')') fail("invalid expression; expected to find a ')' but didn't see one");
        return inner;
      }
      case '!':
      case '-not': {
        const inner = primary();
        return async (path, stat) => !(await inner(path, stat));
      }
      case '-name':
      case '-iname': {
        const pattern = globToRegExp(value(name), name === '-iname');
        return (path) => Promise.resolve(pattern.test(baseName(path)));
      }
      case '-path':
      case '-wholename': {
        const pattern = globToRegExp(value(name), false);
        return (path) => Promise.resolve(pattern.test(path));
      }
      case '-type': {
        const given = value(name);
        const wanted = given.split(',').map((letter) => typeBits[letter] ?? fail(`Unknown argument to -type: ${letter}`));
        return (_, stat) => Promise.resolve(wanted.includes(stat.mode & 0o170000));
      }
      case '-empty':
        return (path, stat) =>
          Promise.resolve(
            (stat.mode & 0o170000) === 0o040000
              ? tool.files.readdir(path).length === 0
              : (stat.mode & 0o170000) === 0o100000 && stat.size === 0,
          );
      case '-size': {
        const match = /^([-+]?)(\d+)([cwbkMG]?)$/.exec(value(name)) ?? fail("invalid argument to `-size'");
        const unit = { c: 1, w: 2, b: 512, '': 512, k: 1024, M: 1024 ** 2, G: 1024 ** 3 }[match[3] as 'c'];
        return (_, { size }) => {
          const units = Math.ceil(size / unit);
          return Promise.resolve(
            match[1] === '+' ? units > Number(match[2]) : match[1] === '-' ? units < Number(match[2]) : units === Number(match[2]),
          );
        };
      }
      case '-maxdepth':
        maxDepth = Number(value(name));
        return () => Promise.resolve(true);
      case '-mindepth':
        minDepth = Number(value(name));
        return () => Promise.resolve(true);
      case '-depth':
        depthFirst = true;
        return () => Promise.resolve(true);
      case '-true':
        return () => Promise.resolve(true);
      case '-prune':
        return () => {
          pruned = true;
          return Promise.resolve(true);
        };
      case '-print':
      case '-print0':
        acts = true;
        return async (path) => {
          await tool.stdout.write(`${path}${name === '-print0' ? '\0' : '\n'}`);
          return true;
        };
      case '-delete':
        acts = depthFirst = true;
        return async (path, stat) => {
          try {
            if ((stat.mode & 0o170000) === 0o040000) tool.files.rmdir(path);
            else tool.files.unlink(path);
            return true;
          } catch (error) {
            await tool.warnError(`cannot delete ${quoted(path)}`, error);
            return false;
          }
        };
      case '-exec': {
        acts = true;
        const command: string[] = [];
        while (args[at] !== ';' && !(args[at] === '+' && command.at(-1) === '{}')) command.push(value(name));
        const many = args[at++] === '+';
        if (!many)
          return async (path) =>
            (await run(
              tool,
              command.map((word) => word.replaceAll('{}', path)),
            )) === 0;
        const paths: string[] = [];
        finish.push(async () => {
          if (paths.length > 0 && (await run(tool, [...command.slice(0, -1), ...paths])) !== 0) tool.status = 1;
        });
        return (path) => {
          paths.push(path);
          return Promise.resolve(true);
        };
      }
      default:
        return fail(
          name === undefined
            ? 'invalid expression'
            : name.startsWith('-')
              ? `unknown predicate \`${name}'`
              : `paths must precede expression: '${name}'`,
        );
    }
  };
  const finish: (() => Promise<void>)[] = [];
  const both = (): Predicate => {
    const list = [primary()];
    while (at < args.length && args[at] !== '-o' && args[at] !== '-or' && args[at] !== ')') {
      if (args[at] === '-a' || args[at] === '-and') at++;
      list.push(primary());
    }
    return async (path, stat) => {
      for (const predicate of list) if (!(await predicate(path, stat))) return false;
      return true;
    };
  };
  const either = (): Predicate => {
    const list = [both()];
    while (args[at] === '-o' || args[at] === '-or') {
      at++;
      list.push(both());
    }
    return async (path, stat) => {
      for (const predicate of list) if (await predicate(path, stat)) return true;
      return false;
    };
  };
  const expression: Predicate = args.length === 0 ? () => Promise.resolve(true) : either();
  if (at < args.length) fail(`paths must precede expression: '${args[at]}'`);
  const visit = async (path: string, depth: number): Promise<void> => {
    let stat;
    try {
      stat = tool.files.lstat(path);
    } catch (error) {
      await tool.warnError(quoted(path), error);
      return;
    }
    pruned = false;
    const test = async () => {
      if (depth >= minDepth && (await expression(path, stat)) && !acts) await tool.stdout.write(`${path}\n`);
    };
    if (!depthFirst) await test();
    if ((stat.mode & 0o170000) === 0o040000 && depth < maxDepth && (depthFirst || !pruned)) {
      try {
        for (const { name } of tool.files.readdir(path)) await visit(joinPath(path, name), depth + 1);
      } catch (error) {
        await tool.warnError(quoted(path), error);
      }
      await tool.context.calls.yield();
    }
    if (depthFirst) await test();
  };
  for (const path of starts.length === 0 ? ['.'] : starts) await visit(path, 0);
  for (const last of finish) await last();
});

export const mktemp = defineTool('mktemp', async (tool) => {
  const options = tool.options({
    short: 'dqutp:',
    long: { directory: 'd', quiet: 'q', 'dry-run': 'u', 'tmpdir?': 'p', 'suffix=': 'suffix' },
    usage: '[OPTION]... [TEMPLATE]',
  });
  const [given] = options.operands;
  const template = given ?? 'tmp.XXXXXXXXXX';
  const suffix = options.value('suffix') ?? '';
  const folder =
    given === undefined || options.has('p') || options.has('t') ? options.value('p') || tool.context.env.get('TMPDIR') || '/tmp' : '';
  const marks = /X+$/.exec(template)?.[0].length ?? 0;
  if (marks < 3) throw new ToolExit(1, `mktemp: too few X's in template ${quoted(template)}\n`);
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  for (;;) {
    const random = Array.from(crypto.getRandomValues(new Uint8Array(marks)), (byte) => letters[byte % letters.length]).join('');
    const name = template.slice(0, -marks) + random + suffix;
    const path = folder === '' ? name : joinPath(folder, name);
    try {
      if (options.has('d')) tool.files.mkdir(path, 0o700);
      else tool.files.close(tool.files.open(path, 0o302, 0o600)); // O_RDWR | O_CREAT | O_EXCL
    } catch (error) {
      if (error instanceof PosixError && error.code === 'EEXIST') continue;
      if (!(error instanceof PosixError)) throw error;
      throw new ToolExit(
        1,
        options.has('q')
          ? ''
          : `mktemp: failed to create ${options.has('d') ? 'directory' : 'file'} via template ${quoted(folder === '' ? template : joinPath(folder, template))}: ${errorText(error)}\n`,
      );
    }
    await tool.stdout.write(`${path}\n`);
    return;
  }
});

export const hostname = defineTool('hostname', async (tool) => {
  await tool.stdout.write(`${tool.context.env.get('HOSTNAME') ?? 'localhost'}\n`);
});

export const uname = defineTool('uname', async (tool) => {
  const options = tool.options({
    short: 'asnrvmpio',
    long: {
      all: 'a',
      'kernel-name': 's',
      nodename: 'n',
      'kernel-release': 'r',
      'kernel-version': 'v',
      machine: 'm',
      processor: 'p',
      'hardware-platform': 'i',
      'operating-system': 'o',
    },
  });
  const facts: readonly (readonly [string, string])[] = [
    ['s', 'Linux'],
    ['n', tool.context.env.get('HOSTNAME') ?? 'localhost'],
    ['r', '6.1.0-bavini'],
    ['v', '#1'],
    ['m', 'x86_64'],
    ['o', 'GNU/Linux'],
  ];
  const wanted = facts.filter(([letter]) => options.has('a') || options.has(letter) || (options.order.length === 0 && letter === 's'));
  await tool.stdout.write(`${(wanted.length > 0 ? wanted.map(([, fact]) => fact) : ['unknown']).join(' ')}\n`);
});

export const tty = defineTool('tty', async (tool) => {
  const { calls } = tool.context;
  const silent = tool.options({ short: 's', long: { silent: 's', quiet: 's' }, failure: 2 }).has('s');
  if (!calls.isTty(0)) {
    if (!silent) await tool.stdout.write('not a tty\n');
    return 1;
  }
  const { name } = await calls.call('getTty', { handle: calls.handleOf(0) as number });
  if (!silent) await tool.stdout.write(`${name}\n`);
  return 0;
});

export const base64 = defineTool('base64', async (tool) => {
  const options = tool.options({ short: 'diw:', long: { decode: 'd', 'ignore-garbage': 'i', 'wrap=': 'w' } });
  for await (const { reader } of tool.inputs(options.operands.slice(0, 1))) {
    const bytes = await reader.readAll();
    if (options.has('d')) {
      const text = decodeText(bytes).replace(options.has('i') ? /[^A-Za-z0-9+/=]/g : /\n/g, '');
      try {
        await tool.stdout.write(Uint8Array.from(atob(text), (char) => char.charCodeAt(0)));
      } catch {
        throw new ToolExit(1, 'base64: invalid input\n');
      }
      continue;
    }
    let binary = '';
    for (let i = 0; i < bytes.length; i += 0x8000) binary += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
    const text = btoa(binary);
    const width = Number(options.value('w') ?? 76);
    await tool.stdout.write(width === 0 ? text : text.replace(new RegExp(`.{1,${width}}`, 'g'), '$&\n'));
  }
});
