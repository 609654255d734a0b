import { PosixError } from '../../base/errors.ts';
import type { HttpRequestHead, HttpResponseHead } from '../../wires/host-wire.ts';
import { nobody, type Caller, type KernelObject } from '../kernel-object.ts';
import { limitTable } from '../limits.ts';
import { makePipe, type PipeReadEnd, type PipeWriteEnd } from '../pipe.ts';
import type { Socket } from '../socket.ts';
import { fromLatin1, MessageParser, type MessageEvent, valuesOf } from './message-parser.ts';

export interface HttpResponse {
  readonly head: HttpResponseHead;
  /** Bytes without transfer encoding; closing it ends the connection. */
  readonly body: KernelObject;
}

const maxIdlePerPort = 6;
const readBytes = 64 * 1024;

/** The page's HTTP requests to servers in a container, each over a virtual connection; idle connections are used again. */
export class HttpClient {
  readonly #connect: (port: number) => Socket | undefined;
  readonly #idle = new Map<number, Socket[]>();

  constructor(connect: (port: number) => Socket | undefined) {
    this.#connect = connect;
  }

  /** Answers `undefined` if nothing listens. Fails with `ECONNRESET` or `EPROTO`, `EINVAL` for a malformed request. */
  async fetch(port: number, head: HttpRequestHead, body: Uint8Array | null, caller: Caller): Promise<HttpResponse | undefined> {
    const request = requestBytes(port, head, body);
    const repeatable = /^(GET|HEAD|OPTIONS|PUT|DELETE)$/.test(head.method);
    for (;;) {
      const idle = repeatable ? this.#takeIdle(port) : undefined;
      const socket = idle ?? this.#connect(port);
      if (!socket) return undefined;
      try {
        return await this.#exchange(socket, port, { head, request, body }, caller);
      } catch (error) {
        socket.close();
        const unanswered = error instanceof UnansweredError;
        // The server may have closed an idle connection while the request was on its way.
        if (unanswered && idle) continue;
        throw unanswered ? new PosixError('ECONNRESET') : error;
      }
    }
  }

  /** Ends all idle connections. */
  close(): void {
    for (const sockets of this.#idle.values()) for (const socket of sockets) socket.close();
    this.#idle.clear();
  }

  async #exchange(
    socket: Socket,
    port: number,
    { head, request, body }: { readonly head: HttpRequestHead; readonly request: Uint8Array; readonly body: Uint8Array | null },
    caller: Caller,
  ): Promise<HttpResponse> {
    let cancelled = false;
    caller.onCancel(() => {
      cancelled = true;
      socket.close();
    });
    // A server may answer before it has read everything, so writing and reading go on side by side.
    const written = Promise.resolve()
      .then(() => socket.write(request, nobody))
      .then(() => (body ? socket.write(body, nobody) : undefined))
      .catch(() => undefined); // The reading side learns what happened.
    const parser = new MessageParser({ expect: 'response', method: head.method });
    for (;;) {
      let bytes: Uint8Array;
      try {
        bytes = await socket.read(readBytes, nobody);
      } catch (error) {
        throw parser.untouched ? new UnansweredError() : error;
      }
      if (cancelled) throw new PosixError('ECANCELED');
      if (bytes.length === 0 && parser.untouched) throw new UnansweredError();
      const events = bytes.length === 0 ? parser.finish() : parser.push(bytes);
      const at = events.findIndex(
        (event) => event.kind === 'head' && event.head.kind === 'response' && (event.head.status >= 200 || event.head.status === 101),
      );
      if (at < 0) continue;
      const found = events[at] as MessageEvent & { kind: 'head' };
      if (found.head.kind !== 'response') throw new PosixError('EPROTO');
      const { status, statusText, headers } = found.head;
      const pipe = makePipe({ capacity: limitTable.pipeCapacity.value * 4 });
      const answer = new ResponseBody(pipe.read, socket);
      void this.#pump(socket, port, { parser, events: events.slice(at + 1), written, answer }, pipe.write);
      return { head: { status, statusText, headers }, body: answer };
    }
  }

  async #pump(
    socket: Socket,
    port: number,
    from: {
      readonly parser: MessageParser;
      readonly events: readonly MessageEvent[];
      readonly written: Promise<unknown>;
      readonly answer: ResponseBody;
    },
    to: PipeWriteEnd,
  ): Promise<void> {
    let { events } = from;
    try {
      for (;;) {
        for (const event of events) {
          if (event.kind === 'body') await to.write(event.bytes, nobody);
          if (event.kind !== 'end') continue;
          from.answer.complete = true;
          to.close();
          await from.written;
          if (event.reusable && from.parser.rest.length === 0) this.#keep(port, socket);
          else socket.close();
          return;
        }
        const bytes = await socket.read(readBytes, nobody);
        events = bytes.length === 0 ? from.parser.finish() : from.parser.push(bytes);
      }
    } catch (error) {
      to.fail(error instanceof Error ? error : new PosixError('EIO'));
      socket.close();
    }
  }

  #keep(port: number, socket: Socket): void {
    const list = this.#idle.get(port) ?? [];
    if (list.length >= maxIdlePerPort || !socket.idle) {
      socket.close();
      return;
    }
    list.push(socket);
    this.#idle.set(port, list);
  }

  #takeIdle(port: number): Socket | undefined {
    const list = this.#idle.get(port);
    for (let socket = list?.pop(); socket; socket = list?.pop()) {
      if (socket.idle) return socket;
      socket.close();
    }
    return undefined;
  }
}

/** The connection ended before a byte of the answer came. */
class UnansweredError extends Error {}

class ResponseBody implements KernelObject {
  readonly stream = 'pipe-read';
  readonly #from: PipeReadEnd;
  readonly #socket: Socket;
  /** The connection is not the body's any more. */
  complete = false;

  constructor(from: PipeReadEnd, socket: Socket) {
    this.#from = from;
    this.#socket = socket;
  }

  read(maxBytes: number, caller: Caller): Uint8Array | Promise<Uint8Array> {
    return this.#from.read(maxBytes, caller);
  }

  unread(bytes: Uint8Array): void {
    this.#from.unread(bytes);
  }

  close(): void {
    this.#from.close();
    if (!this.complete) this.#socket.close();
  }
}

function requestBytes(port: number, { method, target, headers }: HttpRequestHead, body: Uint8Array | null): Uint8Array {
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(method) || !/^[\x21-\x7e\x80-\xff]+$/.test(target)) throw new PosixError('EINVAL');
  let text = `${method} ${target} HTTP/1.1\r\n`;
  if (valuesOf(headers, 'host').length === 0) text += `Host: localhost:${port}\r\n`;
  for (const [name, value] of headers) {
    if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(name) || !/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw new PosixError('EINVAL');
    if (/^(content-length|transfer-encoding|connection|keep-alive|upgrade|te|trailer)$/i.test(name)) continue;
    text += `${name}: ${value}\r\n`;
  }
  if (body !== null || /^(POST|PUT|PATCH)$/.test(method)) text += `Content-Length: ${body?.length ?? 0}\r\n`;
  return fromLatin1(`${text}Connection: keep-alive\r\n\r\n`);
}
