/** Says whether what was stored is still what was stored: finds damage, not attackers. Those would have to write to the database itself. */
import { concatBytes } from '../base/bytes.ts';
import { base64Of } from './digest.ts';

/** Raised when the check is made in another way: one of an earlier form tells nothing. */
const form = 'x2:';
/** Read at a time. */
const pieceBytes = 1 << 20;
const stripeBytes = 16;
const [prime1, prime2, prime3] = [0x9e3779b1, 0x85ebca77, 0xc2b2ae3d];

/**
 * Four lanes of 32 bits, each kept. Every byte passes through a lane by steps that can be undone, so one that is changed alone changes the
 * result. A cryptographic hash of the platform would first copy all it is given, and took as long as unpacking it; the lanes of xxHash32,
 * whose steps have two multiplications, took 8.2 ms for 24 MB in place of 2.9.
 */
class Lanes {
  readonly #lanes = new Uint32Array([prime1, prime2, prime3, 1]);
  #left: Uint8Array = new Uint8Array();
  #size = 0;

  add(bytes: Uint8Array): void {
    this.#size += bytes.length;
    const all = this.#left.length === 0 ? bytes : concatBytes([this.#left, bytes]);
    const whole = all.length - (all.length % stripeBytes);
    const at = all.byteOffset % 4 === 0 ? all : all.slice(0, whole);
    this.#mix(new Uint32Array(at.buffer, at.byteOffset, whole / 4));
    this.#left = all.slice(whole);
  }

  #mix(words: Uint32Array): void {
    let [a = 0, b = 0, c = 0, d = 0] = this.#lanes;
    for (let i = 0; i < words.length; i += 4) {
      a = mixed(a, words[i] as number);
      b = mixed(b, words[i + 1] as number);
      c = mixed(c, words[i + 2] as number);
      d = mixed(d, words[i + 3] as number);
    }
    this.#lanes.set([a, b, c, d]);
  }

  end(): string {
    const last = new Uint8Array(stripeBytes);
    last.set(this.#left);
    this.#mix(new Uint32Array(last.buffer));
    this.#mix(new Uint32Array(4).fill(this.#size));
    return form + base64Of(new Uint8Array(this.#lanes.buffer));
  }
}

function mixed(lane: number, word: number): number {
  const both = lane ^ word;
  return Math.imul((both << 13) | (both >>> 19), prime1);
}

/** Of bytes that are at hand. */
export function damageCheck(parts: readonly Uint8Array[]): string {
  const lanes = new Lanes();
  for (const part of parts) lanes.add(part);
  return lanes.end();
}

/** Whether a Blob still has the check that it was stored with. A check of an earlier form counts. */
export async function isUndamaged(blob: Blob, check: string): Promise<boolean> {
  if (!check.startsWith(form)) return true;
  const lanes = new Lanes();
  for (let at = 0; at < blob.size; at += pieceBytes) lanes.add(new Uint8Array(await blob.slice(at, at + pieceBytes).arrayBuffer()));
  return lanes.end() === check;
}
