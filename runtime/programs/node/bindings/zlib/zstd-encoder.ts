/** Zstandard frames (RFC 8878). Compresses less than libzstd: entropy tables are the predefined ones. */
import { concatBytes } from '../../../../base/bytes.ts';
import { BackwardBits, literalsSection, StateTable } from './zstd-entropy.ts';
import { Xxh64 } from './xxh64.ts';

const maxBlock = 128 * 1024;
const minMatch = 4;
const hashBits = 16;

/** First value and bits of each code that is not its own value. */
const literalLengths = codeTable(
  16,
  [16, 18, 20, 22, 24, 28, 32, 40, 48, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536],
  [1, 1, 1, 1, 2, 2, 3, 3, 4, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
);
/** Lengths less three. */
const matchLengths = codeTable(
  32,
  [32, 34, 36, 38, 40, 44, 48, 56, 64, 80, 96, 128, 256, 512, 1024, 2048, 4096, 8192, 16384, 32768, 65536],
  [1, 1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
);

interface CodeTable {
  /** Below, a value is its own code. */
  readonly plain: number;
  readonly firsts: readonly number[];
  readonly bits: readonly number[];
}

function codeTable(plain: number, firsts: readonly number[], bits: readonly number[]): CodeTable {
  return { plain, firsts, bits };
}

function codeOf(table: CodeTable, value: number): number {
  if (value < table.plain) return value;
  let index = table.firsts.length - 1;
  while (table.firsts[index]! > value) index--;
  return table.plain + index;
}

let tables: { readonly literals: StateTable; readonly matches: StateTable; readonly offsets: StateTable } | undefined;

function predefined() {
  const ones = (count: number) => new Array<number>(count).fill(1);
  const rest = (count: number) => new Array<number>(count).fill(-1);
  return (tables ??= {
    literals: new StateTable(6, [
      4,
      3,
      ...new Array<number>(11).fill(2),
      1,
      1,
      1,
      ...new Array<number>(9).fill(2),
      3,
      2,
      ...ones(5),
      ...rest(4),
    ]),
    matches: new StateTable(6, [1, 4, 3, ...new Array<number>(6).fill(2), ...ones(37), ...rest(7)]),
    offsets: new StateTable(5, [...ones(6), 2, 2, 2, ...ones(15), ...rest(5)]),
  });
}

interface Sequence {
  readonly literals: number;
  readonly match: number;
  /** 1: the last offset again; else the offset and three. */
  readonly offset: number;
}

export interface ZstdEncoderOptions {
  /** Below 1 and above 22 as these. */
  readonly level: number;
  /** Its binary logarithm, 10 to 27. */
  readonly windowLog: number;
  readonly checksum: boolean;
  /** Bytes of the whole message, where they are known before. */
  readonly size?: number | undefined;
}

export class ZstdEncoder {
  readonly #options: ZstdEncoderOptions;
  readonly #window: number;
  /** How many places are tried for a match. */
  readonly #depth: number;
  /** The window, then what is not yet compressed from `#at` on. */
  #bytes = new Uint8Array(0);
  #length = 0;
  #at = 0;
  readonly #heads = new Int32Array(1 << hashBits).fill(-1);
  /** The place before, with the same hash, by place. */
  #previous = new Int32Array(0);
  #lastOffset = 1;
  #started = false;
  readonly #hash: Xxh64 | undefined;
  #made: Uint8Array[] = [];

  constructor(options: ZstdEncoderOptions) {
    this.#options = options;
    this.#window = 1 << options.windowLog;
    this.#depth = Math.min(1 << Math.max(2, Math.min(options.level, 9)), 512);
    if (options.checksum) this.#hash = new Xxh64();
  }

  push(bytes: Uint8Array): void {
    this.#hash?.update(bytes);
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    while (this.#length - this.#at > maxBlock) this.#block(maxBlock, false);
  }

  /** What came so far can be read by the other side. */
  flush(): void {
    if (this.#length > this.#at) this.#block(this.#length - this.#at, false);
  }

  finish(): void {
    this.#block(this.#length - this.#at, true);
    if (this.#hash !== undefined) this.#made.push(this.#hash.low32());
  }

  take(): Uint8Array {
    const all = concatBytes(this.#made);
    this.#made = [];
    return all;
  }

  /** Forgets what lies further back than the window, when twice as much is held. */
  #makeRoom(count: number): void {
    const drop = this.#at - this.#window;
    if (drop > this.#window) {
      this.#bytes.copyWithin(0, drop, this.#length);
      this.#previous.copyWithin(0, drop, this.#length);
      for (let i = 0; i < this.#heads.length; i++) this.#heads[i] = Math.max(-1, this.#heads[i]! - drop);
      for (let i = 0; i < this.#length - drop; i++) this.#previous[i] = Math.max(-1, this.#previous[i]! - drop);
      this.#length -= drop;
      this.#at -= drop;
    }
    if (this.#length + count <= this.#bytes.length) return;
    const size = Math.max(2 * this.#bytes.length, this.#length + count);
    const bytes = new Uint8Array(size);
    bytes.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = bytes;
    const previous = new Int32Array(size);
    previous.set(this.#previous);
    this.#previous = previous;
  }

  #header(): void {
    const { windowLog, checksum, size } = this.#options;
    this.#started = true;
    const sized = size !== undefined && size > 0;
    const bytes = new Uint8Array(sized ? 14 : 6);
    bytes.set([0x28, 0xb5, 0x2f, 0xfd, (sized ? 0xc0 : 0) | (checksum ? 4 : 0), (windowLog - 10) << 3]);
    if (sized) new DataView(bytes.buffer).setBigUint64(6, BigInt(size), true);
    this.#made.push(bytes);
  }

  #block(size: number, last: boolean): void {
    if (!this.#started) this.#header();
    const plain = this.#bytes.subarray(this.#at, this.#at + size);
    const body = size < 16 ? undefined : this.#compressed(size);
    const raw = body === undefined;
    const header = (last ? 1 : 0) | ((raw ? 0 : 2) << 1) | ((raw ? size : body.length) << 3);
    this.#made.push(Uint8Array.of(header & 0xff, (header >> 8) & 0xff, header >> 16), raw ? plain.slice() : body);
    this.#at += size;
  }

  #compressed(size: number): Uint8Array | undefined {
    const before = this.#lastOffset;
    const { sequences, literals } = this.#parse(size);
    const body = concatBytes([...literalsSection(literals), ...sequencesSection(sequences)]);
    if (body.length < size) return body;
    // A plain block leaves the decoder's memory of offsets as it was.
    this.#lastOffset = before;
    return undefined;
  }

  #parse(size: number): { sequences: Sequence[]; literals: Uint8Array } {
    const bytes = this.#bytes;
    const end = this.#at + size;
    const sequences: Sequence[] = [];
    const literals = new Uint8Array(size);
    let count = 0;
    let from = this.#at;
    let at = this.#at;
    while (at < end) {
      const found = at + minMatch <= end ? this.#find(at, end) : undefined;
      if (at + minMatch <= this.#length) this.#note(at);
      if (found === undefined) {
        at++;
        continue;
      }
      const run = at - from;
      literals.set(bytes.subarray(from, at), count);
      count += run;
      const repeated = run > 0 && found.offset === this.#lastOffset;
      sequences.push({ literals: run, match: found.length, offset: repeated ? 1 : found.offset + 3 });
      this.#lastOffset = found.offset;
      const next = at + found.length;
      for (at++; at < next; at++) if (at + minMatch <= this.#length) this.#note(at);
      from = at;
    }
    literals.set(bytes.subarray(from, end), count);
    return { sequences, literals: literals.subarray(0, count + end - from) };
  }

  #hashAt(at: number): number {
    const bytes = this.#bytes;
    const value = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    return Math.imul(value, 0x9e3779b1) >>> (32 - hashBits);
  }

  #note(at: number): void {
    const hash = this.#hashAt(at);
    this.#previous[at] = this.#heads[hash]!;
    this.#heads[hash] = at;
  }

  #find(at: number, end: number): { readonly length: number; readonly offset: number } | undefined {
    const bytes = this.#bytes;
    let best = minMatch - 1;
    let offset = 0;
    let place = this.#heads[this.#hashAt(at)]!;
    for (let tries = this.#depth; place >= 0 && at - place <= this.#window && tries > 0; tries--, place = this.#previous[place]!) {
      if (bytes[place + best] !== bytes[at + best]) continue;
      let length = 0;
      while (at + length < end && bytes[place + length] === bytes[at + length]) length++;
      if (length > best) {
        best = length;
        offset = at - place;
        if (at + length === end) break;
      }
    }
    return offset === 0 ? undefined : { length: best, offset };
  }
}

function sequencesSection(sequences: readonly Sequence[]): Uint8Array[] {
  const count = sequences.length;
  const header =
    count < 128 ? [count] : count < 0x7f00 ? [(count >> 8) + 128, count & 0xff] : [255, (count - 0x7f00) & 0xff, (count - 0x7f00) >> 8];
  if (count === 0) return [Uint8Array.from(header)];
  const { literals, matches, offsets } = predefined();
  const bits = new BackwardBits();
  const extra = (table: CodeTable, code: number, value: number) => {
    if (code >= table.plain) bits.add(value - table.firsts[code - table.plain]!, table.bits[code - table.plain]!);
  };
  let [literalState, matchState, offsetState] = [0, 0, 0];
  for (let i = count - 1; i >= 0; i--) {
    const { literals: run, match, offset } = sequences[i]!;
    const literalCode = codeOf(literalLengths, run);
    const matchCode = codeOf(matchLengths, match - 3);
    const offsetCode = 31 - Math.clz32(offset);
    if (i === count - 1) {
      matchState = matches.first(matchCode);
      offsetState = offsets.first(offsetCode);
      literalState = literals.first(literalCode);
    } else {
      offsetState = offsets.next(bits, offsetState, offsetCode);
      matchState = matches.next(bits, matchState, matchCode);
      literalState = literals.next(bits, literalState, literalCode);
    }
    extra(literalLengths, literalCode, run);
    extra(matchLengths, matchCode, match - 3);
    bits.addLong(offset - 2 ** offsetCode, offsetCode);
  }
  matches.end(bits, matchState);
  offsets.end(bits, offsetState);
  literals.end(bits, literalState);
  // After the count: all three tables are the predefined ones.
  return [Uint8Array.of(...header, 0), bits.end()];
}
