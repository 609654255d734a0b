/** The part of ASN.1's distinguished encoding that keys need. */
import { bigintToBytes, bytesToBigint, concatBytes } from './crypto-realm.ts';

export const derTags = { integer: 2, bitString: 3, octetString: 4, null: 5, oid: 6, sequence: 0x30, context: 0xa0 } as const;

export interface DerNode {
  readonly tag: number;
  readonly content: Uint8Array;
  /** The node with its header. */
  readonly whole: Uint8Array;
}

export class DerError extends Error {}

/** One node from the start of `bytes`. What follows it is left. */
export function readDer(bytes: Uint8Array): DerNode {
  const tag = bytes[0];
  let length = bytes[1];
  if (tag === undefined || length === undefined) throw new DerError('too short');
  let at = 2;
  if (length >= 0x80) {
    const count = length & 0x7f;
    if (count === 0 || count > 4) throw new DerError('bad length');
    length = 0;
    for (let i = 0; i < count; i++) length = length * 256 + (bytes[at++] ?? 0);
  }
  if (at + length > bytes.length) throw new DerError('too short');
  return { tag, content: bytes.subarray(at, at + length), whole: bytes.subarray(0, at + length) };
}

export function expect(node: DerNode | undefined, tag: number): DerNode {
  if (node === undefined || node.tag !== tag) throw new DerError('wrong tag');
  return node;
}

export function childrenOf(node: DerNode): DerNode[] {
  const children: DerNode[] = [];
  for (let rest = node.content; rest.length > 0;) {
    const child = readDer(rest);
    children.push(child);
    rest = rest.subarray(child.whole.length);
  }
  return children;
}

export function readSequence(node: DerNode | undefined): DerNode[] {
  return childrenOf(expect(node, derTags.sequence));
}

export function readInteger(node: DerNode | undefined): bigint {
  return bytesToBigint(expect(node, derTags.integer).content);
}

export function readOid(node: DerNode | undefined): string {
  const parts: number[] = [];
  let value = 0;
  for (const byte of expect(node, derTags.oid).content) {
    value = value * 128 + (byte & 0x7f);
    if (byte & 0x80) continue;
    if (parts.length === 0) {
      const first = Math.min(Math.floor(value / 40), 2);
      parts.push(first, value - 40 * first);
    } else parts.push(value);
    value = 0;
  }
  return parts.join('.');
}

/** The bytes of a bit string of whole bytes. */
export function readBits(node: DerNode | undefined): Uint8Array<ArrayBuffer> {
  return expect(node, derTags.bitString).content.slice(1);
}

export function readOctets(node: DerNode | undefined): Uint8Array<ArrayBuffer> {
  return expect(node, derTags.octetString).content.slice();
}

export function writeDer(tag: number, ...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const content = concatBytes(...parts);
  const { length } = content;
  const size =
    length < 0x80
      ? Uint8Array.of(length)
      : (() => {
          const bytes = bigintToBytes(BigInt(length));
          return Uint8Array.of(0x80 | bytes.length, ...bytes);
        })();
  return concatBytes(Uint8Array.of(tag), size, content);
}

export const sequence = (...parts: readonly Uint8Array[]) => writeDer(derTags.sequence, ...parts);
export const octets = (bytes: Uint8Array) => writeDer(derTags.octetString, bytes);
export const bits = (bytes: Uint8Array) => writeDer(derTags.bitString, Uint8Array.of(0), bytes);
export const nothing = () => writeDer(derTags.null);
export const context = (index: number, ...parts: readonly Uint8Array[]) => writeDer(derTags.context + index, ...parts);

export function integer(value: bigint | number): Uint8Array<ArrayBuffer> {
  const bytes = bigintToBytes(BigInt(value));
  if (bytes.length === 0) return writeDer(derTags.integer, Uint8Array.of(0));
  return writeDer(derTags.integer, bytes[0]! & 0x80 ? concatBytes(Uint8Array.of(0), bytes) : bytes);
}

export function oid(text: string): Uint8Array<ArrayBuffer> {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes: number[] = [];
  for (const part of [40 * first + second, ...rest]) {
    const digits = [part & 0x7f];
    for (let high = Math.floor(part / 128); high > 0; high = Math.floor(high / 128)) digits.unshift((high & 0x7f) | 0x80);
    bytes.push(...digits);
  }
  return writeDer(derTags.oid, Uint8Array.from(bytes));
}
