import type { Transfer } from './codec.ts';

/** What the encoders have in common. */
export interface Encoder {
  push(input: Uint8Array): void;
  flush(): void;
  finish(): void;
  /** What was made since it was asked last. */
  take(): Uint8Array;
}

/** As `zlib.constants` has them: `BROTLI_OPERATION_…`, `ZSTD_e_…`. */
export const operation = { process: 0, flush: 1, finish: 2 } as const;

/** An encoder behind its caller's buffers. Output that does not fit waits here, so that the encoder runs once for each input. */
export class EncodeBuffer {
  readonly #encoder: Encoder;
  #waiting: Uint8Array = new Uint8Array(0);
  #finished = false;
  /** The operation whose output is being drained. */
  #draining = false;

  constructor(encoder: Encoder) {
    this.#encoder = encoder;
  }

  /** Gives the encoder all that there is, and how many bytes it was. */
  take(transfer: Transfer): number {
    const count = transfer.inputLeft;
    if (count === 0) return 0;
    this.#encoder.push(transfer.input.subarray(transfer.inputAt, transfer.inputAt + count));
    transfer.inputAt += count;
    transfer.inputLeft = 0;
    this.#draining = false;
    return count;
  }

  /** Does what was asked for, and gives as much of the output as there is room for. */
  give(transfer: Transfer): void {
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
  }

  /** Lets go of what waits. */
  close(): void {
    this.#waiting = new Uint8Array(0);
  }
}
