/**
 * Promises over `Syscalls` for trusted programs: calls that end when the process is killed, readers with lines, writers with
 * back-pressure. The same for streams (pipes, ttys, sockets) and files.
 */
import { concatBytes } from '../base/bytes.ts';
import { PosixError } from '../base/errors.ts';
import type { Fd, Handle } from '../base/ids.ts';
import type { SignalName } from '../base/signals.ts';
import type { KernelOps } from '../wires/process-wire.ts';
import type { Syscalls } from './syscalls.ts';
import { decodeText, encodeText } from './text.ts';

/** Thrown at the next wait of a program that is over: killed (`null`), or ended by itself from deep inside. */
export class ProcessEnded extends Error {
  readonly status: { readonly code: number } | { readonly signal: SignalName } | null;
  constructor(status: ProcessEnded['status']) {
    super('The process is over');
    this.status = status;
  }
}

/** Bytes asked of a stream at once. */
const readSize = 65536;
/** Bytes that a writer holds before it hands them on. */
const writeSize = 32768;

/** `Syscalls.call` as promises that never outlive the process. */
export class Calls {
  readonly syscalls: Syscalls;
  readonly signal: AbortSignal;

  constructor(syscalls: Syscalls, signal: AbortSignal) {
    this.syscalls = syscalls;
    this.signal = signal;
  }

  /** Rejects with `ProcessEnded` once killed, and with the signal's reason if `cancel` is aborted first. */
  call<K extends keyof KernelOps & string>(
    op: K,
    args: Omit<KernelOps[K]['args'], 'pid'>,
    cancel?: AbortSignal,
  ): Promise<KernelOps[K]['result']> {
    this.check();
    return new Promise((resolve, reject) => {
      const finish = () => {
        this.signal.removeEventListener('abort', onKill);
        cancel?.removeEventListener('abort', onCancel);
      };
      const onKill = () => {
        dispose();
        finish();
        reject(new ProcessEnded(null));
      };
      const onCancel = () => {
        dispose();
        finish();
        reject(cancel?.reason instanceof Error ? cancel.reason : new PosixError('EINTR'));
      };
      const dispose = this.syscalls.call(op, args, (outcome) => {
        finish();
        if (outcome.error) reject(outcome.error);
        else resolve(outcome.result);
      });
      this.signal.addEventListener('abort', onKill);
      if (cancel?.aborted) onCancel();
      else cancel?.addEventListener('abort', onCancel);
    });
  }

  /** @throws {ProcessEnded} once the process is killed. */
  check(): void {
    if (this.signal.aborted) throw new ProcessEnded(null);
  }

  sleep(delayMs: number, cancel?: AbortSignal): Promise<void> {
    this.check();
    return new Promise((resolve, reject) => {
      const until = performance.now() + delayMs;
      // A timer holds 2^31 − 1 ms at most.
      const arm = () =>
        setTimeout(
          () => {
            if (performance.now() < until - 1) timer = arm();
            else end();
          },
          Math.max(0, Math.min(until - performance.now(), 2_000_000_000)),
        );
      const end = () => {
        clearTimeout(timer);
        this.signal.removeEventListener('abort', end);
        cancel?.removeEventListener('abort', end);
        if (this.signal.aborted) reject(new ProcessEnded(null));
        else resolve();
      };
      let timer = arm();
      this.signal.addEventListener('abort', end);
      if (cancel?.aborted) end();
      else cancel?.addEventListener('abort', end);
    });
  }

  /** The kernel's handle behind a descriptor; undefined for a file. @throws {PosixError} `EBADF`. */
  handleOf(fd: Fd): Handle | undefined {
    const info = this.syscalls.descriptors.info(fd);
    if (info === undefined) throw new PosixError('EBADF');
    return info.kind === 'stream' ? info.handle : undefined;
  }

  isTty(fd: Fd): boolean {
    const info = this.syscalls.descriptors.info(fd);
    return info?.kind === 'stream' && info.stream === 'tty';
  }

  /** Empty at the end. The caller owns the bytes. */
  async readFd(fd: Fd, maxBytes = readSize, cancel?: AbortSignal): Promise<Uint8Array> {
    this.check();
    const handle = this.handleOf(fd);
    if (handle !== undefined) return (await this.call('read', { handle, maxBytes }, cancel)).bytes;
    const buffer = new Uint8Array(maxBytes);
    const count = this.syscalls.files.read(fd, buffer, null);
    return buffer.subarray(0, count);
  }

  /** Resolves when all is accepted. */
  async writeFd(fd: Fd, bytes: Uint8Array): Promise<void> {
    this.check();
    if (bytes.length === 0) return;
    const handle = this.handleOf(fd);
    if (handle !== undefined) {
      await this.call('write', { handle, bytes });
      return;
    }
    for (let at = 0; at < bytes.length;) at += this.syscalls.files.write(fd, at === 0 ? bytes : bytes.subarray(at), null);
  }

  /** Lets other coroutines of the worker, and messages, have their turn. */
  async yield(): Promise<void> {
    await nextTask();
    this.check();
  }
}

