/** The commands that the shell carries out itself. Each writes through the shell's table of descriptors. */
import { PosixError } from '../../../base/errors.ts';
import { signalNumbers, type SignalName } from '../../../base/signals.ts';
import { errorText } from '../../../process/strerror.ts';
import { decodeText } from '../../../process/text.ts';
import type { Assignment } from '../syntax/ast.ts';
import { evaluateTest, TestError } from '../execution/conditional.ts';
import { declaration } from '../expansion/expand.ts';
import { jobBuiltins } from './jobs.ts';
import { ansiEscape } from '../syntax/lexer.ts';
import { formatPrintf } from './printf-format.ts';
import { BreakLoop, ExitShell, ReturnFromFunction } from '../execution/control-flow.ts';
import { optionLetters } from '../options.ts';
import type { Shell } from '../shell.ts';
import { quoteText, type Variable } from '../variables/variables.ts';

export type Builtin = (shell: Shell, argv: readonly string[], arrays?: readonly (Assignment | undefined)[]) => Promise<number>;

export const specialBuiltins = new Set([
  ':',
  '.',
  'source',
  'break',
  'continue',
  'eval',
  'exec',
  'exit',
  'export',
  'readonly',
  'return',
  'set',
  'shift',
  'times',
  'trap',
  'unset',
]);
const keywords = new Set([
  'if',
  'then',
  'else',
  'elif',
  'fi',
  'do',
  'done',
  'case',
  'esac',
  'while',
  'until',
  'for',
  'select',
  '{',
  '}',
  '!',
  'in',
  '[[',
  ']]',
  'function',
  'time',
  'coproc',
]);
const identifier = /^[A-Za-z_][A-Za-z0-9_]*$/;

