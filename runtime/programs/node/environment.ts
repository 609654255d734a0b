import { hiddenProxy } from './proxies.ts';

function invalid(message: string): TypeError {
  const error = new TypeError(message) as TypeError & { code: string };
  error.code = 'ERR_INVALID_OBJECT_DEFINE_PROPERTY';
  return error;
}

/** What a program reads of a variable that is not set and not listed: esbuild's own switch for threads that share memory, which pages lack. */
const unsaid: Readonly<Record<string, string>> = Object.assign(Object.create(null), { ESBUILD_WORKER_THREADS: '0' });

/**
 * `process.env`: names and values are strings, whatever was given; it looks like an ordinary object. `onOddValue` is told when
 * something that is no string, number or boolean is turned into one.
 */
export function makeEnvironment(variables: Map<string, string>, onOddValue: () => void): Record<string, string> {
  const text = (value: unknown): string => {
    if (typeof value === 'symbol') throw new TypeError('Cannot convert a Symbol value to a string');
    return `${value as string}`;
  };
  const set = (key: PropertyKey, value: unknown): boolean => {
    const name = text(key);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') onOddValue();
    const wanted = text(value);
    // `setenv` takes no such names, and Node does not tell of it.
    if (name !== '' && !name.includes('=')) variables.set(name, wanted);
    return true;
  };
  return hiddenProxy({} as Record<string, string>, {
    get(target, key) {
      if (typeof key === 'symbol') return Reflect.get(target, key) as string;
      return variables.get(key) ?? unsaid[key] ?? (Reflect.get(Object.prototype, key) as string);
    },
    set: (_target, key, value) => set(key, value),
    has: (target, key) =>
      (typeof key === 'string' && variables.has(key)) ||
      (typeof key === 'string' && key in Object.prototype) ||
      (Reflect.has(target, key) && typeof key === 'string'),
    deleteProperty(_target, key) {
      if (typeof key === 'string') variables.delete(key);
      return true;
    },
    ownKeys: () => [...variables.keys()],
    getOwnPropertyDescriptor(_target, key) {
      if (typeof key !== 'string') return undefined;
      const value = variables.get(key);
      return value === undefined ? undefined : { value, writable: true, enumerable: true, configurable: true };
    },
    defineProperty(_target, key, descriptor) {
      if ('value' in descriptor) {
        if (descriptor.configurable !== true || descriptor.writable !== true || descriptor.enumerable !== true) {
          throw invalid("'process.env' only accepts a configurable, writable, and enumerable data descriptor");
        }
        return set(key, descriptor.value);
      }
      if ('get' in descriptor || 'set' in descriptor) {
        throw invalid("'process.env' does not accept an accessor(getter/setter) descriptor");
      }
      throw invalid("'process.env' only accepts a configurable, writable, and enumerable data descriptor");
    },
  });
}
