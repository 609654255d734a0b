import type { NodeRealm, Untyped } from '../realm.ts';
import { asyncWraps, requestClass, type AsyncWrap, type ReqWrap } from './async-wrap.ts';
import { UV_EOF, uv } from './errors.ts';
import { perRealm } from './per-realm.ts';

export const kReadBytesOrError = 0;
export const kArrayBufferOffset = 1;
export const kBytesWritten = 2;
export const kLastWriteWasAsync = 3;

/** What a native consumer (the HTTP parser) sees instead of `onread`. */
export interface StreamConsumer {
  /** `errno` is 0 with bytes, else `UV_EOF` or a failure. */
  onRead(bytes: Uint8Array | undefined, errno: number): void;
}

/** What a stream must be able to do for {@link streamBase} to give it Node's methods. */
export interface StreamBackend {
  readStart(): number;
  readStop(): number;
  /** As `KernelStream.write`. */
  write(bytes: Uint8Array, done: (errno: number) => void): number;
  /** As `KernelStream.shutdown`. */
  shutdown(done: (errno: number) => void): number;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  readonly fd: number;
}

function latin1(text: string, mask: number): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i) & mask;
  return bytes;
}

function ucs2(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length * 2);
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    bytes[2 * i] = unit & 0xff;
    bytes[2 * i + 1] = unit >> 8;
  }
  return bytes;
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  let length = 0;
  for (const part of parts) length += part.length;
  const all = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** A copy that nothing else holds; the program may change its buffer as soon as the call returns. */
function copyOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer as ArrayBuffer, view.byteOffset, view.byteLength).slice();
}

