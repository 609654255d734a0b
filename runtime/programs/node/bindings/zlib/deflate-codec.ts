/** zlib itself: pako's port of it, driven as `node_zlib.cc` drives libz. */
import {
  ZStream,
  zlibDeflate,
  zlibDeflateEnd,
  zlibDeflateInit2,
  zlibDeflateReset,
  zlibDeflateSetDictionary,
  zlibInflate,
  zlibInflateEnd,
  zlibInflateInit2,
  zlibInflateReset,
  zlibInflateSetDictionary,
} from 'pako';
import type { Untyped } from '../../realm.ts';
import { zlibModes, type Codec, type CodecError, type Transfer } from './codec.ts';

const { DEFLATE, INFLATE, GZIP, GUNZIP, DEFLATERAW, INFLATERAW, UNZIP, NONE } = zlibModes;

const Z_OK = 0;
const Z_STREAM_END = 1;
const Z_NEED_DICT = 2;
const Z_STREAM_ERROR = -2;
const Z_DATA_ERROR = -3;
const Z_BUF_ERROR = -5;
const Z_FINISH = 4;
const Z_DEFLATED = 8;
/** Of a stream whose last block is written. */
const FINISH_STATE = 666;

const errorNames: Readonly<Record<string, string>> = {
  0: 'Z_OK',
  1: 'Z_STREAM_END',
  2: 'Z_NEED_DICT',
  '-1': 'Z_ERRNO',
  '-2': 'Z_STREAM_ERROR',
  '-3': 'Z_DATA_ERROR',
  '-4': 'Z_MEM_ERROR',
  '-5': 'Z_BUF_ERROR',
  '-6': 'Z_VERSION_ERROR',
};

/** How far each level searches: good, lazy, nice and chain lengths, from zlib's `configuration_table`. */
const searchOf: readonly (readonly [number, number, number, number])[] = [
  [0, 0, 0, 0],
  [4, 4, 8, 4],
  [4, 5, 16, 8],
  [4, 6, 32, 32],
  [4, 4, 16, 16],
  [8, 16, 32, 32],
  [8, 16, 128, 128],
  [8, 32, 128, 256],
  [32, 128, 258, 1024],
  [32, 258, 258, 4096],
];

/** Levels of one method may be exchanged at any time. */
const methodOf = (level: number) => (level === 0 ? 'stored' : level < 4 ? 'fast' : 'slow');

export interface DeflateOptions {
  readonly mode: number;
  readonly windowBits: number;
  readonly level: number;
  readonly memLevel: number;
  readonly strategy: number;
  readonly dictionary?: Uint8Array | undefined;
  readonly rejectGarbageAfterEnd: boolean;
}

const isDeflating = (mode: number) => mode === DEFLATE || mode === GZIP || mode === DEFLATERAW;

export class DeflateCodec implements Codec {
  readonly #options: DeflateOptions;
  readonly #stream: Untyped = new ZStream();
  #mode: number;
  #level: number;
  #strategy: number;
  #opened = false;
  #error = Z_OK;
  #flush = 0;
  /** How much of the gzip magic `UNZIP` has seen. */
  #magic = 0;

  constructor(options: DeflateOptions) {
    this.#options = options;
    this.#mode = options.mode;
    this.#level = options.level;
    this.#strategy = options.strategy;
  }

