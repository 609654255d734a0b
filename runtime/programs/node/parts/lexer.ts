/** What a CommonJS text exports, for `import` of one. */
import lexer from '../../../../node_modules/cjs-module-lexer/lexer.js';

interface Found {
  readonly exports: Iterable<string>;
  readonly reexports: Iterable<string>;
}

const { parse: lex } = lexer as unknown as { parse(source: string): Found };

/**
 * @throws {Error} for a text that cannot be read.
 */
export function parse(source: string): Found {
  const found = lex(source);
  if (!source.includes('defineProperty') || !/\bget\b/.test(source)) return found;
  // A name that gets a getter the lexer cannot see through is no export to it, though it is assigned elsewhere in the text, as TypeScript
  // does first of all. To Node's lexer (merve) it is one: such names are those found where nobody defines properties.
  const assigned = lex(source.replaceAll('defineProperty', 'definePropertY')).exports;
  const names = [...assigned].map((name) => name.replace('definePropertY', 'defineProperty'));
  return { exports: [...found.exports, ...names], reexports: found.reexports };
}
