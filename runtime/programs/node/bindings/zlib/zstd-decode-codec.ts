import { Decompress } from 'fzstd';
import type { Codec, CodecError, Transfer } from './codec.ts';

const end = 2;

/** Zstandard frames, decoded as they come by `fzstd`. What does not fit the caller's buffer waits. */
export class ZstdDecodeCodec implements Codec {
  #decoder = this.#open();
  #waiting: Uint8Array[] = [];
  #taken = 0;
  #ended = false;

  #open(): Decompress {
    return new Decompress((bytes) => {
      if (bytes.length > 0) this.#waiting.push(bytes.slice());
    });
  }

  write(transfer: Transfer): CodecError | undefined {
    try {
      if (transfer.inputLeft > 0) {
        const input = transfer.input.slice(transfer.inputAt, transfer.inputAt + transfer.inputLeft);
        transfer.inputAt += transfer.inputLeft;
        if (!beginsFrame(input, this.#taken)) return failure({ code: 0 });
        this.#taken += transfer.inputLeft;
        transfer.inputLeft = 0;
        this.#decoder.push(input);
      }
      if (transfer.flush === end && !this.#ended) {
        this.#ended = true;
        if (this.#taken === 0) return { message: 'unexpected end of file', code: 'Z_BUF_ERROR', errno: -5 };
        this.#decoder.push(new Uint8Array(0), true);
      }
    } catch (error) {
      return failure(error);
    }
    while (this.#waiting.length > 0 && transfer.outputLeft > 0) {
      const first = this.#waiting[0]!;
      const count = Math.min(first.length, transfer.outputLeft);
      transfer.output.set(first.subarray(0, count), transfer.outputAt);
      transfer.outputAt += count;
      transfer.outputLeft -= count;
      if (count === first.length) this.#waiting.shift();
      else this.#waiting[0] = first.subarray(count);
    }
    return undefined;
  }

  reset(): CodecError | undefined {
    this.#decoder = this.#open();
    this.#waiting = [];
    this.#taken = 0;
    this.#ended = false;
    return undefined;
  }

  close(): void {
    this.#waiting = [];
  }
}

const magic = [0x28, 0xb5, 0x2f, 0xfd];
const skippable = [0x50, 0x2a, 0x4d, 0x18];

/** Whether `input`, which follows `before` bytes, can still begin a frame: libzstd tells at once, `fzstd` first collects a header. */
function beginsFrame(input: Uint8Array, before: number): boolean {
  const begins = (by: readonly number[], mask: number) =>
    by.slice(before).every((byte, index) => index >= input.length || byte === (input[index]! & (before + index === 0 ? mask : 0xff)));
  return begins(magic, 0xff) || begins(skippable, 0xf0);
}

/** fzstd's codes as libzstd's errors: message, `ZSTD_error_…` and its number. */
const failures: readonly (readonly [message: string, code: string, errno: number])[] = [
  ['Unknown frame descriptor', 'ZSTD_error_prefix_unknown', 10],
  ['Frame requires too much memory for decoding', 'ZSTD_error_frameParameter_windowTooLarge', 16],
  ['Data corruption detected', 'ZSTD_error_corruption_detected', 20],
  ['Data corruption detected', 'ZSTD_error_corruption_detected', 20],
  ['Data corruption detected', 'ZSTD_error_corruption_detected', 20],
  ['unexpected end of file', 'Z_BUF_ERROR', -5],
];

function failure(error: unknown): CodecError {
  const [message, code, errno] = failures[(error as { code?: number }).code ?? 2] ?? failures[2]!;
  return { message, code, errno };
}
