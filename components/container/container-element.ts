import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';
import type { Container, EngineName, PreviewHostName, Template } from '../../runtime/index.ts';
import { discover } from '../lazy-elements.ts';
import type { ContainerHost, RunState } from '../shared/container-controller.ts';
import { recordKey } from '../shared/edit-record.ts';
import { BvElementError } from '../shared/element-error.ts';
import { shownMessageOf } from '../shared/error-strings.ts';
import { BvErrorEvent, BvReadyEvent, BvResetEvent, BvRunEvent, BvStopEvent } from '../shared/events.ts';
import { saidBy } from '../shared/language.ts';
import { loadPart } from '../shared/load-part.ts';
import { panel } from '../shared/panel.styles.ts';
import { room } from '../shared/room.styles.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { strings } from '../shared/strings.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import { WorkingFiles } from '../shared/working-files.ts';
import { authorFilesOf } from './author-files.ts';
import type { FetchedFiles } from './runtime-files.ts';
import { styles } from './container.styles.ts';

interface Notice {
  readonly kind: 'error' | 'note';
  readonly text: string;
  /** Gives what is said then. */
  readonly undo?: () => Promise<string>;
}

const filesPart = () => loadPart('<bv-container>', () => import('./runtime-files.ts'));

/** Older notices go first: a program that fails in a loop must not fill the page. */
const maxNotices = 5;

/**
 * A live environment: files, processes and ports of their own, shared by the editors, terminals and previews in it.
 *
 * Nothing is loaded before Run, `boot()` or `autorun`. Its files are `<script type="bv-file" path="…">` and
 * `<pre path="…">` directly in it, over those of `src`. Removed from the page it ends all that it started; moved within
 * the page it goes on.
 *
 * @tag bv-container
 * @slot - Editors, terminals, previews, and any other content.
 * @slot toolbar - More controls beside Run, Stop and Reset.
 * @csspart toolbar - The bar of controls.
 * @csspart panes - The grid that holds the content.
 * @fires bv-run - Before the commands start; cancelable.
 * @fires bv-ready - When the runtime is up, with its `container`.
 * @fires bv-stop - When the terminals were ended.
 * @fires bv-reset - When the author's files are back.
 * @fires bv-error - When something could not be done; it is shown, too.
 */
export class BvContainer extends LitElement implements ContainerHost {
  static override styles = [tokens, panel, room, styles];

  /** Keeps what the reader changes under this name, in this browser. */
  @property() persist?: string | null;
  /** More files: the URL of a JSON tree, a .zip or a .tar.gz. Fetched at Run, or when an editor shows a file of it. */
  @property() src?: string | null;
  /** `native` or `quickjs`. Default: `native`, or `quickjs` where the page's policy forbids it. */
  @property() engine?: EngineName | null;
  /** Where packages come from: addresses of registries or baked folders, separated by spaces, in order of preference. */
  @property() registry?: string | null;
  /** Hosts that programs may reach, separated by spaces: `api.example.com *.example.org`, or `*`. Default: none. */
  @property() network?: string | null;
  /** How previews are shown: `inline`, `service-worker` or `origin`. */
  @property() preview: PreviewHostName = 'inline';
  /** Runs when the page has loaded. */
  @property({ type: Boolean }) autorun = false;
  /** Origins of pages that may frame this one and talk to the container by `postMessage`, separated by spaces. Default: none. */
  @property({ attribute: 'message-origins' }) messageOrigins?: string | null;
  /** Names the environment for screen readers. */
  @property() label = '';
  /** `none` hides its own toolbar: the page has other buttons, such as `<bv-run>`. What it says goes on being announced. */
  @property({ reflect: true }) toolbar?: 'none' | null;
  /** Variables of every process. */
  @property({ attribute: false }) env: Readonly<Record<string, string>> = {};

  readonly files = new WorkingFiles();
  @state() private runState: RunState = 'idle';
  @state() private notices: readonly Notice[] = [];
  @state() private engineChosen = false;

  #runCount = 0;
  /** Runs that wait for the boot. */
  #starting = 0;
  #container: Container | undefined;
  #booting: Promise<Container> | undefined;
  #lifetime: AbortController | undefined;
  readonly #children = new MutationObserver(() => this.#collect());
  #fetched: { readonly src: string; readonly files: Promise<FetchedFiles> } | undefined;
  #authorErrors = '';
  readonly #flushers = new Set<() => void>();
  readonly #theme = new ThemeController(this, this.attachInternals());

