/**
 * Brotli's decoder (RFC 7932), which gives what it can of input that comes in pieces: a generator that waits in the middle of whatever it
 * was reading. The tables, and the dictionary, are those of the `brotli` package, whose own decoder takes whole messages only.
 */
// Reads the dictionary, which travels as a message of Brotli; before it, those below could not.
import 'brotli/decompress';
import * as context from '../../../../../node_modules/brotli/dec/context.js';
import * as dictionary from '../../../../../node_modules/brotli/dec/dictionary.js';
import { BrotliBuildHuffmanTable, type HuffmanCode } from '../../../../../node_modules/brotli/dec/huffman.js';
import * as prefix from '../../../../../node_modules/brotli/dec/prefix.js';
import { kNumTransforms, transformDictionaryWord } from '../../../../../node_modules/brotli/dec/transform.js';
import { concatBytes } from '../../../../base/bytes.ts';

/** What the decoder waits for: `input`, or that what it gave is taken. */
export type Wait = 'input' | 'output';
type Reading<T> = Generator<Wait, T, void>;
type Table = HuffmanCode[];

/** By the names of Google's decoder, with its numbers. */
export class BrotliFormatError extends Error {
  readonly what: string;
  readonly errno: number;
  constructor(what: string, errno: number) {
    super(what);
    this.what = what;
    this.errno = errno;
  }
}

const rootBits = 8;
const codeLengthOrder = [1, 2, 3, 4, 0, 5, 17, 6, 16, 7, 8, 9, 10, 11, 12, 13, 14, 15];
/** Bits and value by the next four bits: how the lengths of codes of lengths are written. */
const lengthCodes = [2, 0, 2, 4, 2, 3, 3, 2, 2, 0, 2, 4, 2, 3, 4, 1, 2, 0, 2, 4, 2, 3, 3, 2, 2, 0, 2, 4, 2, 3, 4, 5];
const shortDistances: readonly (readonly [back: number, add: number])[] = [
  [1, 0],
  [2, 0],
  [3, 0],
  [4, 0],
  ...[-1, 1, -2, 2, -3, 3].map((add) => [1, add] as const),
  ...[-1, 1, -2, 2, -3, 3].map((add) => [2, add] as const),
];
const longestWord = 96;

/** Literals, commands and distances each have their blocks, which choose among trees. */
class Blocks {
  readonly count: number;
  left = 2 ** 28;
  type = 0;
  types: Table = [];
  lengths: Table = [];
  #before = 1;

  constructor(count: number) {
    this.count = count;
  }

  choose(code: number): void {
    const next = code === 0 ? this.#before : code === 1 ? this.type + 1 : code - 2;
    this.#before = this.type;
    this.type = next >= this.count ? next - this.count : next;
  }
}

export class BrotliDecoder {
  /** What was decoded and is not taken. */
  readonly output: Uint8Array[] = [];
  readonly #steps: Reading<void> = this.#decode();
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  #bits = 0;
  #bitCount = 0;
  #ring: Uint8Array = new Uint8Array(0);
  #mask = 0;
  #position = 0;
  #given = 0;

  /** Bytes given that belong to nothing: what follows the end. */
  get unread(): number {
    return this.#input.length - this.#at + (this.#bitCount >> 3);
  }

  push(bytes: Uint8Array): void {
    const rest = this.#input.subarray(this.#at);
    this.#input = rest.length === 0 ? bytes : concatBytes([rest, bytes]);
    this.#at = 0;
  }

  /** Goes on until it has to wait; undefined at the end. @throws {BrotliFormatError} */
  step(): Wait | undefined {
    const { done, value } = this.#steps.next();
    this.#give();
    return done === true ? undefined : value;
  }

  #give(): void {
    const size = this.#position - this.#given;
    if (size === 0) return;
    const start = this.#given & this.#mask;
    this.output.push(this.#ring.slice(start, start + size));
    this.#given = this.#position;
  }

