/** What Zstandard codes its blocks with (RFC 8878 §4): bits, finite state entropy over the predefined tables, Huffman trees. */
import { BitWriter } from './bit-writer.ts';
import { codeLengths } from './huffman.ts';

/** Bits that a decoder reads from the end. */
export class BackwardBits {
  readonly #bits = new BitWriter();

  /** Up to 24 bits; higher ones of `value` are dropped. */
  add(value: number, count: number): void {
    this.#bits.write(count, value & ((1 << count) - 1));
  }

  /** As `add`, for counts above 24. */
  addLong(value: number, count: number): void {
    const low = Math.min(count, 16);
    this.add(value & 0xffff, low);
    if (count > 16) this.add(value >>> 16, count - 16);
  }

  /** Sets the bit that tells where the stream ends, and gives the bytes. */
  end(): Uint8Array {
    this.add(1, 1);
    this.#bits.align();
    return this.#bits.take();
  }
}

/** An encoding table of finite state entropy. */
export class StateTable {
  readonly #log: number;
  readonly #states: Uint16Array;
  readonly #bits: Int32Array;
  readonly #offsets: Int32Array;

  /** `norms` are the predefined distributions of the format: −1 is a symbol with less than one state. */
  constructor(log: number, norms: readonly number[]) {
    const size = 1 << log;
    this.#log = log;
    this.#states = new Uint16Array(size);
    this.#bits = new Int32Array(norms.length);
    this.#offsets = new Int32Array(norms.length);
    const symbols = new Uint8Array(size);
    const first = new Int32Array(norms.length + 1);
    let high = size - 1;
    norms.forEach((norm, symbol) => {
      first[symbol + 1] = first[symbol]! + Math.abs(norm);
      if (norm === -1) symbols[high--] = symbol;
    });
    const step = (size >> 1) + (size >> 3) + 3;
    let position = 0;
    norms.forEach((norm, symbol) => {
      for (let i = 0; i < norm; i++) {
        symbols[position] = symbol;
        do position = (position + step) & (size - 1);
        while (position > high);
      }
    });
    const next = first.slice();
    for (let state = 0; state < size; state++) this.#states[next[symbols[state]!]!++] = size + state;
    let total = 0;
    norms.forEach((norm, symbol) => {
      const count = Math.abs(norm);
      const most = count === 1 ? log : log - (31 - Math.clz32(count - 1));
      this.#bits[symbol] = (most << 16) - (count << most);
      this.#offsets[symbol] = total - count;
      total += count;
    });
  }

  first(symbol: number): number {
    const count = (this.#bits[symbol]! + (1 << 15)) >> 16;
    return this.#states[(((count << 16) - this.#bits[symbol]!) >> count) + this.#offsets[symbol]!]!;
  }

  next(bits: BackwardBits, state: number, symbol: number): number {
    const count = (state + this.#bits[symbol]!) >> 16;
    bits.add(state, count);
    return this.#states[(state >> count) + this.#offsets[symbol]!]!;
  }

  end(bits: BackwardBits, state: number): void {
    bits.add(state, this.#log);
  }
}

const maxHuffmanBits = 11;
/** Weights of more symbols would have to be compressed themselves. */
const maxDirectSymbol = 128;

/** The literals section of a block: Huffman codes where they are shorter, else as they are. */
export function literalsSection(literals: Uint8Array): readonly Uint8Array[] {
  return compressedLiterals(literals) ?? [literalsHeader(0, literals.length), literals];
}

function literalsHeader(type: number, size: number): Uint8Array {
  if (size < 32) return Uint8Array.of(type | (size << 3));
  if (size < 4096) return Uint8Array.of(type | 4 | ((size << 4) & 0xff), size >> 4);
  return Uint8Array.of(type | 12 | ((size << 4) & 0xff), (size >> 4) & 0xff, size >> 12);
}

function compressedLiterals(literals: Uint8Array): Uint8Array[] | undefined {
  if (literals.length < 64) return undefined;
  const counts = new Uint32Array(256);
  for (const byte of literals) counts[byte]!++;
  let last = 255;
  while (counts[last] === 0) last--;
  const first = counts.findIndex((count) => count > 0);
  if (first === last) return [literalsHeader(1, literals.length), literals.subarray(0, 1)];
  if (last > maxDirectSymbol) return undefined;
  const lengths = codeLengths(counts, maxHuffmanBits);
  const most = Math.max(...lengths);
  const codes = huffmanCodes(lengths, most);
  const tree = new Uint8Array(1 + ((last + 1) >> 1));
  tree[0] = 127 + last;
  for (let symbol = 0; symbol < last; symbol++) {
    const weight = lengths[symbol] === 0 ? 0 : most + 1 - lengths[symbol]!;
    tree[1 + (symbol >> 1)]! |= symbol % 2 === 0 ? weight << 4 : weight;
  }
  const encode = (part: Uint8Array): Uint8Array => {
    const bits = new BackwardBits();
    for (let i = part.length - 1; i >= 0; i--) bits.add(codes[part[i]!]!, lengths[part[i]!]!);
    return bits.end();
  };
  const size = literals.length;
  const single = size < 1024;
  const parts: Uint8Array[] = [tree];
  if (single) parts.push(encode(literals));
  else {
    const quarter = (size + 3) >> 2;
    const streams = [0, 1, 2, 3].map((i) => encode(literals.subarray(i * quarter, Math.min((i + 1) * quarter, size))));
    const jumps = new Uint8Array(6);
    for (let i = 0; i < 3; i++) {
      jumps[2 * i] = streams[i]!.length & 0xff;
      jumps[2 * i + 1] = streams[i]!.length >> 8;
    }
    parts.push(jumps, ...streams);
  }
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  if (length + 5 >= size) return undefined;
  // Two bits of type, two of format, then both sizes.
  const [format, width] = single ? [0, 10] : size < 1024 ? [1, 10] : size < 16384 ? [2, 14] : [3, 18];
  const header = new Uint8Array((4 + 2 * width) >> 3);
  let value = 2n | (BigInt(format) << 2n) | (BigInt(size) << 4n) | (BigInt(length) << BigInt(4 + width));
  for (let i = 0; i < header.length; i++, value >>= 8n) header[i] = Number(value & 0xffn);
  return [header, ...parts];
}

/** Codes in the order of the format: the longest first, from zero. */
function huffmanCodes(lengths: Uint8Array, most: number): Uint16Array {
  const codes = new Uint16Array(lengths.length);
  let position = 0;
  for (let weight = 1; weight <= most; weight++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== most + 1 - weight) continue;
      codes[symbol] = position >> (weight - 1);
      position += 1 << (weight - 1);
    }
  }
  return codes;
}
