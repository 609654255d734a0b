/**
 * The preview host that needs nothing: an opaque-origin frame whose document is made of what the page fetched from the
 * container. What it cannot do is listed in the folder's README.
 */
import { BvError } from '../../../../runtime/index.ts';
import { trustedHtml } from '../../../../runtime/base/trusted-types.ts';
import { fetchAsset } from '../../../../runtime/host/assets.ts';
import type { PreviewPart, WireAnswer, WireDocument, WireNavigation, WireQuestion } from '../../../../runtime/wires/preview-wire.ts';
import {
  PreviewConsoleEvent,
  PreviewErrorEvent,
  PreviewLoadEvent,
  PreviewNavigateEvent,
  type PreviewHost,
  type PreviewHostOptions,
  type PreviewHostTraits,
} from '../../preview-interface.ts';
import { noDocument, save, shownOf } from '../server/documents.ts';
import { portOf, requestServer } from '../server/http-client.ts';
import { previewScript } from '../server/preview-script.ts';
import { PreviewServer } from '../server/preview-server.ts';
import { PreviewState } from '../server/preview-state.ts';
import { SessionHistory } from '../server/session-history.ts';

/** No `allow-same-origin`, and nothing that moves the page: the document is a stranger's. */
const sandbox = 'allow-scripts allow-forms allow-modals allow-popups allow-popups-to-escape-sandbox allow-downloads allow-pointer-lock';
/** After a frame has loaded, how long its script may take to report. */
const bootTimeoutMs = 3000;

/** Nothing reaches the real network but what `allowHosts` names. */
function policyOf(allowHosts: readonly string[]): string {
  const own = `blob: data: ${allowHosts.filter((host) => /^[\w.*:/-]+$/.test(host)).join(' ')}`.trim();
  return [
    `default-src ${own}`,
    `script-src 'unsafe-inline' 'unsafe-eval' 'wasm-unsafe-eval' ${own}`,
    `style-src 'unsafe-inline' ${own}`,
    `worker-src blob: data:`,
    `object-src blob: data:`,
    `form-action 'none'`,
  ].join('; ');
}

const texts = new Map<string, Promise<string>>();

/** A script of ours; a failure is tried again at the next call. */
function assetText(name: string): Promise<string> {
  let text = texts.get(name);
  if (text === undefined) {
    text = fetchAsset(name).then((response) => response.text());
    text.catch(() => texts.delete(name));
    texts.set(name, text);
  }
  return text;
}

interface Load {
  readonly url: URL;
  readonly navigation?: WireNavigation;
  /** How it enters the history. */
  readonly entry: 'push' | 'replace' | 'reload';
}

export async function createInlineHost(options: PreviewHostOptions): Promise<PreviewHost> {
  const [state, script] = await Promise.all([PreviewState.of(options.container), assetText('preview-frame.js')]);
  options.signal.throwIfAborted();
  const host = new InlineHost(options, state, script);
  // In a task of its own, so that whoever waits for the host hears of the first document, and of what is wrong with it.
  setTimeout(() => {
    if (!options.signal.aborted) host.navigate(options.path).catch(() => undefined); // Told by an event, as of any later one.
  }, 0);
  return host;
}

class InlineHost extends EventTarget implements PreviewHost {
  readonly frame: HTMLIFrameElement;
  readonly can: PreviewHostTraits = { isolated: true, wholePlatform: false, newTabUrl: undefined };
  readonly #options: PreviewHostOptions;
  readonly #state: PreviewState;
  readonly #script: string;
  readonly #history = new SessionHistory();
  readonly #sessions = new Map<string, Map<string, string>>();
  readonly #previewId = crypto.getRandomValues(new Uint32Array(2)).join('-');
  readonly #ended = new AbortController();
  #loading: AbortController | undefined;
  #server: PreviewServer | undefined;
  #document: WireDocument | undefined;
  /** Names the document that is being shown: a frame that knows another name shows an older one. */
  #session = '';
  #booted = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #url: URL;
  #title = '';

