import type { Handle } from '../../../base/ids.ts';
import type { StreamKind } from '../../../wires/process-wire.ts';
import { heldOutput } from '../held-output.ts';
import type { NodeRealm } from '../realm.ts';
import { errnoOf, UV_EOF, uv } from './errors.ts';

/** Bytes asked for at once, as libuv does. */
const readSize = 65536;
/** How many reads of a socket may have arrived before the next is asked for. */
const readAhead = 4;
/**
 * Bytes that may be under way before a write counts as asynchronous. Like a socket's own buffer it lets small writes
 * finish at once, which the order of callbacks in Node depends on; beyond it the kernel's answer is back-pressure.
 */
const writeWindow = 65536;

/** Of one message: the kernel refuses what is far larger. */
const pieceSize = 262144;
/** Bytes posted and not accepted yet; what is beyond waits here. The kernel holds several times as much for a slow reader. */
const postedLimit = 1048576;

export interface StreamReader {
  /** Runs in the poll phase. `errno` is 0 with bytes, else `UV_EOF` or a failure. */
  onRead(bytes: Uint8Array | undefined, errno: number): void;
  /** At most so many bytes at once. */
  maxBytes?(): number;
}

interface Attachment {
  readonly handle: Handle;
  readonly kind: StreamKind;
  /** Gives the handle back. */
  readonly release: () => void;
}

/** Streams with a read under way, by realm: a child that inherits the handle must find the bytes still there. */
const pumping = new WeakMap<NodeRealm, Set<KernelStream>>();

/**
 * One stream of the kernel as libuv would drive it: one `read` under way while someone wants bytes, writes posted at once.
 *
 * Stopping never loses bytes: what arrives afterwards is kept for the next start. It may be used before it is attached
 * (the pipe of a child that is being spawned): writes wait in order.
 */
export class KernelStream {
  readonly #realm: NodeRealm;
  #attached: Attachment | undefined;
  #reader: StreamReader | undefined;
  #cancelRead: (() => void) | undefined;
  #arrived: { readonly bytes: Uint8Array | undefined; readonly errno: number }[] = [];
  #delivering = false;
  #waiting: (() => void)[] = [];
  #unacknowledged = 0;
  #posted = 0;
  /** Pieces that wait until fewer bytes are posted. */
  readonly #pieces: { readonly bytes: Uint8Array; readonly done: (errno: number) => void }[] = [];
  #afterWrites: (() => void)[] = [];
  /** Who waits for the end of a write or of the writing half: cancelled by `close`. */
  readonly #unfinished = new Set<(errno: number) => void>();
  /** Writes that have not come to their pieces yet. */
  #held = 0;
  #failure = 0;
  #closed = false;
  /** The reader was told of the end, or of a failure. */
  #ended = false;
  /** What has arrived so far: changes as soon as something does. */
  arrivals = 0;
  /** As in libuv, nothing is written after `shutdown`, whatever the stream could still do. */
  #shut = false;
  bytesRead = 0;
  bytesWritten = 0;
  /** Runs after something was sent to the other end: bytes, the end of them, or that this end is closed. */
  onSent: (() => void) | undefined;
  /** Runs after more was asked for behind what has arrived. */
  onAskedAhead: (() => void) | undefined;
  /** The kernel was asked for what it will be attached to. */
  isExpected = false;
  /** Asks the kernel for it, for another process. */
  request: (() => void) | undefined;
  /** Bytes of writes that were not reported complete yet. */
  queued = 0;

  constructor(realm: NodeRealm) {
    this.#realm = realm;
  }

  get handle(): Handle | undefined {
    return this.#attached?.handle;
  }

  get kind(): StreamKind | undefined {
    return this.#attached?.kind;
  }

  /** Somebody reads it, and was not told of its end yet. */
  get isRead(): boolean {
    return this.#reader !== undefined && !this.#closed && !this.#ended;
  }

  /** Its reader has been given all that arrived. */
  get isDelivered(): boolean {
    return this.#arrived.length === 0;
  }

