/**
 * Code that a program makes of strings: `new Function(…)` and `eval(…)`. Most of it is left to the engine. What says `import()`, or
 * waits in an async function, is edited first as a file would be, because the engine's own `import()` would ask the browser.
 *
 * `globalThis.eval` itself stays the engine's, else no call of it were a direct one: who calls it by another name than `eval` gets
 * the engine's `import()`.
 */
import { asyncContextOf } from './async-context.ts';
import { catchClausesOf, editCatchClauses, mayCatch } from './catch-clauses.ts';
import { mayNeedEdits, scriptParseOptions } from './compile-script.ts';
import type { Referrer } from './dynamic-import.ts';
import { Edits } from './edits.ts';
import { isV8 } from './is-v8.ts';
import { isParseFailure, parse } from './parser.ts';
import { chooseNames } from './helper-names.ts';
import { Rewriter } from './rewrite.ts';
import { hiddenProxy } from '../proxies.ts';
import { noteMade } from '../stack/made-functions.ts';
import type { EvaluatedFailure } from '../stack/evaluated-errors.ts';
import { madeText, noteEvaluated, noteThrownByEval } from '../stack/evaluated-texts.ts';
import { tellArrow } from '../stack/told-arrows.ts';
import { raiseLimit, throwingWhole, withLimit } from '../stack/whole-stacks.ts';
import { wordingOf } from '../stack/wording-of.ts';
import { perRealm } from '../wraps/per-realm.ts';
import type { NodeRealm } from '../realm.ts';

const intrinsicEval = eval;
const { construct, defineProperty } = Reflect;

/** Scripts without a surrounding function of ours find their helpers here: `$bvs[n]`. */
export const globalHelpers = perRealm((): object[] => {
  const helpers: object[] = [];
  defineProperty(globalThis, '$bvs', { value: helpers, enumerable: false, configurable: true });
  return helpers;
});

interface Surroundings {
  /** Expressions for our objects. */
  readonly env?: string;
  readonly helper: string;
  readonly imported?: readonly string[];
}

/** The edited text, or undefined if it needs no edit or cannot be read, which the engine will then tell. */
function edit(realm: NodeRealm, code: string, around: Surroundings): string | undefined {
  const imported = new Set((around.imported ?? []).filter((name) => code.includes(name)));
  const keepContext = asyncContextOf(realm).current() !== undefined || code.includes('await');
  const showCaught = !isV8(realm) && mayCatch(code);
  if (imported.size === 0 && !showCaught && !mayNeedEdits(code, keepContext)) return undefined;
  try {
    const program = parse(realm, code, { ...scriptParseOptions(false), allowSuperOutsideMethod: true, allowReturnOutsideFunction: false });
    const edits = new Edits(code);
    const names = { ...chooseNames(code), helper: around.helper, ...(around.env === undefined ? {} : { env: around.env }) };
    new Rewriter({ source: code, edits, names, imported, topLevel: 'none', keepContext, isModule: false }).program(program);
    if (showCaught || imported.size > 0) editCatchClauses(code, catchClausesOf(program), edits, names.helper, showCaught ? 'c' : 'n');
    return edits.apply('', '').code;
  } catch (error) {
    if (isParseFailure(error)) return undefined;
    throw error;
  }
}

/**
 * The argument of a direct `eval` as the engine shall see it. `names` are those of the calling text: of our two objects, then of the
 * imported bindings in sight.
 */
function prepareEval(realm: NodeRealm, callee: unknown, names: string, code: unknown): unknown {
  if (callee !== intrinsicEval || typeof code !== 'string') return code;
  noteEvaluated(code);
  const [env, helper, ...imported] = names.split(' ');
  return edit(realm, code, { env: env!, helper: helper!, imported }) ?? code;
}

/** `(0, eval)(code)`. */
function indirectEval(realm: NodeRealm, callee: unknown, helper: object, code: unknown): unknown {
  if (callee !== intrinsicEval || typeof code !== 'string') return (callee as Function)(code) as unknown;
  noteEvaluated(code);
  const helpers = globalHelpers(realm);
  const edited = edit(realm, code, { helper: `$bvs[${helpers.length}]` });
  if (edited !== undefined) helpers.push(helper);
  const lower = isV8(realm) && !code.includes('stackTraceLimit') ? raiseLimit(3) : undefined;
  try {
    return intrinsicEval(edited ?? code) as unknown;
  } catch (error) {
    const told = unreadable(realm, error, () => wordingOf(realm)?.failureOf(realm, code));
    if (told === undefined) throw error;
    noteThrownByEval(told);
    throw told;
  } finally {
    lower?.();
  }
}

/** The error of a text that the engine refused, in V8's words; undefined if it is another. */
function unreadable(realm: NodeRealm, error: unknown, failure: () => EvaluatedFailure | undefined): SyntaxError | undefined {
  const found = error instanceof SyntaxError ? failure() : undefined;
  if (found === undefined) return undefined;
  let told = error as SyntaxError;
  if (!isV8(realm)) {
    told = new SyntaxError(found.message);
    (Error as unknown as { captureStackTrace(error: object): void }).captureStackTrace(told);
  }
  tellArrow(told, () => found.arrow);
  return told;
}

