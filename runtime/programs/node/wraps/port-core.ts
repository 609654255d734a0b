/**
 * Message ports without their JavaScript objects: two ends that know each other, wherever they are. A port that moves to another
 * thread leaves a {@link LinkEnd} in its place, so that messages find their way through every thread on the path.
 */
import type { Delivery, Packet } from '../sharing/delivery.ts';
import type { SharingNotice } from '../sharing/sharing.ts';
import type { WireBuffer } from '../sharing/shared-buffers.ts';
import { holdsSharedMemory, replaceTagged, type Encoded } from './clone.ts';

export interface Message {
  readonly value: Encoded;
  readonly ports: readonly PortCore[];
  /** What is in it of shared memory. */
  readonly memory?: readonly SharedArrayBuffer[];
  /** The same message goes to several receivers. */
  readonly shared?: boolean;
}

/** One side of a connection: takes what the other side posts. */
export interface End {
  partner: End | undefined;
  /** Takes what another process could not read, too. */
  readonly local?: boolean;
  deliver(message: Message): void;
  /** The other side is gone; what came before it is still to be read. */
  partnerClosed(): void;
}

export function connect(a: End, b: End): void {
  a.partner = b;
  b.partner = a;
}

/** An end in this process. A `MessagePort` object may be attached to it, or it is on its way in a message. */
export class PortCore implements End {
  partner: End | undefined;
  readonly queue: (Message | 'close')[] = [];
  /** Called when something was queued. */
  onQueued: (() => void) | undefined;
  #closed = false;

  get closed(): boolean {
    return this.#closed;
  }