  /** Sets the dictionary at once, so that a bad one is told by the constructor. */
  open(): CodecError | undefined {
    if (this.#opened) return undefined;
    this.#opened = true;
    const { memLevel } = this.#options;
    let bits = this.#options.windowBits;
    if (this.#mode === GZIP || this.#mode === GUNZIP) bits += 16;
    else if (this.#mode === UNZIP) bits += 32;
    else if (this.#mode === DEFLATERAW || this.#mode === INFLATERAW) bits = -bits;
    this.#error = isDeflating(this.#mode)
      ? zlibDeflateInit2(this.#stream, this.#level as Untyped, Z_DEFLATED, bits, memLevel, this.#strategy as Untyped)
      : zlibInflateInit2(this.#stream, bits);
    if (this.#error !== Z_OK) return this.#failure('Init error');
    return this.#setDictionary();
  }

  write(transfer: Transfer): CodecError | undefined {
    const failed = this.open();
    if (failed !== undefined) return failed;
    const stream = this.#stream;
    stream.input = transfer.input;
    stream.next_in = transfer.inputAt;
    stream.avail_in = transfer.inputLeft;
    stream.output = transfer.output;
    stream.next_out = transfer.outputAt;
    stream.avail_out = transfer.outputLeft;
    this.#flush = transfer.flush;
    this.#run();
    transfer.inputAt = stream.next_in;
    transfer.inputLeft = stream.avail_in;
    transfer.outputAt = stream.next_out;
    transfer.outputLeft = stream.avail_out;
    return this.#verdict();
  }

  reset(): CodecError | undefined {
    const failed = this.open();
    if (failed !== undefined) return failed;
    this.#error = isDeflating(this.#mode) ? zlibDeflateReset(this.#stream) : zlibInflateReset(this.#stream);
    if (this.#error !== Z_OK) return this.#failure('Failed to reset stream');
    return this.#setDictionary();
  }

  params(level: number, strategy: number): CodecError | undefined {
    const failed = this.open();
    if (failed !== undefined) return failed;
    if (!isDeflating(this.#mode)) return undefined;
    // As `deflateParams`, which pako lacks. The caller has flushed.
    const { state } = this.#stream;
    const next = level === -1 ? 6 : level;
    if (state.status === FINISH_STATE && (state.strategy !== strategy || methodOf(state.level) !== methodOf(next))) {
      this.#error = Z_STREAM_ERROR;
      this.#stream.msg = 'stream error';
      return this.#failure('Failed to set parameters');
    }
    if (state.level !== next) {
      if (state.level === 0 && state.matches !== 0) {
        state.head.fill(0);
        state.matches = 0;
      }
      state.level = next;
      [state.good_match, state.max_lazy_match, state.nice_match, state.max_chain_length] = searchOf[next]!;
    }
    state.strategy = strategy;
    this.#level = level;
    this.#strategy = strategy;
    return undefined;
  }

  close(): void {
    if (this.#opened && this.#mode !== NONE) {
      if (isDeflating(this.#mode)) zlibDeflateEnd(this.#stream);
      else zlibInflateEnd(this.#stream);
    }
    this.#mode = NONE;
  }

  #run(): void {
    const stream = this.#stream;
    if (isDeflating(this.#mode)) {
      this.#error = zlibDeflate(stream, this.#flush as Untyped);
      return;
    }
    if (this.#mode === UNZIP && stream.avail_in > 0) this.#sniff();
    this.#inflate();
    // Another member may follow. Zeros may too, and end it; what else follows is garbage.
    while (stream.avail_in > 0 && this.#mode === GUNZIP && this.#error === Z_STREAM_END && stream.input[stream.next_in] !== 0) {
      if (this.#options.rejectGarbageAfterEnd && stream.input[stream.next_in] !== 0x1f) return;
      if (this.reset() !== undefined) return;
      this.#inflate();
    }
  }

  /** Two bytes tell gzip from zlib; they may come one by one. */
  #sniff(): void {
    const { input, next_in: at, avail_in: left } = this.#stream;
    for (let i = 0; i < left && this.#mode === UNZIP; i++) {
      const byte = input[at + i];
      if (this.#magic === 0) {
        if (byte === 0x1f) this.#magic = 1;
        else this.#mode = INFLATE;
      } else if (byte === 0x8b) {
        this.#magic = 2;
        this.#mode = GUNZIP;
      } else this.#mode = INFLATE;
    }
  }

  #inflate(): void {
    const stream = this.#stream;
    const { dictionary } = this.#options;
    this.#error = zlibInflate(stream, this.#flush as Untyped);
    if (this.#mode !== INFLATERAW && this.#error === Z_NEED_DICT && dictionary !== undefined) {
      this.#error = zlibInflateSetDictionary(stream, dictionary as Untyped);
      if (this.#error === Z_OK) this.#error = zlibInflate(stream, this.#flush as Untyped);
      // Which makes it "Bad dictionary" instead of a data error.
      else if (this.#error === Z_DATA_ERROR) this.#error = Z_NEED_DICT;
    }
  }

  #setDictionary(): CodecError | undefined {
    const { dictionary } = this.#options;
    if (dictionary === undefined || dictionary.length === 0) return undefined;
    this.#error = Z_OK;
    if (this.#mode === DEFLATE || this.#mode === DEFLATERAW) this.#error = zlibDeflateSetDictionary(this.#stream, dictionary as Untyped);
    else if (this.#mode === INFLATERAW) this.#error = zlibInflateSetDictionary(this.#stream, dictionary as Untyped);
    return this.#error === Z_OK ? undefined : this.#failure('Failed to set dictionary');
  }

  #verdict(): CodecError | undefined {
    switch (this.#error) {
      case Z_OK:
      case Z_BUF_ERROR:
        if (this.#stream.avail_out !== 0 && this.#flush === Z_FINISH) {
          this.#error = Z_BUF_ERROR;
          this.#stream.msg = '';
          return this.#failure('unexpected end of file');
        }
        return undefined;
      case Z_STREAM_END:
        return undefined;
      case Z_NEED_DICT:
        this.#stream.msg = '';
        return this.#failure(this.#options.dictionary === undefined ? 'Missing dictionary' : 'Bad dictionary');
      default:
        return this.#failure('Zlib error');
    }
  }

  #failure(message: string): CodecError {
    const own = this.#stream.msg as string;
    return { message: own === '' ? message : own, errno: this.#error, code: errorNames[this.#error] ?? 'Z_ERRNO' };
  }
}
