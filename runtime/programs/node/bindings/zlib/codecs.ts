/** What packs and unpacks: a script of its own, since what loads `zlib` often uses none of it. */
import { BrotliEncodeCodec } from './brotli-encode-codec.ts';
import { DeflateCodec } from './deflate-codec.ts';
import { ZstdDecodeCodec } from './zstd-decode-codec.ts';
import { ZstdEncodeCodec, zstdParametersFit } from './zstd-encode-codec.ts';

export const makeCodecs = () => ({ BrotliEncodeCodec, DeflateCodec, ZstdDecodeCodec, ZstdEncodeCodec, zstdParametersFit });
