/** The hash in the names of bun's store: Wyhash of version 1, in its old form with swapped halves. */
const secrets = [0xa0761d6478bd642fn, 0xe7037ed1a0b428dbn, 0x8ebc6af09c88c6e3n, 0x589965cc75374cc3n, 0x1d8e4e27c47d124fn] as const;

function multiplied(a: bigint, b: bigint): bigint {
  const product = a * b;
  return BigInt.asUintN(64, (product >> 64n) ^ product);
}

const first = (a: bigint, b: bigint, seed: bigint) => multiplied(a ^ seed ^ secrets[0], b ^ seed ^ secrets[1]);
const second = (a: bigint, b: bigint, seed: bigint) => multiplied(a ^ seed ^ secrets[2], b ^ seed ^ secrets[3]);

/** Little endian, of up to eight bytes. */
function plain(bytes: Uint8Array, at: number, length: number): bigint {
  let result = 0n;
  for (let index = at + length - 1; index >= at; index--) result = (result << 8n) | BigInt(bytes[index] ?? 0);
  return result;
}

/** What is left of the last eight bytes: its 4, 2 and 1 bytes after each other, the first highest. */
function rest(bytes: Uint8Array, at: number): bigint {
  const length = Math.min(8, bytes.length - at);
  if (length === 8) return (plain(bytes, at, 4) << 32n) | plain(bytes, at + 4, 4);
  let [result, taken] = [0n, 0];
  for (const size of [4, 2, 1]) {
    if ((length & size) === 0) continue;
    result = (result << BigInt(8 * size)) | plain(bytes, at + taken, size);
    taken += size;
  }
  return result;
}

/** In 16 hexadecimal digits at most, as bun writes it. */
export function wyhash(bytes: Uint8Array): string {
  let [seed, at] = [0n, 0];
  for (; at + 32 <= bytes.length; at += 32) {
    const [a, b, c, d] = [0, 8, 16, 24].map((offset) => plain(bytes, at + offset, 8)) as [bigint, bigint, bigint, bigint];
    seed = first(a, b, seed) ^ second(c, d, seed);
  }
  const parts = [0, 8, 16, 24].map((offset) => (at + offset < bytes.length ? rest(bytes, at + offset) : secrets[4])) as [
    bigint,
    bigint,
    bigint,
    bigint,
  ];
  const left = bytes.length - at;
  if (left > 0) seed = first(parts[0], parts[1], seed) ^ (left > 16 ? second(parts[2], parts[3], seed) : 0n);
  return multiplied(seed ^ BigInt(bytes.length), secrets[4])
    .toString(16)
    .padStart(16, '0');
}
