/** A TrueType font whose only character, `A`, is three times as wide as it is high: who measures text knows whether it was loaded. */

type Field = readonly [bytes: 1 | 2 | 4, value: number];

const u16 = (...values: readonly number[]): Field[] => values.map((value) => [2, value]);
const u32 = (...values: readonly number[]): Field[] => values.map((value) => [4, value]);
const text = (value: string): Field[] => [...value].map((character) => [1, character.charCodeAt(0)]);
const zeros = (count: number): Field[] => Array.from({ length: count }, () => [1, 0]);

function pack(fields: readonly Field[]): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(fields.reduce((sum, [bytes]) => sum + bytes, 0)));
  let at = 0;
  for (const [bytes, value] of fields) {
    if (bytes === 1) view.setUint8(at, value);
    else if (bytes === 2) view.setUint16(at, value & 0xffff);
    else view.setUint32(at, value >>> 0);
    at += bytes;
  }
  return new Uint8Array(view.buffer);
}

const unitsPerEm = 1000;
const advance = 3 * unitsPerEm;
const name = 'Wide';
const nameIds = [1, 2, 3, 4, 6];

/** Two empty glyphs: the one for what is missing, and `A`. In the order of their tags. */
const tables: Readonly<Record<string, readonly Field[]>> = {
  'OS/2': [
    ...u16(3, advance, 400, 5, 0, 650, 700, 0, 140, 650, 700, 0, 480, 50, 250, 0),
    ...zeros(10 + 16),
    ...text('NONE'),
    ...u16(0x40, 65, 65, 800, -200, 0, 1000, 200),
    ...u32(1, 0),
    ...u16(500, 700, 0, 65, 1),
  ],
  // One subtable, of format 4, for Windows: A is glyph 1, and the segment that ends all.
  cmap: [...u16(0, 1, 3, 1), ...u32(12), ...u16(4, 32, 0, 4, 4, 1, 0, 65, 0xffff, 0, 65, 0xffff, 1 - 65, 1, 0, 0)],
  glyf: zeros(4),
  head: [
    ...u32(0x00010000, 0x00010000, 0, 0x5f0f3cf5),
    ...u16(0, unitsPerEm),
    ...u32(0, 0, 0, 0),
    ...u16(0, 0, advance, unitsPerEm, 0, 8, 2, 0, 0),
  ],
  hhea: [...u32(0x00010000), ...u16(800, -200, 0, advance, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2)],
  hmtx: u16(advance, 0, advance, 0),
  loca: u16(0, 0, 0),
  maxp: [...u32(0x00010000), ...u16(2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0)],
  name: [
    ...u16(0, nameIds.length, 6 + 12 * nameIds.length),
    ...nameIds.flatMap((id) => u16(3, 1, 0x409, id, 2 * name.length, 0)),
    ...u16(...[...name].map((character) => character.charCodeAt(0))),
  ],
  post: [...u32(0x00030000, 0), ...u16(-100, 50), ...u32(0, 0, 0, 0, 0)],
};

export function wideFont(): Uint8Array<ArrayBuffer> {
  const packed = Object.entries(tables).map(([tag, fields]) => ({ tag, bytes: pack(fields) }));
  const padded = (length: number) => Math.ceil(length / 4) * 4;
  const directory: Field[] = [...u32(0x00010000), ...u16(packed.length, 128, 3, packed.length * 16 - 128)];
  let offset = 12 + 16 * packed.length;
  for (const { tag, bytes } of packed) {
    directory.push(...text(tag), ...u32(0, offset, bytes.length));
    offset += padded(bytes.length);
  }
  const font = new Uint8Array(offset);
  font.set(pack(directory));
  let at = 12 + 16 * packed.length;
  for (const { bytes } of packed) {
    font.set(bytes, at);
    at += padded(bytes.length);
  }
  return font;
}
