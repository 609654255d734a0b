/** Scripts of the program's own context: what they declare at the top is global. Those of `vm` contexts are a part (`vm-context.ts`). */
import { writtenScriptName } from '../../../process/script-names.ts';
import { perRealm } from '../wraps/per-realm.ts';
import type { NodeRealm } from '../realm.ts';
import { helperFor } from './functions.ts';
import { sourcesOf } from './sources.ts';
import { globalHelpers } from './strings.ts';
import { prepareScript, type ScriptRequest } from './vm-script.ts';

export interface Lexical {
  readonly constant: boolean;
  initialised: boolean;
  value: unknown;
}

export const intrinsicEval = eval;

const globalLexicals = perRealm(() => new Map<string, Lexical>());

export function already(name: string): SyntaxError {
  return new SyntaxError(`Identifier '${name}' has already been declared`);
}

export function readLexical(name: string, lexical: Lexical): unknown {
  if (!lexical.initialised) throw new ReferenceError(`Cannot access '${name}' before initialization`);
  return lexical.value;
}

export function writeLexical(lexical: Lexical, value: unknown): void {
  if (lexical.constant && lexical.initialised) throw new TypeError('Assignment to constant variable.');
  lexical.value = value;
  lexical.initialised = true;
}

/** A script that is about to run: `start(code)` runs it, `end()` is to be called when it has. */
export interface ReadyScript {
  readonly code: string;
  readonly start: (code: string) => unknown;
  readonly end?: () => void;
}

/** What `const`, `let` and `class` have declared at the top of scripts. */
export const globalLexicalNames = (realm: NodeRealm): string[] => [...globalLexicals(realm).keys()];

/** Made by `limitTime` (`vm-context.ts`). */
export const timeLimitErrors = new WeakSet();

/** V8 ends a script from outside: no place in it is to blame. */
export const isTimeLimit = (error: object): boolean => timeLimitErrors.has(error);

/** @throws {SyntaxError} for names that are taken. */
export function readyInThisContext(realm: NodeRealm, request: ScriptRequest): ReadyScript {
  const { source, name, lineOffset, columnOffset, referrer, timeoutMs } = request;
  const helpers = globalHelpers(realm);
  const scripts = realm.platform.scripts?.();
  const script = prepareScript(realm, request, 'global', `$bvs[${helpers.length}]`, scripts?.result);
  sourcesOf(realm).add(name, { text: source, columns: script.columns, lineOffset, columnOffset });
  if (script.usesHelper) helpers.push(helperFor(realm, referrer));
  const end =
    timeoutMs !== undefined && script.usesHelper
      ? { end: realm.library.part('contexts').limitTime(realm, helpers.at(-1)!, timeoutMs) }
      : undefined;
  const lexicals = globalLexicals(realm);
  for (const { name: declared } of script.lexicals) if (lexicals.has(declared)) throw already(declared);
  for (const declared of [...script.vars, ...script.functions]) if (lexicals.has(declared)) throw already(declared);
  // A script's variables stay, those that `eval` makes could be deleted.
  if (!script.strict) {
    for (const declared of [...script.vars, ...script.functions]) {
      if (!Object.hasOwn(globalThis, declared))
        Object.defineProperty(globalThis, declared, { value: undefined, writable: true, enumerable: true, configurable: false });
    }
  }
  for (const { name: declared, constant } of script.lexicals) {
    const lexical: Lexical = { constant, initialised: false, value: undefined };
    lexicals.set(declared, lexical);
    Object.defineProperty(globalThis, declared, {
      get: () => readLexical(declared, lexical),
      set: (value) => writeLexical(lexical, value),
      enumerable: false,
      configurable: true,
    });
  }
  if (scripts !== undefined && script.assignsResult) return { code: `\n${script.code}`, start: (code) => scripts.run(code, name), ...end };
  return { code: `${script.code}\n//# sourceURL=${writtenScriptName(name)}`, start: intrinsicEval, ...end };
}
