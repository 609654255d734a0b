/**
 * Engines without V8's stack API. Firefox has an accessor on `Error.prototype` that gives its own form of text; WebKit and
 * QuickJS give every error a string when it is made. Errors made by constructors, captured, read through the accessor, shown by the
 * library, caught, or leaving the program show V8's form and have it as a property of their own. WebKit has no frame for a function of strict code that ended in a call.
 */
import { loadedScriptName, readScriptName } from '../../../process/script-names.ts';
import { noteMadeAt } from './made-at.ts';
import { noteStackRead } from './read-stacks.ts';
import type { AsyncFrame } from '../modules/async-frames.ts';
import type { Sources } from '../modules/sources.ts';
import { ParsedCallSite, type CallSite, type Frame } from './call-site.ts';
import { evaluatedScript, isIndirect } from './evaluated.ts';
import { geckoHappening } from './gecko.ts';
import { framesOfOurs, oursFrom, type IsOurs } from './ours.ts';
import { libraryFunction, type LibraryLine } from './library-functions.ts';
import type { Happening } from './outline.ts';
import type { EnginePlace } from './thrown-at.ts';
import { callColumn, nameColumn, nativeFrame } from './quickjs.ts';
import type { quickJsMessage } from './quickjs-messages.ts';
import { webkitHappening } from './webkit.ts';
import { hiddenProxy } from '../proxies.ts';
import { framesOf } from './whole-stacks.ts';
import type { webkitMessage } from './webkit-messages.ts';

interface StackError {
  prepareStackTrace?: (error: unknown, sites: CallSite[]) => unknown;
  stackTraceLimit?: number;
  captureStackTrace?: (target: object, above?: Function) => void;
}

const errorNames = [
  'Error',
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
] as const;

const quickLine = /^\s+at /;

/** QuickJS and WebKit count calls and properties alike, not as V8 does. */
const countsFromParenthesis = (line: string): boolean =>
  quickLine.test(line) || loadedScriptName(/@(blob:.*):\d+:\d+$/.exec(line)?.[1] ?? '') !== undefined;

/** What is known of the moment that a stack is of. */
export interface Around {
  /** Who waits for what runs. */
  readonly waiting: readonly AsyncFrame[] | undefined;
  /** What functions of the library that call back were called on, from the outermost in (`receivers.ts`). */
  readonly held: readonly unknown[];
  /** What the system has called a function on, if it has. */
  readonly base: unknown;
  /** Microtasks run among the ticks. */
  readonly amongTicks: boolean;
}

/** What a stack is told of beside its frames. */
export interface StackOf extends Partial<Around> {
  /** What the error says. */
  readonly message: unknown;
}

/** What more can be known of errors than the engine tells, once the library is there. */
export interface Tellers {
  /** @param frames From the innermost out. `happening` is what was under way at the first. */
  tell(frames: readonly Frame[], happening: Happening, of?: StackOf): readonly Frame[];
  geckoMessage(error: Error, message: string, place: () => EnginePlace): string;
  readonly quickJsMessage: typeof quickJsMessage;
  readonly webkitMessage: typeof webkitMessage;
  readonly libraryLine: LibraryLine;
}

/**
 * One frame per line, of any of the three forms; lines of a message before them are no frames.
 *
 * @param happening What was under way at the first.
 */
