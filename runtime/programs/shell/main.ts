/** The program `sh`: a command string, a script, standard input, or a person at a terminal. */
import { signalNumbers, type SignalName } from '../../base/signals.ts';
import type { ProgramContext, TrustedProgram } from '../../process/program.ts';
import { errorText } from '../../process/strerror.ts';
import { decodeText } from '../../process/text.ts';
import { ShellSyntaxError, type List } from './syntax/ast.ts';
import { Parser } from './syntax/parser.ts';
import { ExitShell, ReturnFromFunction } from './execution/control-flow.ts';
import { optionLetters } from './options.ts';
import { Shell } from './shell.ts';

export const shellProgram: TrustedProgram = { run };

async function run(context: ProgramContext): Promise<number> {
  const argv = [...context.argv];
  // The shell outlives a reader that has gone: the write fails instead.
  context.syscalls.onSignal('SIGPIPE', () => undefined);
  if (argv[1] === '--subshell' && argv[2] !== undefined) {
    const adopted = Shell.adopt(context, argv[2]);
    if (adopted !== undefined) return adopted.run();
  }
  const shell = new Shell(context);
  shell.name = argv[0] ?? 'sh';
  importEnvironment(shell);
  shell.defineSpecials();
  let commandText = false;
  let forced = false;
  let fromInput = false;
  let at = 1;
  for (; at < argv.length; at++) {
    const option = argv[at] as string;
    if (option === '--') {
      at++;
      break;
    }
    if (option === '--version') {
      await context.stdout.write('bavini sh, a POSIX shell with the syntax of GNU bash 5.2\n');
      return 0;
    }
    if (option === '--help') {
      await context.stdout.write('Usage: sh [-abCefhimnuvx] [-o option] [-c command | -s | file] [argument …]\n');
      return 0;
    }
    if (['--norc', '--noprofile', '--login', '-l', '--posix', '--noediting', '--interactive'].includes(option)) {
      if (option === '--posix') shell.options.posix = true;
      continue;
    }
    if (!/^[-+]./.test(option)) {
      if (option === '-') at++;
      break;
    }
    const on = option.startsWith('-');
    let bad: string | undefined;
    for (const letter of option.slice(1)) {
      const name = optionLetters[letter];
      if (letter === 'c') commandText = true;
      else if (letter === 'i') forced = true;
      else if (letter === 's') fromInput = true;
      else if (letter === 'l') continue;
      else if (letter === 'o' || letter === 'O') {
        const long = argv[++at] ?? '';
        if (letter === 'O') shell.shopts.set(long, on);
        else if (long in shell.options) shell.options[long as keyof Shell['options']] = on;
        else bad = long;
      } else if (name === undefined) bad = `-${letter}`;
      else shell.options[name] = on;
    }
    if (bad !== undefined) {
      await context.stderr.write(`${shell.name}: ${bad}: invalid option\n`);
      return 2;
    }
  }
  const rest = argv.slice(at);
  if (commandText) {
    const [text, name, ...positional] = rest;
    if (text === undefined) {
      await context.stderr.write(`${shell.name}: -c: option requires an argument\n`);
      return 2;
    }
    if (name !== undefined) shell.name = name;
    shell.positional = positional;
    shell.commandString = true;
    return shell.runToEnd(() => shell.evaluate(text, { what: '-c', whole: true }));
  }
  if (rest.length > 0 && !fromInput) {
    const [path = '', ...positional] = rest;
    let bytes: Uint8Array;
    try {
      const found = path.includes('/') || shell.stat(path) !== undefined ? path : (shell.searchPath(path)[0] ?? path);
      bytes = shell.files.readFile(shell.absolute(found));
    } catch (error) {
      const text = errorText(error);
      await context.stderr.write(`${shell.name}: ${path}: ${text}\n`);
      return text === 'No such file or directory' ? 127 : 126;
    }
    if (bytes.subarray(0, 256).includes(0)) {
      await context.stderr.write(`${path}: ${path}: cannot execute binary file\n`);
      return 126;
    }
    shell.name = path;
    shell.positional = positional;
    return shell.runToEnd(() => shell.evaluate(decodeText(bytes), { line: 1 }));
  }
  shell.positional = rest;
  if (forced || (context.stdin.isTty && context.stderr.isTty)) {
    const { runInteractive } = await import('./terminal/interactive.ts');
    return runInteractive(shell);
  }
  return shell.runToEnd(() => runInput(shell));
}