const waiting: (() => void)[] = [];
let channel: MessageChannel | undefined;

function nextTask(): Promise<void> {
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') {
      setImmediate(resolve);
      return;
    }
    if (channel === undefined) {
      channel = new MessageChannel();
      channel.port1.onmessage = () => waiting.shift()?.();
    }
    waiting.push(resolve);
    channel.port2.postMessage(0);
  });
}
declare function setImmediate(task: () => void): unknown;

/** Reads one descriptor with a buffer of its own: once used, read the descriptor through it only. */
export class FdReader {
  readonly #calls: Calls;
  readonly fd: Fd;
  readonly #beforeWait: (() => Promise<void> | undefined) | undefined;
  #rest: Uint8Array = new Uint8Array(0);
  #ended = false;
  /** False if the last line that `lines` gave had no newline at its end. */
  endsWithNewline = true;

  constructor(calls: Calls, fd: Fd, beforeWait?: () => Promise<void> | undefined) {
    this.#calls = calls;
    this.fd = fd;
    this.#beforeWait = beforeWait;
  }

  get isTty(): boolean {
    return this.#calls.isTty(this.fd);
  }

  /** Empty at the end. */
  async read(maxBytes = readSize): Promise<Uint8Array> {
    if (this.#rest.length > 0) {
      const taken = this.#rest.subarray(0, maxBytes);
      this.#rest = this.#rest.subarray(taken.length);
      return taken;
    }
    if (this.#ended) return new Uint8Array(0);
    const before = this.#beforeWait?.();
    // Asked for at once: the answer to a write need not be here before.
    const reading = this.#calls.readFd(this.fd, maxBytes);
    if (before !== undefined) {
      reading.catch(() => undefined); // Met below, or the program is over by `before`.
      await before;
    }
    const bytes = await reading;
    if (bytes.length === 0 && !this.isTty) this.#ended = true;
    return bytes;
  }

  async readAll(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for (;;) {
      const chunk = await this.read();
      if (chunk.length === 0) return chunks.length === 0 ? chunk : concatBytes(chunks);
      chunks.push(chunk);
    }
  }

  /** Lines as they arrive, as many at once as there are, without their delimiter. */
  async *lines(delimiter = 10): AsyncGenerator<string[], void, undefined> {
    let held: Uint8Array[] = [];
    const separator = String.fromCharCode(delimiter);
    for (;;) {
      const chunk = await this.read();
      if (chunk.length === 0) break;
      const end = chunk.lastIndexOf(delimiter);
      if (end < 0) {
        held.push(chunk);
        continue;
      }
      held.push(chunk.subarray(0, end));
      const text = decodeText(concatBytes(held));
      held = end + 1 < chunk.length ? [chunk.subarray(end + 1)] : [];
      yield text.split(separator);
    }
    if (held.length > 0) {
      this.endsWithNewline = false;
      yield [decodeText(concatBytes(held))];
    }
  }

  /** Puts bytes back in front of what is read next. */
  unread(bytes: Uint8Array): void {
    this.#rest = this.#rest.length === 0 ? bytes : concatBytes([bytes, this.#rest]);
  }
}

/** Writes one descriptor. Await what `write` returns if it returns anything: that is the back-pressure. */
export class FdWriter {
  readonly #calls: Calls;
  readonly fd: Fd;
  readonly #unbuffered: boolean;
  #text = '';
  #held: Uint8Array[] = [];
  #heldBytes = 0;
  #last: Promise<void> | undefined;

  constructor(calls: Calls, fd: Fd, options: { readonly unbuffered?: boolean } = {}) {
    this.#calls = calls;
    this.fd = fd;
    this.#unbuffered = options.unbuffered ?? false;
  }

  get isTty(): boolean {
    return this.#calls.isTty(this.fd);
  }

  write(data: string | Uint8Array): Promise<void> | undefined {
    if (typeof data === 'string') {
      this.#text += data;
    } else {
      this.#hold();
      this.#held.push(data);
      this.#heldBytes += data.length;
    }
    if (this.#unbuffered || this.#heldBytes + this.#text.length >= writeSize) return this.flush();
    return undefined;
  }

  /** Hands on what is held. Undefined if there is nothing to wait for. */
  flush(): Promise<void> | undefined {
    this.#hold();
    if (this.#heldBytes === 0) return this.#last;
    const bytes = concatBytes(this.#held);
    this.#held = [];
    this.#heldBytes = 0;
    const previous = this.#last;
    const write = () => this.#calls.writeFd(this.fd, bytes);
    const next = previous === undefined ? write() : previous.then(write);
    const settled = next.finally(() => {
      if (this.#last === settled) this.#last = undefined;
    });
    this.#last = settled;
    settled.catch(() => undefined); // Whoever writes next, or the end of the program, meets it through `next`.
    return settled;
  }

  #hold(): void {
    if (this.#text === '') return;
    const bytes = encodeText(this.#text);
    this.#text = '';
    this.#held.push(bytes);
    this.#heldBytes += bytes.length;
  }
}
