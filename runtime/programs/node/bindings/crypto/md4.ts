/** MD4 (RFC 1320), which @noble has not: old bundlers name their modules by it, with `--openssl-legacy-provider`. */
import { Chi, Maj } from '@noble/hashes/_md.js';
import { _MD5 } from '@noble/hashes/legacy.js';
import { createHasher, rotl } from '@noble/hashes/utils.js';

const shifts = [
  [3, 7, 11, 19],
  [3, 5, 9, 13],
  [3, 9, 11, 15],
] as const;
/** Which word of the block each step of the third round takes: those of the second go by columns. */
const thirdOrder = [0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15] as const;

const words = new Uint32Array(16);

/** State, padding and order of bytes are MD5's. */
class MD4 extends _MD5 {
  protected override process(view: DataView, offset: number): void {
    for (let index = 0; index < 16; index++) words[index] = view.getUint32(offset + 4 * index, true);
    const before = this.get();
    let [a, b, c, d] = before as [number, number, number, number];
    for (let step = 0; step < 48; step++) {
      const [round, column] = [step >> 4, step & 15];
      const mixed =
        round === 0
          ? Chi(b, c, d) + words[column]!
          : round === 1
            ? Maj(b, c, d) + words[(column >> 2) + 4 * (column & 3)]! + 0x5a827999
            : (b ^ c ^ d) + words[thirdOrder[column]!]! + 0x6ed9eba1;
      [a, d, c, b] = [d, c, b, rotl((a + mixed) | 0, shifts[round as 0 | 1 | 2][step & 3]!) | 0];
    }
    this.set((before[0]! + a) | 0, (before[1]! + b) | 0, (before[2]! + c) | 0, (before[3]! + d) | 0);
  }

  protected override roundClean(): void {
    words.fill(0);
  }
}

export const md4 = createHasher<_MD5>(() => new MD4());
