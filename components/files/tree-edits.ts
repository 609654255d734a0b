/** What the reader does to files in the tree: naming, moving, deleting and adding them. */
import type { ContainerHost } from '../shared/container-controller.ts';
import { BvElementError } from '../shared/element-error.ts';
import { BvOpenEvent } from '../shared/events.ts';
import { saidBy } from '../shared/language.ts';
import { add, exists, move, remove } from './file-actions.ts';
import { filesStrings } from './files-strings.ts';
import { filesOfInput, pickFolder } from './incoming.ts';
import type { IncomingFile } from './incoming.ts';
import { pathOf } from './name-field.ts';
import type { Naming } from './name-field.ts';
import type { OpenFolders } from './open-folders.ts';
import { folderOf, joinPath, nameOf } from './tree-rows.ts';
import type { Row, TreeEntry } from './tree-rows.ts';

export interface Notice {
  /** Asked whenever it is shown: the language may be another one by then. */
  readonly text: () => string;
  readonly undo?: () => Promise<void>;
}

/** What is shown of it. */
export interface EditState {
  /** The name that is being typed. */
  readonly naming: Naming | undefined;
  /** What is wrong with that name. */
  readonly problem: (() => string) | undefined;
  /** What will be moved; empty if nothing is. */
  readonly cut: string;
  readonly notice: Notice | undefined;
}

export interface EditOptions {
  readonly folders: OpenFolders;
  readonly rowAt: (path: string) => Row | undefined;
  /** The row of a path becomes the current one, with the focus or without it. */
  readonly go: (path: string, how: { readonly focus: boolean }) => void;
  /** Where the focus goes once the state is shown: to the field of a name, else to the current row; or it stays. */
  readonly focusNext: (wanted: boolean) => void;
  readonly changed: () => void;
}

/** So many files that are not added are told of by name. */
const maxNamed = 3;

export class TreeEdits {
  readonly #options: EditOptions;
  #state: EditState = { naming: undefined, problem: undefined, cut: '', notice: undefined };

  constructor(options: EditOptions) {
    this.#options = options;
  }

  get state(): EditState {
    return this.#state;
  }

  set(change: Partial<EditState>): void {
    this.#state = { ...this.#state, ...change };
    this.#options.changed();
  }

  /** Where something new goes that is asked for at `path`. */
  folderAt(path: string): string {
    return this.#options.rowAt(path)?.kind === 'folder' ? path : folderOf(path);
  }

  /** Runs what changes files, and says why it could not be done. */
  async run(work: (host: ContainerHost) => Promise<void>): Promise<void> {
    const { folders } = this.#options;
    const { host } = folders;
    if (host === undefined) return;
    try {
      await work(host);
    } catch (error) {
      host.fail(error);
    }
    if (folders.host === host) folders.refresh();
  }

  #refuse(path: string): boolean {
    if (!this.#options.folders.isReadonly(path)) return false;
    this.set({ notice: { text: () => filesStrings.protected(nameOf(path)) } });
    return true;
  }

  startNew(path: string, kind: TreeEntry['kind']): void {
    const folder = this.folderAt(path);
    this.#options.folders.open(folder);
    this.set({ problem: undefined, naming: { folder, kind } });
    this.#options.focusNext(true);
  }

