import type { KernelObject } from './kernel-object.ts';

/** Whoever gets the messages of a channel's end. */
export interface Receiver {
  message(data: unknown): void;
  closed(): void;
}

/**
 * One end of a message channel between threads. Messages wait until the end has a receiver; the end belongs to the handle
 * that was given it last, so that what a parent posts before its thread runs reaches the thread.
 */
export class MessageEnd implements KernelObject {
  readonly stream = 'channel';
  #peer: MessageEnd | undefined;
  #receiver: Receiver | undefined;
  #queue: unknown[] = [];
  #peerClosed = false;
  readonly #maxQueued: number;

  constructor(maxQueued: number) {
    this.#maxQueued = maxQueued;
  }

  static pair(maxQueued: number): { a: MessageEnd; b: MessageEnd } {
    const a = new MessageEnd(maxQueued);
    const b = new MessageEnd(maxQueued);
    a.#peer = b;
    b.#peer = a;
    return { a, b };
  }

  get received(): boolean {
    return this.#receiver !== undefined;
  }

  receive(receiver: Receiver): void {
    this.#receiver = receiver;
    for (const data of this.#queue.splice(0)) receiver.message(data);
    if (this.#peerClosed) receiver.closed();
  }

  /** False if the other side holds too many messages already; a closed other side takes all and keeps none. */
  post(data: unknown): boolean {
    const peer = this.#peer;
    if (peer === undefined) return true;
    if (peer.#receiver) peer.#receiver.message(data);
    else if (peer.#queue.length >= this.#maxQueued) return false;
    else peer.#queue.push(data);
    return true;
  }

  close(): void {
    const peer = this.#peer;
    this.#peer = undefined;
    this.#receiver = undefined;
    this.#queue = [];
    if (peer === undefined) return;
    peer.#peer = undefined;
    peer.#peerClosed = true;
    peer.#receiver?.closed();
  }
}
