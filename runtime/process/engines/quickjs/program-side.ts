/**
 * The program's end of the boundary, evaluated inside QuickJS: makes `Platform` and `Syscalls` out of numbered calls of the host and
 * takes what the host tells. Everything it needs is captured here, before the program can change a global.
 */
import { errorFromData, PosixError, type ErrorData } from '../../../base/errors.ts';
import type { ProcessStart } from '../../../wires/process-wire.ts';
import type { NativeModules, Platform, TextDecoding, UrlRecord } from '../../platform.ts';
import type { Descriptors, FileCalls, Syscalls, WatchEvent } from '../../syscalls.ts';
import type { AskIntl } from './intl-program.ts';
import { descriptorOperations, entry, fileOperations, operation, parserOperations, rawParserOperations } from './operations.ts';

/** What runs in the engine, once its host boots it. */
export interface EngineProgram {
  run(syscalls: Syscalls): void;
}

/** What the host gives a program beyond platform and system calls. */
export interface ProgramHostServices {
  /** As the host's options have it: text that the program reads itself. */
  readonly meta: string;
  source(id: string): string | undefined;
  /** Runs a child to its end while this process waits. Plain data. Throws where the worker cannot. */
  spawnSync(request: unknown): unknown;
}

type Callback = (...args: never[]) => unknown;

const global = globalThis as unknown as { bavini?: (op: number, ...args: unknown[]) => unknown };
const host = global.bavini!;
delete global.bavini;

const { then } = Promise.prototype;
const { fromCharCode } = String;
const resolved = Promise.resolve();

const callbacks = new Map<number, Callback>();
let nextCallback = 1;
function keep(callback: Callback): number {
  const id = nextCallback++;
  callbacks.set(id, callback);
  return id;
}

let rejectionListener: ((kind: 'unhandled' | 'handled', promise: Promise<unknown>, reason: unknown) => void) | undefined;
let errorListener: ((error: unknown) => boolean) | undefined;

/** An error that no frame of the program caught. */
function report(error: unknown): void {
  if (errorListener === undefined || !errorListener(error)) throw error;
}

function guarded(callback: Callback, args: readonly unknown[]): unknown {
  try {
    return callback(...(args as never[]));
  } catch (error) {
    report(error);
    return undefined;
  }
}

/** Texts and arrays up to this length are not worth a call of the host. */
const shortText = 24;

function encodeUtf8(text: string): Uint8Array {
  const { length } = text;
  if (length <= shortText) {
    const bytes = new Uint8Array(length);
    let at = 0;
    for (; at < length; at++) {
      const unit = text.charCodeAt(at);
      if (unit > 127) break;
      bytes[at] = unit;
    }
    if (at === length) return bytes;
  }
  return new Uint8Array(host(operation.encodeUtf8, text) as ArrayBuffer);
}

function decodeUtf8(bytes: Uint8Array): string {
  const { length } = bytes;
  if (length <= shortText) {
    let at = 0;
    while (at < length && bytes[at]! < 128) at++;
    if (at === length) return length === 0 ? '' : fromCharCode(...bytes);
  }
  return host(operation.decodeUtf8, bytes.buffer, bytes.byteOffset, length) as string;
}

interface ParserCallbacks {
  [name: string]: (...args: never[]) => number;
}

function makeRawParsers(): object {
  const callbackOf = new Map<number, number>();
  const parsers: Record<string, unknown> = {
    alloc(type: number, callback: Callback) {
      const id = keep(callback);
      const parser = host(operation.allocParser, type, id) as number;
      callbackOf.set(parser, id);
      return parser;
    },
  };
  for (const name of rawParserOperations) {
    const number = operation[`rawParser.${name}`];
    parsers[name] = (parser: number, bytes?: Uint8Array) => {
      if (name === 'free') callbacks.delete(callbackOf.get(parser)!);
      return host(number, parser, bytes === undefined ? undefined : whole(bytes));
    };
  }
  return parsers;
}

