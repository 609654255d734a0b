/**
 * The way out of a container. A program connects to another machine as it would anywhere; the gateway takes plain HTTP/1.1
 * off that connection, also where the program believes to speak TLS, and performs it with the browser's `fetch`, or its `WebSocket`, if the author allowed the host. Nothing else gets out:
 * no other protocol, no host that was not named, no cookies of the page.
 */
import type { Dispose } from '../base/disposers.ts';
import { PosixError } from '../base/errors.ts';
import type { HeaderList } from './http1/message-parser.ts';
import { OutboundConnection } from './outbound-connection.ts';
import type { ByteChannelOptions } from './pipe.ts';
import { makeSocketPair, type Socket } from './socket.ts';

export interface GatewayOptions {
  /** `example.com`, `*.example.com`, or `*` for every host. */
  readonly allow: readonly string[];
  readonly channel: ByteChannelOptions;
  readonly fetch: ((url: string, init: GatewayRequest) => Promise<Response>) | undefined;
  /** A program was refused; `message` says what would allow it. */
  readonly onDenied: (host: string, message: string) => void;
  /** What is asked, and where a redirect led, without query. */
  readonly onRequest?: (address: string) => void;
  /** Runs `task` once, later; the result calls it off. */
  readonly setTimer: (task: () => void, delayMs: number) => Dispose;
  /** Gives a connection to who opens a WebSocket at that address; it begins with the handshake's answer. */
  readonly onWebSocket: (opening: WebSocketOpening, socket: Socket) => void;
}

export interface WebSocketOpening {
  readonly url: string;
  /** Of the program's request. */
  readonly headers: HeaderList;
}

export interface GatewayRequest {
  readonly method: string;
  readonly headers: [string, string][];
  readonly body?: Uint8Array<ArrayBuffer>;
  readonly redirect: 'manual' | 'follow';
  readonly credentials: 'omit';
  readonly referrerPolicy: 'no-referrer';
  readonly signal: AbortSignal;
}

/** Named addresses are given out of 240.0.0.0/4, which no real machine has. */
const firstAddress = 240 * 2 ** 24 + 1;
const maxNames = 65_536;

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #names: string[] = [];
  readonly #live = new Set<AbortController>();
  /** The programs' ends of open connections. */
  readonly #connections = new WeakMap<Socket, OutboundConnection>();

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  allows(host: string): boolean {
    const name = host.toLowerCase();
    return this.#options.allow.some((rule) => {
      const wanted = rule.toLowerCase();
      return wanted === '*' || wanted === name || (wanted.startsWith('*.') && name.endsWith(wanted.slice(1)));
    });
  }

  /** {@link allows}; the reader is told of a refusal. */
  permits(host: string): boolean {
    const allowed = this.allows(host);
    if (!allowed) this.#deny(host);
    return allowed;
  }

  /** An IPv4 address that stands for the host; undefined if the host is not allowed. */
  lookup(host: string): string | undefined {
    const name = host.toLowerCase();
    if (!/^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(name)) return undefined;
    if (!this.allows(name)) {
      this.#deny(name);
      return undefined;
    }
    let index = this.#names.indexOf(name);
    if (index < 0) {
      if (this.#names.length >= maxNames) return undefined;
      index = this.#names.push(name) - 1;
    }
    const number = firstAddress + index;
    return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) & 255).join('.');
  }

  /** Fails with `ECONNREFUSED` where the host is not allowed. */
  connect(host: string, port: number): Socket {
    const name = this.#nameOf(host);
    const { fetch, onRequest, onWebSocket, setTimer, allow } = this.#options;
    if (!this.allows(name) || !fetch) {
      this.#deny(name);
      throw new PosixError('ECONNREFUSED');
    }
    const ends = { local: { host: '127.0.0.1', port: 0 }, remote: { host, port }, onClose: () => connection.abandon() };
    const { a, b } = makeSocketPair(this.#options.channel, ends, { local: ends.remote, remote: ends.local });
    const controller = new AbortController();
    this.#live.add(controller);
    const connection = new OutboundConnection(b, {
      host: name,
      port,
      fetch,
      setTimer,
      onWebSocket,
      noted: (address) => {
        const { origin, pathname } = new URL(address);
        onRequest?.(`${origin}${pathname}`);
      },
      // A browser says where a redirect led, not where it leads: it may be followed only where every host is allowed.
      redirect: allow.includes('*') ? 'follow' : 'manual',
      signal: controller.signal,
    });
    this.#connections.set(a, connection);
    void connection.serve().finally(() => this.#live.delete(controller));
    return a;
  }

  /** The requests that follow are for `https`. Fails with `EPROTO` where the other end is a program of the container. */
  startTls(socket: Socket): void {
    const connection = this.#connections.get(socket);
    if (connection === undefined) throw new PosixError('EPROTO');
    connection.secure = true;
  }

  /** Ends what is under way. */
  close(): void {
    for (const controller of this.#live) controller.abort();
    this.#live.clear();
  }

  #nameOf(host: string): string {
    const parts = /^(2[45]\d)\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host);
    if (!parts) return host.toLowerCase();
    const number = parts.slice(1).reduce((sum, part) => sum * 256 + Number(part), 0);
    return this.#names[number - firstAddress] ?? host;
  }

  #deny(host: string): void {
    this.#options.onDenied(host, `A program may not reach "${host}": allow the host with \`network\` where the container is made`);
  }
}
