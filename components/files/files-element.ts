import { LitElement, html, nothing, svg } from 'lit';
import type { PropertyValues, TemplateResult } from 'lit';
import { property, query, state } from 'lit/decorators.js';
import { ContainerController } from '../shared/container-controller.ts';
import type { ContainerHost } from '../shared/container-controller.ts';
import { BvElementError } from '../shared/element-error.ts';
import { BvOpenEvent } from '../shared/events.ts';
import { panel } from '../shared/panel.styles.ts';
import { protect } from '../shared/protected-files.ts';
import { PresenceController } from '../shared/presence-controller.ts';
import { strings } from '../shared/strings.ts';
import { ThemeController } from '../shared/theme-controller.ts';
import { tokens } from '../shared/tokens.ts';
import { add, bringBack, download, exists, move, remove } from './file-actions.ts';
import { fileMenu, openMenu } from './file-menu.ts';
import type { MenuItem } from './file-menu.ts';
import { filesStrings } from './files-strings.ts';
import { styles } from './files.styles.ts';
import { globsOf } from './globs.ts';
import { filesOfInput, pickFolder } from './incoming.ts';
import type { IncomingFile } from './incoming.ts';
import { enterField, nameField, pathOf } from './name-field.ts';
import type { Naming } from './name-field.ts';
import { OpenFolders } from './open-folders.ts';
import { TreeDrops } from './tree-drops.ts';
import { folderOf, joinPath, moveOf, nameOf, rowByName } from './tree-rows.ts';
import type { Row, TreeEntry } from './tree-rows.ts';

interface Notice {
  readonly text: string;
  readonly undo?: () => Promise<void>;
}

/** Milliseconds after which a letter begins another name. */
const typeaheadMs = 700;
/** Milliseconds that a finger rests for the menu, as the systems have it. */
const longPressMs = 500;

