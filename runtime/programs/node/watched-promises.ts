/**
 * The state of promises that the engine tells nothing of, exactly as it was when `util.inspect` came by them. A callback given to
 * `then` of a settled promise is queued at once, of a pending one later: so it runs before another microtask that is queued right
 * behind it if and only if the promise had settled by then. That is known a few microtasks too late for `inspect` itself, but
 * not for what is written: the text is made again where it showed a promise wrongly, and output waits that long (`held-output.ts`).
 *
 * Being watched counts as being handled. So that a rejection nobody else handles is still reported, what the program awaits and
 * calls `then` of is marked, at some 40 ns each, for the first {@link markLimit} of them: a program that has many is no
 * place to look at promises, and what it shows then is pending if nothing else is known.
 */
import { knownDetails, noteState, promiseState, type PromiseDetails } from './proxies.ts';

const { apply, defineProperty } = Reflect;
const NativePromise = Promise;
const nativeThen = NativePromise.prototype.then;
const resolved = NativePromise.resolve();
const pending: PromiseDetails = [promiseState.pending, undefined];
const rounds = 4;
const markLimit = 100_000;

/** A field on any object that no reflection shows: several times as fast as a `WeakSet`. */
class Given {
  constructor(object: object) {
    return object;
  }
}
class Handled extends Given {
  #isHandled = true;

  static add(promise: object): void {
    if (#isHandled in promise) return;
    try {
      new Handled(promise);
      left -= 1;
    } catch {
      // An engine that adds no fields to frozen objects.
    }
  }

  static has(promise: object): boolean {
    return #isHandled in promise && promise.#isHandled;
  }
}

let marking = false;
let left = markLimit;
/** How many watched promises are open. */
let open = 0;
/** Watched promises, and whether their rejection was reported. */
const watched = new WeakMap<object, { reported: boolean }>();
/** What watching one has made. */
const watches = new WeakMap<object, object>();
let onHandledLate: (promise: object) => void = () => {};
let hasReported = false;

/** Someone waits for `value`. */
export function noteHandled(value: unknown): void {
  if ((!marking && open === 0) || typeof value !== 'object' || value === null || !(value instanceof NativePromise)) return;
  if (left <= 0) marking = false;
  if (marking || watched.has(value)) Handled.add(value);
  if (!hasReported) return;
  const state = watched.get(value);
  if (state?.reported !== true) return;
  state.reported = false;
  onHandledLate(value);
}

type Then = (nativeThen: Function, promise: unknown, fulfilled: unknown, rejected: unknown) => unknown;
let followedBy: Then | undefined;

/** From now on `follow` does what `then` does. To be called behind {@link watchPromises}, if that is. */
export function followThen(follow: Then): void {
  followedBy = follow;
  if (!marking) replaceThen();
}

/** From now on promises are watched. `handledLate` is told of those that were reported by {@link rejectedOriginal}. */
export function watchPromises(handledLate: (promise: object) => void): void {
  marking = true;
  onHandledLate = handledLate;
  replaceThen();
}

function replaceThen(): void {
  // A method, so that it is no constructor, as the original.
  const { then } = {
    then(this: unknown, fulfilled: unknown, rejected: unknown): unknown {
      noteHandled(this);
      return followedBy === undefined ? apply(nativeThen, this, [fulfilled, rejected]) : followedBy(nativeThen, this, fulfilled, rejected);
    },
  };
  defineProperty(NativePromise.prototype, 'then', { value: then, writable: true, enumerable: false, configurable: true });
}

/**
 * The promise whose rejection the engine's report of `promise` stands for: itself, unless watching has made it. Undefined if
 * the program handles that.
 */
export function rejectedOriginal(promise: object): object | undefined {
  const original = watches.get(promise);
  if (original === undefined) return promise;
  if (Handled.has(original)) return undefined;
  watched.get(original)!.reported = true;
  hasReported = true;
  return original;
}

interface Look {
  details: PromiseDetails | undefined;
}

function watch(promise: object): Look {
  const look: Look = { details: undefined };
  const isFirst = !watched.has(promise);
  if (isFirst) watched.set(promise, { reported: false });
  open += 1;
  const derived = apply(nativeThen, promise, [
    (value: unknown) => {
      open -= 1;
      look.details = [promiseState.fulfilled, value];
      noteState(promise, look.details);
    },
    (reason: unknown) => {
      open -= 1;
      look.details = [promiseState.rejected, reason];
      noteState(promise, look.details);
      if (isFirst && !Handled.has(promise)) throw reason;
    },
  ]) as object;
  if (isFirst) watches.set(derived, promise);
  return look;
}

let current: WatchedText | undefined;
let latest: WatchedText | undefined;

/** What is to be shown of `promise`. */
export function inspectedDetails(promise: object): PromiseDetails {
  const seen = current?.details(promise);
  if (seen !== undefined) return seen;
  const known = knownDetails(promise);
  if (known !== undefined || !marking || !(promise instanceof NativePromise)) return known ?? pending;
  const look = watch(promise);
  current?.add(promise, look);
  return pending;
}

/** A text that shows promises, before and after it is known what they were. */
export class WatchedText {
  readonly #format: () => string;
  #details = new Map<object, PromiseDetails>();
  #looks = new Map<object, Look>();
  #round = 0;
  #settle: (text: string) => void = () => {};
  text = '';

  constructor(format: () => string) {
    this.#format = format;
  }

  details(promise: object): PromiseDetails | undefined {
    return this.#details.get(promise);
  }

  add(promise: object, look: Look): void {
    if (!this.#looks.has(promise)) this.#looks.set(promise, look);
  }

  /** Makes the text, and returns whether it may turn out to be another. */
  make(): boolean {
    this.text = showing(this, this.#format);
    if (this.#looks.size === 0) return false;
    void apply(nativeThen, resolved, [() => this.#known()]);
    return true;
  }

  /** `settle` is called once, within the microtasks to come. */
  whenKnown(settle: (text: string) => void): void {
    this.#settle = settle;
  }

  #known(): void {
    let isOther = false;
    for (const [promise, { details }] of this.#looks) {
      if (details !== undefined) isOther = true;
      this.#details.set(promise, details ?? pending);
    }
    this.#looks = new Map();
    this.#round += 1;
    if (isOther) {
      try {
        if (this.make() && this.#round < rounds) return;
      } catch {
        // Code of the program that showed the value before fails now: the text stays as it was.
      }
    }
    this.#settle(this.text);
  }
}

function showing(text: WatchedText, format: () => string): string {
  const outer = current;
  current = text;
  try {
    return format();
  } finally {
    current = outer;
  }
}

/** Calls what makes a text that will be written. */
export function watchedText(format: Function, receiver: unknown, args: readonly unknown[]): string {
  // Arguments are copied: a formatter may take some off its list.
  const text = new WatchedText(() => apply(format, receiver, [...args]) as string);
  latest = text.make() ? text : undefined;
  return text.text;
}

/** What {@link watchedText} made last, if it is `text` and still open. */
export function takeWatched(text: string): WatchedText | undefined {
  const found = latest;
  latest = undefined;
  return found?.text === text ? found : undefined;
}
