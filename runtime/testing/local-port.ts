import type { PortLike } from '../wires/rpc.ts';

/** One end of a channel whose messages are handed over in microtasks, by reference, and wait until somebody listens. */
class LocalPort implements PortLike {
  readonly #waiting: unknown[] = [];
  #listener: ((event: { readonly data: unknown }) => void) | null = null;
  other: LocalPort | undefined;

  get onmessage(): ((event: { readonly data: unknown }) => void) | null {
    return this.#listener;
  }

  set onmessage(listener: ((event: { readonly data: unknown }) => void) | null) {
    this.#listener = listener;
    for (const data of this.#waiting.splice(0)) queueMicrotask(() => this.#listener?.({ data }));
  }

  postMessage(message: unknown): void {
    const { other } = this;
    if (other === undefined) return;
    queueMicrotask(() => {
      if (other.#listener === null) other.#waiting.push(message);
      else other.#listener({ data: message });
    });
  }

  close(): void {
    this.other = undefined;
  }
}

/** For a kernel and its page, or a worker of it, in one thread. */
export function portPair(): [PortLike, PortLike] {
  const [a, b] = [new LocalPort(), new LocalPort()];
  a.other = b;
  b.other = a;
  return [a, b];
}
