/** The bytes of a module of WebAssembly, read from a place that moves on. Encoding: WebAssembly 3.0, chapter 5. */
export class CodeReading {
  readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at: number) {
    this.bytes = bytes;
    this.at = at;
  }

  byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new RangeError('the module ends within a number');
    return byte;
  }

  unsigned(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  signed(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = this.byte();
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return BigInt.asIntN(Number(shift) + 7, value);
    }
  }

  /** Of 32 bits at most; quicker. */
  signed32(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return shift < 25 ? (value << (25 - shift)) >> (25 - shift) : value;
    }
  }

  text(): string {
    const end = this.unsigned() + this.at;
    let text = '';
    while (this.at < end) text += String.fromCharCode(this.byte());
    return text;
  }

  /** The length of a vector, and then each of its entries. */
  each<Entry>(read: (index: number) => Entry): Entry[] {
    return Array.from({ length: this.unsigned() }, (_, index) => read(index));
  }
}

export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Section extends Range {
  readonly id: number;
}

export function sectionsOf(bytes: Uint8Array): Section[] {
  const reading = new CodeReading(bytes, 8);
  const sections: Section[] = [];
  while (reading.at < bytes.length) {
    const id = bytes[reading.at++]!;
    const size = reading.unsigned();
    sections.push({ id, start: reading.at, end: reading.at + size });
    reading.at += size;
  }
  return sections;
}
