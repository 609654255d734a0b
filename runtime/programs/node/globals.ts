/** The worker's global object before Node's library fills it. */
import { installRegistries } from './proxies.ts';

/** What ECMAScript itself defines, with `WebAssembly`, which every engine adds. */
const standard = new Set([
  'globalThis',
  'Infinity',
  'NaN',
  'undefined',
  'eval',
  'isFinite',
  'isNaN',
  'parseFloat',
  'parseInt',
  'decodeURI',
  'decodeURIComponent',
  'encodeURI',
  'encodeURIComponent',
  'escape',
  'unescape',
  'AggregateError',
  'Array',
  'ArrayBuffer',
  'AsyncDisposableStack',
  'BigInt',
  'BigInt64Array',
  'BigUint64Array',
  'Boolean',
  'DataView',
  'Date',
  'DisposableStack',
  'Error',
  'EvalError',
  'FinalizationRegistry',
  'Float16Array',
  'Float32Array',
  'Float64Array',
  'Function',
  'Int8Array',
  'Int16Array',
  'Int32Array',
  'Iterator',
  'Map',
  'Number',
  'Object',
  'Promise',
  'Proxy',
  'RangeError',
  'ReferenceError',
  'RegExp',
  'Set',
  'SharedArrayBuffer',
  'String',
  'SuppressedError',
  'Symbol',
  'SyntaxError',
  'TypeError',
  'Uint8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Uint32Array',
  'URIError',
  'WeakMap',
  'WeakRef',
  'WeakSet',
  'Atomics',
  'Intl',
  'JSON',
  'Math',
  'Reflect',
  'WebAssembly',
  'gc',
]);

/**
 * Takes away what the worker has beyond ECMAScript: the program shall see Node's globals and no browser's, and the layers
 * below have kept what they need. Then makes private symbols act like V8's: present on every object, shown by none.
 */
export function prepareGlobals(privateSymbols: Readonly<Record<string, symbol>>): void {
  installRegistries();
  addSharedArrayBuffer();
  addLocaleAccessors();
  // Browsers have `Temporal`, Node 24 has it behind a flag: with the name goes the way to it.
  Reflect.deleteProperty(Date.prototype, 'toTemporalInstant');
  for (
    let object: object | null = globalThis;
    object !== null && object !== Object.prototype;
    object = Object.getPrototypeOf(object) as object | null
  ) {
    for (const key of Reflect.ownKeys(object)) {
      if (typeof key === 'symbol' || key === 'constructor' || (object === globalThis && standard.has(key))) continue;
      if (Reflect.deleteProperty(object, key) || object === globalThis) continue;
      // A constant of the worker's own interface (`TEMPORARY` in Chromium) cannot be removed, but it can be hidden.
      Object.defineProperty(globalThis, key, { value: undefined, writable: true, enumerable: false, configurable: true });
    }
  }
  for (const symbol of Object.values(privateSymbols)) {
    const values = new WeakMap<object, unknown>();
    Object.defineProperty(Object.prototype, symbol, {
      configurable: false,
      enumerable: false,
      get(this: object) {
        return values.get(this);
      },
      set(this: unknown, value: unknown) {
        if (typeof this === 'object' || typeof this === 'function') values.set(this as object, value);
      },
    });
  }
}

/**
 * A page that is not cross-origin isolated has no `SharedArrayBuffer` by that name, which many packages look at when they are
 * loaded. Its class is there all the same: within the worker it works, and sending one elsewhere fails as a DataCloneError.
 */
function addSharedArrayBuffer(): void {
  if ('SharedArrayBuffer' in globalThis || typeof WebAssembly !== 'object') return;
  try {
    const { constructor } = new WebAssembly.Memory({ initial: 0, maximum: 0, shared: true }).buffer;
    if (constructor.name === 'SharedArrayBuffer') {
      Object.defineProperty(globalThis, 'SharedArrayBuffer', { value: constructor, writable: true, enumerable: false, configurable: true });
    }
  } catch {
    // An engine without shared memory.
  }
}

/** What Node's V8 tells of a locale by accessors, too, which newer engines have as methods alone. */
function addLocaleAccessors(): void {
  const prototype = globalThis.Intl?.Locale.prototype as (Intl.Locale & Record<string, () => unknown>) | undefined;
  if (prototype === undefined) return;
  for (const name of ['calendars', 'collations', 'hourCycles', 'numberingSystems', 'textInfo', 'timeZones', 'weekInfo']) {
    const get = prototype[`get${name[0]!.toUpperCase()}${name.slice(1)}`];
    if (get === undefined || name in prototype) continue;
    const accessor = {
      get [name](): unknown {
        return Reflect.apply(get, this, []);
      },
    };
    Object.defineProperty(prototype, name, { ...Object.getOwnPropertyDescriptor(accessor, name), enumerable: false });
  }
}
