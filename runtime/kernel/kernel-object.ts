import type { Dispose } from '../base/disposers.ts';
import type { SignalName } from '../base/signals.ts';
import type { StreamKind } from '../wires/process-wire.ts';

/** Who reads or writes, as far as an object needs to know. The page has no process and no job control. */
export interface Caller {
  /** Runs `listener` when nobody waits for the outcome any more. */
  onCancel(listener: Dispose): void;
  /** The process behind the call; absent for the page and the kernel itself. */
  readonly process?: JobMember;
}

/** What job control of a tty asks of a process. */
export interface JobMember {
  readonly sid: number;
  readonly pgid: number;
  readonly stopped: boolean;
  /** It has ended by itself; what it wrote before is still delivered. */
  readonly exited: boolean;
  ignores(signal: SignalName): boolean;
  handles(signal: SignalName): boolean;
  /** No member of its group has a parent in another group of the session: nobody could continue it. */
  readonly groupOrphaned: boolean;
  /** To the whole group of the process. */
  signalGroup(signal: SignalName): void;
  /** Resolves when it is not stopped; at once if it is not. */
  whenRunning(): Promise<void>;
}

/** The kernel acting for itself: cannot be cancelled and is no process. */
export const nobody: Caller = { onCancel() {} };

/** What a handle refers to. One object may have many handles, in several workers. */
export interface KernelObject {
  readonly stream: StreamKind;
  /** At least one byte, or an empty array at the end. */
  read?(maxBytes: number, caller: Caller): Uint8Array | Promise<Uint8Array>;
  /** Puts back bytes that a cancelled read took. */
  unread?(bytes: Uint8Array): void;
  /** Resolves when all of `bytes` is accepted. The object keeps `bytes`. */
  write?(bytes: Uint8Array, caller: Caller): void | Promise<void>;
  /** Ends the writing half. */
  shutdown?(): void;
  /** The last handle is gone, though a write is under way: nobody will read. May be told more than once. */
  forsake?(): void;
  /** The last handle is gone, and the last write over. */
  close(): void;
}

/** Counts the handles, and the calls under way, of one object; closes it with the last. */
export class Description<T extends KernelObject = KernelObject> {
  readonly object: T;
  #holders = 0;
  #closed = false;
  /** Of the holders, how many are calls under way. */
  calls = 0;

  constructor(object: T) {
    this.object = object;
  }

  get closed(): boolean {
    return this.#closed;
  }

  retain(): this {
    this.#holders++;
    return this;
  }

  release(): void {
    this.#holders--;
    if (this.#holders > this.calls || this.#closed) return;
    if (this.#holders > 0) return this.object.forsake?.();
    this.#closed = true;
    this.object.close();
  }
}
