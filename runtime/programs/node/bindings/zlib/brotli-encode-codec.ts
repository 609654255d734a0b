import type { Codec, CodecError, Transfer } from './codec.ts';
import { BrotliEncoder } from './brotli-encoder.ts';
import { EncodeBuffer } from './encode-buffer.ts';

/** Keys of `params`, from `zlib.constants`. */
const parameter = { quality: 1, windowBits: 2 } as const;
const notGiven = 0xffffffff;

export class BrotliEncodeCodec implements Codec {
  readonly #parameters: Uint32Array;
  #encoder: EncodeBuffer;

  constructor(parameters: Uint32Array) {
    this.#parameters = parameters;
    this.#encoder = this.#open();
  }

  #open(): EncodeBuffer {
    const given = (key: number, usual: number) => (this.#parameters[key] === notGiven ? usual : (this.#parameters[key] ?? usual));
    const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
    return new EncodeBuffer(new BrotliEncoder(clamp(given(parameter.quality, 11), 0, 11), clamp(given(parameter.windowBits, 22), 10, 24)));
  }

  write(transfer: Transfer): CodecError | undefined {
    this.#encoder.take(transfer);
    this.#encoder.give(transfer);
    return undefined;
  }

  reset(): CodecError | undefined {
    this.#encoder = this.#open();
    return undefined;
  }

  close(): void {
    this.#encoder.close();
  }
}
