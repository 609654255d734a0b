/** A container for tests of preview hosts: a handler in place of a server, and the members a host uses. */
import { BvError, type Container, type PreviewMessage } from '../../../../runtime/index.ts';

export interface FakeRequest {
  readonly port: number;
  readonly method: string;
  /** Path and query. */
  readonly path: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: string;
}

export interface FakeResponse {
  readonly status?: number;
  readonly type?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>;
}

export type FakeServer = (request: FakeRequest) => FakeResponse | undefined | Promise<FakeResponse | undefined>;
export type FakePipe = {
  readonly readable: ReadableStream<Uint8Array<ArrayBuffer>>;
  readonly writable: WritableStream<Uint8Array<ArrayBuffer>>;
};

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript',
  mjs: 'text/javascript',
  css: 'text/css',
  json: 'application/json',
  svg: 'image/svg+xml',
  txt: 'text/plain',
};

export class FakeContainer {
  readonly requests: FakeRequest[] = [];
  readonly messages: PreviewMessage[] = [];
  readonly files = new Map<string, string>();
  readonly openPorts = [3000];
  previewScript: Container['previewScript'];
  /** Called for `connect`: the server's end of a stream. */
  onConnect: ((server: FakePipe) => void) | undefined;
  readonly #server: FakeServer;
  readonly fs = {
    mkdir: () => Promise.resolve(),
    writeFile: (path: string, text: string) => {
      this.files.set(path, text);
      return Promise.resolve();
    },
    readFile: (path: string) => {
      const text = this.files.get(path);
      return text === undefined ? Promise.reject(new Error('ENOENT')) : Promise.resolve(text);
    },
  };

  constructor(server: FakeServer | Readonly<Record<string, string | FakeResponse>>) {
    this.#server = typeof server === 'function' ? server : (request) => routed(server, request);
  }

  get asContainer(): Container {
    return this as unknown as Container;
  }

  on(): () => void {
    return () => undefined;
  }

  reportPreviewMessage(message: PreviewMessage): void {
    this.messages.push(message);
  }

  async fetchRaw(port: number, path: string, init: RequestInit & { rawHeaders?: readonly (readonly [string, string])[] } = {}) {
    if (!this.openPorts.includes(port)) throw new BvError('ERR_BV_PORT_CLOSED', `Nothing listens on port ${port}`);
    const url = new URL(path, `http://localhost:${port}`);
    const body = init.body === undefined || init.body === null ? '' : new TextDecoder('latin1').decode(init.body as Uint8Array);
    const headers = new Headers(
      (init.rawHeaders ?? []).filter(([name]) => name !== 'Cookie').map(([name, value]): [string, string] => [name, value]),
    );
    const cookie = init.rawHeaders?.find(([name]) => name === 'Cookie')?.[1];
    if (cookie !== undefined) headers.set('x-cookie', cookie);
    const request: FakeRequest = { port, method: init.method ?? 'GET', path, url, headers, body };
    this.requests.push(request);
    const answer = (await this.#server(request)) ?? { status: 404, type: 'text/plain', body: 'not found' };
    const rows: [string, string][] = (answer.headers ?? []).map(([name, value]) => [name, value]);
    if (answer.type !== '')
      rows.push(['Content-Type', answer.type ?? types[url.pathname.split('.').at(-1) ?? ''] ?? 'text/html; charset=utf-8']);
    const { status = 200 } = answer;
    const response = new Response(status === 204 || status === 304 ? null : (answer.body ?? ''), { status, headers: rows });
    Object.defineProperty(response, 'url', { value: url.href });
    return { response, rawHeaders: rows };
  }

  connect(port: number): Promise<FakePipe> {
    if (this.onConnect === undefined) return Promise.reject(new BvError('ERR_BV_PORT_CLOSED', `Nothing listens on port ${port}`));
    const [up, down] = [new TransformStream<Uint8Array<ArrayBuffer>>(), new TransformStream<Uint8Array<ArrayBuffer>>()];
    this.onConnect({ readable: up.readable, writable: down.writable });
    return Promise.resolve({ readable: down.readable, writable: up.writable });
  }
}

function routed(routes: Readonly<Record<string, string | FakeResponse>>, { url, path }: FakeRequest): FakeResponse | undefined {
  const found = routes[path] ?? routes[url.pathname];
  return typeof found === 'string' ? { body: found } : found;
}

/** The next event of `type`, or a rejection that says what did not come. */
export function nextEvent<T extends Event>(target: EventTarget, type: string, { timeoutMs = 8000 } = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`No ${type} within ${timeoutMs} ms`)), timeoutMs);
    target.addEventListener(
      type,
      (event) => {
        clearTimeout(timer);
        resolve(event as T);
      },
      { once: true },
    );
  });
}
