/** The cookies of one container, by RFC 6265bis. Its servers are all on one host: as in a browser, ports share cookies. */

export interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly path: string;
  /** Milliseconds of the epoch; null ends with the session. */
  readonly expires: number | null;
  readonly httpOnly: boolean;
  readonly sameSite: 'strict' | 'lax' | 'none';
  readonly created: number;
}

/** A browser's own limits. */
const maxCookieLength = 4096;
const maxCookies = 180;
const maxAgeMs = 400 * 24 * 3600 * 1000;

/** Hosts by which a container's servers are reached. */
const localNames = new Set(['localhost', '127.0.0.1', '[::1]', '0.0.0.0']);

function defaultPath(url: URL): string {
  const last = url.pathname.lastIndexOf('/');
  return last <= 0 ? '/' : url.pathname.slice(0, last);
}

/** Whether a cookie of `cookiePath` belongs to a request for `path`. */
function pathMatches(path: string, cookiePath: string): boolean {
  return path === cookiePath || (path.startsWith(cookiePath) && (cookiePath.endsWith('/') || path[cookiePath.length] === '/'));
}

function hasControls(text: string): boolean {
  // eslint-disable-next-line no-control-regex
  return /[\0-\x08\x0a-\x1f\x7f]/.test(text);
}

interface ParsedCookie {
  readonly cookie: Cookie;
  readonly secureOnly: boolean;
}

/** What a `Set-Cookie` header, or a write to `document.cookie`, says; undefined if it must be ignored. */
function parseSetCookie(text: string, url: URL, now: number): ParsedCookie | undefined {
  const [pair = '', ...attributes] = text.split(';');
  const equals = pair.indexOf('=');
  const name = equals < 0 ? '' : pair.slice(0, equals).trim();
  const value = pair.slice(equals + 1).trim();
  if ((name === '' && value === '') || name.length + value.length > maxCookieLength || hasControls(name + value)) return undefined;
  let path = defaultPath(url);
  let expires: number | null = null;
  let maxAge: number | undefined;
  let httpOnly = false;
  let secureOnly = false;
  let sameSite: Cookie['sameSite'] = 'lax';
  let hasPath = false;
  for (const attribute of attributes) {
    const at = attribute.indexOf('=');
    const key = (at < 0 ? attribute : attribute.slice(0, at)).trim().toLowerCase();
    const content = at < 0 ? '' : attribute.slice(at + 1).trim();
    if (key === 'expires') {
      const date = Date.parse(content.replace(/^(\w+, \d+)-(\w+)-(\d+)/, '$1 $2 $3'));
      if (!Number.isNaN(date)) expires = date;
    } else if (key === 'max-age') {
      if (/^-?\d+$/.test(content)) maxAge = Number(content);
    } else if (key === 'path') {
      path = content.startsWith('/') ? content : defaultPath(url);
      hasPath = content === '/';
    } else if (key === 'domain') {
      const domain = content.replace(/^\./, '').toLowerCase();
      if (domain !== '' && domain !== url.hostname) return undefined;
    } else if (key === 'httponly') httpOnly = true;
    else if (key === 'secure') secureOnly = true;
    else if (key === 'samesite') {
      const mode = content.toLowerCase();
      sameSite = mode === 'strict' || mode === 'none' ? mode : 'lax';
    }
  }
  if (maxAge !== undefined) expires = maxAge <= 0 ? 0 : now + maxAge * 1000;
  if (expires !== null) expires = Math.min(expires, now + maxAgeMs);
  const prefix = name.toLowerCase();
  if (prefix.startsWith('__secure-') && !secureOnly) return undefined;
  if (prefix.startsWith('__host-') && (!secureOnly || !hasPath)) return undefined;
  return { cookie: { name, value, path, expires, httpOnly, sameSite, created: now }, secureOnly };
}

export class CookieJar {
  #cookies = new Map<string, Cookie>();
  readonly #now: () => number;
  readonly #onChange: () => void;

  constructor(options: { readonly now?: () => number; readonly onChange?: () => void } = {}) {
    this.#now = options.now ?? Date.now;
    this.#onChange = options.onChange ?? (() => undefined);
  }

  /**
   * Keeps what `Set-Cookie` or, with `fromScript`, `document.cookie` says. A local host counts as secure, as in browsers.
   *
   * Returns whether it was accepted.
   */
  set(text: string, url: URL, { fromScript }: { readonly fromScript: boolean }): boolean {
    if (!localNames.has(url.hostname)) return false;
    const now = this.#now();
    const parsed = parseSetCookie(text, url, now);
    if (parsed === undefined) return false;
    const { cookie } = parsed;
    const key = JSON.stringify([cookie.name, cookie.path]);
    const old = this.#cookies.get(key);
    if (fromScript && (cookie.httpOnly || old?.httpOnly === true)) return false;
    if (cookie.expires !== null && cookie.expires <= now) {
      if (this.#cookies.delete(key)) this.#onChange();
      return true;
    }
    this.#cookies.set(key, old === undefined ? cookie : { ...cookie, created: old.created });
    if (this.#cookies.size > maxCookies) {
      const [oldest] = [...this.#cookies].sort(([, a], [, b]) => a.created - b.created);
      if (oldest !== undefined) this.#cookies.delete(oldest[0]);
    }
    this.#onChange();
    return true;
  }

  #matching(url: URL, filter: (cookie: Cookie) => boolean): string {
    const now = this.#now();
    const found: Cookie[] = [];
    for (const [key, cookie] of this.#cookies) {
      if (cookie.expires !== null && cookie.expires <= now) this.#cookies.delete(key);
      else if (pathMatches(url.pathname, cookie.path) && filter(cookie)) found.push(cookie);
    }
    found.sort((a, b) => b.path.length - a.path.length || a.created - b.created);
    return found.map(({ name, value }) => (name === '' ? value : `${name}=${value}`)).join('; ');
  }

  /** The `Cookie` header; empty if there is none. All requests between ports of a container are same-site. */
  header(url: URL): string {
    return localNames.has(url.hostname) ? this.#matching(url, () => true) : '';
  }

  /** As `document.cookie` reads. */
  visible(url: URL): string {
    return localNames.has(url.hostname) ? this.#matching(url, (cookie) => !cookie.httpOnly) : '';
  }

  /** Cookies that outlive the session, for keeping. */
  persistent(): Cookie[] {
    return [...this.#cookies.values()].filter((cookie) => cookie.expires !== null && cookie.expires > this.#now());
  }

  /** Puts back what {@link persistent} gave. Anything malformed is left out. */
  restore(cookies: readonly unknown[]): void {
    for (const one of cookies) {
      const cookie = one as Cookie;
      if (typeof cookie?.name !== 'string' || typeof cookie.value !== 'string' || typeof cookie.path !== 'string') continue;
      if (typeof cookie.expires !== 'number' || cookie.expires <= this.#now()) continue;
      const sameSite = cookie.sameSite === 'strict' || cookie.sameSite === 'none' ? cookie.sameSite : 'lax';
      this.#cookies.set(JSON.stringify([cookie.name, cookie.path]), {
        name: cookie.name,
        value: cookie.value,
        path: cookie.path,
        expires: cookie.expires,
        httpOnly: cookie.httpOnly === true,
        sameSite,
        created: Number(cookie.created) || 0,
      });
    }
  }
}
