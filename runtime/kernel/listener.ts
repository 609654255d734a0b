import { PosixError } from '../base/errors.ts';
import type { ListeningAddress, SocketAddress } from '../wires/process-wire.ts';
import type { Caller, KernelObject } from './kernel-object.ts';
import type { Socket } from './socket.ts';

interface Accepter {
  readonly resolve: (socket: Socket) => void;
  readonly reject: (error: Error) => void;
}

/** A listening socket: connections in the order they came. */
export class Listener implements KernelObject {
  readonly stream = 'listener';
  readonly address: SocketAddress;
  /** The pid of the process that asked for it. */
  readonly owner: number;
  readonly #maxBacklog: number;
  readonly #onClose: () => void;
  readonly #backlog: Socket[] = [];
  readonly #accepters: Accepter[] = [];

  constructor({ address, owner }: ListeningAddress, maxBacklog: number, onClose: () => void) {
    this.address = address;
    this.owner = owner;
    this.#maxBacklog = maxBacklog;
    this.#onClose = onClose;
  }

  /** Absent for a socket path. */
  get host(): string | undefined {
    return 'host' in this.address ? this.address.host : undefined;
  }

  get full(): boolean {
    return this.#accepters.length === 0 && this.#backlog.length >= this.#maxBacklog;
  }

  deliver(socket: Socket): void {
    const accepter = this.#accepters.shift();
    if (accepter) accepter.resolve(socket);
    else this.#backlog.push(socket);
  }

  accept(caller: Caller): Socket | Promise<Socket> {
    const socket = this.#backlog.shift();
    if (socket) return socket;
    return new Promise((resolve, reject) => {
      const accepter: Accepter = { resolve, reject };
      this.#accepters.push(accepter);
      caller.onCancel(() => {
        const at = this.#accepters.indexOf(accepter);
        if (at >= 0) this.#accepters.splice(at, 1);
      });
    });
  }

  /** Puts back a connection whose accepting was cancelled too late. */
  unaccept(socket: Socket): void {
    const accepter = this.#accepters.shift();
    if (accepter) accepter.resolve(socket);
    else this.#backlog.unshift(socket);
  }

  close(): void {
    this.#onClose();
    for (const accepter of this.#accepters.splice(0)) accepter.reject(new PosixError('EBADF'));
    for (const socket of this.#backlog.splice(0)) {
      socket.reset();
      socket.close();
    }
  }
}
