import { BvError } from '../base/errors.ts';

/** Reads a Blob at once: `FileReaderSync` in a worker. The result belongs to the caller. */
export type BlobReader = (blob: Blob) => Uint8Array;

/**
 * Firefox (153, measured): a synchronous read that starts in the middle of a Blob never returns, if the Blob came from another thread
 * and is in memory with more than 1 MB, or is made of more than 8 stored ones. From its start every Blob can be read. Nothing tells
 * such a Blob from another, so there all are read whole, and layers are not joined into one.
 */
export const readsFromStartOnly = /\bFirefox\//.test((globalThis as { navigator?: { userAgent?: string } }).navigator?.userAgent ?? '');

interface ReadSizes {
  /** Up to this size a Blob is read whole on first touch, beyond it in pieces. */
  readonly whole: number;
  readonly piece: number;
  readonly kept: number;
}

/** A read costs 0.2–1 ms whatever its size, and to cut a Blob out of one of many parts as much again; 30 MB 25–250 ms. */
const ownSizes: ReadSizes = { whole: readsFromStartOnly ? Infinity : 64 << 20, piece: 8 << 20, kept: 8 };
/** Of what many small layers share: the packages of a program lie together, and come in a few reads. */
const sharedSizes: ReadSizes = readsFromStartOnly ? ownSizes : { whole: 1 << 20, piece: 1 << 20, kept: 16 };

/** @throws {BvError} `ERR_BV_STORE` if the Blob cannot be read or comes short. */
export function readBlob(blob: Blob, reader: BlobReader): Uint8Array {
  if (blob.size === 0) return new Uint8Array(0);
  let bytes: Uint8Array;
  try {
    bytes = reader(blob);
  } catch (cause) {
    throw new BvError('ERR_BV_STORE', `Cannot read ${blob.size} bytes of a stored file`, { cause });
  }
  if (bytes.length !== blob.size) throw new BvError('ERR_BV_STORE', `Cannot read a stored file: got ${bytes.length} of ${blob.size} bytes`);
  return bytes;
}

/** A Blob of many files, read whole or in large pieces when something in it is first touched. */
export class BlobBytes {
  readonly #reader: BlobReader;
  #blob: Blob;
  #whole: Uint8Array | undefined;
  readonly #pieces = new Map<number, Uint8Array>();
  readonly #sizes: ReadSizes;

  constructor(blob: Blob, reader: BlobReader, sizes = ownSizes) {
    this.#blob = blob;
    this.#reader = reader;
    this.#sizes = sizes;
  }

  get blob(): Blob {
    return this.#blob;
  }

  get size(): number {
    return this.#blob.size;
  }

  /** The same bytes and more behind them. */
  extend(blob: Blob): void {
    this.#blob = blob;
    this.#whole = undefined;
    this.#pieces.clear();
  }

  /** A view that must not be written. */
  read(offset: number, length: number): Uint8Array {
    if (length === 0) return new Uint8Array(0);
    const { whole: wholeBytes, piece: pieceBytes, kept: keptPieces } = this.#sizes;
    if (this.size <= wholeBytes) {
      const whole = (this.#whole ??= readBlob(this.#blob, this.#reader));
      return whole.subarray(offset, offset + length);
    }
    const piece = Math.floor(offset / pieceBytes);
    if (offset + length > (piece + 1) * pieceBytes) return readBlob(this.#blob.slice(offset, offset + length), this.#reader);
    let bytes = this.#pieces.get(piece);
    if (bytes === undefined) {
      bytes = readBlob(this.#blob.slice(piece * pieceBytes, (piece + 1) * pieceBytes), this.#reader);
      if (this.#pieces.size >= keptPieces) this.#pieces.delete(this.#pieces.keys().next().value as number);
      this.#pieces.set(piece, bytes);
    }
    const start = offset - piece * pieceBytes;
    return bytes.subarray(start, start + length);
  }
}

const shared = new WeakMap<Blob, BlobBytes>();

/** The bytes of a Blob that several share: read for all of them. */
export function sharedBytes(blob: Blob, reader: BlobReader): BlobBytes {
  let bytes = shared.get(blob);
  if (bytes === undefined) shared.set(blob, (bytes = new BlobBytes(blob, reader, sharedSizes)));
  return bytes;
}