  constructor() {
    super();
    new PresenceController(this, () => this.#release());
    this.files.addEventListener('unkept', () => this.#container ?? this.#tellNotKept());
  }

  get state(): RunState {
    return this.runState;
  }

  get runCount(): number {
    return this.#runCount;
  }

  /** The runtime's object of this container; undefined until it is booted. */
  get container(): Container | undefined {
    return this.#container;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const root = this.getRootNode();
    if (root instanceof ShadowRoot) discover(root);
    if (this.#lifetime !== undefined) return; // Moved: all goes on.
    this.#lifetime = new AbortController();
    this.#children.observe(this, { childList: true });
    this.#collect();
    const { signal } = this.#lifetime;
    if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', () => this.#collect(), { once: true, signal });
    window.addEventListener('pagehide', this.#flush, { signal });
    window.addEventListener('storage', ({ key }) => this.#adopt(key), { signal });
    document.addEventListener('visibilitychange', this.#flush, { signal });
    if (this.messageOrigins) void this.#answer(this.messageOrigins, signal);
    if (this.autorun) void this.run().catch(() => undefined); // Shown by run() itself.
  }

  /** Null when all was deleted. */
  #adopt(key: string | null): void {
    if (!this.persist || (key !== null && key !== recordKey(this.persist))) return;
    this.files.adopt().catch((error: unknown) => this.#container !== undefined && this.fail(error));
  }

  async #answer(origins: string, signal: AbortSignal): Promise<void> {
    try {
      const { answerMessages } = await loadPart('<bv-container>', () => import('../share/messages.ts'));
      if (!signal.aborted) answerMessages(this, origins.split(/\s+/).filter(Boolean), signal);
    } catch (error) {
      if (!signal.aborted) this.fail(error);
    }
  }

  #release(): void {
    this.#flush();
    this.#lifetime?.abort();
    this.#lifetime = undefined;
    this.#children.disconnect();
    this.#teardown();
    this.#enter('idle');
  }

  #teardown(): void {
    this.files.detach();
    this.#container?.teardown();
    this.#container = undefined;
    this.#booting = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('persist') || changed.has('src')) this.#collect();
  }

  onFlush(flush: () => void): () => void {
    this.#flushers.add(flush);
    return () => this.#flushers.delete(flush);
  }

  readonly #flush = (): void => {
    for (const flush of this.#flushers) flush();
  };

  /** Reads the author's files again, unless a container holds them already. */
  #collect(): void {
    if (this.#booting === undefined && this.isConnected) this.#read();
  }

  #read(): void {
    const { files, errors } = authorFilesOf(this);
    this.files.load(files, this.persist || undefined);
    const said = errors.map((error) => error.message).join('\n');
    if (said !== this.#authorErrors) {
      this.#authorErrors = said;
      for (const error of errors) this.fail(error);
    }
    const shown = [...this.querySelectorAll('bv-editor')].flatMap((editor) =>
      (['file', 'files'] as const).flatMap((name) => (editor[name] || editor.getAttribute(name) || '').split(/\s+/).filter(Boolean)),
    );
    const missing = this.querySelector('bv-files') !== null || shown.some((file) => !files.has(file));
    if (this.src && (missing || this.#fetched !== undefined)) void this.#loadSource().catch(() => undefined); // Shown, and tried again at Run.
  }

  /** Puts the files of `src` under those in the page. Gives the archive that holds them, if it is a tar. */
  async #loadSource(): Promise<Template | undefined> {
    const { src } = this;
    const lifetime = this.#lifetime;
    if (!src || lifetime === undefined) return undefined;
    if (this.#fetched?.src !== src) {
      const url = new URL(src, this.ownerDocument.baseURI).href;
      this.#fetched = { src, files: filesPart().then(({ fetchFiles }) => fetchFiles(url, lifetime.signal)) };
      this.#fetched.files.catch((error: unknown) => {
        if (lifetime.signal.aborted) return;
        this.#fetched = undefined;
        this.fail(error);
      });
    }
    const fetched = await this.#fetched.files;
    if (lifetime.signal.aborted || this.src !== src || this.#container !== undefined) return undefined;
    const { files } = authorFilesOf(this);
    this.files.load(new Map([...fetched.files, ...files]), this.persist || undefined);
    return fetched.template;
  }

  /**
   * Boots the runtime with the files as the reader sees them, without starting any command. One container for all calls.
   *
   * @throws {BvError} as `Container.boot()`; it is shown and told as `bv-error`, too. @throws an `AbortError` if the
   *   element is removed meanwhile.
   */
  boot(): Promise<Container> {
    if (this.#booting === undefined) {
      const booting = this.#boot();
      this.#booting = booting;
      booting.then(
        () => {
          // Nobody asked it to run.
          if (this.#booting === booting && this.#starting === 0) this.#enter('idle');
        },
        (error: unknown) => {
          if (this.#booting !== booting) return;
          this.#teardown();
          this.#enter('failed');
          this.fail(error);
        },
      );
    }
    return this.#booting;
  }

  async #boot(): Promise<Container> {
    if (this.#lifetime === undefined) throw new BvElementError('ERR_BV_UNSUPPORTED', 'Cannot run a container that is not in the page');
    const { signal } = this.#lifetime;
    this.#enter('booting');
    if (document.readyState === 'loading') {
      // More of its files may come.
      await new Promise<void>((parsed) => document.addEventListener('DOMContentLoaded', () => parsed(), { once: true }));
      signal.throwIfAborted();
      this.#read();
    }
    this.#flush();
    const source = this.src ? this.#loadSource() : undefined;
    source?.catch(() => undefined); // Told below.
    const [{ Container }, { treeOf }] = await Promise.all([
      loadPart('<bv-container>', () => import('../../runtime/index.ts')),
      filesPart(),
    ]);
    signal.throwIfAborted();
    Container.preload().catch(() => undefined); // Told by boot().
    const template = await source;
    signal.throwIfAborted();
    const container = await Container.boot({
      // Of a template only what the page itself says comes one by one.
      files: treeOf(template === undefined ? this.files.authored : authorFilesOf(this).files),
      ...(template === undefined ? {} : { template }),
      preview: this.preview,
      env: this.env,
      signal,
      ...(this.persist ? { persist: this.persist } : {}),
      ...(this.engine ? { engine: this.engine } : {}),
      ...(this.registry ? { registry: this.registry.split(/\s+/).filter(Boolean) } : {}),
      ...(this.network ? { network: { allow: this.network.split(/\s+/).filter(Boolean) } } : {}),
    });
    if (signal.aborted) {
      container.teardown();
      signal.throwIfAborted();
    }
    container.on('error', (error) => this.fail(error instanceof Error ? error : Object.assign(new Error(error.message), error)));
    container.on('limit', ({ message }) => this.#tell({ kind: 'error', text: message }));
    await this.files.attach(container);
    signal.throwIfAborted();
    this.#container = container;
    this.engineChosen = !this.engine && container.engine === 'quickjs';
    if (container.notKept) this.#tellNotKept();
    this.dispatchEvent(new BvReadyEvent(container));
    return container;
  }

  /** Boots if it must, and starts the commands of all terminals; those that run are ended first. */
  async run(): Promise<void> {
    if (!this.dispatchEvent(new BvRunEvent())) return;
    this.#flush();
    const lifetime = this.#lifetime;
    this.#starting += 1;
    const booting = this.boot();
    try {
      await booting;
    } finally {
      this.#starting -= 1;
    }
    if (lifetime?.signal.aborted !== false || this.#booting !== booting) return;
    this.#runCount += 1;
    this.#enter('running');
  }

  /** Ends what runs in the terminals. The files stay, and the next run starts at once. */
  stop(): void {
    if (this.runState !== 'running') return;
    this.#enter('stopped');
    this.dispatchEvent(new BvStopEvent());
  }

  /** Brings the author's files back, also where they are kept for the next visit. The notice offers to undo it. */
  async reset(): Promise<void> {
    this.#flush();
    const container = await this.#booting;
    const edits = this.files.edits;
    const before = await container?.snapshot();
    await container?.reset();
    await this.files.reset();
    const undo = async () => {
      const now = this.#container;
      if (before === undefined || now === undefined) await this.files.restore(edits);
      else {
        await now.restore(before);
        await this.files.refresh();
      }
      return saidBy(this, () => strings.resetUndone);
    };
    this.dispatchEvent(new BvResetEvent());
    this.#tell({ kind: 'note', text: saidBy(this, () => strings.resetDone), undo });
  }

  fail(error: unknown): void {
    this.#tell({ kind: 'error', text: saidBy(this, () => shownMessageOf(error)) });
    this.dispatchEvent(new BvErrorEvent(error));
  }

  inform(text: string, undo?: () => Promise<string>): void {
    this.#tell({ kind: 'note', text, ...(undo === undefined ? {} : { undo }) });
  }

  #tell(notice: Notice): void {
    const others = this.notices.filter(({ text, undo }) => text !== notice.text && (notice.undo === undefined || undo === undefined));
    this.notices = [...others, notice].slice(-maxNotices);
  }

  #tellNotKept(): void {
    this.inform(saidBy(this, () => (this.#container?.storedElsewhere ? strings.storedElsewhere : strings.notKept)));
  }

  #dismiss(notice: Notice): void {
    this.notices = this.notices.filter((one) => one !== notice);
    this.renderRoot.querySelector<HTMLElement>('.run')?.focus();
  }

  #enter(next: RunState): void {
    this.runState = next;
    this.dispatchEvent(new Event('bv-state'));
  }

  #statusText(): string {
    switch (this.runState) {
      case 'idle':
        return strings.statusIdle;
      case 'booting':
        return strings.statusBooting;
      case 'running':
        return this.engineChosen ? strings.statusRunningQuickjs : strings.statusRunning;
      case 'stopped':
        return strings.statusStopped;
      case 'failed':
        return strings.statusFailed;
    }
  }

  // Buttons that cannot be used now keep the focus, which `disabled` would take away.
  readonly #onRun = (): void => {
    if (this.runState !== 'booting') void this.run().catch(() => undefined); // Shown by boot().
  };
  readonly #onStop = (): void => this.stop();
  readonly #onReset = (): void => {
    if (this.runState !== 'booting') void this.reset().catch((error: unknown) => this.fail(error));
  };

  #renderNotice(notice: Notice): TemplateResult {
    const undo = () => {
      this.#dismiss(notice);
      notice.undo?.().then(
        (text) => this.#tell({ kind: 'note', text }),
        (error: unknown) => this.fail(error),
      );
    };
    return html`<li class=${notice.kind}>
      <p>${notice.text}</p>
      ${notice.undo === undefined ? nothing : html`<button type="button" class="undo" @click=${undo}>${strings.undo}</button>`}
      <button type="button" class="dismiss" @click=${() => this.#dismiss(notice)}>${strings.dismiss}</button>
    </li>`;
  }

  protected override render(): TemplateResult {
    const state = this.runState;
    const has = (tag: string) => this.querySelector(`:scope > ${tag}`) !== null;
    // Panes that stand in a column beside the editor.
    const beside = has('bv-editor') ? ['bv-terminal', 'bv-output', 'bv-preview'].filter(has).length : 0;
    return html`<section class="room" role="group" aria-label=${this.label || strings.environment} data-theme=${this.#theme.theme}>
      <div class="bar" part="toolbar" role="group" aria-label=${strings.controls}>
        <button type="button" class="run primary" aria-disabled=${state === 'booting'} @click=${this.#onRun}>
          ${keyed(state === 'running', html`<span>${state === 'running' ? strings.restart : strings.run}</span>`)}
        </button>
        <button type="button" class="stop" aria-disabled=${state !== 'running'} @click=${this.#onStop}>${strings.stop}</button>
        <button type="button" class="reset" aria-disabled=${state === 'booting'} @click=${this.#onReset}>${strings.reset}</button>
        <slot name="toolbar"></slot>
        <p class="status" role="status">${this.#statusText()}</p>
      </div>
      <ul class="notices" role="list" aria-live="polite">
        ${this.notices.map((notice) => this.#renderNotice(notice))}
      </ul>
      <div class="panes ${['', 'split', 'split tall', 'split tall taller'][beside]!}" part="panes">
        <slot @slotchange=${() => this.requestUpdate()}></slot>
      </div>
    </section>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-container': BvContainer;
  }
}
