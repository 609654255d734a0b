/**
 * Who waits for what runs, for the lines `at async f` of stacks in engines other than V8: what V8 reads from the reactions of promises
 * (https://v8.dev/docs/stack-trace-api#async-stack-traces) is kept here as the edited code tells of it (`HelperNames`).
 *
 * What an async function gives its caller is a promise that nothing shows to the function itself. But nothing of the program runs between
 * the moment that it first waits, or ends, and its caller having the promise: functions that did so since the caller last looked
 * stand in {@link AsyncFrames.#left}, and calls in async functions let {@link AsyncFrames.#claim} see their value at once.
 */
import type { Place } from './compile.ts';
import { Activation, Combined, Element, isPromise, nextOf, Resolve, Seen, type Derived, type Waiter } from './waiters.ts';

const { apply, defineProperty } = Reflect;
const { isArray } = Array;
const NativePromise = Promise;
/** More of them nobody claims: code without async functions has dropped their promises. */
const mostLeft = 1000;
/** As far as a stack is followed. */
const farthest = 1000;

/** A line `at async …`, from which {@link Activation} its text is made, or of `Promise.all` and the like. */
export type AsyncFrame =
  | { readonly helper: object; readonly self: unknown; readonly at: number; readonly place: Place | undefined }
  | { readonly combinator: string; readonly index: number };

export class AsyncFrames {
  /** What the present microtask goes on with. */
  #task: Activation | Derived | undefined;
  readonly #left: Activation[] = [];
  /** Of {@link #left}, where those begin that what runs now has called. */
  #base = 0;
  /** It has just asked for a value. */
  #loop: Activation | undefined;
  #delegator: Activation | undefined;
  #combining: Combined | undefined;
  #isElsewhere = false;
  #constructed: Derived | undefined;
  readonly #show: (error: unknown) => unknown;

  /** @param show Is shown what leaves a function, or is caught. */
  constructor(show: (error: unknown) => unknown) {
    this.#show = show;
    this.#wrapCombinators();
  }

  /** A callback of the loop begins. */
  leave(): void {
    this.#task = undefined;
    this.#begin();
  }

  begun(helper: object, self: unknown): Activation {
    const activation = new Activation(helper, self);
    this.asked(activation);
    return activation;
  }

  /** A generator is asked for its next value. */
  asked(activation: Activation): void {
    if (this.#delegator === undefined) {
      const outermost = outermostOf(activation);
      outermost.promise = undefined;
      outermost.loop = this.#loop;
    } else activation.delegator = this.#delegator;
    this.#loop = this.#delegator = undefined;
    activation.isFresh = true;
    activation.outer = this.#base;
    this.#base = this.#left.length;
  }

  /** @param at Where it waits; its complement if what it waits for was not called there. */
  suspended(activation: Activation, at: number, awaited: unknown): void {
    activation.at = at < 0 ? ~at : at;
    if (at >= 0) this.claim(awaited);
    if (isPromise(awaited)) {
      Seen.add(awaited, activation);
      activation.awaited = awaited;
    }
    this.#stopped(activation);
  }

  /** @param isRejected What it waited for was rejected with what is shown next: that was thrown elsewhere. */
  resumed(activation: Activation, isRejected = false): void {
    this.#begin();
    this.#isElsewhere = isRejected;
    this.#task = activation;
    const { awaited } = activation;
    if (awaited === undefined) return;
    Seen.clear(awaited);
    activation.awaited = undefined;
  }

  ended(activation: Activation): void {
    this.#stopped(activation);
    activation.loop = activation.delegator = activation.list = activation.listed = undefined;
  }

  /** A loop asks for a value, and then waits. */
  looped(activation: Activation, at: number): void {
    activation.at = at;
    this.#stopped(activation);
    this.#loop = activation;
    const { list } = activation;
    if (!isArray(list)) return;
    if (activation.listed !== list) activation.index = 0;
    activation.listed = list;
    const next: unknown = list[activation.index++];
    if (isPromise(next)) Seen.add((activation.awaited = next), activation);
  }

  /** A generator asks another for all of its values. */
  delegated(activation: Activation, at: number): void {
    activation.at = at;
    this.claim(undefined);
    if (activation.isFresh) this.#base = activation.outer;
    activation.isFresh = false;
    this.#delegator = activation;
  }

  /** What a call has given. */
  claim(value: unknown): void {
    const left = this.#left;
    const base = this.#base;
    if (left.length === base) return;
    if (isPromise(value)) {
      if (!Seen.has(value)) this.#give(left[left.length - 1]!, value);
    } else if (isArray(value)) this.#claimEach(value);
    while (left.length > base) left.pop();
  }

  /** What `new Promise` shall call. */
  executor(given: unknown): unknown {
    if (typeof given !== 'function') return given;
    return (resolve: Function, reject: Function): void => {
      const derived: Derived = { promise: undefined };
      Resolve.note(resolve, derived);
      try {
        given(resolve, reject);
      } catch (error) {
        throw this.#show(error);
      } finally {
        this.#constructed = derived;
      }
    };
  }

