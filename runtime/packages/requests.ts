/** Single requests: permission, credentials, a bound on how many run, time-outs, and errors with npm's codes. No retries. */
import { PosixError } from '../base/errors.ts';
import { explainFailure } from './network-failure.ts';
import { PackageError } from './package-error.ts';

export interface RequestsOptions {
  readonly permit: ((url: string) => Promise<unknown>) | undefined;
  /** Value of `authorization` for an address. */
  readonly authorization: (url: string) => string | undefined;
  readonly maxSockets: number;
  readonly timeoutMs: number;
  readonly fetch: typeof fetch;
  readonly onResponse:
    ((response: { readonly url: string; readonly status: number; readonly ms: number; readonly cached: boolean }) => void) | undefined;
}

export interface RequestOptions {
  readonly accept?: string;
  /** Sent where nothing else is known that proves who asks. */
  readonly basic?: string | undefined;
  readonly method?: string;
  readonly body?: unknown;
  readonly cache?: RequestCache;
  /** Only where the browser has no cache of its own for the address: it makes a request from another origin ask twice. */
  readonly etag?: string | undefined;
  /** For error texts: `react@^19.0.0`. */
  readonly pkgid?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((received: number, total: number | undefined) => void) | undefined;
  /** Waited for before the body is read, however long it takes. */
  readonly admit?: ((total: number | undefined) => Promise<void>) | undefined;
  readonly maxBytes: number;
}

export interface Answer {
  readonly status: number;
  /** Of the last redirect. */
  readonly url: string;
  readonly headers: Headers;
  /** Empty for 304. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What HTTP/2 leaves out. */
const reasons: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  410: 'Gone',
  418: "I'm a Teapot",
  429: 'Too Many Requests',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

export class Requests {
  readonly #options: RequestsOptions;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(options: RequestsOptions) {
    this.#options = options;
  }

  /**
   * One attempt. Resolves with statuses below 400.
   *
   * @throws {PackageError} for every other answer and for none; the reason of `signal`.
   */
  async send(url: string, options: RequestOptions): Promise<Answer> {
    options.signal?.throwIfAborted();
    await this.#enter();
    try {
      options.signal?.throwIfAborted();
      await this.#permit(url, options.pkgid);
      return await this.#send(url, options);
    } finally {
      this.#leave();
    }
  }

  async #enter(): Promise<void> {
    if (this.#running >= this.#options.maxSockets) await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    else this.#running++;
  }

  /** Whoever waits longest takes the place over. */
  #leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next();
  }

  async #permit(url: string, pkgid: string | undefined): Promise<void> {
    try {
      await this.#options.permit?.(withoutCredentials(url));
    } catch (cause) {
      if (!(cause instanceof PosixError) || cause.code !== 'EACCES') throw cause;
      const { host } = new URL(url);
      throw new PackageError('EPERMISSION', `This container may not request ${withoutCredentials(url)}`, {
        uri: withoutCredentials(url),
        pkgid,
        cause,
        advice: [
          `Neither its registries nor its network permissions name "${host}".`,
          `The author of the page can set the container's "registry" attribute, allow the host, or bake the packages: npx bavini bake`,
        ],
      });
    }
  }

  /** A page cannot look at a redirect before it is followed; what is answered from where the container may not ask is not read. */
  async #permitRedirect(response: Response, pkgid: string | undefined): Promise<void> {
    try {
      await this.#permit(response.url, pkgid);
    } catch (error) {
      void response.body?.cancel().catch(() => {}); // Nobody reads it.
      throw error;
    }
  }

  async #send(address: string, options: RequestOptions): Promise<Answer> {
    const { fetch, timeoutMs, onResponse } = this.#options;
    const { signal, method = 'GET' } = options;
    const url = withoutCredentials(address);
    const quiet = new AbortController();
    const idle = () =>
      new PackageError('EIDLETIMEOUT', `Idle timeout reached for host \`${new URL(url).host}\``, { uri: url, pkgid: options.pkgid });
    let timer: ReturnType<typeof setTimeout> | undefined;
    const alive = () => {
      clearTimeout(timer);
      timer = setTimeout(() => quiet.abort(idle()), timeoutMs);
    };
    alive();
    const forward = () => quiet.abort(signal?.reason);
    signal?.addEventListener('abort', forward, { once: true });
    const started = performance.now();
    try {
      const response = await fetch(url, {
        method,
        headers: this.#headers(address, options),
        cache: options.cache ?? 'default',
        referrerPolicy: 'no-referrer',
        signal: quiet.signal,
        ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      });
      alive();
      if (response.redirected) await this.#permitRedirect(response, options.pkgid);
      if (options.admit !== undefined && response.ok) {
        clearTimeout(timer); // Not the server's silence, but ours.
        await options.admit(lengthOf(response));
        alive();
      }
      const bytes = await readBody(response, alive, options, url);
      onResponse?.({ url, status: response.status, ms: performance.now() - started, cached: response.status === 304 });
      if (response.status >= 400) throw statusError(response, bytes, method, url, options.pkgid);
      return { status: response.status, url: response.url === '' ? url : response.url, headers: response.headers, bytes };
    } catch (error) {
      if (quiet.signal.aborted) throw quiet.signal.reason;
      if (error instanceof PackageError) throw error;
      throw await explainFailure(url, { cause: error, fetch, pkgid: options.pkgid });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', forward);
    }
  }

  #headers(address: string, { accept, etag, body, basic }: RequestOptions): Record<string, string> {
    const authorization = this.#options.authorization(address) ?? basic;
    return {
      ...(accept === undefined ? {} : { accept }),
      ...(authorization === undefined ? {} : { authorization }),
      ...(etag === undefined ? {} : { 'if-none-match': etag }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
  }
}

