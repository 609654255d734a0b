import { PosixError } from '../base/errors.ts';
import type { SignalName } from '../base/signals.ts';
import type { TtyAttributes, TtySize } from '../wires/process-wire.ts';
import { Description, type Caller, type JobMember, type KernelObject } from './kernel-object.ts';
import { LineDiscipline } from './line-discipline.ts';
import { ByteChannel, type ByteChannelOptions } from './pipe.ts';

interface SlaveReader {
  readonly maxBytes: number;
  readonly caller: Caller;
  readonly resolve: (bytes: Uint8Array) => void;
}

interface Typist {
  readonly bytes: Uint8Array;
  readonly resolve: () => void;
}

export interface TtyOptions extends ByteChannelOptions {
  /** As programs see it: `/dev/pts/0`. */
  readonly name: string;
  readonly size: TtySize;
  readonly signalGroup: (pgid: number, signal: SignalName) => void;
  /** The master closed: the session loses its terminal. */
  readonly onHangup: (tty: Tty) => void;
}

/**
 * A pseudo-terminal. What is written to the master is typed; what the slave's holders write, and the echo, is read
 * from the master. The tty knows a session and its foreground group by number; who they are is the process table's business.
 */
export class Tty {
  readonly name: string;
  /** Session and foreground group; 0: none yet. */
  sid = 0;
  #foreground = 0;
  readonly master: Description<PtyMaster>;
  readonly slave: Description<TtySlave>;
  readonly #discipline: LineDiscipline;
  readonly #output: ByteChannel;
  readonly #options: TtyOptions;
  readonly #readers: SlaveReader[] = [];
  readonly #typists: Typist[] = [];
  #size: TtySize;
  #hungUp = false;

