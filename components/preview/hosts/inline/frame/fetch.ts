/** `fetch` and `sendBeacon` over the bridge. */
import { ordinaryHeaders, type Bridge } from '../../document/bridge.ts';
import { isServerUrl, type PageLocation } from './page-location.ts';

const bodyless = new Set([101, 103, 204, 205, 304]);

/** Headers of a request, with those that a browser adds. */
export function requestHeaders(headers: Headers, url: URL, method: string, page: URL): [string, string][] {
  const rows: [string, string][] = [...headers];
  const add = (name: string, value: string) => {
    if (!headers.has(name)) rows.push([name, value]);
  };
  add('Accept', '*/*');
  for (const [name, value] of ordinaryHeaders()) add(name, value);
  add('Referer', page.origin === url.origin ? page.href.split('#', 1)[0]! : `${page.origin}/`);
  if ((method !== 'GET' && method !== 'HEAD') || url.origin !== page.origin) add('Origin', page.origin);
  return rows;
}

/** Why a URL of the real network is not loaded, in words for the document's author. */
function blockedText(url: URL): string {
  return `Cannot load ${url.href}: a preview reaches the container's own servers only; add ${url.host} to allow-hosts`;
}

function describe(response: Response, fields: Readonly<Record<string, unknown>>): Response {
  for (const [name, value] of Object.entries(fields)) Object.defineProperty(response, name, { value, configurable: true });
  Object.defineProperty(response, 'clone', {
    value: () => describe(Response.prototype.clone.call(response), fields),
    configurable: true,
  });
  return response;
}

export function installFetch(bridge: Bridge, location: PageLocation): typeof fetch {
  const native = window.fetch.bind(window);

  async function bridged(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init);
    const url = new URL(request.url);
    if (!isServerUrl(url)) {
      if (url.protocol === 'blob:' || url.protocol === 'data:' || location.allows(url)) return native(request);
      throw new TypeError(blockedText(url));
    }
    const { method, signal } = request;
    signal.throwIfAborted();
    const body = method === 'GET' || method === 'HEAD' ? null : new Uint8Array(await request.arrayBuffer());
    const cookies = request.credentials === 'include' || (request.credentials === 'same-origin' && url.origin === location.url.origin);
    const redirect = request.redirect;
    const answer = await bridge
      .request(
        { method, url: url.href, headers: requestHeaders(request.headers, url, method, location.url), body, redirect, cookies },
        signal,
      )
      .catch((cause: unknown) => {
        signal.throwIfAborted();
        throw new TypeError(`Failed to fetch: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
      });
    if (redirect === 'manual' && answer.status >= 300 && answer.status < 400 && answer.status !== 304) {
      answer.cancel();
      return describe(Response.error(), { type: 'opaqueredirect', url: answer.url });
    }
    const empty = method === 'HEAD' || bodyless.has(answer.status);
    if (empty) answer.cancel();
    const headers = new Headers();
    for (const [name, value] of answer.headers) {
      try {
        headers.append(name, value);
      } catch {
        // HTTP allows it and the Fetch standard does not: scripts never see such a header.
      }
    }
    const { status, statusText } = answer;
    const init2 = {
      status: status >= 200 && status <= 599 ? status : 502,
      statusText: /^[\t\x20-\x7e\x80-\xff]*$/.test(statusText) ? statusText : '',
      headers,
    };
    return describe(new Response(empty ? null : answer.stream(signal), init2), {
      url: answer.url,
      redirected: answer.redirected,
      type: 'basic',
    });
  }

  window.fetch = function fetch(input, init) {
    return bridged(input, init);
  };
  Navigator.prototype.sendBeacon = function sendBeacon(url, data) {
    void window.fetch(url, { method: 'POST', body: data ?? null, credentials: 'include', keepalive: true }).catch(() => undefined); // Beacons fail in silence.
    return true;
  };
  return window.fetch;
}
