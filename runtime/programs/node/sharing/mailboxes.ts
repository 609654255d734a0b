/**
 * Text for a thread that blocks, in a realm that has no synchronous channel. Such a thread can still load scripts by their addresses, which
 * fails once whoever made them has revoked them. So a mailbox is a row of addresses: revoking some of them spells the UUID of a script
 * that has the text, and revoking the first says that it is there. Works once, and takes 0.05 to 0.2 s.
 */
import type { Platform, ScriptAddresses } from '../../../process/platform.ts';

/** Hexadecimal digits of a UUID, and bits of one. */
const digits = 32;
const bitsPerDigit = 4;
const uuidLength = 36;
/** Between looks, in milliseconds: a share of the time it has waited, so that one that waits for long costs next to nothing. */
const minPauseMs = 1;
const maxPauseMs = 50;
const pauseShare = 1 / 20;
/** Of the global object, where a script leaves its text for a moment. */
const property = 'bavini mail';

/** Where the bit of a digit is told. */
const placeOf = (digit: number, bit: number): number => 1 + digit * bitsPerDigit + bit;

/** Is made and filled by one thread, and emptied by another. */
export class Mailbox {
  /** For the other thread. */
  readonly row: readonly string[];
  readonly #addresses: ScriptAddresses;
  #letter: string | undefined;

  constructor(addresses: ScriptAddresses) {
    this.#addresses = addresses;
    // Of an empty script Chromium says that it is not there.
    this.row = Array.from({ length: placeOf(digits, 0) }, () => addresses.make('0'));
  }

  fill(text: string): void {
    const letter = (this.#letter = this.#addresses.make(`globalThis[${JSON.stringify(property)}]=${JSON.stringify(text)}`));
    const id = letter.slice(-uuidLength).replaceAll('-', '');
    for (let digit = 0; digit < digits; digit++) {
      const value = parseInt(id[digit]!, 16);
      for (let bit = 0; bit < bitsPerDigit; bit++) if ((value >> bit) & 1) this.#addresses.revoke(this.row[placeOf(digit, bit)]!);
    }
    this.#addresses.revoke(this.row[0]!);
  }

  /** It was emptied, or nobody will. */
  discard(): void {
    for (const address of this.row) this.#addresses.revoke(address);
    if (this.#letter !== undefined) this.#addresses.revoke(this.#letter);
  }
}

function readLetter(addresses: ScriptAddresses, row: readonly string[]): string | undefined {
  let id = '';
  for (let digit = 0; digit < digits; digit++) {
    let value = 0;
    for (let bit = 0; bit < bitsPerDigit; bit++) if (!addresses.load(row[placeOf(digit, bit)]!)) value |= 1 << bit;
    id += value.toString(16);
  }
  const uuid = id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  try {
    return addresses.load(row[0]!.slice(0, -uuidLength) + uuid) ? String(Reflect.get(globalThis, property)) : undefined;
  } finally {
    Reflect.deleteProperty(globalThis, property);
  }
}

/**
 * Blocks until the mailbox of `row` is filled, and gives what is in it.
 *
 * @param waitMs May be infinite.
 * @returns Undefined when the time is over, `'gone'` where its maker has ended.
 */
export function waitForLetter(
  addresses: ScriptAddresses,
  row: readonly string[],
  waitMs: number,
  { now, sleep }: Pick<Platform, 'now' | 'sleep'>,
): { text: string } | 'gone' | undefined {
  for (const start = now(); ;) {
    if (!addresses.load(row[0]!)) {
      const text = readLetter(addresses, row);
      return text === undefined ? 'gone' : { text };
    }
    const waitedMs = now() - start;
    if (waitedMs >= waitMs) return undefined;
    sleep(Math.min(waitMs - waitedMs, maxPauseMs, Math.max(minPauseMs, waitedMs * pauseShare)));
  }
}