function makeNative(): NativeModules {
  const parsers = new Map<number, number>();
  const llhttp: Record<string, unknown> = {
    create(options: object, given: ParserCallbacks) {
      const id = keep((name: string, ...args: never[]) => given[name]!(...args));
      const parser = host(operation.createParser, options, id) as number;
      parsers.set(parser, id);
      return parser;
    },
  };
  for (const name of parserOperations) {
    const number = operation[`parser.${name}`];
    llhttp[name] = (parser: number, bytes?: Uint8Array) => {
      if (name === 'free') callbacks.delete(parsers.get(parser)!);
      return host(number, parser, bytes === undefined ? undefined : whole(bytes));
    };
  }
  return { llhttp, rawLlhttp: makeRawParsers() } as unknown as NativeModules;
}

/** A view of all of its buffer: the engine sends whole buffers. */
function whole(bytes: Uint8Array): Uint8Array {
  return bytes.byteLength * 2 < bytes.buffer.byteLength ? new Uint8Array(bytes) : bytes;
}

export function makePlatform(timeOrigin: number, domainToUnicode: (domain: string) => string): Platform {
  return {
    engine: 'quickjs',
    now: () => host(operation.now) as number,
    timeOrigin,
    postTask: (task) => void host(operation.postTask, keep(task)),
    setTimer(task, delayMs) {
      const id = keep(task);
      host(operation.setTimer, id, delayMs);
      return id;
    },
    clearTimer(timer) {
      if (callbacks.delete(timer)) host(operation.clearTimer, timer);
    },
    queueMicrotask(task) {
      void Reflect.apply(then, resolved, [
        () => {
          guarded(task, []);
        },
      ]);
    },
    evaluate: (source, filename) => host(operation.evaluate, source, filename),
    onRejection(listener) {
      rejectionListener = listener;
    },
    onError(listener) {
      errorListener = listener;
    },
    encodeUtf8,
    decodeUtf8,
    decoder(label, { fatal, ignoreBom }): TextDecoding | undefined {
      const id = host(operation.decoder, label, fatal, ignoreBom) as number | undefined;
      if (id === undefined) return undefined;
      return {
        decode: (bytes, { stream }) => host(operation.decode, id, bytes.buffer, bytes.byteOffset, bytes.byteLength, stream) as string,
      };
    },
    parseUrl: (url, base) => host(operation.parseUrl, url, base) as UrlRecord | undefined,
    changeUrl: (href, component, value) => host(operation.changeUrl, href, component, value) as UrlRecord | undefined,
    domainToAscii: (domain) => host(operation.domainToAscii, domain) as string,
    domainToUnicode,
    randomFill(bytes) {
      // The host is handed no shared memory.
      const plain = bytes.buffer instanceof ArrayBuffer ? bytes : new Uint8Array(bytes.length);
      host(operation.randomFill, plain.buffer, plain.byteOffset, plain.byteLength);
      if (plain !== bytes) bytes.set(plain);
    },
    structuredClone() {
      throw new TypeError('The engine "quickjs" has no structured clone of its own');
    },
    native: makeNative(),
    sleep: (delayMs) => void host(operation.sleep, delayMs),
    promiseDetails(promise) {
      const state = host(operation.promiseState, promise) as number;
      return [state, state === 0 ? undefined : host(operation.promiseResult, promise)];
    },
    memory: () => host(operation.memory) as ReturnType<Platform['memory']>,
  };
}

function makeFiles(): FileCalls {
  const files: Record<string, unknown> = {};
  for (const name of fileOperations) {
    const number = operation[`files.${name}`];
    files[name] = (a: unknown, b: unknown, c: unknown) => host(number, a, b, c);
  }
  return Object.assign(files as unknown as FileCalls, {
    together(): never {
      throw new PosixError('ENOTSUP'); // Only package managers need it, which do not run here.
    },
    readFile: (path: string) => new Uint8Array(host(operation.readFile, path) as ArrayBuffer),
    read: (fd: number, into: Uint8Array, position: number | null) =>
      host(operation.read, fd, into.buffer, into.byteOffset, into.byteLength, position) as number,
    write: (fd: number, bytes: Uint8Array, position: number | null) =>
      host(operation.write, fd, bytes.buffer, bytes.byteOffset, bytes.byteLength, position) as number,
    watch(path: string, options: { readonly recursive: boolean }, listener: (event: WatchEvent) => void) {
      const id = keep(listener);
      host(operation.watch, path, options.recursive, id);
      return () => {
        callbacks.delete(id);
        host(operation.unwatch, id);
      };
    },
  });
}

