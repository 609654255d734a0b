/**
 * Elements that load something by attribute. What leads to the server is fetched, and the native attribute gets a `blob:` URL;
 * scripts go on reading what they wrote. Elements made by scripts are met at their setters, which works for those outside of
 * the document too; what came as markup, at the mutation observer.
 */
import type { PageLocation } from './page-location.ts';
import type { Resources } from './resources.ts';
import { mayHaveUrls } from './styles.ts';

/** Attributes with one URL, by element. */
const urlAttributes: Readonly<Record<string, readonly string[]>> = {
  img: ['src'],
  source: ['src'],
  video: ['src', 'poster'],
  audio: ['src'],
  track: ['src'],
  input: ['src'],
  embed: ['src'],
  object: ['data'],
  image: ['href', 'xlink:href'],
  use: ['href', 'xlink:href'],
  feimage: ['href', 'xlink:href'],
};
const setAttributes: Readonly<Record<string, readonly string[]>> = { img: ['srcset'], source: ['srcset'] };
/** The selector of everything this file handles, `<link>` included; scripts are another file's. */
export const loadingElements = `${Object.keys(urlAttributes).join(',')},link,style,[style*="url("]`;

/** Where a `blob:` URL that never loads sends an element: to its `error` event. */
const brokenUrl = 'data:,';

/** An entry of `srcset`: a URL, then its width or density. */
function parseSrcset(text: string): { url: string; descriptor: string }[] {
  const entries: { url: string; descriptor: string }[] = [];
  const pattern = /[\s,]*(\S*[^,\s])(?:\s+([^,(]*(?:\([^)]*\)[^,(]*)*))?\s*(?:,|$)/g;
  for (const [, url = '', descriptor = ''] of text.matchAll(pattern)) if (url !== '') entries.push({ url, descriptor: descriptor.trim() });
  return entries;
}

const completeProperty = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'complete');
const nativeComplete = (image: HTMLImageElement) => completeProperty?.get?.call(image) === true;

interface Written {
  /** As the script or the markup wrote it. */
  readonly text: string;
  /** What the native attribute was given for it. */
  native?: string;
  /** The native attribute has it. */
  applied?: boolean;
}

export class LoadingElements {
  readonly #location: PageLocation;
  readonly #resources: Resources;
  readonly #written = new WeakMap<Element, Map<string, Written>>();
  /** Their bytes are not here yet. */
  readonly #waiting = new Set<Element>();
  /** The browser is at work on their bytes. */
  readonly #loading = new Set<Element>();
  /** Styles that are being rewritten. */
  #styling = 0;
  readonly #onIdle = new Set<() => void>();
  readonly #onChange = new Set<() => void>();
  /** Styles as last written by us, to tell our writes from the document's. */
  readonly #styles = new WeakMap<Element, string>();
  readonly native = {
    getAttribute: Element.prototype.getAttribute,
    setAttribute: Element.prototype.setAttribute,
    removeAttribute: Element.prototype.removeAttribute,
  };

  constructor(location: PageLocation, resources: Resources) {
    this.#location = location;
    this.#resources = resources;
  }

