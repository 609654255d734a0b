/** Module namespace objects: null prototype, sorted names, live values, nothing that can be changed. */
const namespaces = new WeakSet<object>();
const NativeProxy = Proxy;
const { defineProperty, preventExtensions, create, is } = Object;
const { getOwnPropertyDescriptor, ownKeys, has } = Reflect;

export function isNamespace(value: unknown): boolean {
  return typeof value === 'object' && value !== null && namespaces.has(value);
}

export function makeNamespace(readers: ReadonlyMap<string, () => unknown>): object {
  const target = create(null) as Record<PropertyKey, unknown>;
  // `writable` but refused by `set`, as the specification has it: what is read stays live.
  for (const name of [...readers.keys()].sort(byCodeUnits))
    defineProperty(target, name, { value: undefined, writable: true, enumerable: true, configurable: false });
  defineProperty(target, Symbol.toStringTag, { value: 'Module', writable: false, enumerable: false, configurable: false });
  preventExtensions(target);
  const describe = (name: PropertyKey): PropertyDescriptor | undefined => {
    const read = typeof name === 'string' ? readers.get(name) : undefined;
    if (read === undefined) return getOwnPropertyDescriptor(target, name);
    return { value: read(), writable: true, enumerable: true, configurable: false };
  };
  const namespace = new NativeProxy(target, {
    get: (_, name) => (typeof name === 'string' ? readers.get(name)?.() : target[name]),
    set: () => false,
    has: (_, name) => has(target, name),
    deleteProperty: (_, name) => !has(target, name),
    getOwnPropertyDescriptor: (_, name) => describe(name),
    ownKeys: () => ownKeys(target),
    setPrototypeOf: (_, prototype) => prototype === null,
    defineProperty: (_, name, wanted) => {
      const present = describe(name);
      if (present === undefined || wanted.configurable === true || 'get' in wanted || 'set' in wanted) return false;
      if (wanted.enumerable !== undefined && wanted.enumerable !== present.enumerable) return false;
      if (wanted.writable !== undefined && wanted.writable !== present.writable) return false;
      return !('value' in wanted) || is(wanted.value, present.value);
    },
  });
  namespaces.add(namespace);
  return namespace;
}

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
