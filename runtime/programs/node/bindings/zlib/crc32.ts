/** CRC-32 of IEEE 802.3, four bytes at a time. */
const tables: readonly Uint32Array[] = (() => {
  const made = [0, 1, 2, 3].map(() => new Uint32Array(256));
  for (let n = 0; n < 256; n++) {
    let value = n;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    made[0]![n] = value;
  }
  for (let n = 0; n < 256; n++) for (let k = 1; k < 4; k++) made[k]![n] = (made[k - 1]![n]! >>> 8) ^ made[0]![made[k - 1]![n]! & 0xff]!;
  return made;
})();

export function crc32(bytes: Uint8Array, value = 0): number {
  const [one, two, three, four] = tables as [Uint32Array, Uint32Array, Uint32Array, Uint32Array];
  let crc = ~value;
  let at = 0;
  for (const end = bytes.length - 3; at < end; at += 4) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc = four[crc & 0xff]! ^ three[(crc >>> 8) & 0xff]! ^ two[(crc >>> 16) & 0xff]! ^ one[crc >>> 24]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ one[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}
