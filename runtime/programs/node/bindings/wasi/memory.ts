import { WasiError } from './abi.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A part of the program's memory: `iovec` and `ciovec`. */
export interface Vector {
  readonly at: number;
  readonly size: number;
}

/** The memory of a WebAssembly program; it may be shared, and it moves when it grows. Little-endian, addresses in bytes. */
export class ProgramMemory {
  readonly #memory: WebAssembly.Memory;
  #view: DataView;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#view = new DataView(memory.buffer);
  }

  /** Fails with `EOVERFLOW` where memory ends before `at + size`. */
  #at(at: number, size: number): DataView {
    if (this.#view.buffer !== this.#memory.buffer || this.#view.byteLength !== this.#memory.buffer.byteLength)
      this.#view = new DataView(this.#memory.buffer);
    if (at + size > this.#view.byteLength) throw new WasiError('EOVERFLOW');
    return this.#view;
  }

  byte(at: number): number {
    return this.#at(at >>> 0, 1).getUint8(at >>> 0);
  }
  u16(at: number): number {
    return this.#at(at >>> 0, 2).getUint16(at >>> 0, true);
  }
  u32(at: number): number {
    return this.#at(at >>> 0, 4).getUint32(at >>> 0, true);
  }
  u64(at: number): bigint {
    return this.#at(at >>> 0, 8).getBigUint64(at >>> 0, true);
  }
  setByte(at: number, value: number): void {
    this.#at(at >>> 0, 1).setUint8(at >>> 0, value);
  }
  setU16(at: number, value: number): void {
    this.#at(at >>> 0, 2).setUint16(at >>> 0, value, true);
  }
  setU32(at: number, value: number): void {
    this.#at(at >>> 0, 4).setUint32(at >>> 0, value, true);
  }
  setU64(at: number, value: bigint): void {
    this.#at(at >>> 0, 8).setBigUint64(at >>> 0, BigInt.asUintN(64, value), true);
  }

  /** A copy. */
  bytes(at: number, size: number): Uint8Array<ArrayBuffer> {
    const start = at >>> 0;
    const { buffer } = this.#at(start, size >>> 0);
    return new Uint8Array(new Uint8Array(buffer, start, size >>> 0));
  }

  setBytes(at: number, bytes: Uint8Array): void {
    const start = at >>> 0;
    new Uint8Array(this.#at(start, bytes.length).buffer, start, bytes.length).set(bytes);
  }

  text(at: number, size: number): string {
    return decoder.decode(this.bytes(at, size));
  }

  /** Strings one behind the other, each with a NUL, and a table of where they are. */
  setStrings(table: number, at: number, values: readonly string[]): void {
    let next = at >>> 0;
    values.forEach((value, index) => {
      this.setU32((table >>> 0) + 4 * index, next);
      const bytes = encoder.encode(`${value}\0`);
      this.setBytes(next, bytes);
      next += bytes.length;
    });
  }

  vectors(at: number, count: number): Vector[] {
    return Array.from({ length: count >>> 0 }, (_, index) => {
      const base = (at >>> 0) + 8 * index;
      const vector = { at: this.u32(base), size: this.u32(base + 4) };
      this.#at(vector.at, vector.size);
      return vector;
    });
  }
}

/** Bytes that {@link ProgramMemory.setStrings} takes for `values`. */
export function stringsSize(values: readonly string[]): number {
  return values.reduce((sum, value) => sum + encoder.encode(value).length + 1, 0);
}
