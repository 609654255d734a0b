import type { NewPackage, PackageStore } from './package-store.ts';

/** A batch is written when it is this large or this old. */
const batchBytes = 8 << 20;
const batchMs = 60;

interface Batch {
  readonly packages: NewPackage[];
  bytes: number;
  readonly timer: ReturnType<typeof setTimeout>;
  readonly durable: Promise<void>;
  readonly settle: (writing: Promise<void>) => void;
}

/** Packages on their way into the store, several in one transaction. */
export class StoreBatch {
  readonly #store: PackageStore;
  readonly #onBegin: () => void;
  #batch: Batch | undefined;
  /** One transaction waits for the other anyway: what comes meanwhile goes into the next. */
  #writing: Promise<unknown> = Promise.resolve();

  /** @param onBegin Called when the store has copied all that was added. */
  constructor(store: PackageStore, onBegin: () => void) {
    this.#store = store;
    this.#onBegin = onBegin;
  }

  /** Resolves when it is durable. */
  add(one: NewPackage): Promise<void> {
    const batch = (this.#batch ??= this.#open());
    batch.packages.push(one);
    batch.bytes += one.size;
    if (batch.bytes >= batchBytes) this.begin();
    return batch.durable;
  }

  #open(): Batch {
    let settle: Batch['settle'] = () => undefined;
    const durable = new Promise<void>((resolve) => (settle = resolve));
    const before = this.#writing;
    const timer = setTimeout(() => void before.then(() => this.#batch === batch && this.begin()), batchMs);
    const batch: Batch = { packages: [], bytes: 0, timer, durable, settle };
    return batch;
  }

  /** Begins to write all that waits: from now on the store has it. */
  begin(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#batch = undefined;
    clearTimeout(batch.timer);
    const writing = this.#store.add(batch.packages);
    this.#onBegin();
    batch.settle(writing);
    this.#writing = Promise.allSettled([this.#writing, writing]);
  }
}