/** The `StreamBase` protocol of Node, for every class of streams: one array that says what the last call did. */
function makeStreamBase(realm: NodeRealm) {
  const { makeCallback, dispatched, finish } = asyncWraps(realm);
  const state = new Int32Array(5);
  const WriteWrap = requestClass(realm, 'WriteWrap', 'WRITEWRAP');
  const ShutdownWrap = requestClass(realm, 'ShutdownWrap', 'SHUTDOWNWRAP');

  interface Side {
    readonly backend: StreamBackend;
    onread: Untyped;
    userBuffer: Uint8Array | undefined;
    consumer: StreamConsumer | undefined;
  }
  const sides = new WeakMap<AsyncWrap, Side>();

  function sideOf(wrap: unknown): Side {
    const side = sides.get(wrap as AsyncWrap);
    if (side === undefined) throw new TypeError('Illegal invocation');
    return side;
  }

  function encode(chunk: string, encoding: string): Uint8Array {
    switch (encoding.toLowerCase()) {
      case 'utf8':
      case 'utf-8':
        return realm.platform.encodeUtf8(chunk);
      case 'latin1':
      case 'binary':
        return latin1(chunk, 0xff);
      case 'ascii':
        return latin1(chunk, 0xff);
      case 'ucs2':
      case 'ucs-2':
      case 'utf16le':
      case 'utf-16le':
        return ucs2(chunk);
      default:
        return copyOf(realm.requireBuiltin('buffer').Buffer.from(chunk, encoding) as Uint8Array);
    }
  }

  /** `begin` may call its callback before it returns `asynchronous`. */
  function request(
    wrap: AsyncWrap,
    request: ReqWrap,
    asynchronous: number,
    begin: (done: (errno: number) => void) => number,
    rest: readonly unknown[],
  ): number {
    let known = false;
    let early: number | undefined;
    const result = begin((errno) => {
      // As libuv: who closes a stream hears of what was under way in the closing phase, before it is closed.
      if (known) finish(request, [errno, ...rest], errno === uv('ECANCELED') ? 'enqueueClose' : 'enqueue');
      else early = errno;
    });
    if (result !== asynchronous) return result;
    dispatched(request, wrap);
    known = true;
    if (early !== undefined) finish(request, [early, ...rest]);
    return result;
  }

  function write(wrap: unknown, writeRequest: ReqWrap, bytes: Uint8Array): number {
    const { backend } = sideOf(wrap);
    state[kBytesWritten] = bytes.length;
    const result = request(wrap as AsyncWrap, writeRequest, 1, (done) => backend.write(bytes, done), [wrap, undefined]);
    state[kLastWriteWasAsync] = result === 1 ? 1 : 0;
    return result === 1 ? 0 : result;
  }

  /** One read reaches the program, its own buffer or a consumer. */
  function emitRead(wrap: AsyncWrap, bytes: Uint8Array | undefined, errno: number): void {
    const side = sideOf(wrap);
    if (side.consumer !== undefined) {
      side.consumer.onRead(bytes, errno);
      return;
    }
    if (bytes === undefined) {
      state[kReadBytesOrError] = errno;
      state[kArrayBufferOffset] = 0;
      makeCallback(wrap, side.onread, [undefined]);
      return;
    }
    if (side.userBuffer === undefined) {
      const whole = bytes.byteLength === bytes.buffer.byteLength ? bytes : bytes.slice();
      state[kReadBytesOrError] = whole.length;
      state[kArrayBufferOffset] = 0;
      makeCallback(wrap, side.onread, [whole.buffer]);
      return;
    }
    for (let at = 0; at < bytes.length;) {
      const target: Uint8Array = side.userBuffer;
      const part = bytes.subarray(at, at + target.length);
      if (part.length === 0) return;
      target.set(part);
      at += part.length;
      state[kReadBytesOrError] = part.length;
      const next = makeCallback(wrap, side.onread, [undefined]);
      if (next instanceof Uint8Array) side.userBuffer = next;
    }
  }

  const methods = {
    readStart(): number {
      return sideOf(this).backend.readStart();
    },
    readStop(): number {
      return sideOf(this).backend.readStop();
    },
    shutdown(shutdownRequest: ReqWrap): number {
      const { backend } = sideOf(this);
      return request(this as unknown as AsyncWrap, shutdownRequest, 0, (done) => backend.shutdown(done), []);
    },
    useUserBuffer(buffer: Uint8Array): number {
      sideOf(this).userBuffer = buffer;
      return 0;
    },
    writev(writeRequest: ReqWrap, chunks: readonly Untyped[], allBuffers: boolean): number {
      const parts: Uint8Array[] = [];
      if (allBuffers) for (const chunk of chunks) parts.push(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      else {
        for (let i = 0; i < chunks.length; i += 2) {
          const chunk: unknown = chunks[i];
          parts.push(typeof chunk === 'string' ? encode(chunk, String(chunks[i + 1])) : (chunk as Uint8Array));
        }
      }
      return write(this, writeRequest, concat(parts));
    },
    writeBuffer(writeRequest: ReqWrap, buffer: ArrayBufferView): number {
      return write(this, writeRequest, copyOf(buffer));
    },
    writeAsciiString(writeRequest: ReqWrap, text: string): number {
      return write(this, writeRequest, latin1(text, 0xff));
    },
    writeUtf8String(writeRequest: ReqWrap, text: string): number {
      return write(this, writeRequest, realm.platform.encodeUtf8(text));
    },
    writeUcs2String(writeRequest: ReqWrap, text: string): number {
      return write(this, writeRequest, ucs2(text));
    },
    writeLatin1String(writeRequest: ReqWrap, text: string): number {
      return write(this, writeRequest, latin1(text, 0xff));
    },
  };

  /** Gives `prototype` the methods and accessors of a `StreamBase`. */
  function install(prototype: object): void {
    for (const [name, value] of Object.entries(methods))
      Object.defineProperty(prototype, name, { value, writable: true, configurable: true, enumerable: true });
    const accessor = (name: string, get: (side: Side | undefined) => unknown, set?: (side: Side, value: Untyped) => void) =>
      Object.defineProperty(prototype, name, {
        configurable: true,
        get(this: AsyncWrap) {
          return get(sides.get(this));
        },
        ...(set === undefined
          ? {}
          : {
              set(this: AsyncWrap, value: Untyped) {
                set(sideOf(this), value);
              },
            }),
      });
    accessor('fd', (side) => side?.backend.fd ?? -1);
    accessor('bytesRead', (side) => side?.backend.bytesRead ?? 0);
    accessor('bytesWritten', (side) => side?.backend.bytesWritten ?? 0);
    accessor('_externalStream', () => undefined);
    accessor(
      'onread',
      (side) => side?.onread,
      (side, value) => (side.onread = value),
    );
    Object.defineProperty(prototype, 'isStreamBase', { value: true, writable: true, configurable: true, enumerable: true });
  }

  return {
    state,
    WriteWrap,
    ShutdownWrap,
    install,
    emitRead,
    setBackend(wrap: AsyncWrap, backend: StreamBackend): void {
      sides.set(wrap, { backend, onread: undefined, userBuffer: undefined, consumer: undefined });
    },
    /** `undefined` gives reading back to `onread`. False if `wrap` is no stream. */
    setConsumer(wrap: unknown, consumer: StreamConsumer | undefined): boolean {
      const side = sides.get(wrap as AsyncWrap);
      if (side === undefined) return false;
      side.consumer = consumer;
      return true;
    },
    /** What one read may bring: the program's own buffer is filled once per callback. */
    maxRead(wrap: AsyncWrap): number {
      const side = sideOf(wrap);
      return side.consumer === undefined ? (side.userBuffer?.length ?? Infinity) : Infinity;
    },
    /** Passes a read on as if there were no consumer. */
    passOn(wrap: AsyncWrap, bytes: Uint8Array | undefined, errno: number): void {
      const side = sideOf(wrap);
      const { consumer } = side;
      side.consumer = undefined;
      try {
        emitRead(wrap, bytes, errno);
      } finally {
        side.consumer ??= consumer;
      }
    },
    UV_EOF,
  };
}

export const streamBase = perRealm(makeStreamBase);
