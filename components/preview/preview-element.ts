import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { Container } from '../../runtime/index.ts';
import { ContainerController } from '../shared/container-controller.ts';
import type { ContainerHost } from '../shared/container-controller.ts';
import { shownMessageOf } from '../shared/error-strings.ts';
import { BvErrorEvent, BvPreviewConsoleEvent, BvPreviewLoadEvent } from '../shared/events.ts';
import { loadPart } from '../shared/load-part.ts';
import { panel } from '../shared/panel.styles.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { saidBy } from '../shared/language.ts';
import { strings } from '../shared/strings.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import type { FrameFocus } from './frame-focus.ts';
import type {
  PreviewAnswer,
  PreviewConsoleEvent,
  PreviewErrorEvent,
  PreviewHost,
  PreviewLoadEvent,
  PreviewNavigateEvent,
  PreviewQuestion,
} from './preview-host.ts';
import { styles } from './preview.styles.ts';

/**
 * `idle` until the container runs, `waiting` for the port, `silent` when that takes long, `loading` the first document,
 * `shown`, `stopped` when the port was closed, `failed` when the host cannot be had.
 */
type Phase = 'idle' | 'waiting' | 'silent' | 'loading' | 'shown' | 'stopped' | 'failed';

/** After so many milliseconds without a server the preview says so; a program may take as long to start. */
const silentMs = 8000;
/** A server that is restarted is gone for less than this, in milliseconds; nothing flickers meanwhile. */
const restartMs = 1500;

const icon = (path: string) =>
  html`<svg viewBox="0 0 16 16" aria-hidden="true">
    <path d=${path} fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" />
  </svg>`;
const icons = {
  back: icon('M10 3 5 8l5 5'),
  forward: icon('M6 3l5 5-5 5'),
  reload: icon('M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3'),
  open: icon('M9 3h4v4M13 3 7 9M11 9v4H3V5h4'),
};

/**
 * Shows what a server of the container serves, and loads it again when the server is started again.
 *
 * @tag bv-preview
 * @csspart bar - The bar with the address.
 * @cssprop --bv-preview-block-size - Its height. Default 20rem.
 * @fires bv-load - A document was loaded.
 * @fires bv-console - The document wrote to its console.
 * @fires bv-error - The document or its scripts failed, or the preview cannot be shown.
 */
export class BvPreview extends LitElement {
  static override styles = [tokens, panel, styles];

  /** The port the server listens on. */
  @property({ type: Number })
  get port(): number {
    return this.#port;
  }
  set port(value: number) {
    this.#port = Number(value); // Vue and React set it to the text that the author wrote.
  }
  #port = 3000;
  /** What is shown first. */
  @property() path = '/';
  /** Leaves out the address bar. */
  @property({ type: Boolean, attribute: 'no-bar' }) noBar = false;
  /** The id of a container elsewhere in the page. Default: the container around the element. */
  @property() for = '';
  /** Names the preview for screen readers. Default: by the port. */
  @property({ reflect: true, useDefault: true }) label = '';
  /** Hosts of the real network an `inline` preview may reach, separated by blanks. */
  @property({ attribute: 'allow-hosts' }) allowHosts = '';
  /** With the `service-worker` host: the folder that `sw.js` serves. */
  @property() scope?: string;
  /** With the `origin` host: where the folder `preview-host/` is. */
  @property() origin?: string;

  @state() private phase: Phase = 'idle';
  @state() private problem = '';
  @state() private url = '';
  @query('.frame') private place!: HTMLElement | null;

  #host: PreviewHost | undefined;
  #following: { readonly container: Container; readonly port: number; readonly end: AbortController } | undefined;
  #focus: FrameFocus | undefined;
  #making = false;
  #later: ReturnType<typeof setTimeout> | undefined;
  readonly #container = new ContainerController(this, (host) => this.#follow(host));
  readonly #internals = this.attachInternals();
  readonly #theme = new ThemeController(this, this.#internals);

