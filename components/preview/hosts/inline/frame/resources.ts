/** Resources of the server as `blob:` URLs of this frame. Each is loaded once and lives as long as the document. */
import type { Bridge, WholeResponse } from '../../document/bridge.ts';
import type { PageLocation } from './page-location.ts';
import { rewriteStyle, type StyleLoader } from './styles.ts';

export class Resources implements StyleLoader {
  readonly #bridge: Bridge;
  readonly #location: PageLocation;
  readonly #resources = new Map<string, Promise<string | undefined>>();
  readonly #sheets = new Map<string, Promise<string | undefined>>();
  readonly #originals = new Map<string, string>();
  readonly #sheetTexts = new Map<string, string>();

  constructor(bridge: Bridge, location: PageLocation) {
    this.#bridge = bridge;
    this.#location = location;
  }

  /** What a `blob:` URL was made from; any other URL unchanged. */
  originalOf(url: string): string {
    return this.#originals.get(url) ?? url;
  }

  blobUrl(content: BlobPart, type: string, original: string): string {
    const url = URL.createObjectURL(new Blob([content], { type }));
    this.#originals.set(url, original);
    return url;
  }

  /** A failed request is reported to the console as a browser does, and is undefined. */
  async fetch(url: string, accept?: string): Promise<WholeResponse | undefined> {
    try {
      const response = await this.#bridge.load(url, accept);
      if (response.status >= 200 && response.status <= 299) return response;
      console.error(`Failed to load ${url}: the server answered ${response.status} ${response.statusText}`.trimEnd());
    } catch (error) {
      console.error(`Failed to load ${url}: ${error instanceof Error ? error.message : String(error)}`);
    }
    return undefined;
  }

  resource(url: string): Promise<string | undefined> {
    const key = url.split('#', 1)[0]!;
    let loading = this.#resources.get(key);
    if (loading === undefined) {
      loading = this.fetch(key).then((response) => response && this.blobUrl(response.bytes, response.contentType, key));
      this.#resources.set(key, loading);
      void loading.then((blob) => {
        if (blob === undefined) this.#resources.delete(key); // It may be there when it is asked for again.
      });
    }
    return loading;
  }

  sheet(url: string): Promise<string | undefined> {
    // A sheet that imports itself, over others too, finds an empty one: the outer one has the rules already.
    return this.#sheet(url, []);
  }

  #sheet(url: string, parents: readonly string[]): Promise<string | undefined> {
    if (parents.includes(url)) return Promise.resolve(undefined);
    let loading = this.#sheets.get(url);
    // Within a chain of imports nothing is shared: two sheets that import each other would wait for each other.
    if (loading === undefined || parents.length > 0) {
      loading = this.fetch(url, 'text/css,*/*;q=0.1').then(async (response) => {
        if (response === undefined) return undefined;
        if (response.contentType !== '' && response.contentType !== 'text/css') {
          console.error(`Cannot use the style sheet ${url}: its type is "${response.contentType}", not "text/css"`);
          return undefined;
        }
        const loader: StyleLoader = { resource: (one) => this.resource(one), sheet: (one) => this.#sheet(one, [...parents, url]) };
        const css = await rewriteStyle(new TextDecoder().decode(response.bytes), response.url, this.#location, loader);
        const blob = this.blobUrl(css, 'text/css', url);
        this.#sheetTexts.set(blob, css);
        return blob;
      });
      if (parents.length === 0) {
        this.#sheets.set(url, loading);
        // Loaded again when it is linked again: the server may have another one by then.
        void loading.then(() => this.#sheets.delete(url));
      }
    }
    return loading;
  }

  /** What is in the `blob:` URL of a sheet. */
  sheetText(blob: string): string | undefined {
    return this.#sheetTexts.get(blob);
  }

  style(css: string, base: string): Promise<string> {
    return rewriteStyle(css, base, this.#location, this);
  }
}
