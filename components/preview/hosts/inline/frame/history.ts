/** `history`, `location` as far as scripts can be given one, and the document's own URL. */
import type { Bridge } from '../../document/bridge.ts';
import type { WireNavigation } from '../../../../../runtime/wires/preview-wire.ts';
import { isServerUrl, type PageLocation } from './page-location.ts';

export class Navigator {
  readonly #bridge: Bridge;
  readonly #location: PageLocation;
  #state: unknown;
  #length: number;

  constructor(bridge: Bridge, location: PageLocation, history: { readonly length: number; readonly state: unknown }) {
    this.#bridge = bridge;
    this.#location = location;
    this.#length = history.length;
    this.#state = history.state;
  }

  get url(): URL {
    return this.#location.url;
  }

  /** Goes where a link or a script wants to: within the document if only the hash differs. */
  go(target: string | URL, options: Partial<Omit<WireNavigation, 'url'>> = {}): void {
    const url = typeof target === 'string' ? this.#location.resolve(target) : target;
    if (url === undefined) throw new DOMException(`"${String(target)}" is no URL`, 'SyntaxError');
    if (url.protocol === 'javascript:') return;
    const { method = 'GET', contentType = '', body = null, replace = false, download = null } = options;
    const here = this.#location.url;
    if (method === 'GET' && download === null && url.hash !== '' && url.href.split('#', 1)[0] === here.href.split('#', 1)[0]) {
      this.#goToHash(url, replace);
      return;
    }
    if (!isServerUrl(url)) {
      if (/^(?:https?|mailto|tel):$/.test(url.protocol)) window.open(url.href, '_blank', 'noopener');
      return;
    }
    this.#bridge.notify({ kind: 'navigate', url: url.href, method, contentType, body, replace, download });
  }

  reload(): void {
    this.#bridge.notify({
      kind: 'navigate',
      url: this.url.href,
      method: 'GET',
      contentType: '',
      body: null,
      replace: true,
      download: null,
    });
  }

  traverse(delta: number): void {
    if (delta === 0) this.reload();
    else this.#bridge.notify({ kind: 'traverse', delta });
  }

  #goToHash(url: URL, replace: boolean): void {
    const old = this.url;
    this.scrollTo(url.hash);
    if (url.href === old.href) return;
    this.#change(replace ? 'replace' : 'push', null, url);
    this.#hashChanged(old, url, null);
  }

  #hashChanged(old: URL, url: URL, state: unknown): void {
    window.dispatchEvent(new PopStateEvent('popstate', { state }));
    window.dispatchEvent(new HashChangeEvent('hashchange', { oldURL: old.href, newURL: url.href }));
  }

  scrollTo(hash: string): void {
    const id = decodeURIComponent(hash.slice(1));
    if (id === '' || id === 'top') window.scrollTo(0, 0);
    else (document.getElementById(id) ?? document.getElementsByName(id)[0])?.scrollIntoView();
  }

  #change(action: 'push' | 'replace', state: unknown, url: URL): void {
    this.#state = state;
    if (action === 'push') this.#length = Math.min(this.#length + 1, 50);
    this.#location.url = url;
    this.#bridge.notify({ kind: 'history', action, url: url.href, state });
  }

  /** The page went to another entry of this document. */
  onPopState(href: string, state: unknown, length: number): void {
    const old = this.url;
    const url = new URL(href);
    this.#state = state;
    this.#length = length;
    this.#location.url = url;
    window.dispatchEvent(new PopStateEvent('popstate', { state }));
    if (url.hash !== old.hash) {
      this.scrollTo(url.hash);
      window.dispatchEvent(new HashChangeEvent('hashchange', { oldURL: old.href, newURL: url.href }));
    }
  }

  install(): void {
    const change = (action: 'push' | 'replace') => (state: unknown, _title: string, target?: string | URL | null) => {
      const url = target === undefined || target === null ? this.url : this.#location.resolve(String(target));
      if (url?.origin !== this.url.origin) {
        throw new DOMException(`A history entry of ${this.url.origin} cannot have the URL "${String(target)}"`, 'SecurityError');
      }
      this.#change(action, structuredClone(state), url);
    };
    const { prototype } = History;
    prototype.pushState = change('push');
    prototype.replaceState = change('replace');
    prototype.back = () => this.traverse(-1);
    prototype.forward = () => this.traverse(1);
    prototype.go = (delta = 0) => this.traverse(delta);
    Object.defineProperty(prototype, 'state', { get: () => this.#state, configurable: true, enumerable: true });
    Object.defineProperty(prototype, 'length', { get: () => this.#length, configurable: true, enumerable: true });
    for (const name of ['URL', 'documentURI']) Object.defineProperty(document, name, { get: () => this.url.href, configurable: true });
    Object.defineProperty(document, 'domain', { get: () => this.url.hostname, configurable: true });
    const open = window.open.bind(window);
    window.open = (target, name, features) => {
      const url = target === undefined || target === '' ? undefined : this.#location.resolve(String(target));
      if (url === undefined || !isServerUrl(url)) return open(target, name, features);
      this.go(url);
      return window;
    };
  }

  /** What rewritten scripts get for `location`. */
  face(): object {
    const get = (name: 'href' | 'protocol' | 'host' | 'hostname' | 'port' | 'pathname' | 'search' | 'hash') => ({
      enumerable: true,
      get: () => this.url[name],
      set: (value: unknown) => {
        if (name === 'href') {
          this.go(String(value));
          return;
        }
        const url = this.url;
        url[name] = String(value);
        this.go(url);
      },
    });
    const face = {};
    for (const name of ['href', 'protocol', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'] as const)
      Object.defineProperty(face, name, get(name));
    Object.defineProperties(face, {
      origin: { enumerable: true, get: () => this.url.origin },
      ancestorOrigins: { enumerable: true, value: Object.freeze({ length: 0, item: () => null, contains: () => false }) },
      assign: { enumerable: true, value: (url: string | URL) => this.go(String(url)) },
      replace: { enumerable: true, value: (url: string | URL) => this.go(String(url), { replace: true }) },
      reload: { enumerable: true, value: () => this.reload() },
      toString: { enumerable: true, value: () => this.url.href },
      [Symbol.toStringTag]: { value: 'Location' },
    });
    return face;
  }
}
