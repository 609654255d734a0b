/**
 * What goes over a link between threads that share memory. Everything is posted; and for a thread that blocks, its parent puts all that
 * may not have arrived into a mailbox, as a thread does for the main thread. What comes twice is left out.
 */
import type { Mail, ScriptAddresses } from '../../../process/platform.ts';
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
const isWish = (notice: unknown): boolean => sharingIn(notice)?.kind === 'want';

/** Of a main thread: which mailbox is its own, and by which number it knows the link. */
export interface MailAddress {
  readonly box: string;
  readonly link: number;
}

export class Delivery {
  /** Undefined where the other side makes its mailboxes, or never blocks. */
  readonly #addresses: ScriptAddresses | undefined;
  readonly #mail: Mail | undefined;
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
  isClosed = false;
  /** Where the other side finds what is sent to it, if it has a mailbox of its own. */
  box: MailAddress | undefined;

  /** @param ways Undefined where the other side never blocks. */
  constructor(
    ways: { readonly addresses?: ScriptAddresses | undefined; readonly mail?: Mail | undefined },
    link: Pick<Link, 'send' | 'post'>,
  ) {
    this.#addresses = ways.addresses;
    this.#mail = ways.mail;
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
    if (this.#addresses !== undefined || this.#mail !== undefined) this.#open.push(packet);
    this.#link.post(packet);
    // All else is of use only to who has the turn; or, to pass it on, to who has other threads.
    if (this.isOtherBlocked && (isTurn(notice) || (this.#mail !== undefined && isWish(notice)))) this.#fill();
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
    yield* this.takeEach(noticeOf(text));
  }

  *takeEach(all: unknown): Generator {
    for (const packet of Array.isArray(all) ? all : []) {
      const notice = this.take(packet);
      if (notice !== undefined) yield notice;
    }
  }

  /**
   * The other side waits at its mailbox.
   *
   * @param wants Whether what was asked of it is still wanted.
   * @returns Whether it was woken and may not know.
   */
  otherBlocks(thread: number, wants: boolean): boolean {
    this.#blocked = thread;
    const isWoken = this.#open.some(({ notice }) => {
      const sharing = sharingIn(notice);
      return sharing?.kind === 'wake' && this.isBlockedOneOf(sharing.waiters);
    });
    if (this.#open.some(({ notice }) => isTurn(notice) || (wants && isWish(notice)))) this.#fill();
    return isWoken;
  }

  otherIsAwake(): void {
    this.#blocked = undefined;
  }

  /** Nothing more will be sent. */
  end(): void {
    this.#fill();
  }

  #fill(): void {
    const { box } = this;
    if (box !== undefined) {
      this.#blocked = undefined;
      this.#mail?.tell({ kind: 'letter', box: box.box, text: noticeText({ link: box.link, packets: this.#open }) });
      return;
    }
    const mailbox = this.#mailbox;
    if (mailbox === undefined) return;
    this.#blocked = undefined;
    this.offer();
    mailbox.fill(noticeText(this.#open));
    this.#filled.push({ mailbox, number: this.#sent });
  }

  /** Nobody is there any more. */
  close(): void {
    this.isClosed = true;
    this.#mailbox?.discard();
    for (const { mailbox } of this.#filled) mailbox.discard();
    this.#mailbox = undefined;
    this.#open = [];
  }
}
