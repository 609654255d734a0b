import { BvError, PosixError } from '../base/errors.ts';
import type { Authority } from '../fs/authority.ts';
import type { Store } from '../fs/stores/store.ts';
import type { LayerSource } from '../wires/change.ts';
import { StoredView } from './stored-view.ts';

/** What is open of a persistent name. */
export interface OpenStore {
  readonly store: Store;
  /** Another tab holds the name: this is a copy and nothing will be kept. */
  readonly storedElsewhere: boolean;
  /** Keeps a layer, so that trees which mount it can be loaded. */
  keepLayer(source: LayerSource): Promise<void>;
}

/** Keeps the changes of one container, as {@link StoredView} sees them. */
export class Persistence {
  readonly #open: OpenStore;
  readonly #authority: Authority;
  readonly #view: StoredView;
  readonly #onError: (error: BvError) => void;
  readonly #onStored: () => void;

  constructor(
    open: OpenStore,
    authority: Authority,
    options: {
      readonly isProgramLayer: (id: string) => boolean;
      readonly onError: (error: BvError) => void;
      /** Something is durable, for the first time since this was made or started over. */
      readonly onStored: () => void;
    },
  ) {
    this.#open = open;
    this.#authority = authority;
    this.#view = new StoredView(authority.tree, options.isProgramLayer);
    this.#onError = options.onError;
    this.#onStored = options.onStored;
    authority.subscribe((change) => {
      const changes = this.#view.translate(change);
      if (changes.length > 0) open.store.append(changes);
    });
    this.#start(false);
  }

  get unsavedChanges(): number {
    return this.#open.store.unsavedChanges;
  }

  /** Resolves when all that happened so far is durable. Rejects with `ERR_BV_QUOTA` or `ERR_BV_STORE`. */
  sync(): Promise<void> {
    return this.#open.store.sync();
  }

  keepLayer(source: LayerSource): void {
    this.#open.keepLayer(source).catch((cause: unknown) => {
      this.#onError(cause instanceof BvError ? cause : new BvError('ERR_BV_STORE', `Cannot store the layer "${source.id}"`, { cause }));
    });
  }

  /** Deletes what is stored, lets `rebuild` change the tree, and keeps the result and all that comes after. */
  async startOver(rebuild: () => void): Promise<void> {
    await this.#open.store.forget();
    try {
      rebuild();
    } finally {
      this.#start(true);
    }
  }

  close(): Promise<void> {
    return this.#open.store.close();
  }

  #start(fresh: boolean): void {
    this.#open.store.start(() => this.#view.snapshot(this.#authority.snapshot()), { fresh, onStored: this.#onStored });
  }
}

/** As a program sees it: `ENOSPC` or `EIO`. */
export function posixOf(error: unknown): PosixError {
  return new PosixError(error instanceof BvError && error.code === 'ERR_BV_QUOTA' ? 'ENOSPC' : 'EIO');
}
