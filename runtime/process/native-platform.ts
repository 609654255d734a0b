/**
 * The browser's own engine, in a worker of the sandbox realm. Everything is captured when this module is evaluated, which is before
 * the program can change a global.
 */
import { sleepSync } from './nested/sleep-sync.ts';
import { loadedScripts } from './loaded-scripts.ts';
import { writtenScriptName } from './script-names.ts';
import type {
  Mail,
  NamedScripts,
  NativeModules,
  Platform,
  ScriptAddresses,
  TextDecoding,
  UrlPatternMatching,
  UrlRecord,
} from './platform.ts';

const scope = globalThis;
const { URL: PlatformUrl, TextDecoder: PlatformTextDecoder, MessageChannel: PlatformMessageChannel } = scope;
/** Chromium has it; Firefox since version 142. */
const PlatformUrlPattern = (scope as unknown as { URLPattern?: new (...args: readonly unknown[]) => Record<string, unknown> }).URLPattern;
const now = performance.now.bind(performance);
const timeOrigin = performance.timeOrigin;
const platformPerformance = performance as Performance & {
  readonly memory?: { usedJSHeapSize: number; totalJSHeapSize: number; jsHeapSizeLimit: number };
};
const setPlatformTimeout = setTimeout.bind(scope);
const clearPlatformTimeout = clearTimeout.bind(scope);
const enqueueMicrotask = queueMicrotask.bind(scope);
const clone = structuredClone.bind(scope);
const getRandomValues = crypto.getRandomValues.bind(crypto);
const indirectEval = eval;
const { Blob: PlatformBlob, importScripts: importPlatformScripts } = scope as Omit<typeof scope, 'importScripts'> & {
  importScripts?: (url: string) => void;
};
const { createObjectURL, revokeObjectURL } = PlatformUrl;
const encoder = new TextEncoder();
const encode = encoder.encode.bind(encoder);
const utf8Decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const decode = utf8Decoder.decode.bind(utf8Decoder);
/** A copy of bytes that threads share: browsers decode none of those, as Node does. */
const ofOneThread = (bytes: Uint8Array): Uint8Array => (bytes.buffer instanceof ArrayBuffer ? bytes : new Uint8Array(bytes));

/** `crypto.getRandomValues` fills at most this many bytes a call (Web Cryptography API). */
const randomBytesPerCall = 65_536;
/** Where the engine does not tell: V8's usual limit on 64 bits, as Node reports it. */
const assumedHeapLimit = 4_345_298_944;

/** Tasks in order, one per message, so that the engine drains its microtasks between them. */
function taskQueue(): (task: () => void) => void {
  const { port1, port2 } = new PlatformMessageChannel();
  const post = port2.postMessage.bind(port2);
  let queue: (() => void)[] = [];
  let next = 0;
  port1.onmessage = () => {
    const task = queue[next]!;
    next += 1;
    if (next === queue.length) {
      queue = [];
      next = 0;
    }
    task();
  };
  return (task) => {
    queue[queue.length] = task;
    post(null);
  };
}

/** Chromium takes characters in a host, percent-encoded, that the URL standard forbids there. */
function isHost({ protocol, hostname }: URL): boolean {
  return !(hostname.includes('%') && /^(?:https?|wss?|ftp):$/.test(protocol));
}

function urlRecord(url: URL): UrlRecord {
  const { href, protocol, username, password, host, hostname, port, pathname, search, hash } = url;
  return { href, protocol, username, password, host, hostname, port, pathname, search, hash };
}

function makeUrlPattern(Pattern: NonNullable<typeof PlatformUrlPattern>): (args: readonly unknown[]) => UrlPatternMatching {
  const { test, exec } = Pattern.prototype as { test: Function; exec: Function };
  const getters = new Map(Object.entries(Object.getOwnPropertyDescriptors(Pattern.prototype)).map(([name, { get }]) => [name, get]));
  return (args) => {
    const pattern = new Pattern(...args);
    return {
      component: (name) => getters.get(name)?.call(pattern) as unknown,
      test: (given) => Reflect.apply(test, pattern, given) as boolean,
      exec: (given) => Reflect.apply(exec, pattern, given) as object | null,
    };
  };
}

let last: { readonly script: string; readonly blob: Blob } | undefined;

/** In a realm of an opaque origin nothing else reaches a worker that blocks. */
const addresses: ScriptAddresses = {
  make(script) {
    // Of one blob many are made and loaded in half the time, in Chromium.
    if (last?.script !== script) last = { script, blob: new PlatformBlob([script], { type: 'text/javascript' }) };
    return createObjectURL(last.blob);
  },
  revoke: (address) => revokeObjectURL(address),
  load(address) {
    try {
      importPlatformScripts!(address);
      return true;
    } catch {
      return false; // Nothing there.
    }
  },
};

