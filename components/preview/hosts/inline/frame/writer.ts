/**
 * Writes the server's document into the frame with the browser's own parser, holding it up where a browser would: at style
 * sheets and scripts that are not here yet. Then come deferred scripts and modules, `DOMContentLoaded` and `load`, which the
 * frame's own events, long past or too early, are kept from.
 */
import { loadingElements, type LoadingElements } from './elements.ts';
import type { Navigator } from './history.ts';
import type { Modules } from './modules.ts';
import type { PageLocation } from './page-location.ts';
import type { Resources } from './resources.ts';
import { isClassic, moduleType, type Scripts } from './scripts.ts';
import type { SourceRewriter } from './source-rewriter.ts';
import { mayHaveUrls } from './styles.ts';
import type { WireDocument } from '../../../../../runtime/wires/preview-wire.ts';
import { inlineStylesApply } from './strict-styles.ts';

export interface WriterOptions {
  readonly location: PageLocation;
  readonly navigator: Navigator;
  readonly resources: Resources;
  readonly elements: LoadingElements;
  readonly scripts: Scripts;
  readonly modules: Modules;
  readonly rewriter: SourceRewriter;
  /** What the container's `setPreviewScript` asked for. */
  readonly script: WireDocument['script'];
}

/** Attributes are kept under this prefix while the markup is being written, so that nothing starts to load by itself. */
const held = 'data-bv-';
const heldAttributes = ['src', 'srcset', 'href', 'poster', 'data', 'xlink:href', 'style'];
/** A module that awaits something that only happens later must not hold the document up for good. */
const maxModuleWaitMs = 3000;

type Step = () => Promise<void> | void;

export class Writer {
  readonly #options: WriterOptions;
  readonly #deferred: Step[] = [];
  readonly #key = `bv-${Math.random().toString(36).slice(2)}`;
  #readyState: DocumentReadyState = 'loading';
  #nativeEvents = false;

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Resolves after `load`. `prepare` runs once the old document is gone, before anything of the new one. */
  async write(html: string, prepare: () => void): Promise<void> {
    const parsed = new DOMParser().parseFromString(html, 'text/html');
    this.#addScript(parsed);
    this.#addBase(parsed);
    const steps = new Map<string, Step>();
    this.#mark(parsed, steps);
    if (!inlineStylesApply()) this.#holdStyles(parsed);
    const doctype = parsed.doctype === null ? '' : parsed.compatMode === 'BackCompat' ? '<!doctype html public "">' : '<!doctype html>';
    const pieces = `${doctype}${parsed.documentElement.outerHTML}`.split(new RegExp(`<!--${this.#key}:(\\d+)-->`));

    document.open();
    prepare();
    this.#holdEvents();
    for (const [index, piece] of pieces.entries()) {
      if (index % 2 === 1) await steps.get(piece)?.();
      else if (piece !== '') this.#writePiece(piece);
    }
    document.close();
    await this.#finish();
  }

  #writePiece(html: string): void {
    document.write(html);
    this.#options.location.base ??= document.querySelector<HTMLBaseElement>(`base[${held}base]`) ?? undefined;
    for (const name of heldAttributes) {
      for (const element of document.querySelectorAll(`[${CSS.escape(held + name)}]`)) {
        const text = element.getAttribute(held + name) ?? '';
        element.removeAttribute(held + name);
        if (name === 'style') (element as HTMLElement).style.cssText = text;
        else if (element instanceof HTMLScriptElement) this.#options.scripts.remember(element, text);
        else if (!this.#options.elements.set(element, name, text)) this.#options.elements.native.setAttribute.call(element, name, text);
      }
    }
  }

