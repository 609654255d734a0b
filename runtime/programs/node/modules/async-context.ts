/**
 * The async context (V8's "continuation preserved embedder data"), which every engine of ours must be told to carry: over
 * `then` by wrapping callbacks, over `await` by what the compiler writes around it. Costs next to nothing until the
 * program first sets a context.
 */
import { tellAuthorsNames } from '../stack/imported-names.ts';
import { noteHandled } from '../watched-promises.ts';
import type { AsyncFrames } from './async-frames.ts';
import { showAsNative } from './function-texts.ts';
import type { Activation } from './waiters.ts';

const nativeThen = Promise.prototype.then;
const { apply, defineProperty } = Reflect;
const NativePromise = Promise;

type Callback = ((value: never) => unknown) | null | undefined;

/** What hooks on promises are told of an `await`; what it waits for is theirs to name. */
export interface AwaitHooks {
  /** An async function waits. */
  suspended(awaited: unknown): object;
  /** It goes on, until something else does. */
  resumed(suspension: object): void;
  /** A callback of the loop begins. */
  left(): void;
}

/** A context to go back to, of an `await` that hooks are told of. */
class Suspended {
  readonly frame: unknown;
  suspension: object | undefined;

  constructor(frame: unknown) {
    this.frame = frame;
  }
}

export class AsyncContext {
  /** Only while the program has hooks on promises. */
  awaitHooks: AwaitHooks | undefined;
  /** Only in engines whose stacks do not tell of them. */
  asyncFrames: AsyncFrames | undefined;
  #frame: unknown = undefined;
  #active = false;
  /** The context that was last entered since the current callback of the loop began. */
  #latest: unknown = undefined;
  /** Where promises were rejected, as far as it can be seen: those of `then` and `Promise.reject`. */
  readonly #origins = new WeakMap<object, unknown>();

  /** The context of what runs now. */
  current(): unknown {
    return this.#frame;
  }

  /** Continues in `frame`, until something else is entered. */
  enter(frame: unknown): void {
    this.#frame = frame;
    if (frame === undefined) return;
    this.#latest = frame;
    if (!this.#active) this.#activate();
  }

  /** A callback of the event loop begins: nothing is inherited from the one before. */
  leave(): void {
    this.awaitHooks?.left();
    this.asyncFrames?.leave();
    this.#frame = undefined;
    this.#latest = undefined;
  }

  /**
   * The context that a promise was rejected in. The engine tells of rejections later, and not where they were: for a promise
   * whose origin was not seen, an async function's, it is the context that was last entered.
   */
  originOf(promise: object): unknown {
    if (!this.#active) return undefined;
    return this.#origins.has(promise) ? this.#origins.get(promise) : (this.#frame ?? this.#latest);
  }

  run<T>(frame: unknown, callback: () => T): T {
    const before = this.#frame;
    this.#frame = frame;
    if (frame !== undefined) this.#latest = frame;
    try {
      return callback();
    } finally {
      this.#frame = before;
    }
  }

  /** What compiled code calls; `HelperNames` says what each does. */
  readonly helpers = {
    __proto__: null,
    f: () => this.#suspend(),
    s: (value: unknown, frame?: unknown) => {
      noteHandled(value);
      this.#suspendedFor(value, frame);
      return this.#active ? this.#carried(value) : value;
    },
    r: (value: unknown, frame: unknown) => {
      this.resume(frame);
      return value;
    },
    t: (frame: unknown) => {
      if (frame !== 0) this.resume(frame);
      return 0;
    },
    w: (value: unknown) => value,
    n: tellAuthorsNames,
    c: (error: unknown) => error,
  };

  /** From now on code tells `frames` of its functions, too. */
  followFrames(frames: AsyncFrames): void {
    this.asyncFrames = frames;
    const { helpers } = this;
    const { f, s, r, t } = helpers;
    Object.assign(helpers, {
      s: (value: unknown, frame: unknown, activation?: Activation, at = 0) => {
        const awaited = s(value, frame);
        if (activation !== undefined) frames.suspended(activation, at, value);
        return awaited;
      },
      r: (value: unknown, frame: unknown, _: 0, activation?: Activation) => {
        if (activation !== undefined) frames.resumed(activation);
        return r(value, frame);
      },
      t: (frame: unknown, activation?: Activation, isCaught = 0) => {
        if (frame !== 0 && activation !== undefined) frames.resumed(activation, isCaught === 1);
        return t(frame);
      },
      b: (helper: object, self: unknown) => frames.begun(helper, self),
      z: (activation: Activation) => frames.ended(activation),
      p: (value: unknown) => {
        frames.claim(value);
        return value;
      },
      o: (value: unknown) => {
        frames.constructed(value);
        return value;
      },
      i: (executor: unknown) => frames.executor(executor),
      x: (value: unknown, activation: Activation) => {
        frames.returned(activation, value);
        return value;
      },
      q: (value: unknown, activation: Activation, at: number) => {
        frames.suspended(activation, at, value);
        return value;
      },
      y: (value: unknown, activation: Activation) => {
        frames.asked(activation);
        return value;
      },
      l: (activation: Activation, at: number) => {
        frames.looped(activation, at);
        return f();
      },
      d: (value: unknown, activation: Activation, at: number) => {
        frames.delegated(activation, at);
        return value;
      },
    });
  }

  #suspend(): unknown {
    return this.awaitHooks === undefined ? this.#frame : new Suspended(this.#frame);
  }

  #suspendedFor(awaited: unknown, frame: unknown): void {
    if (frame instanceof Suspended) frame.suspension = this.awaitHooks?.suspended(awaited);
  }

