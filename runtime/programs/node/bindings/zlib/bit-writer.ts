/** Bits in the order of both formats: the lowest of a byte first. */
export class BitWriter {
  #bytes = new Uint8Array(4096);
  #length = 0;
  #pending = 0;
  #count = 0;

  /** Up to 24 bits. */
  write(count: number, bits: number): void {
    this.#pending |= bits << this.#count;
    this.#count += count;
    while (this.#count >= 8) {
      if (this.#length === this.#bytes.length) {
        const grown = new Uint8Array(2 * this.#length);
        grown.set(this.#bytes);
        this.#bytes = grown;
      }
      this.#bytes[this.#length++] = this.#pending & 0xff;
      this.#pending >>>= 8;
      this.#count -= 8;
    }
  }

  align(): void {
    if (this.#count > 0) this.write(8 - this.#count, 0);
  }

  /** The whole bytes so far; they are forgotten. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#length);
    this.#length = 0;
    return taken;
  }
}
