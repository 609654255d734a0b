/** A memory that threads share, what they wait for, and whose turn it is. */
import { BvError } from '../../../base/errors.ts';
import type { NodeRealm } from '../realm.ts';
import type { Pause, ThreadMemory } from './resumable-thread.ts';

const { load, wait } = Atomics;

/** What a wait gives, as the instruction does. */
const woken = 0;
const timedOut = 2;

interface Waiter {
  readonly wake: (result: number) => void;
  /** In milliseconds of the platform's clock; undefined for what only event loops wake. */
  readonly until?: number;
}

/** What a thread does until it pauses; `awaited` if JavaScript waits for it. */
type Turn = (awaited: boolean) => void;

export class SharedMemory implements ThreadMemory {
  readonly memory: WebAssembly.Memory;
  readonly #realm: NodeRealm;
  readonly #waiters = new Map<number, Set<Waiter>>();
  /** Threads that can go on. */
  readonly #ready = new Set<Turn>();
  /** Threads that go on at a time. */
  readonly #delayed = new Set<Waiter>();
  #threads = 0;

  constructor(memory: WebAssembly.Memory, realm: NodeRealm) {
    this.memory = memory;
    this.#realm = realm;
  }

  notify(address: number, count: number): number {
    let done = 0;
    for (const { wake } of this.#waiters.get(address) ?? []) {
      if (done === count >>> 0) break;
      wake(woken);
      done++;
    }
    return done;
  }

  holds(address: number, expected: number | bigint): boolean {
    return typeof expected === 'number'
      ? load(new Int32Array(this.memory.buffer), address >>> 2) === expected
      : load(new BigInt64Array(this.memory.buffer), address >>> 3) === expected;
  }

  /** In a native call on a stack of its own. `timeout` in nanoseconds; below 0 there is none. */
  sleep(address: number, timeout: bigint): Promise<number> {
    return new Promise((resolve) => this.#wait(address, timeout, resolve, false));
  }

  /** In what JavaScript called. */
  block(address: number, expected: number | bigint, timeout: bigint): number {
    const { platform } = this.#realm;
    const end = timeout < 0n ? Infinity : platform.now() + Number(timeout) / 1e6;
    for (;;) {
      const [turn] = this.#ready;
      if (turn !== undefined) {
        this.#ready.delete(turn);
        turn(true);
        if (!this.holds(address, expected)) return woken;
        continue;
      }
      let first: Waiter | undefined;
      for (const waiter of this.#delayed) if (first === undefined || waiter.until! < first.until!) first = waiter;
      const next = Math.min(end, first?.until ?? Infinity);
      if (next === Infinity)
        throw new BvError(
          'ERR_BV_UNSUPPORTED',
          'WebAssembly called by JavaScript waits for a thread that waits as well: they run in turns, for the page is not cross-origin isolated',
        );
      wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, Math.max(0, next - platform.now()));
      if (next === end) return timedOut;
      first!.wake(timedOut);
    }
  }

  /** The id of a thread that begins when JavaScript has ended what it does now, or waits for it. */
  spawn(begin: (id: number, awaited: boolean) => void): number {
    const id = ++this.#threads;
    this.go((awaited) => begin(id, awaited));
    return id;
  }

  /** Lets `turn` follow when the pause ends; it is told what the pause gives. */
  after(pause: Exclude<Pause, { kind: 'call' }>, isSeldom: boolean, turn: (awaited: boolean, value: unknown) => void): void {
    if (pause.kind === 'wait') this.#wait(pause.address, pause.timeout, (result) => this.go((awaited) => turn(awaited, result)), true);
    else if (pause.kind === 'delay') this.#delay(pause.delayMs, () => this.go((awaited) => turn(awaited, undefined)));
    else this.go((awaited) => turn(awaited, undefined), isSeldom);
  }

  /** Lets `turn` follow when JavaScript has ended what it does now, or waits. */
  go(turn: Turn, isSeldom = false): void {
    this.#ready.add(turn);
    const go = () => {
      if (this.#ready.delete(turn)) turn(false);
    };
    if (isSeldom) this.#inTurn(go);
    else this.#realm.platform.queueMicrotask(go);
  }

  #wait(address: number, timeout: bigint, then: (result: number) => void, isResumable: boolean): void {
    const waiters = this.#waiters.get(address) ?? new Set();
    this.#waiters.set(address, waiters);
    let end: (() => void) | undefined;
    const wake = (result: number) => {
      end?.();
      waiters.delete(waiter);
      if (waiters.size === 0 && this.#waiters.get(address) === waiters) this.#waiters.delete(address);
      then(result);
    };
    const waiter = { wake };
    waiters.add(waiter);
    if (timeout >= 0n) end = this.#delay(Number(timeout) / 1e6, () => wake(timedOut), isResumable);
  }

  /** Gives what takes it back. */
  #delay(delayMs: number, task: () => void, isResumable = true): () => void {
    const { platform } = this.#realm;
    const end = () => {
      platform.clearTimer(timer);
      this.#delayed.delete(waiter);
    };
    const waiter = {
      until: platform.now() + delayMs,
      wake: () => {
        end();
        task();
      },
    };
    if (isResumable) this.#delayed.add(waiter);
    const timer = this.#later(() => waiter.wake(), delayMs);
    return end;
  }

  /** After all that came in from outside by now. Does not keep the process alive, as no thread does. */
  yield(): Promise<void> {
    return new Promise((resolve) => this.#inTurn(resolve));
  }

  pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => this.#later(resolve, delayMs));
  }

  #later(task: () => void, delayMs: number): number {
    return this.#realm.platform.setTimer(() => this.#inTurn(task), Math.ceil(delayMs));
  }

  #inTurn(task: () => void): void {
    let next: (() => void) | undefined = task;
    this.#realm.loop.enqueueEach(
      () => {
        const now = next;
        next = undefined;
        return now;
      },
      () => false,
    );
  }
}

/** Where a thread's turns are arranged. */
export type Turns = Pick<SharedMemory, 'after' | 'go'>;
