import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { ContainerController } from '../shared/container-controller.ts';
import type { ContainerHost } from '../shared/container-controller.ts';
import { shownMessageOf } from '../shared/error-strings.ts';
import { BvErrorEvent, BvFileChangeEvent } from '../shared/events.ts';
import type { BvOpenEvent } from '../shared/events.ts';
import { loadPart } from '../shared/load-part.ts';
import { nearViewport, pageIdle } from '../shared/schedule.ts';
import { panel } from '../shared/panel.styles.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { saidBy, textsNow } from '../shared/language.ts';
import { strings } from '../shared/strings.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import type { WorkingFileEvent } from '../shared/working-files.ts';
import type { EditorAnnotation } from './annotation.ts';
import type * as CodeViewParts from './code-view.ts';
import type { CodeView } from './code-view.ts';
import { answerOpening, registerEditor } from './opening.ts';
import { styles } from './editor.styles.ts';
import { neighbour, pathsOf, withFixed } from './open-files.ts';
import type { OpenFile } from './open-files.ts';
import { visibleText } from './region-marks.ts';

/** Milliseconds without an edit before the text goes to the container: long enough for a word, short enough to feel live. */
const quietMs = 200;

/** Where the reader is to be once the text is there. */
interface Goal {
  readonly file: string;
  readonly line: number | undefined;
  readonly column: number | undefined;
}

/**
 * Edits files of a container: one, or several in tabs.
 *
 * Until its code is loaded it shows the text as plain, selectable text of the same metrics. It loads when the element is
 * near the viewport and the page is idle, or when it is focused.
 *
 * Tab indents. Escape, then Tab leaves the editor; Ctrl-M makes Tab move the focus until it is pressed again.
 *
 * Comments that are alone on their line mark regions: `bv:hide`, `bv:fold title`, `bv:readonly`, `bv:focus`, each to `bv:end`.
 *
 * @tag bv-editor
 * @csspart name - The line with the file's name, or the tabs.
 * @csspart tabs - The tabs.
 * @cssprop --bv-editor-block-size - Its height outside of a split container. Default 24rem.
 * @cssprop --bv-highlight - The background of highlighted lines.
 * @fires bv-change - The reader edited the file; 200 ms after the last edit, and at once when the editor loses the focus.
 * @fires bv-error - The file could not be written, or the editor not be loaded.
 */
export class BvEditor extends LitElement {
  static override styles = [tokens, panel, styles];

  /** The path of the file that is shown, relative to the working directory. Default: the first of `files`. */
  @property() file = '';
  /** Files in tabs, their paths between blanks. What is opened later (`bv-open`) gets a tab that the reader can close. */
  @property() files = '';
  /** The id of a container elsewhere in the page. Default: the container around the element. */
  @property() for = '';
  /** Shows the file without letting it be edited. */
  @property({ type: Boolean }) readonly = false;
  /** Names the editor for screen readers. Default: by the file. */
  @property({ reflect: true, useDefault: true }) label = '';
  /** Lines to look at, such as `3,5-7`, of the first file; `other.js:2` of others. */
  @property() highlight = '';
  /** Buttons beside the name: `format`, `find`, or both. */
  @property() tools = '';
  /** `vim`, or the usual ones. */
  @property() keys = '';
  /** What is said about lines, shown under them. */
  @property({ attribute: false }) annotations: readonly EditorAnnotation[] = [];

  @state() private text: string | undefined;
  @state() private loaded = false;
  @state() private problem = '';
  @state() private open: readonly OpenFile[] = [];
  @query('.code') private parent!: HTMLElement;
  @query('.plain') private plain!: HTMLElement | null;

