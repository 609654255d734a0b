/**
 * The way out of a container. A program connects to another machine as it would anywhere; the gateway takes plain HTTP/1.1
 * off that connection, also where the program believes to speak TLS, and performs it with the browser's `fetch`, if the author allowed the host. Nothing else gets out:
 * no other protocol, no host that was not named, no cookies of the page.
 */
import { PosixError } from '../base/errors.ts';
import { fromLatin1, MessageParser, valuesOf, type HeaderList, type MessageEvent } from './http1/message-parser.ts';
import { nobody } from './kernel-object.ts';
import { limitTable } from './limits.ts';
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
const maxBodyBytes = 64 * 1024 * 1024;

export class Gateway {
  readonly #options: GatewayOptions;
  readonly #names: string[] = [];
  readonly #live = new Set<AbortController>();
  /** The programs' ends of open connections. */
  readonly #connections = new WeakMap<Socket, Connection>();

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
    if (!this.allows(name) || !this.#options.fetch) {
      this.#deny(name);
      throw new PosixError('ECONNREFUSED');
    }
    const { a, b } = makeSocketPair(this.#options.channel, { local: { host: '127.0.0.1', port: 0 }, remote: { host, port } }, {});
    const connection: Connection = { host: name, port, secure: false };
    this.#connections.set(a, connection);
    void this.#serve(b, connection);
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

  async #serve(socket: Socket, connection: Connection): Promise<void> {
    const controller = new AbortController();
    this.#live.add(controller);
    try {
      let rest: Uint8Array = new Uint8Array(0);
      for (let reusable = true; reusable;) {
        const parser = new MessageParser({ expect: 'request' });
        const request = await readRequest(socket, parser, rest);
        if (!request) break;
        rest = parser.rest;
        await this.#perform(socket, { ...request, ...connection }, controller.signal);
        reusable = request.reusable;
      }
      socket.close();
    } catch (error) {
      const text = error instanceof PosixError && error.code === 'EPROTO' ? '400 Bad Request' : '502 Bad Gateway';
      const message = error instanceof Error ? error.message : String(error);
      try {
        const body = new TextEncoder().encode(`The page's browser could not perform this request: ${message}\n`);
        await socket.write(
          fromLatin1(
            `HTTP/1.1 ${text}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`,
          ),
          nobody,
        );
        await socket.write(body, nobody);
      } catch {
        // The program has closed its side; there is nobody to tell.
      }
      socket.close();
    } finally {
      this.#live.delete(controller);
    }
  }

  async #perform(socket: Socket, request: OutboundRequest, signal: AbortSignal): Promise<void> {
    const { host, port, secure, method, target, headers, body } = request;
    const authority = port === (secure ? 443 : 80) ? host : `${host}:${port}`;
    const url = target.startsWith('/') ? `${secure ? 'https' : 'http'}://${authority}${target}` : undefined;
    if (url === undefined) throw new PosixError('EPROTO');
    const noted = (address: string) => {
      const { origin, pathname } = new URL(address);
      this.#options.onRequest?.(`${origin}${pathname}`);
    };
    noted(url);
    const response = await this.#options.fetch!(url, {
      method,
      headers: headers.filter(([name]) => !hopByHop.test(name) && !ofBrowser.test(name)).map(([name, value]) => [name, value]),
      ...(body.length > 0 ? { body } : {}),
      // A browser says where a redirect led, not where it leads: it may be followed only where every host is allowed.
      redirect: this.#options.allow.includes('*') ? 'follow' : 'manual',
      credentials: 'omit',
      referrerPolicy: 'no-referrer',
      signal,
    });
    if (response.type === 'opaqueredirect')
      throw new Error(`${host} redirects, and no browser says where to: ask for the address it leads to, or allow every host ("*")`);
    if (response.redirected) noted(response.url);
    const bodyless = method === 'HEAD' || response.status === 204 || response.status === 304;
    let head = `HTTP/1.1 ${response.status} ${response.statusText.replace(/[^\t\x20-\x7e]/g, '')}\r\n`;
    response.headers.forEach((value, name) => {
      // The browser has undone the content's encoding, so its length is another one.
      if (!hopByHop.test(name) && !/^content-(encoding|length)$/i.test(name) && /^[\t\x20-\x7e\x80-\xff]*$/.test(value))
        head += `${name}: ${value}\r\n`;
    });
    await socket.write(fromLatin1(`${head}${bodyless ? '' : 'Transfer-Encoding: chunked\r\n'}\r\n`), nobody);
    if (bodyless) return;
    const reader = response.body?.getReader();
    try {
      for (;;) {
        const part = await reader?.read();
        if (part === undefined || part.done) break;
        if (part.value.length === 0) continue;
        await socket.write(fromLatin1(`${part.value.length.toString(16)}\r\n`), nobody);
        await socket.write(part.value, nobody);
        await socket.write(fromLatin1('\r\n'), nobody);
      }
    } catch (error) {
      // In the middle of a body the only honest answer is to break the connection.
      await reader?.cancel().catch(() => undefined);
      socket.reset();
      throw error;
    }
    await socket.write(fromLatin1('0\r\n\r\n'), nobody);
  }
}

interface InboundRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array<ArrayBuffer>;
  readonly reusable: boolean;
}

interface Connection {
  readonly host: string;
  readonly port: number;
  /** The program has begun TLS on it. */
  secure: boolean;
}

type OutboundRequest = InboundRequest & Readonly<Connection>;

const hopByHop = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|content-length)$/i;
/** The browser says who it is; another answer would only make the host be asked for leave first (a preflight), which most refuse. */
const ofBrowser = /^user-agent$/i;

/** Undefined if the stream ends before a request begins. */
async function readRequest(socket: Socket, parser: MessageParser, first: Uint8Array): Promise<InboundRequest | undefined> {
  const parts: Uint8Array[] = [];
  let size = 0;
  let head: (MessageEvent & { kind: 'head' })['head'] | undefined;
  for (let events = parser.push(first); ;) {
    for (const event of events) {
      if (event.kind === 'head') {
        head = event.head;
        if (valuesOf(head.headers, 'expect').some((value) => value.toLowerCase() === '100-continue')) {
          await socket.write(fromLatin1('HTTP/1.1 100 Continue\r\n\r\n'), nobody);
        }
      } else if (event.kind === 'body') {
        size += event.bytes.length;
        if (size > maxBodyBytes) throw new PosixError('EMSGSIZE');
        parts.push(event.bytes);
      } else if (head?.kind === 'request') {
        const body = new Uint8Array(size);
        let at = 0;
        for (const part of parts) {
          body.set(part, at);
          at += part.length;
        }
        return { method: head.method, target: head.target, headers: head.headers, body, reusable: event.reusable };
      }
    }
    const bytes = await socket.read(limitTable.pipeCapacity.value, nobody);
    if (bytes.length === 0) {
      if (parser.untouched) return undefined;
      throw new PosixError('ECONNRESET');
    }
    events = parser.push(bytes);
  }
}
