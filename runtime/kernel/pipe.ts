import { PosixError } from '../base/errors.ts';
import { ByteQueue } from './byte-queue.ts';
import type { Caller, KernelObject } from './kernel-object.ts';
import { limitTable } from './limits.ts';

interface Reader {
  readonly maxBytes: number;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: Error) => void;
}

interface Writer {
  bytes: Uint8Array;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

export interface ByteChannelOptions {
  /** Accepted bytes; a write beyond waits. */
  readonly capacity?: number;
  /** Bytes of waiting writes; a write beyond fails. */
  readonly maxQueued?: number;
  /** A write was refused because too much is queued. */
  readonly onOverflow?: () => void;
}

/**
 * One direction of a byte stream with back-pressure. Readers are served in the order they came; so are writers. The two ends
 * close separately: without a writer a reader gets what is left and then the end; without a reader a writer gets `EPIPE`.
 */
export class ByteChannel {
  readonly #queue = new ByteQueue();
  readonly #readers: Reader[] = [];
  readonly #writers: Writer[] = [];
  readonly #capacity: number;
  readonly #maxQueued: number;
  readonly #onOverflow: (() => void) | undefined;
  #queued = 0;
  #ended = false;
  #abandoned = false;
  #broken: Error | undefined;
  #failure: Error | undefined;

  constructor(options: ByteChannelOptions = {}) {
    this.#capacity = options.capacity ?? limitTable.pipeCapacity.value;
    this.#maxQueued = options.maxQueued ?? limitTable.queuedBytes.value;
    this.#onOverflow = options.onOverflow;
  }

  /** It can be written and read, and nothing is in it. */
  get idle(): boolean {
    return !this.#ended && !this.#abandoned && this.#broken === undefined && this.#queue.size === 0 && this.#writers.length === 0;
  }

  /** Bytes that can be read now. */
  get size(): number {
    return this.#queue.size;
  }

  /** No more will be written. */
  get ended(): boolean {
    return this.#ended;
  }

