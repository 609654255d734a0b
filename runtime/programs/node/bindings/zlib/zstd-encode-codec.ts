import type { Codec, CodecError, Transfer } from './codec.ts';
import { ZstdEncoder } from './zstd-encoder.ts';

/** Keys of `params`, from `zlib.constants`. */
const parameter = { level: 100, windowLog: 101, checksum: 201 } as const;
const operation = { process: 0, flush: 1, end: 2 } as const;
const notGiven = 0xffffffff;
/** Lowest and highest, of those that libzstd checks. */
const bounds: Readonly<Record<number, readonly [number, number]>> = {
  101: [10, 31],
  102: [6, 30],
  103: [6, 30],
  104: [1, 30],
  105: [3, 7],
  106: [0, 131072],
  107: [1, 9],
};
const maxWindowLog = 27;

/** Whether libzstd would take these; 0 stands for the default. */
export function zstdParametersFit(parameters: Uint32Array): boolean {
  return Object.entries(bounds).every(([key, [low, high]]) => {
    const value = parameters[Number(key)];
    return value === undefined || value === notGiven || value === 0 || (value >= low && value <= high);
  });
}

/** Output that did not fit waits here, so that the encoder runs once for each input. */
export class ZstdEncodeCodec implements Codec {
  readonly #parameters: Uint32Array;
  readonly #size: number | undefined;
  #encoder: ZstdEncoder;
  #waiting: Uint8Array = new Uint8Array(0);
  #taken = 0;
  #finished = false;
  /** The operation whose output is being drained. */
  #draining = false;

  /** @param size What the message will come to, if that is known. */
  constructor(parameters: Uint32Array, size: number | undefined) {
    this.#parameters = parameters;
    this.#size = size;
    this.#encoder = this.#open();
  }

  #open(): ZstdEncoder {
    const given = (key: number) => (this.#parameters[key] === notGiven ? 0 : (this.#parameters[key] ?? 0)) | 0;
    const level = given(parameter.level) === 0 ? 3 : given(parameter.level);
    const usual = level <= 1 ? 19 : level === 2 ? 20 : level < 17 ? 21 : 22;
    return new ZstdEncoder({
      level,
      windowLog: Math.min(given(parameter.windowLog) === 0 ? usual : given(parameter.windowLog), maxWindowLog),
      checksum: given(parameter.checksum) !== 0,
      size: this.#size,
    });
  }

  write(transfer: Transfer): CodecError | undefined {
    if (transfer.inputLeft > 0) {
      this.#encoder.push(transfer.input.subarray(transfer.inputAt, transfer.inputAt + transfer.inputLeft));
      this.#taken += transfer.inputLeft;
      transfer.inputAt += transfer.inputLeft;
      transfer.inputLeft = 0;
      this.#draining = false;
    }
    const ends = transfer.flush === operation.end;
    if (this.#size !== undefined && (ends ? this.#taken !== this.#size : this.#taken > this.#size))
      return { message: 'Src size is incorrect', code: 'ZSTD_error_srcSize_wrong', errno: 72 };
    if (!this.#finished && !this.#draining) {
      if (ends) {
        this.#encoder.finish();
        this.#finished = true;
      } else if (transfer.flush === operation.flush) this.#encoder.flush();
      const made = this.#encoder.take();
      if (this.#waiting.length === 0) this.#waiting = made;
      else {
        const both = new Uint8Array(this.#waiting.length + made.length);
        both.set(this.#waiting);
        both.set(made, this.#waiting.length);
        this.#waiting = both;
      }
    }
    const count = Math.min(this.#waiting.length, transfer.outputLeft);
    transfer.output.set(this.#waiting.subarray(0, count), transfer.outputAt);
    transfer.outputAt += count;
    transfer.outputLeft -= count;
    this.#waiting = this.#waiting.subarray(count);
    // The caller comes again with the same operation while its buffer gets full.
    this.#draining = transfer.outputLeft === 0;
    return undefined;
  }

  reset(): CodecError | undefined {
    this.#encoder = this.#open();
    this.#waiting = new Uint8Array(0);
    this.#taken = 0;
    this.#finished = this.#draining = false;
    return undefined;
  }

  close(): void {
    this.#waiting = new Uint8Array(0);
  }
}
