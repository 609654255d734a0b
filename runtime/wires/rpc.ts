/**
 * Calls, replies, cancellations and one-way notices over one port, in order. Everything a wire needs to say about its
 * messages is one table of operations and one union of notices; the rest derives from them.
 */
import { BvError, errorFromData, errorToData, type ErrorData } from '../base/errors.ts';
import type { Dispose } from '../base/disposers.ts';

interface Op {
  readonly args: object;
  readonly result: unknown;
}
export type Ops<T> = { [K in keyof T]: Op };

/** What a wire needs of a `MessagePort`; also of a worker or of a test's pair of queues. */
export interface PortLike {
  // The platform's own declarations of the two differ between the `lib`s this file is compiled under.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  postMessage(message: unknown, transfer: any[]): void;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  onmessage: any;
  start?(): void;
  close?(): void;
}

/** How a handler learns that nobody waits any more. */
export interface CallContext {
  /** Runs `listener` if the caller cancels or goes away before the reply. */
  onCancel(listener: Dispose): void;
  /**
   * Runs `listener` if the caller cancels when the reply is already under way: it drops that reply, so what was taken for it
   * can be put back. The result forgets the listener; whoever listens must call it once the reply counts as received.
   */
  onLateCancel(listener: Dispose): Dispose;
}

/** An object of this type implements every operation: forgetting one is a compile error. */
export type HandlersOf<T extends Ops<T>> = {
  readonly [K in keyof T]: (args: T[K]['args'], context: CallContext) => T[K]['result'] | Promise<T[K]['result']>;
};

/** A reply whose buffers move to the peer; the handler must not touch them again. */
export class Transferring<R> {
  readonly result: R;
  readonly transfer: readonly object[];
  constructor(result: R, transfer: readonly object[]) {
    this.result = result;
    this.transfer = transfer;
  }
}

export type Outcome<R> = { readonly error: Error; readonly result?: undefined } | { readonly error?: undefined; readonly result: R };

type Message =
  | { readonly kind: 'call'; readonly id: number; readonly op: string; readonly args: object }
  | { readonly kind: 'reply'; readonly id: number; readonly result: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly error: ErrorData }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'notice'; readonly notice: object };

export interface PeerOptions<Local extends Ops<Local>, NoticeIn> {
  readonly handlers: HandlersOf<Local>;
  /** Called in order with calls and replies. Throwing counts as a bad message. */
  readonly onNotice: (notice: NoticeIn) => void;
  /** A message that no honest peer sends. The default closes the connection. */
  readonly onBadMessage?: (error: BvError) => void;
  /** Runs before each outgoing message; a replica flushes its changes here, so that no message overtakes them. */
  readonly beforeSend?: () => void;
}

/**
 * One end of a connection. `Remote` is what the other side implements, `Local` what this side does.
 *
 * The peer is not trusted: an id that was never given out, an unknown operation or a malformed message reaches
 * `onBadMessage` and nothing else. Handlers check their own arguments.
 */
export class Peer<Remote extends Ops<Remote>, Local extends Ops<Local>, NoticeOut extends object, NoticeIn> {
  readonly #port: PortLike;
  readonly #options: PeerOptions<Local, NoticeIn>;
  readonly #pending = new Map<number, (outcome: Outcome<never>) => void>();
  readonly #serving = new Map<number, Dispose[]>();
  readonly #replied = new Map<number, Dispose>();
  #nextId = 1;
  #closed = false;

