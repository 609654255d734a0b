/** `import()`: what V8 does with its arguments before Node's loader is asked. */
import { perRealm } from '../wraps/per-realm.ts';
import type { Untyped } from '../realm.ts';

type ImportCallback = (
  referrer: symbol | undefined,
  specifier: string,
  phase: number,
  attributes: object,
  referrerName: string,
) => Promise<unknown>;
type MetaCallback = (referrer: symbol | undefined, meta: object, wrap: object) => void;

/** The callbacks that the library registers. */
export interface LoaderCallbacks {
  importDynamically: ImportCallback | undefined;
  initializeMeta: MetaCallback | undefined;
  /** The program has called `import()`. */
  wasAsked?: boolean;
}

export const loaderCallbacks = perRealm((): LoaderCallbacks => ({ importDynamically: undefined, initializeMeta: undefined }));

export interface Referrer {
  readonly id: symbol | undefined;
  /** The script's name, from which relative specifiers are resolved. */
  readonly name: string;
}

/** Never throws: what is wrong with the arguments rejects the promise. */
export function dynamicImport(
  callbacks: LoaderCallbacks,
  referrer: Referrer,
  specifier: unknown,
  options: unknown,
  phase = 2,
): Promise<unknown> {
  callbacks.wasAsked = true;
  try {
    const text = `${specifier as string}`;
    const attributes = attributesOf(options);
    if (callbacks.importDynamically === undefined) throw new TypeError('import() was called before the module loader was ready');
    return callbacks.importDynamically(referrer.id, text, phase, attributes, referrer.name);
  } catch (error) {
    return Promise.reject(error as Error);
  }
}

function attributesOf(options: unknown): object {
  const attributes = Object.create(null) as Record<string, string>;
  if (options === undefined) return attributes;
  if (!isObject(options)) throw new TypeError('The second argument to import() must be an object');
  const given: Untyped = (options as { with?: unknown }).with;
  if (given === undefined) return attributes;
  if (!isObject(given)) throw new TypeError("The 'with' option must be an object");
  for (const key of Object.keys(given)) {
    const value: unknown = (given as Record<string, unknown>)[key];
    if (typeof value !== 'string') throw new TypeError('Import attribute value must be a string');
    attributes[key] = value;
  }
  return attributes;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}
