/** Scripts with a `src` of the server and module scripts, in the order and at the time the HTML standard runs them. */
import type { LoadingElements } from './elements.ts';
import type { Modules } from './modules.ts';
import type { PageLocation } from './page-location.ts';
import type { Resources } from './resources.ts';
import type { SourceRewriter } from './source-rewriter.ts';

/** The type that a module script has in the DOM, so that the browser does not run it itself. */
export const moduleType = 'bv-module';
const classicTypes = /^(?:|(?:text|application)\/(?:x-)?(?:javascript|ecmascript)|text\/(?:jscript|livescript|javascript1\.[0-5]))$/i;

export function isClassic(type: string | null): boolean {
  return type === null || classicTypes.test(type.trim());
}

export class Scripts {
  readonly #location: PageLocation;
  readonly #resources: Resources;
  readonly #modules: Modules;
  readonly #rewriter: SourceRewriter;
  readonly #native: LoadingElements['native'];
  /** What scripts wrote to `src`. */
  readonly #sources = new WeakMap<HTMLScriptElement, string>();
  /** Scripts that have run, or are about to. */
  readonly #started = new WeakSet<HTMLScriptElement>();
  /** Dynamic scripts with `async = false` run in the order of their insertion. */
  #ordered: Promise<unknown> = Promise.resolve();
  readonly #running = new Set<Promise<unknown>>();

  constructor(options: {
    location: PageLocation;
    resources: Resources;
    modules: Modules;
    rewriter: SourceRewriter;
    elements: LoadingElements;
  }) {
    this.#location = options.location;
    this.#resources = options.resources;
    this.#modules = options.modules;
    this.#rewriter = options.rewriter;
    this.#native = options.elements.native;
  }

  /** Resolves when the scripts under way have run. */
  async idle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running);
  }

  /** A `blob:` URL of the script's text; undefined if it cannot be had. */
  async load(url: string): Promise<string | undefined> {
    const response = await this.#resources.fetch(url);
    if (response === undefined) return undefined;
    if (/^(?:text\/html|text\/css|image\/|video\/|audio\/|text\/csv)/.test(response.contentType)) {
      console.error(`Cannot run the script ${url}: its type is "${response.contentType}"`);
      return undefined;
    }
    const text = await this.#rewriter.rewrite(new TextDecoder().decode(response.bytes), 'script', url);
    return this.#resources.blobUrl(`${text}\n//# sourceURL=${url}`, 'text/javascript', url);
  }

  /** Runs a script element that has no native `src` yet; resolves when it has run or failed. */
  run(element: HTMLScriptElement, blob: string | undefined): Promise<void> {
    return new Promise((resolve) => {
      element.addEventListener('load', () => resolve(), { once: true });
      element.addEventListener('error', () => resolve(), { once: true });
      if (!element.isConnected) resolve();
      this.#native.setAttribute.call(element, 'src', blob ?? 'blob:null/not-found');
    });
  }

  /** Runs a module script; its failure is reported as the browser does. */
  runModule(element: HTMLScriptElement, src: string | null): Promise<void> {
    this.#started.add(element);
    const running = (src === null ? this.#modules.runInline(element.textContent ?? '') : this.#modules.import(src)).then(
      () => void element.dispatchEvent(new Event('load')),
      (error: unknown) => {
        element.dispatchEvent(new Event('error'));
        reportError(error);
      },
    );
    this.track(running);
    return running;
  }

  /** `load` waits for it. */
  track(running: Promise<unknown>): void {
    this.#running.add(running);
    void running.finally(() => this.#running.delete(running));
  }

  /** Remembers what `src` of a script in the markup is. It has been taken out of the DOM, and the writer runs the script. */
  remember(element: HTMLScriptElement, src: string): void {
    this.#started.add(element);
    this.#sources.set(element, src);
  }

  /** A script wrote `src`. True if it is ours to load. */
  #set(element: HTMLScriptElement, text: string): boolean {
    const url = this.#location.serverUrl(text);
    if (url === undefined) {
      this.#sources.delete(element);
      return false;
    }
    this.#sources.set(element, text);
    // What kind of script it is, is known once it is inserted; a classic one may be fetched before.
    if (element.isConnected) this.adopt(element);
    return true;
  }

  /** The writer runs the script. */
  claim(element: HTMLScriptElement): void {
    this.#started.add(element);
  }

  /** A script element is in the document: runs it if it is ours and has not run. */
  adopt(element: HTMLScriptElement): void {
    if (this.#started.has(element)) return;
    const src = this.#sources.get(element) ?? null;
    const type = this.#native.getAttribute.call(element, 'type');
    if (type === moduleType) {
      if (src === null && (element.textContent ?? '') === '') return;
      void this.runModule(element, src === null ? null : (this.#location.serverUrl(src) ?? src));
      return;
    }
    if (type === 'importmap' && !element.hasAttribute('src')) {
      this.#started.add(element);
      void this.#modules.addImportMap(element.textContent ?? '');
      return;
    }
    if (src === null || !isClassic(type)) return;
    this.#started.add(element);
    const url = this.#location.serverUrl(src);
    if (url === undefined) return;
    const loading = this.load(url);
    const running = element.async
      ? loading.then((blob) => this.run(element, blob))
      : this.#ordered.then(async () => this.run(element, await loading));
    if (!element.async) this.#ordered = running;
    this.track(running);
  }

  /** Meets what scripts do to script elements. */
  install(): void {
    const scripts = this as Scripts;
    const { setAttribute, getAttribute } = this.#native;
    const loading = { setAttribute: Element.prototype.setAttribute, getAttribute: Element.prototype.getAttribute };
    HTMLScriptElement.prototype.setAttribute = function (name, value) {
      const key = name.toLowerCase();
      if (key === 'src' && scripts.#set(this, String(value))) return;
      if (key === 'type' && String(value).trim().toLowerCase() === 'module') setAttribute.call(this, 'type', moduleType);
      else loading.setAttribute.call(this, name, value);
    };
    HTMLScriptElement.prototype.getAttribute = function (name) {
      const key = name.toLowerCase();
      const value = getAttribute.call(this, name);
      if (key === 'src') return scripts.#sources.get(this) ?? value;
      return key === 'type' && value === moduleType ? 'module' : value;
    };
    const hasAttribute = Element.prototype.hasAttribute;
    HTMLScriptElement.prototype.hasAttribute = function (name) {
      return (name.toLowerCase() === 'src' && scripts.#sources.has(this)) || hasAttribute.call(this, name);
    };
    this.#wrap(
      'src',
      (element, value) => this.#set(element, value),
      (element, value) => {
        const src = this.#sources.get(element);
        return src === undefined ? this.#resources.originalOf(value) : (this.#location.resolve(src)?.href ?? src);
      },
    );
    this.#wrap(
      'type',
      (element, value) => {
        if (value.trim().toLowerCase() !== 'module') return false;
        setAttribute.call(element, 'type', moduleType);
        return true;
      },
      (_, value) => (value === moduleType ? 'module' : value),
    );
  }

  #wrap(
    property: 'src' | 'type',
    set: (element: HTMLScriptElement, value: string) => boolean,
    get: (element: HTMLScriptElement, value: string) => string,
  ): void {
    const native = Object.getOwnPropertyDescriptor(HTMLScriptElement.prototype, property)!;
    Object.defineProperty(HTMLScriptElement.prototype, property, {
      ...native,
      get(this: HTMLScriptElement) {
        return get(this, String(native.get?.call(this)));
      },
      set(this: HTMLScriptElement, value: unknown) {
        if (!set(this, String(value))) native.set?.call(this, value);
      },
    });
  }
}