async function echo(shell: Shell, argv: readonly string[]): Promise<number> {
  let newline = true;
  let escapes = shell.shopts.get('xpg_echo') ?? false;
  let at = 1;
  for (; at < argv.length && /^-[neE]+$/.test(argv[at] as string); at++) {
    for (const letter of (argv[at] as string).slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
  }
  let text = argv.slice(at).join(' ');
  if (escapes && text.includes('\\')) {
    let result = '';
    for (let i = 0; i < text.length; i++) {
      if (text[i] !== '\\') {
        result += text[i];
        continue;
      }
      const [value, length] = ansiEscape(text, i, 'echo');
      if (value === '\0stop') {
        newline = false;
        break;
      }
      result += value;
      i += length - 1;
    }
    text = result;
  }
  await shell.write(1, newline ? `${text}\n` : text);
  return 0;
}

async function printf(shell: Shell, argv: readonly string[]): Promise<number> {
  let args = argv.slice(1);
  let variable: string | undefined;
  if (args[0] === '-v') {
    variable = args[1];
    args = args.slice(2);
  }
  if (args[0] === '--') args = args.slice(1);
  if (args.length === 0) {
    await shell.write(
      2,
      `${shell.name}: ${shell.interactive ? '' : `line ${shell.line}: `}printf: usage: printf [-v var] format [arguments]\n`.replace(
        /.*?printf: usage/,
        'printf: usage',
      ),
    );
    return 2;
  }
  const { text, errors } = formatPrintf(args[0] as string, args.slice(1));
  if (variable === undefined) await shell.write(1, text);
  else {
    const match = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(variable);
    if (match !== null) shell.expander.setElement(match[1] as string, match[2] as string, text);
    else shell.assignScalar(variable, text);
  }
  for (const error of errors) await shell.complain(`printf: ${error}`);
  return errors.length > 0 ? 1 : 0;
}

/** The path without `.`, `..` and doubled slashes, as `cd -L` sees it. */
export function normalise(path: string): string {
  const kept: string[] = [];
  for (const piece of path.split('/')) {
    if (piece === '' || piece === '.') continue;
    if (piece === '..') kept.pop();
    else kept.push(piece);
  }
  return `/${kept.join('/')}`;
}

export function changeDirectory(shell: Shell, path: string): void {
  // Only the shell itself moves its process; a subshell keeps a directory of its own.
  shell.files.readdir(path);
  if (shell.subshellDepth === 0) shell.files.chdir(path);
  shell.variables.set('OLDPWD', shell.cwd).exported = true;
  shell.cwd = path;
  shell.variables.set('PWD', path).exported = true;
}

async function cd(shell: Shell, argv: readonly string[]): Promise<number> {
  let args = argv.slice(1);
  let physical = false;
  while (args[0] !== undefined && /^-[LPe@]+$/.test(args[0])) {
    physical = args[0].includes('P');
    args = args.slice(1);
  }
  if (args[0] === '--') args = args.slice(1);
  if (args.length > 1) {
    await shell.complain('cd: too many arguments');
    return 1;
  }
  let [target] = args;
  let show = false;
  if (target === undefined) {
    target = shell.variables.get('HOME');
    if (target === undefined) {
      await shell.complain('cd: HOME not set');
      return 1;
    }
  } else if (target === '-') {
    target = shell.variables.get('OLDPWD');
    show = true;
    if (target === undefined) {
      await shell.complain('cd: OLDPWD not set');
      return 1;
    }
  }
  let path = shell.absolute(target);
  const search = shell.variables.get('CDPATH');
  if (search && !/^\.{0,2}\/|^\.{1,2}$/.test(target)) {
    for (const base of search.split(':')) {
      const candidate = `${base === '' ? shell.cwd : shell.absolute(base)}/${target}`;
      if (shell.directories.isDirectory(candidate)) {
        path = candidate;
        show = base !== '' && base !== '.';
        break;
      }
    }
  }
  try {
    if (target === '') path = shell.cwd;
    const real = physical ? shell.files.realpath(path) : normalise(path);
    changeDirectory(shell, real);
  } catch (error) {
    await shell.complain(`cd: ${target}: ${errorText(error)}`);
    return 1;
  }
  if (show) await shell.write(1, `${shell.cwd}\n`);
  return 0;
}

async function pwd(shell: Shell, argv: readonly string[]): Promise<number> {
  await shell.write(1, `${argv.includes('-P') ? shell.files.realpath(shell.cwd) : shell.cwd}\n`);
  return 0;
}

/** `declare`, `local`, `export` and `readonly` are one command with other defaults. */
async function declare(
  shell: Shell,
  argv: readonly string[],
  arrays: readonly (Assignment | undefined)[] | undefined,
  base: { readonly local?: boolean; readonly exported?: boolean; readonly readonly?: boolean },
): Promise<number> {
  const name = argv[0] as string;
  const { variables } = shell;
  if (name === 'local' && !variables.inFunction) {
    await shell.complain('local: can only be used in a function');
    return 1;
  }
  const flags = new Set<string>();
  const off = new Set<string>();
  let at = 1;
  for (; at < argv.length; at++) {
    const option = argv[at] as string;
    if (option === '--') {
      at++;
      break;
    }
    if (!/^[-+][A-Za-z]/.test(option) || arrays?.[at] !== undefined) break;
    for (const letter of option.slice(1)) {
      if (!'aAfFgiIlnprtux'.includes(letter)) {
        await shell.complain(`${name}: -${letter}: invalid option`);
        return 2;
      }
      (option[0] === '-' ? flags : off).add(letter);
    }
  }
  const operands = argv.slice(at);
  if (flags.has('f') || flags.has('F')) {
    if (base.exported || base.readonly) return 0;
    const names = operands.length > 0 ? operands : [...shell.functions.keys()].sort();
    let status = 0;
    for (const functionName of names) {
      const found = shell.functions.get(functionName);
      if (found === undefined) status = 1;
      else
        await shell.write(
          1,
          flags.has('F') ? (operands.length > 0 ? `${functionName}\n` : `declare -f ${functionName}\n`) : `${found.source}\n`,
        );
    }
    return status;
  }
  if (operands.length === 0) {
    for (const key of variables.names().sort()) {
      const variable = variables.own(key) as Variable;
      if (base.exported && !variable.exported) continue;
      if ((base.readonly || flags.has('r')) && !variable.readonly) continue;
      if (
        [...flags].some(
          (flag) =>
            (flag === 'x' && !variable.exported) ||
            (flag === 'a' && !variable.array) ||
            (flag === 'A' && !variable.assoc) ||
            (flag === 'i' && !variable.integer),
        )
      )
        continue;
      if (variable.value === undefined && !variable.array && !variable.assoc && !variable.exported) continue;
      await shell.write(
        1,
        flags.size > 0 || base.exported || base.readonly ? `${declaration(key, variable)}\n` : `${key}=${variable.value ?? ''}\n`,
      );
    }
    return 0;
  }
  if (flags.has('p')) {
    let status = 0;
    for (const key of operands) {
      const variable = variables.own(key);
      if (variable === undefined) {
        await shell.complain(`${name}: ${key}: not found`);
        status = 1;
      } else await shell.write(1, `${declaration(key, variable)}\n`);
    }
    return status;
  }
  let status = 0;
  for (let i = 0; i < operands.length; i++) {
    const array = arrays?.[at + i];
    const operand = operands[i] as string;
    const match = /^([A-Za-z_]\w*)(?:\[([^\]]*)\])?(?:(\+?=)(.*))?$/s.exec(operand);
    if (match === null) {
      await shell.complain(`${name}: \`${operand}': not a valid identifier`);
      status = 1;
      continue;
    }
    const key = match[1] as string;
    if (off.has('n') || (name === 'export' && flags.has('n'))) {
      const own = variables.own(key);
      if (own !== undefined) {
        if (name === 'export') own.exported = false;
        else own.nameref = false;
      }
      continue;
    }
    const local = (base.local || ((name === 'declare' || name === 'typeset') && variables.inFunction)) && !flags.has('g');
    const variable = local ? variables.makeLocal(key) : variables.declare(flags.has('n') ? key : variables.resolve(key));
    if (flags.has('n')) {
      variable.nameref = true;
      if (match[4] !== undefined) variable.value = match[4];
      continue;
    }
    if (flags.has('a') && variable.array === undefined) {
      variable.array = new Map(variable.value === undefined ? [] : [[0, variable.value]]);
      variable.value = undefined;
    }
    if (flags.has('A')) variable.assoc ??= new Map();
    if (flags.has('i')) variable.integer = true;
    if (off.has('i')) variable.integer = false;
    if (flags.has('l')) variable.lower = true;
    if (flags.has('u')) variable.upper = true;
    if (array !== undefined) await shell.assignElements(variable, array, key);
    else if (match[4] !== undefined) {
      if (match[2] !== undefined) shell.expander.setElement(key, match[2], match[4], match[3] === '+=');
      else if ((variable.array !== undefined || variable.assoc !== undefined) && /^\(.*\)$/s.test(match[4]))
        await shell.evaluate(`${key}${match[3]}${match[4]}`);
      else shell.assignScalar(key, match[4], match[3] === '+=');
    }
    if (base.exported || flags.has('x')) variable.exported = true;
    if (off.has('x')) variable.exported = false;
    if (base.readonly || flags.has('r')) variable.readonly = true;
  }
  return status;
}

