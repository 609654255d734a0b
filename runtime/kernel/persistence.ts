import { BvError, PosixError } from '../base/errors.ts';
import type { Authority } from '../fs/authority.ts';
import { layerInoCount } from '../fs/layer.ts';
import type { Store } from '../fs/stores/store.ts';
import type { LayerSource, NodeSnapshot, TreeSnapshot } from '../wires/change.ts';

/** What is open of a persistent name. */
export interface OpenStore {
  readonly store: Store;
  /** Another tab holds the name: this is a copy and nothing will be kept. */
  readonly storedElsewhere: boolean;
  /** Keeps a layer, so that trees which mount it can be loaded. */
  keepLayer(source: LayerSource): Promise<void>;
}

/**
 * Keeps the changes of one container. Layers of programs are mounted anew in every session, from whatever version of the
 * runtime that is, so neither they nor what happens in them is stored.
 */
export class Persistence {
  readonly #open: OpenStore;
  readonly #authority: Authority;
  readonly #isProgramLayer: (id: string) => boolean;
  readonly #onError: (error: BvError) => void;

  constructor(open: OpenStore, authority: Authority, options: { readonly isProgramLayer: (id: string) => boolean; readonly onError: (error: BvError) => void }) {
    this.#open = open;
    this.#authority = authority;
    this.#isProgramLayer = options.isProgramLayer;
    this.#onError = options.onError;
    authority.subscribe((change) => {
      if (change.kind === 'mount' && this.#isProgramLayer(change.layer)) return;
      open.store.append([change]);
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
    this.#open.store.start(() => withoutLayers(this.#authority.snapshot(), this.#isProgramLayer), { fresh });
  }
}

/** As a program sees it: `ENOSPC` or `EIO`. */
export function posixOf(error: unknown): PosixError {
  return new PosixError(error instanceof BvError && error.code === 'ERR_BV_QUOTA' ? 'ENOSPC' : 'EIO');
}

/** The snapshot as if those layers had never been mounted. */
export function withoutLayers(snapshot: TreeSnapshot, isLeftOut: (id: string) => boolean): TreeSnapshot {
  const ranges = snapshot.mounts
    .filter(({ layer }) => isLeftOut(layer))
    .map(({ inoBase, layer }) => {
      const size = snapshot.layers.find(({ id }) => id === layer)?.blob.size ?? 0;
      return [inoBase, inoBase + layerInoCount(size)] as const;
    });
  if (ranges.length === 0) return snapshot;
  const isOut = (ino: number) => ranges.some(([first, end]) => ino >= first && ino < end);
  const nodes = snapshot.nodes
    .filter(({ ino }) => !isOut(ino))
    .map((node): NodeSnapshot => {
      const { data, entries } = node;
      if (entries?.some(([, ino]) => isOut(ino))) return { ...node, entries: entries.filter(([, ino]) => !isOut(ino)) };
      // A file that shares its contents with one of the layer, which is read anew then.
      if (data !== undefined && 'layerIno' in data && isOut(data.layerIno)) return { ...node, data: new Uint8Array(0) };
      return node;
    });
  return {
    ...snapshot,
    nodes,
    mounts: snapshot.mounts.filter(({ layer }) => !isLeftOut(layer)),
    layers: snapshot.layers.filter(({ id }) => !isLeftOut(id)),
    aliases: snapshot.aliases.filter(([from, to]) => !isOut(from) && !isOut(to)),
  };
}
