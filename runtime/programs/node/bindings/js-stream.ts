import type { MakeBinding, Untyped } from '../realm.ts';
import { asyncWraps, type ReqWrap } from '../wraps/async-wrap.ts';
import { UV_EOF } from '../wraps/errors.ts';
import { streamBase } from '../wraps/stream-base.ts';

/** `internalBinding('js_stream')`: a native stream whose other side is a stream of the program. */
export const makeJsStream: MakeBinding = (realm) => {
  const { AsyncWrap, makeCallback } = asyncWraps(realm);
  const base = streamBase(realm);

  class JSStream extends AsyncWrap {
    #read = 0;
    #written = 0;
    #pending = new Map<object, (errno: number) => void>();

    constructor() {
      super('JSSTREAM');
      const call = (name: string, args: readonly unknown[]) => makeCallback(this, (this as Untyped)[name], args);
      const readBytes = () => this.#read;
      const writtenBytes = () => this.#written;
      base.setBackend(this, {
        readStart: () => Number(call('onreadstart', [])) || 0,
        readStop: () => Number(call('onreadstop', [])) || 0,
        write: (bytes, done) => {
          const request = { oncomplete: undefined };
          this.#written += bytes.length;
          this.#pending.set(request, done);
          const errno = Number(call('onwrite', [request, [realm.requireBuiltin('buffer').Buffer.from(bytes)]])) || 0;
          return errno === 0 ? 1 : errno;
        },
        shutdown: (done) => {
          const request = { oncomplete: undefined };
          this.#pending.set(request, done);
          return Number(call('onshutdown', [request])) || 0;
        },
        get bytesRead() {
          return readBytes();
        },
        get bytesWritten() {
          return writtenBytes();
        },
        fd: -1,
      });
    }

    #finish(request: object, errno: number): void {
      const done = this.#pending.get(request);
      this.#pending.delete(request);
      done?.(errno);
    }

    finishWrite(request: ReqWrap, errno: number): void {
      this.#finish(request, errno);
    }

    finishShutdown(request: ReqWrap, errno: number): void {
      this.#finish(request, errno);
    }

    readBuffer(buffer: ArrayBufferView): void {
      const bytes = new Uint8Array(buffer.buffer as ArrayBuffer, buffer.byteOffset, buffer.byteLength).slice();
      this.#read += bytes.length;
      base.emitRead(this, bytes, 0);
    }

    emitEOF(): void {
      base.emitRead(this, undefined, UV_EOF);
    }
  }
  base.install(JSStream.prototype);

  return { JSStream };
};
