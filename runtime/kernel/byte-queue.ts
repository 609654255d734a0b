/**
 * Bytes in the order they came. Chunks are kept as they are and copied only when a read takes a part of one or spans several:
 * a view is cloned into a message with all of its buffer, so that a big write which is read in pieces would be copied as a
 * whole for each.
 */
export class ByteQueue {
  #chunks: Uint8Array[] = [];
  #head = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Keeps `bytes` by reference. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#size += bytes.length;
  }

  /** Puts back what was taken last. */
  unshift(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.splice(0, this.#head, bytes);
    this.#head = 0;
    this.#size += bytes.length;
  }

  /** Up to `max` bytes; empty if there are none. */
  take(max: number): Uint8Array {
    const wanted = Math.min(max, this.#size);
    if (wanted === 0) return new Uint8Array(0);
    const first = this.#chunks[this.#head]!;
    this.#size -= wanted;
    if (first.length > wanted) {
      this.#chunks[this.#head] = first.subarray(wanted);
      return first.slice(0, wanted);
    }
    if (first.length === wanted) {
      this.#drop();
      return first.length === first.buffer.byteLength ? first : first.slice();
    }
    const result = new Uint8Array(wanted);
    let at = 0;
    while (at < wanted) {
      const chunk = this.#chunks[this.#head]!;
      const count = Math.min(chunk.length, wanted - at);
      result.set(count === chunk.length ? chunk : chunk.subarray(0, count), at);
      at += count;
      if (count === chunk.length) this.#drop();
      else this.#chunks[this.#head] = chunk.subarray(count);
    }
    return result;
  }

  clear(): void {
    this.#chunks = [];
    this.#head = 0;
    this.#size = 0;
  }

  #drop(): void {
    this.#head++;
    if (this.#head > 32 && this.#head * 2 > this.#chunks.length) {
      this.#chunks.splice(0, this.#head);
      this.#head = 0;
    } else if (this.#head === this.#chunks.length) {
      this.#chunks.length = 0;
      this.#head = 0;
    }
  }
}
