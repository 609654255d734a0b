/**
 * A Brotli compressor (RFC 7932): one literal, one command and one distance code for each meta-block, matches by hash chains.
 * Its output is larger than that of Google's encoder at high qualities (no context modelling, no static dictionary), and
 * every decoder reads it.
 */
import { BitWriter } from './bit-writer.ts';
import { codeLengths, codesOf } from './huffman.ts';

/** Bytes that one meta-block covers at most. */
const blockBytes = 1 << 18;
const minMatch = 4;
const hashBits = 16;

/** First value and number of extra bits of each insert and copy length code. */
const insertCodes = [
  [0, 0],
  [1, 0],
  [2, 0],
  [3, 0],
  [4, 0],
  [5, 0],
  [6, 1],
  [8, 1],
  [10, 2],
  [14, 2],
  [18, 3],
  [26, 3],
  [34, 4],
  [50, 4],
  [66, 5],
  [98, 5],
  [130, 6],
  [194, 7],
  [322, 8],
  [578, 9],
  [1090, 10],
  [2114, 12],
  [6210, 14],
  [22594, 24],
] as const;
const copyCodes = [
  [2, 0],
  [3, 0],
  [4, 0],
  [5, 0],
  [6, 0],
  [7, 0],
  [8, 0],
  [9, 0],
  [10, 1],
  [12, 1],
  [14, 2],
  [18, 2],
  [22, 3],
  [30, 3],
  [38, 4],
  [54, 4],
  [70, 5],
  [102, 5],
  [134, 6],
  [198, 7],
  [326, 8],
  [582, 9],
  [1094, 10],
  [2118, 24],
] as const;

function lengthCode(table: readonly (readonly [number, number])[], length: number): number {
  let code = table.length - 1;
  while (table[code]![0] > length) code--;
  return code;
}

/** The symbol of both lengths together, with an explicit distance. */
function commandSymbol(insert: number, copy: number): number {
  const cell = 2 * ((copy >> 3) + 3 * (insert >> 3));
  return ((cell << 5) + 0x40 + ((0x520d40 >> cell) & 0xc0)) | (copy & 7) | ((insert & 7) << 3);
}

interface Command {
  readonly from: number;
  readonly insert: number;
  /** 0 in the last command of a block that ends in literals. */
  readonly copy: number;
  readonly distance: number;
}

export class BrotliEncoder {
  readonly #bits = new BitWriter();
  readonly #window: number;
  readonly #depth: number;
  readonly #lazy: boolean;
  /** History, then what waits to be compressed. */
  #data = new Uint8Array(1 << 16);
  #size = 0;
  /** Where the part that is not yet compressed begins. */
  #start = 0;
  readonly #head = new Int32Array(1 << hashBits).fill(-1);
  #previous = new Int32Array(1 << 16);

  /** `quality` 0 to 11, `windowBits` 10 to 24. */
  constructor(quality: number, windowBits: number) {
    this.#window = 2 ** windowBits - 16;
    this.#depth = quality <= 1 ? 2 : quality >= 10 ? 256 : 4 * quality;
    this.#lazy = quality >= 4;
    if (windowBits === 16) this.#bits.write(1, 0);
    else if (windowBits === 17) this.#bits.write(7, 1);
    else if (windowBits > 17) this.#bits.write(4, ((windowBits - 17) << 1) | 1);
    else this.#bits.write(7, ((windowBits - 8) << 4) | 1);
  }

  /** Takes the bytes; whole meta-blocks are compressed at once. */
  push(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length;) {
      const part = bytes.subarray(at, at + blockBytes);
      this.#append(part);
      at += part.length;
      while (this.#size - this.#start >= blockBytes) this.#block(this.#start + blockBytes);
    }
  }