/** Gives a helper object what compiled code calls around `eval`. */
export function addStringHelpers(realm: NodeRealm, helper: object): void {
  defineProperty(helper, 'e', { value: (callee: unknown, names: string, code: unknown) => prepareEval(realm, callee, names, code) });
  defineProperty(helper, 'g', { value: (callee: unknown, code: unknown) => indirectEval(realm, callee, helper, code) });
}

/** Whom an `import()` of code made of strings counts from: the file that made it. */
function callingFile(): string | undefined {
  const Errors = Error as unknown as { prepareStackTrace: unknown; captureStackTrace(target: object): void };
  const { prepareStackTrace } = Errors;
  let files: (string | null | undefined)[] = [];
  try {
    Errors.prepareStackTrace = (_: unknown, sites: readonly { getFileName(): string | null | undefined }[]) => {
      files = sites.map((site) => site.getFileName());
    };
    const holder = {} as { stack?: unknown };
    Errors.captureStackTrace(holder);
    void holder.stack;
  } finally {
    Errors.prepareStackTrace = prepareStackTrace;
  }
  return files.find((file) => typeof file === 'string' && !file.startsWith('node:')) ?? undefined;
}

const referrers = perRealm(() => new Map<string, Referrer>());

/** Code that stacks call `name` may make code of strings. */
export function noteReferrer(realm: NodeRealm, referrer: Referrer, name = referrer.name): void {
  referrers(realm).set(name, referrer);
}

type MakeHelper = (referrer: Referrer) => object;

/** Puts constructors of ours in the place of `Function` and its three kin, before the library keeps them. */
export function installFunctionConstructors(realm: NodeRealm, helperFor: MakeHelper): void {
  const { captureStackTrace } = Error as unknown as { captureStackTrace(target: object, above?: Function): void };
  const here = (above: Function): object => {
    const at = {};
    if (!isV8(realm)) captureStackTrace(at);
    // The constructor, and who called it.
    else withLimit(2, () => captureStackTrace(at, above));
    return at;
  };
  const kinds = [
    ['function', Function],
    ['async function', (async () => undefined).constructor as FunctionConstructor],
    ['function*', function* () {}.constructor as FunctionConstructor],
    ['async function*', async function* () {}.constructor as FunctionConstructor],
  ] as const;
  for (const [keywords, native] of kinds) {
    const make = (args: readonly unknown[], newTarget?: Function): Function => {
      const texts = args.map(String);
      const body = texts.at(-1) ?? '';
      const script = body.includes('sourceURL=') ? undefined : noteMade(here(make), texts);
      // The engine's stacks have this name, and `Function.prototype.toString()` leaves it out.
      const named = script === undefined ? texts : [...texts.slice(0, -1), `${body}\n//# sourceURL=${script}`];
      noteEvaluated(madeText(keywords, texts));
      let plain: Function;
      try {
        plain = throwingWhole(() => (newTarget === undefined ? native(...named) : (construct(native, named, newTarget) as Function)));
      } catch (error) {
        throw unreadable(realm, error, () => wordingOf(realm)?.madeFailure(realm, keywords, texts)) ?? error;
      }
      const isAsync = keywords.startsWith('async');
      const isPlain = !mayNeedEdits(isAsync ? `async ${body}` : body, true) && !texts.some((text) => text.includes('import'));
      if (isPlain && (isV8(realm) || !mayCatch(body))) return plain;
      const name = callingFile();
      const referrer = (name === undefined ? undefined : referrers(realm).get(name)) ?? {
        id: realm.symbols['vm_dynamic_import_default_internal'],
        name: name ?? '',
      };
      // The engine has made it: parameters and body are each complete, and together one function.
      const text = `(${keywords} anonymous(${texts.slice(0, -1).join()}\n) {\n${body}\n})`;
      const helper = chooseNames(text).helper;
      const edited = edit(realm, text, { helper });
      if (edited === undefined) return plain;
      const made = (
        realm.platform.evaluate(`(function(${helper}){return ${edited}})`, script ?? '<anonymous>') as (helper: object) => Function
      )(helperFor(referrer));
      Object.setPrototypeOf(made, Object.getPrototypeOf(plain) as object);
      return made;
    };
    const constructor: FunctionConstructor = hiddenProxy(native, {
      construct: (_, args, newTarget) => make(args, newTarget === constructor ? native : newTarget),
      apply: (_, __, args: unknown[]) => make(args),
    });
    defineProperty(native.prototype as object, 'constructor', {
      value: constructor,
      writable: native === Function,
      enumerable: false,
      configurable: true,
    });
    if (native === Function)
      defineProperty(globalThis, 'Function', { value: constructor, writable: true, enumerable: false, configurable: true });
  }
}
