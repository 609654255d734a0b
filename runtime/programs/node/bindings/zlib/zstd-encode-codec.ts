import type { Codec, CodecError, Transfer } from './codec.ts';
import { EncodeBuffer, operation } from './encode-buffer.ts';
import { ZstdEncoder } from './zstd-encoder.ts';

/** Keys of `params`, from `zlib.constants`. */
const parameter = { level: 100, windowLog: 101, checksum: 201 } as const;
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

export class ZstdEncodeCodec implements Codec {
  readonly #parameters: Uint32Array;
  readonly #size: number | undefined;
  #encoder: EncodeBuffer;
  #taken = 0;

  /** @param size What the message will come to, if that is known. */
  constructor(parameters: Uint32Array, size: number | undefined) {
    this.#parameters = parameters;
    this.#size = size;
    this.#encoder = this.#open();
  }

  #open(): EncodeBuffer {
    const given = (key: number) => (this.#parameters[key] === notGiven ? 0 : (this.#parameters[key] ?? 0)) | 0;
    const level = given(parameter.level) === 0 ? 3 : given(parameter.level);
    const usual = level <= 1 ? 19 : level === 2 ? 20 : level < 17 ? 21 : 22;
    return new EncodeBuffer(
      new ZstdEncoder({
        level,
        windowLog: Math.min(given(parameter.windowLog) === 0 ? usual : given(parameter.windowLog), maxWindowLog),
        checksum: given(parameter.checksum) !== 0,
        size: this.#size,
      }),
    );
  }

  write(transfer: Transfer): CodecError | undefined {
    this.#taken += this.#encoder.take(transfer);
    if (this.#size !== undefined && (transfer.flush === operation.finish ? this.#taken !== this.#size : this.#taken > this.#size))
      return { message: 'Src size is incorrect', code: 'ZSTD_error_srcSize_wrong', errno: 72 };
    this.#encoder.give(transfer);
    return undefined;
  }

  reset(): CodecError | undefined {
    this.#encoder = this.#open();
    this.#taken = 0;
    return undefined;
  }

  close(): void {
    this.#encoder.close();
  }
}