  /** What `new Promise` gave. */
  constructed(value: unknown): void {
    while (this.#left.length > this.#base) this.#left.pop();
    if (!isPromise(value)) return;
    Seen.note(value);
    if (this.#constructed !== undefined) this.#constructed.promise = value;
    this.#constructed = undefined;
  }

  /** An async function ends with `value`. */
  returned(activation: Activation, value: unknown): void {
    this.claim(value);
    if (isPromise(value)) Seen.pass(value, activation);
  }

  /** What `then` of promises is. */
  then(nativeThen: Function, promise: unknown, fulfilled: unknown, rejected: unknown): unknown {
    if (!isPromise(promise)) return apply(nativeThen, promise, [fulfilled, rejected]);
    const derived: Derived = { promise: undefined };
    const combined = this.#combining;
    const passed = this.#task === undefined ? Seen.takePassed(promise) : undefined;
    const resolved = combined === undefined && passed === undefined ? Resolve.of(fulfilled) : undefined;
    const waiter = combined === undefined ? (passed ?? resolved ?? derived) : new Element(combined);
    const run = (callback: (value: never) => unknown, value: unknown, settles: boolean): unknown => {
      Seen.clear(promise);
      if (settles) combined!.isSettled = true;
      if (waiter !== derived) return callback(value as never);
      this.#begin();
      this.#task = derived;
      try {
        const result = callback(value as never);
        this.claim(result);
        if (isPromise(result)) Seen.pass(result, derived);
        return result;
      } catch (error) {
        throw this.#show(error);
      } finally {
        if (this.#task === derived) this.#task = undefined;
      }
    };
    const settlesBy = (name: string): boolean => combined !== undefined && (combined.name === name || combined.name === 'race');
    const onFulfilled = typeof fulfilled === 'function' ? (value: unknown) => run(fulfilled as never, value, settlesBy('any')) : fulfilled;
    const onRejected =
      typeof rejected === 'function'
        ? (reason: unknown) => {
            this.#show(reason);
            return run(rejected as never, reason, settlesBy('all'));
          }
        : rejected;
    const made = apply(nativeThen, promise, [onFulfilled, onRejected]) as object;
    Seen.add(promise, waiter);
    if (isPromise(made)) Seen.note((derived.promise = made));
    return made;
  }

  /** What V8 would show below a stack that is made now. */
  capture(): readonly AsyncFrame[] | undefined {
    const task = this.#task;
    if (task === undefined || this.#isElsewhere) return undefined;
    const frames: AsyncFrame[] = [];
    const { stackTraceLimit } = Error as { stackTraceLimit?: unknown };
    let at: Waiter | undefined = nextOf(task);
    for (let hops = 0; at !== undefined && hops < farthest && frames.length < Number(stackTraceLimit); hops += 1) {
      if (at instanceof Activation) frames.push({ helper: at.helper, self: at.self, at: at.at, place: at.place });
      else if (at instanceof Element) {
        const { combined, index } = at;
        if (combined.name !== 'race') frames.push({ combinator: combined.name, index });
        if (combined.isSettled) break;
      }
      at = nextOf(at);
    }
    return frames.length === 0 ? undefined : frames;
  }

  /** Something was caught. */
  caught(error: unknown): unknown {
    this.#show(error);
    this.#isElsewhere = false;
    return error;
  }

  /** Nothing is inherited from what ran before. */
  #begin(): void {
    while (this.#left.length > 0) this.#left.pop();
    this.#base = 0;
    this.#loop = this.#delegator = undefined;
    this.#isElsewhere = false;
  }

  #stopped(activation: Activation): void {
    if (this.#task === activation) this.#task = undefined;
    if (!activation.isFresh) return this.#begin();
    const left = this.#left;
    while (left.length > this.#base) left.pop();
    this.#base = Math.min(activation.outer, left.length);
    activation.isFresh = false;
    if (left.length - this.#base >= mostLeft) while (left.length > this.#base) left.pop();
    const outermost = outermostOf(activation);
    if (outermost.loop === undefined) left.push(outermost);
  }

  #give(activation: Activation, promise: object): void {
    Seen.note(promise);
    activation.promise = promise;
  }

  /** Of a list that `map` has made, say: the last of them, in their order. */
  #claimEach(values: readonly unknown[]): void {
    const left = this.#left;
    let at = left.length;
    for (let index = values.length; index-- > 0 && at > this.#base;) {
      const value = values[index];
      if (isPromise(value) && !Seen.has(value)) this.#give(left[--at]!, value);
    }
  }

  /** @param combining Calls `then` of each value, in their order, and gives the promise of all. */
  combine(name: string, values: unknown, combining: () => object): object {
    this.claim(values);
    const outer = this.#combining;
    const combined = (this.#combining = new Combined(name));
    try {
      const promise = (combined.promise = combining());
      Seen.note(promise);
      return promise;
    } finally {
      this.#combining = outer;
    }
  }

  #wrapCombinators(): void {
    for (const name of ['all', 'allSettled', 'any', 'race'] as const) {
      const native = NativePromise[name] as Function;
      // eslint-disable-next-line @typescript-eslint/no-this-alias -- the method's receiver is a constructor
      const frames = this;
      // A method, so that it is no constructor, as the original.
      const { [name]: value } = {
        [name](this: unknown, values: unknown): unknown {
          if (this !== NativePromise || !isArray(values)) return apply(native, this, [values]);
          return frames.combine(name, values, () => apply(native, this, [values]) as object);
        },
      };
      defineProperty(NativePromise, name, { value, writable: true, enumerable: false, configurable: true });
    }
  }
}

function outermostOf(activation: Activation): Activation {
  let at = activation;
  while (at.delegator !== undefined) at = at.delegator;
  return at;
}
