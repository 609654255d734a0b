import type { Dispose } from '../base/disposers.ts';
import { PosixError } from '../base/errors.ts';
import type { EngineName } from '../wires/process-wire.ts';
import type { Container } from './container.ts';
import { limitTable } from './limits.ts';
import type { WorkerConnection } from './worker-connection.ts';

interface Waiter {
  readonly resolve: (worker: WorkerConnection) => void;
  readonly reject: (error: Error) => void;
}

/** Workers of one program on one engine that run nothing yet. */
interface Shelf {
  readonly program: string;
  readonly engine: EngineName;
  readonly idle: WorkerConnection[];
  readonly starting: WorkerConnection[];
  readonly waiters: Waiter[];
  readonly pool: number;
}

/** A used worker is replaced only then: starting one takes the processor from the program that was just started. */
const refillDelayMs = 300;
/** Until then the end of the program that asked has reached the page, whose thread opens the worker's frame. */
const laterMs = 20;

/**
 * The workers of one container. Idle ones hold a live replica, so that handing them a program is one message. The `shared`
 * worker is one; all others run one process each and are ended with it.
 */
export class WorkerPool {
  readonly #container: Container;
  readonly #shelves = new Map<string, Shelf>();
  readonly #workers = new Set<WorkerConnection>();
  readonly #timers = new Set<Dispose>();
  #shared: WorkerConnection | undefined;
  #closed = false;

  constructor(container: Container) {
    this.#container = container;
  }

  get size(): number {
    return this.#workers.size;
  }

  /** Nothing runs here or is about to. */
  get idle(): boolean {
    for (const worker of this.#workers) if (worker.busy) return false;
    return true;
  }

  /** Ends the workers of a container that is {@link idle}, or the shared one; who asks next gets new ones. */
  rest(only?: 'shared'): void {
    if (!only) this.#cancelTimers();
    for (const worker of [...this.#workers]) if (!only || worker.isShared) worker.end(null, true);
  }

  /** A worker that runs nothing, or the shared one. Fails with `EAGAIN`. */
  acquire(program: string, engine: EngineName): WorkerConnection | Promise<WorkerConnection> {
    this.#container.kernel.idle.used(this.#container);
    const shelf = this.#shelf(program, engine);
    if (shelf.program === 'shared') {
      if (this.#shared?.state === 'ready') return this.#shared;
    } else {
      const idle = shelf.idle.pop();
      if (idle) {
        this.#refillLater(shelf);
        return idle;
      }
    }
    const waiting = new Promise<WorkerConnection>((resolve, reject) => void shelf.waiters.push({ resolve, reject }));
    const needed = shelf.program === 'shared' ? 1 : shelf.waiters.length;
    if (shelf.starting.length < needed && !this.#start(shelf)) shelf.waiters.pop()?.reject(new PosixError('EAGAIN'));
    return waiting;
  }

  /** Starts idle workers for `program`, or the shared one, before they are asked for. */
  warm(program: string, engine: EngineName): void {
    this.#container.kernel.idle.used(this.#container);
    const shelf = this.#shelf(program, engine);
    if (shelf.program === 'shared') {
      if (!this.#shared && shelf.starting.length === 0) this.#start(shelf);
    } else {
      this.#refill(shelf, Math.max(1, shelf.pool));
    }
  }

  /** The same for a program that is about to end: what it leaves behind comes first. */
  warmLater(program: string, engine: EngineName): void {
    this.#after(laterMs, () => this.warm(program, engine));
  }

  /** A worker ended: by itself, by the kernel, or while it was starting. */
  ended(worker: WorkerConnection, reason: Error | null): void {
    this.#workers.delete(worker);
    if (this.#shared === worker) this.#shared = undefined;
    for (const shelf of this.#shelves.values()) {
      remove(shelf.idle, worker);
      if (!remove(shelf.starting, worker)) continue;
      const needed = shelf.program === 'shared' ? Math.min(1, shelf.waiters.length) : shelf.waiters.length;
      if (needed <= shelf.starting.length) continue;
      const failed = shelf.program === 'shared' ? shelf.waiters.splice(0) : shelf.waiters.splice(0, 1);
      for (const waiter of failed) waiter.reject(reason instanceof PosixError ? reason : new PosixError('EAGAIN'));
    }
  }

  close(): void {
    this.#closed = true;
    this.#container.kernel.idle.forget(this.#container);
    this.#cancelTimers();
    for (const worker of [...this.#workers]) worker.end();
  }

  #cancelTimers(): void {
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
  }

  #shelf(program: string, engine: EngineName): Shelf {
    const row = this.#container.programs.get(program);
    const shared = program === 'shared' || row?.worker === 'shared';
    const key = shared ? 'shared' : `${program} ${engine}`;
    let shelf = this.#shelves.get(key);
    if (!shelf) {
      const pool = Math.min(row?.pool ?? 0, limitTable.poolSize.value);
      shelf = { program: shared ? 'shared' : program, engine: shared ? 'native' : engine, idle: [], starting: [], waiters: [], pool };
      this.#shelves.set(key, shelf);
    }
    return shelf;
  }

  #start(shelf: Shelf): boolean {
    if (this.#closed) return false;
    const worker = this.#container.kernel.startWorker(this.#container, shelf.program, shelf.engine, (error) => {
      if (error === null) this.#ready(shelf, worker!);
    });
    if (!worker) {
      this.#container.reachedLimit('workersPerPage', `No more than ${limitTable.workersPerPage.value} workers run at once`);
      return false;
    }
    this.#workers.add(worker);
    shelf.starting.push(worker);
    return true;
  }

  #ready(shelf: Shelf, worker: WorkerConnection): void {
    remove(shelf.starting, worker);
    if (shelf.waiters.length === 0) this.#container.kernel.idle.used(this.#container);
    // Those who wait go on before the kernel hears anything else: until then the worker looks idle.
    if (shelf.program === 'shared') {
      this.#shared = worker;
      for (const waiter of shelf.waiters.splice(0)) waiter.resolve(worker);
      return;
    }
    const waiter = shelf.waiters.shift();
    if (!waiter) {
      shelf.idle.push(worker);
      return;
    }
    waiter.resolve(worker);
    this.#refillLater(shelf);
  }

  #refillLater(shelf: Shelf): void {
    if (shelf.pool > 0) this.#after(refillDelayMs, () => this.#refill(shelf, shelf.pool));
  }

  #after(delayMs: number, run: () => void): void {
    const cancel = this.#container.environment.setTimer(() => {
      this.#timers.delete(cancel);
      run();
    }, delayMs);
    this.#timers.add(cancel);
  }

  #refill(shelf: Shelf, count: number): void {
    const wanted = Math.min(count, limitTable.poolSize.value) + shelf.waiters.length;
    while (shelf.idle.length + shelf.starting.length < wanted && this.#container.kernel.mayStartIdleWorker) if (!this.#start(shelf)) return;
  }
}

function remove<T>(list: T[], item: T): boolean {
  const at = list.indexOf(item);
  if (at < 0) return false;
  list.splice(at, 1);
  return true;
}
