import type { Dispose } from '../../../base/disposers.ts';
import type { Handle } from '../../../base/ids.ts';
import type { SocketAddress } from '../../../wires/process-wire.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { addressTable } from './addresses.ts';
import { asyncWraps } from './async-wrap.ts';
import { errnoOf } from './errors.ts';

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
  readonly #events: ListenerEvents;
  #handle: Handle | undefined;
  /** While the kernel is asked to listen. */
  #cancel: Dispose | undefined;
  #closed = false;

  constructor(realm: NodeRealm, address: SocketAddress, events: ListenerEvents) {
    this.#realm = realm;
    this.#address = address;
    this.#events = events;
  }

  start(backlog: number): void {
    addressTable(this.#realm).add(this.#address);
    this.#cancel = this.#realm.syscalls.call(
      'listen',
      { address: this.#address, backlog, ...('path' in this.#address ? { bound: true } : {}) },
      (outcome) => {
        this.#cancel = undefined;
        if (this.#closed) return;
        if (outcome.error) {
          addressTable(this.#realm).remove(this.#address);
          const errno = errnoOf(outcome.error);
          this.#later(() => this.#events.onRefused(errno));
          return;
        }
        this.#handle = outcome.result.handle;
        this.#accept();
      },
    );
  }

  /** Works on a listener that another process opened. */
  adopt(handle: Handle): void {
    this.#handle = handle;
    this.#accept();
  }

  #accept(): void {
    if (this.#handle === undefined || this.#closed) return;
    this.#realm.syscalls.call('accept', { handle: this.#handle }, (outcome) => {
      if (outcome.error) {
        const errno = errnoOf(outcome.error);
        if (!this.#closed) this.#later(() => this.#events.onFailure(errno));
        return;
      }
      const accepted = outcome.result;
      if (this.#closed) {
        this.#realm.syscalls.notify({ kind: 'close', handle: accepted.handle });
        return;
      }
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
    // The next that listens there finds it free: the kernel hears of both in their order.
    this.#cancel?.();
    // An `accept` under way is not cancelled: its answer may be on the way, with a connection that must be closed then.
    if (this.#handle !== undefined) this.#realm.syscalls.notify({ kind: 'close', handle: this.#handle });
  }
}
