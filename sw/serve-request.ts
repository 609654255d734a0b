/** Answers one request of a preview from the container's server. */
import { BvError } from '../runtime/base/errors.ts';
import type { HeaderRow, WireScript } from '../runtime/wires/preview-wire.ts';
import type { PagePeer, PreviewConnections } from './preview-connections.ts';

/** Which server a request is for. */
export interface Target {
  readonly session: string;
  readonly port: number;
  /** Path and query, as the server knows it. */
  readonly path: string;
}

export interface Serving {
  readonly connections: PreviewConnections;
  /** Where a preview of `target` is on the worker's origin; for `Location` headers. */
  urlOf(target: Target): string;
  /** Markup that every document gets first: our own script. */
  injected(target: Target): Promise<string>;
}

const bodyless = new Set([101, 103, 204, 205, 304]);
const localHost = /^(?:localhost|127\.0\.0\.1|\[::1\]|0\.0\.0\.0)$/;
/** Headers that speak of the page's own origin, or that the browser would act on against the bridge. */
const droppedHeaders =
  /^(?:set-cookie|content-security-policy(?:-report-only)?|x-frame-options|content-encoding|content-length|transfer-encoding|strict-transport-security|clear-site-data|cross-origin-(?:opener|embedder)-policy|service-worker-allowed)$/i;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

/** What is shown in place of a document that cannot be had. */
function failure(error: unknown): Response {
  const closed = error instanceof BvError && error.code === 'ERR_BV_PORT_CLOSED';
  const message = error instanceof Error ? error.message : String(error);
  const html = `<!doctype html><meta charset="utf-8"><title>Preview</title><style>:root{color-scheme:light dark;font:1rem system-ui}</style><p>${escapeHtml(message)}</p>`;
  return new Response(html, {
    status: closed ? 502 : 504,
    headers: { 'Content-Type': 'text/html; charset=utf-8', 'X-Bv-Error': error instanceof BvError ? error.code : 'other' },
  });
}

function bodyOf(peer: PagePeer, start: Uint8Array, body: number | null): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      if (start.length > 0) controller.enqueue(start);
      if (body === null) controller.close();
    },
    // Chunks are pulled over the port: a stream cannot be transferred everywhere, and this way the reader sets the pace.
    async pull(controller) {
      if (body === null) return;
      const { bytes } = await peer.call('read', { body });
      if (bytes.length > 0) controller.enqueue(bytes);
      else controller.close();
    },
    cancel() {
      if (body !== null) peer.notify({ kind: 'closeBody', body });
    },
  });
}

/** Puts `markup` before anything of the document that could run, without ending its quirks or standards mode. */
export function inject(html: string, markup: string): string {
  const at = /<head(?:\s[^>]*)?>/i.exec(html) ?? /<html(?:\s[^>]*)?>/i.exec(html) ?? /^\s*<!doctype[^>]*>/i.exec(html);
  const index = at === null ? 0 : at.index + at[0].length;
  return html.slice(0, index) + markup + html.slice(index);
}

function markupOf({ text, type, async, defer }: WireScript): string {
  return `<script${type === '' ? '' : ` type="${type}"`}${async ? ' async' : ''}${defer ? ' defer' : ''}>${text}</script>`;
}

function requestHeaders(request: Request, target: Target): HeaderRow[] {
  const headers: HeaderRow[] = [...request.headers].filter(([name]) => !/^(?:referer|origin|cookie)$/i.test(name));
  headers.push(['User-Agent', navigator.userAgent], ['Accept-Language', navigator.languages.join(',') || 'en']);
  if (request.method !== 'GET' && request.method !== 'HEAD') headers.push(['Origin', `http://localhost:${target.port}`]);
  return headers;
}

/** `again` is where a request goes whose page is gone: another page may have taken its place. */
export async function serveRequest(
  request: Request,
  target: Target,
  serving: Serving,
  again?: () => Promise<Target | undefined>,
): Promise<Response> {
  try {
    return await answer(request, target, serving);
  } catch (error) {
    const isGone = error instanceof BvError && error.code === 'ERR_BV_PEER_GONE';
    // What may have changed something must not be sent twice.
    const other = isGone && (request.method === 'GET' || request.method === 'HEAD') ? await again?.() : undefined;
    if (other !== undefined && other.session !== target.session) return serveRequest(request, other, serving);
    return request.mode === 'navigate' || error instanceof BvError ? failure(error) : Response.error();
  }
}

async function answer(request: Request, target: Target, serving: Serving): Promise<Response> {
  const isBodiless = request.method === 'GET' || request.method === 'HEAD';
  const body = isBodiless ? null : new Uint8Array(await request.arrayBuffer());
  const isDocument = request.mode === 'navigate';
  const { peer, head } = await serving.connections.request(
    target.session,
    {
      method: request.method,
      url: `http://localhost:${target.port}${target.path}`,
      headers: requestHeaders(request, target),
      body,
      redirect: 'manual',
      cookies: request.credentials !== 'omit',
      whole: false,
    },
    request.signal,
  );
  const headers = new Headers();
  for (const [name, value] of head.headers) {
    if (droppedHeaders.test(name)) continue;
    try {
      headers.append(name, value);
    } catch {
      // HTTP allows it and the Fetch standard does not.
    }
  }
  const location = headers.get('location');
  if (location !== null && head.status >= 300 && head.status < 400) {
    const url = new URL(location, `http://localhost:${target.port}${target.path}`);
    if (localHost.test(url.hostname)) {
      headers.set('location', serving.urlOf({ ...target, port: Number(url.port || 80), path: url.pathname + url.search }) + url.hash);
    }
    if (head.body !== null) peer.notify({ kind: 'closeBody', body: head.body });
    return Response.redirect(
      new URL(headers.get('location') ?? '', request.url),
      [301, 302, 303, 307, 308].includes(head.status) ? head.status : 302,
    );
  }
  const empty = request.method === 'HEAD' || bodyless.has(head.status);
  const init = { status: head.status >= 200 && head.status <= 599 ? head.status : 502, statusText: head.statusText, headers };
  if (empty) return new Response(null, init);
  const stream = bodyOf(peer, head.start, head.body);
  const isHtml = /^\s*(?:text\/html|application\/xhtml\+xml)/i.test(headers.get('content-type') ?? '');
  if (!isDocument || !isHtml) return new Response(stream, init);
  const charset = /charset\s*=\s*"?([^\s;"]+)/i.exec(headers.get('content-type') ?? '')?.[1] ?? 'utf-8';
  const bytes = await new Response(stream).arrayBuffer();
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(charset);
  } catch {
    decoder = new TextDecoder();
  }
  headers.set('content-type', 'text/html; charset=utf-8');
  const [own, { script }] = await Promise.all([serving.injected(target), peer.call('script', {})]);
  return new Response(inject(decoder.decode(bytes), own + (script === null ? '' : markupOf(script))), init);
}
