import { BvError } from '../../../base/errors.ts';
import type { Untyped } from '../realm.ts';

const reasons: Readonly<Record<string, string>> = {
  inspector: 'a browser gives a page no inspector of its own workers',
  profiler: 'a browser gives a program no profiler',
  heap_utils: 'a browser gives a program no heap snapshots',
  sqlite: 'SQLite is not part of this build',
  quic: 'a browser gives a page no UDP sockets',
};

/** An error for a part of Node that cannot be here, by the name the program used. */
export function unavailable(what: string, why = 'it is not available in the browser'): BvError {
  return new BvError('ERR_BV_UNSUPPORTED', `${what} is not available: ${why}`);
}

/**
 * A binding that is not here: loading what rests on it works, as Node loads a whole library for one function of it; using it
 * throws an error with the feature's name. Constants are undefined.
 */
export function absentBinding(name: string): Untyped {
  const made = new Map<string, unknown>();
  return new Proxy(Object.create(null) as object, {
    get(_target, key) {
      if (typeof key === 'symbol' || /^(k[A-Z]|[A-Z][A-Z_0-9]*$)/.test(key)) return undefined;
      let value = made.get(key);
      if (value === undefined) {
        value = function () {
          throw unavailable(`${name}.${key}`, reasons[name]);
        };
        made.set(key, value);
      }
      return value;
    },
    has: () => true,
  });
}
