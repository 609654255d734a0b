/**
 * What goes over a link between threads that share memory. Everything is posted; and for a thread that blocks, its parent puts all that
 * may not have arrived into a mailbox. What comes twice is left out.
 */
import type { ScriptAddresses } from '../../../process/platform.ts';
import type { Link } from '../wraps/port-core.ts';
import { Mailbox } from './mailboxes.ts';
import { noticeOf, noticeText } from './notice-text.ts';
import type { SharingNotice } from './sharing.ts';
import type { Waiter } from './waiters.ts';

export interface Packet {
  readonly kind: 'packet';
  readonly number: number;
  /** The last one of the other side that has arrived. */
  readonly arrived: number;
  readonly notice: unknown;
}

/** Of memory; undefined for another notice. */
const sharingIn = (notice: unknown): SharingNotice | undefined => (notice as { readonly notice?: SharingNotice }).notice;
const isTurn = (notice: unknown): boolean => sharingIn(notice)?.kind === 'turn';

export class Delivery {
  /** Undefined where the other side never blocks. */
  readonly #addresses: ScriptAddresses | undefined;
  readonly #link: Pick<Link, 'send' | 'post'>;
  #sent = 0;
  #arrived = 0;
  /** Not known to have arrived. */
  #open: Packet[] = [];
  /** What this side fills next. */
  #mailbox: Mailbox | undefined;
  readonly #filled: { readonly mailbox: Mailbox; readonly number: number }[] = [];
  /** The thread on the other side, while it blocks and was not told anything since. */
  #blocked: number | undefined;
  /** The mailbox that the other side fills next. */
  incoming: readonly string[] | undefined;

  constructor(addresses: ScriptAddresses | undefined, link: Pick<Link, 'send' | 'post'>) {
    this.#addresses = addresses;
    this.#link = link;
  }

  /** Whether the other side blocks and was not told anything since. */
  get isOtherBlocked(): boolean {
    return this.#blocked !== undefined;
  }

  /** Whether the other side blocks, and is one of `waiters`. */
  isBlockedOneOf(waiters: readonly Waiter[]): boolean {
    return this.#blocked !== undefined && waiters.some(({ thread }) => thread === this.#blocked);
  }

  /** Called by the link, once it is open. */
  send(notice: unknown): void {
    const packet: Packet = { kind: 'packet', number: ++this.#sent, arrived: this.#arrived, notice };
    if (this.#addresses !== undefined) this.#open.push(packet);
    this.#link.post(packet);
    // All else is of use only to who has the turn.
    if (this.isOtherBlocked && isTurn(notice)) this.#fill();
  }

  /** Lets the other side block from now on. */
  offer(): void {
    if (this.#addresses === undefined) return;
    this.#mailbox = new Mailbox(this.#addresses);
    this.#link.send({ kind: 'sharing', notice: { kind: 'mailbox', row: this.#mailbox.row } });
  }

  /** Gives the notice in what has arrived, if it is new. */
  take(data: unknown): unknown {
    const { number, arrived, notice } = data as Packet;
    if (!Number.isInteger(number) || !Number.isInteger(arrived)) return undefined;
    while (this.#open.length > 0 && this.#open[0]!.number <= arrived) this.#open.shift();
    while (this.#filled.length > 0 && this.#filled[0]!.number <= arrived) this.#filled.shift()!.mailbox.discard();
    if (number <= this.#arrived) return undefined;
    this.#arrived = number;
    return notice;
  }

  /** What a mailbox held. */
  *takeAll(text: string): Generator {
    const all = noticeOf(text);
    for (const packet of Array.isArray(all) ? all : []) {
      const notice = this.take(packet);
      if (notice !== undefined) yield notice;
    }
  }

  /**
   * The other side waits at its mailbox.
   *
   * @returns Whether it was woken and may not know.
   */
  otherBlocks(thread: number): boolean {
    this.#blocked = thread;
    const isWoken = this.#open.some(({ notice }) => {
      const sharing = sharingIn(notice);
      return sharing?.kind === 'wake' && this.isBlockedOneOf(sharing.waiters);
    });
    if (this.#open.some(({ notice }) => isTurn(notice))) this.#fill();
    return isWoken;
  }

  otherIsAwake(): void {
    this.#blocked = undefined;
  }

  #fill(): void {
    const mailbox = this.#mailbox;
    if (mailbox === undefined) return;
    this.#blocked = undefined;
    this.offer();
    mailbox.fill(noticeText(this.#open));
    this.#filled.push({ mailbox, number: this.#sent });
  }

  /** Nobody is there any more. */
  close(): void {
    this.#mailbox?.discard();
    for (const { mailbox } of this.#filled) mailbox.discard();
    this.#mailbox = undefined;
    this.#open = [];
  }
}
