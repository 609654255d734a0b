/** Larger packages have a buffer of their own. */
const roomBytes = 16 << 20;
/** Headers of tars begin at such steps; whoever reads words wants them whole. */
const stepBytes = 512;

/**
 * One buffer that packages are unpacked into, one behind the other, until a Blob has copied them: memory that was used before costs no new
 * pages, and leaves nothing for the engine to collect, which it does late where so little of it is its own.
 */
export class UnpackRoom {
  readonly #empty: () => void;
  #bytes: Uint8Array<ArrayBuffer> | undefined;
  #used = 0;

  /** @param empty Called when there is no room: copies what was kept, and calls {@link clear}. */
  constructor(empty: () => void) {
    this.#empty = empty;
  }

  /** So many bytes, whatever they held before; the same again at the next call, unless they are kept. Undefined: too many. */
  take(bytes: number): Uint8Array<ArrayBuffer> | undefined {
    if (bytes > roomBytes) return undefined;
    if (this.#used + bytes > roomBytes) this.#empty();
    this.#bytes ??= new Uint8Array(roomBytes);
    return this.#bytes.subarray(this.#used, this.#used + bytes);
  }

  /** Nobody writes over these pieces, as far as they are in the room, until it is emptied. */
  keep(pieces: readonly Uint8Array[]): void {
    for (const { buffer, byteOffset, length } of pieces) {
      if (buffer === this.#bytes?.buffer) this.#used = Math.max(this.#used, Math.ceil((byteOffset + length) / stepBytes) * stepBytes);
    }
  }

  /** All that was kept has been copied. */
  clear(): void {
    this.#used = 0;
  }
}
