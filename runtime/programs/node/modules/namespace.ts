/** Module namespace objects: null prototype, sorted names, live values, nothing that can be changed. */
const NativeProxy = Proxy;
const { defineProperty, preventExtensions, create, is } = Object;
const { getOwnPropertyDescriptor, ownKeys, has } = Reflect;

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
  return new NativeProxy(target, {
    get: (_, name) => (typeof name === 'string' ? readers.get(name)?.() : target[name]),
    set: (_, name) =>
      refused(
        'set',
        name,
        has(target, name)
          ? `Cannot assign to read only property '${String(name)}' of object '[object Module]'`
          : notExtensible('add', name),
      ),
    has: (_, name) => has(target, name),
    deleteProperty: (_, name) =>
      !has(target, name) || refused('deleteProperty', name, `Cannot delete property '${String(name)}' of [object Module]`),
    getOwnPropertyDescriptor: (_, name) => describe(name),
    ownKeys: () => ownKeys(target),
    setPrototypeOf: (_, prototype) => prototype === null || refused('setPrototypeOf', undefined, '[object Module] is not extensible'),
    defineProperty: (_, name, wanted) => {
      const present = describe(name);
      return (
        (present !== undefined && agrees(present, wanted)) || refused('defineProperty', name, `Cannot redefine property: ${String(name)}`)
      );
    },
  });
}

/** Whether `wanted` asks for nothing that is not so. */
function agrees(present: PropertyDescriptor, wanted: PropertyDescriptor): boolean {
  if (wanted.configurable === true || 'get' in wanted || 'set' in wanted) return false;
  if (wanted.enumerable !== undefined && wanted.enumerable !== present.enumerable) return false;
  if (wanted.writable !== undefined && wanted.writable !== present.writable) return false;
  return !('value' in wanted) || is(wanted.value, present.value);
}

const notExtensible = (what: string, name: PropertyKey) => `Cannot ${what} property ${String(name)}, object is not extensible`;

/** What was refused last, in V8's words for namespaces: engines tell of a proxy. */
let last: { readonly trap: string; readonly name: string; readonly message: string } | undefined;

function refused(trap: string, name: PropertyKey | undefined, message: string): false {
  // Engines write symbols in ways of their own.
  last = { trap, name: typeof name === 'symbol' ? (name.description ?? '') : String(name ?? ''), message };
  return false;
}

/** `message`, or, where it is an engine's for what a namespace has refused just now, what V8 says of that. */
export function withNamespaceWords(message: string): string {
  if (last === undefined || !ofProxies.test(message)) return message;
  const { trap, name } = last;
  if (quickJsWords[trap] === message) return last.message;
  return message.includes(trap) && message.includes(name) ? last.message : message;
}

/** As V8 and Firefox, and QuickJS, word it. */
const ofProxies = /^proxy: |\bproxy\b.* returned fals(?:e|ish)\b|^could not delete property$/s;
const quickJsWords: Readonly<Record<string, string>> = {
  set: 'proxy: cannot set property',
  deleteProperty: 'could not delete property',
  defineProperty: 'proxy: defineProperty exception',
};

function byCodeUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