  /** Whether something the document waits for before `load` is under way. */
  get idle(): Promise<void> {
    return this.#waiting.size + this.#loading.size + this.#styling === 0
      ? Promise.resolve()
      : new Promise((resolve) => this.#onIdle.add(resolve));
  }

  /** The same for style sheets alone. */
  get idleStyles(): Promise<void> {
    const busy = () => [...this.#waiting, ...this.#loading].some((element) => element.localName === 'link');
    return busy()
      ? new Promise((resolve) => {
          const check = () => {
            if (busy()) return;
            this.#onChange.delete(check);
            resolve();
          };
          this.#onChange.add(check);
        })
      : Promise.resolve();
  }

  isWaiting(element: EventTarget | null): boolean {
    return element instanceof Element && this.#waiting.has(element);
  }

  /** Whether `name` of `element` is one of those that load. */
  handles(element: Element, name: string): boolean {
    const tag = element.localName.toLowerCase();
    if (tag === 'link') return name === 'href' && this.#isStyle(element);
    return urlAttributes[tag]?.includes(name) === true || setAttributes[tag]?.includes(name) === true;
  }

  /** What was written, while the native attribute is something else. */
  written(element: Element, name: string): string | undefined {
    return this.#written.get(element)?.get(name)?.text;
  }

  forget(element: Element, name: string): void {
    const mine = this.#written.get(element);
    if (mine?.delete(name) !== true) return;
    if ([...mine.values()].some(({ applied }) => applied !== true)) {
      this.#apply(element, mine);
      return;
    }
    this.#waiting.delete(element);
    this.#finish();
  }

  /** Handles what the markup says of `element`. */
  adopt(element: Element): void {
    const tag = element.localName.toLowerCase();
    for (const name of [...(urlAttributes[tag] ?? []), ...(setAttributes[tag] ?? []), ...(tag === 'link' ? ['href'] : [])]) {
      const text = this.native.getAttribute.call(element, name);
      if (text !== null && this.handles(element, name)) this.set(element, name, text);
    }
    if (tag === 'style') this.#adoptStyleElement(element);
    if (element.hasAttribute('style')) this.adoptStyleAttribute(element);
  }

  /** Sets an attribute that {@link handles} knows; false if it is not ours to load and may be set natively. */
  set(element: Element, name: string, text: string): boolean {
    if (this.#written.get(element)?.get(name)?.native === text) return true; // Our own writing, met again.
    if (text.startsWith('blob:') || text.startsWith('data:')) {
      this.forget(element, name);
      return false;
    }
    const tag = element.localName.toLowerCase();
    if (setAttributes[tag]?.includes(name) === true) return this.#setSet(element, name, text);
    if (tag === 'use' && text.startsWith('#')) return false;
    const url = this.#location.serverUrl(text);
    if (url === undefined) {
      this.forget(element, name);
      return false;
    }
    const loading = tag === 'link' ? this.#resources.sheet(url) : this.#resources.resource(url);
    this.#load(
      element,
      name,
      text,
      loading.then((blob) => (blob === undefined ? brokenUrl : `${blob}${new URL(url).hash}`)),
    );
    return true;
  }

  #setSet(element: Element, name: string, text: string): boolean {
    const entries = parseSrcset(text);
    if (!entries.some(({ url }) => this.#location.serverUrl(url) !== undefined)) {
      this.forget(element, name);
      return false;
    }
    const parts = entries.map(async ({ url, descriptor }) => {
      const target = this.#location.serverUrl(url);
      const blob = target === undefined ? url : ((await this.#resources.resource(target)) ?? brokenUrl);
      return `${blob} ${descriptor}`.trim();
    });
    this.#load(
      element,
      name,
      text,
      Promise.all(parts).then((list) => list.join(', ')),
    );
    return true;
  }

  #load(element: Element, name: string, text: string, value: Promise<string>): void {
    let mine = this.#written.get(element);
    if (mine === undefined) this.#written.set(element, (mine = new Map()));
    const written: Written = { text };
    mine.set(name, written);
    this.#waiting.add(element);
    void value.then((native) => {
      if (mine.get(name) !== written) return; // Written again meanwhile; that one's loading counts.
      written.native = native;
      this.#apply(element, mine);
    });
  }

  /** Writes all of an element's attributes at once, when the last is there: an image loads once for `src` and `srcset`. */
  #apply(element: Element, mine: ReadonlyMap<string, Written>): void {
    if ([...mine.values()].some(({ native }) => native === undefined)) return;
    this.#waiting.delete(element);
    this.#holdUp(element.localName === 'source' ? element.closest('picture')?.querySelector('img') : element);
    for (const [name, written] of mine) {
      if (written.applied === true) continue;
      written.applied = true;
      this.#setNative(element, name, written.native!);
    }
    this.#finish();
  }

  /** The document's `load` waits for images and style sheets, but not for lazy images and those outside of the document. */
  #holdUp(element: Element | null | undefined): void {
    if (!(element instanceof HTMLImageElement || element instanceof HTMLLinkElement) || !element.isConnected) return;
    const image = element instanceof HTMLImageElement ? element : undefined;
    if (image?.loading === 'lazy') return;
    this.#loading.add(element);
    const end = () => {
      if (image !== undefined && !nativeComplete(image)) return; // A `<source>` came meanwhile: it loads once more.
      element.removeEventListener('load', end);
      element.removeEventListener('error', end);
      this.#loading.delete(element);
      this.#finish();
    };
    element.addEventListener('load', end);
    element.addEventListener('error', end);
    if (image !== undefined) setTimeout(end); // A `<source>` may change nothing of what is shown.
  }

