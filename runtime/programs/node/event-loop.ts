/**
 * libuv's loop over `Platform`. A browser gives no way to run the microtask queue to its end, so the loop is a generator that
 * hands the engine back its stack wherever Node would do that: after every callback of the program. The library's own
 * tick and timer functions are patched to generators for the same reason (runtime/tools/node-library/patches.ts).
 *
 * One turn: timers, poll (what came in), check (immediates), closing. `drain` means "resume after all microtasks", `park`
 * "resume when something happens".
 */
import type { Platform } from '../../process/platform.ts';
import type { EventLoop } from './realm.ts';

type Pause = 'drain' | 'park';
/** A function of the patched library: it yields where Node's runs the microtask queue. */
export type Steps<T = unknown> = Generator<unknown, T, unknown>;

/** What the `task_queue` and `timers` bindings are told by the library. */
export interface LibraryCallbacks {
  processTicks?: () => Steps | void;
  processImmediate?: () => Steps | void;
  processTimers?: (now: number) => Steps<number> | number;
}

/** What the loop asks of the process it runs. */
export interface LoopOwner {
  /** A callback is about to run: nothing of the one before shall be left. */
  enter(): void;
  /** The receiver of the library's callbacks, which stacks show. */
  readonly process: unknown;
  /** An error left the program's code. Returns whether the program handled it; if not, the process has ended. */
  uncaught(error: unknown): boolean;
  beforeExit(): void;
  /** Nothing is left to wait for: tells the program. Returns whether code of it ran. */
  exiting(): boolean;
  exit(): void;
}

/** Asked before anything runs, where threads go on in turns. */
export interface LoopGate {
  /** Whether the loop may go on. Who says no calls `proceed()` when it may. */
  enter(): boolean;
  /** The loop waits for something to happen. */
  parked(): void;
  /** Whether the loop may end. Who says no keeps it going until there is news. */
  isSettled(): boolean;
  /** Nothing more will run. */
  stopped(): void;
}

/** Thrown to unwind after the process has ended, where ending did not already stop the worker. */
export class ProcessEnded extends Error {}

const COUNT = 0;
const REF_COUNT = 1;
const HAS_OUTSTANDING = 2;

interface Pending {
  /** Asked again until it gives nothing. */
  readonly next: () => (() => void) | undefined;
  /** The first poll that may run it, unless the loop would otherwise wait. */
  readonly poll: number;
  /** Whether it keeps the process alive; it does unless this says no. */
  readonly holds?: () => boolean;
  readonly last?: boolean;
}

const neverHolds = () => false;

function once(callback: () => void): Pending['next'] {
  let given = false;
  return () => {
    if (given) return undefined;
    given = true;
    return callback;
  };
}

export class NodeLoop implements EventLoop {
  readonly #platform: Platform;
  readonly library: LibraryCallbacks = {};
  readonly immediateInfo = new Uint32Array(3);
  readonly timeoutInfo = new Int32Array(1);
  /** Node's `tickInfo`: writing it wakes a parked loop, for ticks and rejections may come from a microtask of the platform. */
  readonly tickInfo: { 0: number; 1: number };
  owner: LoopOwner | undefined;
  gate: LoopGate | undefined;

  #steps: Generator<Pause, void, void> | undefined;
  #base: number;
  #refs = 0;
  #poll = 0;
  #pending: Pending[] = [];
  #closing: (() => void)[] = [];
  #ask: ((answered: () => void) => void) | undefined;
  #awaiting = false;
  #timerDue: number | undefined;
  #timerRefed = true;
  #immediateRefed = false;
  /** How many hold it, and whether it was to go on since. */
  #holds = 0;
  #missed = false;
  #stopped = false;
  #stepping = false;
  #parked = false;
  #parkedSince = 0;
  #idleMs = 0;
  #wakeTimer: number | undefined;
  #requested = false;
  /** The loop of ticks has begun, and not ended. */
  amongTicks = false;
  turns = 0;
  events = 0;
  /** Told before the first turn, and behind the last. */
  onEdge: ((edge: 'first turn' | 'last turn') => void) | undefined;

