import type { Codec, CodecError, Transfer } from './codec.ts';
import { BrotliEncoder } from './brotli-encoder.ts';

/** Keys of `params`, from `zlib.constants`. */
const parameter = { quality: 1, windowBits: 2 } as const;
const operation = { process: 0, flush: 1, finish: 2 } as const;
const notGiven = 0xffffffff;

/** Output that did not fit waits here, so that the encoder runs once for each input. */
export class BrotliEncodeCodec implements Codec {
  readonly #parameters: Uint32Array;
  #encoder: BrotliEncoder;
  #waiting: Uint8Array = new Uint8Array(0);
  #finished = false;
  /** The operation whose output is being drained. */
  #draining = false;

  constructor(parameters: Uint32Array) {
    this.#parameters = parameters;
    this.#encoder = this.#open();
  }

  #open(): BrotliEncoder {
    const given = (key: number, usual: number) => (this.#parameters[key] === notGiven ? usual : (this.#parameters[key] ?? usual));
    const clamp = (value: number, low: number, high: number) => Math.min(Math.max(value, low), high);
    return new BrotliEncoder(clamp(given(parameter.quality, 11), 0, 11), clamp(given(parameter.windowBits, 22), 10, 24));
  }

  write(transfer: Transfer): CodecError | undefined {
    if (transfer.inputLeft > 0) {
      this.#encoder.push(transfer.input.subarray(transfer.inputAt, transfer.inputAt + transfer.inputLeft));
      transfer.inputAt += transfer.inputLeft;
      transfer.inputLeft = 0;
      this.#draining = false;
    }
    if (!this.#finished && !this.#draining) {
      if (transfer.flush === operation.finish) {
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
    this.#finished = this.#draining = false;
    return undefined;
  }

  close(): void {
    this.#waiting = new Uint8Array(0);
  }
}
