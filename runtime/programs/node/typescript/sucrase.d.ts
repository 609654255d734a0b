/** The parts of sucrase that are used by themselves; the package describes only its entry. */
declare module 'sucrase/dist/parser/index.js' {
  export interface Token {
    readonly type: number;
    readonly start: number;
    readonly end: number;
    readonly isType: boolean;
  }
  export function parse(
    code: string,
    jsx: boolean,
    typescript: boolean,
    flow: boolean,
  ): { readonly tokens: Token[]; readonly scopes: unknown[] };
}
declare module 'sucrase/dist/TokenProcessor.js' {
  import type { Token } from 'sucrase/dist/parser/index.js';
  export default class TokenProcessor {
    constructor(code: string, tokens: Token[], flow: boolean, disableESTransforms: boolean, helperManager: unknown);
    tokenIndex: number;
    copyToken(): void;
    copyTokenWithPrefix(prefix: string): void;
    replaceToken(code: string): void;
    replaceTokenTrimmingLeftWhitespace(code: string): void;
  }
}
declare module 'sucrase/dist/NameManager.js' {
  export default class NameManager {
    constructor(code: string, tokens: unknown[]);
  }
}
declare module 'sucrase/dist/HelperManager.js' {
  export class HelperManager {
    constructor(nameManager: unknown);
  }
}
declare module 'sucrase/dist/transformers/RootTransformer.js' {
  export default class RootTransformer {
    constructor(context: unknown, transforms: readonly string[], interop: boolean, options: unknown);
    transform(): { readonly code: string };
  }
}
declare module 'sucrase/dist/parser/tokenizer/types.js' {
  export const TokenType: Readonly<Record<string, number>>;
}