async function unset(shell: Shell, argv: readonly string[]): Promise<number> {
  let mode = '';
  let status = 0;
  for (const name of argv.slice(1)) {
    if (/^-[fvn]$/.test(name)) {
      mode = name[1] as string;
      continue;
    }
    const match = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(name);
    if (match !== null) {
      const variable = shell.variables.find(match[1] as string);
      const index = match[2] as string;
      if (index === '@' || index === '*') shell.variables.unset(match[1] as string);
      else if (variable?.assoc !== undefined) variable.assoc.delete(index.replace(/^(["'])(.*)\1$/s, '$2'));
      else {
        let at = Number(shell.expander.calculate(index));
        if (at < 0) at += Math.max(-1, ...(variable?.array?.keys() ?? [])) + 1;
        variable?.array?.delete(at);
      }
      continue;
    }
    if (mode !== 'f' && (shell.variables.own(name) !== undefined || shell.variables.special.has(name))) {
      const own = shell.variables.own(name);
      if (own?.readonly) {
        await shell.complain(`unset: ${name}: cannot unset: readonly variable`);
        status = 1;
      } else shell.variables.unset(mode === 'n' ? name : shell.variables.resolve(name));
    } else if (mode !== 'v') shell.functions.delete(name);
  }
  return status;
}

async function set(shell: Shell, argv: readonly string[]): Promise<number> {
  if (argv.length === 1) {
    const lines: string[] = [];
    for (const name of shell.variables.names().sort()) {
      const variable = shell.variables.own(name) as Variable;
      if (variable.array !== undefined || variable.assoc !== undefined)
        lines.push(declaration(name, variable).replace(/^declare \S+ /, ''));
      else if (variable.value !== undefined)
        lines.push(`${name}=${/^[A-Za-z0-9_./:=@%^,+-]*$/.test(variable.value) ? variable.value : quoteText(variable.value)}`);
    }
    await shell.write(1, lines.map((line) => `${line}\n`).join(''));
    return 0;
  }
  const { options } = shell;
  let at = 1;
  for (; at < argv.length; at++) {
    const option = argv[at] as string;
    if (option === '--') {
      shell.positional = argv.slice(at + 1);
      return 0;
    }
    if (option === '-') {
      options.xtrace = false;
      options.verbose = false;
      at++;
      break;
    }
    if (!/^[-+]./.test(option)) break;
    const on = option[0] === '-';
    for (const letter of option.slice(1)) {
      if (letter === 'o') {
        const name = argv[at + 1];
        if (name === undefined) {
          const names = (Object.keys(options) as (keyof typeof options)[]).sort();
          await shell.write(
            1,
            names
              .map((key) => (on ? `${key.padEnd(15)}\t${options[key] ? 'on' : 'off'}\n` : `set ${options[key] ? '-' : '+'}o ${key}\n`))
              .join(''),
          );
          return 0;
        }
        at++;
        if (name in options) options[name as keyof typeof options] = on;
        else if (
          ![
            'emacs',
            'vi',
            'history',
            'histexpand',
            'ignoreeof',
            'physical',
            'privileged',
            'errtrace',
            'functrace',
            'keyword',
            'nolog',
            'onecmd',
            'interactive-comments',
          ].includes(name)
        ) {
          await shell.complain(`set: ${name}: invalid option name`);
          return 2;
        }
        continue;
      }
      const name = optionLetters[letter];
      if (name !== undefined) options[name] = on;
      else if (!'EHPTkprt'.includes(letter)) {
        await shell.complain(`set: ${option[0]}${letter}: invalid option`);
        await shell.write(2, 'set: usage: set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]\n');
        return 2;
      }
    }
  }
  if (at < argv.length) shell.positional = argv.slice(at);
  return 0;
}

async function shift(shell: Shell, argv: readonly string[]): Promise<number> {
  const count = Number(argv[1] ?? 1);
  if (!Number.isInteger(count)) {
    await shell.complain(`shift: ${argv[1]}: numeric argument required`);
    return 1;
  }
  if (count < 0 || count > shell.positional.length) return 1;
  shell.positional = shell.positional.slice(count);
  return 0;
}

async function exitWith(shell: Shell, argv: readonly string[], make: (status: number) => unknown): Promise<number> {
  const given = argv[1] === '--' ? argv[2] : argv[1];
  if (given === undefined) throw make(shell.status);
  if (!/^\s*[+-]?\d+\s*$/.test(given)) {
    await shell.complain(`${argv[0]}: ${given}: numeric argument required`);
    throw make(2);
  }
  throw make(Number(BigInt.asUintN(8, BigInt(given.trim()))));
}

async function loopControl(shell: Shell, argv: readonly string[]): Promise<number> {
  const name = argv[0] as 'break' | 'continue';
  const levels = Number(argv[1] ?? 1);
  if (shell.loopDepth === 0) {
    await shell.complain(`${name}: only meaningful in a \`for', \`while', or \`until' loop`);
    return 0;
  }
  if (!Number.isInteger(levels)) {
    await shell.complain(`${name}: ${argv[1]}: numeric argument required`);
    throw new ExitShell(128);
  }
  if (levels < 1) {
    await shell.complain(`${name}: ${argv[1]}: loop count out of range`);
    throw new BreakLoop('break', shell.loopDepth);
  }
  throw new BreakLoop(name, levels);
}

async function source(shell: Shell, argv: readonly string[]): Promise<number> {
  const [name, path, ...positional] = argv;
  if (path === undefined) {
    await shell.complain(`${name}: filename argument required`);
    await shell.write(2, `${name}: usage: ${name} filename [arguments]\n`);
    return 2;
  }
  let file = shell.absolute(path);
  if (!path.includes('/'))
    file =
      (shell.variables.get('PATH') ?? '')
        .split(':')
        .map((directory) => shell.absolute(`${directory}/${path}`))
        .find((candidate) => shell.stat(candidate) !== undefined) ?? file;
  let text: string;
  try {
    text = decodeText(shell.files.readFile(file));
  } catch (error) {
    const reason = errorText(error);
    await shell.complain(reason === 'Is a directory' ? `${name}: ${path}: is a directory` : `${path}: ${reason}`);
    return 1;
  }
  const saved = shell.positional;
  const { line } = shell;
  if (positional.length > 0) shell.positional = positional;
  shell.sourceDepth++;
  try {
    return await shell.evaluate(text, { line: 1 });
  } catch (error) {
    if (error instanceof ReturnFromFunction) return error.status;
    throw error;
  } finally {
    shell.sourceDepth--;
    shell.line = line;
    if (positional.length > 0) shell.positional = saved;
  }
}

async function read(shell: Shell, argv: readonly string[]): Promise<number> {
  let raw = false;
  let delimiter = '\n';
  let count = Infinity;
  let exact = false;
  let array: string | undefined;
  let prompt = '';
  let fd = 0;
  let timeout: number | undefined;
  let at = 1;
  for (; at < argv.length; at++) {
    const option = argv[at] as string;
    if (option === '--') {
      at++;
      break;
    }
    if (!/^-./.test(option)) break;
    for (let i = 1; i < option.length; i++) {
      const letter = option[i] as string;
      if ('res'.includes(letter)) {
        if (letter === 'r') raw = true;
        continue;
      }
      if (!'dnNaputi'.includes(letter)) {
        await shell.complain(`read: -${letter}: invalid option`);
        return 2;
      }
      const value = option.slice(i + 1) || (argv[++at] ?? '');
      if (letter === 'd') delimiter = value === '' ? '\0' : (value[0] as string);
      else if (letter === 'n' || letter === 'N') {
        count = Number(value);
        exact = letter === 'N';
      } else if (letter === 'a') array = value;
      else if (letter === 'p') prompt = value;
      else if (letter === 'u') fd = Number(value);
      else if (letter === 't') timeout = Number(value) * 1000;
      break;
    }
  }
  const names = argv.slice(at);
  const file = shell.fds.get(fd);
  if (file?.fd === undefined) {
    await shell.complain(`read: ${fd}: invalid file descriptor: Bad file descriptor`);
    return 1;
  }
  const { calls } = shell.context;
  if (prompt !== '' && calls.isTty(file.fd)) await shell.write(2, prompt);
  const cancel = new AbortController();
  const onInterrupt = () => cancel.abort();
  shell.interrupt.signal.addEventListener('abort', onInterrupt);
  const timer = timeout === undefined ? undefined : setTimeout(onInterrupt, timeout);
  const bytes: number[] = [];
  const protectedAt = new Set<number>();
  let ended = false;
  try {
    let escaped = false;
    let characters = 0;
    const isFile = calls.handleOf(file.fd) === undefined;
    outer: for (;;) {
      let chunk = file.held;
      file.held = new Uint8Array(0);
      if (chunk.length === 0) chunk = await calls.readFd(file.fd, isFile ? 1 : 65536, cancel.signal);
      if (chunk.length === 0) {
        ended = true;
        break;
      }
      for (let i = 0; i < chunk.length; i++) {
        const byte = chunk[i] as number;
        const stop = () => {
          file.held = chunk.slice(i + 1);
        };
        if (escaped) {
          escaped = false;
          if (byte === 10) continue;
          protectedAt.add(bytes.length);
          bytes.push(byte);
        } else if (byte === 92 && !raw) {
          escaped = true;
          continue;
        } else if (!exact && byte === delimiter.charCodeAt(0)) {
          stop();
          break outer;
        } else if (byte === 0) continue;
        else bytes.push(byte);
        if ((byte & 0xc0) !== 0x80) characters++;
        if (characters >= count) {
          stop();
          break outer;
        }
      }
    }
  } catch (error) {
    if (!(error instanceof PosixError) && !(error instanceof DOMException) && !cancel.signal.aborted) throw error;
    if (!cancel.signal.aborted) {
      await shell.complain(`read: read error: ${fd}: ${errorText(error)}`);
      return 1;
    }
    return timeout === undefined ? 130 : 142;
  } finally {
    clearTimeout(timer);
    shell.interrupt.signal.removeEventListener('abort', onInterrupt);
  }
  // A protected character is marked, so that it neither separates nor is trimmed.
  const text = decodeText(Uint8Array.from(bytes));
  const separators = shell.variables.get('IFS') ?? ' \t\n';
  const safe = protectedAt.size === 0 ? undefined : protectedAt;
  if (array !== undefined) {
    const fields = splitFields(text, separators, Infinity, safe);
    shell.variables.declare(shell.variables.resolve(array)).value = undefined;
    shell.variables.declare(shell.variables.resolve(array)).array = new Map(fields.map((field, i) => [i, field]));
  } else if (names.length === 0) shell.variables.set('REPLY', text);
  else if (exact) names.forEach((name, i) => shell.assignScalar(name, i === 0 ? text : ''));
  else {
    const fields = splitFields(text, separators, names.length, safe);
    for (let i = 0; i < names.length; i++) {
      const name = names[i] as string;
      const element = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(name);
      if (element !== null) shell.expander.setElement(element[1] as string, element[2] as string, fields[i] ?? '');
      else if (!identifier.test(name)) {
        await shell.complain(`read: \`${name}': not a valid identifier`);
        return 1;
      } else shell.assignScalar(name, fields[i] ?? '');
    }
  }
  return ended ? 1 : 0;
}

/** At most `limit` fields; the last takes the rest. */
function splitFields(text: string, separators: string, limit: number, safe: ReadonlySet<number> | undefined): string[] {
  const blank = (c: string, i: number) => separators.includes(c) && /[ \t\n]/.test(c) && !safe?.has(i);
  const separator = (c: string, i: number) => separators.includes(c) && !safe?.has(i);
  const fields: string[] = [];
  let i = 0;
  let end = text.length;
  while (i < end && blank(text[i] as string, i)) i++;
  while (end > i && blank(text[end - 1] as string, end - 1)) end--;
  while (i < end) {
    if (fields.length === limit - 1) {
      let rest = text.slice(i, end);
      // One trailing separator that is not blank goes too, if it ends the only field.
      if (rest.length > 0 && separator(rest.at(-1) as string, end - 1) && [...rest.slice(0, -1)].every((c, j) => !separator(c, i + j)))
        rest = rest.slice(0, -1);
      fields.push(rest);
      return fields;
    }
    const start = i;
    while (i < end && !separator(text[i] as string, i)) i++;
    fields.push(text.slice(start, i));
    while (i < end && blank(text[i] as string, i)) i++;
    if (i < end && separator(text[i] as string, i) && !blank(text[i] as string, i)) {
      i++;
      while (i < end && blank(text[i] as string, i)) i++;
    }
  }
  return fields;
}

async function mapfile(shell: Shell, argv: readonly string[]): Promise<number> {
  let trim = false;
  let name = 'MAPFILE';
  let delimiter = '\n';
  let limit = Infinity;
  for (let i = 1; i < argv.length; i++) {
    const option = argv[i] as string;
    if (option === '-t') trim = true;
    else if (option === '-d') delimiter = argv[++i] || '\0';
    else if (option === '-n') limit = Number(argv[++i]) || Infinity;
    else if (!option.startsWith('-')) name = option;
  }
  const file = shell.fds.need(0);
  const chunks: Uint8Array[] = [file.held];
  file.held = new Uint8Array(0);
  for (;;) {
    const chunk = await shell.context.calls.readFd(file.fd as number);
    if (chunk.length === 0) break;
    chunks.push(chunk);
  }
  const text = chunks.map(decodeText).join('');
  const lines = text.split(delimiter);
  const last = lines.pop() ?? '';
  const values = lines.map((line) => (trim ? line : line + delimiter));
  if (last !== '') values.push(last);
  shell.variables.replace(name, { array: new Map(values.slice(0, limit).map((value, i) => [i, value])) });
  return 0;
}

async function type(shell: Shell, argv: readonly string[]): Promise<number> {
  let status = 0;
  const flags = argv
    .slice(1)
    .filter((word) => /^-[aftpP]+$/.test(word))
    .join('');
  for (const name of argv.slice(1).filter((word) => !/^-[aftpP]+$/.test(word))) {
    const answers: [string, string][] = [];
    const alias = shell.aliases.get(name);
    if (!/[pP]/.test(flags)) {
      if (alias !== undefined && shell.shopts.get('expand_aliases')) answers.push(['alias', `${name} is aliased to \`${alias}'`]);
      if (keywords.has(name)) answers.push(['keyword', `${name} is a shell keyword`]);
      const func = shell.functions.get(name);
      if (func !== undefined && !flags.includes('f')) answers.push(['function', `${name} is a function\n${func.source}`]);
      if (builtins.has(name)) answers.push(['builtin', `${name} is a shell builtin`]);
    }
    const paths = name.includes('/') ? (shell.stat(name) === undefined ? [] : [name]) : shell.searchPath(name);
    for (const path of paths) answers.push(['file', flags.includes('p') || flags.includes('P') ? path : `${name} is ${path}`]);
    if (answers.length === 0) {
      if (!/[tpP]/.test(flags)) await shell.complain(`type: ${name}: not found`);
      status = 1;
    }
    for (const [kind, text] of flags.includes('a') ? answers : answers.slice(0, 1))
      await shell.write(1, `${flags.includes('t') ? kind : text}\n`);
  }
  return status;
}

async function command(shell: Shell, argv: readonly string[]): Promise<number> {
  let at = 1;
  let mode = '';
  for (; at < argv.length && /^-[pvV]+$/.test(argv[at] as string); at++) mode += argv[at];
  if (argv[at] === '--') at++;
  const rest = argv.slice(at);
  const [name] = rest;
  if (name === undefined) return 0;
  if (mode.includes('v') || mode.includes('V')) {
    let status = 1;
    for (const word of rest) {
      const alias = shell.aliases.get(word);
      let answer: string | undefined;
      if (alias !== undefined && shell.shopts.get('expand_aliases'))
        answer = mode.includes('V') ? `${word} is aliased to \`${alias}'` : `alias ${word}=${quoteText(alias)}`;
      else if (keywords.has(word)) answer = mode.includes('V') ? `${word} is a shell keyword` : word;
      else if (shell.functions.has(word))
        answer = mode.includes('V') ? `${word} is a function\n${shell.functions.get(word)?.source}` : word;
      else if (builtins.has(word)) answer = mode.includes('V') ? `${word} is a shell builtin` : word;
      else {
        const path = word.includes('/') ? (shell.stat(word) === undefined ? undefined : word) : shell.searchPath(word)[0];
        if (path !== undefined) answer = mode.includes('V') ? `${word} is ${path}` : path;
      }
      if (answer !== undefined) {
        status = 0;
        await shell.write(1, `${answer}\n`);
      } else if (mode.includes('V')) await shell.complain(`command: ${word}: not found`);
    }
    return status;
  }
  const builtin = builtins.get(name);
  if (builtin !== undefined) return builtin(shell, rest);
  return runFile(shell, rest);
}

async function runFile(shell: Shell, argv: readonly string[]): Promise<number> {
  const file = await shell.findCommand(argv[0] as string);
  if (typeof file === 'number') return file;
  try {
    return await (
      await shell.spawn(file, argv, shell.job)
    ).done;
  } catch (error) {
    if (!(error instanceof PosixError)) throw error;
    await shell.complain(`${argv[0]}: ${errorText(error)}`);
    return error.code === 'ENOENT' ? 127 : 126;
  }
}

async function alias(shell: Shell, argv: readonly string[]): Promise<number> {
  const words = argv.slice(1).filter((word) => word !== '-p');
  const show = (name: string, value: string) => shell.write(1, `alias ${name}=${quoteText(value)}\n`);
  if (words.length === 0) for (const name of [...shell.aliases.keys()].sort()) await show(name, shell.aliases.get(name) as string);
  let status = 0;
  for (const word of words) {
    const at = word.indexOf('=');
    if (at > 0) shell.aliases.set(word.slice(0, at), word.slice(at + 1));
    else if (shell.aliases.has(word)) await show(word, shell.aliases.get(word) as string);
    else {
      await shell.complain(`alias: ${word}: not found`);
      status = 1;
    }
  }
  return status;
}

async function test(shell: Shell, argv: readonly string[]): Promise<number> {
  let args = argv.slice(1);
  if (argv[0] === '[') {
    if (args.at(-1) !== ']') {
      await shell.complain("[: missing `]'");
      return 2;
    }
    args = args.slice(0, -1);
  }
  try {
    return evaluateTest(shell, args) ? 0 : 1;
  } catch (error) {
    if (!(error instanceof TestError)) throw error;
    await shell.complain(`${argv[0]}: ${error.message}`);
    return 2;
  }
}

async function getopts(shell: Shell, argv: readonly string[]): Promise<number> {
  const [, specification = '', name = '', ...given] = argv;
  const args = given.length > 0 ? given : shell.positional;
  const quiet = specification.startsWith(':');
  let index = Number(shell.variables.get('OPTIND') ?? 1) || 1;
  const finish = (value: string, argument?: string) => {
    const at = shell.getoptsAt;
    shell.variables.set('OPTIND', String(index));
    shell.getoptsAt = at;
    shell.variables.set(name, value);
    if (argument === undefined) shell.variables.replace('OPTARG', undefined);
    else shell.variables.set('OPTARG', argument);
  };
  const word = args[index - 1];
  if (shell.getoptsAt === 0) {
    if (word === undefined || !/^-./.test(word) || word === '--') {
      if (word === '--') index++;
      finish('?');
      return 1;
    }
    shell.getoptsAt = 1;
  }
  const letter = (word ?? '')[shell.getoptsAt] as string;
  shell.getoptsAt++;
  const last = shell.getoptsAt >= (word ?? '').length;
  const at = specification.indexOf(letter, quiet ? 1 : 0);
  const advance = () => {
    index++;
    shell.getoptsAt = 0;
  };
  if (letter === ':' || at < 0) {
    if (last) advance();
    if (!quiet && shell.variables.get('OPTERR') !== '0') await shell.write(2, `${shell.name}: illegal option -- ${letter}\n`);
    finish('?', quiet ? letter : undefined);
    return 0;
  }
  if (specification[at + 1] !== ':') {
    if (last) advance();
    finish(letter);
    return 0;
  }
  if (!last) {
    const value = (word ?? '').slice(shell.getoptsAt);
    advance();
    finish(letter, value);
    return 0;
  }
  const value = args[index];
  advance();
  if (value === undefined) {
    if (!quiet) await shell.write(2, `${shell.name}: option requires an argument -- ${letter}\n`);
    finish(quiet ? ':' : '?', quiet ? letter : undefined);
    return 0;
  }
  index++;
  finish(letter, value);
  return 0;
}

async function trap(shell: Shell, argv: readonly string[]): Promise<number> {
  let args = argv.slice(1);
  const canonical = (name: string): string | undefined => {
    if (name === '0' || name.toUpperCase() === 'EXIT') return 'EXIT';
    if (/^(ERR|DEBUG|RETURN)$/i.test(name)) return name.toUpperCase();
    if (/^\d+$/.test(name)) return (Object.keys(signalNumbers) as SignalName[]).find((signal) => signalNumbers[signal] === Number(name));
    const full = name.toUpperCase().startsWith('SIG') ? name.toUpperCase() : `SIG${name.toUpperCase()}`;
    return full in signalNumbers ? full : undefined;
  };
  if (args[0] === '-l') {
    await shell.write(
      1,
      `${(Object.keys(signalNumbers) as SignalName[]).map((name) => `${String(signalNumbers[name]).padStart(2)}) ${name}`).join('\n')}\n`,
    );
    return 0;
  }
  if (args[0] === '--') args = args.slice(1);
  if (args.length === 0 || args[0] === '-p') {
    const wanted = args.slice(1).map(canonical);
    const order = (name: string) => (name === 'EXIT' ? 0 : (signalNumbers[name as SignalName] ?? 99));
    for (const [name, action] of [...shell.traps].sort(([a], [b]) => order(a) - order(b)))
      if (wanted.length === 0 || wanted.includes(name)) await shell.write(1, `trap -- ${quoteText(action)} ${name}\n`);
    return 0;
  }
  const reset = args.length === 1 || args[0] === '-' || /^\d+$/.test(args[0] as string);
  const action = reset ? undefined : (args[0] as string);
  let status = 0;
  for (const name of args[0] === '-' || !reset ? args.slice(1) : args) {
    const signal = canonical(name);
    if (signal === undefined) {
      await shell.complain(`trap: ${name}: invalid signal specification`);
      status = 1;
      continue;
    }
    if (action === undefined) shell.traps.delete(signal);
    else shell.traps.set(signal, action);
    if (!(signal in signalNumbers) || signal === 'SIGKILL' || signal === 'SIGSTOP') continue;
    const real = signal as SignalName;
    if (action === undefined) shell.context.syscalls.onSignal(real, real === 'SIGPIPE' ? () => undefined : null);
    else {
      shell.context.syscalls.onSignal(
        real,
        action === ''
          ? () => undefined
          : () => {
              shell.pendingSignals.push(real);
              shell.interrupt.abort();
              shell.interrupt = new AbortController();
            },
      );
    }
  }
  return status;
}

async function umask(shell: Shell, argv: readonly string[]): Promise<number> {
  const words = argv.slice(1);
  const symbolic = words.includes('-S');
  const [value] = words.filter((word) => !/^-[Sp]+$/.test(word));
  if (value === undefined) {
    const mask = shell.files.umask();
    const bits = (shiftBy: number) => ['r', 'w', 'x'].filter((_, i) => ((mask >> shiftBy) & (4 >> i)) === 0).join('');
    await shell.write(1, symbolic ? `u=${bits(6)},g=${bits(3)},o=${bits(0)}\n` : `${mask.toString(8).padStart(4, '0')}\n`);
    return 0;
  }
  if (/^[0-7]+$/.test(value)) {
    shell.files.umask(parseInt(value, 8) & 0o777);
    return 0;
  }
  let allowed = ~shell.files.umask() & 0o777;
  for (const clause of value.split(',')) {
    const match = /^([ugoa]*)([-+=])([rwx]*)$/.exec(clause);
    if (match === null) {
      await shell.complain(
        /^\d/.test(value) ? `umask: ${value}: octal number out of range` : `umask: \`${clause[0]}': invalid symbolic mode operator`,
      );
      return 1;
    }
    const who = match[1] || 'a';
    const bits = [...(match[3] ?? '')].reduce((sum, c) => sum | (c === 'r' ? 4 : c === 'w' ? 2 : 1), 0);
    for (const [name, shiftBy] of [
      ['u', 6],
      ['g', 3],
      ['o', 0],
    ] as const) {
      if (!who.includes(name) && !who.includes('a')) continue;
      if (match[2] === '=') allowed = (allowed & ~(7 << shiftBy)) | (bits << shiftBy);
      else if (match[2] === '+') allowed |= bits << shiftBy;
      else allowed &= ~(bits << shiftBy);
    }
  }
  shell.files.umask(~allowed & 0o777);
  return 0;
}

async function letCommand(shell: Shell, argv: readonly string[]): Promise<number> {
  if (argv.length === 1) {
    await shell.complain('let: expression expected');
    return 1;
  }
  let value = 0n;
  for (const expression of argv.slice(1)) value = shell.expander.calculate(expression);
  return value === 0n ? 1 : 0;
}

async function shopt(shell: Shell, argv: readonly string[]): Promise<number> {
  const flags = argv
    .slice(1)
    .filter((word) => /^-[psuqo]+$/.test(word))
    .join('');
  const names = argv.slice(1).filter((word) => !/^-[psuqo]+$/.test(word));
  const get = (name: string) =>
    flags.includes('o') ? (shell.options as unknown as Record<string, boolean | undefined>)[name] : shell.shopts.get(name);
  let status = 0;
  for (const name of names.length > 0 ? names : [...shell.shopts.keys()].sort()) {
    const value = get(name);
    if (value === undefined) {
      await shell.complain(`shopt: ${name}: invalid shell option name`);
      status = 1;
    } else if (/[su]/.test(flags) && names.length > 0) {
      const on = flags.includes('s');
      if (flags.includes('o')) shell.options[name as keyof Shell['options']] = on;
      else shell.shopts.set(name, on);
    } else {
      if (!value) status = names.length > 0 ? 1 : 0;
      if (!flags.includes('q'))
        await shell.write(
          1,
          flags.includes('p') ? `shopt ${value ? '-s' : '-u'} ${name}\n` : `${name.padEnd(15)}\t${value ? 'on' : 'off'}\n`,
        );
    }
  }
  return status;
}

async function which(shell: Shell, argv: readonly string[]): Promise<number> {
  let status = 0;
  for (const name of argv.slice(1).filter((word) => word !== '-a')) {
    const found = name.includes('/') ? (shell.stat(name) === undefined ? [] : [name]) : shell.searchPath(name);
    if (found.length === 0) status = 1;
    for (const path of argv.includes('-a') ? found : found.slice(0, 1)) await shell.write(1, `${path}\n`);
  }
  return status;
}

async function hash(shell: Shell, argv: readonly string[]): Promise<number> {
  if (argv[1] === '-r') return 0;
  let status = 0;
  for (const name of argv.slice(1)) {
    if (shell.searchPath(name).length > 0 || builtins.has(name)) continue;
    await shell.complain(`hash: ${name}: not found`);
    status = 1;
  }
  return status;
}

async function help(shell: Shell): Promise<number> {
  await shell.write(1, `Shell commands: ${[...builtins.keys()].sort().join(' ')}\n`);
  return 0;
}

async function history(shell: Shell, argv: readonly string[]): Promise<number> {
  if (argv[1] === '-c') {
    shell.history.length = 0;
    return 0;
  }
  const count = argv[1] === undefined ? shell.history.length : Number(argv[1]);
  const from = Math.max(0, shell.history.length - count);
  await shell.write(
    1,
    shell.history
      .slice(from)
      .map((line, i) => `${String(from + i + 1).padStart(5)}  ${line}\n`)
      .join(''),
  );
  return 0;
}

const unsupported: Builtin = async (shell, argv) => {
  await shell.complain(`${argv[0]}: not supported in this shell`);
  return 1;
};

export const builtins: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  [':', async () => 0],
  ['true', async () => 0],
  ['false', async () => 1],
  ['echo', echo],
  ['printf', printf],
  ['cd', cd],
  ['pwd', pwd],
  ['export', (shell, argv, arrays) => declare(shell, argv, arrays, { exported: true })],
  ['readonly', (shell, argv, arrays) => declare(shell, argv, arrays, { readonly: true })],
  ['declare', (shell, argv, arrays) => declare(shell, argv, arrays, {})],
  ['typeset', (shell, argv, arrays) => declare(shell, argv, arrays, {})],
  ['local', (shell, argv, arrays) => declare(shell, argv, arrays, { local: true })],
  ['unset', unset],
  ['set', set],
  ['shift', shift],
  ['eval', (shell, argv) => (argv.length > 1 ? shell.evaluate(argv.slice(argv[1] === '--' ? 2 : 1).join(' ')) : Promise.resolve(0))],
  ['exec', async () => 0],
  ['exit', (shell, argv) => exitWith(shell, argv, (status) => new ExitShell(status))],
  [
    'return',
    async (shell, argv) => {
      if (shell.functionDepth === 0 && shell.sourceDepth === 0) {
        await shell.complain("return: can only `return' from a function or sourced script");
        return 2;
      }
      return exitWith(shell, argv, (status) => new ReturnFromFunction(status));
    },
  ],
  ['break', loopControl],
  ['continue', loopControl],
  ['.', source],
  ['source', source],
  ['read', read],
  ['mapfile', mapfile],
  ['readarray', mapfile],
  ['type', type],
  ['command', command],
  [
    'builtin',
    async (shell, argv) => {
      const found = builtins.get(argv[1] ?? ':');
      if (found !== undefined) return found(shell, argv.slice(1));
      await shell.complain(`builtin: ${argv[1]}: not a shell builtin`);
      return 1;
    },
  ],
  ['which', which],
  ['alias', alias],
  [
    'unalias',
    async (shell, argv) => {
      if (argv[1] === '-a') shell.aliases.clear();
      let status = 0;
      for (const name of argv.slice(1)) {
        if (name === '-a' || shell.aliases.delete(name)) continue;
        await shell.complain(`unalias: ${name}: not found`);
        status = 1;
      }
      return status;
    },
  ],
  ['test', test],
  ['[', test],
  ['getopts', getopts],
  ['trap', trap],
  ['umask', umask],
  ['let', letCommand],
  ['shopt', shopt],
  ['hash', hash],
  ['help', help],
  ['history', history],
  [
    'times',
    async (shell) => {
      await shell.write(1, '0m0.000s 0m0.000s\n0m0.000s 0m0.000s\n');
      return 0;
    },
  ],
  ['ulimit', unsupported],
  ['bind', unsupported],
  ['complete', unsupported],
  ['compgen', unsupported],
  ...jobBuiltins,
]);
