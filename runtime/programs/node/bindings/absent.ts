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

/** What ES modules import by name of those that are not shipped. */
const inspectorNames = 'open close url waitForDebugger console Session Network NetworkResources DOMStorage';
const names: Readonly<Record<string, string>> = {
  inspector: inspectorNames,
  'inspector/promises': inspectorNames,
  sqlite: 'DatabaseSync StatementSync Session constants backup',
};

/** What can be said without one. */
const answers: Readonly<Record<string, () => void>> = { 'inspector.url': () => undefined, 'inspector.close': () => undefined };

/**
 * A binding that is not here: loading what rests on it works, as Node loads a whole library for one function of it; using it
 * throws an error with the feature's name. Constants are undefined.
 */
export function absentBinding(name: string): Untyped {
  const made = new Map<string, unknown>();
  const [feature] = name.split('/') as [string];
  const target = Object.fromEntries((names[name] ?? '').split(' ').map((each) => [each, undefined]));
  return new Proxy(target, {
    get(_target, key) {
      if (typeof key === 'symbol' || /^(k[A-Z]|[A-Z][A-Z_0-9]*$)/.test(key)) return undefined;
      let value = made.get(key);
      if (value === undefined) {
        value =
          answers[`${feature}.${key}`] ??
          function () {
            throw unavailable(`${feature}.${key}`, reasons[feature]);
          };
        made.set(key, value);
      }
      return value;
    },
    has: () => true,
  });
}
