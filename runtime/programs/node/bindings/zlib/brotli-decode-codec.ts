import type { Codec } from './codec.ts';
export class BrotliDecodeCodec implements Codec { write(): never { throw new Error('Brotli is not available in bavini'); } reset(): undefined {} close(): void {} }
