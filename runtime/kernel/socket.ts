import { PosixError } from '../base/errors.ts';
import type { SocketAddress } from '../wires/process-wire.ts';
import type { Caller, Description, KernelObject } from './kernel-object.ts';
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
  #peer: Socket | undefined;
  /** Handles that the other end has passed and nobody has taken. */
  readonly #passed: Description[] = [];
  readonly #takers: (() => void)[] = [];

  constructor(incoming: ByteChannel, outgoing: ByteChannel, ends: SocketEnds = {}) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
    this.local = ends.local ?? { path: '' };
    this.remote = ends.remote ?? { path: '' };
    this.#onClose = ends.onClose;
  }

  static connect(a: Socket, b: Socket): void {
    a.#peer = b;
    b.#peer = a;
  }

  /** A handle for whoever has the other end. Fails with `ENOBUFS` where `most` are on their way already. */
  pass(description: Description, most: number): void {
    const peer = this.#peer;
    if (peer === undefined || peer.#closed) throw new PosixError('EPIPE');
    if (peer.#passed.length >= most) throw new PosixError('ENOBUFS');
    peer.#passed.push(description.retain());
    peer.#takers.shift()?.();
  }

  /** The next handle that was passed, which the caller releases. */
  takePassed(caller: Caller): Description | Promise<Description> {
    const next = this.#passed.shift();
    if (next) return next;
    return new Promise((resolve, reject) => {
      const take = () => {
        const passed = this.#passed.shift();
        if (passed) resolve(passed);
        else reject(new PosixError('EBADF'));
      };
      this.#takers.push(take);
      caller.onCancel(() => {
        const at = this.#takers.indexOf(take);
        if (at >= 0) this.#takers.splice(at, 1);
      });
    });
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
    for (const description of this.#passed.splice(0)) description.release();
    for (const take of this.#takers.splice(0)) take();
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
  const pair = { a: new Socket(back, there, a), b: new Socket(there, back, b) };
  Socket.connect(pair.a, pair.b);
  return pair;
}