  constructor(options: PreviewHostOptions, state: PreviewState, script: string) {
    super();
    this.#options = options;
    this.#state = state;
    this.#script = script;
    this.#url = this.#resolve(options.path);
    this.frame = document.createElement('iframe');
    this.frame.title = options.title;
    this.frame.setAttribute('sandbox', sandbox);
    this.frame.setAttribute('allow', 'fullscreen; clipboard-write; autoplay');
    this.frame.referrerPolicy = 'no-referrer';
    this.frame.style.cssText = 'display:block;inline-size:100%;block-size:100%;border:0';
    window.addEventListener('message', (event) => this.#onMessage(event), { signal: this.#ended.signal });
    this.frame.addEventListener('load', () => this.#onFrameLoad(), { signal: this.#ended.signal });
  }

  get url(): string {
    return this.#url.href;
  }

  get title(): string {
    return this.#title;
  }

  #resolve(path: string): URL {
    const origin = `http://localhost:${this.#options.port}`;
    return URL.canParse(path, `${origin}/`) ? new URL(path, `${origin}/`) : new URL(`${origin}/`);
  }

  async navigate(path: string): Promise<void> {
    await this.#load({ url: this.#resolve(path), entry: this.#history.current === undefined ? 'replace' : 'push' });
  }

  async reload(): Promise<void> {
    await this.#load({ url: this.#url, entry: 'reload' });
  }

  query(question: WireQuestion, signal?: AbortSignal): Promise<WireAnswer> {
    if (this.#server === undefined) return Promise.reject(noDocument());
    return this.#server.query(question, signal);
  }

  back(): void {
    this.#traverse(-1);
  }

  forward(): void {
    this.#traverse(1);
  }

  dispose(): void {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#loading?.abort();
    clearTimeout(this.#timer);
    this.#server?.dispose();
    this.frame.remove();
    this.frame.removeAttribute('srcdoc');
  }

  #traverse(delta: number): void {
    const moved = this.#history.traverse(delta);
    if (moved === undefined) return;
    const { entry, sameDocument } = moved;
    if (!sameDocument) {
      void this.#loadQuietly({ url: entry.url, entry: 'reload' });
      return;
    }
    this.#moved(entry.url, this.#title);
    this.#server?.notify({ kind: 'popState', url: entry.url.href, state: entry.state, length: this.#history.length });
  }

  #moved(url: URL, title: string): void {
    this.#url = url;
    this.#title = title;
    this.dispatchEvent(new PreviewNavigateEvent(url.href, title));
  }

  #fail(error: unknown): void {
    this.dispatchEvent(new PreviewErrorEvent('document', error instanceof Error ? error : new Error(String(error))));
  }