  constructor(port: PortLike, options: PeerOptions<Local, NoticeIn>) {
    this.#port = port;
    this.#options = options;
    port.onmessage = (event: { readonly data: unknown }) => this.#receive(event.data);
    port.start?.();
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Calls not answered yet, for the leak check. */
  get pendingCalls(): number {
    return this.#pending.size;
  }

  /**
   * Calls the peer; `done` runs once, with the outcome, unless the returned function cancelled the call first.
   * After cancelling, an answer already under way is dropped.
   */
  send<K extends keyof Remote & string>(
    op: K,
    args: Remote[K]['args'],
    done: (outcome: Outcome<Remote[K]['result']>) => void,
    transfer?: readonly object[],
  ): Dispose {
    if (this.#closed) {
      done({ error: new BvError('ERR_BV_PEER_GONE', `Cannot call "${op}": the connection is closed`) });
      return () => {};
    }
    const id = this.#nextId++;
    this.#pending.set(id, done as (outcome: Outcome<never>) => void);
    try {
      this.#post({ kind: 'call', id, op, args }, transfer);
    } catch (cause) {
      this.#pending.delete(id);
      done({ error: new BvError('ERR_BV_BAD_MESSAGE', `Cannot call "${op}": its arguments cannot be sent`, { cause }) });
      return () => {};
    }
    return () => {
      if (!this.#pending.delete(id) || this.#closed) return;
      this.#post({ kind: 'cancel', id });
    };
  }

  /** {@link send} as a promise. An aborted `signal` cancels the call and rejects with the signal's reason. */
  call<K extends keyof Remote & string>(
    op: K,
    args: Remote[K]['args'],
    options: { readonly signal?: AbortSignal | undefined; readonly transfer?: readonly object[] } = {},
  ): Promise<Remote[K]['result']> {
    const { signal, transfer } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason as Error);
        return;
      }
      const onAbort = () => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = this.send(
        op,
        args,
        (outcome) => {
          signal?.removeEventListener('abort', onAbort);
          if (outcome.error) reject(outcome.error);
          else resolve(outcome.result);
        },
        transfer,
      );
      signal?.addEventListener('abort', onAbort, { once: true });
    });
  }

  notify(notice: NoticeOut, transfer?: readonly object[]): void {
    if (!this.#closed) this.#post({ kind: 'notice', notice }, transfer);
  }

  /** Ends the connection: pending calls fail with `ERR_BV_PEER_GONE`, handlers at work are told to cancel. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#port.onmessage = null;
    this.#port.close?.();
    for (const [, listeners] of this.#serving) for (const listener of listeners) listener();
    this.#serving.clear();
    this.#replied.clear();
    const pending = [...this.#pending.values()];
    this.#pending.clear();
    for (const done of pending) done({ error: new BvError('ERR_BV_PEER_GONE', 'The connection was closed') });
  }

  #post(message: Message, transfer?: readonly object[]): void {
    this.#options.beforeSend?.();
    this.#port.postMessage(message, transfer === undefined ? [] : [...transfer]);
  }

  #receive(data: unknown): void {
    if (this.#closed) return;
    const message = data as Message;
    switch (message?.kind) {
      case 'notice':
        if (typeof message.notice !== 'object' || message.notice === null) this.#bad('a notice without a body');
        else this.#guarded(() => this.#options.onNotice(message.notice as NoticeIn));
        return;
      case 'call':
        this.#serve(message);
        return;
      case 'reply':
      case 'failure': {
        const done = this.#pending.get(message.id);
        if (done === undefined) return; // Cancelled before the answer came, or an id we never gave out: the same silence.
        this.#pending.delete(message.id);
        if (message.kind === 'reply') done({ result: message.result as never });
        else done({ error: errorFromData(message.error) });
        return;
      }
      case 'cancel': {
        const listeners = this.#serving.get(message.id);
        this.#serving.delete(message.id);
        for (const listener of listeners ?? []) listener();
        const late = this.#replied.get(message.id);
        this.#replied.delete(message.id);
        if (listeners === undefined) late?.();
        return;
      }
      default:
        this.#bad('a message of no known kind');
    }
  }

  #serve({ id, op, args }: Message & { kind: 'call' }): void {
    if (typeof id !== 'number' || typeof op !== 'string' || typeof args !== 'object' || args === null || this.#serving.has(id)) {
      this.#bad('a malformed call');
      return;
    }
    const handlers = this.#options.handlers as Readonly<Record<string, HandlersOf<Ops<Local>>[keyof Local]>>;
    const handler = Object.hasOwn(handlers, op) ? handlers[op] : undefined;
    if (handler === undefined) {
      this.#bad(`a call of the unknown operation "${op.slice(0, 40)}"`);
      return;
    }
    const listeners: Dispose[] = [];
    this.#serving.set(id, listeners);
    const finish = (reply: () => void) => {
      if (this.#serving.get(id) !== listeners || this.#closed) return; // Cancelled meanwhile.
      this.#serving.delete(id);
      reply();
    };
    const succeed = (value: unknown) =>
      finish(() => {
        if (value instanceof Transferring) this.#post({ kind: 'reply', id, result: value.result }, value.transfer);
        else this.#post({ kind: 'reply', id, result: value });
      });
    const fail = (error: unknown) => finish(() => this.#post({ kind: 'failure', id, error: errorToData(error) }));
    try {
      const value: unknown = (handler as (args: object, context: CallContext) => unknown)(args, {
        onCancel: (listener) => void listeners.push(listener),
        onLateCancel: (listener) => {
          this.#replied.set(id, listener);
          return () => void this.#replied.delete(id);
        },
      });
      if (value instanceof Promise) value.then(succeed, fail);
      else succeed(value);
    } catch (error) {
      fail(error);
    }
  }

  #guarded(run: () => void): void {
    try {
      run();
    } catch (error) {
      if (error instanceof BvError && error.code === 'ERR_BV_BAD_MESSAGE') this.#bad(error.message);
      else throw error;
    }
  }

  #bad(what: string): void {
    const error = new BvError('ERR_BV_BAD_MESSAGE', `The peer sent ${what}`);
    if (this.#options.onBadMessage) this.#options.onBadMessage(error);
    else this.close();
  }
}
