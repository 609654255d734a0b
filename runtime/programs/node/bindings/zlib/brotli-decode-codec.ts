import type { MakeBinding } from '../../realm.ts';
import { BrotliDecoder, BrotliFormatError } from './brotli-decoder.ts';
import type { Codec, CodecError, Transfer } from './codec.ts';

export const makeBrotliDecoder: MakeBinding = () => BrotliDecodeCodec;

const finish = 2;

export class BrotliDecodeCodec implements Codec {
  #decoder = new BrotliDecoder();
  #isOver = false;

  write(transfer: Transfer): CodecError | undefined {
    const { output } = this.#decoder;
    for (;;) {
      while (output.length > 0 && transfer.outputLeft > 0) give(output, transfer);
      if (transfer.outputLeft === 0 || this.#isOver) return undefined;
      try {
        const wait = this.#decoder.step();
        if (wait === undefined) {
          this.#isOver = true;
          // What follows the end is whoever's it is.
          const unread = Math.min(this.#decoder.unread, transfer.inputAt);
          transfer.inputAt -= unread;
          transfer.inputLeft += unread;
        }
        if (wait !== 'input' || output.length > 0) continue;
      } catch (error) {
        if (!(error instanceof BrotliFormatError)) throw error;
        return { message: 'Decompression failed', errno: error.errno, code: `ERR__ERROR_FORMAT_${error.what}` };
      }
      if (transfer.inputLeft === 0) {
        if (transfer.flush !== finish) return undefined;
        return { message: 'unexpected end of file', errno: -5, code: 'Z_BUF_ERROR' };
      }
      this.#decoder.push(transfer.input.slice(transfer.inputAt, transfer.inputAt + transfer.inputLeft));
      transfer.inputAt += transfer.inputLeft;
      transfer.inputLeft = 0;
    }
  }

  reset(): CodecError | undefined {
    this.#decoder = new BrotliDecoder();
    this.#isOver = false;
    return undefined;
  }

  close(): void {
    this.reset();
  }
}

function give(output: Uint8Array[], transfer: Transfer): void {
  const first = output[0]!;
  const count = Math.min(first.length, transfer.outputLeft);
  transfer.output.set(first.subarray(0, count), transfer.outputAt);
  transfer.outputAt += count;
  transfer.outputLeft -= count;
  if (count === first.length) output.shift();
  else output[0] = first.subarray(count);
}