  /** After this the decoder can give all that was pushed. */
  flush(): void {
    if (this.#size > this.#start) this.#block(this.#size);
    // An empty block of metadata, which ends at a whole byte.
    this.#bits.write(6, 6);
    this.#bits.align();
  }

  finish(): void {
    if (this.#size > this.#start) this.#block(this.#size);
    this.#bits.write(2, 3);
    this.#bits.align();
  }

  take(): Uint8Array {
    return this.#bits.take();
  }

  #append(bytes: Uint8Array): void {
    if (this.#size + bytes.length > this.#data.length) {
      const drop = Math.max(0, this.#start - this.#window - 1);
      // Forgets what no match can reach, if that frees enough.
      if (drop > this.#data.length / 2) this.#forget(drop);
      if (this.#size + bytes.length > this.#data.length) {
        const data = new Uint8Array(Math.max(2 * this.#data.length, this.#size + bytes.length));
        data.set(this.#data.subarray(0, this.#size));
        const previous = new Int32Array(data.length);
        previous.set(this.#previous);
        this.#data = data;
        this.#previous = previous;
      }
    }
    this.#data.set(bytes, this.#size);
    this.#size += bytes.length;
  }

  #forget(count: number): void {
    this.#data.copyWithin(0, count, this.#size);
    this.#previous.copyWithin(0, count, this.#size);
    this.#size -= count;
    this.#start -= count;
    for (const table of [this.#head, this.#previous]) for (let i = 0; i < table.length; i++) table[i] = Math.max(table[i]! - count, -1);
  }

  #hash(at: number): number {
    const data = this.#data;
    const word = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    return Math.imul(word, 0x1e35a7bd) >>> (32 - hashBits);
  }

  #insert(at: number): void {
    if (at + minMatch > this.#size) return;
    const hash = this.#hash(at);
    this.#previous[at] = this.#head[hash]!;
    this.#head[hash] = at;
  }

  #longest(at: number, end: number): [length: number, distance: number] {
    let [best, distance] = [0, 0];
    if (at + minMatch > end) return [0, 0];
    const data = this.#data;
    const longest = end - at;
    let candidate = this.#head[this.#hash(at)]!;
    for (let tries = this.#depth; candidate >= 0 && tries > 0; tries--, candidate = this.#previous[candidate]!) {
      if (at - candidate > this.#window) break;
      if (best > 0 && data[candidate + best] !== data[at + best]) continue;
      let length = 0;
      while (length < longest && data[candidate + length] === data[at + length]) length++;
      if (length > best && length >= minMatch) {
        best = length;
        distance = at - candidate;
        if (length === longest) break;
      }
    }
    return [best, distance];
  }

  #commands(end: number): Command[] {
    const commands: Command[] = [];
    let literals = this.#start;
    let at = this.#start;
    while (at < end) {
      let [length, distance] = this.#longest(at, end);
      this.#insert(at);
      if (length === 0) {
        at++;
        continue;
      }
      if (this.#lazy && at + 1 < end && length < 64) {
        const [next, nextDistance] = this.#longest(at + 1, end);
        if (next > length + 1) {
          at++;
          this.#insert(at);
          [length, distance] = [next, nextDistance];
        }
      }
      commands.push({ from: literals, insert: at - literals, copy: length, distance });
      for (let i = 1; i < length; i++) this.#insert(at + i);
      at += length;
      literals = at;
    }
    if (literals < end) commands.push({ from: literals, insert: end - literals, copy: 0, distance: 0 });
    return commands;
  }

  #block(end: number): void {
    const [start, bits] = [this.#start, this.#bits];
    const commands = this.#commands(end);
    this.#start = end;
    const length = end - start;
    bits.write(1, 0);
    const nibbles = length - 1 < 1 << 16 ? 4 : 5;
    bits.write(2, nibbles - 4);
    bits.write(4 * nibbles, length - 1);
    const literalCounts = new Uint32Array(256);
    const commandCounts = new Uint32Array(704);
    const distanceCounts = new Uint32Array(64);
    let last = 0;
    const encoded = commands.map((command) => {
      for (let i = 0; i < command.insert; i++) literalCounts[this.#data[command.from + i]!]!++;
      const insert = lengthCode(insertCodes, command.insert);
      const copy = command.copy === 0 ? 0 : lengthCode(copyCodes, command.copy);
      const symbol = commandSymbol(insert, copy);
      commandCounts[symbol]!++;
      if (command.copy === 0) return { insert, copy, symbol, distance: -1, extraBits: 0, extra: 0 };
      const value = command.distance + 3;
      const bucket = 30 - Math.clz32(value);
      const prefix = (value >> bucket) & 1;
      const same = command.distance === last;
      last = command.distance;
      const distance = same ? 0 : 16 + 2 * (bucket - 1) + prefix;
      distanceCounts[distance]!++;
      return { insert, copy, symbol, distance, extraBits: same ? 0 : bucket, extra: value - ((2 + prefix) << bucket) };
    });
    // Random bytes: stored as they are, which is shorter.
    if (commands.length === 1 && commands[0]!.copy === 0 && isFlat(literalCounts, length)) {
      bits.write(1, 1);
      bits.align();
      for (let i = start; i < end; i++) bits.write(8, this.#data[i]!);
      return;
    }
    bits.write(1, 0);
    // One block type each; no postfix, no direct distances; one context mode; one tree each.
    bits.write(3 + 6 + 2 + 2, 0);
    const literal = this.#prefixCode(literalCounts, 8);
    const command = this.#prefixCode(commandCounts, 10);
    const distance = this.#prefixCode(distanceCounts, 6);
    for (const [index, item] of encoded.entries()) {
      const { from, insert, copy } = commands[index]!;
      bits.write(command.lengths[item.symbol]!, command.codes[item.symbol]!);
      bits.write(insertCodes[item.insert]![1], insert - insertCodes[item.insert]![0]);
      if (copy > 0) bits.write(copyCodes[item.copy]![1], copy - copyCodes[item.copy]![0]);
      for (let i = 0; i < insert; i++) {
        const byte = this.#data[from + i]!;
        bits.write(literal.lengths[byte]!, literal.codes[byte]!);
      }
      if (item.distance < 0) continue;
      bits.write(distance.lengths[item.distance]!, distance.codes[item.distance]!);
      bits.write(item.extraBits, item.distance === 0 ? 0 : item.extra);
    }
  }

  /** Writes the code for symbols of these counts and gives it. */
  #prefixCode(counts: Uint32Array, symbolBits: number): { lengths: Uint8Array; codes: Uint16Array } {
    const bits = this.#bits;
    const used: number[] = [];
    for (let symbol = 0; symbol < counts.length && used.length < 3; symbol++) if (counts[symbol]! > 0) used.push(symbol);
    if (used.length <= 1) {
      // One symbol takes no bits at all.
      bits.write(2, 1);
      bits.write(2, 0);
      bits.write(symbolBits, used[0] ?? 0);
      return { lengths: new Uint8Array(counts.length), codes: new Uint16Array(counts.length) };
    }
    const lengths = codeLengths(counts, 15);
    const codes = codesOf(lengths);
    if (used.length === 2) {
      bits.write(2, 1);
      bits.write(2, 1);
      for (const symbol of used) bits.write(symbolBits, symbol);
      return { lengths, codes };
    }
    this.#complexCode(lengths);
    return { lengths, codes };
  }

  /** Code lengths, themselves coded, with runs of zeros (RFC 7932 §3.5). */
  #complexCode(lengths: Uint8Array): void {
    const bits = this.#bits;
    const items = lengthItems(lengths);
    const counts = new Uint32Array(18);
    for (const [symbol] of items) counts[symbol]!++;
    const meta = codeLengths(counts, 5);
    const metaCodes = codesOf(meta);
    const single = counts.reduce((sum, count) => sum + (count > 0 ? 1 : 0), 0) === 1;
    bits.write(2, 0);
    let room = 32;
    for (const symbol of [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15]) {
      const length = meta[symbol]!;
      bits.write([2, 4, 3, 2, 2, 4][length]!, [0, 7, 3, 2, 1, 15][length]!);
      if (length > 0) room -= 32 >> length;
      if (room <= 0) break;
    }
    for (const [symbol, extra] of items) {
      // A code of one symbol has no bits.
      if (!single) bits.write(meta[symbol]!, metaCodes[symbol]!);
      if (symbol === 17) bits.write(3, extra);
    }
  }
}

/** The lengths up to the last one that is not 0; a run of zeros as symbol 17 with its extra bits, digits of base 8. */
function lengthItems(lengths: Uint8Array): [symbol: number, extra: number][] {
  const items: [number, number][] = [];
  let end = lengths.length;
  while (end > 0 && lengths[end - 1] === 0) end--;
  for (let at = 0; at < end;) {
    if (lengths[at] !== 0) {
      items.push([lengths[at++]!, 0]);
      continue;
    }
    let run = 0;
    while (lengths[at + run] === 0) run++;
    at += run;
    if (run < 3) {
      for (; run > 0; run--) items.push([0, 0]);
      continue;
    }
    const digits: [number, number][] = [];
    for (let rest = run - 3; ; rest = (rest >> 3) - 1) {
      digits.unshift([17, rest & 7]);
      if (rest >> 3 === 0) break;
    }
    items.push(...digits);
  }
  return items;
}

/** No byte is much more frequent than others. */
function isFlat(counts: Uint32Array, length: number): boolean {
  let bitsNeeded = 0;
  for (const count of counts) if (count > 0) bitsNeeded += count * Math.log2(length / count);
  return bitsNeeded / 8 + 200 > length;
}