function importEnvironment(shell: Shell): void {
  const { variables } = shell;
  for (const [name, value] of shell.context.env) {
    if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) variables.replace(name, { value, exported: true });
  }
  variables.replace('IFS', { value: ' \t\n' });
  variables.replace('PWD', { value: shell.cwd, exported: true });
  variables.replace('SHLVL', { value: String((Number(variables.get('SHLVL')) || 0) + 1), exported: true });
  variables.replace('PPID', { value: String(shell.context.syscalls.start.ppid), readonly: true });
  variables.replace('UID', { value: String(shell.context.syscalls.start.uid), readonly: true });
  variables.replace('EUID', { value: String(shell.context.syscalls.start.uid), readonly: true });
  variables.replace('OPTIND', { value: '1' });
  variables.replace('OPTERR', { value: '1' });
  variables.replace('PS4', { value: '+ ' });
  variables.replace('BASH_VERSION', { value: '5.2.15(1)-release' });
  variables.replace('BASH_VERSINFO', {
    array: new Map([
      [0, '5'],
      [1, '2'],
      [2, '15'],
      [3, '1'],
      [4, 'release'],
      [5, 'x86_64-pc-linux-gnu'],
    ]),
    readonly: true,
  });
  variables.replace('HOSTTYPE', { value: 'x86_64' });
  variables.replace('OSTYPE', { value: 'linux-gnu' });
  variables.replace('HOSTNAME', { value: variables.get('HOSTNAME') ?? 'localhost' });
  if (variables.get('PATH') === undefined) variables.replace('PATH', { value: '/usr/local/bin:/usr/bin:/bin' });
  if (variables.get('BASH') === undefined) variables.replace('BASH', { value: '/bin/bash' });
}

/** Commands as they arrive on standard input, each read no further than its last line. */
async function runInput(shell: Shell): Promise<number> {
  const { calls } = shell.context;
  let text = '';
  let line = 1;
  let ended = false;
  let status = 0;
  while (!ended || text !== '') {
    const parser = new Parser(text, { line, aliases: new Map(), interactive: !ended });
    let list: List | null = null;
    try {
      const complete = ended || text.endsWith('\n');
      if (complete) list = parser.next();
      else throw new ShellSyntaxError('more', line, true);
    } catch (error) {
      if (!(error instanceof ShellSyntaxError)) throw error;
      if (error.incomplete && !ended) {
        const chunk = await readLine(shell, calls);
        if (chunk === '') ended = true;
        text += chunk;
        continue;
      }
      await shell.syntaxError(error, parser);
      return 2;
    }
    if (list !== null) {
      ({ currentLine: line, rest: text } = parser);
      status = await shell.list(list);
      continue;
    }
    text = '';
    line = parser.currentLine;
    if (ended) break;
    const chunk = await readLine(shell, calls);
    if (chunk === '') ended = true;
    text += chunk;
  }
  return status;
}

/** One line of descriptor 0: what follows is for the commands that read it. */
async function readLine(shell: Shell, calls: Shell['context']['calls']): Promise<string> {
  const file = shell.fds.need(0);
  const bytes: Uint8Array[] = [];
  for (;;) {
    const chunk = file.held.length > 0 ? file.held : await calls.readFd(file.fd as number);
    file.held = new Uint8Array(0);
    if (chunk.length === 0) break;
    const end = chunk.indexOf(10);
    if (end >= 0) {
      bytes.push(chunk.subarray(0, end + 1));
      file.held = chunk.slice(end + 1);
      break;
    }
    bytes.push(chunk);
  }
  return decodeText(bytes.length === 1 ? (bytes[0] as Uint8Array) : Uint8Array.from(bytes.flatMap((part) => [...part])));
}

export { ExitShell, ReturnFromFunction, signalNumbers, type SignalName };
