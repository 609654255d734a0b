/**
 * Memory that the threads of a program share, where no browser lets them: each has a copy, and they go on in turns. Begins when a
 * `SharedArrayBuffer` is first in a message to another thread; until then nothing of it costs anything.
 */
import { BvError } from '../../../base/errors.ts';
import type { LoopGate, NodeLoop } from '../event-loop.ts';
import type { NodeRealm } from '../realm.ts';
import { perRealm } from '../wraps/per-realm.ts';
import type { Link } from '../wraps/port-core.ts';
import { Delivery, type MailAddress, type Packet } from './delivery.ts';
import { waitForLetter, waitForMail } from './mailboxes.ts';
import { noticeOf } from './notice-text.ts';
import { Settling } from './settling.ts';
import { SharedBuffers, type Change, type WireBuffer } from './shared-buffers.ts';
import { TurnTaking } from './turn-taking.ts';
import { Waiters, type Waiter } from './waiters.ts';

/** Between neighbours of the tree of threads. */
export type SharingNotice =
  | { readonly kind: 'want' }
  | { readonly kind: 'turn'; readonly changes: readonly Change[]; readonly waiters: readonly Waiter[] }
  | { readonly kind: 'wake'; readonly waiters: readonly Waiter[] }
  /** A thread is about to end, and asks those below it to do first what they have to do. */
  | { readonly kind: 'settle' | 'settled' }
  /** Where a thread finds what its parent has to say, once it has told that it blocks. */
  | { readonly kind: 'mailbox'; readonly row: readonly string[] }
  /** Where the main thread finds what a thread has to say. */
  | ({ readonly kind: 'box' } & MailAddress)
  | { readonly kind: 'blocked'; readonly thread: number }
  /** A thread says nothing more. */
  | { readonly kind: 'ended'; readonly thread: number }
  | { readonly kind: 'awake' };

const isWaiter = (value: Waiter): boolean =>
  typeof value?.place === 'string' && Number.isInteger(value.thread) && Number.isInteger(value.number);

/** As `Worker` numbers the threads that a thread makes. */
const idsPerThread = 1000;
function isBelow(thread: number, root: number): boolean {
  for (let each = thread; each >= root; each = Math.floor(each / idsPerThread)) if (each === root) return true;
  return false;
}

export class Sharing implements LoopGate {
  readonly #realm: NodeRealm;
  readonly #thread: number;
  readonly #buffers: SharedBuffers;
  readonly #waiters: Waiters;
  readonly #turns: TurnTaking;
  readonly #settling: Settling;
  readonly #links: ReadonlySet<Link>;
  readonly #parent: Link | undefined;
  /** Threads that know the mailbox of this one, by their numbers in it. */
  readonly #writers: Link[] = [];
  /** The name of this thread's mailbox. */
  #box: string | undefined;
  /** Lent before it was this thread's turn: what it sends waits until its callback is over. */
  #early: { readonly lent: WireBuffer; readonly link: Link }[] | undefined;

