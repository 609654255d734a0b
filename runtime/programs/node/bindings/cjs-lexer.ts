import type { MakeBinding } from '../realm.ts';

/** `internalBinding('cjs_lexer')`: the names that a CommonJS text seems to export. */
export const makeCjsLexer: MakeBinding = (realm) => ({
  /** `[names, re-exported specifiers]`; nothing of either if the text cannot be read. */
  parse(source: string): [Set<string>, string[]] {
    const lexer = realm.library.part('lexer');
    try {
      const found = lexer.parse(source);
      return [new Set(found.exports), [...found.reexports]];
    } catch {
      // The module's own evaluation will say what is wrong with its text.
      return [new Set(), []];
    }
  },
});
