/** Where the document is, as the server knows it. The frame's own `location` is `about:srcdoc` and cannot be replaced. */

const localHosts = new Set(['localhost', '127.0.0.1', '[::1]', '0.0.0.0']);

/** Whether the page carries requests for `url`. */
export function isServerUrl(url: URL): boolean {
  return (url.protocol === 'http:' || url.protocol === 'ws:') && localHosts.has(url.hostname);
}

export class PageLocation {
  #url: URL;
  readonly allowHosts: readonly string[];
  /** The `<base>` that follows {@link url}; gone once the document brings its own. */
  base: HTMLBaseElement | undefined;

  constructor(url: string, allowHosts: readonly string[]) {
    this.#url = new URL(url);
    this.allowHosts = allowHosts;
  }

  get url(): URL {
    return new URL(this.#url);
  }

  set url(url: URL) {
    this.#url = new URL(url);
    if (this.base?.isConnected === true) this.base.href = url.href;
  }

  /** Relative to the document's base; undefined if it is no URL. */
  resolve(text: string, base: string = document.baseURI): URL | undefined {
    try {
      return new URL(text, base);
    } catch {
      return undefined;
    }
  }

  /** `text` as the absolute URL of a resource that must come through the page; undefined for any other. */
  serverUrl(text: string, base?: string): string | undefined {
    const url = this.resolve(text, base);
    return url !== undefined && isServerUrl(url) ? url.href : undefined;
  }

  /** Whether the document may reach `url` on the real network. */
  allows(url: URL): boolean {
    return this.allowHosts.some((host) => {
      const source = host.includes('://') ? host : `https://${host}`;
      if (source.startsWith('https://*.')) return url.protocol === 'https:' && url.hostname.endsWith(source.slice('https://*'.length));
      return URL.canParse(source) && new URL(source).origin === url.origin;
    });
  }
}
