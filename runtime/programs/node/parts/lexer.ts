/** What a CommonJS text exports, for `import` of one. */
import lexer from '../../../../node_modules/cjs-module-lexer/lexer.js';

export const { parse } = lexer as unknown as { parse(source: string): { exports: Iterable<string>; reexports: Iterable<string> } };
