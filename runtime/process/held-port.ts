/** A worker's port to the kernel whose messages can be held back, in order. */
import type { PortLike } from '../wires/rpc.ts';

/** Captured: the program may do to its globals what it likes. */
const clone = structuredClone;

/** Where holding is to begin again. */
const pause = Symbol('pause');

/** That the worker is no endless loop tells nothing of its program. */
function isAlive(message: unknown): boolean {
  return (message as { readonly notice?: { readonly kind: string } }).notice?.kind === 'alive';
}

export class HeldPort implements PortLike {
  readonly #port: PortLike;
  #held: (typeof pause | { readonly message: unknown })[] = [];
  #isHolding = false;

  constructor(port: PortLike) {
    this.#port = port;
  }

  get isHolding(): boolean {
    return this.#isHolding;
  }

  /** Holds what is posted from now on until {@link release}. Where something is held already, that takes one more. */
  hold(): void {
    if (this.#isHolding) this.#held.push(pause);
    this.#isHolding = true;
  }

  /** Posts what is held, up to where holding began again. */
  release(): void {
    for (;;) {
      const next = this.#held.shift();
      if (next === pause) return;
      if (next === undefined) break;
      this.#port.postMessage(next.message, []);
    }
    this.#isHolding = false;
  }

  /** What is held was never said. */
  drop(): void {
    this.#held = [];
    this.#isHolding = false;
  }

  postMessage(message: unknown, transfer: object[]): void {
    if (!this.#isHolding || isAlive(message)) return this.#port.postMessage(message, transfer);
    // As it is now: the sender may change what it did not transfer, and loses what it did.
    this.#held.push({ message: clone(message, { transfer: transfer as Transferable[] }) });
  }

  get onmessage(): unknown {
    return this.#port.onmessage;
  }

  set onmessage(listener: unknown) {
    this.#port.onmessage = listener;
  }

  start(): void {
    this.#port.start?.();
  }

  close(): void {
    this.#port.close?.();
  }
}
