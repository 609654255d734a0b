/** `internalBinding('blob')`: `Blob`, `File`, `fs.openAsBlob` and object URLs over immutable pieces of memory and files. */
import { joinBytes } from '../../../base/bytes.ts';
import { PosixError } from '../../../base/errors.ts';
import type { MakeBinding, NodeRealm, Untyped } from '../realm.ts';
import { fsRequests } from './fs-requests.ts';
import { askFor } from './permission.ts';

/** What `pull` tells of: the end, data, or trouble. */
const status = { end: 0, data: 1, error: -1 } as const;

/** Bit of an object's transfer mode. */
const kCloneable = 2;

/** How much of a file one `pull` reads. */
const fileChunkBytes = 65536;

interface MemoryPiece {
  readonly bytes: Uint8Array;
}
/** Read when asked for; refused if the file has changed since the blob was made. */
interface FilePiece {
  readonly path: string;
  readonly from: number;
  readonly length: number;
  readonly size: number;
  readonly mtimeMs: number;
}
type Piece = MemoryPiece | FilePiece;

const lengthOf = (piece: Piece) => ('bytes' in piece ? piece.bytes.length : piece.length);

function slicePiece(piece: Piece, start: number, end: number): Piece {
  return 'bytes' in piece ? { bytes: piece.bytes.subarray(start, end) } : { ...piece, from: piece.from + start, length: end - start };
}

function readPiece(realm: NodeRealm, piece: FilePiece, at: number): Uint8Array<ArrayBuffer> | undefined {
  const { files } = realm.syscalls;
  let fd;
  try {
    fd = files.open(piece.path, 0, 0);
    const { size, mtimeMs } = files.fstat(fd);
    if (size !== piece.size || mtimeMs !== piece.mtimeMs) return undefined;
    const into = new Uint8Array(Math.min(fileChunkBytes, piece.length - at));
    if (into.length === 0) return into;
    const count = files.read(fd, into, piece.from + at);
    return count === 0 ? undefined : into.slice(0, count);
  } catch {
    // Told as `status.error`; the library makes the NotReadableError.
    return undefined;
  } finally {
    if (fd !== undefined) files.close(fd);
  }
}

export const makeBlob: MakeBinding = (realm) => {
  const stored = new Map<string, readonly [Blob, number, string]>();

  class Reader {
    readonly #pieces: readonly Piece[];
    #index = 0;
    #at = 0;

    constructor(pieces: readonly Piece[]) {
      this.#pieces = pieces;
    }

    /** `callback(status, buffer)` runs before this returns, or later where a file is read. */
    pull(callback: (status: number, buffer?: ArrayBuffer) => void): void {
      const piece = this.#pieces[this.#index];
      if (piece === undefined) return callback(status.end);
      if ('bytes' in piece) {
        this.#index++;
        return callback(status.data, piece.bytes.slice().buffer);
      }
      realm.loop.enqueueWork(() => this.#pullFile(piece, callback));
    }

    #pullFile(piece: FilePiece, callback: (status: number, buffer?: ArrayBuffer) => void): void {
      const chunk = readPiece(realm, piece, this.#at);
      if (chunk === undefined) return callback(status.error);
      this.#at += chunk.length;
      if (this.#at >= piece.length) {
        this.#index++;
        this.#at = 0;
      }
      if (chunk.length === 0) return this.pull(callback);
      callback(status.data, chunk.buffer);
    }

    /** Nothing here ever waits, so nobody is woken. */
    setWakeup(): void {}
  }

  class Blob {
    readonly #pieces: readonly Piece[];

    constructor(pieces: readonly Piece[]) {
      this.#pieces = pieces;
      // `structuredClone` shares it: it never changes.
      Object.defineProperty(this, realm.privateSymbols['transfer_mode_private_symbol']!, { value: kCloneable });
    }

    static pieces(blob: Blob): readonly Piece[] {
      return blob.#pieces;
    }

    static is(value: object): value is Blob {
      return #pieces in value;
    }

    getReader(): Reader {
      return new Reader(this.#pieces);
    }

    slice(start: number, end: number): Blob {
      const pieces: Piece[] = [];
      let at = 0;
      for (const piece of this.#pieces) {
        const length = lengthOf(piece);
        const [from, to] = [Math.max(start - at, 0), Math.min(end - at, length)];
        if (from < to) pieces.push(slicePiece(piece, from, to));
        at += length;
      }
      return new Blob(pieces);
    }
  }
  const { pieces: piecesOf, is } = Blob;
  for (const name of ['pieces', 'is'] as const) Reflect.deleteProperty(Blob, name);

  return {
    createBlob(sources: Untyped[]): Blob {
      const pieces: Piece[] = [];
      for (const source of sources) {
        if (is(source)) pieces.push(...piecesOf(source));
        // The library hands over a copy of its own.
        else if (source.byteLength > 0) pieces.push({ bytes: new Uint8Array(source.buffer, source.byteOffset, source.byteLength) });
      }
      return new Blob(pieces);
    },
    concat(buffers: Untyped[]): ArrayBuffer {
      const views = buffers.map((each) =>
        ArrayBuffer.isView(each) ? new Uint8Array(each.buffer, each.byteOffset, each.byteLength) : new Uint8Array(each),
      );
      return joinBytes(views).buffer;
    },
    createBlobFromFilePath(given: unknown): [Blob, number] {
      const path = fsRequests(realm).pathOf(given);
      askFor(realm, 'FileSystemRead', path);
      try {
        const { size, mtimeMs } = realm.syscalls.files.stat(path);
        return [new Blob([{ path, from: 0, length: size, size, mtimeMs }]), size];
      } catch (error) {
        if (!(error instanceof PosixError)) throw error;
        throw Object.assign(new TypeError('Unable to open file as blob'), { code: 'ERR_INVALID_ARG_VALUE' });
      }
    },
    storeDataObject(id: string, blob: Blob, length: number, type: string): void {
      stored.set(id, [blob, length, type]);
    },
    getDataObject: (id: string) => (stored.has(id) ? [...stored.get(id)!] : undefined),
    revokeObjectURL(url: string): void {
      const id = /^blob:nodedata:([^#?:]+)/.exec(String(url))?.[1];
      if (id !== undefined) stored.delete(id);
    },
  };
};
