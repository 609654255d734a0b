/** Node's own library as the `node` program is given it: source texts by builtin id, and what its C++ side would know. */
import type { OpenPart } from './parts/index.ts';

/** What `getCLIOptionsInfo()` says of one option, but for the help text, which `bindings/options.ts` finds. `type` is one of `LibraryMeta.optionTypes`. */
export interface OptionInfo {
  readonly envVarSettings: number;
  readonly type: number;
  readonly defaultIsTrue: boolean;
}

/** Everything that is not source text, dumped from the pinned Node release at build time. Plain JSON. */
export interface LibraryMeta {
  /** With the `v`. */
  readonly version: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly release: Readonly<Record<string, string>>;
  /** `process.config` as JSON text, without the names in `node_library_files`: see {@link configOf}. */
  readonly config: string;
  /** `internalBinding('constants')`. */
  readonly constants: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** In Node's order. */
  readonly builtinIds: readonly string[];
  /** Builtins without a source, each with the reason. */
  readonly leftOut: Readonly<Record<string, string>>;
  /** `[negative errno, name, message]`. */
  readonly uvErrors: readonly (readonly [number, string, string])[];
  /** Of what takes a value. Whether a switch is on is `defaultIsTrue`. */
  readonly optionValues: Readonly<Record<string, unknown>>;
  readonly optionInfo: readonly (readonly [string, OptionInfo])[];
  readonly optionAliases: readonly (readonly [string, readonly string[]])[];
  readonly optionTypes: Readonly<Record<string, number>>;
  readonly envSettings: Readonly<Record<string, number>>;
}

export interface NodeLibrary {
  /** What of ours travels with it. */
  readonly part: OpenPart;
  /** The text of a builtin, or undefined if this build left it out. Line numbers are those of Node's own file. */
  source(id: string): string | undefined;
  readonly meta: LibraryMeta;
}

const emptyList = '"node_library_files":[]';

/** `process.config` as JSON text. Its list of files, two thirds of it, is the list of builtins again. */
export function configOf({ config, builtinIds }: Pick<LibraryMeta, 'config' | 'builtinIds'>): string {
  const files = builtinIds.filter((id) => !id.startsWith('internal/deps/')).map((id) => `lib/${id}.js`);
  return config.replace(emptyList, () => emptyList.replace('[]', JSON.stringify(files.sort())));
}