  constructor() {
    super();
    new PresenceController(this, () => this.#leave());
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('port') && this.#following !== undefined && this.#following.port !== this.port) this.#follow(this.#container.host);
    if (changed.has('path') && changed.get('path') !== undefined) void this.navigate(this.path);
  }

  /** Loads a path of the same port. Before the server runs it only changes what is loaded first. */
  async navigate(path: string): Promise<void> {
    this.path = path;
    if (this.#host === undefined) this.#makeAgain();
    else await this.#host.navigate(path).catch((error: unknown) => this.#fail(error));
  }

  /** Loads what is shown again. */
  async reload(): Promise<void> {
    if (this.#host === undefined) this.#makeAgain();
    else await this.#host.reload().catch((error: unknown) => this.#fail(error));
  }

  /**
   * Asks the document that is shown. Undefined if none is.
   *
   * @throws {BvError} `ERR_BV_PEER_GONE` if it goes away, `ERR_BV_INVALID_ARGUMENT` for what is no selector.
   */
  query(question: PreviewQuestion, signal?: AbortSignal): Promise<PreviewAnswer> | undefined {
    return this.phase === 'shown' ? this.#host?.query(question, signal) : undefined;
  }

  /** What could not be had, such as a host whose script was missing, may be there by now. */
  #makeAgain(): void {
    const following = this.#following;
    const { host } = this.#container;
    if (following !== undefined && host !== undefined && !this.#making && following.container.openPorts.includes(this.port))
      void this.#make(host, following.container);
  }

  #follow(host: ContainerHost | undefined): void {
    const container = host?.container;
    if (container === undefined || host === undefined) {
      this.#leave();
      return;
    }
    if (this.#following?.container !== container || this.#following.port !== this.port) {
      this.#leave();
      const end = new AbortController();
      this.#following = { container, port: this.port, end };
      const stop = container.on('port', (port, type) => {
        if (port !== this.port) {
          // A server on another port than the author meant: that need not be waited for.
          if (type === 'open' && this.phase === 'waiting') this.#silentIn(restartMs);
          this.requestUpdate();
          return;
        }
        if (type === 'open') this.#opened(host, container);
        else this.#closed();
      });
      end.signal.addEventListener('abort', stop);
    }
    if (container.openPorts.includes(this.port)) {
      if (this.#host === undefined) this.#opened(host, container);
    } else if (host.state === 'running' && this.phase !== 'stopped') this.#wait();
    else if (host.state === 'stopped' && this.phase !== 'idle') this.#enter(this.#host === undefined ? 'idle' : 'stopped');
  }

  #leave(): void {
    clearTimeout(this.#later);
    this.#following?.end.abort();
    this.#following = undefined;
    this.#host = undefined; // Disposed of by the signal.
    this.#making = false;
    this.url = '';
    this.#enter('idle');
  }

  #enter(phase: Phase): void {
    clearTimeout(this.#later);
    this.phase = phase;
  }

  #wait(): void {
    if (this.phase === 'waiting' || this.phase === 'silent') return;
    this.#enter('waiting');
    this.#silentIn(silentMs);
  }

  #silentIn(milliseconds: number): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#enter('silent'), milliseconds);
  }

  #closed(): void {
    clearTimeout(this.#later);
    this.#later = setTimeout(() => this.#enter('stopped'), restartMs);
  }

  #opened(host: ContainerHost, container: Container): void {
    clearTimeout(this.#later);
    if (this.#host !== undefined) {
      if (this.phase !== 'shown') this.#enter('loading');
      void this.reload();
    } else if (!this.#making) void this.#make(host, container);
  }

  async #make(host: ContainerHost, container: Container): Promise<void> {
    const following = this.#following;
    if (following === undefined) return;
    const { signal } = following.end;
    this.#making = true;
    this.#enter('loading');
    this.problem = '';
    try {
      const { createPreviewHost, FrameFocus } = await loadPart('<bv-preview>', () => import('./preview-host.ts'));
      this.#focus ??= new FrameFocus(this, this.#internals);
      const made = await createPreviewHost(host.preview, {
        container,
        port: this.port,
        path: this.path,
        title: this.label || saidBy(this, () => strings.previewLabel(this.port)),
        signal,
        allowHosts: this.allowHosts.split(/\s+/).filter((name) => name !== ''),
        ...(this.scope === undefined ? {} : { scope: this.scope }),
        ...(this.origin === undefined ? {} : { origin: this.origin }),
      });
      this.#host = made;
      this.#listen(made, signal);
      await this.updateComplete;
      if (signal.aborted) return;
      this.place?.replaceChildren(made.frame);
      this.url = made.url;
    } catch (error) {
      if (!signal.aborted) this.#fail(error);
    } finally {
      if (this.#following === following) this.#making = false;
    }
  }

  #listen(host: PreviewHost, signal: AbortSignal): void {
    const on = <E extends Event>(type: string, listener: (event: E) => void) =>
      host.addEventListener(type, listener as EventListener, { signal });
    on<PreviewLoadEvent>('bv-preview-load', ({ url }) => {
      this.url = url;
      this.problem = '';
      if (this.#following?.container.openPorts.includes(this.port) === true) this.#enter('shown');
      this.dispatchEvent(new BvPreviewLoadEvent(this.port, url));
    });
    on<PreviewNavigateEvent>('bv-preview-navigate', ({ url }) => {
      this.url = url;
    });
    on<PreviewConsoleEvent>('bv-preview-console', ({ level, args, values }) =>
      this.dispatchEvent(new BvPreviewConsoleEvent(level, args, values)),
    );
    on<PreviewErrorEvent>('bv-preview-error', ({ kind, error }) => {
      // The document's own errors are for its console; a document that could not be shown is said in its place.
      if (kind === 'document') this.#fail(error);
      else this.dispatchEvent(new BvErrorEvent(error));
    });
  }

  #fail(error: unknown): void {
    // A server that is gone, or is being restarted: what is said then is not about the document.
    if (this.#following?.container.openPorts.includes(this.port) === false) {
      if (this.phase !== 'stopped') this.#closed();
      return;
    }
    this.problem = saidBy(this, () => shownMessageOf(error));
    this.#enter('failed');
    this.dispatchEvent(new BvErrorEvent(error));
  }

  #message(): string {
    switch (this.phase) {
      case 'idle':
        return this.#container.missing ? strings.noContainer('bv-preview', this.for) : strings.previewIdle;
      case 'waiting':
        return strings.previewWaiting(this.port);
      case 'silent':
        return strings.previewSilent(this.port, this.#following?.container.openPorts ?? []);
      case 'loading':
        return strings.previewLoading;
      case 'stopped':
        return strings.previewStopped(this.port);
      case 'failed':
        return this.problem;
      case 'shown':
        return '';
    }
  }

  readonly #onAddress = (event: Event): void => {
    const { value } = event.target as HTMLInputElement;
    void this.navigate(/^[a-z]+:\/\//i.test(value) ? value : value.startsWith('/') ? value : `/${value}`);
  };

  #bar(): TemplateResult {
    const newTab = this.#host?.can.newTabUrl;
    const button = (name: keyof typeof icons, label: string, act: () => void) =>
      html`<button type="button" class=${name} aria-label=${label} title=${label} @click=${act}>${icons[name]}</button>`;
    return html`<div class="bar" part="bar">
      ${button('back', strings.back, () => this.#host?.back())} ${button('forward', strings.forward, () => this.#host?.forward())}
      ${button('reload', strings.reload, () => void this.reload())}
      <input
        class="address"
        type="text"
        inputmode="url"
        spellcheck="false"
        autocomplete="off"
        aria-label=${strings.address}
        .value=${this.url || `http://localhost:${this.port}${this.path}`}
        @change=${this.#onAddress}
      />
      ${newTab === undefined ? nothing : button('open', strings.openInNewTab, () => void window.open(newTab, '_blank', 'noopener'))}
    </div>`;
  }

  protected override render(): TemplateResult {
    const message = this.#message();
    const said = keyed(message, html`<p>${message}</p>`); // Another node: text that changes in place counts as a shift.
    return html`<section role="group" aria-label=${this.label || strings.previewLabel(this.port)} data-theme=${this.#theme.theme}>
      ${this.noBar ? html`<span></span>` : this.#bar()}
      <div class="body">
        <div class="frame" ?inert=${message !== ''}></div>
        <div class="message ${this.phase === 'failed' ? 'error' : ''}" role="status" ?hidden=${message === ''}>${said}</div>
      </div>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-preview': BvPreview;
  }
}
