/** The program `sh`: a command string, a script, standard input, or a person at a terminal. */
import type { ProgramContext, TrustedProgram } from '../../process/program.ts';
import { errorText } from '../../process/strerror.ts';
import { decodeText } from '../../process/text.ts';
import { adoptSubshell } from './execution/background.ts';
import { searchPath } from './execution/command-search.ts';
import { optionLetters } from './options.ts';
import { Shell } from './shell.ts';
import { ShellSyntaxError, type List } from './syntax/ast.ts';
import { Parser } from './syntax/parser.ts';
import { defineSpecials, importEnvironment } from './variables/special-variables.ts';

export const shellProgram: TrustedProgram = { run };

async function run(context: ProgramContext): Promise<number> {
  const argv = [...context.argv];
  // The shell outlives a reader that has gone: the write fails instead.
  const ignore = () => undefined;
  context.syscalls.onSignal('SIGPIPE', ignore);
  const shell = new Shell(context);
  shell.dispositions.set('SIGPIPE', ignore);
  if (argv[1] === '--subshell' && argv[2] !== undefined) {
    const run = adoptSubshell(shell, argv[2]);
    if (run !== undefined) return run();
  }
  shell.name = argv[0] ?? 'sh';
  importEnvironment(shell);
  defineSpecials(shell);
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
      const found = path.includes('/') || shell.stat(path) !== undefined ? path : (searchPath(shell, path)[0] ?? path);
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