function makeDescriptors(): Descriptors {
  const descriptors: Record<string, unknown> = {};
  for (const name of descriptorOperations) {
    const number = operation[`descriptors.${name}`];
    descriptors[name] = (a: unknown, b: unknown, c: unknown) => host(number, a, b, c);
  }
  return descriptors as unknown as Descriptors;
}

function makeSyscalls(start: ProcessStart): Syscalls {
  const signals = new Map<string, number>();
  return {
    start,
    files: makeFiles(),
    descriptors: makeDescriptors(),
    call(op, args, done) {
      const id = keep(done as Callback);
      host(operation.call, op, args, id);
      return () => {
        if (callbacks.delete(id)) host(operation.cancel, id);
      };
    },
    notify: (notice) => void host(operation.notify, notice),
    exit: (status) => void host(operation.exit, status),
    onSignal(signal, listener) {
      const old = signals.get(signal);
      if (old !== undefined) callbacks.delete(old);
      signals.delete(signal);
      if (listener === null) {
        host(operation.onSignal, signal, null);
        return;
      }
      const id = keep(listener as Callback);
      signals.set(signal, id);
      host(operation.onSignal, signal, id);
    },
    learn: (question) => host(operation.learn, question) as boolean | undefined,
    listening: () => host(operation.listening) as ReturnType<NonNullable<Syscalls['listening']>>,
    onMessage(handle, listener, onClose) {
      const id = keep((isMessage: boolean, data: unknown) => (isMessage ? listener(data) : onClose()));
      host(operation.onMessage, handle, id);
      return () => {
        callbacks.delete(id);
        host(operation.offMessage, id);
      };
    },
  };
}

export const askIntl: AskIntl = (name, ...args) => host(operation.intl, name, ...args);

const services = (meta: string): ProgramHostServices => ({
  meta,
  source: (id) => host(operation.source, id) as string | undefined,
  spawnSync: (request) => host(operation.spawnSync, request),
});

/** Hands the host what it calls. `make` boots the program; it is called once, before any process is known. */
export function connect(make: (services: ProgramHostServices, timeOrigin: number) => EngineProgram): void {
  let program: EngineProgram | undefined;
  host(operation.connect, (kind: number, ...args: unknown[]): unknown => {
    switch (kind) {
      case entry.task: {
        const task = callbacks.get(args[0] as number);
        callbacks.delete(args[0] as number);
        if (task !== undefined) guarded(task, []);
        return undefined;
      }
      case entry.outcome: {
        const [id, error, result] = args as [number, ErrorData | null, unknown];
        const done = callbacks.get(id);
        callbacks.delete(id);
        if (done !== undefined) guarded(done, [error === null ? { result } : { error: errorFromData(error) }]);
        return undefined;
      }
      case entry.event: {
        const callback = callbacks.get(args[0] as number);
        return callback === undefined ? undefined : guarded(callback, args.slice(1));
      }
      case entry.rejection: {
        const [how, promise, reason] = args as ['unhandled' | 'handled', Promise<unknown>, unknown];
        if (rejectionListener !== undefined) guarded(rejectionListener as Callback, [how, promise, reason]);
        return undefined;
      }
      case entry.error:
        return errorFromData(args[0] as ErrorData);
      case entry.boot:
        program = make(services(args[0] as string), args[1] as number);
        return undefined;
      case entry.run:
        guarded(() => program!.run(makeSyscalls(args[0] as ProcessStart)), []);
        return undefined;
      default:
        throw new TypeError(`The host told something unknown: ${kind}`);
    }
  });
}
