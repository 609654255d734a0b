/**
 * Engines without V8's stack API. Firefox has an accessor on `Error.prototype` that gives its own form of text; WebKit and
 * QuickJS give every error a string when it is made. Errors made by constructors, captured, or read through the accessor
 * show V8's form; one that a WebKit or QuickJS engine throws by itself keeps that engine's form.
 */
import type { Sources } from '../modules/sources.ts';
import { ParsedCallSite, type CallSite, type Frame } from './call-site.ts';
import { oursFrom, type IsOurs } from './ours.ts';
import { callColumn, nativeFrame } from './quickjs.ts';

interface StackError {
  prepareStackTrace?: (error: unknown, sites: CallSite[]) => unknown;
  stackTraceLimit?: number;
  captureStackTrace?: (target: object, above?: Function) => void;
}

const errorNames = ['Error', 'AggregateError', 'EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError'] as const;

const quickLine = /^\s+at /;

/** One frame per line, of any of the three forms; lines of a message before them are no frames. */
export function parseStack(text: string, sources: Sources, isOurs: IsOurs): Frame[] {
  const frames: Frame[] = [];
  for (const line of text.split('\n')) {
    const frame = parseLine(line);
    if (frame === undefined || (frame.fileName !== undefined && isOurs(frame.fileName))) continue;
    const isQuick = quickLine.test(line);
    if (frame.fileName === undefined || frame.isNative) {
      const shown = isQuick ? nativeFrame(frame) : frame;
      if (shown !== undefined) frames.push(shown);
      continue;
    }
    const original = sources.original(frame.fileName, frame.line, frame.column);
    const text = isQuick ? sources.line(frame.fileName, original.line) : undefined;
    frames.push({ ...frame, ...original, ...(text === undefined ? {} : { column: callColumn(text, original.column) }) });
  }
  return frames;
}

function parseLine(line: string): Frame | undefined {
  // QuickJS: "    at name (file:line:col)"
  const quick = /^\s+at (?:(.*?) \()?(.*?)(?::(\d+))?(?::(\d+))?\)?$/.exec(line);
  if (quick !== null) return makeFrame(quick[1] === '<anonymous>' || quick[1] === '<eval>' ? '' : (quick[1] ?? ''), quick[2]!, quick[3], quick[4]);
  // Gecko and WebKit: "name@file:line:col"
  const at = line.lastIndexOf('@');
  if (at >= 0) {
    const place = /^(.*?)(?::(\d+))?(?::(\d+))?$/.exec(line.slice(at + 1))!;
    return makeFrame(line.slice(0, at), place[1]!, place[2], place[3]);
  }
  return /^[\w$.<>/[\] ]+$/.test(line) && line !== '' ? makeFrame(line, '', undefined, undefined) : undefined;
}

function makeFrame(rawName: string, file: string, line: string | undefined, column: string | undefined): Frame {
  let name = rawName;
  const isAsync = name.startsWith('async*');
  name = name.replace(/^(?:async\*|promise callback\*|[\w ]+\*)/, '').replace(/\/<$/g, '').replace(/^.*\/(?!<)/, '').replace(/[<[\]]/g, '');
  if (/^(?:anonymous|global code|module code|eval code|eval|\(anonymous\))$/.test(name)) name = '';
  const evaluated = / line \d+ > (?:eval|Function)$/.exec(file);
  const isNative = file === '[native code]' || file === 'native' || file === '';
  return {
    functionName: name === '' ? null : name,
    fileName: isNative ? undefined : evaluated === null ? file : file.slice(0, evaluated.index),
    line: Number(line ?? 1),
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
}

export function installStackApi(sources: Sources): StackApi {
  const api: StackApi = { libraryPrepare: undefined, libraryCallback: undefined };
  const StackError = Error as unknown as StackError;
  const isOurs = oursFrom(new Error().stack ?? '');
  StackError.stackTraceLimit ??= 10;
  const nativeStack = Object.getOwnPropertyDescriptor(Error.prototype, 'stack');
  const read = (error: object): string => {
    const text: unknown = nativeStack?.get === undefined ? (error as { stack?: unknown }).stack : Reflect.apply(nativeStack.get, error, []);
    return typeof text === 'string' ? text : '';
  };
  const format = (error: object, text: string): unknown => {
    const limit = StackError.stackTraceLimit;
    if (typeof limit !== 'number') return undefined;
    const sites = parseStack(text, sources, isOurs)
      .slice(0, Math.max(0, limit))
      .map((frame) => new ParsedCallSite(frame));
    const { prepareStackTrace } = StackError;
    if (prepareStackTrace === api.libraryPrepare && api.libraryCallback !== undefined) return api.libraryCallback(globalThis, error, sites);
    if (typeof prepareStackTrace === 'function') return prepareStackTrace(error, sites);
    return [describe(error), ...sites.map((site) => `    at ${site}`)].join('\n');
  };
  const define = (target: object, value: unknown): void =>
    void Object.defineProperty(target, 'stack', { value, writable: true, enumerable: false, configurable: true });
  /** Formats at the first reading, as V8 does, from what the stack was at the call. */
  const lazily = (target: object, text: string): void => {
    if (!Object.isExtensible(target)) return;
    Object.defineProperty(target, 'stack', {
      get() {
        define(target, undefined);
        const value = format(target, text);
        define(target, value);
        return value;
      },
      set: (value) => define(target, value),
      enumerable: false,
      configurable: true,
    });
  };

  const captureStackTrace = (target: object, above?: Function): void => {
    let text = read(new NativeError());
    if (typeof above === 'function' && above.name !== '') {
      const lines = text.split('\n');
      const index = lines.findIndex((line) => line.startsWith(`${above.name}@`) || line.includes(`/${above.name}@`) || line.includes(` ${above.name} (`));
      if (index >= 0) text = lines.slice(index + 1).join('\n');
    }
    lazily(target, text);
  };
  const NativeError = Error;
  Object.defineProperty(Error, 'captureStackTrace', { value: captureStackTrace, writable: true, enumerable: false, configurable: true });

  if (nativeStack?.get !== undefined) {
    Object.defineProperty(Error.prototype, 'stack', {
      get(this: object) {
        if (!(this instanceof NativeError)) return undefined;
        const text = read(this);
        if (!Object.isExtensible(this)) return format(this, text);
        lazily(this, text);
        return this.stack;
      },
      set(this: object, value: unknown) {
        define(this, value);
      },
      enumerable: false,
      configurable: true,
    });
    return api;
  }
  for (const name of errorNames) {
    const Native = (globalThis as unknown as Record<string, ErrorConstructor>)[name]!;
    const Wrapped = new Proxy(Native, {
      construct(target, args, newTarget) {
        const error = Reflect.construct(target, args, newTarget) as Error;
        lazily(error, read(error));
        return error;
      },
      apply(target, _, args) {
        const error = Reflect.construct(target, args) as Error;
        lazily(error, read(error));
        return error;
      },
    });
    Object.defineProperty(globalThis, name, { value: Wrapped, writable: true, enumerable: false, configurable: true });
    Object.defineProperty(Native.prototype, 'constructor', { value: Wrapped, writable: true, enumerable: false, configurable: true });
  }
  return api;
}

function describe(error: object): string {
  try {
    return String(Reflect.apply(Error.prototype.toString, error, []));
  } catch {
    return '<error>'; // A getter of the program's failed.
  }
}
