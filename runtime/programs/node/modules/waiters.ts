/** What waits for promises, as stacks need it: V8 reads it from the promises' own reactions. */
import type { Place } from './compile.ts';

const NativePromise = Promise;

/** One run of an async function or of a module that waits at its top level; of an async generator, all that one object does. */
export class Activation {
  /** Of the text that it is in, as that was handed to its code. */
  readonly helper: object;
  /** What it was called on, as far as that is known. */
  readonly self: unknown;
  /** Where it waits: the offset in its author's text. */
  at = 0;
  /** … and for a module's top level, which place that is. */
  place: Place | undefined;
  /** What its caller was given. */
  promise: object | undefined;
  awaited: object | undefined;
  /** What its loop goes through. */
  list: unknown;
  listed: unknown;
  index = 0;
  /** The loop that has asked a generator for a value, and waits for its promise without code of ours. */
  loop: Activation | undefined;
  /** The generator that delegates to this one. */
  delegator: Activation | undefined;
  /** Its caller still waits to be given its promise. */
  isFresh = false;
  outer = 0;

  constructor(helper: object, self: unknown) {
    this.helper = helper;
    this.self = self;
  }
}

/** The promise of several, by `Promise.all` and the like. */
export class Combined {
  readonly name: string;
  count = 0;
  promise: object | undefined;
  isSettled = false;

  constructor(name: string) {
    this.name = name;
  }
}

export class Element {
  readonly combined: Combined;
  readonly index: number;

  constructor(combined: Combined) {
    this.combined = combined;
    this.index = combined.count++;
  }
}

/** A promise that becomes what another is: no frame is between them. */
export class Passed {
  readonly to: Activation | Derived;

  constructor(to: Activation | Derived) {
    this.to = to;
  }
}

/** What `then` has made. */
export interface Derived {
  promise: object | undefined;
}

export type Waiter = Activation | Element | Passed | Derived;
class Given {
  constructor(object: object) {
    return object;
  }
}

/** What waits for a promise that we have seen: null for nothing, `'many'` where V8 would not know whom to follow. */
export class Seen extends Given {
  #waiter: Waiter | null | 'many' = null;
  #passed: Passed | undefined;

  static has(promise: object): boolean {
    return #waiter in promise;
  }
  static note(promise: object): void {
    if (#waiter in promise) return;
    try {
      new Seen(promise);
    } catch {
      // An engine that adds no fields to frozen objects.
    }
  }
  static add(promise: object, waiter: Waiter): void {
    Seen.note(promise);
    if (#waiter in promise) promise.#waiter = promise.#waiter === null ? waiter : 'many';
  }
  static clear(promise: object): void {
    if (#waiter in promise) promise.#waiter = null;
  }
  static waiter(promise: object): Waiter | undefined {
    if (!(#waiter in promise)) return undefined;
    const waiter = promise.#waiter;
    return waiter === null || waiter === 'many' ? undefined : waiter;
  }
  static pass(promise: object, to: Activation | Derived): void {
    Seen.note(promise);
    if (#waiter in promise) promise.#passed = new Passed(to);
  }
  static takePassed(promise: object): Passed | undefined {
    if (!(#waiter in promise)) return undefined;
    const passed = promise.#passed;
    promise.#passed = undefined;
    return passed;
  }
}

/** What the engine hands to executors: which promise it resolves. */
export class Resolve extends Given {
  readonly #derived: Derived;

  constructor(resolve: Function, derived: Derived) {
    super(resolve);
    this.#derived = derived;
  }
  static note(resolve: Function, derived: Derived): void {
    new Resolve(resolve, derived);
  }
  static of(resolve: unknown): Derived | undefined {
    return typeof resolve === 'function' && #derived in resolve ? resolve.#derived : undefined;
  }
}

export const isPromise = (value: unknown): value is object => typeof value === 'object' && value !== null && value instanceof NativePromise;

/** What waits for what `waiter` gives. */
export function nextOf(waiter: Waiter): Waiter | undefined {
  if (waiter instanceof Passed) return nextOf(waiter.to);
  const { promise } = waiter instanceof Element ? waiter.combined : waiter;
  if (promise === undefined) return waiter instanceof Activation ? (waiter.delegator ?? waiter.loop) : undefined;
  return Seen.waiter(promise);
}
