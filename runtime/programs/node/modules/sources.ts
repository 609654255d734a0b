/** What was evaluated under which name, so that positions in stacks can be told in terms of the text its author wrote. */
import { originalColumn, type ColumnMap } from './edits.ts';

export interface ScriptSource {
  /** The original text. */
  readonly text: string;
  readonly columns: ColumnMap;
  /** What was evaluated in its place, where they differ. */
  readonly code?: () => string;
  /** Of the text within its file, as `vm` lets a caller say. */
  readonly lineOffset: number;
  readonly columnOffset: number;
}

/** By what stacks call them: files whose texts name themselves otherwise (`sourceURL`). */
const files = new Map<string, string>();

export function noteFile(name: string, file: string): void {
  if (name !== file) files.set(name, file);
}

/** What V8 calls a script where it tells where `eval` was called. */
export const fileOf = (name: string): string => files.get(name) ?? name;

export class Sources {
  readonly #scripts = new Map<string, ScriptSource>();

  add(name: string, script: ScriptSource): void {
    this.#scripts.set(name, script);
  }

  get(name: string): ScriptSource | undefined {
    return this.#scripts.get(name);
  }

  entries(): Iterable<[name: string, script: ScriptSource]> {
    return this.#scripts.entries();
  }

  /** Those that were not evaluated as they are. */
  *edited(): Iterable<ScriptSource> {
    for (const script of this.#scripts.values()) if (script.code !== undefined) yield script;
  }

  /** Line and column as the author counts, from those of the evaluated text. */
  original(name: string, line: number, column: number): { readonly line: number; readonly column: number } {
    const script = this.#scripts.get(name);
    if (script === undefined) return { line, column };
    const found = originalColumn(script.columns, line, column);
    return { line: line + script.lineOffset, column: line === 1 ? found + script.columnOffset : found };
  }

  /** A line of the original text; `line` as `original` gives it. */
  line(name: string, line: number): string | undefined {
    const script = this.#scripts.get(name);
    if (script === undefined) return undefined;
    return script.text.split(/\r\n|[\n\r\u2028\u2029]/, line - script.lineOffset)[line - script.lineOffset - 1];
  }
}

const helpers = new WeakMap<object, string>();

/** Code that stacks call `name` is handed `helper`. */
export function noteHelper(helper: object, name: string): void {
  helpers.set(helper, name);
}

/** What stacks call the code that was handed `helper`. */
export function nameOfHelper(helper: object): string | undefined {
  return helpers.get(helper);
}

const registries = new WeakMap<object, Sources>();

/** The one of `realm`. */
export function sourcesOf(realm: object): Sources {
  let sources = registries.get(realm);
  if (sources === undefined) registries.set(realm, (sources = new Sources()));
  return sources;
}
