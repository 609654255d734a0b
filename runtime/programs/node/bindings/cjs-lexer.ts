import lexer from '../../../../node_modules/cjs-module-lexer/lexer.js';
import type { Untyped } from '../realm.ts';

const { parse } = lexer as unknown as { parse(source: string): { exports: Iterable<string>; reexports: Iterable<string> } };

/** `internalBinding('cjs_lexer')`: the names that a CommonJS text seems to export. */
export function makeCjsLexer(): Untyped {
  return {
    /** `[names, re-exported specifiers]`; nothing of either if the text cannot be read. */
    parse(source: string): [Set<string>, string[]] {
      try {
        const found = parse(source);
        return [new Set(found.exports), [...found.reexports]];
      } catch {
        // The module's own evaluation will say what is wrong with its text.
        return [new Set(), []];
      }
    },
  };
}
