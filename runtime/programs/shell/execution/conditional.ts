/** `[[ … ]]` and `test`: the same primaries. */
import { S_IFBLK, S_IFCHR, S_IFDIR, S_IFIFO, S_IFLNK, S_IFMT, S_IFREG, S_IFSOCK } from '../../../base/file-mode.ts';
import type { Conditional } from '../syntax/ast.ts';
import { compareText, patternRegExp, safeRegExp } from '../expansion/pattern.ts';
import type { Shell } from '../shell.ts';

export async function evaluateConditional(shell: Shell, node: Conditional): Promise<boolean> {
  switch (node.kind) {
    case 'not':
      return !(await evaluateConditional(shell, node.operand));
    case 'and':
      return (await evaluateConditional(shell, node.left)) && (await evaluateConditional(shell, node.right));
    case 'or':
      return (await evaluateConditional(shell, node.left)) || (await evaluateConditional(shell, node.right));
    case 'unary':
      return unary(shell, node.operator, await shell.expander.text(node.operand));
    case 'binary': {
      const left = await shell.expander.text(node.left);
      const ignoreCase = shell.shopts.get('nocasematch') ?? false;
      if (node.operator === '==' || node.operator === '=' || node.operator === '!=') {
        const matches = patternRegExp(await shell.expander.pattern(node.right), { ignoreCase }).test(left);
        return matches === (node.operator !== '!=');
      }
      if (node.operator === '=~') {
        const expression = safeRegExp(posixToSource(await shell.expander.regularExpression(node.right)), ignoreCase ? 'sui' : 'su');
        if (expression === undefined) return false;
        const match = expression.exec(left);
        shell.variables.replace('BASH_REMATCH', { array: new Map(match === null ? [] : [...match].map((text, i) => [i, text ?? ''])) });
        return match !== null;
      }
      if (/^-(?:eq|ne|lt|gt|le|ge)$/.test(node.operator)) {
        const right = await shell.expander.text(node.right);
        return compareNumbers(node.operator, shell.expander.calculate(left), shell.expander.calculate(right));
      }
      return binary(shell, node.operator, left, await shell.expander.text(node.right));
    }
  }
}

/** Extended regular expressions nearly are JavaScript's; classes are not. */
function posixToSource(text: string): string {
  const names: Record<string, string> = {
    alpha: '\\p{L}',
    digit: '0-9',
    alnum: '\\p{L}0-9',
    upper: '\\p{Lu}',
    lower: '\\p{Ll}',
    space: '\\s',
    blank: ' \\t',
    punct: '!-\\/:-@\\[-`\\{-~',
    xdigit: '0-9A-Fa-f',
    cntrl: '\\x00-\\x1f',
    print: '\\x20-\\x7e',
    graph: '\\x21-\\x7e',
  };
  let result = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i] as string;
    if (c === '\\') {
      const next = text[++i] ?? '';
      result += /[\\^$.*+?()[\]{}|/]/.test(next) ? `\\${next}` : next;
    } else if (c === '[') {
      let j = i + 1;
      let inside = '';
      if (text[j] === '^') {
        inside = '^';
        j++;
      }
      const start = j;
      for (; j < text.length && (text[j] !== ']' || j === start); j++) {
        const named = /^\[:(\w+):\]/.exec(text.slice(j));
        if (named !== null) {
          inside += names[named[1] ?? ''] ?? '';
          j += named[0].length - 1;
        } else inside += /[\\[\]^]/.test(text[j] as string) ? `\\${text[j]}` : (text[j] as string);
      }
      result += `[${inside}]`;
      i = j;
    } else if (c === '{' && !/^\{\d+(,\d*)?\}/.test(text.slice(i))) result += '\\{';
    else if (c === '}' && !/\{\d+(,\d*)?$/.test(text.slice(0, i))) result += '\\}';
    else result += c;
  }
  return result;
}

function compareNumbers(operator: string, a: bigint, b: bigint): boolean {
  switch (operator) {
    case '-eq':
      return a === b;
    case '-ne':
      return a !== b;
    case '-lt':
      return a < b;
    case '-le':
      return a <= b;
    case '-gt':
      return a > b;
    default:
      return a >= b;
  }
}

const unaryOperators = new Set([
  '-a',
  '-b',
  '-c',
  '-d',
  '-e',
  '-f',
  '-g',
  '-h',
  '-k',
  '-L',
  '-n',
  '-N',
  '-o',
  '-O',
  '-G',
  '-p',
  '-r',
  '-R',
  '-s',
  '-S',
  '-t',
  '-u',
  '-v',
  '-w',
  '-x',
  '-z',
]);
const binaryOperators = new Set(['=', '==', '!=', '<', '>', '-eq', '-ne', '-lt', '-le', '-gt', '-ge', '-nt', '-ot', '-ef']);