  /** For what nobody waits for: the event tells of a failure. */
  async #loadQuietly(load: Load): Promise<void> {
    await this.#load(load).catch(() => undefined);
  }

  async #load({ url, navigation, entry }: Load): Promise<void> {
    this.#loading?.abort();
    const loading = (this.#loading = new AbortController());
    const { signal } = loading;
    try {
      const answer = await requestServer(this.#options.container, this.#state.cookies, {
        method: navigation?.method ?? 'GET',
        url,
        headers: this.#documentHeaders(url, navigation),
        body: (navigation?.body ?? null) as Uint8Array<ArrayBuffer> | null,
        redirect: 'follow',
        cookies: true,
        signal,
      });
      const shown = await shownOf(answer, navigation?.download ?? null);
      if (signal.aborted || this.#ended.signal.aborted) return;
      if (shown.kind === 'download') save(shown.name, shown.blob);
      else if (shown.kind === 'document') this.#show(answer.url, shown.html, entry);
    } catch (error) {
      if (signal.aborted || this.#ended.signal.aborted) return; // Overtaken by another navigation, or nobody's any more.
      if (this.#history.current === undefined) this.#url = url;
      this.#fail(error);
      throw error;
    } finally {
      if (this.#loading === loading) this.#loading = undefined;
    }
  }

  #documentHeaders(url: URL, navigation: WireNavigation | undefined): [string, string][] {
    const headers: [string, string][] = [
      ['Accept', 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8'],
      ['Accept-Language', navigator.languages.join(',') || 'en'],
      ['User-Agent', navigator.userAgent],
      ['Upgrade-Insecure-Requests', '1'],
      ['Sec-Fetch-Dest', 'document'],
      ['Sec-Fetch-Mode', 'navigate'],
    ];
    if (this.#history.current !== undefined && navigation !== undefined) headers.push(['Referer', this.#referrer(url)]);
    if (navigation?.method === 'POST') headers.push(['Content-Type', navigation.contentType], ['Origin', this.#url.origin]);
    return headers;
  }

  #referrer(url: URL): string {
    return this.#url.origin === url.origin ? this.#url.href.split('#', 1)[0]! : `${this.#url.origin}/`;
  }

  #show(url: URL, html: string, entry: Load['entry']): void {
    const referrer = entry === 'push' && this.#history.current !== undefined ? this.#referrer(url) : '';
    if (entry === 'reload') this.#history.reload(url);
    else this.#history.load(url, { replace: entry === 'replace' });
    this.#document = {
      url: url.href,
      referrer,
      html,
      cookies: this.#state.cookies.visible(url),
      localStorage: [...this.#state.local(url.origin)],
      sessionStorage: [...this.#sessionOf(url.origin)],
      history: { length: this.#history.length, state: this.#history.current?.state ?? null },
      script: previewScript(this.#options.container),
      allowHosts: this.#options.allowHosts ?? [],
    };
    this.#server?.dispose();
    this.#server = undefined;
    this.#booted = false;
    this.#session = crypto.getRandomValues(new Uint32Array(4)).join('-');
    this.#moved(url, '');
    // Our script holds no "</script": its own text is the only thing in this markup that is not a constant.
    const policy = policyOf(this.#options.allowHosts ?? []);
    this.frame.srcdoc = trustedHtml(
      `<!doctype html><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${policy}"><script data-session="${this.#session}">${this.#script.replaceAll('</script', '<\\/script')}</script>`,
    );
  }

  #sessionOf(origin: string): Map<string, string> {
    let session = this.#sessions.get(origin);
    if (session === undefined) this.#sessions.set(origin, (session = new Map()));
    return session;
  }

  /** The frame's first script asks for its connection. */
  #onMessage(event: MessageEvent): void {
    if (event.source === null || event.source !== this.frame.contentWindow || event.origin !== 'null') return;
    const data = event.data as { kind?: unknown; session?: unknown } | null;
    if (data?.session !== this.#session) return;
    if (data.kind === 'bv-preview-untrusted') {
      this.#booted = true;
      this.#fail(
        new BvError(
          'ERR_BV_UNSUPPORTED',
          `Cannot show the preview inline: the page's Content Security Policy requires trusted types, which its frames inherit; add default to trusted-types, or choose the preview host "origin" with its origin in frame-src`,
        ),
      );
      return;
    }
    if (data.kind !== 'bv-preview-boot') return;
    if (this.#booted) {
      // The same document once more: the frame was reloaded by its script, or moved in the page.
      void this.#loadQuietly({ url: this.#url, entry: 'reload' });
      return;
    }
    this.#booted = true;
    clearTimeout(this.#timer);
    const { port1, port2 } = new MessageChannel();
    this.#server = this.#makeServer(port1);
    (event.source as Window).postMessage({ kind: 'bv-preview-port' }, '*', [port2]);
  }

  #onFrameLoad(): void {
    if (this.#booted || this.#session === '') return;
    clearTimeout(this.#timer);
    const session = this.#session;
    this.#timer = setTimeout(() => {
      if (this.#booted || this.#session !== session) return;
      this.#fail(
        new BvError(
          'ERR_BV_UNSUPPORTED',
          `Cannot show the preview inline: the page's Content Security Policy stops scripts in its frames; add 'unsafe-inline' 'unsafe-eval' blob: data: to script-src, or choose the preview host "origin" with its origin in frame-src`,
        ),
      );
    }, bootTimeoutMs);
  }

  #makeServer(port: MessagePort): PreviewServer {
    const { container, port: number } = this.#options;
    const report = (fields: {
      type: 'PREVIEW_UNCAUGHT_EXCEPTION' | 'PREVIEW_UNHANDLED_REJECTION' | 'PREVIEW_CONSOLE_ERROR';
      message?: string;
      stack?: string;
      args?: readonly unknown[];
    }) => {
      const { pathname, search, hash } = this.#url;
      container.reportPreviewMessage({ previewId: this.#previewId, port: number, pathname, search, hash, ...fields });
    };
    return new PreviewServer(port, {
      container,
      state: this.#state,
      url: () => this.#url,
      session: (origin) => this.#sessionOf(origin),
      events: {
        document: () => this.#document ?? null,
        part: (name: PreviewPart) => assetText(`preview-${name}.js`),
        onNavigate: (navigation) => this.#onNavigate(navigation),
        onHistory: (action, href, state) => {
          if (!URL.canParse(href) || new URL(href).origin !== this.#url.origin) return;
          this.#history.change(action, new URL(href), state);
          this.#moved(new URL(href), this.#title);
        },
        onTraverse: (delta) => this.#traverse(delta),
        onUnloading: () => this.#onUnloading(),
        onTitle: (title) => this.#moved(this.#url, title),
        onLoaded: (_href, title) => {
          if (title !== this.#title) this.#moved(this.#url, title);
          this.dispatchEvent(new PreviewLoadEvent(this.#url.href));
        },
        onConsole: ({ level, args, values }) => {
          this.dispatchEvent(new PreviewConsoleEvent(level, args, values));
          if (level === 'error') report({ type: 'PREVIEW_CONSOLE_ERROR', args });
        },
        onFault: ({ fault, name, message, stack }) => {
          const error = new Error(message);
          error.name = name;
          error.stack = stack;
          this.dispatchEvent(new PreviewErrorEvent(fault, error));
          report({ type: fault === 'exception' ? 'PREVIEW_UNCAUGHT_EXCEPTION' : 'PREVIEW_UNHANDLED_REJECTION', message, stack });
        },
        onBroken: (error) => this.#fail(error),
      },
    });
  }

  #onNavigate(navigation: WireNavigation): void {
    if (!URL.canParse(navigation.url)) return;
    const url = new URL(navigation.url);
    if (portOf(url) === undefined) {
      this.#fail(new BvError('ERR_BV_UNSUPPORTED', `Cannot show ${url.href} in a preview: it is not a server of the container`));
      return;
    }
    // Going where one is already replaces the entry, as in a browser.
    const again = navigation.replace || url.href === this.#url.href;
    void this.#loadQuietly({ url, navigation, entry: again ? 'replace' : 'push' });
  }

  /** The frame's document goes away. If nothing of ours takes its place, the document left for the real network: it is put back. */
  #onUnloading(): void {
    const session = this.#session;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#session !== session || this.#loading !== undefined || !this.frame.isConnected) return;
      this.dispatchEvent(
        new PreviewConsoleEvent('warn', ['The document left the preview by "location", which cannot be followed; it is loaded again']),
      );
      void this.#loadQuietly({ url: this.#url, entry: 'reload' });
    }, bootTimeoutMs);
  }
}
