/** Modules of the `brotli` package that it does not export, and that have no types. */
declare module '*/brotli/dec/context.js' {
  export const lookup: Uint8Array;
  export const lookupOffsets: Uint16Array;
}
declare module '*/brotli/dec/dictionary.js' {
  export const offsetsByLength: Uint32Array;
  export const sizeBitsByLength: Uint8Array;
  export const minDictionaryWordLength: number;
  export const maxDictionaryWordLength: number;
}
declare module '*/brotli/dec/huffman.js' {
  export interface HuffmanCode {
    readonly bits: number;
    readonly value: number;
  }
  /** Fills `table` from `at` on; returns how many entries that are. */
  export function BrotliBuildHuffmanTable(table: HuffmanCode[], at: number, rootBits: number, lengths: Uint8Array, count: number): number;
}
declare module '*/brotli/dec/prefix.js' {
  interface Range {
    readonly offset: number;
    readonly nbits: number;
  }
  export const kBlockLengthPrefixCode: readonly Range[];
  export const kInsertLengthPrefixCode: readonly Range[];
  export const kCopyLengthPrefixCode: readonly Range[];
  export const kInsertRangeLut: readonly number[];
  export const kCopyRangeLut: readonly number[];
}
declare module '*/brotli/dec/transform.js' {
  export const kNumTransforms: number;
  /** Writes to `into` from `at` on the word at `start` of the dictionary, changed; returns its length. */
  export function transformDictionaryWord(into: Uint8Array, at: number, start: number, length: number, transform: number): number;
}
