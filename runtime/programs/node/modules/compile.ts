/** What is known of a module's text before it runs. */
import type { ColumnMap } from './edits.ts';

/** Where in the original source, both from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface ModuleRequest {
  readonly specifier: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** 1 source, 2 evaluation. */
  readonly phase: number;
  readonly place: Place;
}

export interface ImportEntry {
  /** Index into `requests`. */
  readonly request: number;
  /** Name in the other module, or null for its namespace. */
  readonly imported: string | null;
  readonly local: string;
  readonly place: Place;
}

export interface LocalExport {
  readonly exported: string;
  /** Holds one value for ever, once the module has been evaluated. */
  readonly constant: boolean;
}

export interface IndirectExport {
  readonly exported: string;
  readonly request: number;
  /** Null for the namespace. */
  readonly imported: string | null;
  readonly place: Place;
}

/** Plain data: what a compile cache may keep. */
export interface CompiledModule {
  /**
   * An expression: a function of (env, helper). `generator`: its first `next()` calls `helper.exports(getters)` and makes the functions,
   * the second runs the code, further ones give the values of awaited promises, which it yields. `async`: calling it runs all.
   */
  readonly code: string;
  readonly kind: 'generator' | 'async';
  readonly columns: ColumnMap;
  readonly requests: readonly ModuleRequest[];
  readonly imports: readonly ImportEntry[];
  readonly locals: readonly LocalExport[];
  readonly indirect: readonly IndirectExport[];
  /** Requests of `export * from`. */
  readonly stars: readonly number[];
  readonly hasTopLevelAwait: boolean;
  /** Top-level awaits in the order of the text. */
  readonly awaits: readonly Place[];
  /** Assigns to an imported binding somewhere, which must then throw. */
  readonly assignsImports: boolean;
  readonly sourceMapUrl: string | undefined;
  readonly sourceUrl: string | undefined;
}

/** Options for the parser under which a text is an ES module. */
export const moduleParseOptions = { ecmaVersion: 'latest', sourceType: 'module', allowHashBang: true } as const;

export function placeOf(source: string, at: number): Place {
  let line = 1;
  let start = 0;
  const lineEnd = /\r\n?|[\n\u2028\u2029]/g;
  for (let match = lineEnd.exec(source); match !== null && match.index < at; match = lineEnd.exec(source)) {
    line += 1;
    start = lineEnd.lastIndex;
  }
  return { line, column: at - start + 1 };
}

/** What V8 takes from the last `//# name=value` comment. */
export function magicComment(source: string, name: 'sourceMappingURL' | 'sourceURL'): string | undefined {
  if (!source.includes(`# ${name}=`) && !source.includes(`@ ${name}=`)) return undefined;
  let found: string | undefined;
  for (const match of source.matchAll(new RegExp(`//[#@] ${name}=([^\\s'"]*)[ \\t]*$`, 'gm'))) found = match[1];
  return found;
}