export function parseStack(
  text: string,
  sources: Sources,
  isOurs: IsOurs,
  tellers?: Pick<Tellers, 'tell' | 'libraryLine'>,
  happening?: Happening,
  of?: StackOf,
): readonly Frame[] {
  const frames: Frame[] = [];
  const lines = text.split('\n').flatMap((line) => {
    const frame = parseLine(line);
    return frame === undefined ? [] : [{ line, frame }];
  });
  const read = lines.map(({ frame }) => frame);
  const ours = framesOfOurs(
    read.map(({ fileName }) => fileName),
    isOurs,
  );
  for (const [index, { line, frame }] of lines.entries()) {
    if (ours[index] === true) continue;
    if (frame.evaluated !== undefined) {
      frames.push({ ...frame, engineLine: frame.line, indirect: isIndirect(read, ours, index) });
      continue;
    }
    if (frame.fileName === undefined || frame.isNative) {
      const shown = nativeFrame(frame);
      if (shown !== undefined) frames.push(shown);
      continue;
    }
    const original = sources.original(frame.fileName, frame.line, frame.column);
    const text =
      sources.get(frame.fileName) === undefined
        ? tellers?.libraryLine(frame.fileName, original.line)
        : countsFromParenthesis(line)
          ? sources.line(frame.fileName, original.line)
          : undefined;
    const named =
      frame.functionName === null && tellers !== undefined
        ? libraryFunction(frame.fileName, original.line, tellers.libraryLine)
        : undefined;
    frames.push({
      ...frame,
      ...(named === undefined ? {} : { functionName: named }),
      ...original,
      engineLine: frame.line,
      ...(text === undefined
        ? {}
        : { column: index === 0 && happening === 'none' ? nameColumn(text, original.column) : callColumn(text, original.column) }),
    });
  }
  const named = frames.map((frame, index) =>
    isModuleBody(frame, frames[index + 1]) ? { ...frame, functionName: 'Object.<anonymous>' } : frame,
  );
  return tellers === undefined ? named : tellers.tell(named, happening, of);
}

/** Of the first frame that is not ours. */
function topPlace(text: string, sources: Sources, isOurs: IsOurs): EnginePlace {
  for (const line of text.split('\n')) {
    const frame = parseLine(line);
    if (frame?.fileName === undefined || frame.isNative || isOurs(frame.fileName)) continue;
    return { fileName: frame.fileName, ...sources.original(frame.fileName, frame.line, frame.column) };
  }
  return { fileName: undefined, line: 1, column: 1 };
}

/** The body of a CommonJS module, which V8 names for what it is called on. */
function isModuleBody(frame: Frame, caller: Frame | undefined): boolean {
  return (
    frame.functionName === null &&
    caller?.fileName === 'node:internal/modules/cjs/loader' &&
    /(?:^|\.)_compile$/.test(caller.functionName ?? '')
  );
}

function parseLine(line: string): Frame | undefined {
  // QuickJS: "    at name (file:line:col)"
  const quick = /^\s+at (?:(.*?) \()?(.*?)(?::(\d+))?(?::(\d+))?\)?$/.exec(line);
  if (quick !== null)
    return makeFrame(quick[1] === '<anonymous>' || quick[1] === '<eval>' ? '' : (quick[1] ?? ''), quick[2]!, quick[3], quick[4]);
  // Gecko and WebKit: "name@file:line:col"
  const at = line.indexOf('@');
  if (at >= 0) {
    const place = /^(.*?)(?::(\d+))?(?::(\d+))?$/.exec(line.slice(at + 1))!;
    return makeFrame(line.slice(0, at), place[1]!, place[2], place[3]);
  }
  return /^[\w$.<>/[\] ]+$/.test(line) && line !== '' ? makeFrame(line, '', undefined, undefined) : undefined;
}