/** Worth another attempt, by npm's rules. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof PackageError)) return false;
  const { code, statusCode = 0 } = error;
  return code === 'ENETWORK' || code === 'EIDLETIMEOUT' || [408, 420, 429].includes(statusCode) || statusCode >= 500;
}

/** User and password of an address are no part of it where it is asked for, shown or kept: they are sent in a header only. */
export function withoutCredentials(address: string): string {
  const url = new URL(address);
  url.username = url.password = url.hash = '';
  return url.href;
}

/** Of a compressed answer the header says something else. */
function lengthOf({ headers }: Response): number | undefined {
  const stated = Number(headers.get('content-length') ?? Number.NaN);
  return Number.isSafeInteger(stated) && !headers.has('content-encoding') ? stated : undefined;
}

async function readBody(response: Response, alive: () => void, options: RequestOptions, url: string): Promise<Uint8Array<ArrayBuffer>> {
  const { maxBytes, onProgress, pkgid } = options;
  if (response.body === null || response.status === 304) return new Uint8Array();
  const total = lengthOf(response);
  let bytes = new Uint8Array(Math.min(total ?? 64 << 10, maxBytes));
  let used = 0;
  const reader = response.body.getReader();
  for (;;) {
    const { value, done } = await reader.read();
    if (done) break;
    alive();
    const end = used + value.length;
    if (end > maxBytes) {
      void reader.cancel().catch(() => {}); // Nobody reads what else would come.
      throw new PackageError('FETCH_ERROR', `content size at ${url} over limit: ${maxBytes}`, { uri: url, pkgid });
    }
    if (end > bytes.length) {
      const grown = new Uint8Array(Math.max(end, bytes.length * 2));
      grown.set(bytes.subarray(0, used));
      bytes = grown;
    }
    bytes.set(value, used);
    used = end;
    onProgress?.(used, total);
  }
  return bytes.subarray(0, used);
}

function statusError(response: Response, bytes: Uint8Array<ArrayBuffer>, method: string, url: string, pkgid?: string): PackageError {
  const { status, headers } = response;
  const text = new TextDecoder().decode(bytes.subarray(0, 64 << 10));
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    body = text; // A page of a proxy, as a rule.
  }
  const need = headers.get('www-authenticate');
  const retryAfter = headers.get('retry-after');
  const facts = {
    statusCode: status,
    uri: url,
    method,
    pkgid,
    body,
    headers: {
      ...(need === null ? {} : { 'www-authenticate': need.split(/,\s*/) }),
      ...(retryAfter === null ? {} : { 'retry-after': [retryAfter] }),
    },
  };
  if (status === 401) {
    const kinds = need?.toLowerCase().split(/,\s*/) ?? [];
    if (kinds.includes('otp') || /one-time pass/.test(text)) return new PackageError('EOTP', 'OTP required for authentication', facts);
    if (need !== null) return new PackageError('E401', `Unable to authenticate, need: ${need}`, facts);
  }
  const said = (body as { readonly error?: unknown } | null)?.error;
  const reason = response.statusText === '' ? (reasons[status] ?? '') : response.statusText;
  const message = `${status} ${reason} - ${method} ${url}${typeof said === 'string' && said !== '' ? ` - ${said}` : ''}`;
  return new PackageError(`E${status}`, message, facts);
}
