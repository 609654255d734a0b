/** The folders of the tree that are open: what is in them, followed while they are. */
import type { ContainerHost } from '../shared/container-controller.ts';
import { listFolder } from './folder-list.ts';
import { rowsOf } from './tree-rows.ts';
import type { Row, TreeEntry } from './tree-rows.ts';

export class OpenFolders {
  /** Resolves when what was listed is shown. */
  readonly #shown: (rows: readonly Row[]) => Promise<unknown>;
  readonly #listings = new Map<string, readonly TreeEntry[]>();
  readonly #open = new Set<string>();
  /** Of each folder that is shown: ends following it. */
  readonly #follows = new Map<string, () => void>();
  readonly #stale = new Set<string>();
  #refreshing: Promise<void> | undefined;
  #host: ContainerHost | undefined;
  /** Until {@link refresh} they are as they were. */
  isHidden: (path: string) => boolean = () => false;
  isReadonly: (path: string) => boolean = () => false;

  constructor(shown: (rows: readonly Row[]) => Promise<unknown>) {
    this.#shown = shown;
  }

  get host(): ContainerHost | undefined {
    return this.#host;
  }

  /** Resolves when the rows show what was changed before. */
  get settled(): Promise<void> {
    return this.#refreshing ?? Promise.resolve();
  }

  /** Lists another container's folders, or none. Which ones are open stays. */
  use(host: ContainerHost | undefined): void {
    if (host !== this.#host) {
      for (const release of this.#follows.values()) release();
      this.#follows.clear();
      this.#host = host;
    }
    this.#follow();
    this.refresh();
  }

  has(folder: string): boolean {
    return this.#open.has(folder);
  }

  /** The top folder is always open. */
  open(...folders: readonly string[]): void {
    for (const folder of folders) if (folder !== '') this.#open.add(folder);
    this.#follow();
    this.#list('');
  }

  /** With those in it. */
  close(folder: string): void {
    for (const one of this.#open) if (one === folder || one.startsWith(`${folder}/`)) this.#open.delete(one);
    this.#follow();
    this.#list('');
  }

  toggle(folder: string): void {
    if (this.#open.has(folder)) this.close(folder);
    else this.open(folder);
  }

  /** Lists all of them again. */
  refresh(): void {
    this.#list(...this.#follows.keys());
  }

  #follow(): void {
    for (const [folder, release] of this.#follows) {
      if (folder === '' || this.#open.has(folder)) continue;
      release();
      this.#follows.delete(folder);
      this.#listings.delete(folder);
    }
    const files = this.#host?.files;
    if (files === undefined) return;
    for (const folder of ['', ...this.#open]) {
      if (this.#follows.has(folder)) continue;
      const release = files.follow(folder, () => this.#list(folder));
      this.#follows.set(folder, release);
      this.#list(folder);
    }
  }

  #list(...folders: readonly string[]): void {
    for (const folder of folders) this.#stale.add(folder);
    this.#refreshing ??= this.#listStale().finally(() => {
      this.#refreshing = undefined;
      if (this.#stale.size > 0) this.#list();
    });
  }

  async #listStale(): Promise<void> {
    await Promise.resolve(); // What changes at once is listed once.
    while (this.#stale.size > 0 && this.#host !== undefined) {
      const [folder] = this.#stale as ReadonlySet<string>;
      this.#stale.delete(folder!);
      const host = this.#host;
      const { files, container } = host;
      const options = { container, folder: folder!, isHidden: this.isHidden, isReadonly: this.isReadonly };
      const entries = await listFolder(files, options).catch((error: unknown) => void host.fail(error));
      if (entries === undefined || this.#host !== host || !this.#follows.has(folder!)) continue;
      if (host.container !== container) this.#stale.add(folder!);
      else this.#listings.set(folder!, entries);
    }
    this.#stale.clear();
    await this.#shown(rowsOf(this.#listings, this.#open));
  }
}
