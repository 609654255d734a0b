/** What every compressor and decompressor looks like to the stream classes of `internalBinding('zlib')`. */

/** A message, libz's number and the name of it, as `zlibOnError` takes them. */
export interface CodecError {
  readonly message: string;
  readonly errno: number;
  readonly code: string;
}

/** Where a write stands. A codec moves the offsets and counts as it goes. */
export interface Transfer {
  flush: number;
  input: Uint8Array;
  inputAt: number;
  inputLeft: number;
  output: Uint8Array;
  outputAt: number;
  outputLeft: number;
}

/** One message, fed and drained in pieces. */
export interface Codec {
  /** Consumes and produces what it can. */
  write(transfer: Transfer): CodecError | undefined;
  reset(): CodecError | undefined;
  close(): void;
  /** Level and strategy, of a deflating codec. */
  params?(level: number, strategy: number): CodecError | undefined;
}

/** The values of `zlib.constants` that choose a codec. */
export const zlibModes = {
  NONE: 0,
  DEFLATE: 1,
  INFLATE: 2,
  GZIP: 3,
  GUNZIP: 4,
  DEFLATERAW: 5,
  INFLATERAW: 6,
  UNZIP: 7,
  BROTLI_DECODE: 8,
  BROTLI_ENCODE: 9,
  ZSTD_COMPRESS: 10,
  ZSTD_DECOMPRESS: 11,
} as const;
