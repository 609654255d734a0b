/** A registry over real HTTP that answers as it is told. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Answering = (request: IncomingMessage, response: ServerResponse) => void;

export class BadRegistry {
  readonly requests: { readonly url: string; readonly headers: IncomingMessage['headers'] }[] = [];
  /** By path; `*` for all others. */
  readonly routes = new Map<string, Answering>();
  readonly #server: Server;
  /** Requests at the same time, at most. */
  mostAtOnce = 0;
  #now = 0;

  constructor() {
    this.#server = createServer((request, response) => {
      const url = request.url ?? '';
      this.requests.push({ url, headers: request.headers });
      this.mostAtOnce = Math.max(this.mostAtOnce, ++this.#now);
      response.on('close', () => this.#now--);
      const answer = this.routes.get(url) ?? this.routes.get('*') ?? status(404, { error: 'Not found' });
      answer(request, response);
    });
  }

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return this.origin;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** How often a path was asked for. */
  count(url: string): number {
    return this.requests.filter((request) => request.url === url).length;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): Answering {
  return (_request, response) =>
    void response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(value));
}

export function bytes(value: Uint8Array): Answering {
  return (_request, response) =>
    void response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': value.length }).end(value);
}

export function status(code: number, body?: unknown, headers: Readonly<Record<string, string>> = {}): Answering {
  return (_request, response) => void response.writeHead(code, headers).end(typeof body === 'string' ? body : JSON.stringify(body ?? {}));
}

/** One answer after the other; the last one for ever. */
export function inTurn(...answers: readonly Answering[]): Answering {
  let next = 0;
  return (request, response) => (answers[Math.min(next++, answers.length - 1)] as Answering)(request, response);
}

export const silence: Answering = () => {};

/** Promises more than it sends. */
export function cutOff(value: Uint8Array): Answering {
  return (_request, response) => {
    response.writeHead(200, { 'content-length': value.length });
    response.write(value.subarray(0, value.length / 2), () => response.destroy());
  };
}
