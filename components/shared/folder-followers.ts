import type { Container } from '../../runtime/index.ts';

/** Called with the path that changed; without one if any may have: at a boot, its end, a reset, other files of the author's. */
export type FolderListener = (path?: string) => void;

interface Follower {
  readonly folder: string;
  readonly recursive: boolean;
  readonly listener: FolderListener;
  watcher?: { close(): void };
}

/** Who wants to know what changes in a folder, before the container boots and after. */
export class FolderFollowers {
  readonly #followers = new Set<Follower>();
  #container: Container | undefined;

  /** Until the returned function is called. `folder` is empty for the working directory. */
  add(folder: string, listener: FolderListener, { recursive = false }: { readonly recursive?: boolean } = {}): () => void {
    const follower: Follower = { folder, recursive, listener };
    this.#followers.add(follower);
    this.#watch(follower);
    return () => {
      this.#followers.delete(follower);
      follower.watcher?.close();
    };
  }

  /** From now on `container` tells of changes; without one, {@link tell} does. */
  use(container: Container | undefined): void {
    this.#container = container;
    for (const follower of this.#followers) {
      this.#watch(follower);
      follower.listener();
    }
  }

  /** A change that no container tells of. */
  tell(path: string): void {
    if (this.#container !== undefined) return;
    for (const { folder, recursive, listener } of this.#followers) {
      if (folder !== '' && !path.startsWith(`${folder}/`)) continue;
      // A file deeper down may be the first of a folder that is new here.
      const name = path.slice(folder === '' ? 0 : folder.length + 1);
      listener(recursive || !name.includes('/') ? path : `${path.slice(0, path.length - name.length)}${name.slice(0, name.indexOf('/'))}`);
    }
  }

  #watch(follower: Follower): void {
    follower.watcher?.close();
    delete follower.watcher;
    const { folder, recursive, listener } = follower;
    const prefix = folder === '' ? '' : `${folder}/`;
    const watcher = this.#container?.fs.watch(folder || '.', { recursive }, (_event, name) => listener(`${prefix}${name as string}`));
    if (watcher !== undefined) follower.watcher = watcher;
  }
}