  /** Whether so many bits are there, at most 24. */
  #has(count: number): boolean {
    while (this.#bitCount < count) {
      if (this.#at === this.#input.length) return false;
      this.#bits |= this.#input[this.#at++]! << this.#bitCount;
      this.#bitCount += 8;
    }
    return true;
  }

  #drop(count: number): void {
    this.#bits >>>= count;
    this.#bitCount -= count;
  }

  *#read(count: number): Reading<number> {
    while (!this.#has(count)) yield 'input';
    const value = this.#bits & ((1 << count) - 1);
    this.#drop(count);
    return value;
  }

  /** −1 if more bits are needed to tell. */
  #symbol(table: Table): number {
    this.#has(15);
    let index = this.#bits & 0xff;
    let entry = table[index]!;
    let bits = entry.bits;
    if (bits > rootBits) {
      index += entry.value + ((this.#bits >>> rootBits) & ((1 << (bits - rootBits)) - 1));
      entry = table[index]!;
      bits = rootBits + entry.bits;
    }
    if (bits > this.#bitCount) return -1;
    this.#drop(bits);
    return entry.value;
  }

  *#nextSymbol(table: Table): Reading<number> {
    for (;;) {
      const symbol = this.#symbol(table);
      if (symbol >= 0) return symbol;
      yield 'input';
    }
  }

  *#decode(): Reading<void> {
    const windowBits = yield* this.#windowBits();
    const farthest = 2 ** windowBits - 16;
    this.#ring = new Uint8Array(2 ** windowBits);
    this.#mask = this.#ring.length - 1;
    const distances = [16, 15, 11, 4];
    for (let last = false; !last;) {
      last = (yield* this.#read(1)) === 1;
      if (last && (yield* this.#read(1)) === 1) break;
      const nibbles = yield* this.#read(2);
      if (nibbles === 3) {
        yield* this.#skipMetadata();
        continue;
      }
      let length = 0;
      for (let index = 0; index < nibbles + 4; index++) {
        const nibble = yield* this.#read(4);
        if (index === 4 + nibbles - 1 && nibbles > 0 && nibble === 0) throw new BrotliFormatError('EXUBERANT_NIBBLE', -1);
        length += nibble * 16 ** index;
      }
      length += 1;
      if (!last && (yield* this.#read(1)) === 1) yield* this.#copyPlain(length);
      else yield* this.#metaBlock(length, farthest, distances);
    }
    yield* this.#align('PADDING_2', -15);
  }

  *#windowBits(): Reading<number> {
    if ((yield* this.#read(1)) === 0) return 16;
    const high = yield* this.#read(3);
    if (high > 0) return 17 + high;
    const low = yield* this.#read(3);
    if (low === 1) throw new BrotliFormatError('WINDOW_BITS', -13);
    return low > 0 ? 8 + low : 17;
  }

  *#align(what: string, errno: number): Reading<void> {
    if ((yield* this.#read(this.#bitCount & 7)) !== 0) throw new BrotliFormatError(what, errno);
  }

  *#skipMetadata(): Reading<void> {
    if ((yield* this.#read(1)) !== 0) throw new BrotliFormatError('RESERVED', -2);
    const bytes = yield* this.#read(2);
    let length = 0;
    for (let index = 0; index < bytes; index++) {
      const byte = yield* this.#read(8);
      if (index === bytes - 1 && bytes > 1 && byte === 0) throw new BrotliFormatError('EXUBERANT_META_NIBBLE', -3);
      length |= byte << (index * 8);
    }
    yield* this.#align('PADDING_1', -14);
    if (bytes > 0) for (let left = length + 1; left > 0; left--) yield* this.#read(8);
  }

  *#copyPlain(length: number): Reading<void> {
    yield* this.#align('PADDING_1', -14);
    for (let left = length; left > 0;) {
      // What is in the bits already comes first.
      if (this.#bitCount > 0 || this.#at === this.#input.length) {
        const byte = yield* this.#read(8);
        if (this.#put(byte)) yield 'output';
        left--;
        continue;
      }
      const start = this.#position & this.#mask;
      const count = Math.min(left, this.#input.length - this.#at, this.#ring.length - start);
      this.#ring.set(this.#input.subarray(this.#at, this.#at + count), start);
      this.#at += count;
      this.#position += count;
      left -= count;
      if ((this.#position & this.#mask) === 0) yield 'output';
    }
  }

  /** Whether the ring is full, and what is in it must be given before more comes. */
  #put(byte: number): boolean {
    this.#ring[this.#position++ & this.#mask] = byte;
    return (this.#position & this.#mask) === 0;
  }

  *#metaBlock(length: number, farthest: number, distances: number[]): Reading<void> {
    const literals = yield* this.#blocks();
    const commands = yield* this.#blocks();
    const places = yield* this.#blocks();
    const postfixBits = yield* this.#read(2);
    const direct = 16 + ((yield* this.#read(4)) << postfixBits);
    const modes: number[] = [];
    for (let index = 0; index < literals.count; index++) modes.push((yield* this.#read(2)) << 1);
    const [literalMap, literalCount] = yield* this.#contextMap(literals.count << 6);
    const [placeMap, placeCount] = yield* this.#contextMap(places.count << 2);
    const literalTrees = yield* this.#trees(256, literalCount);
    const commandTrees = yield* this.#trees(704, commands.count);
    const placeTrees = yield* this.#trees(direct + (48 << postfixBits), placeCount);
    const { lookup, lookupOffsets } = context;
    let left = length;
    while (left > 0) {
      if (commands.left-- === 0) yield* this.#nextBlock(commands);
      const command = yield* this.#nextSymbol(commandTrees[commands.type]!);
      const range = command >> 6;
      const row = range >= 2 ? range - 2 : range;
      const insert = prefix.kInsertLengthPrefixCode[prefix.kInsertRangeLut[row]! + ((command >> 3) & 7)]!;
      const copy = prefix.kCopyLengthPrefixCode[prefix.kCopyRangeLut[row]! + (command & 7)]!;
      const insertLength = insert.offset + (yield* this.#read(insert.nbits));
      const copyLength = copy.offset + (yield* this.#read(copy.nbits));
      let byte1 = this.#ring[(this.#position - 1) & this.#mask]!;
      let byte2 = this.#ring[(this.#position - 2) & this.#mask]!;
      for (let count = Math.min(insertLength, left); count > 0; count--) {
        if (literals.left-- === 0) yield* this.#nextBlock(literals);
        const mode = modes[literals.type]!;
        const kind = lookup[lookupOffsets[mode]! + byte1]! | lookup[lookupOffsets[mode + 1]! + byte2]!;
        const tree = literalTrees[literalMap[(literals.type << 6) + kind]!]!;
        let symbol = this.#symbol(tree);
        if (symbol < 0) symbol = yield* this.#nextSymbol(tree);
        byte2 = byte1;
        byte1 = symbol;
        if (this.#put(symbol)) yield 'output';
      }
      left -= insertLength;
      if (left < 0) throw new BrotliFormatError('BLOCK_LENGTH_1', -9);
      if (left === 0) break;
      let code = 0;
      if (range >= 2) {
        if (places.left-- === 0) yield* this.#nextBlock(places);
        const tree = placeTrees[placeMap[(places.type << 2) + Math.min(3, copyLength - 2)]!]!;
        code = yield* this.#nextSymbol(tree);
        if (code >= direct) {
          const beyond = code - direct;
          const bits = (beyond >> (postfixBits + 1)) + 1;
          const offset = ((2 + ((beyond >> postfixBits) & 1)) << bits) - 4;
          const extra = yield* this.#read(bits);
          code = direct + ((offset + extra) << postfixBits) + (beyond & ((1 << postfixBits) - 1));
        }
      }
      const short = shortDistances[code];
      const distance = short === undefined ? code - 15 : distances[4 - short[0]]! + short[1];
      if (distance <= 0) throw new BrotliFormatError('DISTANCE', -16);
      const reach = Math.min(farthest, this.#position);
      if (distance > reach) {
        left -= yield* this.#copyWord(copyLength, distance - reach - 1);
        if (left < 0) throw new BrotliFormatError('BLOCK_LENGTH_2', -10);
        continue;
      }
      if (code > 0) {
        distances.shift();
        distances.push(distance);
      }
      left -= copyLength;
      if (left < 0) throw new BrotliFormatError('BLOCK_LENGTH_2', -10);
      const ring = this.#ring;
      const from = (this.#position - distance) & this.#mask;
      const to = this.#position & this.#mask;
      if (copyLength <= distance && Math.max(from, to) + copyLength < ring.length) {
        ring.copyWithin(to, from, from + copyLength);
        this.#position += copyLength;
        continue;
      }
      for (let count = copyLength; count > 0; count--) {
        if (this.#put(ring[(this.#position - distance) & this.#mask]!)) yield 'output';
      }
    }
  }

  /** A word of the dictionary, changed as `id` says; its length. */
  *#copyWord(length: number, id: number): Reading<number> {
    const bits = dictionary.sizeBitsByLength[length] ?? 0;
    const transform = id >> bits;
    if (length < dictionary.minDictionaryWordLength || length > dictionary.maxDictionaryWordLength)
      throw new BrotliFormatError('DICTIONARY', -12);
    if (transform >= kNumTransforms) throw new BrotliFormatError('TRANSFORM', -11);
    const word = new Uint8Array(longestWord);
    const start = dictionary.offsetsByLength[length]! + (id & ((1 << bits) - 1)) * length;
    const count = transformDictionaryWord(word, 0, start, length, transform);
    for (let at = 0; at < count; at++) if (this.#put(word[at]!)) yield 'output';
    return count;
  }

  *#blocks(): Reading<Blocks> {
    const blocks = new Blocks((yield* this.#variable()) + 1);
    if (blocks.count > 1) {
      blocks.types = yield* this.#tree(blocks.count + 2);
      blocks.lengths = yield* this.#tree(26);
      blocks.left = yield* this.#blockLength(blocks);
    }
    return blocks;
  }

  *#blockLength({ lengths }: Blocks): Reading<number> {
    const { offset, nbits } = prefix.kBlockLengthPrefixCode[yield* this.#nextSymbol(lengths)]!;
    return offset + (yield* this.#read(nbits));
  }

  *#nextBlock(blocks: Blocks): Reading<void> {
    blocks.choose(yield* this.#nextSymbol(blocks.types));
    blocks.left = (yield* this.#blockLength(blocks)) - 1;
  }

  /** A number from 0 to 255. */
  *#variable(): Reading<number> {
    if ((yield* this.#read(1)) === 0) return 0;
    const bits = yield* this.#read(3);
    return (1 << bits) + (yield* this.#read(bits));
  }

  *#contextMap(size: number): Reading<readonly [map: Uint8Array, trees: number]> {
    const trees = (yield* this.#variable()) + 1;
    const map = new Uint8Array(size);
    if (trees === 1) return [map, trees];
    const longestRun = (yield* this.#read(1)) === 1 ? (yield* this.#read(4)) + 1 : 0;
    const table = yield* this.#tree(trees + longestRun);
    for (let at = 0; at < size;) {
      const code = yield* this.#nextSymbol(table);
      if (code > longestRun) map[at++] = code - longestRun;
      else {
        at += code === 0 ? 1 : (1 << code) + (yield* this.#read(code));
        if (at > size) throw new BrotliFormatError('CONTEXT_MAP_REPEAT', -8);
      }
    }
    if ((yield* this.#read(1)) === 1) undoMoveToFront(map);
    return [map, trees];
  }

  *#trees(alphabet: number, count: number): Reading<Table[]> {
    const trees: Table[] = [];
    for (let index = 0; index < count; index++) trees.push(yield* this.#tree(alphabet));
    return trees;
  }

  *#tree(alphabet: number): Reading<Table> {
    const skip = yield* this.#read(2);
    const lengths = skip === 1 ? yield* this.#simpleLengths(alphabet) : yield* this.#lengths(alphabet, skip);
    const table: Table = [];
    BrotliBuildHuffmanTable(table, 0, rootBits, lengths, alphabet);
    return table;
  }

  *#simpleLengths(alphabet: number): Reading<Uint8Array> {
    const lengths = new Uint8Array(alphabet);
    const bits = 32 - Math.clz32(alphabet - 1);
    const count = (yield* this.#read(2)) + 1;
    const symbols: number[] = [];
    for (let index = 0; index < count; index++) {
      const symbol = yield* this.#read(bits);
      if (symbol >= alphabet) throw new BrotliFormatError('SIMPLE_HUFFMAN_ALPHABET', -4);
      if (symbols.includes(symbol)) throw new BrotliFormatError('SIMPLE_HUFFMAN_SAME', -5);
      symbols.push(symbol);
    }
    const shape = count === 4 && (yield* this.#read(1)) === 1 ? [1, 2, 3, 3] : [[1], [1, 1], [1, 2, 2], [2, 2, 2, 2]][count - 1]!;
    symbols.forEach((symbol, index) => (lengths[symbol] = shape[index]!));
    return lengths;
  }

  *#lengths(alphabet: number, skip: number): Reading<Uint8Array> {
    const ofLengths = new Uint8Array(codeLengthOrder.length);
    let space = 32;
    let codes = 0;
    for (let index = skip; index < codeLengthOrder.length && space > 0; index++) {
      // One to four bits, of which the last may not be there.
      let at: number;
      while ((this.#has(4), (at = (this.#bits & 15) * 2), lengthCodes[at]! > this.#bitCount)) yield 'input';
      this.#drop(lengthCodes[at]!);
      const length = lengthCodes[at + 1]!;
      ofLengths[codeLengthOrder[index]!] = length;
      if (length === 0) continue;
      space -= 32 >> length;
      codes++;
    }
    if (codes !== 1 && space !== 0) throw new BrotliFormatError('CL_SPACE', -6);
    const table: Table = [];
    BrotliBuildHuffmanTable(table, 0, rootBits, ofLengths, codeLengthOrder.length);
    const lengths = new Uint8Array(alphabet);
    let previous = 8;
    let repeated = 0;
    let times = 0;
    space = 32_768;
    for (let symbol = 0; symbol < alphabet && space > 0;) {
      const length = yield* this.#nextSymbol(table);
      if (length < 16) {
        times = 0;
        lengths[symbol++] = length;
        if (length === 0) continue;
        previous = length;
        space -= 32_768 >> length;
        continue;
      }
      const wanted = length === 16 ? previous : 0;
      if (repeated !== wanted) times = 0;
      repeated = wanted;
      const before = times;
      const bits = length - 14;
      times = (times > 0 ? (times - 2) << bits : 0) + (yield* this.#read(bits)) + 3;
      if (symbol + times - before > alphabet) throw new BrotliFormatError('HUFFMAN_SPACE', -7);
      lengths.fill(repeated, symbol, symbol + times - before);
      symbol += times - before;
      if (repeated !== 0) space -= (times - before) << (15 - repeated);
    }
    if (space !== 0) throw new BrotliFormatError('HUFFMAN_SPACE', -7);
    return lengths;
  }
}

function undoMoveToFront(map: Uint8Array): void {
  const order = Uint8Array.from({ length: 256 }, (_, index) => index);
  map.forEach((index, at) => {
    const value = order[index]!;
    map[at] = value;
    order.copyWithin(1, 0, index);
    order[0] = value;
  });
}
