import type { Dispose } from '../../../base/disposers.ts';
import type { Handle } from '../../../base/ids.ts';
import type { SocketAddress } from '../../../wires/process-wire.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { addressTable } from './addresses.ts';
import { asyncWraps } from './async-wrap.ts';
import { errnoOf } from './errors.ts';
import type { KernelStream } from './kernel-stream.ts';

export interface Accepted {
  readonly handle: Handle;
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
}

export interface ListenerEvents {
  /** Runs in the poll phase. */
  onConnection(accepted: Accepted): void;
  /** The kernel refused what the table of addresses allowed: another process was first. Runs in the poll phase. */
  onRefused(errno: number): void;
  /** Accepting failed. Runs in the poll phase. */
  onFailure(errno: number): void;
}

/** Tells the server of `handle` what its `listen()` would have told had it known, and leaves it as that does: without a handle. */
export function tellRefused(realm: NodeRealm, handle: Untyped, errno: number, host: string, port: number): void {
  const server = handle[realm.symbols['owner_symbol']!] as Untyped;
  if (server === undefined) return;
  const { UVExceptionWithHostPort } = realm.requireBuiltin('internal/errors');
  asyncWraps(realm).makeCallback(handle, () => {
    server._handle = null;
    handle.close();
    server.emit('error', new UVExceptionWithHostPort(errno, 'listen', host, port));
  }, []);
}

/**
 * A listening socket of the kernel: asks to listen, then keeps one `accept` under way.
 *
 * Node takes listening for done when the call returns. The request is posted at once, before anything that the program
 * says afterwards, so whoever hears of the port can connect to it.
 */
export class Listener {
  readonly #realm: NodeRealm;
  readonly #address: SocketAddress;
  readonly #stream: KernelStream;
  readonly #events: ListenerEvents;
  /** Of what the kernel is asked. */
  #cancel: Dispose | undefined;
  #closed = false;

  /** `stream` is attached to the listener and, closed after this, gives it back. */
  constructor(realm: NodeRealm, address: SocketAddress, stream: KernelStream, events: ListenerEvents) {
    this.#realm = realm;
    this.#address = address;
    this.#stream = stream;
    this.#events = events;
  }

  /** Works on the listener of another process where `stream` is attached to one. */
  start(backlog: number): void {
    if (this.#stream.handle === undefined) this.open(backlog, () => this.#accept());
    else this.#accept();
  }

  /** Only listens: another process accepts. */
  open(backlog: number, then?: () => void): void {
    this.#stream.isExpected = true;
    addressTable(this.#realm).add(this.#address);
    this.#cancel = this.#realm.syscalls.call(
      'listen',
      { address: this.#address, backlog, ...('path' in this.#address ? { bound: true } : {}) },
      (outcome) => {
        this.#cancel = undefined;
        if (outcome.error) {
          addressTable(this.#realm).remove(this.#address);
          const errno = errnoOf(outcome.error);
          this.#later(() => this.#events.onRefused(errno));
          this.#stream.abandon(errno);
          return;
        }
        this.#stream.attach(outcome.result.handle, 'listener');
        then?.();
      },
    );
  }

  #accept(): void {
    if (this.#closed) return;
    this.#cancel = this.#realm.syscalls.call('accept', { handle: this.#stream.handle! }, (outcome) => {
      this.#cancel = undefined;
      if (outcome.error) {
        const errno = errnoOf(outcome.error);
        this.#later(() => this.#events.onFailure(errno));
        return;
      }
      const accepted = outcome.result;
      this.#accept();
      this.#realm.loop.enqueue(() => {
        if (this.#closed) this.#realm.syscalls.notify({ kind: 'close', handle: accepted.handle });
        else this.#events.onConnection(accepted);
      });
    });
  }

  #later(run: () => void): void {
    this.#realm.loop.enqueue(() => {
      if (!this.#closed) run();
    });
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    addressTable(this.#realm).remove(this.#address);
    // The next that listens there finds it free: the kernel hears of both in their order. Who waits for the listener still gets it.
    if (!this.#stream.isAwaited) this.#cancel?.();
  }
}