  #addScript(parsed: Document): void {
    const { script } = this.#options;
    if (script === null) return;
    const element = parsed.createElement('script');
    if (script.type !== '') element.setAttribute('type', script.type);
    element.textContent = script.text;
    element.toggleAttribute('async', script.async);
    element.toggleAttribute('defer', script.defer);
    parsed.head.prepend(element);
  }

  #addBase(parsed: Document): void {
    const { url } = this.#options.location;
    const own = parsed.querySelector('base[href]');
    if (own === null) {
      const base = parsed.createElement('base');
      base.href = url.href;
      base.setAttribute(`${held}base`, '');
      parsed.head.prepend(base);
    } else own.setAttribute('href', new URL(own.getAttribute('href') ?? '', url).href);
  }

  /** Takes out what must be waited for, leaving a mark at its place, and holds back what would load. */
  #mark(parsed: Document, steps: Map<string, Step>): void {
    const base = parsed.querySelector('base[href]')?.getAttribute('href') ?? this.#options.location.url.href;
    let count = 0;
    const mark = (element: Element, step: Step) => {
      const id = String(++count);
      steps.set(id, step);
      element.replaceWith(parsed.createComment(`${this.#key}:${id}`));
    };
    for (const element of parsed.querySelectorAll(`script,meta[http-equiv],${loadingElements}`)) {
      if (element.closest('noscript') !== null) continue;
      if (element.localName === 'script') this.#markScript(element as HTMLScriptElement, base, mark);
      else if (element.localName === 'meta') this.#markMeta(element as HTMLMetaElement, base);
      else if (element.localName === 'link') this.#markLink(element as HTMLLinkElement, base, mark);
      else if (element.localName === 'style') this.#markStyle(element as HTMLStyleElement, base, mark);
      else this.#hold(element);
    }
  }

  #hold(element: Element): void {
    for (const name of heldAttributes) {
      if (!this.#options.elements.handles(element, name)) continue;
      const text = element.getAttribute(name);
      if (text === null) continue;
      element.removeAttribute(name);
      element.setAttribute(held + name, text);
    }
  }

  /** The page's policy forbids them, and Firefox forgets what they were. */
  #holdStyles(parsed: Document): void {
    for (const element of parsed.querySelectorAll('[style]')) {
      element.setAttribute(`${held}style`, element.getAttribute('style') ?? '');
      element.removeAttribute('style');
    }
  }

  #markMeta(meta: HTMLMetaElement, base: string): void {
    const kind = meta.httpEquiv.toLowerCase();
    // The document's own policy would forbid the bridge; the frame's is strict already.
    if (kind.startsWith('content-security-policy')) meta.removeAttribute('http-equiv');
    if (kind !== 'refresh') return;
    const match = /^\s*(\d*)(?:\.\d*)?\s*(?:[;,\s]\s*(?:url\s*=\s*)?["']?([^"']*)["']?)?\s*$/i.exec(meta.content);
    meta.removeAttribute('http-equiv');
    if (match === null) return;
    const [, seconds = '', target = ''] = match;
    const { navigator, location } = this.#options;
    const url = target === '' ? location.url : location.resolve(target, base);
    if (url !== undefined) this.#deferred.push(() => void setTimeout(() => navigator.go(url, { replace: true }), Number(seconds) * 1000));
  }

  #markLink(link: HTMLLinkElement, base: string, mark: (element: Element, step: Step) => void): void {
    const { location, resources } = this.#options;
    const url = location.serverUrl(link.getAttribute('href') ?? '', base);
    if (url === undefined || link.getAttribute('href') === null) return;
    const rel = link.rel.toLowerCase();
    if (/\b(?:preload|modulepreload|prefetch|preconnect|dns-prefetch|icon|manifest)\b/.test(rel)) {
      // The frame may not load them natively, and the page needs none of them.
      link.setAttribute(`${held}rel`, link.rel);
      link.removeAttribute('rel');
      return;
    }
    if (!/\bstylesheet\b/.test(rel)) return;
    this.#hold(link);
    if (/\balternate\b/.test(rel) || link.hasAttribute('disabled') || !matchMedia(link.media || 'all').matches) return;
    const loading = resources.sheet(url);
    const markup = link.outerHTML;
    mark(link, async () => {
      await loading;
      this.#writePiece(markup);
      // The parser goes on when the sheet is in use, as it would wait for it before a script.
      await this.#options.elements.idleStyles;
    });
  }

  #markStyle(style: HTMLStyleElement, base: string, mark: (element: Element, step: Step) => void): void {
    const css = style.textContent ?? '';
    if (!mayHaveUrls(css)) return;
    const rewriting = this.#options.resources.style(css, base);
    mark(style, async () => {
      style.textContent = await rewriting;
      this.#writePiece(style.outerHTML);
    });
  }

  #markScript(script: HTMLScriptElement, base: string, mark: (element: Element, step: Step) => void): void {
    const { location, scripts, modules, rewriter } = this.#options;
    const type = script.getAttribute('type');
    const src = script.getAttribute('src');
    const url = src === null ? undefined : location.serverUrl(src, base);
    if (type?.trim().toLowerCase() === 'module') {
      script.setAttribute('type', moduleType);
      if (src !== null) this.#holdSource(script, src);
      const markup = script.outerHTML;
      const isAsync = script.hasAttribute('async');
      void modules.warm();
      mark(script, () => {
        const element = this.#writeScript(markup);
        const target = url ?? src;
        if (element === undefined) return;
        if (isAsync) void scripts.runModule(element, target);
        else
          this.#deferred.push(() =>
            Promise.race([scripts.runModule(element, target), new Promise<void>((resolve) => setTimeout(resolve, maxModuleWaitMs))]),
          );
      });
      return;
    }
    if (type === 'importmap' && src === null) {
      const text = script.textContent ?? '';
      mark(script, () => {
        this.#writeScript(script.outerHTML);
        return modules.addImportMap(text);
      });
      return;
    }
    if (!isClassic(type) || script.hasAttribute('nomodule')) {
      if (src !== null) this.#holdSource(script, src);
      return;
    }
    if (src === null) {
      const text = script.textContent ?? '';
      const rewriting = rewriter.needs(text, 'script') ? rewriter.rewrite(text, 'script', base) : undefined;
      mark(script, async () => {
        if (rewriting !== undefined) script.textContent = (await rewriting).replace(/<(?=!--|\/?script)/gi, '\\x3c');
        this.#writePiece(script.outerHTML);
      });
      return;
    }
    if (url === undefined) return; // The frame's policy decides.
    this.#holdSource(script, src);
    const markup = script.outerHTML;
    const loading = scripts.load(url);
    const isAsync = script.hasAttribute('async');
    const isDeferred = script.hasAttribute('defer') && !isAsync;
    mark(script, async () => {
      const element = this.#writeScript(markup);
      if (element === undefined) return;
      const run = async () => scripts.run(element, await loading);
      if (isAsync) scripts.track(run());
      else if (isDeferred) this.#deferred.push(run);
      else await run();
    });
  }

  #holdSource(script: HTMLScriptElement, src: string): void {
    script.removeAttribute('src');
    script.setAttribute(`${held}src`, src);
  }

  /** Writes a script that does not run yet, and finds it. */
  #writeScript(markup: string): HTMLScriptElement | undefined {
    const id = `${held}script`;
    this.#writePiece(markup.replace('<script', `<script ${id}`));
    const element = document.querySelector<HTMLScriptElement>(`script[${id}]`);
    if (element === null) return undefined; // The document took it out at once.
    element.removeAttribute(id);
    this.#options.scripts.claim(element);
    return element;
  }

  /** Native events of the document's life are swallowed; ours come at the right time. */
  #holdEvents(): void {
    Object.defineProperty(document, 'readyState', { get: () => this.#readyState, configurable: true });
    const swallow = (event: Event) => {
      if (!this.#nativeEvents && event.isTrusted && (event.target === document || event.target === window))
        event.stopImmediatePropagation();
    };
    for (const name of ['readystatechange', 'DOMContentLoaded', 'load', 'pageshow']) window.addEventListener(name, swallow, true);
  }

  #setReadyState(state: DocumentReadyState): void {
    this.#readyState = state;
    document.dispatchEvent(new Event('readystatechange'));
  }

  async #finish(): Promise<void> {
    this.#setReadyState('interactive');
    for (const step of this.#deferred.splice(0)) await step();
    document.dispatchEvent(new Event('DOMContentLoaded', { bubbles: true }));
    await this.#options.scripts.idle();
    await this.#options.elements.idle;
    this.#setReadyState('complete');
    window.dispatchEvent(new Event('load'));
    window.dispatchEvent(new PageTransitionEvent('pageshow'));
    const { hash } = this.#options.location.url;
    if (hash !== '') this.#options.navigator.scrollTo(hash);
    this.#nativeEvents = true;
  }
}
