/** Shell arithmetic: C's integer operators on 64-bit numbers. */

export interface ArithmeticVariables {
  get(name: string, index: string | undefined): string | undefined;
  set(name: string, index: string | undefined, value: string): void;
}

export class ArithmeticError extends Error {}

type Token =
  | { readonly kind: 'number'; readonly value: bigint }
  | { readonly kind: 'name'; readonly name: string; readonly index?: string }
  | { readonly kind: 'operator'; readonly text: string };

const operators = [
  '<<=',
  '>>=',
  '**',
  '++',
  '--',
  '<=',
  '>=',
  '==',
  '!=',
  '&&',
  '||',
  '<<',
  '>>',
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '^=',
  '|=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '<',
  '>',
  '!',
  '~',
  '&',
  '|',
  '^',
  '?',
  ':',
  '=',
  ',',
  '(',
  ')',
];
const levels: readonly (readonly string[])[] = [
  ['||'],
  ['&&'],
  ['|'],
  ['^'],
  ['&'],
  ['==', '!='],
  ['<', '<=', '>', '>='],
  ['<<', '>>'],
  ['+', '-'],
  ['*', '/', '%'],
];
const assigning = new Set(['=', '+=', '-=', '*=', '/=', '%=', '<<=', '>>=', '&=', '^=', '|=']);

/** @throws {ArithmeticError} With bash's text, the expression in front. */
export function evaluateArithmetic(source: string, variables: ArithmeticVariables, depth = 0): bigint {
  if (depth > 100) throw new ArithmeticError(`${source}: expression recursion level exceeded (error token is "${source}")`);
  const text = source.trim();
  const starts: number[] = [];
  const tokens = tokenize(text, starts);
  let at = 0;
  const fail = (message: string): never => {
    throw new ArithmeticError(`${text}: ${message} (error token is "${text.slice(starts[Math.min(at, starts.length - 1)] ?? 0)}")`);
  };
  const peek = (): string | undefined => {
    const token = tokens[at];
    return token?.kind === 'operator' ? token.text : undefined;
  };
  const valueOf = (name: string, index: string | undefined): bigint => {
    const value = variables.get(name, index) ?? '';
    if (/^-?\d+$/.test(value) && !/^-?0\d/.test(value)) return BigInt.asIntN(64, BigInt(value));
    return value.trim() === '' ? 0n : evaluateArithmetic(value, variables, depth + 1);
  };
  const apply = (operator: string, a: bigint, b: bigint): bigint => {
    switch (operator) {
      case '+':
        return BigInt.asIntN(64, a + b);
      case '-':
        return BigInt.asIntN(64, a - b);
      case '*':
        return BigInt.asIntN(64, a * b);
      case '/':
      case '%':
        if (b === 0n) {
          at = Math.max(0, at - 1);
          return fail('division by 0');
        }
        return BigInt.asIntN(64, operator === '/' ? a / b : a % b);
      case '<<':
        return BigInt.asIntN(64, a << (b & 63n));
      case '>>':
        return a >> (b & 63n);
      case '<':
        return a < b ? 1n : 0n;
      case '>':
        return a > b ? 1n : 0n;
      case '<=':
        return a <= b ? 1n : 0n;
      case '>=':
        return a >= b ? 1n : 0n;
      case '==':
        return a === b ? 1n : 0n;
      case '!=':
        return a !== b ? 1n : 0n;
      case '&':
        return a & b;
      case '^':
        return a ^ b;
      case '|':
        return a | b;
      default:
        return fail('syntax error: invalid arithmetic operator');
    }
  };
  // `live` is false in the branch not taken: it is read but has no effect.
  const comma = (live: boolean): bigint => {
    let value = assignment(live);
    while (peek() === ',') {
      at++;
      value = assignment(live);
    }
    return value;
  };
  const assignment = (live: boolean): bigint => {
    const token = tokens[at];
    const next = tokens[at + 1];
    if (token?.kind === 'name' && next?.kind === 'operator' && assigning.has(next.text)) {
      at += 2;
      const right = assignment(live);
      const value = next.text === '=' ? right : live ? apply(next.text.slice(0, -1), valueOf(token.name, token.index), right) : 0n;
      if (live) variables.set(token.name, token.index, String(value));
      return value;
    }
    return conditional(live);
  };
  const conditional = (live: boolean): bigint => {
    const test = binary(0, live);
    if (peek() !== '?') return test;
    at++;
    const yes = comma(live && test !== 0n);
    if (peek() !== ':') fail("`:' expected for conditional expression");
    at++;
    const no = assignment(live && test === 0n);
    return test !== 0n ? yes : no;
  };
  const binary = (level: number, live: boolean): bigint => {
    const list = levels[level];
    if (list === undefined) return power(live);
    let left = binary(level + 1, live);
    for (;;) {
      const operator = peek();
      if (operator === undefined || !list.includes(operator)) return left;
      at++;
      if (operator === '&&' || operator === '||') {
        const decided = operator === '&&' ? left === 0n : left !== 0n;
        const right = binary(level + 1, live && !decided);
        left = decided ? (operator === '&&' ? 0n : 1n) : right !== 0n ? 1n : 0n;
        continue;
      }
      const right = binary(level + 1, live);
      left = live ? apply(operator, left, right) : 0n;
    }
  };
  const power = (live: boolean): bigint => {
    const base = unary(live);
    if (peek() !== '**') return base;
    at++;
    const exponent = power(live);
    if (exponent < 0n) fail('exponent less than 0');
    let result = 1n;
    let square = base;
    for (let rest = exponent; rest > 0n; rest >>= 1n) {
      if (rest & 1n) result = BigInt.asIntN(64, result * square);
      square = BigInt.asIntN(64, square * square);
    }
    return result;
  };
  const unary = (live: boolean): bigint => {
    const operator = peek();
    switch (operator) {
      case '!':
        at++;
        return unary(live) === 0n ? 1n : 0n;
      case '~':
        at++;
        return ~unary(live);
      case '-':
        at++;
        return BigInt.asIntN(64, -unary(live));
      case '+':
        at++;
        return unary(live);
      case '++':
      case '--': {
        at++;
        const token = tokens[at];
        if (token?.kind !== 'name') return operator === '++' ? unary(live) : unary(live);
        at++;
        const value = valueOf(token.name, token.index) + (operator === '++' ? 1n : -1n);
        if (live) variables.set(token.name, token.index, String(value));
        return value;
      }
      default:
        return primary(live);
    }
  };
  const primary = (live: boolean): bigint => {
    const token = tokens[at];
    if (token === undefined) return fail('syntax error: operand expected');
    if (token.kind === 'number') {
      at++;
      return token.value;
    }
    if (token.kind === 'name') {
      at++;
      const operator = peek();
      const value = live ? valueOf(token.name, token.index) : 0n;
      if (operator === '++' || operator === '--') {
        at++;
        if (live) variables.set(token.name, token.index, String(value + (operator === '++' ? 1n : -1n)));
      }
      return value;
    }
    if (token.text === '(') {
      at++;
      const value = comma(live);
      if (peek() !== ')') fail("missing `)'");
      at++;
      return value;
    }
    return fail('syntax error: operand expected');
  };

  if (tokens.length === 0) return 0n;
  const result = comma(true);
  if (at < tokens.length)
    fail(
      tokens[at]?.kind === 'operator' && [...assigning].includes(peek() ?? '')
        ? 'attempted assignment to non-variable'
        : 'syntax error in expression',
    );
  return result;
}