  constructor(platform: Platform) {
    this.#platform = platform;
    this.#base = platform.now();
    let ticks = 0;
    let rejections = 0;
    const wake = () => this.#wake();
    this.tickInfo = {
      get 0() {
        return ticks;
      },
      set 0(value: number) {
        ticks = value;
        if (value !== 0) wake();
      },
      get 1() {
        return rejections;
      },
      set 1(value: number) {
        rejections = value;
        if (value !== 0) wake();
      },
    };
  }

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Milliseconds the loop has waited for something to happen. */
  get idleMs(): number {
    return this.#idleMs + (this.#parked ? this.#platform.now() - this.#parkedSince : 0);
  }

  /** Starts time and runs `main` as the first callback, then turns until nothing is left. */
  run(owner: LoopOwner, main: () => void): void {
    this.owner = owner;
    this.#base = Math.min(this.#base, this.#platform.now());
    this.#steps = this.#main(main);
    this.#step();
  }

  /** Sets the zero of `now()`: when the process, not the pooled worker, began. */
  setOrigin(): void {
    this.#base = this.#platform.now();
  }

  now(): number {
    return Math.floor(this.#platform.now() - this.#base);
  }

  enqueue(callback: () => void): void {
    this.enqueueEach(once(callback));
  }

  enqueueEach(next: () => (() => void) | undefined, holds?: () => boolean): void {
    this.#pending.push({ next, poll: 0, ...(holds === undefined ? {} : { holds }) });
    this.#wake();
  }

  enqueueLast(callback: () => void): void {
    this.#pending.push({ next: once(callback), poll: 0, last: true });
    this.#wake();
  }

  enqueueWork(callback: () => void): void {
    this.#refs++;
    const run = () => {
      this.#refs--;
      callback();
    };
    this.#pending.push({ next: once(run), poll: this.#poll + 2 });
    this.#wake();
  }

  /** Runs once the current callback and its ticks are over, without keeping the process alive for it. */
  enqueueSoon(callback: () => void): void {
    this.enqueueEach(once(callback), neverHolds);
  }

  awaitBeforePoll(ask: (answered: () => void) => void): void {
    this.#ask = ask;
  }

  get isAwaiting(): boolean {
    return this.#awaiting;
  }

  enqueueClose(callback: () => void): void {
    this.#closing.push(callback);
    this.#wake();
  }

  ref(): void {
    this.#refs++;
  }

  unref(): void {
    this.#refs--;
    if (this.#refs <= 0) this.#wake();
  }

  hold(): () => void {
    this.#holds++;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holds--;
      if (this.#holds > 0 || !this.#missed) return;
      this.#missed = false;
      this.#step();
    };
  }

  /** The gate is open. */
  proceed(): void {
    this.#step();
  }

  stop(): void {
    if (!this.#stopped) this.gate?.stopped();
    this.#stopped = true;
    this.#disarm();
  }

  scheduleTimer(delayMs: number): void {
    this.#timerDue = this.now() + Math.max(1, delayMs);
    if (this.#parked) {
      this.#disarm();
      this.#arm();
    }
  }

  refTimer(refed: boolean): void {
    this.#timerRefed = refed;
    if (!refed) this.#wake();
  }

  refImmediates(refed: boolean): void {
    this.#immediateRefed = refed;
    this.#wake();
  }

  /** Something may have changed for a loop that waits. */
  #wake(): void {
    if (!this.#parked || this.#requested || this.#stopped) return;
    this.#requested = true;
    this.#platform.postTask(() => this.#unpark());
  }

  #unpark(): void {
    this.#requested = false;
    if (!this.#parked) return;
    this.#parked = false;
    this.#idleMs += this.#platform.now() - this.#parkedSince;
    this.#disarm();
    this.#step();
  }

  #arm(): void {
    if (this.#timerDue === undefined) return;
    this.#wakeTimer = this.#platform.setTimer(
      () => {
        this.#wakeTimer = undefined;
        this.#unpark();
      },
      // Whole, as libuv's: browsers take the rest away, and then make those wait for 4 ms that come back too early again and again.
      Math.ceil(Math.max(0, this.#timerDue - (this.#platform.now() - this.#base))),
    );
  }

  #disarm(): void {
    if (this.#wakeTimer === undefined) return;
    this.#platform.clearTimer(this.#wakeTimer);
    this.#wakeTimer = undefined;
  }

  #step(): void {
    const steps = this.#steps;
    if (steps === undefined || this.#stepping) return;
    if (this.#holds > 0) {
      this.gate?.parked();
      return void (this.#missed = true);
    }
    for (;;) {
      if (this.#stopped || this.gate?.enter() === false) return;
      let result: IteratorResult<Pause, void>;
      this.#stepping = true;
      try {
        result = steps.next();
      } catch (error) {
        if (this.#stopped) return;
        throw error;
      } finally {
        this.#stepping = false;
      }
      if (this.#stopped || result.done === true) return;
      if (result.value === 'park') {
        this.#parked = true;
        this.#parkedSince = this.#platform.now();
        this.#arm();
        this.gate?.parked();
        return;
      }
      if (this.#platform.drainMicrotasks === undefined) {
        // A browser tells of unhandled rejections by a task that it queues once the microtasks are through, that is behind the
        // first of these tasks and before the second. Node knows of them before its next callback.
        this.#platform.postTask(() => this.#platform.postTask(() => this.#step()));
        return;
      }
      this.#platform.drainMicrotasks();
    }
  }

  *#main(main: () => void): Generator<Pause, void, void> {
    yield* this.#scope(main);
    this.onEdge?.('first turn');
    for (;;) {
      // What is to run soon does so before the process ends, but does not put that off once it has begun.
      while (this.#alive() || this.#pending.some(({ holds }) => holds === neverHolds)) yield* this.#turn();
      if (this.#stopped) return;
      if (this.gate?.isSettled() === false) continue;
      yield* this.#scope(() => this.owner?.beforeExit());
      if (this.#stopped) return;
      if (!this.#alive()) break;
    }
    this.onEdge?.('last turn');
    this.owner?.enter();
    // Ticks and microtasks of the listeners still run: Node's C++ leaves the scope of the call as any other.
    if (this.owner?.exiting() === true) yield* this.#close();
    if (!this.#stopped) this.owner?.exit();
  }

  #alive(): boolean {
    if (this.#stopped) return false;
    return (
      this.#refs > 0 ||
      this.#pending.some(({ holds }) => holds === undefined || holds()) ||
      this.#closing.length > 0 ||
      this.immediateInfo[REF_COUNT]! > 0 ||
      (this.#timerDue !== undefined && this.#timerRefed && this.timeoutInfo[0]! > 0)
    );
  }

  *#turn(): Generator<Pause, void, void> {
    this.turns++;
    yield* this.#timers();
    if (this.#stopped) return;
    yield* this.#incoming();
    if (this.#stopped) return;
    yield* this.#check();
    if (this.#stopped) return;
    const closing = this.#closing;
    if (closing.length === 0) return;
    this.#closing = [];
    // As libuv, which keeps them in a list that grows at its head: the last one first.
    for (let callback = closing.pop(); callback !== undefined; callback = closing.pop()) {
      yield* this.#scope(callback);
      if (this.#stopped) return;
    }
  }

  *#timers(): Generator<Pause, void, void> {
    if (this.#timerDue === undefined || this.now() < this.#timerDue) return;
    this.#timerDue = undefined;
    const processTimers = this.library.processTimers;
    if (processTimers === undefined) return;
    this.owner?.enter();
    let next: number | undefined;
    const attempt = function* (loop: NodeLoop): Generator<Pause, void, void> {
      const result = Reflect.apply(processTimers, loop.owner?.process, [loop.now()]) as Steps<number> | number;
      next = typeof result === 'object' ? yield* result as Generator<Pause, number, void> : result;
    };
    while (next === undefined) {
      try {
        yield* attempt(this);
      } catch (error) {
        this.#failed(error);
      }
      if (this.#stopped) return;
    }
    if (next !== 0) {
      this.#timerDue = this.now() + Math.max(1, Math.abs(next) - this.now());
      this.#timerRefed = next > 0;
    }
    yield* this.#close();
  }

  *#incoming(): Generator<Pause, void, void> {
    this.#poll++;
    yield* this.#answers();
    if (this.#stopped) return;
    const mayWait = this.#closing.length === 0 && this.immediateInfo[REF_COUNT] === 0 && this.#alive();
    if (mayWait && this.#pending.length === 0 && (this.#timerDue === undefined || this.#timerDue > this.now())) {
      yield* this.#park();
      if (this.#stopped) return;
    }
    const all = this.#pending;
    if (all.length === 0) return;
    const due = all.filter((one) => one.poll <= this.#poll);
    const takesAll = mayWait && due.length === 0;
    const ready = takesAll ? all : due;
    this.#pending = takesAll ? [] : all.filter((one) => one.poll > this.#poll);
    // A stable sort: the others keep their order.
    if (ready.some(({ last }) => last)) ready.sort((one, other) => Number(one.last ?? false) - Number(other.last ?? false));
    for (let index = 0; index < ready.length; index++) {
      const one = ready[index]!;
      this.events++;
      for (let callback = one.next(); callback !== undefined; callback = one.next()) {
        yield* this.#scope(callback);
        if (this.#stopped) return;
      }
    }
  }

  *#park(): Generator<Pause, void, void> {
    yield 'park';
    // Ticks and rejections of microtasks that ran while no callback did.
    if (!this.#stopped && (this.tickInfo[0] !== 0 || this.tickInfo[1] !== 0)) yield* this.#close();
  }

  /** Waits for the answer to what was asked since the last poll. */
  *#answers(): Generator<Pause, void, void> {
    // What the answers have asked for is waited for, too.
    for (let ask = this.#ask; ask !== undefined && !this.#stopped; ask = this.#ask) {
      this.#ask = undefined;
      this.#awaiting = true;
      ask(() => {
        this.#awaiting = false;
        this.#wake();
      });
      while (this.isAwaiting && !this.#stopped) yield* this.#park();
    }
  }

  *#check(): Generator<Pause, void, void> {
    const info = this.immediateInfo;
    const { processImmediate } = this.library;
    if (info[COUNT] === 0 || processImmediate === undefined) return;
    do {
      yield* this.#scope(() => Reflect.apply(processImmediate, this.owner?.process, []) as Steps | void);
      if (this.#stopped) return;
    } while (info[HAS_OUTSTANDING] !== 0);
    if (info[REF_COUNT] === 0 && this.#immediateRefed) this.#immediateRefed = false;
  }

  /** `InternalCallbackScope`: the callback, then ticks and microtasks until both are empty. */
  *#scope(callback: () => Steps | void): Generator<Pause, void, void> {
    this.owner?.enter();
    try {
      const steps = callback();
      if (typeof steps === 'object' && typeof steps.next === 'function') yield* steps as Generator<Pause, void, void>;
    } catch (error) {
      // As Node's: after a failed callback the ticks wait for the next one, which the library's handler has scheduled.
      this.#failed(error);
      return;
    }
    if (!this.#stopped) yield* this.#close();
  }

  *#close(): Generator<Pause, void, void> {
    try {
      if (this.tickInfo[0] === 0) yield 'drain';
      if (this.#stopped || (this.tickInfo[0] === 0 && this.tickInfo[1] === 0)) return;
      const { processTicks } = this.library;
      const steps = processTicks === undefined ? undefined : (Reflect.apply(processTicks, this.owner?.process, []) as Steps | void);
      this.amongTicks = true;
      if (typeof steps === 'object') yield* steps as Generator<Pause, void, void>;
    } catch (error) {
      this.#failed(error);
    } finally {
      this.amongTicks = false;
    }
  }

  #failed(error: unknown): void {
    if (this.#stopped) return;
    this.owner?.uncaught(error);
  }
}
