import { LitElement, html, nothing } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { ContainerController } from '../shared/container-controller.ts';
import type { ContainerHost } from '../shared/container-controller.ts';
import { BvOpenEvent } from '../shared/events.ts';
import { panel } from '../shared/panel.styles.ts';
import { protect } from '../shared/protected-files.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { strings } from '../shared/strings.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import { bringBack, download } from './file-actions.ts';
import { fileMenu, openMenu } from './file-menu.ts';
import type { MenuItem } from './file-menu.ts';
import { filesStrings } from './files-strings.ts';
import { styles } from './files.styles.ts';
import { globsOf } from './globs.ts';
import { enterField, nameField } from './name-field.ts';
import { OpenFolders } from './open-folders.ts';
import { iconButton, rowView } from './row-view.ts';
import { TreeDrops } from './tree-drops.ts';
import { TreeEdits } from './tree-edits.ts';
import type { Notice } from './tree-edits.ts';
import { TreeKeys } from './tree-keys.ts';
import { nameOf } from './tree-rows.ts';
import type { Row } from './tree-rows.ts';

/** Milliseconds that a finger rests for the menu, as the systems have it. */
const longPressMs = 500;

/**
 * The files of a container as a tree: opens them in its editors, and creates, renames, moves, deletes, adds and downloads them.
 *
 * Works before the container is booted; only what needs a runtime (files that are no text, a zip) boots it. Deleting asks nothing
 * and can be undone. All of it can be done with the keyboard, by a menu (Shift-F10, long press), and most by drag and drop.
 *
 * @tag bv-files
 * @csspart bar - The line with the title and buttons.
 * @csspart tree - The tree.
 * @csspart menu - The menu of a file.
 * @cssprop --bv-files-block-size - Its height. Default 24rem.
 * @fires bv-open - A file is to be shown, dispatched on the container.
 */
export class BvFiles extends LitElement {
  static override styles = [tokens, panel, styles];

  /** The id of a container elsewhere in the page. Default: the container around the element. */
  @property() for = '';
  /** Globs between blanks: what is not shown, such as `node_modules/** .git/**`. */
  @property() hide = '';
  /** Globs between blanks: what the reader cannot edit, rename, move, replace or delete, here and in editors; `**` for all. */
  @property() readonly = '';
  /** Folders between blanks that are open at first. */
  @property() expanded = '';
  /** The heading, and the name of the tree. */
  @property({ reflect: true, useDefault: true }) label = '';

  @state() private rows: readonly Row[] = [];
  @state() private active = '';
  @state() private menuOf: string | undefined;
  @query('.tree') private tree!: HTMLElement;
  @query('.menu') private menu!: HTMLElement;

