import { LitElement, html, nothing } from 'lit';
import type { TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { ContainerController, type ContainerHost } from '../shared/container-controller.ts';
import { copyText } from '../shared/copy-text.ts';
import { shownMessageOf } from '../shared/error-strings.ts';
import { currentLanguage, saidBy } from '../shared/language.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { strings } from '../shared/strings.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import { saveFile } from '../shared/save-file.ts';
import { zipOf } from './zip-of.ts';
import { embedCode } from './embed-code.ts';
import { nameOf } from './open-link.ts';
import { fragmentOf, maxLinkLength } from './permalink.ts';
import { changedFiles, projectFiles, type FileContents } from './project-files.ts';
import { send, services, type Form } from './services.ts';
import { shareStrings } from './share-strings.ts';
import { styles } from './share.styles.ts';

/** What the dialog shows, made when it is opened: a new tab may only be opened while a press is handled, without waiting. */
interface Prepared {
  readonly files: ReadonlyMap<string, FileContents>;
  readonly link: string;
  /** Why there is no link, or what is to be known of it. */
  readonly help: string;
  readonly forms: ReadonlyMap<string, Form>;
}

/**
 * A button that opens a dialog: a link that holds the changed files, archives, code to embed, and services that take the files.
 *
 * @tag bv-share
 * @slot - What the button says, in place of Share.
 * @csspart button - The button.
 * @csspart dialog - The dialog.
 */
export class BvShare extends LitElement {
  static override styles = [tokens, styles];

  /** `changes`: the link holds the files that differ from the author's. `all`: all files, for pages that will change. */
  @property() link: 'changes' | 'all' = 'changes';
  /** The services that are offered, separated by blanks. */
  @property() services = 'stackblitz codesandbox';
  /** The name of downloaded files, and of the project elsewhere. Default: the page's title. */
  @property() name = '';
  /** The id of a container elsewhere in the page. Default: the container around the element. */
  @property() for = '';

  @state() private prepared: Prepared | undefined;
  @state() private said = '';
  @query('dialog') private dialog!: HTMLDialogElement | null;

  readonly #container = new ContainerController(this, () => undefined);
  readonly #theme = new ThemeController(this, this.attachInternals());

  constructor() {
    super();
    new PresenceController(this, () => {
      this.dialog?.close();
      this.prepared = undefined;
    });
  }

  override focus(options?: FocusOptions): void {
    this.renderRoot.querySelector<HTMLElement>('button')?.focus(options);
  }

  /** Opens the dialog. Resolves when it shows the link. */
  async open(): Promise<void> {
    const { host } = this.#container;
    if (host === undefined || this.dialog === null) return;
    this.prepared = undefined;
    this.said = '';
    this.dialog.showModal();
    try {
      const prepared = await this.#prepare(host);
      if (this.dialog.open) this.prepared = prepared;
    } catch (error) {
      this.#failed(error);
    }
    await this.updateComplete;
  }

  async #prepare(host: ContainerHost): Promise<Prepared> {
    const files = await projectFiles(host);
    const { link, help } = await this.#makeLink(host, files);
    const forms = new Map<string, Form>();
    for (const name of this.#services) forms.set(name, await services[name]!.formOf(this.#title, files));
    return { files, link, help, forms };
  }

  get #services(): string[] {
    return this.services.split(/\s+/).filter((name) => Object.hasOwn(services, name));
  }

  get #title(): string {
    return this.name || document.title || 'bavini';
  }

  async #makeLink(host: ContainerHost, all: ReadonlyMap<string, FileContents>): Promise<{ readonly link: string; readonly help: string }> {
    const linked = this.link === 'all' ? all : await changedFiles(host);
    const say = <Said>(help: () => Said): Said => saidBy(this, help);
    const page = new URL(location.href);
    page.hash = '';
    if (linked.size === 0) return { link: page.href, help: say(() => shareStrings.linkUnchanged) };
    const texts = new Map<string, string | null>();
    for (const [path, contents] of linked) {
      if (contents instanceof Uint8Array) return { link: '', help: say(() => shareStrings.linkNotText(path)) };
      texts.set(path, contents);
    }
    const fragment = await fragmentOf({ container: nameOf(host), files: texts });
    if (fragment.length <= maxLinkLength) return { link: `${page.href}${fragment}`, help: say(() => shareStrings.linkHelp) };
    return say(() => {
      const number = new Intl.NumberFormat(currentLanguage());
      return { link: '', help: shareStrings.linkTooLong(number.format(fragment.length), number.format(maxLinkLength)) };
    });
  }

  #say(text: () => string): void {
    this.said = saidBy(this, text);
  }

  #failed(error: unknown): void {
    this.#say(() => shareStrings.failed(shownMessageOf(error)));
  }

  async #copy(text: string, done: () => string): Promise<void> {
    const copied = await copyText(text);
    this.#say(copied ? done : () => shareStrings.copyFailed);
  }

  readonly #copyLink = (): void => {
    const input = this.renderRoot.querySelector('input');
    input?.select();
    void this.#copy(this.prepared?.link ?? '', () => shareStrings.linkCopied);
  };

  readonly #copyEmbed = (): void => {
    const { host } = this.#container;
    if (host !== undefined && this.prepared !== undefined)
      void this.#copy(embedCode(host, this.prepared.files), () => shareStrings.embedCopied);
  };

  get #fileName(): string {
    return this.#title.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+|[-.]+$/g, '') || 'bavini';
  }

  readonly #downloadZip = (): void => {
    const { prepared } = this;
    if (prepared === undefined) return;
    zipOf(prepared.files).then(
      (zip) => saveFile(zip, `${this.#fileName}.zip`),
      (error: unknown) => this.#failed(error),
    );
  };

  readonly #downloadSnapshot = (): void => {
    this.#container.host?.container?.snapshot().then(
      (snapshot) => saveFile(snapshot, `${this.#fileName}.tar.gz`),
      (error: unknown) => this.#failed(error),
    );
  };

  #openIn(name: string): void {
    const form = this.prepared?.forms.get(name);
    if (form === undefined) return;
    send(form);
    this.#say(() => shareStrings.opened(services[name]!.name));
  }

  #contents(): TemplateResult {
    const { prepared } = this;
    const waiting = prepared === undefined;
    const booted = this.#container.host?.container !== undefined;
    return html`<div class="head">
        <h2 id="title">${shareStrings.title}</h2>
        <button type="button" class="close" @click=${() => this.dialog?.close()}>${shareStrings.close}</button>
      </div>
      <h3 id="link">${shareStrings.link}</h3>
      <div class="row">
        <input readonly aria-labelledby="link" aria-describedby="help" .value=${prepared?.link ?? ''} />
        <button type="button" class="primary copy-link" aria-disabled=${waiting || prepared.link === ''} @click=${this.#copyLink}>
          ${shareStrings.copyLink}
        </button>
      </div>
      <p class="help" id="help">${prepared?.help ?? ''}</p>
      <h3>${shareStrings.download}</h3>
      <div class="row">
        <button type="button" class="zip" aria-disabled=${waiting} @click=${this.#downloadZip}>${shareStrings.downloadZip}</button>
        ${
          booted
            ? html`<button type="button" class="snapshot" @click=${this.#downloadSnapshot}>${shareStrings.downloadSnapshot}</button>`
            : nothing
        }
      </div>
      <h3>${shareStrings.embed}</h3>
      <div class="row">
        <button type="button" class="embed" aria-disabled=${waiting} @click=${this.#copyEmbed}>${shareStrings.copyEmbed}</button>
      </div>
      ${this.#services.length === 0 ? nothing : html`<h3>${shareStrings.openElsewhere}</h3>`}
      <div class="row">
        ${this.#services.map(
          (name) =>
            html`<button type="button" class=${name} aria-disabled=${waiting} @click=${() => this.#openIn(name)}>
              ${shareStrings.openIn(services[name]!.name)}
            </button>`,
        )}
      </div>
      <p class="said" role="status">${this.said}</p>`;
  }

  protected override render(): TemplateResult {
    if (this.#container.missing) return html`<p class="message">${strings.noContainer('bv-share', this.for)}</p>`;
    const disabled = this.#container.host === undefined;
    return html`<button
        type="button"
        part="button"
        aria-haspopup="dialog"
        aria-disabled=${disabled}
        data-theme=${this.#theme.theme}
        @click=${() => void this.open()}
      >
        <slot>${shareStrings.share}</slot>
      </button>
      <dialog part="dialog" aria-labelledby="title">${this.#contents()}</dialog>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-share': BvShare;
  }
}
