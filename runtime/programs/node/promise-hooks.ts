/**
 * What Node's promise hooks can know where the engine tells of no promise: those that the program makes by `new Promise`, the
 * static methods and `then`, and what each `await` waits with. Promises of async functions stay unseen. Nothing is replaced before
 * a program first sets a hook.
 */
import { asyncContextOf, type AwaitHooks } from './modules/async-context.ts';
import type { NodeRealm } from './realm.ts';

type Hook = (promise: object, parent?: object) => void;
type Callback = ((value: never) => unknown) | null | undefined;

const { apply, construct, defineProperty } = Reflect;
const NativeProxy = Proxy;
const NativePromise = Promise;

export class PromiseHooks implements AwaitHooks {
  readonly #realm: NodeRealm;
  #init: Hook | undefined;
  #before: Hook | undefined;
  #after: Hook | undefined;
  #settled: Hook | undefined;
  #active = false;
  #installed = false;
  /** Promises that hooks were told of. */
  readonly #told = new WeakSet<object>();
  /** Of the async function that goes on: nothing tells when it waits again, but then something else begins. */
  #resumed: object | undefined;

  constructor(realm: NodeRealm) {
    this.#realm = realm;
  }

  /** In the order of V8's `SetPromiseHooks`; undefined takes one away. */
  set(hooks: readonly unknown[]): void {
    [this.#init, this.#before, this.#after, this.#settled] = hooks as readonly (Hook | undefined)[];
    this.#active = hooks.some((hook) => hook !== undefined);
    if (this.#active && !this.#installed) this.#install();
    asyncContextOf(this.#realm).awaitHooks = this.#active ? this : undefined;
  }

  suspended(awaited: unknown): object {
    const suspension = new NativePromise(() => {});
    this.#call(this.#init, suspension, this.#seen(awaited));
    return suspension;
  }

  /** A promise that was unseen when it was made comes from nowhere; what runs now is nearer to where it came from. */
  #seen(parent: unknown): object | undefined {
    return typeof parent === 'object' && parent !== null && this.#told.has(parent) ? parent : undefined;
  }

  resumed(suspension: object): void {
    this.left();
    this.#resumed = suspension;
    this.#call(this.#before, suspension);
  }

  left(): void {
    const resumed = this.#resumed;
    if (resumed === undefined) return;
    this.#resumed = undefined;
    this.#call(this.#after, resumed);
  }

  get(): unknown[] {
    return [this.#init, this.#before, this.#after, this.#settled];
  }

  /** An error of a hook is nobody's to catch. */
  #call(hook: Hook | undefined, promise: object, parent?: object): void {
    if (hook === undefined) return;
    if (hook === this.#init) this.#told.add(promise);
    try {
      hook(promise, parent);
    } catch (error) {
      this.#realm.triggerUncaughtException(error, false);
    }
  }

  #install(): void {
    this.#installed = true;
    const Native = Promise;
    const made: PromiseConstructor = new NativeProxy(Native, {
      construct: (target, args: unknown[], newTarget): object => this.#construct(target, args, newTarget === made ? target : newTarget),
    });
    // The prototype's `constructor` stays: `await` and `then` ask it whether a promise is an ordinary one.
    globalThis.Promise = made;
    for (const name of ['all', 'allSettled', 'any', 'race', 'reject', 'resolve', 'try', 'withResolvers'] as const) {
      const present = (Native as unknown as Record<string, Function | undefined>)[name];
      if (present === undefined) continue;
      const isMaker = name === 'resolve' || name === 'reject';
      const value = new NativeProxy(present, {
        apply: (_target, self: unknown, args: unknown[]) => {
          const result = apply(present, self === made ? Native : self, args) as object;
          if (this.#active && isMaker && result !== args[0]) this.#made(result, name === 'reject' || !isThenable(args[0]));
          return result;
        },
      });
      defineProperty(Native, name, { value, writable: true, enumerable: false, configurable: true });
    }
    const present = Native.prototype.then as Function;
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the new `then` has a receiver of its own
    const hooks = this;
    // A method, so that it is no constructor, as the original.
    const { then } = {
      then(this: object, fulfilled: Callback, rejected: Callback): unknown {
        return hooks.#active ? hooks.#then(present, this, fulfilled, rejected) : apply(present, this, [fulfilled, rejected]);
      },
    };
    defineProperty(Native.prototype, 'then', { value: then, writable: true, enumerable: false, configurable: true });
  }

  #made(promise: object, settled: boolean): void {
    this.#call(this.#init, promise);
    if (settled) this.#call(this.#settled, promise);
  }

  #construct(target: Function, args: unknown[], newTarget: Function): object {
    const executor = args[0];
    if (!this.#active || typeof executor !== 'function') return construct(target, args, newTarget) as object;
    let resolvers: [resolve: Function, reject: Function] | undefined;
    const promise = construct(target, [(...both: [Function, Function]) => (resolvers = both)], newTarget) as object;
    const [resolve, reject] = resolvers!;
    this.#call(this.#init, promise);
    let done = false;
    const settle = (how: Function, value: unknown, settled: boolean) => {
      const first = !done;
      done = true;
      apply(how, undefined, [value]);
      if (first && settled) this.#call(this.#settled, promise);
    };
    const settleRejected = (reason: unknown) => settle(reject, reason, true);
    try {
      apply(executor, undefined, [(value: unknown) => settle(resolve, value, !isThenable(value)), settleRejected]);
    } catch (error) {
      settleRejected(error);
    }
    return promise;
  }

  #then(present: Function, parent: object, fulfilled: Callback, rejected: Callback): unknown {
    // The callbacks run after `then` has returned.
    let derived: object = parent;
    const around = (callback: (value: never) => unknown) => (value: never) => {
      this.left();
      this.#call(this.#before, derived);
      let settled = true;
      try {
        const result = callback(value);
        settled = !isThenable(result);
        return result;
      } finally {
        if (settled) this.#call(this.#settled, derived);
        this.#call(this.#after, derived);
      }
    };
    const pass = (value: unknown) => value;
    const fail = (reason: unknown) => {
      throw reason;
    };
    derived = apply(present, parent, [
      around(typeof fulfilled === 'function' ? fulfilled : pass),
      around(typeof rejected === 'function' ? rejected : fail),
    ]) as object;
    this.#call(this.#init, derived, this.#seen(parent));
    return derived;
  }
}

/** May run a getter of the program, as resolving does. */
function isThenable(value: unknown): boolean {
  return (
    ((typeof value === 'object' && value !== null) || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