  attach(handle: Handle, kind: StreamKind, release: () => void = () => this.#realm.syscalls.notify({ kind: 'close', handle })): void {
    // What was written before it was closed is still to be sent; the last of those that wait releases it.
    if (this.#closed && this.#waiting.length === 0) {
      release();
      return;
    }
    this.#attached = { handle, kind, release };
    while (this.handle !== undefined && this.#waiting.length > 0) this.#waiting.shift()!();
    if (this.#reader !== undefined) this.#pump();
  }

  /** Runs `then` once it is attached or will never be; at once if that is known. */
  whenAttached(then: () => void): void {
    if (this.#attached !== undefined || this.#failure !== 0 || this.#closed) then();
    else this.#waiting.push(then);
  }

  /** Writes wait until the result is called, as they do before it is attached, which it must be. */
  suspend(): () => void {
    const { handle, kind, release } = this.#attached!;
    this.#attached = undefined;
    return () => this.attach(handle, kind, release);
  }

  /** Somebody waits for it to be attached. */
  get isAwaited(): boolean {
    return this.#waiting.length > 0;
  }

  /** It will never be attached: pending writes fail with `errno`, a reader sees the end. */
  abandon(errno: number): void {
    this.#failure = errno;
    const waiting = this.#waiting;
    this.#waiting = [];
    waiting.forEach((run) => run());
    this.#arrived.push({ bytes: undefined, errno: UV_EOF });
    this.#deliver();
  }

  start(reader: StreamReader): void {
    this.#reader = reader;
    if (this.#arrived.length > 0) this.#deliver();
    else this.#pump();
  }

  stop(): void {
    this.#reader = undefined;
  }

  /** Gives up a read that nobody waits for, so that another process may read. Bytes already here stay here. */
  yieldRead(): void {
    if (this.#reader !== undefined) return;
    this.#cancelRead?.();
    this.#cancelRead = undefined;
    this.#track(false);
  }

  /** Stops, and what has arrived goes back, for another process to read. */
  surrender(): void {
    this.stop();
    this.yieldRead();
    for (const { bytes } of this.#arrived.splice(0).reverse())
      if (bytes !== undefined) this.#realm.syscalls.call('unread', { handle: this.#attached!.handle, bytes }, () => undefined);
  }

  /** Makes every stopped stream over `handle` give up its read. */
  static yieldReads(realm: NodeRealm, handle: Handle): void {
    for (const stream of pumping.get(realm) ?? []) if (stream.handle === handle) stream.yieldRead();
  }

  #track(reading: boolean): void {
    let all = pumping.get(this.#realm);
    if (all === undefined) pumping.set(this.#realm, (all = new Set()));
    if (reading) all.add(this);
    else all.delete(this);
  }

  #pump(): void {
    if (this.#attached === undefined || this.#cancelRead !== undefined || this.#closed) return;
    this.#track(true);
    let answered = false;
    const cancel = this.#realm.syscalls.call('read', { handle: this.#attached.handle, maxBytes: readSize }, (outcome) => {
      answered = true;
      this.#cancelRead = undefined;
      this.#track(false);
      if (this.#closed) return;
      this.arrivals++;
      if (outcome.error) this.#arrived.push({ bytes: undefined, errno: errnoOf(outcome.error) });
      else if (outcome.result.bytes.length === 0) this.#arrived.push({ bytes: undefined, errno: UV_EOF });
      else this.#arrived.push({ bytes: outcome.result.bytes, errno: 0 });
      this.#deliver();
      // As libuv reads a socket until it is empty: who answers the beginning of a request has the rest of it before its answer is read.
      if (
        this.#attached?.kind === 'socket' &&
        this.#reader !== undefined &&
        this.#arrived.length < readAhead &&
        this.#arrived.at(-1)?.errno === 0
      ) {
        this.#pump();
        this.onAskedAhead?.();
      }
    });
    if (!answered) this.#cancelRead = cancel;
  }

  #deliver(): void {
    if (this.#delivering || this.#reader === undefined || this.#arrived.length === 0) return;
    this.#delivering = true;
    this.#realm.loop.enqueue(() => {
      this.#delivering = false;
      const reader = this.#reader;
      if (reader === undefined || this.#closed) return;
      const most = reader.maxBytes?.() ?? Infinity;
      this.#join(Math.min(most, readSize));
      let next = this.#arrived.shift();
      if (next === undefined) return;
      if (next.bytes !== undefined && next.bytes.length > most) {
        this.#arrived.unshift({ bytes: next.bytes.slice(most), errno: 0 });
        next = { bytes: next.bytes.slice(0, most), errno: 0 };
      }
      this.bytesRead += next.bytes?.length ?? 0;
      this.#ended = next.errno !== 0;
      try {
        reader.onRead(next.bytes, next.errno);
      } finally {
        if (this.#reader !== undefined && !this.#closed) {
          if (this.#arrived.length > 0) this.#deliver();
          else if (next.errno === 0) this.#pump();
        }
      }
    });
  }

  /** One read of a socket gives all that is there, up to `most` bytes, however it was written. */
  #join(most: number): void {
    if (this.#attached?.kind !== 'socket') return;
    let [count, length] = [0, 0];
    for (const { bytes } of this.#arrived) {
      if (bytes === undefined || length + bytes.length > most) break;
      length += bytes.length;
      count++;
    }
    if (count < 2) return;
    const joined = new Uint8Array(length);
    let at = 0;
    for (const { bytes } of this.#arrived.splice(0, count)) {
      joined.set(bytes!, at);
      at += bytes!.length;
    }
    this.#arrived.unshift({ bytes: joined, errno: 0 });
  }

  /**
   * Posts `bytes`, which must not change afterwards. Returns a negative number if the stream has failed, 0 if it is
   * complete, 1 if `done` will be called with 0 or a negative number.
   */
  write(bytes: Uint8Array, done: (errno: number) => void): number {
    if (this.#closed) return uv('EBADF');
    if (this.#failure !== 0) return this.#failure;
    if (this.#shut) return uv('EPIPE');
    if (this.#attached !== undefined && (this.#attached.kind === 'pipe-read' || this.#attached.kind === 'listener')) return uv('EBADF');
    this.bytesWritten += bytes.length;
    const late = this.#unacknowledged + bytes.length > writeWindow;
    this.#unacknowledged += bytes.length;
    if (late) {
      this.queued += bytes.length;
      this.#unfinished.add(done);
    }
    const finish = (errno: number) => {
      this.#unacknowledged -= bytes.length;
      if (late) this.queued -= bytes.length;
      if (errno < 0 && this.#failure === 0) this.#failure = errno;
      this.#finished(done, errno);
      if (this.#unacknowledged > 0) return;
      const after = this.#afterWrites;
      this.#afterWrites = [];
      after.forEach((run) => run());
    };
    const post = (known: Uint8Array) => {
      this.#held -= 1;
      let failed = 0;
      for (let at = 0; ; at += pieceSize) {
        const last = at + pieceSize >= known.length;
        this.#pieces.push({
          bytes: known.length <= pieceSize ? known : known.slice(at, at + pieceSize),
          done: (errno) => {
            if (failed === 0) failed = errno;
            if (last) finish(failed);
          },
        });
        if (last) break;
      }
      this.#postPieces();
    };
    this.#held += 1;
    if (this.#attached === undefined) this.#waiting.push(() => post(bytes));
    else heldOutput(this.#realm).write(bytes, post);
    return late ? 1 : 0;
  }

  #finished(done: (errno: number) => void, errno: number): void {
    if (this.#unfinished.delete(done)) done(errno);
  }

  #postPieces(): void {
    while (this.#posted < postedLimit) {
      const piece = this.#pieces.shift();
      if (piece === undefined) return;
      const { bytes, done } = piece;
      if (this.#attached === undefined || this.#failure !== 0) {
        done(this.#failure === 0 ? uv('EPIPE') : this.#failure);
        continue;
      }
      this.#posted += bytes.length;
      this.#realm.syscalls.call('write', { handle: this.#attached.handle, bytes }, (outcome) => {
        this.#posted -= bytes.length;
        done(outcome.error ? errnoOf(outcome.error) : 0);
        this.#postPieces();
      });
      this.onSent?.();
    }
  }

  /** Ends the writing half after all that was written. */
  shutdown(whenDone: (errno: number) => void): number {
    if (this.#closed || this.#shut) return uv('ENOTCONN');
    this.#shut = true;
    this.#unfinished.add(whenDone);
    const done = (errno: number) => this.#finished(whenDone, errno);
    const post = () => {
      const attached = this.#attached;
      if (attached === undefined || this.#failure !== 0) {
        done(attached === undefined ? uv('ENOTCONN') : 0);
        return;
      }
      if (attached.kind === 'tty' || attached.kind === 'pty-master' || attached.kind === 'pipe-write') {
        done(0);
        return;
      }
      this.#realm.syscalls.call('shutdown', { handle: attached.handle }, (outcome) => done(outcome.error ? errnoOf(outcome.error) : 0));
      this.onSent?.();
    };
    const afterWrites = () => {
      if (this.#unacknowledged > 0) this.#afterWrites.push(post);
      else post();
    };
    if (this.#attached === undefined && this.#failure === 0) this.#waiting.push(afterWrites);
    else afterWrites();
    return 0;
  }

  /** As `close`, and the other side is told of a broken connection. */
  reset(): void {
    const attached = this.#attached;
    if (attached === undefined || attached.kind !== 'socket' || this.#closed) {
      this.close();
      return;
    }
    this.#attached = { ...attached, release: () => this.#realm.syscalls.notify({ kind: 'close', handle: attached.handle, reset: true }) };
    this.close();
  }

  /** What was posted is still delivered, and the rest is cancelled, as in libuv; what arrives is dropped. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#reader = undefined;
    this.#track(false);
    for (const done of this.#unfinished) this.#finished(done, uv('ECANCELED'));
    if (this.#held === 0) this.#pieces.length = 0;
    const finish = () => {
      this.#cancelRead?.();
      this.#cancelRead = undefined;
      this.#attached?.release();
      this.onSent?.();
    };
    // Writes that wait for the attachment, or are held, go first.
    if (this.#attached === undefined && this.#waiting.length > 0) this.#waiting.push(finish);
    else if (this.#held > 0) this.#afterWrites.push(finish);
    else finish();
  }
}
