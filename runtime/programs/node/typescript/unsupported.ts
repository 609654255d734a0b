/** TypeScript that is more than types, found in sucrase's tokens: its code cannot be what is left without types. */
import type { Token } from 'sucrase/dist/parser/index.js';

export interface Unsupported {
  readonly message: string;
  readonly start: number;
  readonly end: number;
}

const modifiers = new Set(['public', 'private', 'protected', 'readonly', 'override']);

export function findUnsupported(source: string, tokens: readonly Token[]): Unsupported | undefined {
  const text = (index: number): string => (tokens[index] === undefined ? '' : source.slice(tokens[index]!.start, tokens[index]!.end));
  const isName = (index: number): boolean => /^[$_\p{ID_Start}]/u.test(text(index));
  const found = (message: string, from: number, to: number): Unsupported => ({
    message,
    start: tokens[from]!.start,
    end: tokens[Math.min(to, tokens.length - 1)]!.end,
  });
  /** The index of the bracket that closes the one at `open`. */
  const closing = (open: number): number => {
    let depth = 0;
    for (let i = open; i < tokens.length; i += 1) {
      if (/^[([{]$/.test(text(i)) || text(i) === '${') depth += 1;
      else if (/^[)\]}]$/.test(text(i)) && (depth -= 1) === 0) return i;
    }
    return tokens.length - 1;
  };
  const isStatement = (index: number): boolean => {
    const before = text(index - 1);
    return (
      index === 0 ||
      before === ';' ||
      before === '{' ||
      before === '}' ||
      before === 'export' ||
      source.slice(tokens[index - 1]!.end, tokens[index]!.start).includes('\n')
    );
  };
  const statementEnd = (index: number): number => {
    let i = index;
    while (
      i + 1 < tokens.length &&
      text(i) !== ';' &&
      text(i + 1) !== '' &&
      !source.slice(tokens[i]!.end, tokens[i + 1]!.start).includes('\n')
    )
      i += 1;
    return i;
  };
  const brackets: { readonly text: string; readonly index: number }[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const word = text(i);
    if (word === '(' || word === '[' || word === '{' || word === '${') brackets.push({ text: word, index: i });
    else if (word === ')' || word === ']' || word === '}') brackets.pop();
    else if (
      word === 'enum' &&
      isName(i + 1) &&
      text(i + 2) === '{' &&
      text(i - 1) !== 'declare' &&
      text(i - 2) !== 'declare' &&
      text(i - 1) !== '.'
    ) {
      return found('TypeScript enum is not supported in strip-only mode', text(i - 1) === 'const' ? i - 1 : i, closing(i + 2));
    } else if (
      (word === 'namespace' || word === 'module') &&
      tokens[i]!.isType &&
      isName(i + 1) &&
      /^[{.]$/.test(text(i + 2)) &&
      isStatement(i) &&
      text(i - 1) !== 'declare'
    ) {
      if (word === 'module') return found('`module` keyword is not supported. Use `namespace` instead.', i, i + 1);
      let open = i + 2;
      while (text(open) !== '{' && open < tokens.length) open += 1;
      const close = closing(open);
      if (holdsValues(open, close)) return found('TypeScript namespace declaration is not supported in strip-only mode', i, close);
      i = close;
    } else if (word === 'import' && isName(i + 1) && text(i + 2) === '=') {
      return found(
        'TypeScript import equals declaration is not supported in strip-only mode',
        text(i - 1) === 'export' ? i - 1 : i,
        statementEnd(i),
      );
    } else if (word === 'export' && text(i + 1) === '=') {
      return found('TypeScript export assignment is not supported in strip-only mode', i, statementEnd(i));
    } else if (modifiers.has(word)) {
      const inside = brackets[brackets.length - 1];
      if (
        inside?.text !== '(' ||
        text(inside.index - 1) !== 'constructor' ||
        !isName(i + 1) ||
        modifiers.has(text(i + 1)) ||
        isOverload(inside.index)
      )
        continue;
      let end = i + 1;
      for (let depth = 0; end + 1 < tokens.length; end += 1) {
        const next = text(end + 1);
        if (depth === 0 && (next === ',' || next === ')')) break;
        if (/^[([{<]$/.test(next)) depth += 1;
        if (/^[)\]}>]$/.test(next)) depth -= 1;
      }
      return found('TypeScript parameter property is not supported in strip-only mode', i + 1, end);
    } else if (word === '<' && tokens[i]!.isType && isAssertion(i)) {
      return found(
        "The angle-bracket syntax for type assertions, `<T>expr`, is not supported in type strip mode. Instead, use the 'as' syntax: `expr as T`.",
        i,
        statementEnd(i),
      );
    }
  }
  return undefined;

  /** A constructor without a body has no parameters at run time. */
  function isOverload(open: number): boolean {
    return text(closing(open) + 1) === ';';
  }

  function holdsValues(open: number, close: number): boolean {
    for (let i = open + 1; i < close; i += 1) {
      let first = i;
      if (text(first) === 'export') first += 1;
      const word = text(first);
      if (word === ';') continue;
      if (word !== 'type' && word !== 'interface' && word !== 'declare' && word !== 'namespace') return true;
      if (word === 'namespace') {
        const inner = first + 2;
        if (text(inner) !== '{' || holdsValues(inner, closing(inner))) return true;
        i = closing(inner);
      } else if (word === 'interface') {
        while (text(first) !== '{' && first < close) first += 1;
        i = closing(first);
      } else {
        let depth = 0;
        for (i = first; i < close; i += 1) {
          if (/^[([{]$/.test(text(i))) depth += 1;
          if (/^[)\]}]$/.test(text(i))) depth -= 1;
          if (depth === 0 && (text(i) === ';' || source.slice(tokens[i]!.end, tokens[i + 1]?.start).includes('\n'))) break;
        }
      }
    }
    return false;
  }

  /** Where an expression begins, and no arrow function follows the closing bracket. */
  function isAssertion(index: number): boolean {
    const before = text(index - 1);
    if (
      isName(index - 1)
        ? !/^(?:return|typeof|await|yield|case|throw|in|of|new|void|delete|default)$/.test(before)
        : !/^(?:[=([{,;:?!&|+\-*/%<>~]|=>|&&|\|\||\?\?|===?|!==?|\+=|)$/.test(before)
    )
      return false;
    let close = index;
    for (let depth = 0; close < tokens.length; close += 1) {
      const word = text(close);
      if (word === '<') depth += 1;
      else if (/^>+$/.test(word)) {
        depth -= word.length;
        if (depth <= 0) break;
      }
    }
    if (text(close + 1) !== '(') return true;
    const after = text(closing(close + 1) + 1);
    return after !== '=>' && after !== ':' && after !== '{';
  }
}