  post(message: Message): void {
    if (!this.#closed) this.partner?.deliver(message);
  }

  deliver(message: Message): void {
    if (this.#closed) return;
    this.queue.push(message);
    this.onQueued?.();
  }

  partnerClosed(): void {
    this.partner = undefined;
    if (this.#closed) return;
    this.queue.push('close');
    this.onQueued?.();
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const { partner } = this;
    this.partner = undefined;
    partner?.partnerClosed();
  }

  /** Puts `end` in this end's place and gives up what has not been read. */
  moveTo(end: End): (Message | 'close')[] {
    const { partner } = this;
    this.partner = undefined;
    this.#closed = true;
    if (partner !== undefined) connect(partner, end);
    return this.queue.splice(0);
  }
}

interface WirePort {
  readonly id: number;
  readonly queue: readonly (WireMessage | 'close')[];
}

interface WireMessage {
  readonly value: Encoded;
  readonly ports: readonly WirePort[];
  readonly memory?: readonly WireBuffer[];
}

/** How memory gets over a link that cannot carry it (`sharing/`). */
export interface LinkSharing {
  lend(buffer: SharedArrayBuffer, link: Link): WireBuffer;
  adopt(wire: WireBuffer, link: Link): SharedArrayBuffer | undefined;
  receive(notice: SharingNotice, link: Link): void;
  deliveryOf(link: Link): Delivery;
}

type LinkNotice =
  | { readonly kind: 'message'; readonly id: number; readonly message: WireMessage }
  | { readonly kind: 'close'; readonly id: number }
  /** The parent has another working directory: its threads follow it. */
  | { readonly kind: 'directory'; readonly path: string }
  /** A variable of an environment that both sides share; null: it is gone. */
  | { readonly kind: 'environment'; readonly name: string; readonly value: string | null }
  /** Of memory that threads share. */
  | { readonly kind: 'sharing'; readonly notice: SharingNotice }
  | { readonly kind: 'broadcast'; readonly name: string; readonly message: WireMessage };

/** Where a port that moved over `link` used to be. */
class LinkEnd implements End {
  partner: End | undefined;
  readonly #link: Link;
  readonly #id: number;

  constructor(link: Link, id: number) {
    this.#link = link;
    this.#id = id;
  }

  deliver(message: Message): void {
    this.#link.send({ kind: 'message', id: this.#id, message: this.#link.toWire(message) });
  }

  partnerClosed(): void {
    this.partner = undefined;
    this.#link.forget(this.#id);
    this.#link.send({ kind: 'close', id: this.#id });
  }
}

/** All ports between a thread and its parent, over one channel. The parent gives even numbers, the thread odd ones. */
export class Link {
  readonly #ends = new Map<number, LinkEnd>();
  readonly side: 'parent' | 'thread';
  readonly #onBroadcast: (name: string, message: Message) => void;
  readonly #onDirectory: (path: string) => void;
  readonly #sharing: () => LinkSharing;
  /** Told of variables that the other side has changed, where the environment is shared. */
  onEnvironment: ((name: string, value: string | null) => void) | undefined;
  #nextId: number;
  #post: ((data: unknown) => void) | undefined;
  #waiting: LinkNotice[] = [];
  #isHeld = false;
  /** Once memory was shared over it. */
  delivery: Delivery | undefined;
  #closed = false;

  constructor(
    side: 'parent' | 'thread',
    on: {
      readonly broadcast: (name: string, message: Message) => void;
      readonly directory: (path: string) => void;
      /** Called when memory is first shared. */
      readonly sharing: () => LinkSharing;
    },
  ) {
    this.side = side;
    this.#nextId = side === 'parent' ? 2 : 3;
    this.#onBroadcast = on.broadcast;
    this.#onDirectory = on.directory;
    this.#sharing = on.sharing;
  }

  /** The channel is known: what was sent meanwhile goes first. */
  open(post: (data: unknown) => void): void {
    this.#post = post;
    this.release();
  }

  /** What is sent waits for `release()`. */
  hold(): void {
    this.#isHeld = true;
  }

  release(): void {
    this.#isHeld = false;
    if (this.#post !== undefined) for (const notice of this.#waiting.splice(0)) this.#send(notice);
  }

  /** The first port, which both sides have from the start. */
  firstPort(): PortCore {
    const core = new PortCore();
    connect(core, this.#end(0));
    return core;
  }

  #end(id: number): LinkEnd {
    const end = new LinkEnd(this, id);
    this.#ends.set(id, end);
    return end;
  }

  send(notice: LinkNotice): void {
    if (this.#closed) return;
    if (this.#post === undefined || this.#isHeld) this.#waiting.push(notice);
    else this.#send(notice);
  }

  #send(notice: LinkNotice): void {
    if (this.delivery === undefined) this.post(notice);
    else this.delivery.send(notice);
  }

  /** To the channel itself. */
  post(data: LinkNotice | Packet): void {
    this.#post?.(data);
  }

  forget(id: number): void {
    this.#ends.delete(id);
  }

  toWire(message: Message): WireMessage {
    const lent = (message.memory ?? []).map((buffer) => this.#sharing().lend(buffer, this));
    return {
      value:
        lent.length === 0
          ? message.value
          : replaceTagged(message.value, 'S', (buffer) => ['M', lent[message.memory!.indexOf(buffer as SharedArrayBuffer)]?.id]),
      ...(lent.length === 0 ? {} : { memory: lent }),
      ports: message.ports.map((port): WirePort => {
        const id = this.#nextId;
        this.#nextId += 2;
        const queue = port.moveTo(this.#end(id));
        return { id, queue: queue.map((each) => (each === 'close' ? each : this.toWire(each))) };
      }),
    };
  }

  #fromWire(message: WireMessage): Message {
    const buffers = new Map((message.memory ?? []).map((wire) => [wire.id, this.#sharing().adopt(wire, this)] as const));
    return {
      value:
        buffers.size === 0
          ? message.value
          : replaceTagged(message.value, 'M', (id) => {
              const buffer = buffers.get(id as string);
              return buffer === undefined ? ['unreadable', 'Unable to deserialize cloned data.'] : ['S', buffer];
            }),
      ...(buffers.size === 0 ? {} : { memory: [...buffers.values()].filter((buffer) => buffer !== undefined) }),
      ports: message.ports.map((port) => {
        const core = new PortCore();
        connect(core, this.#end(port.id));
        for (const each of port.queue) {
          if (each === 'close') core.partnerClosed();
          else core.deliver(this.#fromWire(each));
        }
        return core;
      }),
    };
  }

  receive(data: unknown): void {
    const isPacket = (data as { readonly kind?: unknown } | undefined)?.kind === 'packet';
    this.hear(isPacket ? this.#sharing().deliveryOf(this).take(data) : data);
  }

  /** What the other side has said, by whatever way it came. */
  hear(data: unknown): void {
    const notice = data as LinkNotice | undefined;
    switch (notice?.kind) {
      case 'message':
        this.#ends.get(notice.id)?.partner?.deliver(this.#fromWire(notice.message));
        return;
      case 'close': {
        const end = this.#ends.get(notice.id);
        this.#ends.delete(notice.id);
        end?.partner?.partnerClosed();
        return;
      }
      case 'directory':
        if (this.side === 'thread') this.#onDirectory(notice.path);
        return;
      case 'sharing':
        this.#sharing().receive(notice.notice, this);
        return;
      case 'environment':
        this.onEnvironment?.(notice.name, notice.value);
        return;
      case 'broadcast':
        this.#onBroadcast(notice.name, { ...this.#fromWire(notice.message), shared: true });
        return;
      case undefined: // It came before.
    }
  }

  broadcast(name: string, message: Message): void {
    // There it is a message that cannot be read, as the standard has it for threads that share no memory.
    const value = holdsSharedMemory(message.value)
      ? ['unreadable', '#<SharedArrayBuffer> could not be cloned: threads here share no memory.']
      : message.value;
    this.send({ kind: 'broadcast', name, message: { value, ports: [] } });
  }

  sendDirectory(path: string): void {
    this.send({ kind: 'directory', path });
  }

  /** The other side is gone: every port that led there is closed. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    const ends = [...this.#ends.values()];
    this.#ends.clear();
    for (const end of ends) end.partner?.partnerClosed();
  }
}