const { postMessage: postToFrame } = scope;
const mail: Mail = { row: undefined, tell: (request) => postToFrame.call(scope, request) };

let known: { readonly scripts: NamedScripts | undefined } | undefined;
/** Asked at the first use, which is the library's: a worker for QuickJS evaluates nothing, and may not. */
const namedScripts = (): NamedScripts | undefined => (known ??= { scripts: loadedScripts() }).scripts;

/** The host of a URL of a special scheme is what the URL standard's domain-to-ASCII gives; empty if it fails. */
function domainToAscii(domain: string): string {
  const url = new PlatformUrl('http://x/');
  url.hostname = domain;
  return url.hostname === 'x' && domain.toLowerCase() !== 'x' ? '' : url.hostname;
}

/**
 * Makes the platform of this worker. Only one may be made.
 *
 * @param options.domainToUnicode Punycode decoding, which no worker offers.
 */
export function nativePlatform(options: { readonly domainToUnicode: (domain: string) => string }): Platform {
  return {
    engine: 'native',
    now,
    timeOrigin,
    postTask: taskQueue(),
    setTimer: (task, delayMs) => setPlatformTimeout(task, delayMs) as unknown as number,
    clearTimer: (timer) => clearPlatformTimeout(timer),
    queueMicrotask: enqueueMicrotask,
    evaluate(source, filename) {
      const scripts = namedScripts();
      if (scripts !== undefined) return scripts.run(`${scripts.result}=\n${source}`, filename);
      return indirectEval(`${source}\n//# sourceURL=${writtenScriptName(filename)}`) as unknown;
    },
    scripts: namedScripts,
    onRejection(listener) {
      scope.addEventListener('unhandledrejection', (event) => {
        event.preventDefault();
        listener('unhandled', event.promise, event.reason);
      });
      scope.addEventListener('rejectionhandled', (event) => listener('handled', event.promise, event.reason));
    },
    onError(listener) {
      scope.addEventListener('error', (event) => {
        if (listener((event as ErrorEvent).error)) event.preventDefault();
      });
    },
    encodeUtf8: (text) => encode(text),
    decodeUtf8: (bytes) => decode(ofOneThread(bytes)),
    decoder(label, { fatal, ignoreBom }): TextDecoding | undefined {
      try {
        const decoder = new PlatformTextDecoder(label, { fatal, ignoreBOM: ignoreBom });
        return { decode: (bytes, { stream }) => decoder.decode(ofOneThread(bytes), { stream }) };
      } catch {
        return undefined; // An unknown label.
      }
    },
    parseUrl(url, base) {
      const parsed = PlatformUrl.parse(url, base);
      return parsed === null || !isHost(parsed) ? undefined : urlRecord(parsed);
    },
    changeUrl(href, component, value) {
      const url = PlatformUrl.parse(href);
      if (url === null) return undefined;
      url[component] = value;
      return urlRecord(url);
    },
    ...(PlatformUrlPattern === undefined ? {} : { makeUrlPattern: makeUrlPattern(PlatformUrlPattern) }),
    sleep: sleepSync,
    domainToAscii,
    domainToUnicode: options.domainToUnicode,
    randomFill(bytes) {
      const isShared = !(bytes.buffer instanceof ArrayBuffer);
      for (let at = 0; at < bytes.length; at += randomBytesPerCall) {
        const part = bytes.subarray(at, at + randomBytesPerCall);
        // Engines fill no shared memory.
        if (isShared) part.set(getRandomValues(new Uint8Array(part.length)));
        else getRandomValues(part as Uint8Array<ArrayBuffer>);
      }
    },
    structuredClone: (value) => clone(value) as unknown,
    addresses,
    mail,
    native: {} as NativeModules,
    memory() {
      const told = platformPerformance.memory;
      if (told === undefined) return { heapUsed: 64 << 20, heapTotal: 96 << 20, limit: assumedHeapLimit, estimated: true };
      return { heapUsed: told.usedJSHeapSize, heapTotal: told.totalJSHeapSize, limit: told.jsHeapSizeLimit, estimated: false };
    },
  };
}

/** Reads a Blob at once: what makes files synchronous without shared memory. Workers only. */
export const readBlobSync: (blob: Blob) => Uint8Array = (() => {
  const reader = new FileReaderSync();
  const readAsArrayBuffer = reader.readAsArrayBuffer.bind(reader);
  return (blob) => new Uint8Array(readAsArrayBuffer(blob));
})();
