import type { NodeRealm } from '../realm.ts';
import { uv } from './errors.ts';
import { handleWraps } from './handle-wrap.ts';
import { KernelStream } from './kernel-stream.ts';
import { perRealm } from './per-realm.ts';
import { streamBase } from './stream-base.ts';

/** `LibuvStreamWrap`: the base of TCP, Pipe and TTY, over a stream of the kernel. */
function makeStreamWrap(realm: NodeRealm) {
  const { HandleWrap, setActive, isOpen, onClose } = handleWraps(realm);
  const base = streamBase(realm);

  class LibuvStreamWrap extends HandleWrap {
    #stream = new KernelStream(realm);
    #fd = -1;
    #reading = false;

    constructor(provider: string) {
      super(provider);
      const fdOf = () => this.#fd;
      const stream = this.#stream;
      const reader = {
        onRead: (bytes: Uint8Array | undefined, errno: number) => {
          if (errno !== 0) this.#setReading(false);
          base.emitRead(this, bytes, errno);
        },
        maxBytes: () => base.maxRead(this),
      };
      base.setBackend(this, {
        readStart: () => {
          if (!isOpen(this)) return uv('EINVAL');
          this.#setReading(true);
          stream.start(reader);
          return 0;
        },
        readStop: () => {
          this.#setReading(false);
          stream.stop();
          return 0;
        },
        write: (bytes, done) => (isOpen(this) ? stream.write(bytes, done) : uv('EBADF')),
        shutdown: (done) => (isOpen(this) ? stream.shutdown(done) : uv('ENOTCONN')),
        get bytesRead() {
          return stream.bytesRead;
        },
        get bytesWritten() {
          return stream.bytesWritten;
        },
        get fd() {
          return fdOf();
        },
      });
      onClose(this, () => {
        this.#setReading(false);
        closers.get(this)?.();
        stream.close();
      });
    }

    #setReading(reading: boolean): void {
      this.#reading = reading;
      setActive(this, reading);
    }

    get writeQueueSize(): number {
      return this.#stream.queued;
    }

    /** Writes are always posted at once, which is what blocking is for. */
    setBlocking(_blocking: boolean): number {
      return 0;
    }

    static streamOf(wrap: LibuvStreamWrap): KernelStream {
      return wrap.#stream;
    }

    static setFd(wrap: LibuvStreamWrap, fd: number): void {
      wrap.#fd = fd;
    }

    static isReading(wrap: LibuvStreamWrap): boolean {
      return wrap.#reading;
    }
  }
  base.install(LibuvStreamWrap.prototype);

  const closers = new WeakMap<LibuvStreamWrap, () => void>();
  const { streamOf, setFd, isReading } = LibuvStreamWrap;
  for (const name of ['streamOf', 'setFd', 'isReading'] as const) Reflect.deleteProperty(LibuvStreamWrap, name);

  return {
    LibuvStreamWrap,
    streamOf,
    isReading,
    /** Runs inside `close()`, before the stream is closed. */
    beforeClose(wrap: InstanceType<typeof LibuvStreamWrap>, closing: () => void): void {
      closers.set(wrap, closing);
    },
    /** Lets the wrap work on an open descriptor; closing it closes the descriptor. 0 or a negative number. */
    openFd(wrap: InstanceType<typeof LibuvStreamWrap>, fd: number): number {
      const info = realm.syscalls.descriptors.info(fd);
      if (info === undefined) return uv('EBADF');
      if (info.kind === 'file') return uv('EINVAL');
      setFd(wrap, fd);
      streamOf(wrap).attach(info.handle, info.stream, () => {
        // The descriptor may be gone already: a program can close it by number.
        if (realm.syscalls.descriptors.info(fd) !== undefined) realm.syscalls.files.close(fd);
      });
      return 0;
    },
  };
}

export const streamWraps = perRealm(makeStreamWrap);
export type StreamWraps = ReturnType<typeof makeStreamWrap>;
export type LibuvStreamWrap = InstanceType<StreamWraps['LibuvStreamWrap']>;
