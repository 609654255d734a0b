import { PosixError } from '../base/errors.ts';
import type { SocketAddress } from '../wires/process-wire.ts';
import type { Caller, KernelObject } from './kernel-object.ts';
import { ByteChannel, type ByteChannelOptions } from './pipe.ts';

/** One end of a connection, or of a socket pair. */
export class Socket implements KernelObject {
  readonly stream = 'socket';
  readonly #incoming: ByteChannel;
  readonly #outgoing: ByteChannel;
  readonly #onClose: (() => void) | undefined;
  local: SocketAddress;
  remote: SocketAddress;
  #closed = false;

  constructor(incoming: ByteChannel, outgoing: ByteChannel, ends: SocketEnds = {}) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.local = ends.local ?? { path: '' };
    this.remote = ends.remote ?? { path: '' };
    this.#onClose = ends.onClose;
  }

  /** Open both ways, with nothing under way. */
  get idle(): boolean {
    return this.#incoming.idle && this.#outgoing.idle;
  }

  read(maxBytes: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    return this.#incoming.read(maxBytes, caller);
  }

  unread(bytes: Uint8Array): void {
    this.#incoming.unread(bytes);
  }

  write(bytes: Uint8Array, caller: Caller): void | Promise<void> {
    return this.#outgoing.write(bytes, caller);
  }

  shutdown(): void {
    this.#outgoing.end();
  }

  /**
   * With bytes that nobody read the other side is reset, as TCP does it; also when its process died. A local one, as Linux does it, reads
   * what is there first, then fails with `ECONNRESET`, and writes in vain.
   */
  forsake(): void {
    if (this.#incoming.size > 0) {
      if ('path' in this.local) this.#outgoing.fail(new PosixError('ECONNRESET'));
      else this.reset();
    }
    this.#incoming.abandon();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.forsake();
    this.#outgoing.end();
    this.#onClose?.();
  }

  /** Both sides fail with `ECONNRESET` from now on. */
  reset(): void {
    const error = new PosixError('ECONNRESET');
    this.#outgoing.reset(error);
    this.#incoming.reset(error);
  }
}

interface SocketEnds {
  readonly local?: SocketAddress;
  readonly remote?: SocketAddress;
  readonly onClose?: () => void;
}

/** Two connected ends. */
export function makeSocketPair(options?: ByteChannelOptions, a: SocketEnds = {}, b: SocketEnds = {}): { a: Socket; b: Socket } {
  const there = new ByteChannel(options);
  const back = new ByteChannel(options);
  return { a: new Socket(back, there, a), b: new Socket(there, back, b) };
}
