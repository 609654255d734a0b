import type { NodeRealm, Untyped } from '../realm.ts';
import { adoptError } from '../stack/index.ts';
import { proxyDetails } from '../proxies.ts';

type Check = (value: unknown) => boolean;

const getter = (prototype: object, name: PropertyKey): Function => Object.getOwnPropertyDescriptor(prototype, name)!.get!;

/** Whether `method` accepts `value` as its receiver, which only an object with the right internal slot is. */
const branded =
  (method: Function, ...args: unknown[]): Check =>
  (value) => {
    if (typeof value !== 'object' || value === null) return false;
    try {
      Reflect.apply(method, value, args);
      return true;
    } catch {
      return false; // The method's brand check failed: that is the answer.
    }
  };

const never: Check = () => false;
const { toString } = Object.prototype;

/** The tag that the engine gives by internal slot; undefined where a `toStringTag` hides it. */
function slotTag(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || proxyDetails(value) !== undefined) return undefined;
  // A Proxy among what it inherits from would be told of the question.
  for (let object = Object.getPrototypeOf(value) as object | null; object !== null; object = Object.getPrototypeOf(object) as object | null)
    if (proxyDetails(object) !== undefined) return undefined;
  if (Symbol.toStringTag in value) return undefined;
  return toString.call(value).slice(8, -1);
}

const prototypeOf = (value: unknown): object | null =>
  (typeof value !== 'object' && typeof value !== 'function') || value === null || proxyDetails(value) !== undefined
    ? null
    : (Object.getPrototypeOf(value) as object | null);

const inherits = (value: unknown, ancestor: object): boolean => {
  for (let object = prototypeOf(value); object !== null; object = Object.getPrototypeOf(object) as object | null)
    if (object === ancestor) return true;
  return false;
};

/** `internalBinding('types')`: by internal slots wherever a method of the language reveals them, never by `toStringTag`. */
export function makeTypes(realm: NodeRealm): Untyped {
  const asyncFunction = Object.getPrototypeOf(async () => {}) as object;
  const asyncGenerator = Object.getPrototypeOf(async function* () {}) as object;
  const generator = Object.getPrototypeOf(function* () {}) as object;
  const generatorObject = Object.getPrototypeOf(function* () {}.prototype) as object;
  const asyncGeneratorObject = Object.getPrototypeOf(async function* () {}.prototype) as object;
  const mapIterator = Object.getPrototypeOf(new Map().entries()) as object;
  const setIterator = Object.getPrototypeOf(new Set().values()) as object;
  const global = getter(RegExp.prototype, 'global');
  const nativeIsError = (Error as Untyped).isError as Check | undefined;
  const resolve = Promise.resolve;

  const isRegExp: Check = (value) => {
    if (typeof value !== 'object' || value === null) return false;
    try {
      return typeof Reflect.apply(global, value, []) === 'boolean';
    } catch {
      return false; // Not a RegExp.
    }
  };
  const isPromise: Check = (value) => {
    if (!inherits(value, Promise.prototype)) return false;
    try {
      const { constructor } = value as object;
      // A promise of this very constructor is returned as it is; anything else is wrapped.
      const result = Reflect.apply(resolve, constructor, [value]) as Promise<unknown>;
      if (result === value) return true;
      result.then(undefined, () => {});
      return false;
    } catch {
      return false; // Its constructor is none.
    }
  };
  const isNativeError: Check = (value) => {
    if (nativeIsError !== undefined) return nativeIsError(value);
    return (
      slotTag(value) === 'Error' ||
      (typeof value === 'object' && value !== null && Symbol.toStringTag in value && inherits(value, Error.prototype))
    );
  };
  const isAsyncFunction: Check = (value) => {
    if (typeof value !== 'function') return false;
    return inherits(value, asyncFunction) || inherits(value, asyncGenerator);
  };
  const isGeneratorFunction: Check = (value) =>
    typeof value === 'function' && (inherits(value, generator) || inherits(value, asyncGenerator));
  const isModuleNamespaceObject: Check = (value) => {
    if (typeof value !== 'object' || value === null || proxyDetails(value) !== undefined || Object.getPrototypeOf(value) !== null)
      return false;
    const tag = Object.getOwnPropertyDescriptor(value, Symbol.toStringTag);
    return (
      tag !== undefined && tag.value === 'Module' && tag.writable === false && tag.configurable === false && !Object.isExtensible(value)
    );
  };
  const isArrayBuffer = branded(getter(ArrayBuffer.prototype, 'byteLength'));
  const shared = (globalThis as Untyped).SharedArrayBuffer as { prototype: object } | undefined;
  const isSharedArrayBuffer = shared === undefined ? never : branded(getter(shared.prototype, 'byteLength'));
  const isNumberObject = branded(Number.prototype.valueOf);
  const isStringObject = branded(String.prototype.valueOf);
  const isBooleanObject = branded(Boolean.prototype.valueOf);
  const isBigIntObject = branded(BigInt.prototype.valueOf);
  const isSymbolObject = branded(Symbol.prototype.valueOf);
  return {
    isArgumentsObject: (value: unknown) => slotTag(value) === 'Arguments',
    isArrayBuffer,
    isAsyncFunction,
    isBigIntObject,
    isBooleanObject,
    isDate: branded(Date.prototype.getTime),
    isExternal: never,
    isGeneratorFunction,
    isGeneratorObject: (value: unknown) =>
      typeof value === 'object' && (inherits(value, generatorObject) || inherits(value, asyncGeneratorObject)) && value !== generatorObject,
    isMap: branded(getter(Map.prototype, 'size')),
    isMapIterator: (value: unknown) => typeof value === 'object' && inherits(value, mapIterator),
    isModuleNamespaceObject,
    isNativeError(value: unknown) {
      const found = isNativeError(value);
      if (found) adoptError(realm, value);
      return found;
    },
    isNumberObject,
    isPromise,
    isProxy: (value: unknown) => proxyDetails(value) !== undefined,
    isRegExp,
    isSet: branded(getter(Set.prototype, 'size')),
    isSetIterator: (value: unknown) => typeof value === 'object' && inherits(value, setIterator),
    isSharedArrayBuffer,
    isStringObject,
    isSymbolObject,
    isWeakMap: branded(WeakMap.prototype.has, {}),
    isWeakSet: branded(WeakSet.prototype.has, {}),
    isAnyArrayBuffer: (value: unknown) => isArrayBuffer(value) || isSharedArrayBuffer(value),
    isBoxedPrimitive: (value: unknown) =>
      isNumberObject(value) || isStringObject(value) || isBooleanObject(value) || isBigIntObject(value) || isSymbolObject(value),
  };
}
