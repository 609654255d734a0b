import type { HeldPack, NewPackage, PackageStore } from './package-store.ts';

/** A batch is copied when it is this large or this old. */
const batchBytes = 8 << 20;
const batchMs = 60;
/** What was copied is written this much later, unless somebody is in a hurry before. */
const writeMs = 1000;

interface Batch {
  readonly packages: NewPackage[];
  bytes: number;
  readonly timer: ReturnType<typeof setTimeout>;
  readonly durable: Promise<void>;
  readonly settle: (writing: Promise<void>) => void;
}

/**
 * Packages on their way into the store, several in one transaction. The browser's writing takes the processor from what unpacks: as long as
 * nobody is in a hurry it begins a second later.
 */
export class StoreBatch {
  readonly #store: PackageStore;
  readonly #onBegin: () => void;
  #batch: Batch | undefined;
  /** One transaction waits for the other anyway: what comes meanwhile goes into the next. */
  #writing: Promise<unknown> = Promise.resolve();
  /** Copied, yet to be written. */
  #waiting: { readonly pack: HeldPack; readonly settle: Batch['settle'] }[] = [];
  #isHurried = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

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

  /** Copies all that waits: from now on the store has it, and writes it when it is time. */
  begin(): void {
    const batch = this.#batch;
    if (batch === undefined) return;
    this.#batch = undefined;
    clearTimeout(batch.timer);
    this.#waiting.push({ pack: this.#store.hold(batch.packages), settle: batch.settle });
    this.#onBegin();
    if (this.#isHurried) this.#write();
    else this.#timer ??= setTimeout(() => this.hurry(), writeMs);
  }

  /** From now on nothing waits any more to be written. */
  hurry(): void {
    clearTimeout(this.#timer);
    this.#isHurried = true;
    this.#write();
  }

  #write(): void {
    const waiting = this.#waiting;
    if (waiting.length === 0) return;
    this.#waiting = [];
    const writing = this.#store.write(waiting.map(({ pack }) => pack));
    for (const { settle } of waiting) settle(writing);
    this.#writing = Promise.allSettled([this.#writing, writing]);
  }
}
