/**
 * A Blob that a test can read synchronously, in Node and on a page too, where there is no `FileReaderSync`. After
 * `installMemoryBlobs()` every Blob the code under test makes is one.
 */
const held = new WeakMap<Blob, Uint8Array>();

const NativeBlob = Blob;

export class MemoryBlob extends NativeBlob {
  /** Installed in the place of `Blob`, it must know the browser's own too, such as those out of IndexedDB. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return NativeBlob[Symbol.hasInstance](value);
  }

  constructor(parts: readonly BlobPart[] = [], options?: BlobPropertyBag) {
    const pieces = parts.map(bytesOf);
    const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
    let at = 0;
    for (const piece of pieces) {
      bytes.set(piece, at);
      at += piece.length;
    }
    super([bytes], options);
    held.set(this, bytes);
  }

  override slice(start?: number, end?: number, type?: string): Blob {
    return new MemoryBlob([(held.get(this) as Uint8Array<ArrayBuffer>).slice(start, end)], type === undefined ? {} : { type });
  }
}

function bytesOf(part: BlobPart): Uint8Array {
  if (typeof part === 'string') return new TextEncoder().encode(part);
  if (part instanceof NativeBlob) return readMemoryBlob(part);
  if (part instanceof ArrayBuffer) return new Uint8Array(part);
  return new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
}

export function readMemoryBlob(blob: Blob): Uint8Array {
  const bytes = held.get(blob);
  if (bytes === undefined) throw new TypeError('This Blob is not one of the test');
  return bytes.slice();
}

/** Answers how to take it back. */
export function installMemoryBlobs(): () => void {
  const original = globalThis.Blob;
  globalThis.Blob = MemoryBlob;
  return () => {
    globalThis.Blob = original;
  };
}