  /** Code that no engine suspends by itself waits for `awaited`: {@link resume} wants what this gives. */
  suspend(awaited: unknown): unknown {
    const frame = this.#suspend();
    this.#suspendedFor(awaited, frame);
    return frame;
  }

  /** What was suspended goes on. */
  resume(frame: unknown): void {
    this.#frame = frame instanceof Suspended ? frame.frame : frame;
    if (this.#frame !== undefined) this.#latest = this.#frame;
    if (frame instanceof Suspended && frame.suspension !== undefined) this.awaitHooks?.resumed(frame.suspension);
  }

  /** Never looks up `then`, which the program may have replaced, and carries no context. */
  then(promise: Promise<unknown>, fulfilled: Callback, rejected?: Callback): void {
    noteHandled(promise);
    apply(nativeThen, promise, [fulfilled, rejected]);
  }

  /** What `await value` waits for. @throws what the value's `constructor` throws. */
  promiseOf(value: unknown): Promise<unknown> {
    return NativePromise.resolve(value);
  }

  /** A thenable's `then` is called by a job of its own, which must run in the context of the `await`. */
  #carried(value: unknown): unknown {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || value instanceof NativePromise) return value;
    const then = (value as { then?: unknown }).then;
    if (typeof then !== 'function') return value;
    const frame = this.#frame;
    return {
      then: (fulfilled: Callback, rejected: Callback) => this.run(frame, () => apply(then, value, [fulfilled, rejected]) as unknown),
    };
  }

  #activate(): void {
    this.#active = true;
    const wrap = (callback: Callback): Callback => {
      if (typeof callback !== 'function') return callback;
      const frame = this.#frame;
      return (value: never) => this.run(frame, () => callback(value));
    };
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the new `then` has a receiver of its own
    const context = this;
    const present = Promise.prototype.then;
    // A method, so that it is no constructor, as the original.
    const { then } = {
      then(this: Promise<unknown>, fulfilled: Callback, rejected: Callback): unknown {
        const derived = apply(present, this, [wrap(fulfilled), wrap(rejected)]) as object;
        if (context.#frame !== undefined) context.#origins.set(derived, context.#frame);
        return derived;
      },
    };
    const presentReject = Promise.reject;
    const { reject } = {
      reject(this: PromiseConstructor, reason: unknown): unknown {
        const rejected = apply(presentReject, this, [reason]) as object;
        context.#origins.set(rejected, context.#frame);
        return rejected;
      },
    };
    showAsNative({ then, reject });
    defineProperty(Promise, 'reject', { value: reject, writable: true, enumerable: false, configurable: true });
    defineProperty(Promise.prototype, 'then', { value: then, writable: true, enumerable: false, configurable: true });
  }
}

const contexts = new WeakMap<object, AsyncContext>();

/** The one of `realm`. */
export function asyncContextOf(realm: object): AsyncContext {
  let context = contexts.get(realm);
  if (context === undefined) contexts.set(realm, (context = new AsyncContext()));
  return context;
}