  constructor(realm: NodeRealm, links: ReadonlySet<Link>) {
    this.#realm = realm;
    this.#links = links;
    this.#parent = [...links].find(({ side }) => side === 'thread');
    const thread = (this.#thread = realm.internalBinding('worker').threadId as number);
    this.#buffers = new SharedBuffers(thread);
    this.#waiters = new Waiters(realm, thread, (waiters) => this.#wake(waiters));
    const loop = realm.loop as NodeLoop;
    this.#turns = new TurnTaking(
      realm.platform,
      {
        proceed: () => loop.proceed(),
        want: (link) => link.send({ kind: 'sharing', notice: { kind: 'want' } }),
        pass: (link) =>
          link.send({ kind: 'sharing', notice: { kind: 'turn', changes: this.#buffers.changesFor(link), waiters: this.#waiters.all } }),
      },
      this.#parent ?? 'self',
    );
    this.#settling = new Settling({
      ref: () => loop.ref(),
      unref: () => loop.unref(),
      ask: (link) => link.send({ kind: 'sharing', notice: { kind: 'settle' } }),
    });
    loop.gate = this;
  }

  deliveryOf(link: Link): Delivery {
    if (link.delivery !== undefined) return link.delivery;
    const { addresses, mail } = this.#realm.platform;
    // A thread that has threads hears of them in its event loop alone.
    const ways = link !== this.#parent ? { addresses } : { mail: this.#thread < idsPerThread ? mail : undefined };
    const delivery = (link.delivery = new Delivery(ways, link));
    // Before anything that lets the other side block.
    delivery.offer();
    this.#tellBox(link);
    return delivery;
  }

  /** A buffer goes over `link` in a message. */
  lend(buffer: SharedArrayBuffer, link: Link): WireBuffer {
    this.deliveryOf(link);
    const lent = this.#buffers.lend(buffer, link);
    if (!this.#turns.isOurs) {
      if (this.#early === undefined) for (const each of this.#links) each.hold();
      (this.#early ??= []).push({ lent, link });
    }
    return lent;
  }

  #tellBox(link: Link): void {
    const { row } = this.#realm.platform.mail ?? {};
    if (link === this.#parent || row === undefined || this.#writers.includes(link)) return;
    this.#box ??= row[0]!;
    const number = this.#writers.push(link) - 1;
    link.send({ kind: 'sharing', notice: { kind: 'box', box: this.#box, link: number } });
  }

  adopt(wire: WireBuffer, link: Link): SharedArrayBuffer | undefined {
    this.deliveryOf(link);
    return this.#buffers.adopt(wire, link);
  }

  enter(): boolean {
    this.#sendEarly();
    return this.#turns.enter();
  }

  parked(): void {
    this.#sendEarly();
    this.#turns.parked();
  }

  isSettled(): boolean {
    return this.#settling.isSettled([...this.#links].filter((link) => link !== this.#parent && link.delivery?.isOtherBlocked !== true));
  }

  stopped(): void {
    this.#sendEarly();
    const parent = this.#parent;
    if (parent === undefined) return;
    this.#turns.leave(parent);
    if (parent.delivery?.box === undefined) return;
    parent.send({ kind: 'sharing', notice: { kind: 'ended', thread: this.#thread } });
    parent.delivery.end();
  }

  #sendEarly(): void {
    if (this.#early === undefined) return;
    for (const { lent, link } of this.#early) this.#buffers.renew(lent, link);
    this.#early = undefined;
    for (const link of this.#links) link.release();
  }

  receive(notice: SharingNotice, link: Link): void {
    switch (notice?.kind) {
      case 'want':
        this.#turns.wanted(link);
        return;
      case 'turn':
        if (!this.#turns.isHeldBy(link) || !Array.isArray(notice.changes) || !Array.isArray(notice.waiters)) return;
        if (notice.changes.length > 0) this.#settling.written();
        this.#buffers.apply(notice.changes, link);
        this.#waiters.all = notice.waiters.filter(isWaiter);
        this.#turns.take();
        return;
      case 'wake':
        if (!Array.isArray(notice.waiters)) return;
        this.#waiters.woken(notice.waiters.filter(isWaiter));
        this.#wake(notice.waiters, link);
        return;
      case 'settle':
        // Behind all that is to run here already.
        this.#realm.loop.enqueue(() => link.send({ kind: 'sharing', notice: { kind: 'settled' } }));
        return;
      case 'settled':
        this.#settling.answered(link);
        return;
      case 'mailbox':
        if (Array.isArray(notice.row)) this.deliveryOf(link).incoming = notice.row;
        return;
      case 'box':
        if (typeof notice.box === 'string' && Number.isInteger(notice.link))
          this.deliveryOf(link).box = { box: notice.box, link: notice.link };
        return;
      case 'ended':
        if (link !== this.#parent && isBelow(notice.thread, this.#thread)) this.closed(link, notice.thread);
        return;
      case 'blocked':
        this.#blocked(link, notice.thread);
        return;
      case 'awake':
        this.deliveryOf(link).otherIsAwake();
    }
  }

  /** A neighbour waits for what this one has to say. */
  #blocked(link: Link, thread: number): void {
    // It may have been woken before this side knew that it blocks; else it has done what it had to do.
    if (this.deliveryOf(link).otherBlocks(thread, !this.#turns.isOurs)) this.#turns.wanted(link);
    else this.#settling.answered(link);
  }

  #wake(waiters: readonly Waiter[], from?: Link): void {
    if (waiters.length === 0) return;
    for (const link of this.#links) {
      if (link === from) continue;
      link.send({ kind: 'sharing', notice: { kind: 'wake', waiters } });
      // Comes with the turn, which a thread that was woken wants.
      if (link.delivery?.isBlockedOneOf(waiters) === true) this.#turns.wanted(link);
    }
  }

  /** The thread behind `link` has ended. */
  closed(link: Link, thread: number): void {
    this.#buffers.forget(link);
    link.delivery?.close();
    this.#waiters.forget((each) => isBelow(each, thread));
    this.#turns.gone(link);
    this.#settling.answered(link);
  }

  isShared(buffer: object): boolean {
    return this.#buffers.idOf(buffer) !== undefined;
  }

  #place(view: ArrayBufferView & { readonly BYTES_PER_ELEMENT: number }, index: number): string {
    return `${this.#buffers.idOf(view.buffer)}+${view.byteOffset + index * view.BYTES_PER_ELEMENT}`;
  }

  /** `Atomics.waitAsync()` where the value is the expected one and there is time. */
  waitAsync(view: Int32Array | BigInt64Array, index: number, timeoutMs: number): Promise<'ok' | 'timed-out'> {
    return this.#waiters.add(this.#place(view, index), timeoutMs);
  }

  notify(view: Int32Array | BigInt64Array, index: number, count: number): number {
    return this.#waiters.notify(this.#place(view, index), count);
  }

  /** `Atomics.wait()` where the value is the expected one and there is time. */
  wait(view: Int32Array | BigInt64Array, index: number, timeoutMs: number): 'ok' | 'timed-out' {
    const { platform } = this.#realm;
    const line = this.#parent === undefined ? this.#lineToThreads(view.buffer) : this.#lineToParent(this.#parent);
    if (line === undefined || !this.#turns.isOurs) throw cannotBlock();
    const waiter = this.#waiters.block(this.#place(view, index));
    const end = platform.now() + timeoutMs;
    for (;;) {
      const isOver = waiter.woken() || platform.now() >= end;
      if (isOver && this.#turns.claim()) break;
      const heir = line.heir();
      // A turn that came unasked goes back.
      if (!isOver && heir !== undefined) this.#turns.block(heir);
      for (const link of line.links()) link.send({ kind: 'sharing', notice: { kind: 'blocked', thread: this.#thread } });
      // In between the kernel hears that the worker lives.
      line.hear(isOver ? wordMs : Math.min(wordMs, end - platform.now()));
    }
    for (const link of line.links()) link.send({ kind: 'sharing', notice: { kind: 'awake' } });
    return waiter.woken() || !waiter.leave() ? 'ok' : 'timed-out';
  }

  #lineToParent(parent: Link): Line | undefined {
    const { platform } = this.#realm;
    const { addresses } = platform;
    const { delivery } = parent;
    const hasThreads = [...this.#links].some((link) => link !== parent && link.delivery !== undefined);
    if (addresses === undefined || delivery?.incoming === undefined || hasThreads) return undefined;
    return {
      heir: () => parent,
      links: () => [parent],
      hear(waitMs) {
        const letter = waitForLetter(addresses, delivery.incoming!, waitMs, platform);
        // Whoever waits for a parent that has ended is ended with it.
        if (letter === 'gone') throw cannotBlock();
        if (letter !== undefined) for (const notice of delivery.takeAll(letter.text)) parent.hear(notice);
      },
    };
  }

  /** Of the main thread. */
  #lineToThreads(buffer: ArrayBufferLike): Line | undefined {
    const { platform, syscalls } = this.#realm;
    const { addresses, mail } = platform;
    if (addresses === undefined || mail === undefined) return undefined;
    // It begins anew, to have one from the start, where that can be.
    if (mail.row === undefined) syscalls.learn?.('mailbox');
    if (mail.row === undefined) return undefined;
    startThreads(this.#realm);
    const threads = () => [...this.#links].filter(({ delivery }) => delivery !== undefined && !delivery.isClosed);
    for (const link of threads()) this.#tellBox(link);
    return {
      heir: () => threads().find((link) => this.#buffers.isLent(buffer, link)) ?? threads()[0],
      links: threads,
      hear: (waitMs) => {
        const texts = waitForMail(addresses, mail, waitMs, platform);
        if (texts === 'gone') throw cannotBlock();
        for (const text of texts ?? []) {
          const { link, packets } = noticeOf(text) as { readonly link: number; readonly packets: readonly Packet[] };
          const writer = this.#writers[link];
          for (const notice of writer?.delivery?.takeEach(packets) ?? []) writer!.hear(notice);
        }
      },
    };
  }
}

/** How a thread that blocks hears of others. */
interface Line {
  /** To whom the turn goes. */
  heir(): Link | undefined;
  /** Who is told. */
  links(): readonly Link[];
  /** Takes what comes within `waitMs`. */
  hear(waitMs: number): void;
}

/** A worker that is silent for four times as long may be taken for an endless loop. */
const wordMs = 4000;

const cannotBlock = () =>
  new BvError(
    'ERR_BV_UNSUPPORTED',
    "Cannot block in Atomics.wait() until another thread changes the value: the main thread can, and a thread that shares no memory with threads of its own, on the browser's own engine; Atomics.waitAsync() waits everywhere",
  );

const links = perRealm((): Set<Link> => new Set());
const made = perRealm((): { sharing?: Sharing } => ({}));

/** The links of a realm: what shares memory goes along them. */
export const linksOf = links;

const starts = perRealm((): { waiting: (() => void)[] } => ({ waiting: [] }));

/** Of threads that were put off. */
export function startThreads(realm: NodeRealm): void {
  for (const start of starts(realm).waiting.splice(0)) start();
}

/**
 * Starts a thread now or, where the main thread has no mailbox yet, once it has returned to the event loop: until then the process can
 * begin anew and have one.
 */
export function startThread(realm: NodeRealm, start: () => void): void {
  const { platform } = realm;
  if (platform.mail === undefined || platform.mail.row !== undefined || realm.internalBinding('worker').isMainThread !== true)
    return start();
  starts(realm).waiting.push(start);
  platform.postTask(() => startThreads(realm));
}

/** Undefined before anything was shared. */
export const sharingInUse = (realm: NodeRealm): Sharing | undefined => made(realm).sharing;

export function sharingOf(realm: NodeRealm): Sharing {
  return (made(realm).sharing ??= new Sharing(realm, links(realm)));
}
