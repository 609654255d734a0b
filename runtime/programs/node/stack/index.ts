/** V8's stack API in every engine: https://v8.dev/docs/stack-trace-api, on which Node's library and packages rely. */
import type { Realm } from '../boot.ts';
import type { NodeRealm } from '../realm.ts';
import { asyncContextOf } from '../modules/async-context.ts';
import { AsyncFrames } from '../modules/async-frames.ts';
import { isV8 } from '../modules/is-v8.ts';
import { sourcesOf } from '../modules/sources.ts';
import type { CallSite } from './call-site.ts';
import { toldAwaiting } from './awaiting.ts';
import { installStackApi, type StackApi, type Tellers } from './engines.ts';
import { placeJsonErrors, wordJsonErrors } from './json-errors.ts';
import { oursFrom } from './ours.ts';
import { tellAuthorsNames } from './imported-names.ts';
import { noteMadeAt } from './made-at.ts';
import { noteStackRead } from './read-stacks.ts';
import { tellArrow } from './told-arrows.ts';
import { framesOf, framesOfCaptured } from './whole-stacks.ts';
import { wordingOf } from './wording-of.ts';
import { followThen } from '../watched-promises.ts';
import { adaptCallSites, placeName } from './v8.ts';

type Prepare = (error: unknown, sites: CallSite[]) => unknown;
type PrepareCallback = (globalThis: object, error: unknown, sites: CallSite[]) => unknown;

/** To be called before the library boots: it reads `Error.captureStackTrace` and `Error.stackTraceLimit` then. */
export function prepareStacks(realm: NodeRealm): void {
  if (isV8(realm)) return placeJsonErrors(() => wordingOf(realm));
  const held: unknown[] = [];
  const { contexts, loop } = realm as Realm;
  const api = installStackApi(sourcesOf(realm), () => ({
    waiting: frames.capture(),
    held: [...held],
    base: contexts.resources[0],
    amongTicks: loop.amongTicks,
  }));
  installed.set(realm, api);
  wordJsonErrors(() => wordingOf(realm), held);
  const show = (error: unknown): unknown => {
    if (typeof error !== 'object' || error === null) return error;
    try {
      api.adopt(error);
    } catch {
      // So deep in calls that no more are possible: the error stays as it is.
    }
    return error;
  };
  const frames = new AsyncFrames(show);
  const context = asyncContextOf(realm);
  context.followFrames(frames);
  context.helpers.c = (error) => frames.caught(error);
  const { primordials } = realm;
  // What `followed()` of `builtins.ts` has the library call.
  Object.defineProperty(primordials, 'c', { value: show });
  Object.defineProperty(primordials, 'p', { value: (self: unknown) => held.push(self) });
  Object.defineProperty(primordials, 'q', { value: () => held.pop() });
  followThen((...of) => frames.then(...of));
}

const installed = new WeakMap<NodeRealm, StackApi>();

/**
 * An error that the engine itself threw reaches the library, which knows errors by their own `stack` in V8's form. What
 * programs catch comes here by itself.
 */
export function adoptError(realm: NodeRealm, error: unknown): void {
  if (typeof error === 'object' && error !== null) installed.get(realm)?.adopt(error);
}

const isOfEval = (error: Error & { readonly fileName?: unknown }): boolean =>
  error instanceof SyntaxError && typeof error.fileName === 'string' && / > eval$/.test(error.fileName);

function tellersOf(realm: NodeRealm): Tellers {
  const lines = new Map<string, readonly string[]>();
  const wording = () => wordingOf(realm);
  return {
    tell: (frames, ...of) => wording()?.tellStack(realm, frames, ...of) ?? frames,
    geckoMessage(error, message, place) {
      const words = wording();
      // What `eval` was given could not be read: the engine names the text, whose script ends with how it was made.
      const evaluated = isOfEval(error) ? words?.evaluatedFailure(realm) : undefined;
      if (evaluated !== undefined) {
        tellArrow(error, () => evaluated.arrow, evaluated.message);
        return evaluated.message;
      }
      return words?.geckoMessage(error, message, () => words.thrownAt(realm, place())) ?? message;
    },
    quickJsMessage: (message, ...place) => wording()?.quickJsMessage(message, ...place) ?? message,
    webkitMessage: (message, ...place) => wording()?.webkitMessage(message, ...place) ?? message,
    libraryLine(file, line) {
      if (!file.startsWith('node:')) return undefined;
      let found = lines.get(file);
      if (found === undefined) lines.set(file, (found = realm.source(file.slice(5))?.split('\n') ?? []));
      return found[line - 1];
    },
  };
}

/**
 * To be called when the library has booted and has set `Error.prepareStackTrace`. `callback` is what it gave to
 * `setPrepareStackTraceCallback`, which knows of errors whose stacks the library prepares itself.
 *
 * On V8 the property becomes an accessor: what is read of it is not the function that the program set but one that
 * hands it adapted call sites; setting that again sets the program's own. Where the program has set none, V8, which reads the
 * property as the program does, must still find one, or it would print positions and frames that are ours.
 */
export function adoptPrepareStackTrace(realm: NodeRealm, callback: PrepareCallback | undefined): void {
  const api = installed.get(realm);
  if (api !== undefined) {
    api.libraryPrepare = (Error as { prepareStackTrace?: Prepare }).prepareStackTrace;
    api.libraryCallback = callback;
    api.tellers = tellersOf(realm);
    return;
  }
  const isOurs = oursFrom(new Error().stack ?? '');
  const sources = sourcesOf(realm);
  const given = new WeakMap<Function, Prepare>();
  const adapters = new WeakMap<Function, Prepare>();
  const library = (Error as { prepareStackTrace?: Prepare }).prepareStackTrace;
  let inside = false;
  const adapt = (prepare: Prepare): Prepare => {
    const known = adapters.get(prepare);
    if (known !== undefined) return known;
    const name = prepare.name;
    const adapter = {
      [name](this: unknown, error: unknown, sites: CallSite[]): unknown {
        noteStackRead(error);
        tellAuthorsNames(error);
        const seen = Array.isArray(sites)
          ? adaptCallSites(sites, sources, isOurs, error).slice(0, Math.min(framesOf(error), framesOfCaptured(sites.length)))
          : sites;
        if (Array.isArray(seen)) placeName(realm, error, seen[0]);
        if (prepare !== library) noteMadeAt(error, seen);
        if (prepare !== library || callback === undefined || inside) return Reflect.apply(prepare, this, [error, seen]) as unknown;
        inside = true;
        try {
          return toldAwaiting(error, callback(globalThis, error, seen));
        } finally {
          inside = false;
        }
      },
    }[name]!;
    adapters.set(prepare, adapter);
    given.set(adapter, prepare);
    return adapter;
  };
  let current: unknown = library;
  Object.defineProperty(Error, 'prepareStackTrace', {
    get: () => {
      const prepare = typeof current === 'function' ? current : library;
      return typeof prepare === 'function' ? adapt(prepare as Prepare) : current;
    },
    set: (value: unknown) => {
      current = typeof value === 'function' ? (given.get(value) ?? value) : value;
    },
    enumerable: false,
    configurable: true,
  });
}
