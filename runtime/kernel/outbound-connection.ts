import type { Dispose } from '../base/disposers.ts';
import { concatBytes } from '../base/bytes.ts';
import { PosixError } from '../base/errors.ts';
import type { GatewayOptions } from './gateway.ts';
import { fromLatin1, MessageParser, valuesOf, type HeaderList, type MessageEvent } from './http1/message-parser.ts';
import { nobody, type Caller } from './kernel-object.ts';
import { limitTable } from './limits.ts';
import type { Socket } from './socket.ts';

const maxBodyBytes = 64 * 1024 * 1024;

export interface OutboundOptions {
  readonly host: string;
  readonly port: number;
  readonly fetch: NonNullable<GatewayOptions['fetch']>;
  readonly setTimer: GatewayOptions['setTimer'];
  readonly onWebSocket: GatewayOptions['onWebSocket'];
  /** An address is asked. */
  readonly noted: (address: string) => void;
  readonly redirect: 'manual' | 'follow';
  readonly signal: AbortSignal;
}

interface OutboundRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: HeaderList;
  readonly body: Uint8Array<ArrayBuffer>;
  /** Another one may follow. */
  readonly reusable: boolean;
}

const hopByHop = /^(connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|host|content-length)$/i;
/** The browser says who it is; another answer would only make the host be asked for leave first (a preflight), which most refuse. */
const ofBrowser = /^user-agent$/i;

/**
 * The far end of a program's connection to another machine: reads its requests, has the browser perform them, and writes the
 * answers. As servers do, it closes a connection that is kept and not used, and one on which nothing moves.
 */
export class OutboundConnection {
  /** The program has begun TLS on it. */
  secure = false;
  readonly #socket: Socket;
  readonly #options: OutboundOptions;
  /** What came behind the last request. */
  #rest: Uint8Array = new Uint8Array(0);
  /** The time for what is awaited is over. */
  #late = false;
  /** Of an answer that is under way. */
  #body: ReadableStreamDefaultReader<Uint8Array> | undefined;

