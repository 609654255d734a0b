import { decompress } from 'brotli/decompress';
import { concatBytes } from '../../../../base/bytes.ts';
import type { MakeBinding } from '../../realm.ts';
import type { Codec, CodecError, Transfer } from './codec.ts';

export const makeBrotliDecoder: MakeBinding = () => BrotliDecodeCodec;

const operation = { process: 0, flush: 1, finish: 2 } as const;

/**
 * Brotli's decoder as the `brotli` package has it takes a whole message. Input is gathered, and decoded when the message is
 * complete or the stream is told to flush; so nothing comes out of a message whose end has not come.
 */
export class BrotliDecodeCodec implements Codec {
  #input: Uint8Array[] = [];
  #output: Uint8Array | undefined;

  write(transfer: Transfer): CodecError | undefined {
    if (this.#output === undefined && transfer.inputLeft > 0) {
      this.#input.push(transfer.input.slice(transfer.inputAt, transfer.inputAt + transfer.inputLeft));
      transfer.inputAt += transfer.inputLeft;
      transfer.inputLeft = 0;
    }
    if (this.#output === undefined && transfer.flush !== operation.process) {
      const failed = this.#decode(transfer.flush === operation.finish);
      if (failed !== undefined) return failed;
    }
    const output = this.#output ?? new Uint8Array(0);
    const count = Math.min(output.length, transfer.outputLeft);
    transfer.output.set(output.subarray(0, count), transfer.outputAt);
    transfer.outputAt += count;
    transfer.outputLeft -= count;
    if (this.#output !== undefined) this.#output = output.subarray(count);
    return undefined;
  }

  reset(): CodecError | undefined {
    this.#input = [];
    this.#output = undefined;
    return undefined;
  }

  close(): void {
    this.reset();
  }

  #decode(complete: boolean): CodecError | undefined {
    const all = concatBytes(this.#input);
    this.#input = [all];
    const truncated = { message: 'unexpected end of file', errno: -5, code: 'Z_BUF_ERROR' };
    if (all.length === 0) return complete ? truncated : undefined;
    try {
      this.#output = decompress(all);
      this.#input = [];
    } catch (error) {
      const text = error instanceof Error ? error.message : '';
      if (/end of input|not enough bytes|bit_end_pos/.test(text)) return complete ? truncated : undefined;
      return failure(text);
    }
    return undefined;
  }
}

/** Which of Google's decoder's errors it would be: names and numbers as `zlib.constants` has them. */
function failure(text: string): CodecError {
  const [name, errno] = /reserved bit/i.test(text)
    ? ['RESERVED', -2]
    : /size nibble/.test(text)
      ? ['EXUBERANT_NIBBLE', -1]
      : /size byte/.test(text)
        ? ['EXUBERANT_META_NIBBLE', -3]
        : /invalid symbols/.test(text)
          ? ['SIMPLE_HUFFMAN_SAME', -5]
          : /num_codes or space/.test(text)
            ? ['CL_SPACE', -6]
            : /BuildHuffmanTable|space|repeat_delta/.test(text)
              ? ['HUFFMAN_SPACE', -7]
              : /context_map/.test(text)
                ? ['CONTEXT_MAP_REPEAT', -8]
                : /backward reference/.test(text)
                  ? ['DICTIONARY', -12]
                  : /distance/.test(text)
                    ? ['DISTANCE', -16]
                    : (['PADDING_1', -14] as const);
  return { message: 'Decompression failed', errno: Number(errno), code: `ERR__ERROR_FORMAT_${name}` };
}