const icons = {
  file: svg`<path d="M9 1.5H4a1 1 0 0 0-1 1v11a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V5.5zM9 1.5v4h4M8 8v4M6 10h4"/>`,
  folder: svg`<path d="M1.5 12.5v-9h4.5l1.5 2h7v7zM8 7.5v3.5M6.25 9.25h3.5"/>`,
  more: svg`<path d="M3 8h.01M8 8h.01M13 8h.01" stroke-width="2.5"/>`,
  twist: svg`<path d="M6 4l4 4-4 4"/>`,
};
const icon = (name: keyof typeof icons, className = '') =>
  html`<svg class=${className} viewBox="0 0 16 16" aria-hidden="true">${icons[name]}</svg>`;

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
  @property() label = '';

  @state() private rows: readonly Row[] = [];
  @state() private active = '';
  @state() private naming: Naming | undefined;
  @state() private problem = '';
  @state() private cut = '';
  @state() private notice: Notice | undefined;
  @state() private menuOf: string | undefined;
  @query('.tree') private tree!: HTMLElement;
  @query('.menu') private menu!: HTMLElement;

  #endProtection: (() => void) | undefined;
  readonly #folders = new OpenFolders((rows) => this.#show(rows));
  #typed = { text: '', at: 0 };
  #focusNext = false;
  #press: ReturnType<typeof setTimeout> | undefined;
  readonly #drops = new TreeDrops({
    pathAt: (event) => this.#pathAt(event),
    folderAt: (path) => this.#folderAt(path),
    mayMove: (path) => this.rows.some((row) => row.path === path && !row.readonly && row.change !== 'deleted'),
    move: (from, folder) => void this.#moveTo(from, folder),
    add: (folder, files) => void this.#add(folder, files),
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
    if (this.naming !== undefined && input === null) return;
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

  #go(path: string): void {
    this.active = path;
    this.#focusNext = true;
    this.requestUpdate();
  }

  #toggle(path: string): void {
    if (this.#folders.has(path)) this.#folders.close(path);
    else this.#folders.open(path);
  }

  #activate(row: Row, { keepFocus }: { readonly keepFocus: boolean }): void {
    if (row.kind === 'folder') this.#toggle(row.path);
    else if (row.change !== 'deleted') this.#host?.dispatchEvent(new BvOpenEvent(row.path, undefined, undefined, { keepFocus }));
  }

  /** Where something new goes that is asked for at `path`. */
  #folderAt(path: string): string {
    return this.rows.find((row) => row.path === path)?.kind === 'folder' ? path : folderOf(path);
  }

  readonly #onKey = (event: KeyboardEvent): void => {
    if ((event.target as Element).localName === 'input') return;
    const index = this.#activeIndex();
    const row = this.rows[index];
    const command = event.ctrlKey || event.metaKey;
    const { key } = event;
    if (command && key === 'x' && row !== undefined) this.#startMove(row);
    else if (command && key === 'v') this.#paste(this.active);
    else if (command || event.altKey) return;
    else if (key === 'ContextMenu' || (key === 'F10' && event.shiftKey)) this.#showMenuAt(this.active);
    else if (key === 'Escape' && this.cut !== '') this.cut = '';
    else if (row === undefined) return;
    else if (key === 'Enter' || key === ' ') this.#activate(row, { keepFocus: key === ' ' });
    else if (key === 'F2') this.#startRename(row);
    else if (key === 'Delete') void this.#remove(row.path);
    else if (key === '*') {
      const siblings = this.rows.filter((one) => one.level === row.level && folderOf(one.path) === folderOf(row.path));
      for (const one of siblings) if (one.kind === 'folder' && !one.open) this.#folders.open(one.path);
    } else {
      const moved = moveOf(key, this.rows, index, getComputedStyle(this).direction !== 'rtl');
      if (moved !== undefined) {
        if ('toggle' in moved) this.#toggle(moved.toggle);
        else this.#go(this.rows[moved.focus]!.path);
      } else if (key.length === 1) {
        const now = event.timeStamp;
        this.#typed = { text: now - this.#typed.at < typeaheadMs ? this.#typed.text + key : key, at: now };
        const found = rowByName(this.rows, index, this.#typed.text);
        if (found !== undefined) this.#go(this.rows[found]!.path);
      } else return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  /** Runs what changes files, and says why it could not be done. */
  async #do(run: (host: ContainerHost) => Promise<void>): Promise<void> {
    const host = this.#host;
    if (host === undefined) return;
    try {
      await run(host);
    } catch (error) {
      host.fail(error);
    }
    if (this.#host === host) this.#folders.refresh();
  }

  #refuse(path: string): boolean {
    if (!this.#folders.isReadonly(path)) return false;
    this.notice = { text: filesStrings.protected(nameOf(path)) };
    return true;
  }

  #startNew(path: string, kind: TreeEntry['kind']): void {
    const folder = this.#folderAt(path);
    this.#folders.open(folder);
    this.problem = '';
    this.naming = { folder, kind };
    this.#focusNext = true;
  }

  #startRename(row: Row): void {
    if (this.#refuse(row.path) || row.change === 'deleted') return;
    this.problem = '';
    this.naming = { folder: folderOf(row.path), kind: row.kind, path: row.path };
    this.#focusNext = true;
  }

  #endNaming(focus: boolean): void {
    this.naming = undefined;
    this.problem = '';
    this.#focusNext = focus;
  }

  async #name(text: string, focus: boolean): Promise<void> {
    const { naming } = this;
    const host = this.#host;
    if (naming === undefined || host === undefined) return;
    const { kind, path } = naming;
    if (text.trim() === '' || (path !== undefined && nameOf(path) === text.trim())) {
      this.#endNaming(focus);
      return;
    }
    const next = pathOf(naming, text);
    if (next === undefined) this.problem = filesStrings.badName(text);
    else if (this.#folders.isReadonly(next)) this.problem = filesStrings.protected(text.trim());
    else if (await exists(host, next)) this.problem = filesStrings.taken(text.trim());
    else {
      this.#endNaming(focus);
      const wasOpen = path !== undefined && this.#folders.has(path);
      await this.#do(async () => {
        if (path !== undefined) await move(host, path, next);
        else if (kind === 'folder') await host.files.makeFolder(next);
        else await host.files.write(next, '');
      });
      if (wasOpen) this.#folders.open(next);
      for (let at = folderOf(next); at !== ''; at = folderOf(at)) this.#folders.open(at);
      await this.settled;
      this.active = next;
      this.#focusNext = focus;
      this.requestUpdate();
      if (path === undefined && kind === 'file') host.dispatchEvent(new BvOpenEvent(next));
      return;
    }
    // Whoever left the field wants no name.
    if (!focus) this.#endNaming(false);
  }

  async #remove(path: string): Promise<void> {
    const row = this.rows.find((one) => one.path === path);
    if (row === undefined || row.change === 'deleted' || this.#refuse(path)) return;
    await this.#do(async (host) => {
      const undo = await remove(host, path);
      this.notice = { text: filesStrings.removed(nameOf(path)), undo };
    });
  }

  async #undo({ undo }: Notice): Promise<void> {
    this.notice = undefined;
    this.#focusNext = true;
    if (undo !== undefined) await this.#do(() => undo());
  }

  #startMove(row: Row): void {
    if (this.#refuse(row.path) || row.change === 'deleted') return;
    this.cut = row.path;
    this.notice = { text: filesStrings.willMove(nameOf(row.path)) };
  }

  #paste(at: string): void {
    if (this.cut !== '') void this.#moveTo(this.cut, this.#folderAt(at));
    this.cut = '';
  }

  async #moveTo(from: string, folder: string): Promise<void> {
    const name = nameOf(from);
    const to = joinPath(folder, name);
    if (to === from || this.#refuse(from) || this.#refuse(to)) return;
    await this.#do(async (host) => {
      if (to.startsWith(`${from}/`)) throw new BvElementError('ERR_BV_UNSUPPORTED', filesStrings.intoItself(name));
      if (await exists(host, to)) throw new BvElementError('ERR_BV_BAD_TREE', filesStrings.taken(to));
      await move(host, from, to);
      this.#folders.open(folder);
      this.notice = { text: filesStrings.moved(name, folder), undo: () => move(host, to, from) };
    });
    await this.settled;
    if (this.rows.some(({ path }) => path === to)) this.#go(to);
  }

  async #add(folder: string, incoming: readonly IncomingFile[]): Promise<void> {
    const allowed = incoming.filter(({ path }) => !this.#refuse(joinPath(folder, path)));
    if (allowed.length === 0) return;
    await this.#do(async (host) => {
      await add(host, folder, allowed);
      this.#folders.open(folder);
      this.notice = { text: filesStrings.added(allowed.length) };
    });
  }

  async #addFolder(folder: string): Promise<void> {
    try {
      const picked = await pickFolder();
      if (picked === undefined) this.#pick(folder, { folders: true });
      else await this.#add(folder, picked);
    } catch (error) {
      if ((error as Error).name !== 'AbortError') this.#host?.fail(error); // Else the reader picked nothing.
    }
  }

  #pick(folder: string, { folders }: { readonly folders: boolean }): void {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.webkitdirectory = folders;
    input.onchange = () => void this.#add(folder, filesOfInput(input.files ?? []));
    input.click();
  }

  #items(path: string): readonly MenuItem[] {
    const row = this.rows.find((one) => one.path === path);
    const folder = this.#folderAt(path);
    const items: MenuItem[] = [
      { label: filesStrings.newFile, run: () => this.#startNew(path, 'file') },
      { label: filesStrings.newFolder, run: () => this.#startNew(path, 'folder') },
    ];
    if (row?.change === 'deleted') items.push({ label: filesStrings.bringBack, run: () => void this.#do((host) => bringBack(host, path)) });
    else if (row !== undefined && !row.readonly) {
      items.push(
        { label: filesStrings.rename, shortcut: 'F2', run: () => this.#startRename(row) },
        { label: filesStrings.cut, shortcut: 'Ctrl X', run: () => this.#startMove(row) },
        { label: filesStrings.remove, shortcut: 'Del', run: () => void this.#remove(path) },
      );
    }
    if (this.cut !== '') items.push({ label: filesStrings.paste, shortcut: 'Ctrl V', run: () => this.#paste(path) });
    items.push(
      { label: filesStrings.upload, run: () => this.#pick(folder, { folders: false }) },
      { label: filesStrings.uploadFolder, run: () => void this.#addFolder(folder) },
    );
    const isFolder = row?.kind !== 'file';
    const save = () => void this.#do((host) => download(host, path, { isFolder, hidden: this.hide }));
    if (row?.change !== 'deleted') items.push({ label: isFolder ? filesStrings.downloadZip : filesStrings.download, run: save });
    if (!isFolder) {
      const all = () => void this.#do((host) => download(host, '', { isFolder: true, hidden: this.hide }));
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
    return nameField(this.naming!, {
      level,
      problem: this.problem,
      done: (name, { left }) => void this.#name(name, !left),
      cancel: () => this.#endNaming(true),
    });
  }

  #renderRow(row: Row): TemplateResult {
    const { path, kind, change, level } = row;
    const name = nameOf(path);
    const states = [
      ...(change === undefined ? [] : [filesStrings.changes[change]]),
      ...(row.readonly ? [filesStrings.readonly] : []),
      ...(this.cut === path ? [filesStrings.cutNow] : []),
    ];
    if (this.naming?.path === path) return this.#renderNaming(level);
    const created = this.naming !== undefined && this.naming.path === undefined && this.naming.folder === path && row.open;
    return html`<div
        role="treeitem"
        class="row ${change ?? ''} ${this.cut === path ? 'cut' : ''} ${this.#drops.target === path ? 'target' : ''}"
        style="--level: ${level}"
        data-path=${path}
        title=${path}
        tabindex=${path === this.active ? 0 : -1}
        aria-label=${filesStrings.row(name, states)}
        aria-level=${level}
        aria-posinset=${row.position}
        aria-setsize=${row.size}
        aria-expanded=${kind === 'folder' ? row.open : nothing}
        aria-selected=${path === this.active}
        draggable="true"
        @click=${() => {
          this.active = path;
          this.#rowElement(this.#activeIndex())?.focus();
          this.#activate(row, { keepFocus: true });
        }}
        @focus=${() => (this.active = path)}
      >
        ${kind === 'folder' ? icon('twist', 'twist') : html`<span class="twist"></span>`}
        <span class="text">${name}</span>
        ${change === undefined ? nothing : html`<span class="mark" data-mark=${filesStrings.marks[change]}></span>`}
      </div>
      ${created ? this.#renderNaming(level + 1) : nothing}`;
  }

  protected override render(): TemplateResult {
    const label = this.label || filesStrings.label;
    const { notice } = this;
    const top = this.naming !== undefined && this.naming.path === undefined && this.naming.folder === '';
    const hint = this.#container.missing
      ? strings.noContainer('bv-files', this.for)
      : this.rows.length === 0 && !top
        ? filesStrings.empty
        : '';
    return html`<div class="bar" part="bar" role="group" aria-label=${filesStrings.actions} data-theme=${this.#theme.theme}>
        <p class="title">${label}</p>
        ${this.#renderButton('file', filesStrings.newFile, () => this.#startNew(this.active, 'file'))}
        ${this.#renderButton('folder', filesStrings.newFolder, () => this.#startNew(this.active, 'folder'))}
        ${this.#renderButton('more', filesStrings.more, (event) => {
          const { left, bottom } = (event.currentTarget as Element).getBoundingClientRect();
          void this.#showMenu(this.active, left, bottom);
        })}
      </div>
      <div
        class="tree ${this.#drops.target === '' ? 'target' : ''}"
        part="tree"
        role=${hint === '' ? 'tree' : 'group'}
        aria-label=${label}
        @keydown=${this.#onKey}
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
      <div role="status">
        ${
          notice === undefined
            ? nothing
            : html`<div class="notice">
                <p>${notice.text}</p>
                ${
                  notice.undo === undefined
                    ? nothing
                    : html`<button type="button" class="undo" @click=${() => void this.#undo(notice)}>${strings.undo}</button>`
                }
                <button type="button" class="dismiss" @click=${() => void this.#undo({ text: '' })}>${strings.dismiss}</button>
              </div>`
        }
      </div>
      ${fileMenu(this.menuOf === undefined ? [] : this.#items(this.menuOf), {
        label: this.menuOf === undefined || this.menuOf === '' ? label : nameOf(this.menuOf),
        close: this.#closeMenu,
      })}`;
  }

  #renderButton(name: keyof typeof icons, label: string, run: (event: MouseEvent) => void): TemplateResult {
    return html`<button type="button" class=${name} aria-label=${label} title=${label} @click=${run}>${icon(name)}</button>`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'bv-files': BvFiles;
  }
}
