import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { ContainerController } from '../shared/container-controller.ts';
import type { ContainerHost } from '../shared/container-controller.ts';
import { messageOf } from '../shared/element-error.ts';
import { BvErrorEvent, BvFileChangeEvent } from '../shared/events.ts';
import { loadPart } from '../shared/load-part.ts';
import { nearViewport, pageIdle } from '../shared/schedule.ts';
import { panel } from '../shared/panel.styles.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { strings } from '../shared/strings.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import type { WorkingFileEvent } from '../shared/working-files.ts';
import type { CodeView } from './code-view.ts';
import { styles } from './editor.styles.ts';

/** Milliseconds without an edit before the text goes to the container: long enough for a word, short enough to feel live. */
const quietMs = 200;

/**
 * Edits one file of a container.
 *
 * Until its code is loaded it shows the text as plain, selectable text of the same metrics. It loads when the element is
 * near the viewport and the page is idle, or when it is focused.
 *
 * Tab indents. Escape, then Tab leaves the editor; Ctrl-M makes Tab move the focus until it is pressed again.
 *
 * @tag bv-editor
 * @csspart name - The line with the file's name.
 * @cssprop --bv-editor-block-size - Its height outside of a split container. Default 24rem.
 * @fires bv-change - The reader edited the file; 200 ms after the last edit, and at once when the editor loses the focus.
 * @fires bv-error - The file could not be written, or the editor not be loaded.
 */
export class BvEditor extends LitElement {
  static override styles = [tokens, panel, styles];

  /** The path of the file, relative to the working directory. */
  @property() file = '';
  /** The id of a container elsewhere in the page. Default: the container around the element. */
  @property() for = '';
  /** Shows the file without letting it be edited. */
  @property({ type: Boolean }) readonly = false;
  /** Names the editor for screen readers. Default: by the file. */
  @property() label = '';

  @state() private text: string | undefined;
  @state() private loaded = false;
  @state() private problem = '';
  @query('.code') private parent!: HTMLElement;
  @query('.plain') private plain!: HTMLElement | null;

  #view: CodeView | undefined;
  #shown = '';
  #lifetime: AbortController | undefined;
  #loading = false;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  /** The file that holds edits which the container does not have yet. */
  #edited: string | undefined;
  #attached: { readonly host: ContainerHost; readonly file: string; release(): void } | undefined;
  readonly #container = new ContainerController(this, () => this.#attach());
  readonly #theme = new ThemeController(this, this.attachInternals());

  constructor() {
    super();
    new PresenceController(this, () => this.#leave());
  }

  /** The text as the reader sees it. Setting it is no edit of the reader's, so it sends no `bv-change`. */
  get value(): string {
    return this.#view?.text ?? this.text ?? '';
  }

  set value(value: string) {
    clearTimeout(this.#quiet);
    this.#edited = undefined;
    this.#show(value);
    const host = this.#attached?.host;
    host?.files.write(this.file, value).catch((error: unknown) => host.fail(error));
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#lifetime !== undefined) {
      this.#view?.measure();
      return; // Moved: all goes on.
    }
    this.#lifetime = new AbortController();
    const { signal } = this.#lifetime;
    void nearViewport(this, signal)
      .then(() => pageIdle(signal))
      .then(() => this.#load())
      .catch(() => undefined); // Removed before it was wanted.
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.flush();
  }

  #leave(): void {
    this.#lifetime?.abort();
    this.#lifetime = undefined;
    this.#detach();
    this.#view?.dispose();
    this.#view = undefined;
    this.loaded = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('file')) this.#attach();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('readonly')) this.#view?.setReadonly(this.readonly);
    this.#view?.setLabel(this.#name(), strings.editorHelp);
    this.#view?.recolour();
  }

  override focus(): void {
    if (this.#view !== undefined) this.#view.focus();
    else this.plain?.focus();
  }

  #name(): string {
    return this.label || strings.editorLabel(this.file);
  }