  #endProtection: (() => void) | undefined;
  readonly #folders = new OpenFolders((rows) => this.#show(rows));
  #focusNext = false;
  #press: ReturnType<typeof setTimeout> | undefined;
  readonly #edits = new TreeEdits({
    folders: this.#folders,
    rowAt: (path) => this.#rowAt(path),
    go: (path, { focus }) => this.#go(path, focus),
    focusNext: (wanted) => (this.#focusNext = wanted),
    changed: () => this.requestUpdate(),
  });
  readonly #keys = new TreeKeys({
    rows: () => this.rows,
    index: () => this.#activeIndex(),
    leftToRight: () => getComputedStyle(this).direction !== 'rtl',
    folders: this.#folders,
    edits: this.#edits,
    go: (path) => this.#go(path, true),
    activate: (row, how) => this.#activate(row, how),
    showMenu: () => this.#showMenuAt(this.active),
  });
  readonly #drops = new TreeDrops({
    pathAt: (event) => this.#pathAt(event),
    folderAt: (path) => this.#edits.folderAt(path),
    mayMove: (path) => this.rows.some((row) => row.path === path && !row.readonly && row.change !== 'deleted'),
    move: (from, folder) => void this.#edits.move(from, folder),
    add: (folder, files) => void this.#edits.add(folder, files),
    fail: (error) => this.#host?.fail(error),
    changed: () => this.requestUpdate(),
  });
  readonly #container = new ContainerController(this, (host) => this.#attach(host));
  readonly #theme = new ThemeController(this, this.attachInternals());

  constructor() {
    super();
    new PresenceController(this, () => this.#leave());
  }

  /** Resolves when the tree shows what was changed before. */
  get settled(): Promise<void> {
    return this.#folders.settled;
  }

  override focus(): void {
    this.#rowElement(this.#activeIndex())?.focus();
  }

  #leave(): void {
    clearTimeout(this.#press);
    this.#endProtection?.();
    this.#endProtection = undefined;
    this.#folders.use(undefined);
  }

  get #host(): ContainerHost | undefined {
    return this.#folders.host;
  }

  #attach(host: ContainerHost | undefined): void {
    const before = this.#host;
    if (host !== before) this.#leave();
    this.#folders.use(host);
    if (host !== before) this.#protect();
  }

  #protect(): void {
    this.#endProtection?.();
    this.#endProtection =
      this.#host === undefined || this.readonly === '' ? undefined : protect(this.#host.files, this.#folders.isReadonly);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('expanded')) this.#folders.open(...this.expanded.split(/\s+/).filter(Boolean));
    if (!changed.has('hide') && !changed.has('readonly')) return;
    this.#folders.isHidden = globsOf(this.hide);
    this.#folders.isReadonly = globsOf(this.readonly);
    this.#protect();
    this.#folders.refresh();
  }

  protected override updated(): void {
    if (!this.#focusNext) return;
    const input = this.renderRoot.querySelector<HTMLInputElement>('input.name');
    // Its folder is listed first.
    if (this.#edits.state.naming !== undefined && input === null) return;
    this.#focusNext = false;
    if (input === null) this.focus();
    else enterField(input);
  }

  async #show(rows: readonly Row[]): Promise<void> {
    const before = this.rows.findIndex(({ path }) => path === this.active);
    this.rows = rows;
    if (!rows.some(({ path }) => path === this.active)) {
      // The one in its place, if it went.
      this.active = rows[Math.max(Math.min(before, rows.length - 1), 0)]?.path ?? '';
      if (this.shadowRoot?.activeElement?.getAttribute('role') === 'treeitem') this.#focusNext = true;
    }
    await this.updateComplete;
  }

  #activeIndex(): number {
    return Math.max(
      this.rows.findIndex(({ path }) => path === this.active),
      0,
    );
  }

  #rowElement(index: number): HTMLElement | undefined {
    return this.renderRoot.querySelectorAll<HTMLElement>('[role=treeitem][data-path]')[index];
  }

  #rowAt(path: string): Row | undefined {
    return this.rows.find((row) => row.path === path);
  }

  #go(path: string, focus: boolean): void {
    this.active = path;
    this.#focusNext = focus;
    this.requestUpdate();
  }

  #activate(row: Row, { keepFocus }: { readonly keepFocus: boolean }): void {
    if (row.kind === 'folder') this.#folders.toggle(row.path);
    else if (row.change !== 'deleted') this.#host?.dispatchEvent(new BvOpenEvent(row.path, undefined, undefined, { keepFocus }));
  }

  #items(path: string): readonly MenuItem[] {
    const edits = this.#edits;
    const row = this.#rowAt(path);
    const folder = edits.folderAt(path);
    const items: MenuItem[] = [
      { label: filesStrings.newFile, run: () => edits.startNew(path, 'file') },
      { label: filesStrings.newFolder, run: () => edits.startNew(path, 'folder') },
    ];
    if (row?.change === 'deleted')
      items.push({ label: filesStrings.bringBack, run: () => void edits.run((host) => bringBack(host, path)) });
    else if (row !== undefined && !row.readonly) {
      items.push(
        { label: filesStrings.rename, shortcut: 'F2', run: () => edits.startRename(row) },
        { label: filesStrings.cut, shortcut: 'Ctrl X', run: () => edits.startMove(row) },
        { label: filesStrings.remove, shortcut: 'Del', run: () => void edits.remove(path) },
      );
    }
    if (edits.state.cut !== '') items.push({ label: filesStrings.paste, shortcut: 'Ctrl V', run: () => edits.paste(path) });
    items.push(
      { label: filesStrings.upload, run: () => edits.pick(folder, { folders: false }) },
      { label: filesStrings.uploadFolder, run: () => void edits.addFolder(folder) },
    );
    const isFolder = row?.kind !== 'file';
    const save = () => void edits.run((host) => download(host, path, { isFolder, hidden: this.hide }));
    if (row?.change !== 'deleted') items.push({ label: isFolder ? filesStrings.downloadZip : filesStrings.download, run: save });
    if (!isFolder) {
      const all = () => void edits.run((host) => download(host, '', { isFolder: true, hidden: this.hide }));
      items.push({ label: filesStrings.downloadZip, run: all });
    }
    return items;
  }

  async #showMenu(path: string, x: number, y: number): Promise<void> {
    if (path !== '') this.active = path;
    this.menuOf = path;
    await this.updateComplete;
    if (this.isConnected) openMenu(this.menu, x, y);
  }

  #showMenuAt(path: string): void {
    const { left, bottom } = (this.#rowElement(this.#activeIndex()) ?? this.tree).getBoundingClientRect();
    void this.#showMenu(path, left + 24, bottom);
  }

  readonly #closeMenu = (): void => {
    if (this.menuOf === undefined) return;
    this.menuOf = undefined;
    // To where it came from, unless the reader went elsewhere.
    this.#focusNext ||= this.menu.contains(this.shadowRoot!.activeElement);
    if (this.menu.matches(':popover-open')) this.menu.hidePopover();
  };

  #pathAt(event: Event): string {
    const row = (event.target as Element).closest<HTMLElement>('[data-path]');
    return row?.dataset['path'] ?? '';
  }

  readonly #onMenu = (event: MouseEvent): void => {
    event.preventDefault();
    clearTimeout(this.#press);
    void this.#showMenu(this.#pathAt(event), event.clientX, event.clientY);
  };

  readonly #onPointerDown = (event: PointerEvent): void => {
    clearTimeout(this.#press);
    if (event.pointerType !== 'touch') return;
    const path = this.#pathAt(event);
    // Where the system does not make a `contextmenu` of it.
    this.#press = setTimeout(() => void this.#showMenu(path, event.clientX, event.clientY), longPressMs);
  };

  readonly #onPointerEnd = (): void => clearTimeout(this.#press);

  #renderNaming(level: number): TemplateResult {
    const { naming, problem } = this.#edits.state;
    return nameField(naming!, {
      level,
      problem: problem?.() ?? '',
      done: (name, { left }) => void this.#edits.name(name, !left),
      cancel: () => this.#edits.endNaming(true),
    });
  }

  #renderRow(row: Row): TemplateResult {
    const { path, level } = row;
    const { naming, cut } = this.#edits.state;
    if (naming?.path === path) return this.#renderNaming(level);
    const created = naming !== undefined && naming.path === undefined && naming.folder === path && row.open;
    const view = rowView(row, {
      active: path === this.active,
      cut: cut === path,
      target: this.#drops.target === path,
      click: () => {
        this.active = path;
        this.#rowElement(this.#activeIndex())?.focus();
        this.#activate(row, { keepFocus: true });
      },
      focus: () => (this.active = path),
    });
    return created ? html`${view} ${this.#renderNaming(level + 1)}` : view;
  }

  #renderNotice({ text, undo }: Notice): TemplateResult {
    return html`<div class="notice">
      <p>${text()}</p>
      ${
        undo === undefined
          ? nothing
          : html`<button type="button" class="undo" @click=${() => void this.#edits.dismiss(undo)}>${strings.undo}</button>`
      }
      <button type="button" class="dismiss" @click=${() => void this.#edits.dismiss()}>${strings.dismiss}</button>
    </div>`;
  }

  protected override render(): TemplateResult {
    const label = this.label || filesStrings.label;
    const { naming, notice } = this.#edits.state;
    const top = naming !== undefined && naming.path === undefined && naming.folder === '';
    const hint = this.#container.missing
      ? strings.noContainer('bv-files', this.for)
      : this.rows.length === 0 && !top
        ? filesStrings.empty
        : '';
    return html`<div class="bar" part="bar" role="group" aria-label=${filesStrings.actions} data-theme=${this.#theme.theme}>
        <p class="title">${label}</p>
        ${iconButton('file', filesStrings.newFile, () => this.#edits.startNew(this.active, 'file'))}
        ${iconButton('folder', filesStrings.newFolder, () => this.#edits.startNew(this.active, 'folder'))}
        ${iconButton('more', filesStrings.more, (event) => {
          const { left, bottom } = (event.currentTarget as Element).getBoundingClientRect();
          void this.#showMenu(this.active, left, bottom);
        })}
      </div>
      <div
        class="tree ${this.#drops.target === '' ? 'target' : ''}"
        part="tree"
        role=${hint === '' ? 'tree' : 'group'}
        aria-label=${label}
        @keydown=${this.#keys.onKey}
        @contextmenu=${this.#onMenu}
        @pointerdown=${this.#onPointerDown}
        @pointermove=${this.#onPointerEnd}
        @pointerup=${this.#onPointerEnd}
        @pointercancel=${this.#onPointerEnd}
        @dragstart=${this.#drops.onStart}
        @dragover=${this.#drops.onOver}
        @dragleave=${this.#drops.onEnd}
        @dragend=${this.#drops.onEnd}
        @drop=${this.#drops.onDrop}
      >
        ${hint === '' ? nothing : html`<p class="hint">${hint}</p>`} ${top ? this.#renderNaming(1) : nothing}
        ${this.rows.map((row) => this.#renderRow(row))}
      </div>
      <div role="status">${notice === undefined ? nothing : this.#renderNotice(notice)}</div>
      ${fileMenu(this.menuOf === undefined ? [] : this.#items(this.menuOf), {
        label: this.menuOf === undefined || this.menuOf === '' ? label : nameOf(this.menuOf),
        close: this.#closeMenu,
      })}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-files': BvFiles;
  }
}