  #view: CodeView | undefined;
  #parts: typeof CodeViewParts | undefined;
  #shown = '';
  #lifetime: AbortController | undefined;
  #loading: Promise<void> | undefined;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  /** The file that holds edits which the container does not have yet. */
  #edited: string | undefined;
  #attached: { readonly host: ContainerHost; release(): void } | undefined;
  #listening: { readonly host: ContainerHost; release(): void } | undefined;
  /** Of each open file: ends keeping it up to date. */
  readonly #uses = new Map<string, () => void>();
  #goal: Goal | undefined;
  #keysInUse = '';
  /** The texts that CodeMirror's own were drawn in. */
  #spoken = '';
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
    this.#keysInUse = '';
    this.loaded = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('files')) {
      this.open = withFixed(this.open, pathsOf(this.files));
      if (this.file === '') this.file = this.open[0]?.file ?? '';
    }
    if (changed.has('file') || changed.has('files')) {
      this.flush();
      if (this.files === '' && this.open.length <= 1) this.open = this.file === '' ? [] : [{ file: this.file, closable: false }];
      else if (this.file !== '' && !this.shows(this.file)) this.open = [...this.open, { file: this.file, closable: true }];
      this.#attach();
    }
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('readonly')) this.#view?.setAccess();
    if (changed.has('highlight') || changed.has('annotations')) this.#mark();
    this.#setKeys();
    this.#view?.setLabel(this.#name(), strings.editorHelp);
    const spoken = textsNow();
    if (this.#spoken !== spoken) this.#view?.translate();
    this.#spoken = spoken;
    this.#view?.recolour();
  }

  override focus(): void {
    if (this.#view !== undefined) this.#view.focus();
    else this.plain?.focus();
  }

  /** Whether `file` is open here. */
  shows(file: string): boolean {
    return this.open.some((one) => one.file === file);
  }

  /**
   * Opens a file in a tab, unless it is open, shows it, and puts the cursor there, as soon as the text is there. Lines and columns
   * are counted from 1.
   */
  async reveal(file: string, line?: number, column?: number, { keepFocus = false }: { readonly keepFocus?: boolean } = {}): Promise<void> {
    if (!this.shows(file)) this.open = [...this.open, { file, closable: true }];
    this.#goal = { file, line, column };
    this.file = file;
    await this.updateComplete;
    // What a lesson opens by itself loads nothing: who reads on a phone may never edit.
    if (keepFocus) {
      this.#reach();
      return;
    }
    await this.#load();
    this.#reach();
    this.scrollIntoView({ block: 'nearest' });
    this.focus();
  }

  #reach(): void {
    if (this.#goal === undefined || this.#view === undefined || this.text === undefined || this.#shown !== this.#goal.file) return;
    const { line, column } = this.#goal;
    this.#goal = undefined;
    if (line !== undefined) this.#view.reveal(line, column);
  }

  /** Closes a tab; one of the author's stays. */
  close(file: string): void {
    const index = this.open.findIndex((one) => one.file === file);
    if (this.open[index]?.closable !== true) return;
    if (this.file === file) this.file = neighbour(this.open, index);
    this.open = this.open.filter((one) => one.file !== file);
    this.#view?.forget(file);
    this.#useFiles();
  }

  /** Formats the file that is shown. Its project's `.prettierrc` counts where that is JSON. */
  async format(): Promise<void> {
    await this.#load();
    const files = this.#container.host?.files;
    await this.#view?.format(files?.read('.prettierrc') ?? files?.read('.prettierrc.json')).catch((error: unknown) => this.#fail(error));
  }

  /** Opens the panel for finding and replacing. */
  async find(): Promise<void> {
    await this.#load();
    this.#view?.find();
  }

  /** Shows what differs from `text`, such as the solution, until it is null. Gives the number of places. */
  async compareWith(text: string | null): Promise<number> {
    if (text !== null) await this.#load();
    await this.updateComplete;
    return (await this.#view?.compareWith(text)) ?? 0;
  }

  #name(): string {
    return this.label || strings.editorLabel(this.file);
  }

  /** Follows the files of the container. */
  #attach(): void {
    const { host } = this.#container;
    if (host === undefined || this.file === '') {
      this.#detach();
      if (host !== undefined) this.#listen(host);
      return;
    }
    if (this.#attached?.host !== host) {
      this.#detach();
      const { files } = host;
      files.addEventListener('change', this.#onChange);
      files.addEventListener('edit', this.#onChange);
      const releases = [
        host.onFlush(() => this.flush()),
        () => files.removeEventListener('change', this.#onChange),
        () => files.removeEventListener('edit', this.#onChange),
      ];
      this.#attached = { host, release: () => releases.forEach((release) => release()) };
    }
    this.#listen(host);
    this.#useFiles();
    this.#show(host.files.read(this.file));
  }

  /** Hears what is to be opened, which may be its first file. */
  #listen(host: ContainerHost): void {
    if (this.#listening?.host === host) return;
    this.#listening?.release();
    const onOpen = (event: BvOpenEvent) => answerOpening(host, event);
    host.addEventListener('bv-open', onOpen);
    const leave = registerEditor(host, this);
    const release = () => {
      host.removeEventListener('bv-open', onOpen);
      leave();
    };
    this.#listening = { host, release };
  }

  #detach(): void {
    this.flush();
    this.#listening?.release();
    this.#listening = undefined;
    this.#attached?.release();
    this.#attached = undefined;
    this.#useFiles();
  }

  /** Keeps what is open up to date, and nothing else. */
  #useFiles(): void {
    const files = this.#attached?.host.files;
    for (const [file, release] of this.#uses) {
      if (files !== undefined && this.shows(file)) continue;
      release();
      this.#uses.delete(file);
    }
    if (files !== undefined) for (const { file } of this.open) if (!this.#uses.has(file)) this.#uses.set(file, files.use(file));
  }

  readonly #onChange = (event: Event): void => {
    const { type, path, from } = event as WorkingFileEvent;
    const files = this.#attached?.host.files;
    if (files === undefined) return;
    if (from !== undefined && this.shows(from) && !this.shows(path)) {
      this.open = this.open.map((one) => (one.file === from ? { ...one, file: path } : one));
      if (this.#edited === from) this.#edited = path;
      this.#view?.rename(from, path);
      if (this.#shown === from) this.#shown = path;
      if (this.file === from) this.file = path;
      this.#useFiles();
    } else if (type === 'edit' && files.read(path) === undefined && !files.isBinary(path)) this.close(path);
    // Edits that are not written yet win over what others wrote meanwhile.
    if (path === this.file && this.#edited !== path) this.#show(files.read(path));
  };

  #show(text: string | undefined): void {
    this.text = text;
    if (this.#view === undefined) return;
    if (this.#shown === this.file) this.#view.setText(text ?? '');
    else {
      this.#view.setFile(this.file, text ?? '');
      this.#shown = this.file;
      this.#mark();
    }
    this.#reach();
  }

  #mark(): void {
    const file = this.#shown;
    this.#view?.setMarks({
      highlighted: this.#parts!.highlightedLines(this.highlight, file, this.open[0]?.file ?? file),
      annotations: this.annotations.filter((one) => (one.file ?? file) === file),
    });
  }

  #setKeys(): void {
    if (this.#view === undefined || this.keys === this.#keysInUse) return;
    this.#keysInUse = this.keys;
    this.#view.setKeys(this.keys).catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    const { host } = this.#container;
    if (host === undefined) this.dispatchEvent(new BvErrorEvent(error));
    else host.fail(error);
  }

  /** Resolves when the editor is there, or cannot be; then it says so. */
  #load(): Promise<void> {
    const lifetime = this.#lifetime;
    if (this.#view !== undefined || lifetime === undefined) return Promise.resolve();
    this.#loading ??= this.#makeView(lifetime).finally(() => (this.#loading = undefined));
    return this.#loading;
  }

  async #makeView(lifetime: AbortController): Promise<void> {
    try {
      const parts = await loadPart('<bv-editor>', () => import('./code-view.ts'));
      await this.updateComplete;
      if (lifetime.signal.aborted) return;
      const { plain } = this;
      const hadFocus = plain !== null && this.renderRoot instanceof ShadowRoot && this.renderRoot.activeElement === plain;
      const [left, top] = [plain?.scrollLeft ?? 0, plain?.scrollTop ?? 0];
      this.#dress(parts);
      this.#view = new parts.CodeView({
        parent: this.parent,
        root: this.renderRoot as ShadowRoot,
        text: this.text ?? '',
        file: this.file,
        label: this.#name(),
        help: strings.editorHelp,
        isReadonly: (file) => this.readonly || parts.isProtected(this.#attached?.host.files, file),
        onEdit: this.#onEdit,
        onBlur: () => this.flush(),
        onFormat: () => void this.format(),
        onError: (error) => this.#fail(error),
      });
      this.#shown = this.file;
      this.loaded = true;
      this.parent.hidden = false; // At once: what is hidden takes no focus.
      this.#mark();
      this.#setKeys();
      this.#reach();
      this.parent.querySelector('.cm-scroller')?.scrollTo(left, top);
      if (hadFocus) this.#view.focus();
    } catch (error) {
      if (lifetime.signal.aborted) return;
      this.problem = saidBy(this, () => shownMessageOf(error));
      this.dispatchEvent(new BvErrorEvent(error));
    }
  }

  #dress(parts: typeof CodeViewParts): void {
    if (this.#parts !== undefined) return;
    this.#parts = parts;
    const sheet = parts.nameBarStyles.styleSheet;
    if (sheet !== undefined) (this.renderRoot as ShadowRoot).adoptedStyleSheets.push(sheet);
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
    if (host === undefined || this.file === '' || this.text !== undefined || host.state === 'booting') return '';
    return host.files.isBinary(this.file) ? strings.binaryFile(this.file) : strings.noSuchFile(this.file);
  }

  #renderName(tabs: boolean): TemplateResult {
    if (this.#parts === undefined) return html`<span class="file">${this.file}</span>`;
    return this.#parts.nameBar({
      tabs,
      open: this.open,
      shown: this.file,
      tools: this.tools.split(/\s+/),
      readonly: this.readonly,
      select: (file) => (this.file = file),
      close: (file) => this.close(file),
      format: () => void this.format(),
      find: () => void this.find(),
    });
  }

  protected override render(): TemplateResult {
    const message = this.#message();
    const tabs = this.files !== '' || this.open.length > 1;
    return html`<div class="name" part="name">${this.#renderName(tabs)}</div>
      <div
        class="body"
        id="body"
        role=${tabs ? 'tabpanel' : nothing}
        aria-label=${tabs ? this.file : nothing}
        data-theme=${this.#theme.theme}
      >
        <div class="code" ?hidden=${!this.loaded || (message !== '' && this.text === undefined)}></div>
        ${
          this.loaded || this.text === undefined
            ? nothing
            : html`<pre class="plain" tabindex="0" role="group" aria-label=${strings.codeLabel(this.file)} @focus=${this.#onFocus}>
${visibleText(this.text)}</pre>`
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
