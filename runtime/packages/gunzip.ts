/** Bounded decompression of a tarball in memory. */
import { DroppedBuffers } from './dropped-buffers.ts';
import { PackageError } from './package-error.ts';
import type { Turns } from './turns.ts';
import type { UnpackRoom } from './unpack-room.ts';

export interface GunzipOptions {
  readonly maxBytes: number;
  /** Of what comes out to what goes in, once more than `ratioFromBytes` came out. */
  readonly maxRatio: number;
  readonly signal?: AbortSignal | undefined;
  /** Where the result may stand. */
  readonly room?: UnpackRoom | undefined;
  /** Taken with whatever else the thread has to do. Default: none. */
  readonly turns?: Turns | undefined;
}

/** Below this every ratio is fine: deflate itself has at most 1,032. */
const ratioFromBytes = 32 << 20;
/** Fed in pieces, so that one never makes more than 33 MB before the bounds are looked at. */
const pieceBytes = 32 << 10;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b;
}

const dropped = new DroppedBuffers();

/**
 * What was compressed, in a buffer of its own or in the room. One gzip member and nothing behind it: `DecompressionStream` refuses what else zlib, and
 * so npm, would pass over.
 *
 * @throws {PackageError} `Z_DATA_ERROR`, `ETOOLARGE`.
 */
export async function gunzip(bytes: Uint8Array<ArrayBuffer>, options: GunzipOptions): Promise<Uint8Array<ArrayBuffer>> {
  options.signal?.throwIfAborted();
  const output = new Output(bytes, options);
  const stream = new DecompressionStream('gzip');
  const writer = stream.writable.getWriter();
  const reader = stream.readable.getReader();
  const writing = (async () => {
    for (let at = 0; at < bytes.length; at += pieceBytes) await writer.write(bytes.subarray(at, at + pieceBytes));
    await writer.close();
  })();
  writing.catch(() => {}); // The reader fails of the same, and what it fails of is told.
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return output.end();
      output.add(value);
      dropped.add(value.length);
      options.signal?.throwIfAborted();
      if (options.turns?.due === true) await options.turns.take();
    }
  } catch (error) {
    void writer.abort().catch(() => {}); // It may have failed already.
    if (error instanceof PackageError || options.signal?.aborted === true) throw error;
    const why = error instanceof Error ? error.message : String(error);
    throw new PackageError('Z_DATA_ERROR', `The tarball cannot be decompressed: ${why}`, { cause: error });
  }
}

/** Grows up to the bounds. */
class Output {
  readonly #options: GunzipOptions;
  readonly #input: Uint8Array;
  #bytes: Uint8Array<ArrayBuffer>;
  #used = 0;

  constructor(input: Uint8Array, options: GunzipOptions) {
    this.#options = options;
    this.#input = input;
    // A gzip stream ends with its size. It may lie, but not beyond what deflate can do.
    const said = input.length < 18 ? 0 : new DataView(input.buffer, input.byteOffset + input.length - 4, 4).getUint32(0, true);
    const hint = said <= Math.min(options.maxBytes, input.length * 40) ? said : 0;
    const first = Math.max(hint, Math.min(input.length * 4, 1 << 20));
    this.#bytes = options.room?.take(first) ?? new Uint8Array(first);
  }

  add(piece: Uint8Array): void {
    const end = this.#used + piece.length;
    const { maxBytes, maxRatio } = this.#options;
    if (end > maxBytes) throw new PackageError('ETOOLARGE', `The tarball unpacks to more than ${maxBytes} bytes`);
    if (end > ratioFromBytes && end > this.#input.length * maxRatio) {
      throw new PackageError('ETOOLARGE', `The tarball unpacks to more than ${maxRatio} times its ${this.#input.length} bytes`);
    }
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.min(Math.max(end, this.#bytes.length * 2), maxBytes));
      grown.set(this.#bytes.subarray(0, this.#used));
      this.#bytes = grown;
    }
    this.#bytes.set(piece, this.#used);
    this.#used = end;
  }

  end(): Uint8Array<ArrayBuffer> {
    const isOwn = this.#bytes.length === this.#bytes.buffer.byteLength;
    return isOwn && this.#used * 2 < this.#bytes.length ? this.#bytes.slice(0, this.#used) : this.#bytes.subarray(0, this.#used);
  }
}
