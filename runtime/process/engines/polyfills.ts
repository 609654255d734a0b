/**
 * What ECMAScript has and an engine may lack, as far as Node's library needs it: the pinned QuickJS all of it, browsers of
 * before 2025 and WebKit the explicit resource management. Evaluated before everything else of the program. Functions are methods, so that they have no `prototype` and their own names, as built-in ones.
 */

const scope = globalThis as unknown as Record<string, unknown>;

function define(target: object, members: Readonly<Record<PropertyKey, unknown>>): void {
  for (const key of Reflect.ownKeys(members)) {
    if (Object.hasOwn(target, key)) continue;
    const descriptor = Object.getOwnPropertyDescriptor(members, key)!;
    Object.defineProperty(target, key, { ...descriptor, enumerable: false });
  }
}

type Whole = Int32Array;

/** One thread, no shared memory: every operation is atomic. */
const atomics = {
  load: (array: Whole, index: number) => array[index],
  store(array: Whole, index: number, value: number) {
    array[index] = value;
    return value;
  },
  add: (array: Whole, index: number, value: number) => update(array, index, (old) => old + value),
  sub: (array: Whole, index: number, value: number) => update(array, index, (old) => old - value),
  and: (array: Whole, index: number, value: number) => update(array, index, (old) => old & value),
  or: (array: Whole, index: number, value: number) => update(array, index, (old) => old | value),
  xor: (array: Whole, index: number, value: number) => update(array, index, (old) => old ^ value),
  exchange: (array: Whole, index: number, value: number) => update(array, index, () => value),
  compareExchange: (array: Whole, index: number, expected: number, value: number) =>
    update(array, index, (old) => (old === expected ? value : old)),
  isLockFree: (size: number) => size === 1 || size === 2 || size === 4 || size === 8,
  notify: () => 0,
  wait(): never {
    throw new TypeError('Atomics.wait cannot be called in this context');
  },
};

function update(array: Whole, index: number, change: (old: number) => number): number {
  const old = array[index]!;
  array[index] = change(old);
  return old;
}

type Suppressed = new (error: unknown, suppressed: unknown, message?: string) => Error;
type Disposer = () => unknown;

/** `DisposeResources` of the proposal, for both kinds of stack. */
function* disposing(disposers: Disposer[]): Generator<unknown, void, unknown> {
  let failed = false;
  let failure: unknown;
  while (disposers.length > 0) {
    try {
      yield disposers.pop()!();
    } catch (error) {
      failure = failed ? new (scope['SuppressedError'] as Suppressed)(error, failure, 'An error was suppressed during disposal') : error;
      failed = true;
    }
  }
  if (failed) throw failure;
}

function methodOf(value: object, keys: readonly symbol[]): Disposer | undefined {
  for (const key of keys) {
    const method = (value as Record<symbol, unknown>)[key];
    if (typeof method === 'function') return () => Reflect.apply(method, value, []) as unknown;
  }
  return undefined;
}

/** What the two kinds of stack have in common. */
abstract class Stack {
  #disposers: Disposer[] | undefined = [];
  protected abstract readonly keys: readonly symbol[];

  get disposed(): boolean {
    return this.#disposers === undefined;
  }

