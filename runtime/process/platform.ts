/**
 * What an engine gives a program beyond ECMAScript itself. Bindings use this and nothing else of the worker's globals, so that the
 * same program runs on the browser's own engine and in QuickJS, and so that what the program does to its globals cannot
 * break the layer under it. Values follow the rule of `Syscalls`: plain data and callbacks.
 */
import type { MailRequest } from '../wires/mail-wire.ts';

export interface Platform {
  readonly engine: 'native' | 'quickjs';
  /** Milliseconds since the worker's time origin, with a fraction; never goes back. */
  now(): number;
  /** Milliseconds since the epoch at which `now()` was 0. */
  readonly timeOrigin: number;
  /** Runs `task` in a task of its own, after all microtasks that are queued by then. In order with other tasks. */
  postTask(task: () => void): void;
  /** One shot; `delayMs` may be 0. */
  setTimer(task: () => void, delayMs: number): number;
  clearTimer(timer: number): void;
  queueMicrotask(task: () => void): void;
  /** Runs all queued microtasks to the end; undefined where the engine cannot, which is the case in every browser. */
  readonly drainMicrotasks?: () => void;
  /** Indirect eval in the program's realm: the value of a script, whose stack frames carry `filename` and true lines. */
  evaluate(source: string, filename: string): unknown;
  /** Only where `eval` would leave stack frames without a name and a line. */
  readonly scripts?: () => NamedScripts | undefined;
  /** A promise was left without a handler, or given one late. */
  onRejection(listener: (kind: 'unhandled' | 'handled', promise: Promise<unknown>, reason: unknown) => void): void;
  /** An error that no frame of the program caught. Return true if it was dealt with. */
  onError(listener: (error: unknown) => boolean): void;
  encodeUtf8(text: string): Uint8Array;
  /** Malformed sequences become U+FFFD; a byte order mark is kept. */
  decodeUtf8(bytes: Uint8Array): string;
  /** Any other encoding of the Encoding standard. Undefined if the label is unknown. */
  decoder(label: string, options: { readonly fatal: boolean; readonly ignoreBom: boolean }): TextDecoding | undefined;
  /** The URL standard's parser. Undefined for an invalid URL. Components as the `URL` class has them. */
  parseUrl(url: string, base?: string): UrlRecord | undefined;
  /** A setter of the `URL` class. Undefined if `href` is no URL; a value that the setter ignores leaves it as it was. */
  changeUrl(
    href: string,
    component: 'protocol' | 'host' | 'hostname' | 'port' | 'username' | 'password' | 'pathname' | 'search' | 'hash',
    value: string,
  ): UrlRecord | undefined;
  /** The platform's `URLPattern`, where it has one: a browser's own. Throws as its constructor does. */
  readonly makeUrlPattern?: (args: readonly unknown[]) => UrlPatternMatching;
  domainToAscii(domain: string): string;
  domainToUnicode(domain: string): string;
  /** Fills with cryptographically strong random bytes, at any length. */
  randomFill(bytes: Uint8Array): void;
  /** The platform's structured clone; throws its `DataCloneError`. */
  structuredClone(value: unknown): unknown;
  /** Host modules that are WebAssembly or too slow in an interpreter, called with plain data. */
  readonly native: NativeModules;
  /** Blocks. */
  sleep(delayMs: number): void;
  /** Undefined where a worker that blocks cannot load scripts that others have made meanwhile. */
  readonly addresses?: ScriptAddresses;
  /** Undefined where nobody brings letters to a worker that blocks. */
  readonly mail?: Mail;
  /** 0 pending, 1 fulfilled, 2 rejected, with its value or reason; undefined where the engine does not tell. */
  readonly promiseDetails?: (promise: object) => readonly [state: number, result: unknown];
  /** Bytes in use by the program's heap where the engine can tell, else an estimate, and its limit. */
  memory(): { readonly heapUsed: number; readonly heapTotal: number; readonly limit: number; readonly estimated: boolean };
}

/** Runs scripts of the program's realm whose stack frames carry their names. */
export interface NamedScripts {
  /** The name of a variable: a script's value is what the script assigns to it. */
  readonly result: string;
  /** @param source A whole script: what it declares is global. Lines are counted from its second one. */
  run(source: string, filename: string): unknown;
}

/** Scripts that every worker of the realm can load by their addresses, while they are there. */
export interface ScriptAddresses {
  /** The address ends with a UUID, and begins as all others do. */
  make(script: string): string;
  /** By who made it. Those of a worker that has ended are gone as well. */
  revoke(address: string): void;
  /** Runs the script; false if it is not there. */
  load(address: string): boolean;
}

/** Letters for a worker that blocks, brought by the realm's frame (`wires/mail-wire.ts`). */
export interface Mail {
  /** The mailbox of this worker, once it has asked for one and it is there; whoever has read a letter puts what it is to be next. */
  row: readonly string[] | undefined;
  tell(request: MailRequest): void;
}

export interface TextDecoding {
  decode(bytes: Uint8Array, options: { readonly stream: boolean }): string;
}

/** What a `URLPattern` does, with the platform's own results. */
export interface UrlPatternMatching {
  readonly component: (
    name: 'protocol' | 'username' | 'password' | 'hostname' | 'port' | 'pathname' | 'search' | 'hash' | 'hasRegExpGroups',
  ) => unknown;
  test(args: readonly unknown[]): boolean;
  exec(args: readonly unknown[]): object | null;
}

export interface UrlRecord {
  readonly href: string;
  readonly protocol: string;
  readonly username: string;
  readonly password: string;
  readonly host: string;
  readonly hostname: string;
  readonly port: string;
  readonly pathname: string;
  readonly search: string;
  readonly hash: string;
}

/**
 * Filled by the bundles that need them (`llhttp`, hashes, deflate, brotli …). A name maps to a function of plain data. On the
 * native engine it is called directly, on QuickJS through the boundary.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- augmented where a module is defined
export interface NativeModules {}