  #setNative(element: Element, name: string, value: string): void {
    if (name === 'xlink:href') element.setAttributeNS('http://www.w3.org/1999/xlink', name, value);
    else this.native.setAttribute.call(element, name, value);
  }

  #finish(): void {
    for (const listener of [...this.#onChange]) listener();
    for (const one of this.#loading) if (!one.isConnected) this.#loading.delete(one);
    if (this.#waiting.size + this.#loading.size + this.#styling > 0) return;
    for (const resolve of [...this.#onIdle]) resolve();
    this.#onIdle.clear();
  }

  #isStyle(element: Element): boolean {
    return /(?:^|\s)stylesheet(?:\s|$)/i.test(this.native.getAttribute.call(element, 'rel') ?? '');
  }

  #rewrite(css: string, apply: (rewritten: string) => void): void {
    this.#styling += 1;
    void this.#resources
      .style(css, document.baseURI)
      .then(apply)
      .finally(() => {
        this.#styling -= 1;
        this.#finish();
      });
  }

  #adoptStyleElement(element: Element): void {
    const css = element.textContent ?? '';
    if (!mayHaveUrls(css) || this.#styles.get(element) === css) return;
    this.#styles.set(element, css);
    this.#rewrite(css, (rewritten) => {
      if (element.textContent !== css || rewritten === css) return;
      this.#styles.set(element, rewritten);
      element.textContent = rewritten;
    });
  }

  adoptStyleAttribute(element: Element): void {
    const style = (element as HTMLElement).style as CSSStyleDeclaration | undefined;
    const css = this.native.getAttribute.call(element, 'style');
    if (style === undefined || css === null || !mayHaveUrls(css) || this.#styles.get(element) === css) return;
    this.#styles.set(element, css);
    for (const property of style) {
      const value = style.getPropertyValue(property);
      if (!mayHaveUrls(value)) continue;
      this.#rewrite(value, (rewritten) => {
        if (rewritten === value || style.getPropertyValue(property) !== value) return;
        style.setProperty(property, rewritten, style.getPropertyPriority(property));
        this.#styles.set(element, this.native.getAttribute.call(element, 'style') ?? '');
      });
    }
  }

  /** Meets what scripts do to elements of their own. */
  install(): void {
    const elements = this as LoadingElements;
    const { getAttribute, setAttribute, removeAttribute } = this.native;
    Element.prototype.setAttribute = function (name, value) {
      if (elements.handles(this, name.toLowerCase()) && elements.set(this, name.toLowerCase(), String(value))) return;
      setAttribute.call(this, name, value);
    };
    Element.prototype.getAttribute = function (name) {
      return elements.written(this, name) ?? getAttribute.call(this, name);
    };
    Element.prototype.removeAttribute = function (name) {
      elements.forget(this, name);
      removeAttribute.call(this, name);
    };
    this.#installProperties();
  }

  #installProperties(): void {
    const elements = this as LoadingElements;
    const resources = this.#resources;
    const location = this.#location;
    const wrap = (type: { readonly prototype: Element }, property: string, isUrl: boolean) => {
      const native = Object.getOwnPropertyDescriptor(type.prototype, property);
      if (native?.get === undefined || native.set === undefined) return;
      Object.defineProperty(type.prototype, property, {
        ...native,
        get(this: Element) {
          const written = elements.written(this, property);
          if (written !== undefined) return isUrl ? (location.resolve(written)?.href ?? written) : written;
          const value: unknown = native.get?.call(this);
          return typeof value === 'string' ? resources.originalOf(value) : value;
        },
        set(this: Element, value: unknown) {
          if (elements.handles(this, property) && elements.set(this, property, String(value))) return;
          elements.forget(this, property);
          native.set?.call(this, value);
        },
      });
    };
    for (const type of [HTMLImageElement, HTMLSourceElement, HTMLMediaElement, HTMLTrackElement, HTMLInputElement, HTMLEmbedElement])
      wrap(type, 'src', true);
    wrap(HTMLVideoElement, 'poster', true);
    wrap(HTMLObjectElement, 'data', true);
    wrap(HTMLLinkElement, 'href', true);
    wrap(HTMLImageElement, 'srcset', false);
    wrap(HTMLSourceElement, 'srcset', false);
    Object.defineProperty(HTMLImageElement.prototype, 'complete', {
      configurable: true,
      enumerable: true,
      get(this: HTMLImageElement) {
        return !elements.isWaiting(this) && nativeComplete(this);
      },
    });
    const currentSrc = Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, 'currentSrc');
    Object.defineProperty(HTMLImageElement.prototype, 'currentSrc', {
      configurable: true,
      enumerable: true,
      get(this: HTMLImageElement) {
        return resources.originalOf(String(currentSrc?.get?.call(this) ?? ''));
      },
    });
    this.#installRules();
  }

  /** Rules that scripts insert: first as they are, then with what they load. */
  #installRules(): void {
    const resources = this.#resources;
    const insertRule = CSSStyleSheet.prototype.insertRule;
    const fix = (rules: Iterable<CSSRule>) => {
      for (const rule of rules) {
        if (rule instanceof CSSGroupingRule) fix(rule.cssRules);
        if (!(rule instanceof CSSStyleRule || rule instanceof CSSFontFaceRule)) continue;
        const style = rule.style;
        for (const property of [...style]) {
          const value = style.getPropertyValue(property);
          if (!mayHaveUrls(value)) continue;
          void resources.style(value, document.baseURI).then((rewritten) => {
            if (rewritten !== value) style.setProperty(property, rewritten, style.getPropertyPriority(property));
          });
        }
      }
    };
    CSSStyleSheet.prototype.insertRule = function (rule, index) {
      const at = insertRule.call(this, rule, index);
      if (mayHaveUrls(rule)) fix([this.cssRules[at]!]);
      return at;
    };
    const replaceSync = CSSStyleSheet.prototype.replaceSync as CSSStyleSheet['replaceSync'] | undefined;
    if (replaceSync !== undefined) {
      CSSStyleSheet.prototype.replaceSync = function (text) {
        replaceSync.call(this, text);
        if (mayHaveUrls(text)) fix(this.cssRules);
      };
    }
    const NativeFontFace = window.FontFace;
    window.FontFace = new Proxy(NativeFontFace, {
      construct: (_, [family, source, descriptors]: [string, string | BufferSource, FontFaceDescriptors | undefined]) => {
        const face = new NativeFontFace(family, typeof source === 'string' && mayHaveUrls(source) ? 'local("")' : source, descriptors);
        if (typeof source !== 'string' || !mayHaveUrls(source)) return face;
        let loaded: Promise<FontFace> | undefined;
        // The bytes are fetched when the face is asked for, as a browser does.
        const load = () =>
          (loaded ??= resources.style(source, document.baseURI).then(async (rewritten) => {
            const real = await new NativeFontFace(family, rewritten, descriptors).load();
            if (document.fonts.delete(face)) document.fonts.add(real);
            return real;
          }));
        Object.defineProperty(face, 'load', { value: load });
        Object.defineProperty(face, 'loaded', { get: load });
        return face;
      },
    });
  }
}