  startRename({ path, kind, change }: Row): void {
    if (this.#refuse(path) || change === 'deleted') return;
    this.set({ problem: undefined, naming: { folder: folderOf(path), kind, path } });
    this.#options.focusNext(true);
  }

  endNaming(focus: boolean): void {
    this.set({ naming: undefined, problem: undefined });
    this.#options.focusNext(focus);
  }

  /** Takes the name as typed. `focus`: the reader is still at it. */
  async name(text: string, focus: boolean): Promise<void> {
    const { folders, go } = this.#options;
    const { naming } = this.#state;
    const { host } = folders;
    if (naming === undefined || host === undefined) return;
    const { kind, path } = naming;
    if (text.trim() === '' || (path !== undefined && nameOf(path) === text.trim())) {
      this.endNaming(focus);
      return;
    }
    const next = pathOf(naming, text);
    if (next === undefined) this.set({ problem: () => filesStrings.badName(text) });
    else if (folders.isReadonly(next)) this.set({ problem: () => filesStrings.protected(text.trim()) });
    else if (await exists(host, next)) this.set({ problem: () => filesStrings.taken(text.trim()) });
    else {
      this.endNaming(focus);
      const wasOpen = path !== undefined && folders.has(path);
      await this.run(async () => {
        if (path !== undefined) await move(host, path, next);
        else if (kind === 'folder') await host.files.makeFolder(next);
        else await host.files.write(next, '');
      });
      if (wasOpen) folders.open(next);
      for (let at = folderOf(next); at !== ''; at = folderOf(at)) folders.open(at);
      await folders.settled;
      go(next, { focus });
      if (path === undefined && kind === 'file') host.dispatchEvent(new BvOpenEvent(next));
      return;
    }
    // Whoever left the field wants no name.
    if (!focus) this.endNaming(false);
  }

  async remove(path: string): Promise<void> {
    const row = this.#options.rowAt(path);
    if (row === undefined || row.change === 'deleted' || this.#refuse(path)) return;
    await this.run(async (host) => {
      const undo = await remove(host, path);
      this.set({ notice: { text: () => filesStrings.removed(nameOf(path)), undo } });
    });
  }

  /** Takes the notice away, and back what it tells of. */
  async dismiss(undo?: Notice['undo']): Promise<void> {
    this.set({ notice: undefined });
    this.#options.focusNext(true);
    if (undo !== undefined) await this.run(() => undo());
  }

  startMove({ path, change }: Row): void {
    if (this.#refuse(path) || change === 'deleted') return;
    this.set({ cut: path, notice: { text: () => filesStrings.willMove(nameOf(path)) } });
  }

  paste(at: string): void {
    const { cut } = this.#state;
    if (cut !== '') void this.move(cut, this.folderAt(at));
    this.set({ cut: '' });
  }

  async move(from: string, folder: string): Promise<void> {
    const { folders, rowAt, go } = this.#options;
    const name = nameOf(from);
    const to = joinPath(folder, name);
    if (to === from || this.#refuse(from) || this.#refuse(to)) return;
    await this.run(async (host) => {
      if (to.startsWith(`${from}/`))
        throw new BvElementError(
          'ERR_BV_UNSUPPORTED',
          saidBy(host, () => filesStrings.intoItself(name)),
        );
      if (await exists(host, to))
        throw new BvElementError(
          'ERR_BV_BAD_TREE',
          saidBy(host, () => filesStrings.taken(to)),
        );
      await move(host, from, to);
      folders.open(folder);
      this.set({ notice: { text: () => filesStrings.moved(name, folder), undo: () => move(host, to, from) } });
    });
    await folders.settled;
    if (rowAt(to) !== undefined) go(to, { focus: true });
  }

  async add(folder: string, incoming: readonly IncomingFile[]): Promise<void> {
    const isAllowed = ({ path }: IncomingFile) => !this.#options.folders.isReadonly(joinPath(folder, path));
    const allowed = incoming.filter(isAllowed);
    const refused = incoming.filter((one) => !isAllowed(one));
    await this.run(async (host) => {
      if (allowed.length > 0) await add(host, folder, allowed);
      this.#options.folders.open(folder);
      const count = allowed.filter(({ file }) => file !== undefined).length;
      const texts = () => [
        ...(count === 0 ? [] : [filesStrings.added(count)]),
        ...refused.slice(0, maxNamed).map(({ path }) => filesStrings.protected(nameOf(path))),
      ];
      if (count + refused.length > 0) this.set({ notice: { text: () => texts().join(' ') } });
    });
  }

  /** Adds a folder that the reader picks. */
  async addFolder(folder: string): Promise<void> {
    try {
      const picked = await pickFolder();
      if (picked === undefined) this.pick(folder, { folders: true });
      else await this.add(folder, picked);
    } catch (error) {
      if ((error as Error).name !== 'AbortError') this.#options.folders.host?.fail(error); // Else the reader picked nothing.
    }
  }

  /** Adds what the reader picks. */
  pick(folder: string, { folders }: { readonly folders: boolean }): void {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    input.webkitdirectory = folders;
    input.onchange = () => void this.add(folder, filesOfInput(input.files ?? []));
    input.click();
  }
}