  constructor(options: TtyOptions) {
    this.name = options.name;
    this.#options = options;
    this.#size = options.size;
    this.#output = new ByteChannel(options);
    this.#discipline = new LineDiscipline({
      echo: (bytes) => this.#output.inject(bytes),
      signal: (signal) => {
        this.#output.flush();
        if (this.#foreground !== 0) options.signalGroup(this.#foreground, signal);
      },
      readable: () => this.pump(),
    });
    this.master = new Description(new PtyMaster(this));
    this.slave = new Description(new TtySlave(this));
  }

  get attributes(): TtyAttributes {
    return this.#discipline.attributes;
  }

  get size(): TtySize {
    return this.#size;
  }

  get foreground(): number {
    return this.#foreground;
  }

  set foreground(pgid: number) {
    this.#foreground = pgid;
    this.pump();
  }

  get hungUp(): boolean {
    return this.#hungUp;
  }

  setAttributes(set: Partial<TtyAttributes>): void {
    this.#discipline.setAttributes(set);
    this.pump();
  }

  /** Tells the foreground group with `SIGWINCH` if it is another size. */
  setSize(size: TtySize): void {
    if (size.columns === this.#size.columns && size.rows === this.#size.rows) return;
    this.#size = size;
    if (this.#foreground !== 0) this.#options.signalGroup(this.#foreground, 'SIGWINCH');
  }

  /** Whoever changes the tty from the background is stopped first (`SIGTTOU`), unless it ignores that. */
  checkControl(caller: Caller): Promise<void> | undefined {
    const { process } = caller;
    return process && this.#inBackground(process) && !process.ignores('SIGTTOU') ? this.#awaitControl(process) : undefined;
  }

  async #awaitControl(process: JobMember): Promise<void> {
    while (this.#inBackground(process) && !process.ignores('SIGTTOU')) {
      if (process.groupOrphaned) throw new PosixError('EIO');
      process.signalGroup('SIGTTOU');
      if (process.handles('SIGTTOU')) throw new PosixError('EINTR');
      await process.whenRunning();
    }
  }

  async readSlave(maxBytes: number, caller: Caller): Promise<Uint8Array> {
    const process = caller.process;
    while (process && this.#inBackground(process) && !this.#hungUp) {
      if (process.ignores('SIGTTIN') || process.groupOrphaned) throw new PosixError('EIO');
      process.signalGroup('SIGTTIN');
      if (process.handles('SIGTTIN')) throw new PosixError('EINTR');
      await process.whenRunning();
    }
    return new Promise((resolve) => {
      const reader: SlaveReader = { maxBytes, caller, resolve };
      this.#readers.push(reader);
      caller.onCancel(() => {
        const at = this.#readers.indexOf(reader);
        if (at >= 0) this.#readers.splice(at, 1);
      });
      this.pump();
    });
  }

  unreadSlave(bytes: Uint8Array): void {
    this.#discipline.unread(bytes);
  }

  writeSlave(bytes: Uint8Array, caller: Caller): void | Promise<void> {
    if (this.#hungUp) throw new PosixError('EIO');
    return this.#output.write(this.#discipline.output(bytes), caller);
  }

  closeSlave(): void {
    this.#output.end();
    for (const typist of this.#typists.splice(0)) typist.resolve();
  }

  readMaster(maxBytes: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    return this.#output.read(maxBytes, caller);
  }

  unreadMaster(bytes: Uint8Array): void {
    this.#output.unread(bytes);
  }

  /** Waits while the type-ahead is full, except for the keys that send signals. */
  writeMaster(bytes: Uint8Array, caller: Caller): void | Promise<void> {
    if (this.slave.closed) return;
    if (!this.#discipline.full && this.#typists.length === 0) {
      this.#discipline.input(bytes);
      return;
    }
    if (this.#discipline.inputSignals(bytes)) {
      for (const typist of this.#typists.splice(0)) typist.resolve();
      return;
    }
    return new Promise((resolve) => {
      const typist: Typist = { bytes, resolve };
      this.#typists.push(typist);
      caller.onCancel(() => {
        const at = this.#typists.indexOf(typist);
        if (at >= 0) this.#typists.splice(at, 1);
      });
    });
  }

  closeMaster(): void {
    if (this.#hungUp) return;
    this.#hungUp = true;
    this.#output.abandon();
    this.pump();
    this.#options.onHangup(this);
  }

  /** Gives what was typed to the readers that may have it: not stopped, and of the foreground group. */
  pump(): void {
    if (this.#hungUp) {
      for (const reader of this.#readers.splice(0)) reader.resolve(new Uint8Array(0));
      return;
    }
    for (let i = 0; i < this.#readers.length;) {
      const reader = this.#readers[i]!;
      const process = reader.caller.process;
      if (process && (process.stopped || this.#inBackground(process))) {
        i++;
        continue;
      }
      const bytes = this.#discipline.read(reader.maxBytes);
      if (bytes === undefined) return;
      this.#readers.splice(i, 1);
      reader.resolve(bytes);
      while (this.#typists.length > 0 && !this.#discipline.full) {
        const typist = this.#typists.shift()!;
        this.#discipline.input(typist.bytes);
        typist.resolve();
      }
    }
  }

  /** Whether a process waits for what is typed. */
  isReadBy(process: JobMember): boolean {
    return this.#readers.some(({ caller }) => caller.process === process);
  }

  #inBackground(process: { readonly sid: number; readonly pgid: number }): boolean {
    return this.sid !== 0 && process.sid === this.sid && process.pgid !== this.#foreground;
  }
}

export class TtySlave implements KernelObject {
  readonly stream = 'tty';
  readonly tty: Tty;
  constructor(tty: Tty) {
    this.tty = tty;
  }
  read(maxBytes: number, caller: Caller): Promise<Uint8Array> {
    return this.tty.readSlave(maxBytes, caller);
  }
  unread(bytes: Uint8Array): void {
    this.tty.unreadSlave(bytes);
  }
  write(bytes: Uint8Array, caller: Caller): void | Promise<void> {
    return this.tty.writeSlave(bytes, caller);
  }
  close(): void {
    this.tty.closeSlave();
  }
}

export class PtyMaster implements KernelObject {
  readonly stream = 'pty-master';
  readonly tty: Tty;
  constructor(tty: Tty) {
    this.tty = tty;
  }
  read(maxBytes: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    return this.tty.readMaster(maxBytes, caller);
  }
  unread(bytes: Uint8Array): void {
    this.tty.unreadMaster(bytes);
  }
  write(bytes: Uint8Array, caller: Caller): void | Promise<void> {
    return this.tty.writeMaster(bytes, caller);
  }
  close(): void {
    this.tty.closeMaster();
  }
}
