import type { Realm } from '../boot.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { parseDotenv } from '../dotenv.ts';
import { heldOutput } from '../held-output.ts';
import { proxyDetails } from '../proxies.ts';
import { inspectedDetails, takeWatched, watchedText } from '../watched-promises.ts';
import { callSites } from '../call-sites.ts';
import { makeTypes } from './types.ts';

/** The order in which the library's `guessHandleType` names what a descriptor is. */
const handleTypes = { tcp: 0, tty: 1, udp: 2, file: 3, pipe: 4, unknown: 5, invalid: 6 } as const;
/** Bits of V8's `PropertyFilter`. */
const ONLY_ENUMERABLE = 2;
const SKIP_STRINGS = 8;
const SKIP_SYMBOLS = 16;

function isIndex(key: string): boolean {
  const number = Number(key);
  return number >= 0 && number < 4294967295 && String(Math.trunc(number)) === key;
}

/**
 * Engines name each element before they come to other properties: 26 s for 8 MB. Where there are so many, properties with names are
 * not looked for.
 */
const isLargeView = (object: object) => ArrayBuffer.isView(object) && object.byteLength > 65_536;

/** `internalBinding('util')`. */
export function makeUtil(given: NodeRealm): Untyped {
  const realm = given as Realm;
  const types = makeTypes(realm);
  return {
    privateSymbols: { ...realm.privateSymbols },
    constants: {
      kPending: 0,
      kFulfilled: 1,
      kRejected: 2,
      kExiting: 0,
      kExitCode: 1,
      kHasExitCode: 2,
      ALL_PROPERTIES: 0,
      ONLY_WRITABLE: 1,
      ONLY_ENUMERABLE,
      ONLY_CONFIGURABLE: 4,
      SKIP_STRINGS,
      SKIP_SYMBOLS,
      kDisallowCloneAndTransfer: 0,
      kTransferable: 1,
      kCloneable: 2,
    },
    isInsideNodeModules: () =>
      callSites(12, 1).some(({ scriptName }) => !scriptName.startsWith('node:') && /[/\\]node_modules[/\\]/.test(scriptName)),
    defineLazyProperties(target: object, id: string, keys: readonly string[], enumerable = true) {
      for (const key of keys) {
        const define = (value: unknown) => Object.defineProperty(target, key, { value, writable: true, configurable: true, enumerable });
        // V8 shows what is not there yet as a property with a value, too; with us that is what has been loaded.
        const loaded: unknown = realm.process.moduleLoadList?.includes(`NativeModule ${id}`) && realm.requireBuiltin(id)[key];
        if (loaded) {
          define(loaded);
          continue;
        }
        const accessors = {
          [key]: {
            get: () => {
              const value: unknown = realm.requireBuiltin(id)[key];
              define(value);
              return value;
            },
            set: (value: unknown) => void define(value),
          },
        }[key]!;
        Object.defineProperty(accessors.get, 'name', { value: `get ${key}` });
        Object.defineProperty(accessors.set, 'name', { value: `set ${key}` });
        Object.defineProperty(target, key, { ...accessors, configurable: true, enumerable });
      }
    },
    getPromiseDetails: (promise: object) => {
      const [state, result] = realm.platform.promiseDetails?.(promise) ?? inspectedDetails(promise);
      return state === 0 ? [state] : [state, result];
    },
    // Of the patched console and REPL: a text that shows values, and that it is written next, with what stands around it.
    watchedText,
    willWrite(text: string, indent: string) {
      const watched = takeWatched(text);
      if (watched === undefined) return;
      heldOutput(realm).expect(watched, (known) => `${indent === '' ? known : indent + known.replace(/\n/g, `\n${indent}`)}\n`);
    },
    getProxyDetails(value: unknown, both = true) {
      const details = proxyDetails(value);
      if (details === undefined) return undefined;
      const { target, handler, revoked } = details;
      if (revoked) return both ? [null, null] : null;
      return both ? [target, handler] : target;
    },
    getCallerLocation: () => {
      // The library's function is the nearest, who called it the next.
      const site = callSites(2, 0)[1];
      return site === undefined ? undefined : [site.lineNumber, site.columnNumber, site.scriptName];
    },
    previewEntries: (value: object, isIterator?: boolean) => previewEntries(types, value, isIterator === true),
    getOwnNonIndexProperties(object: object, filter: number) {
      const keys: PropertyKey[] = [];
      for (const key of isLargeView(object) ? Object.getOwnPropertySymbols(object) : Reflect.ownKeys(object)) {
        if (typeof key === 'string' && isIndex(key)) continue;
        if (typeof key === 'symbol' ? (filter & SKIP_SYMBOLS) !== 0 : (filter & SKIP_STRINGS) !== 0) continue;
        if ((filter & ONLY_ENUMERABLE) !== 0 && Object.getOwnPropertyDescriptor(object, key)?.enumerable !== true) continue;
        keys.push(key);
      }
      return keys;
    },
    getConstructorName(object: object) {
      for (let current: object | null = object; current !== null; current = Object.getPrototypeOf(current) as object | null) {
        const constructor = Object.getOwnPropertyDescriptor(current, 'constructor')?.value as unknown;
        if (typeof constructor === 'function' && constructor.name !== '') return constructor.name;
      }
      return 'Object';
    },
    getExternalValue: () => 0n,
    getCallSites: (count: number) => callSites(count, 1).map((site) => ({ ...site, column: site.columnNumber })),
    sleep(delayMs: number) {
      realm.platform.sleep(delayMs);
    },
    parseEnv: (text: string) => parseDotenv(text),
    arrayBufferViewHasBuffer: () => true,
    isArrayBufferDetached: (buffer: Untyped) => buffer.detached === true,
    // Where the page is not isolated there is no shared memory. The library keeps in it only what threads could ask each
    // other without messages (a counter of chdir), which each of ours keeps for itself.
    constructSharedArrayBuffer: (size: number) => {
      const Shared = (globalThis as Untyped).SharedArrayBuffer;
      return Shared === undefined ? new ArrayBuffer(size) : new Shared(size);
    },
    markPromiseAsHandled: (promise: Promise<unknown>) => void Reflect.apply(Promise.prototype.then, promise, [undefined, () => {}]),
    shouldAbortOnUncaughtToggle: new Uint32Array([1]),
    guessHandleType(fd: number) {
      const info = fd < 0 ? undefined : realm.syscalls.descriptors.info(fd);
      if (info === undefined) return handleTypes.invalid;
      if (info.kind === 'file') return handleTypes.file;
      switch (info.stream) {
        case 'tty':
          return handleTypes.tty;
        case 'pty-master':
        case 'pipe-read':
        case 'pipe-write':
        case 'channel':
          return handleTypes.pipe;
        case 'socket':
          return handleTypes.pipe;
        case 'listener':
          return handleTypes.tcp;
        default:
          return handleTypes.unknown;
      }
    },
    getSystemErrorMessage: (errno: number) => realm.internalBinding('uv').getErrorMessage(errno),
    toUSVString: (text: string) => String(text).toWellFormed(),
    isConstructor(value: unknown) {
      try {
        Reflect.construct(Object, [], value as Function);
        return true;
      } catch {
        return false; // `Reflect.construct` refuses what is no constructor.
      }
    },
    WeakReference: class WeakReference {
      #target: WeakRef<object>;
      #strong: object | undefined;
      #count = 0;
      constructor(target: object) {
        this.#target = new WeakRef(target);
      }
      get(): object | undefined {
        return this.#target.deref();
      }
      incRef(): void {
        this.#count++;
        this.#strong = this.get();
      }
      decRef(): void {
        if (--this.#count === 0) this.#strong = undefined;
        void this.#strong;
      }
    },
    isArrayBuffer: types.isArrayBuffer,
    isArrayBufferView: ArrayBuffer.isView,
    isAsyncFunction: types.isAsyncFunction,
    isDataView: (value: unknown) => ArrayBuffer.isView(value) && !isTypedArray(value),
    isDate: types.isDate,
    isExternal: types.isExternal,
    isMap: types.isMap,
    isMapIterator: types.isMapIterator,
    isNativeError: types.isNativeError,
    isPromise: types.isPromise,
    isRegExp: types.isRegExp,
    isSet: types.isSet,
    isSetIterator: types.isSetIterator,
    isTypedArray,
    isUint8Array: (value: unknown) => typedArrayTag(value) === 'Uint8Array',
    isAnyArrayBuffer: types.isAnyArrayBuffer,
  };
}

const tagGetter = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype) as object, Symbol.toStringTag)!.get!;
const typedArrayTag = (value: unknown): unknown => Reflect.apply(tagGetter, value, []);
const isTypedArray = (value: unknown): boolean => typedArrayTag(value) !== undefined;