  /** Follows the file of the container. */
  #attach(): void {
    const { host } = this.#container;
    if (host === undefined || this.file === '') {
      this.#detach();
      return;
    }
    if (this.#attached?.host === host && this.#attached.file === this.file) return;
    this.#detach();
    const { file } = this;
    const { files } = host;
    const onChange = (event: Event) => {
      // Edits that are not written yet win over what others wrote meanwhile.
      if ((event as WorkingFileEvent).path === file && this.#edited !== file) this.#show(files.read(file));
    };
    files.addEventListener('change', onChange);
    const releases = [files.use(file), host.onFlush(() => this.flush()), () => files.removeEventListener('change', onChange)];
    this.#attached = { host, file, release: () => releases.forEach((release) => release()) };
    this.#show(files.read(file));
  }

  #detach(): void {
    this.flush();
    this.#attached?.release();
    this.#attached = undefined;
  }

  #show(text: string | undefined): void {
    this.text = text;
    if (this.#view === undefined) return;
    if (this.#shown === this.file) this.#view.setText(text ?? '');
    else this.#view.setFile(this.file, text ?? '');
    this.#shown = this.file;
  }

  async #load(): Promise<void> {
    const lifetime = this.#lifetime;
    if (this.#loading || this.#view !== undefined || lifetime === undefined) return;
    this.#loading = true;
    try {
      const { CodeView } = await loadPart('the editor', () => import('./code-view.ts'));
      await this.updateComplete;
      if (lifetime.signal.aborted) return;
      const { plain } = this;
      const hadFocus = plain !== null && this.renderRoot instanceof ShadowRoot && this.renderRoot.activeElement === plain;
      const [left, top] = [plain?.scrollLeft ?? 0, plain?.scrollTop ?? 0];
      this.#view = new CodeView({
        parent: this.parent,
        root: this.renderRoot as ShadowRoot,
        text: this.text ?? '',
        file: this.file,
        label: this.#name(),
        help: strings.editorHelp,
        readonly: this.readonly,
        onEdit: this.#onEdit,
        onBlur: () => this.flush(),
      });
      this.#shown = this.file;
      this.loaded = true;
      this.parent.querySelector('.cm-scroller')?.scrollTo(left, top);
      if (hadFocus) this.#view.focus();
    } catch (error) {
      if (lifetime.signal.aborted) return;
      this.problem = messageOf(error);
      this.dispatchEvent(new BvErrorEvent(error));
    } finally {
      this.#loading = false;
    }
  }

  readonly #onEdit = (): void => {
    this.#edited = this.file;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.flush(), quietMs);
  };

  /** Gives the container what was typed, at once. */
  flush(): void {
    clearTimeout(this.#quiet);
    const file = this.#edited;
    if (file === undefined) return;
    this.#edited = undefined;
    const { value } = this;
    this.text = value;
    const host = this.#attached?.host;
    if (host === undefined) return;
    host.files.write(file, value).catch((error: unknown) => host.fail(error));
    this.dispatchEvent(new BvFileChangeEvent(file, value));
  }

  readonly #onFocus = (): void => void this.#load();

  #message(): string {
    const { host, missing } = this.#container;
    if (this.problem !== '') return this.problem;
    if (missing) return strings.noContainer('bv-editor', this.for);
    if (host === undefined || this.text !== undefined || host.state === 'booting') return '';
    return host.files.isBinary(this.file) ? strings.binaryFile(this.file) : strings.noSuchFile(this.file);
  }

  protected override render(): TemplateResult {
    const message = this.#message();
    return html`<p class="name" part="name"><span>${this.file}</span></p>
      <div class="body" data-theme=${this.#theme.theme}>
        <div class="code" ?hidden=${!this.loaded || (message !== '' && this.text === undefined)}></div>
        ${
          this.loaded || this.text === undefined
            ? nothing
            : html`<pre class="plain" tabindex="0" role="group" aria-label=${strings.codeLabel(this.file)} @focus=${this.#onFocus}>
${this.text}</pre>`
        }
        ${message === '' ? nothing : html`<p class="message" role="alert">${message}</p>`}
      </div>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-editor': BvEditor;
  }
}