function tokenize(text: string, starts: number[]): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    const c = text[at] as string;
    if (/\s/.test(c)) {
      at++;
      continue;
    }
    starts.push(at);
    const number = /^(?:\d+#[0-9A-Za-z@_]+|0[xX][0-9a-fA-F]*|\d[0-9A-Za-z_]*)/.exec(text.slice(at))?.[0];
    if (number !== undefined) {
      tokens.push({ kind: 'number', value: parseNumber(number, text, at) });
      at += number.length;
      continue;
    }
    const name = /^[A-Za-z_][A-Za-z0-9_]*/.exec(text.slice(at))?.[0];
    if (name !== undefined) {
      at += name.length;
      if (text[at] === '[') {
        let depth = 0;
        const start = at + 1;
        for (; at < text.length; at++) {
          if (text[at] === '[') depth++;
          else if (text[at] === ']' && --depth === 0) break;
        }
        tokens.push({ kind: 'name', name, index: text.slice(start, at) });
        at++;
      } else tokens.push({ kind: 'name', name });
      continue;
    }
    const operator = operators.find((candidate) => text.startsWith(candidate, at));
    if (operator === undefined) {
      throw new ArithmeticError(
        `${text}: syntax error: ${tokens.at(-1)?.kind === 'number' || tokens.at(-1)?.kind === 'name' ? 'invalid arithmetic operator' : 'operand expected'} (error token is "${text.slice(at)}")`,
      );
    }
    tokens.push({ kind: 'operator', text: operator });
    at += operator.length;
  }
  return tokens;
}

function parseNumber(token: string, text: string, at: number): bigint {
  const hash = token.indexOf('#');
  const fail = (message: string): never => {
    throw new ArithmeticError(`${text}: ${message} (error token is "${text.slice(at)}")`);
  };
  let base = 10;
  let digits = token;
  if (hash > 0) {
    base = Number(token.slice(0, hash));
    digits = token.slice(hash + 1);
    if (base < 2 || base > 64) fail('invalid arithmetic base');
  } else if (/^0[xX]/.test(token)) {
    base = 16;
    digits = token.slice(2);
  } else if (token.length > 1 && token.startsWith('0')) {
    base = 8;
    digits = token.slice(1);
  }
  let value = 0n;
  for (const digit of digits) {
    let n =
      digit >= '0' && digit <= '9'
        ? digit.charCodeAt(0) - 48
        : digit >= 'a' && digit <= 'z'
          ? digit.charCodeAt(0) - 87
          : digit >= 'A' && digit <= 'Z'
            ? digit.charCodeAt(0) - (base <= 36 ? 55 : 29)
            : digit === '@'
              ? 62
              : 63;
    if (base <= 36 && n >= 36) n = 99;
    if (n >= base) fail('value too great for base');
    value = value * BigInt(base) + BigInt(n);
  }
  return BigInt.asIntN(64, value);
}
