/** Requests to a container's servers as a browser makes them: with cookies, following redirects. */
import { BvError, type Container } from '../../../../runtime/index.ts';
import type { HeaderRow } from '../../../../runtime/wires/preview-wire.ts';
import type { CookieJar } from './cookie-jar.ts';

const localHosts = new Set(['localhost', '127.0.0.1', '[::1]', '0.0.0.0']);
/** As many as the Fetch standard follows. */
const maxRedirects = 20;
const redirectStatuses = new Set([301, 302, 303, 307, 308]);

/** The container's port a URL is served by; undefined if it is none of its. */
export function portOf(url: URL): number | undefined {
  if (!localHosts.has(url.hostname)) return undefined;
  if (url.protocol === 'http:' || url.protocol === 'ws:') return url.port === '' ? 80 : Number(url.port);
  return undefined;
}

export interface ClientRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: readonly HeaderRow[];
  readonly body: Uint8Array<ArrayBuffer> | null;
  readonly redirect: 'follow' | 'manual' | 'error';
  readonly cookies: boolean;
  readonly signal?: AbortSignal;
}

export interface ClientResponse {
  readonly url: URL;
  readonly redirected: boolean;
  readonly response: Response;
  /** Without `Set-Cookie`. */
  readonly headers: readonly HeaderRow[];
}

/** Names that only a browser may set; a document's own are dropped. */
const ownHeaders = new Set([
  'cookie',
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'upgrade',
  'keep-alive',
  'te',
  'trailer',
  'expect',
]);

/**
 * One request.
 *
 * @throws {BvError} `ERR_BV_PORT_CLOSED`; `ERR_BV_UNSUPPORTED` for a URL, or a redirect to one, outside of the container.
 * @throws {TypeError} for too many redirects, or for one where `redirect` is `error`.
 */
export async function requestServer(container: Container, jar: CookieJar, request: ClientRequest): Promise<ClientResponse> {
  let { method, url, body } = request;
  let headers = request.headers.filter(([name]) => !ownHeaders.has(name.toLowerCase()));
  for (let count = 0; ; count += 1) {
    const port = portOf(url);
    if (port === undefined)
      throw new BvError('ERR_BV_UNSUPPORTED', `Cannot load ${url.href} in a preview: it is not a server of the container`);
    const cookie = request.cookies ? jar.header(url) : '';
    const rows: HeaderRow[] = cookie === '' ? headers : [...headers, ['Cookie', cookie]];
    const { response, rawHeaders } = await container.fetchRaw(port, url.pathname + url.search, {
      method,
      rawHeaders: rows,
      ...(body === null || method === 'GET' || method === 'HEAD' ? {} : { body }),
      ...(request.signal === undefined ? {} : { signal: request.signal }),
    });
    if (request.cookies) {
      for (const [name, value] of rawHeaders) if (name.toLowerCase() === 'set-cookie') jar.set(value, url, { fromScript: false });
    }
    const location = response.headers.get('location');
    if (request.redirect === 'manual' || location === null || !redirectStatuses.has(response.status)) {
      return { url, redirected: count > 0, response, headers: rawHeaders.filter(([name]) => name.toLowerCase() !== 'set-cookie') };
    }
    await response.body?.cancel();
    if (request.redirect === 'error') throw new TypeError(`Cannot load ${url.href}: it redirects, and the request forbids that`);
    if (count === maxRedirects) throw new TypeError(`Cannot load ${request.url.href}: it redirects more than ${maxRedirects} times`);
    const next = new URL(location, url);
    if (next.hash === '') next.hash = url.hash;
    url = next;
    if ((response.status === 303 && method !== 'HEAD') || ((response.status === 301 || response.status === 302) && method === 'POST')) {
      method = 'GET';
      body = null;
      headers = headers.filter(([name]) => !/^content-/i.test(name));
    }
  }
}
