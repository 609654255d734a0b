/** `internalBinding('zlib')`: the stream classes over the codecs. */
import type { MakeBinding, Untyped } from '../../realm.ts';
import { asyncWraps } from '../../wraps/async-wrap.ts';
import { lazyBinding } from '../lazy.ts';
import type { BrotliDecodeCodec } from './brotli-decode-codec.ts';
import { zlibModes, type Codec, type CodecError, type Transfer } from './codec.ts';
import type { makeCodecs } from './codecs.ts';
import { crc32 } from './crc32.ts';

const nothing = new Uint8Array(0);
/** Apart: as soon as it is evaluated it unpacks its dictionary, which takes longer than all else that `zlib` is. */
const openBrotli = lazyBinding('brotli');
const openCodecs = lazyBinding('zlib-codecs');

export const makeZlib: MakeBinding = (realm) => {
  const { AsyncWrap, makeCallback, emitDestroy } = asyncWraps(realm);
  let opened: ReturnType<typeof makeCodecs> | undefined;
  const codecs = () => (opened ??= openCodecs(realm) as unknown as ReturnType<typeof makeCodecs>);

  abstract class CompressionStream extends AsyncWrap {
    protected codec: Codec | undefined;
    protected state: Uint32Array | undefined;
    protected callback: Function | undefined;
    declare onerror: (message: string, errno: number, code: string) => void;
    #busy = false;
    #closing = false;

    constructor() {
      super('ZLIB');
    }

    write(flush: number, input: Untyped, inputAt: number, inputLeft: number, output: Untyped, outputAt: number, outputLeft: number): void {
      const transfer = this.#begin({ flush, input, inputAt, inputLeft, output, outputAt, outputLeft });
      realm.loop.enqueueWork(() => {
        const error = this.codec?.write(transfer);
        this.#busy = false;
        if (this.#closing) {
          this.close();
          return;
        }
        this.#report(transfer);
        if (error !== undefined) this.#fail(error);
        else makeCallback(this, this.callback, []);
      });
    }

    writeSync(
      flush: number,
      input: Untyped,
      inputAt: number,
      inputLeft: number,
      output: Untyped,
      outputAt: number,
      outputLeft: number,
    ): void {
      const transfer = this.#begin({ flush, input, inputAt, inputLeft, output, outputAt, outputLeft });
      const error = this.codec!.write(transfer);
      this.#busy = false;
      if (error === undefined) this.#report(transfer);
      else this.emitError(error);
    }

    reset(): void {
      const error = this.codec?.reset();
      if (error !== undefined) this.emitError(error);
    }

    close(): void {
      if (this.#busy) {
        this.#closing = true;
        return;
      }
      if (this.codec === undefined) return;
      this.codec.close();
      this.codec = undefined;
      emitDestroy(this);
    }

    params(level: number, strategy: number): void {
      const error = this.codec?.params?.(level, strategy);
      if (error !== undefined) this.emitError(error);
    }

    protected emitError(error: CodecError): void {
      this.onerror(error.message, error.errno, error.code);
    }

    #begin(transfer: Omit<Transfer, 'input'> & { input: Untyped }): Transfer {
      if (this.#busy) throw new Error('write already in progress');
      if (this.codec === undefined) throw new Error('already finalized');
      this.#busy = true;
      if (transfer.input === null || transfer.input === undefined) return { ...transfer, input: nothing, inputAt: 0, inputLeft: 0 };
      return { ...transfer, input: bytesOf(transfer.input), output: bytesOf(transfer.output) };
    }

    #report(transfer: Transfer): void {
      this.state![0] = transfer.outputLeft;
      this.state![1] = transfer.inputLeft;
    }

    #fail(error: CodecError): void {
      makeCallback(this, this.onerror, [error.message, error.errno, error.code]);
    }
  }

  class Zlib extends CompressionStream {
    #mode: number;
    constructor(mode: number) {
      super();
      this.#mode = mode;
    }

    init(
      windowBits: number,
      level: number,
      memLevel: number,
      strategy: number,
      state: Uint32Array,
      callback: Function,
      dictionary: Untyped,
      rejectGarbageAfterEnd = false,
    ): void {
      this.state = state;
      this.callback = callback;
      const { DeflateCodec } = codecs();
      const codec = new DeflateCodec({
        mode: this.#mode,
        windowBits,
        level,
        memLevel,
        strategy,
        dictionary: dictionary === undefined ? undefined : bytesOf(dictionary).slice(),
        rejectGarbageAfterEnd,
      });
      this.codec = codec;
      if (dictionary === undefined) return;
      const error = codec.open();
      // As in Node: the stream has no owner yet, so this is an exception of the constructor.
      if (error !== undefined) throw Object.assign(new Error(error.message), { errno: error.errno, code: error.code });
    }
  }

  /** `init(parameters, state, callback, dictionary)`; a parameter that was not given is 2³² − 1. */
  abstract class BrotliStream extends CompressionStream {
    protected abstract open(parameters: Uint32Array): Codec;

    init(parameters: Uint32Array, state: Uint32Array, callback: Function, dictionary: Untyped): void {
      if (dictionary !== undefined) throw unavailable('A dictionary for Brotli');
      // Flags among the parameters: `BROTLI_PARAM_DISABLE_LITERAL_CONTEXT_MODELING` takes 0 and 1 only.
      const flag = parameters[4];
      if (flag !== undefined && flag !== 0 && flag !== 1 && flag !== 0xffffffff) {
        throw Object.assign(new Error('Initialization failed'), { code: 'ERR_ZLIB_INITIALIZATION_FAILED' });
      }
      this.state = state;
      this.callback = callback;
      this.codec = this.open(parameters.slice());
    }
  }

  class BrotliEncoder extends BrotliStream {
    protected override open(parameters: Uint32Array): Codec {
      const { BrotliEncodeCodec } = codecs();
      return new BrotliEncodeCodec(parameters);
    }
  }

  let brotli: typeof BrotliDecodeCodec | undefined;
  class BrotliDecoder extends BrotliStream {
    protected override open(): Codec {
      return new (brotli ??= openBrotli(realm) as typeof BrotliDecodeCodec)();
    }
  }

  /** `init(parameters, pledgedSize, state, callback, dictionary)`. */
  class ZstdDecompress extends CompressionStream {
    init(parameters: Uint32Array, _pledgedSize: unknown, state: Uint32Array, callback: Function, dictionary: Untyped): void {
      if (dictionary !== undefined) throw unavailable('A dictionary for Zstandard');
      // ZSTD_d_windowLogMax
      const windowLog = parameters[100];
      if (windowLog !== undefined && windowLog !== 0 && windowLog !== 0xffffffff && (windowLog < 10 || windowLog > 31))
        throw settingFailed();
      this.state = state;
      this.callback = callback;
      const { ZstdDecodeCodec } = codecs();
      this.codec = new ZstdDecodeCodec();
    }
  }

  /** `init(parameters, pledgedSize, state, callback, dictionary)`. */
  class ZstdCompress extends CompressionStream {
    init(parameters: Uint32Array, pledgedSize: unknown, state: Uint32Array, callback: Function, dictionary: Untyped): void {
      if (dictionary !== undefined) throw unavailable('A dictionary for Zstandard');
      const { ZstdEncodeCodec, zstdParametersFit } = codecs();
      if (!zstdParametersFit(parameters)) throw settingFailed();
      this.state = state;
      this.callback = callback;
      this.codec = new ZstdEncodeCodec(parameters.slice(), typeof pledgedSize === 'number' ? pledgedSize : undefined);
    }
  }

  return {
    Zlib,
    BrotliEncoder,
    BrotliDecoder,
    ZstdCompress,
    ZstdDecompress,
    crc32: (data: Untyped, value: number) => crc32(typeof data === 'string' ? realm.platform.encodeUtf8(data) : bytesOf(data), value),
    ZLIB_VERSION: '1.3.1',
    ...zlibModes,
  };
};

function bytesOf(data: Untyped): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

const settingFailed = () => Object.assign(new Error('Setting parameter failed'), { code: 'ERR_ZLIB_INITIALIZATION_FAILED' });

function unavailable(what: string): Error {
  return Object.assign(new Error(`${what} is not available in bavini`), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
}
