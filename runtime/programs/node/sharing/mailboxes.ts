/**
 * Text for a thread that blocks, in a realm that has no synchronous channel. Such a thread can still load scripts by their addresses, which
 * fails once whoever made them has revoked them. So a mailbox is a row of addresses: revoking some of them spells the UUID of a script
 * that has the text, and revoking the first says that it is there. Works once, and takes 0.05 to 0.2 s.
 */
import type { Mail, Platform, ScriptAddresses } from '../../../process/platform.ts';
import { mailPlaces, mailProperty, mailRowLength, type MailDelivery } from '../../../wires/mail-wire.ts';

const uuidLength = 36;
/** Between looks, in milliseconds: a share of the time it has waited, so that one that waits for long costs next to nothing. */
const minPauseMs = 1;
const maxPauseMs = 50;
const pauseShare = 1 / 20;
/** Is made and filled by one thread, and emptied by another. */
export class Mailbox {
  /** For the other thread. */
  readonly row: readonly string[];
  readonly #addresses: ScriptAddresses;
  #letter: string | undefined;

  constructor(addresses: ScriptAddresses) {
    this.#addresses = addresses;
    // Of an empty script Chromium says that it is not there.
    this.row = Array.from({ length: mailRowLength }, () => addresses.make('0'));
  }

  fill(text: string): void {
    const letter = (this.#letter = this.#addresses.make(`globalThis[${JSON.stringify(mailProperty)}]=${JSON.stringify(text)}`));
    for (const place of mailPlaces(letter)) this.#addresses.revoke(this.row[place]!);
  }

  /** It was emptied, or nobody will. */
  discard(): void {
    for (const address of this.row) this.#addresses.revoke(address);
    if (this.#letter !== undefined) this.#addresses.revoke(this.#letter);
  }
}

interface Letter {
  readonly text: string;
  readonly address: string;
}

function readLetter(addresses: ScriptAddresses, row: readonly string[]): Letter | undefined {
  let id = '';
  for (let first = 1; first < mailRowLength; first += 4) {
    let digit = 0;
    for (let place = first; place < first + 4; place++) digit = 2 * digit + (addresses.load(row[place]!) ? 0 : 1);
    id += digit.toString(16);
  }
  const address = row[0]!.slice(0, -uuidLength) + id.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
  try {
    return addresses.load(address) ? { text: String(Reflect.get(globalThis, mailProperty)), address } : undefined;
  } finally {
    Reflect.deleteProperty(globalThis, mailProperty);
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
): Letter | 'gone' | undefined {
  for (const start = now(); ;) {
    if (!addresses.load(row[0]!)) {
      return readLetter(addresses, row) ?? 'gone';
    }
    const waitedMs = now() - start;
    if (waitedMs >= waitMs) return undefined;
    sleep(Math.min(waitMs - waitedMs, maxPauseMs, Math.max(minPauseMs, waitedMs * pauseShare)));
  }
}

/** The same, at this worker's mailbox. Gives all that has come. */
export function waitForMail(
  addresses: ScriptAddresses,
  mail: Mail,
  waitMs: number,
  clock: Pick<Platform, 'now' | 'sleep'>,
): readonly string[] | 'gone' | undefined {
  const row = mail.row!;
  const letter = waitForLetter(addresses, row, waitMs, clock);
  if (letter === undefined || letter === 'gone') return letter;
  const { texts, fresh } = JSON.parse(letter.text) as MailDelivery;
  const next = [...row];
  mailPlaces(letter.address).forEach((place, index) => (next[place] = fresh[index]!));
  mail.row = next;
  mail.tell({ kind: 'read' });
  return texts;
}
