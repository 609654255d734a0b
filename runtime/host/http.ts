/** `container.fetch`: a web `Request` to a port of a container, and the web `Response` that comes back. */
import type { ContainerId } from '../wires/host-wire.ts';
import type { ContainerCalls } from './container-calls.ts';
import { abortable } from './container-process.ts';
import { readableOf } from './streams.ts';

/** Statuses whose responses must be made without a body. */
const bodyless = new Set([101, 103, 204, 205, 304]);

/** What the Fetch standard keeps scripts from setting on a `Request`, so that it must be given beside it. */
export interface PortFetchInit extends RequestInit {
  /** Header rows sent as they are, forbidden names such as `Cookie` included. */
  readonly rawHeaders?: readonly (readonly [string, string])[];
}

/** A `Response` that also has every header row, `Set-Cookie` included, in order. */
export interface PortResponse {
  readonly response: Response;
  readonly rawHeaders: readonly (readonly [string, string])[];
}

/**
 * One request, redirects not followed. The response's body streams: what is not read makes the server wait.
 *
 * @throws {BvError} `ERR_BV_PORT_CLOSED` if nothing listens there.
 */
export async function fetchPort(
  kernel: ContainerCalls,
  container: ContainerId,
  port: number,
  target: string | URL | Request,
  init: PortFetchInit = {},
): Promise<PortResponse> {
  if (!(Number.isInteger(port) && port >= 0 && port <= 0xffff))
    throw new RangeError(
      `There is no port ${typeof port === 'string' ? JSON.stringify(port) : String(port)}: expected a number up to 65535`,
    );
  const base = `http://localhost:${port}`;
  const { rawHeaders = [], ...rest } = init;
  const request =
    target instanceof Request
      ? new Request(target, rest)
      : new Request(new URL(target, `${base}/`), { ...rest, ...(rest.body instanceof ReadableStream ? { duplex: 'half' } : {}) });
  const url = new URL(request.url);
  const body =
    request.body === null && (rest.body === null || rest.body === undefined)
      ? null
      : new Uint8Array(await abortable(request.arrayBuffer(), request.signal, () => {}));
  const { head, body: handle } = await kernel.call(
    'fetch',
    {
      container,
      port,
      head: { method: request.method, target: url.pathname + url.search, headers: [...request.headers, ...rawHeaders] },
      body,
    },
    { signal: request.signal },
  );
  const headers = new Headers();
  for (const [name, value] of head.headers) {
    try {
      headers.append(name, value);
    } catch {
      // A name or value that HTTP allows and the Fetch standard does not: still in `rawHeaders`.
    }
  }
  const empty = request.method === 'HEAD' || bodyless.has(head.status);
  if (empty) kernel.notify({ kind: 'close', handle });
  const response = new Response(empty ? null : readableOf(kernel, handle), {
    status: head.status >= 200 && head.status <= 599 ? head.status : 502,
    statusText: /^[\t\x20-\x7e\x80-\xff]*$/.test(head.statusText) ? head.statusText : '',
    headers,
  });
  Object.defineProperty(response, 'url', { value: url.href });
  return { response, rawHeaders: head.headers };
}