  read(maxBytes: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    if (this.#broken) throw this.#broken;
    if (this.#readers.length === 0) {
      if (this.#queue.size > 0) return this.#take(maxBytes);
      if (this.#ended && this.#writers.length === 0) {
        if (this.#failure) throw this.#failure;
        return new Uint8Array(0);
      }
    }
    return new Promise((resolve, reject) => {
      const reader: Reader = { maxBytes, resolve, reject };
      this.#readers.push(reader);
      caller.onCancel(() => removeFrom(this.#readers, reader));
    });
  }

  unread(bytes: Uint8Array): void {
    if (this.#broken || this.#abandoned) return;
    this.#queue.unshift(bytes);
    this.#serve();
  }

  write(bytes: Uint8Array, caller: Caller): void | Promise<void> {
    if (this.#broken) throw this.#broken;
    if (this.#abandoned || this.#ended) throw new PosixError('EPIPE');
    if (bytes.length === 0) return;
    const room = this.#writers.length > 0 ? 0 : Math.max(0, this.#capacity - this.#queue.size);
    if (bytes.length <= room) {
      this.#queue.push(bytes);
      this.#serve();
      return;
    }
    if (this.#queued + bytes.length - room > this.#maxQueued) {
      this.#onOverflow?.();
      throw new PosixError('ENOBUFS');
    }
    this.#queue.push(bytes.subarray(0, room));
    return new Promise((resolve, reject) => {
      const writer: Writer = { bytes: bytes.subarray(room), resolve, reject };
      this.#writers.push(writer);
      this.#queued += writer.bytes.length;
      caller.onCancel(() => {
        if (caller.process?.exited === true) return; // What a program wrote before it exited is delivered.
        if (!removeFrom(this.#writers, writer)) return;
        this.#queued -= writer.bytes.length;
        this.#serve();
      });
      this.#serve();
    });
  }

  /** Adds bytes past the capacity, for the echo of a tty; drops them where even that is full. */
  inject(bytes: Uint8Array): void {
    if (this.#abandoned || this.#ended || this.#queue.size > this.#maxQueued) return;
    this.#queue.push(bytes);
    this.#serve();
  }

  /** Drops what was written and not read. Writes that wait succeed. */
  flush(): void {
    this.#queue.clear();
    this.#queued = 0;
    for (const writer of this.#writers.splice(0)) writer.resolve();
    this.#serve();
  }

  /** The writing end closed. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#serve();
  }

  /** The reading end closed. */
  abandon(): void {
    if (this.#abandoned) return;
    this.#abandoned = true;
    this.#queue.clear();
    for (const reader of this.#readers.splice(0)) reader.resolve(new Uint8Array(0));
    this.#failWriters(new PosixError('EPIPE'));
  }

  /** The writer is gone in the middle: the reader gets what was written, then `error`. */
  fail(error: Error): void {
    this.#failure = error;
    this.end();
  }

  /** Both ends fail from now on; what was not read is lost, as after a TCP reset. */
  reset(error: Error): void {
    if (this.#broken) return;
    this.#broken = error;
    this.#queue.clear();
    for (const reader of this.#readers.splice(0)) reader.reject(error);
    this.#failWriters(error);
  }

  #failWriters(error: Error): void {
    this.#queued = 0;
    for (const writer of this.#writers.splice(0)) writer.reject(error);
  }

  #take(maxBytes: number): Uint8Array {
    const bytes = this.#queue.take(maxBytes);
    this.#refill();
    return bytes;
  }

  #refill(): void {
    while (this.#writers.length > 0) {
      const writer = this.#writers[0]!;
      const room = this.#capacity - this.#queue.size;
      if (room <= 0) return;
      const count = Math.min(room, writer.bytes.length);
      this.#queue.push(writer.bytes.subarray(0, count));
      this.#queued -= count;
      writer.bytes = writer.bytes.subarray(count);
      if (writer.bytes.length > 0) return;
      this.#writers.shift();
      writer.resolve();
    }
  }

  #serve(): void {
    this.#refill();
    while (this.#readers.length > 0 && this.#queue.size > 0) {
      const reader = this.#readers.shift()!;
      reader.resolve(this.#take(reader.maxBytes));
    }
    if (this.#ended && this.#queue.size === 0 && this.#writers.length === 0) {
      for (const reader of this.#readers.splice(0)) {
        if (this.#failure) reader.reject(this.#failure);
        else reader.resolve(new Uint8Array(0));
      }
    }
  }
}

export class PipeReadEnd implements KernelObject {
  readonly stream = 'pipe-read';
  readonly #channel: ByteChannel;
  constructor(channel: ByteChannel) {
    this.#channel = channel;
  }
  read(maxBytes: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    return this.#channel.read(maxBytes, caller);
  }
  unread(bytes: Uint8Array): void {
    this.#channel.unread(bytes);
  }
  close(): void {
    this.#channel.abandon();
  }
}

export class PipeWriteEnd implements KernelObject {
  readonly stream = 'pipe-write';
  readonly #channel: ByteChannel;
  constructor(channel: ByteChannel) {
    this.#channel = channel;
  }
  write(bytes: Uint8Array, caller: Caller): void | Promise<void> {
    return this.#channel.write(bytes, caller);
  }
  /** The reader gets `error` instead of an end. */
  fail(error: Error): void {
    this.#channel.fail(error);
  }
  close(): void {
    this.#channel.end();
  }
}

/** `pipe(2)`. */
export function makePipe(options?: ByteChannelOptions): { read: PipeReadEnd; write: PipeWriteEnd } {
  const channel = new ByteChannel(options);
  return { read: new PipeReadEnd(channel), write: new PipeWriteEnd(channel) };
}

function removeFrom<T>(list: T[], item: T): boolean {
  const at = list.indexOf(item);
  if (at < 0) return false;
  list.splice(at, 1);
  return true;
}