  constructor(socket: Socket, options: OutboundOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  /** Until the connection is closed, or given away. */
  async serve(): Promise<void> {
    try {
      for (let waitMs: number = limitTable.outboundStall.value; ; waitMs = limitTable.outboundIdle.value) {
        const request = await this.#nextRequest(waitMs);
        if (request === undefined) break;
        if (isWebSocket(request)) {
          const url = this.#addressOf(request, 'ws');
          this.#options.noted(url);
          if (this.#rest.length > 0) this.#socket.unread(this.#rest);
          this.#options.onWebSocket({ url, headers: request.headers }, this.#socket);
          return;
        }
        await this.#perform(request);
        if (!request.reusable) break;
      }
    } catch (error) {
      if (this.#late) this.#socket.reset();
      else await this.#refuse(error);
    }
    this.#socket.close();
  }

  /** The program has closed its end: it wants no more of an answer. What it asked for is asked all the same. */
  abandon(): void {
    this.#body?.cancel().catch(() => undefined); // It has failed already.
  }

  async #refuse(error: unknown): Promise<void> {
    const status = error instanceof PosixError && error.code === 'EPROTO' ? '400 Bad Request' : '502 Bad Gateway';
    const message = error instanceof Error ? error.message : String(error);
    const body = new TextEncoder().encode(`The page's browser could not perform this request: ${message}\n`);
    const head = `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${body.length}\r\nConnection: close\r\n\r\n`;
    try {
      await this.#write(fromLatin1(head));
      await this.#write(body);
    } catch {
      // The program has closed its side; there is nobody to tell.
    }
  }

  /** Fails with `EPROTO` for a target that is no path. */
  #addressOf({ target }: OutboundRequest, scheme: 'http' | 'ws'): string {
    const { host, port } = this.#options;
    const authority = port === (this.secure ? 443 : 80) ? host : `${host}:${port}`;
    if (!target.startsWith('/')) throw new PosixError('EPROTO');
    return `${scheme}${this.secure ? 's' : ''}://${authority}${target}`;
  }

  async #perform(request: OutboundRequest): Promise<void> {
    const { method, headers, body, reusable } = request;
    const { host, fetch, noted, redirect, signal } = this.#options;
    const url = this.#addressOf(request, 'http');
    noted(url);
    const response = await fetch(url, {
      method,
      headers: headers.filter(([name]) => !hopByHop.test(name) && !ofBrowser.test(name)).map(([name, value]) => [name, value]),
      ...(body.length > 0 ? { body } : {}),
      redirect,
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
    // Agents read of the time, and do not begin a request when it is nearly over.
    head += reusable
      ? `Connection: keep-alive\r\nKeep-Alive: timeout=${limitTable.outboundIdle.value / 1000}\r\n`
      : 'Connection: close\r\n';
    await this.#write(fromLatin1(`${head}${bodyless ? '' : 'Transfer-Encoding: chunked\r\n'}\r\n`));
    if (bodyless) return;
    this.#body = response.body?.getReader();
    try {
      for (;;) {
        const part = await this.#body?.read();
        if (part === undefined || part.done) break;
        if (part.value.length === 0) continue;
        await this.#write(fromLatin1(`${part.value.length.toString(16)}\r\n`));
        await this.#write(part.value);
        await this.#write(fromLatin1('\r\n'));
      }
    } catch (error) {
      // In the middle of a body the only honest answer is to break the connection.
      this.abandon();
      this.#socket.reset();
      throw error;
    }
    await this.#write(fromLatin1('0\r\n\r\n'));
  }

  /** Undefined if the stream ends before a request begins, or none begins for `waitMs`. */
  async #nextRequest(waitMs: number): Promise<OutboundRequest | undefined> {
    const parser = new MessageParser({ expect: 'request' });
    const parts: Uint8Array[] = [];
    let size = 0;
    let head: (MessageEvent & { kind: 'head' })['head'] | undefined;
    for (let events = parser.push(this.#rest); ;) {
      for (const event of events) {
        if (event.kind === 'head') {
          head = event.head;
          if (valuesOf(head.headers, 'expect').some((value) => value.toLowerCase() === '100-continue')) {
            await this.#write(fromLatin1('HTTP/1.1 100 Continue\r\n\r\n'));
          }
        } else if (event.kind === 'body') {
          size += event.bytes.length;
          if (size > maxBodyBytes) throw new PosixError('EMSGSIZE');
          parts.push(event.bytes);
        } else if (head?.kind === 'request') {
          this.#rest = parser.rest;
          return { method: head.method, target: head.target, headers: head.headers, body: concatBytes(parts), reusable: event.reusable };
        }
      }
      const { untouched } = parser;
      const bytes = await this.#within(untouched ? waitMs : limitTable.outboundStall.value, (caller) =>
        this.#socket.read(limitTable.pipeCapacity.value, caller),
      );
      if (bytes === undefined || bytes.length === 0) {
        if (untouched) return undefined;
        throw new PosixError('ECONNRESET');
      }
      events = parser.push(bytes);
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    await this.#within(limitTable.outboundStall.value, (caller) => this.#socket.write(bytes, caller));
    if (this.#late) throw new PosixError('ETIMEDOUT');
  }

  /** Undefined, and `#late`, if it is called off because it takes longer than that. */
  async #within<T>(limitMs: number, work: (caller: Caller) => T | Promise<T>): Promise<T | undefined> {
    let callOff: Dispose = () => undefined;
    const result = work({ ...nobody, onCancel: (listener) => (callOff = listener) });
    if (!(result instanceof Promise)) return result;
    let stop: Dispose = () => undefined;
    const late = new Promise<undefined>((resolve) => {
      stop = this.#options.setTimer(() => {
        this.#late = true;
        callOff();
        resolve(undefined);
      }, limitMs);
    });
    try {
      return await Promise.race([result, late]);
    } finally {
      stop();
    }
  }
}

function isWebSocket({ method, headers }: OutboundRequest): boolean {
  return method === 'GET' && valuesOf(headers, 'upgrade').some((value) => value.toLowerCase() === 'websocket');
}
