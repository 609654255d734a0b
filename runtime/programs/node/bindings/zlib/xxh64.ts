const mask = (1n << 64n) - 1n;
const [p1, p2, p3, p4, p5] = [0x9e3779b185ebca87n, 0xc2b2ae3d27d4eb4fn, 0x165667b19e3779f9n, 0x85ebca77c2b2ae63n, 0x27d4eb2f165667c5n];
const rotate = (value: bigint, count: bigint) => ((value << count) | (value >> (64n - count))) & mask;
const round = (sum: bigint, input: bigint) => (rotate((sum + input * p2) & mask, 31n) * p1) & mask;

/** XXH64 with seed 0, of which Zstandard keeps the low half as its checksum. */
export class Xxh64 {
  readonly #sums = [(p1 + p2) & mask, p2, 0n, -p1 & mask];
  readonly #held = new Uint8Array(32);
  #heldLength = 0;
  #total = 0;

  update(bytes: Uint8Array): void {
    this.#total += bytes.length;
    let at = 0;
    while (at < bytes.length) {
      const count = Math.min(32 - this.#heldLength, bytes.length - at);
      this.#held.set(bytes.subarray(at, at + count), this.#heldLength);
      this.#heldLength += count;
      at += count;
      if (this.#heldLength < 32) return;
      const view = new DataView(this.#held.buffer);
      for (let i = 0; i < 4; i++) this.#sums[i] = round(this.#sums[i]!, view.getBigUint64(8 * i, true));
      this.#heldLength = 0;
    }
  }

  low32(): Uint8Array {
    const [a, b, c, d] = this.#sums as [bigint, bigint, bigint, bigint];
    let hash = p5;
    if (this.#total >= 32) {
      hash = (rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n)) & mask;
      for (const sum of [a, b, c, d]) hash = ((hash ^ round(0n, sum)) * p1 + p4) & mask;
    }
    hash = (hash + BigInt(this.#total)) & mask;
    const view = new DataView(this.#held.buffer);
    let at = 0;
    for (; at + 8 <= this.#heldLength; at += 8) hash = (rotate(hash ^ round(0n, view.getBigUint64(at, true)), 27n) * p1 + p4) & mask;
    if (at + 4 <= this.#heldLength) {
      hash = (rotate(hash ^ ((BigInt(view.getUint32(at, true)) * p1) & mask), 23n) * p2 + p3) & mask;
      at += 4;
    }
    for (; at < this.#heldLength; at++) hash = (rotate(hash ^ ((BigInt(this.#held[at]!) * p5) & mask), 11n) * p1) & mask;
    hash = ((hash ^ (hash >> 33n)) * p2) & mask;
    hash = ((hash ^ (hash >> 29n)) * p3) & mask;
    hash ^= hash >> 32n;
    const low = new Uint8Array(4);
    new DataView(low.buffer).setUint32(0, Number(hash & 0xffffffffn), true);
    return low;
  }
}
