import type { Codec } from './codec.ts';
export class BrotliEncodeCodec implements Codec { readonly p: Uint32Array; constructor(p: Uint32Array) { this.p = p; } write(): never { throw new Error('Brotli is not available in bavini'); } reset(): undefined {} close(): void {} }