function unary(shell: Shell, operator: string, operand: string): boolean {
  if (operator === '-n') return operand !== '';
  if (operator === '-z') return operand === '';
  if (operator === '-t') {
    const fd = shell.fds.get(Number(operand))?.fd;
    return fd !== undefined && shell.context.calls.isTty(fd);
  }
  if (operator === '-o') return Boolean((shell.options as unknown as Record<string, boolean>)[operand]);
  if (operator === '-v') {
    const match = /^([^[]+)\[(.*)\]$/s.exec(operand);
    if (match === null)
      return shell.variables.get(operand) !== undefined || (/^\d+$/.test(operand) && shell.positional[Number(operand) - 1] !== undefined);
    const variable = shell.variables.find(match[1] ?? '');
    const index = match[2] ?? '';
    if (index === '@' || index === '*') return (variable?.array?.size ?? variable?.assoc?.size ?? 0) > 0;
    return variable?.assoc !== undefined
      ? variable.assoc.has(index.replace(/^["'](.*)["']$/s, '$1'))
      : (variable?.array?.has(Number(shell.expander.calculate(index))) ?? false);
  }
  if (operator === '-R') return shell.variables.own(operand)?.nameref ?? false;
  const stat = shell.stat(operand, operator === '-h' || operator === '-L');
  if (stat === undefined) return false;
  const type = stat.mode & S_IFMT;
  switch (operator) {
    case '-a':
    case '-e':
      return true;
    case '-f':
      return type === S_IFREG;
    case '-d':
      return type === S_IFDIR;
    case '-h':
    case '-L':
      return type === S_IFLNK;
    case '-p':
      return type === S_IFIFO;
    case '-S':
      return type === S_IFSOCK;
    case '-c':
      return type === S_IFCHR;
    case '-b':
      return type === S_IFBLK;
    case '-s':
      return stat.size > 0;
    case '-u':
      return (stat.mode & 0o4000) !== 0;
    case '-g':
      return (stat.mode & 0o2000) !== 0;
    case '-k':
      return (stat.mode & 0o1000) !== 0;
    case '-O':
      return stat.uid === shell.context.syscalls.start.uid;
    case '-G':
      return stat.gid === shell.context.syscalls.start.gid;
    case '-N':
      return stat.mtimeMs > stat.atimeMs;
    default: {
      try {
        shell.files.access(shell.absolute(operand), operator === '-r' ? 4 : operator === '-w' ? 2 : 1);
        return true;
      } catch {
        return false; // Not allowed: the answer, not a failure.
      }
    }
  }
}

function binary(shell: Shell, operator: string, left: string, right: string): boolean {
  switch (operator) {
    case '=':
    case '==':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
      return compareText(left, right) < 0;
    case '>':
      return compareText(left, right) > 0;
    case '-nt':
    case '-ot':
    case '-ef': {
      const a = shell.stat(left);
      const b = shell.stat(right);
      if (operator === '-ef') return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev;
      if (operator === '-nt') return a !== undefined && (b === undefined || a.mtimeMs > b.mtimeMs);
      return b !== undefined && (a === undefined || a.mtimeMs < b.mtimeMs);
    }
    default:
      return compareNumbers(operator, testInteger(left), testInteger(right));
  }
}

export class TestError extends Error {}

function testInteger(text: string): bigint {
  if (!/^\s*[+-]?\d+\s*$/.test(text)) throw new TestError(`${text}: integer expression expected`);
  return BigInt(text.trim().replace(/^\+/, ''));
}

/** `test` by POSIX's rules on the number of arguments, then by precedence. @throws {TestError} */
export function evaluateTest(shell: Shell, args: readonly string[]): boolean {
  let at = 0;
  const short = (list: readonly string[]): boolean | undefined => {
    const [a = '', b = '', c = '', d = ''] = list;
    switch (list.length) {
      case 0:
        return false;
      case 1:
        return a !== '';
      case 2:
        if (a === '!') return b === '';
        if (unaryOperators.has(a)) return unary(shell, a, b);
        throw new TestError(`${a}: unary operator expected`);
      case 3:
        if (binaryOperators.has(b)) return binary(shell, b, a, c);
        if (b === '-a') return a !== '' && c !== '';
        if (b === '-o') return a !== '' || c !== '';
        if (a === '!') return !(short([b, c]) ?? false);
        if (a === '(' && c === ')') return b !== '';
        throw new TestError(`${b}: binary operator expected`);
      case 4:
        if (a === '!') return !(short([b, c, d]) ?? false);
        if (a === '(' && d === ')') return short([b, c]);
        return undefined;
      default:
        return undefined;
    }
  };
  const simple = short(args);
  if (simple !== undefined) return simple;
  const or = (): boolean => {
    let value = and();
    while (args[at] === '-o') {
      at++;
      const right = and();
      value = value || right;
    }
    return value;
  };
  const and = (): boolean => {
    let value = term();
    while (args[at] === '-a') {
      at++;
      const right = term();
      value = value && right;
    }
    return value;
  };
  const term = (): boolean => {
    const a = args[at];
    if (a === undefined) throw new TestError('argument expected');
    if (a === '!') {
      at++;
      return !term();
    }
    if (a === '(') {
      at++;
      const value = or();
      if (args[at] !== ')') throw new TestError("`)' expected");
      at++;
      return value;
    }
    const operator = args[at + 1];
    if (operator !== undefined && binaryOperators.has(operator) && args[at + 2] !== undefined) {
      at += 3;
      return binary(shell, operator, a, args[at - 1] as string);
    }
    if (unaryOperators.has(a) && args[at + 1] !== undefined) {
      at += 2;
      return unary(shell, a, args[at - 1] as string);
    }
    at++;
    return a !== '';
  };
  const value = or();
  if (at < args.length) throw new TestError('too many arguments');
  return value;
}
