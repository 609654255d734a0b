/** A container's calls to the kernel: each can be given up by its caller, and all end with the container. */
import { BvError } from '../base/errors.ts';
import type { HostNotice, HostOps } from '../wires/host-wire.ts';
import type { KernelPeer } from './runtime.ts';

type Result<K extends keyof HostOps> = HostOps[K]['result'];

interface CallOptions {
  readonly signal?: AbortSignal | undefined;
}

export class ContainerCalls {
  readonly #kernel: KernelPeer;
  readonly #pending = new Set<(error: Error) => void>();
  #ended: Error | undefined;

  constructor(kernel: KernelPeer) {
    this.#kernel = kernel;
  }

  /** Rejects with the signal's reason as soon as it aborts; what the kernel was asked to change may be changed by then. */
  call<K extends keyof HostOps & string>(op: K, args: HostOps[K]['args'], options: CallOptions = {}): Promise<Result<K>> {
    return this.open(op, args, undefined, options);
  }

  /** {@link call} of what hands something over: `close` gets what comes after the caller has gone. */
  open<K extends keyof HostOps & string>(
    op: K,
    args: HostOps[K]['args'],
    close: ((result: Result<K>) => void) | undefined,
    { signal }: CallOptions = {},
  ): Promise<Result<K>> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) throw signal.reason;
      if (this.#ended !== undefined) throw this.#ended;
      let waiting = true;
      const settle = () => {
        waiting = false;
        this.#pending.delete(giveUp);
        signal?.removeEventListener('abort', onAbort);
      };
      const giveUp = (error: Error) => {
        settle();
        if (close === undefined) cancel();
        reject(error);
      };
      const onAbort = () => giveUp(signal?.reason as Error);
      this.#pending.add(giveUp);
      signal?.addEventListener('abort', onAbort);
      const cancel = this.#kernel.send(op, args, ({ error, result }) => {
        if (waiting) {
          settle();
          if (error) reject(error);
          else resolve(result as Result<K>);
        } else if (error === undefined && this.#ended === undefined) close?.(result as Result<K>);
      });
    });
  }

  notify(notice: HostNotice): void {
    if (this.#ended === undefined) this.#kernel.notify(notice);
  }

  /** From now on every call fails, and so do those that wait. */
  end(): void {
    this.#ended ??= new BvError('ERR_BV_TORN_DOWN', 'The container was torn down');
    for (const giveUp of [...this.#pending]) giveUp(this.#ended);
  }
}
