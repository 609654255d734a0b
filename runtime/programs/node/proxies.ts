/**
 * JavaScript cannot ask whether an object is a Proxy or what a promise holds, and `util.inspect` must. So the program's own
 * `Proxy`, `Promise.resolve` and `Promise.reject` remember what they made. Of promises that other code made nothing is known until
 * they are watched (`watched-promises.ts`) or were rejected with nobody listening.
 */
const NativeProxy = Proxy;

interface ProxyDetails {
  readonly target: object;
  readonly handler: object;
  revoked: boolean;
}

const proxies = new WeakMap<object, ProxyDetails>();
export type PromiseDetails = readonly [state: number, result: unknown];

const promises = new WeakMap<object, PromiseDetails>();

export const promiseState = { pending: 0, fulfilled: 1, rejected: 2 } as const;

/** A Proxy that the program cannot tell from an ordinary object: `process.env`. */
export function hiddenProxy<T extends object>(target: T, handler: ProxyHandler<T>): T {
  return new NativeProxy(target, handler);
}

export function proxyDetails(value: unknown): ProxyDetails | undefined {
  return typeof value === 'object' || typeof value === 'function' ? proxies.get(value as object) : undefined;
}

export function knownDetails(promise: object): PromiseDetails | undefined {
  return promises.get(promise);
}

export function noteState(promise: object, details: PromiseDetails): void {
  promises.set(promise, details);
}

/** Puts the remembering functions in place. They answer to `toString`, `name` and `length` as native ones do. */
export function installRegistries(): void {
  const { revocable } = NativeProxy;
  Object.defineProperty(NativeProxy, 'revocable', {
    configurable: true,
    writable: true,
    enumerable: false,
    value: new NativeProxy(revocable, {
      apply(_function, _this, args: [object, ProxyHandler<object>]) {
        // No destructuring in here: the program may have replaced what iterates arrays.
        const target = args[0];
        const handler = args[1];
        const result = revocable(target, handler);
        const details: ProxyDetails = { target, handler, revoked: false };
        proxies.set(result.proxy, details);
        const { revoke } = result;
        result.revoke = () => {
          details.revoked = true;
          revoke();
        };
        return result;
      },
    }),
  });
  globalThis.Proxy = new NativeProxy(NativeProxy, {
    construct(_constructor, args: [object, ProxyHandler<object>], newTarget) {
      const proxy = Reflect.construct(NativeProxy, args, newTarget) as object;
      proxies.set(proxy, { target: args[0], handler: args[1], revoked: false });
      return proxy;
    },
  });
  const define = (name: 'resolve' | 'reject' | 'try', apply: (native: Function, self: unknown, args: unknown[]) => unknown) =>
    Object.defineProperty(Promise, name, {
      configurable: true,
      writable: true,
      enumerable: false,
      value: new NativeProxy((Promise as unknown as Record<string, Function>)[name]!, {
        apply: (native, self, args: unknown[]) => apply(native, self, args),
      }),
    });
  define('resolve', (native, self, args) => {
    const promise = Reflect.apply(native, self, args) as object;
    const value = args[0];
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null)
      promises.set(promise, [promiseState.fulfilled, value]);
    else if (promise !== value && self === Promise && isPlain(value)) promises.set(promise, [promiseState.fulfilled, value]);
    return promise;
  });
  const { try: attempt } = Promise as unknown as { try?: Function };
  if (attempt !== undefined) {
    define('try', (native, self, args) => {
      let returned: { readonly value: unknown } | undefined;
      const run = args[0];
      if (typeof run !== 'function') return Reflect.apply(native, self, args) as object;
      const noted = (...given: unknown[]): unknown => (returned = { value: Reflect.apply(run, undefined, given) as unknown }).value;
      const promise = Reflect.apply(native, self, [noted, ...args.slice(1)]) as object;
      const value = returned?.value;
      const isObject = (typeof value === 'object' && value !== null) || typeof value === 'function';
      if (returned !== undefined && (!isObject || isPlain(value as object))) promises.set(promise, [promiseState.fulfilled, value]);
      return promise;
    });
  }
  define('reject', (native, self, args) => {
    const promise = Reflect.apply(native, self, args) as object;
    promises.set(promise, [promiseState.rejected, args[0]]);
    return promise;
  });
}

/** Has surely no `then`, seen without running any of its code. */
function isPlain(value: object): boolean {
  if (proxies.has(value)) return false;
  for (let object: object | null = value; object !== null; object = Object.getPrototypeOf(object) as object | null) {
    if (Object.getOwnPropertyDescriptor(object, 'then') !== undefined) return false;
  }
  return true;
}