  protected open(): Disposer[] {
    if (this.#disposers === undefined) throw new ReferenceError('Cannot add to a disposed stack');
    return this.#disposers;
  }

  protected close(): Disposer[] {
    const disposers = this.#disposers ?? [];
    this.#disposers = undefined;
    return disposers;
  }

  protected adoptAll(disposers: Disposer[]): this {
    this.#disposers = disposers;
    return this;
  }

  use<T>(value: T): T {
    const disposers = this.open();
    if (value === null || value === undefined) return value;
    const method = typeof value === 'object' || typeof value === 'function' ? methodOf(value, this.keys) : undefined;
    if (method === undefined) throw new TypeError('The value is not disposable');
    disposers.push(method);
    return value;
  }

  adopt<T>(value: T, dispose: (value: T) => unknown): T {
    const disposers = this.open();
    if (typeof dispose !== 'function') throw new TypeError('The disposer is not a function');
    disposers.push(() => dispose(value));
    return value;
  }

  defer(dispose: Disposer): void {
    const disposers = this.open();
    if (typeof dispose !== 'function') throw new TypeError('The disposer is not a function');
    disposers.push(() => dispose());
  }
}

/** Made when installed: the names of their methods are symbols that the engine may lack. */
function makeStacks(): readonly Function[] {
  class DisposableStack extends Stack {
    protected readonly keys = [Symbol.dispose];

    dispose(): void {
      const steps = disposing(this.close());
      while (steps.next().done !== true);
    }

    move(): DisposableStack {
      this.open();
      return new DisposableStack().adoptAll(this.close());
    }

    [Symbol.dispose](): void {
      this.dispose();
    }
  }

  class AsyncDisposableStack extends Stack {
    protected readonly keys = [Symbol.asyncDispose, Symbol.dispose];

    async disposeAsync(): Promise<void> {
      const steps = disposing(this.close());
      let step = steps.next();
      while (step.done !== true) {
        try {
          await step.value;
        } catch (error) {
          step = steps.throw(error);
          continue;
        }
        step = steps.next();
      }
    }

    move(): AsyncDisposableStack {
      this.open();
      return new AsyncDisposableStack().adoptAll(this.close());
    }

    [Symbol.asyncDispose](): Promise<void> {
      return this.disposeAsync();
    }
  }

  return [DisposableStack, AsyncDisposableStack];
}

/**
 * `KeepDuringJob`: what a `WeakRef` was made of or gave is there until the job ends. An engine that counts references forgets it at once,
 * which is how it is told from others.
 */
function keepTargets(): void {
  const Native = WeakRef;
  if (new Native({}).deref() !== undefined) return;
  const prototype = Native.prototype as { deref: () => object | undefined; constructor: unknown };
  const { deref } = prototype;
  const { then } = Promise.prototype;
  const resolved = Promise.resolve();
  let kept: unknown[] = [];
  const keep = <T>(target: T): T => {
    if (kept.push(target) === 1) void Reflect.apply(then, resolved, [() => void (kept = [])]);
    return target;
  };
  const Keeping = function WeakRef(target: WeakKey): object {
    if (new.target === undefined) throw new TypeError("Constructor WeakRef requires 'new'");
    return Reflect.construct(Native, [keep(target)], new.target as Function) as object;
  };
  Object.defineProperty(Keeping, 'prototype', { value: prototype, writable: false, enumerable: false });
  Object.defineProperties(prototype, {
    constructor: { value: Keeping, writable: true, enumerable: false, configurable: true },
    deref: {
      value: {
        deref(this: WeakRef<object>) {
          return keep(Reflect.apply(deref, this, []));
        },
      }.deref,
      writable: true,
      enumerable: false,
      configurable: true,
    },
  });
  Object.defineProperty(globalThis, 'WeakRef', { value: Keeping, writable: true, enumerable: false, configurable: true });
}

/** To be called before anything else of the program. */
export function installPolyfills(): void {
  keepTargets();
  for (const name of ['dispose', 'asyncDispose']) {
    if (!Object.hasOwn(Symbol, name))
      Object.defineProperty(Symbol, name, { value: Symbol(`Symbol.${name}`), writable: false, enumerable: false, configurable: false });
  }
  if (scope['Atomics'] === undefined) {
    const object = {};
    define(object, atomics);
    Object.defineProperty(object, Symbol.toStringTag, { value: 'Atomics', configurable: true });
    define(globalThis, { Atomics: object });
  }
  define(globalThis, {
    SuppressedError: class SuppressedError extends Error {
      constructor(error: unknown, suppressed: unknown, message?: string) {
        super(message);
        Object.defineProperty(this, 'error', { value: error, writable: true, enumerable: false, configurable: true });
        Object.defineProperty(this, 'suppressed', { value: suppressed, writable: true, enumerable: false, configurable: true });
      }
    },
  });
  Object.defineProperty((scope['SuppressedError'] as Function).prototype, 'name', {
    value: 'SuppressedError',
    writable: true,
    enumerable: false,
    configurable: true,
  });
  for (const Kind of makeStacks()) {
    Object.defineProperty(Kind.prototype, Symbol.toStringTag, { value: Kind.name, configurable: true });
    define(globalThis, { [Kind.name]: Kind });
  }
  define(Array, { fromAsync });
}

const { fromAsync } = {
  async fromAsync(
    items: AsyncIterable<unknown> | Iterable<unknown> | ArrayLike<unknown>,
    map?: (value: unknown, index: number) => unknown,
  ): Promise<unknown[]> {
    const result: unknown[] = [];
    const iterable =
      typeof (items as AsyncIterable<unknown>)[Symbol.asyncIterator] === 'function' ||
      typeof (items as Iterable<unknown>)[Symbol.iterator] === 'function';
    for await (const item of iterable ? (items as AsyncIterable<unknown>) : Array.from(items as ArrayLike<unknown>)) {
      result.push(map === undefined ? item : await map(item, result.length));
    }
    return result;
  },
};