function makeFrame(rawName: string, written: string, line: string | undefined, column: string | undefined): Frame {
  const loaded = loadedScriptName(written);
  const file = loaded ?? readScriptName(written);
  let name = rawName;
  const isAsync = name.startsWith('async*');
  // Gecko: `outer/<` is a function without a name, as is `result<`, which only went into `result`; `outer/inner` is one within another,
  // `[key]` a method of a symbol, `Class.prototype.method` what V8 calls by its type.
  name = name
    .replace(/^(?:async\*|promise callback\*|[\w ]+\*)/, '')
    .replace(/^.*<$/, '')
    .replace(/^(?:.*\/)?(\w+)\/this\[\w+\]\./, '$1.<computed>.')
    .replace(/^.*\//, '')
    .replace(/^(?!\[[\w$. ]+\]$|\w+\.<computed>).*$/, (whole) => whole.replace(/[<[\]]/g, ''))
    .replace('.prototype.', '.');
  if (/^(?:anonymous|global code|module code|eval code|eval|\(anonymous\))$/.test(name)) name = '';
  const evaluated = evaluatedScript(file);
  const made = / line \d+ > Function$/.exec(file);
  const isNative = file === '[native code]' || file === 'native' || file === '';
  return {
    functionName: name === '' ? null : name,
    fileName: isNative || evaluated !== undefined ? undefined : made === null ? file : file.slice(0, made.index),
    ...(evaluated === undefined ? {} : { evaluated }),
    line: Number(line ?? 1) - (loaded === undefined ? 0 : 1),
    column: Number(column ?? 1),
    isNative,
    isConstructor: false,
    isAsync,
  };
}

/** What the library's own `Error.prepareStackTrace` is called through: it knows of stacks the library prepares itself. */
export interface StackApi {
  libraryPrepare: Function | undefined;
  libraryCallback: ((globalThis: object, error: unknown, sites: CallSite[]) => unknown) | undefined;
  /** Gives an error that the engine itself threw V8's form, where it could not be given when it was made (QuickJS). */
  adopt(error: unknown): void;
  /** To be set when the library can be asked. */
  tellers: Tellers | undefined;
}

/** @param capture What is known now. */
export function installStackApi(sources: Sources, capture: () => Around): StackApi {
  const api: StackApi = { libraryPrepare: undefined, libraryCallback: undefined, adopt() {}, tellers: undefined };
  const StackError = Error as unknown as StackError;
  const isOurs = oursFrom(new Error().stack ?? '');
  // An engine's own limit would count our frames.
  const limits = { stackTraceLimit: 10 as unknown };
  if (typeof StackError.stackTraceLimit === 'number') StackError.stackTraceLimit = 200;
  const nativeStack = Object.getOwnPropertyDescriptor(Error.prototype, 'stack');
  const read = (error: object): string => {
    const text: unknown = nativeStack?.get === undefined ? (error as { stack?: unknown }).stack : Reflect.apply(nativeStack.get, error, []);
    return typeof text === 'string' ? text : '';
  };
  const format = (error: object, text: string, limit: unknown, happening: Happening, around?: Around): unknown => {
    if (typeof limit !== 'number') return undefined;
    const { value: message } = Object.getOwnPropertyDescriptor(error, 'message') ?? { value: undefined as unknown };
    const sites = parseStack(text, sources, isOurs, api.tellers, happening, { message, ...around })
      .slice(0, Math.max(0, Math.min(limit, framesOf(error))))
      .map((frame) => new ParsedCallSite(frame));
    const { prepareStackTrace } = StackError;
    if (prepareStackTrace === api.libraryPrepare && api.libraryCallback !== undefined) return api.libraryCallback(globalThis, error, sites);
    if (typeof prepareStackTrace === 'function') {
      noteMadeAt(error, sites);
      return prepareStackTrace(error, sites);
    }
    return [describe(error), ...sites.map((site) => `    at ${site}`)].join('\n');
  };
  // A descriptor inherits nothing: the program may have put a `get` on Object.prototype.
  const bare = (descriptor: PropertyDescriptor) => Object.setPrototypeOf(descriptor, null) as PropertyDescriptor;
  const define = (target: object, value: unknown): void =>
    void Object.defineProperty(target, 'stack', bare({ value, writable: true, enumerable: false, configurable: true }));
  /** Formats at the first reading, as V8 does, from what the stack was at the call. */
  const lazily = (target: object, text: string, happening?: Happening): void => {
    if (!Object.isExtensible(target)) return;
    const limit = limits.stackTraceLimit;
    const around = capture();
    let frozen: { value: unknown } | undefined;
    const shape = bare({
      get() {
        if (frozen !== undefined) return frozen.value;
        const isFrozen = Object.getOwnPropertyDescriptor(target, 'stack')?.configurable === false;
        if (isFrozen) frozen = { value: undefined };
        else define(target, undefined);
        noteStackRead(target);
        const value = format(target, text, limit, happening, around);
        if (frozen === undefined) define(target, value);
        else frozen.value = value;
        return value;
      },
      set: (value) => define(target, value),
      enumerable: false,
      configurable: true,
    });
    Object.defineProperty(target, 'stack', shape);
  };

  const { captureStackTrace } = {
    captureStackTrace(target: object, above?: Function): void {
      lazily(target, from(read(new NativeError()), above), 'function');
    },
  };
  const from = (text: string, above: Function | undefined): string => {
    if (typeof above !== 'function' || above.name === '') return text;
    const lines = text.split('\n');
    const index = lines.findIndex(
      (line) => line.startsWith(`${above.name}@`) || line.includes(`/${above.name}@`) || line.includes(` ${above.name} (`),
    );
    return index < 0 ? text : lines.slice(index + 1).join('\n');
  };
  const NativeError = Error;
  Object.defineProperty(Error, 'captureStackTrace', { value: captureStackTrace, writable: true, enumerable: false, configurable: true });

  const isWebKit = Object.hasOwn(new Error(), 'line');
  const places = isWebKit ? ['line', 'column', 'sourceURL'] : ['fileName', 'lineNumber', 'columnNumber'];
  const tidy = (error: object): void => {
    for (const name of places) Reflect.deleteProperty(error, name);
  };
  /** Of its own an error has in V8 its stack, its message and its cause, in this order. */
  const finish = (error: Error, maker: Function | undefined): void => {
    const text = from(read(error), maker);
    const given = (['message', 'cause', 'errors'] as const).flatMap((name) => {
      const descriptor = Object.getOwnPropertyDescriptor(error, name);
      return descriptor === undefined ? [] : [[name, descriptor] as const];
    });
    tidy(error);
    for (const [name] of given) Reflect.deleteProperty(error, name);
    Reflect.deleteProperty(error, 'stack');
    lazily(error, text, 'constructor');
    for (const [name, descriptor] of given) Object.defineProperty(error, name, bare(descriptor));
  };

  if (nativeStack?.get !== undefined) {
    const shape = bare({
      get(this: object) {
        if (!(this instanceof NativeError)) return undefined;
        const text = read(this);
        if (!Object.isExtensible(this)) return format(this, text, limits.stackTraceLimit, undefined);
        api.adopt(this);
        return this.stack;
      },
      set(this: object, value: unknown) {
        define(this, value);
      },
      enumerable: false,
      configurable: true,
    });
    Object.defineProperty(Error.prototype, 'stack', shape);
    // The library knows an error by its own `stack`.
    api.adopt = (error) => {
      if (!(error instanceof NativeError) || Object.hasOwn(error, 'stack')) return;
      const text = read(error);
      const happening = geckoHappening(error);
      const message = Object.getOwnPropertyDescriptor(error, 'message');
      if (typeof message?.value === 'string' && message.configurable === true) {
        // Most are of what was looked for in vain, in the same words.
        if (!/^[\w$]+ is not defined$/.test(message.value)) {
          const place = (): EnginePlace => topPlace(text, sources, isOurs);
          const value = api.tellers?.geckoMessage(error, message.value, place) ?? message.value;
          message.value = value;
        }
        if (error.name === 'InternalError') Object.setPrototypeOf(error, RangeError.prototype);
      }
      tidy(error);
      if (message?.configurable !== true) return lazily(error, text, happening);
      if (!Object.isExtensible(error)) return void Object.defineProperty(error, 'message', bare(message));
      // V8 makes the stack first.
      Reflect.deleteProperty(error, 'message');
      lazily(error, text, happening);
      Object.defineProperty(error, 'message', bare(message));
    };
    wrapConstructors(limits, finish);
    return api;
  }
  api.adopt = (error) => {
    if (typeof error !== 'object' || error === null) return;
    const own = Object.getOwnPropertyDescriptor(error, 'stack');
    if (own?.configurable !== true || typeof own.value !== 'string') return;
    // Errors that constructors made have lost the place that the engine gave them.
    if (isWebKit ? !(error instanceof NativeError && Object.hasOwn(error, 'line')) : !quickLine.test(own.value)) return;
    const happening = isWebKit ? webkitHappening(error as Error) : undefined;
    const first = own.value
      .split('\n')
      .map(parseLine)
      .find((frame) => frame?.isNative === false);
    const place = first === undefined ? undefined : { ...first, ...sources.original(first.fileName ?? '', first.line, first.column) };
    const message = Object.getOwnPropertyDescriptor(error, 'message');
    if (typeof message?.value === 'string' && message.configurable === true) {
      const text = place === undefined ? undefined : sources.line(place.fileName ?? '', place.line);
      const word = isWebKit ? api.tellers?.webkitMessage : api.tellers?.quickJsMessage;
      Object.defineProperty(
        error,
        'message',
        bare({ ...message, value: word?.(message.value, text, place?.column ?? 1) ?? message.value }),
      );
      if (message.value === 'stack overflow') Object.setPrototypeOf(error, RangeError.prototype);
    }
    tidy(error);
    lazily(error, own.value, happening);
  };
  // Whoever reads an error as text sees V8's words.
  const { toString } = Error.prototype;
  const { toString: adopting } = {
    toString(this: unknown): string {
      api.adopt(this);
      return Reflect.apply(toString, this, []);
    },
  };
  Object.defineProperty(Error.prototype, 'toString', { value: adopting, writable: true, enumerable: false, configurable: true });
  wrapConstructors(limits, finish);
  return api;
}

/**
 * Lets `finish` have each error that a constructor makes, and the class of the program that made it so.
 *
 * @param limits What `Error.stackTraceLimit` is for the program.
 */
function wrapConstructors(limits: object, finish: (error: Error, maker: Function | undefined) => void): void {
  let base: object | null = null;
  for (const name of errorNames) {
    const Native = (globalThis as unknown as Record<string, ErrorConstructor>)[name]!;
    const Wrapped: ErrorConstructor = hiddenProxy(Native, {
      construct(target, args, newTarget: Function) {
        const error = Reflect.construct(target, args, newTarget) as Error;
        finish(error, newTarget === Wrapped || newTarget === Native ? undefined : newTarget);
        return error;
      },
      apply(target, _, args) {
        const error = Reflect.construct(target, args) as Error;
        finish(error, undefined);
        return error;
      },
      ...(name === 'Error' ? limited(limits) : {}),
    });
    if (name === 'Error') base = Wrapped;
    else Object.setPrototypeOf(Native, base);
    Object.defineProperty(globalThis, name, { value: Wrapped, writable: true, enumerable: false, configurable: true });
    Object.defineProperty(Native.prototype, 'constructor', { value: Wrapped, writable: true, enumerable: false, configurable: true });
  }
}

/** The program's own `stackTraceLimit`. */
function limited(limits: object): ProxyHandler<ErrorConstructor> {
  const place = (target: object, key: PropertyKey): object => (key === 'stackTraceLimit' ? limits : target);
  return {
    get: (target, key, receiver) => Reflect.get(place(target, key), key, key === 'stackTraceLimit' ? limits : receiver) as unknown,
    set: (target, key, value, receiver) => Reflect.set(place(target, key), key, value, key === 'stackTraceLimit' ? limits : receiver),
    has: (target, key) => Reflect.has(place(target, key), key),
    getOwnPropertyDescriptor: (target, key) => Reflect.getOwnPropertyDescriptor(place(target, key), key),
    defineProperty: (target, key, descriptor) => Reflect.defineProperty(place(target, key), key, descriptor),
    deleteProperty: (target, key) => Reflect.deleteProperty(place(target, key), key),
  };
}

function describe(error: object): string {
  try {
    return String(Reflect.apply(Error.prototype.toString, error, []));
  } catch {
    return '<error>'; // A getter of the program's failed.
  }
}