/**
 * Entries without a visible change. An iterator can only be read by moving it: what was read is put back in front of it
 * as an own `next` that nothing enumerates.
 */
function previewEntries(types: Untyped, value: object, isIterator: boolean): unknown {
  const plain = (entries: unknown[], keyed: boolean) => (isIterator ? [entries, keyed] : entries);
  if (types.isMap(value)) {
    const entries: unknown[] = [];
    Map.prototype.forEach.call(value as Map<unknown, unknown>, (entry, key) => entries.push(key, entry));
    return plain(entries, true);
  }
  if (types.isSet(value)) {
    const entries: unknown[] = [];
    Set.prototype.forEach.call(value as Set<unknown>, (entry) => entries.push(entry));
    return plain(entries, false);
  }
  const ofMap = types.isMapIterator(value) as boolean;
  if (!ofMap && types.isSetIterator(value) !== true) return isIterator ? undefined : [];
  const iterator = value as Iterator<unknown> & { next: () => IteratorResult<unknown> };
  const items: unknown[] = [];
  for (let result = iterator.next(); result.done !== true; result = iterator.next()) items.push(result.value);
  let at = 0;
  Object.defineProperty(iterator, 'next', {
    configurable: true,
    writable: true,
    enumerable: false,
    value: function next(): IteratorResult<unknown> {
      return at < items.length ? { value: items[at++], done: false } : { value: undefined, done: true };
    },
  });
  // The kind of an empty iterator cannot be seen; entries are what is mostly asked of a map.
  const keyed = (ofMap || items.length > 0) && items.every((item) => Array.isArray(item) && item.length === 2);
  if (!keyed) return plain(items, false);
  return plain((items as unknown[][]).flat(1), true);
}
