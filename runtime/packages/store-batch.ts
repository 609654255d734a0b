import type { NewPackage, PackageStore } from './package-store.ts';

/** A batch is written when it is this large or this old. */
const batchBytes = 8 << 20;
const batchMs = 60;

/** Packages on their way into the store, several in one transaction. `add` resolves when its package is there. */
export class StoreBatch {
  readonly #store: PackageStore;
  #packages: NewPackage[] = [];
  #bytes = 0;
  #written: Promise<void> | undefined;
  #write: (() => void) | undefined;
  /** One transaction waits for the other anyway: what comes meanwhile goes into the next. */
  #writing: Promise<unknown> = Promise.resolve();

  constructor(store: PackageStore) {
    this.#store = store;
  }

  get waiting(): number {
    return this.#packages.length;
  }

  add(one: NewPackage): Promise<void> {
    this.#packages.push(one);
    this.#bytes += one.size;
    if (this.#written === undefined) {
      const before = this.#writing;
      const due = new Promise<void>((resolve) => {
        const timer = setTimeout(() => void before.then(() => resolve()), batchMs);
        this.#write = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      const written = due.then(() => {
        const packages = this.#packages;
        this.#packages = [];
        this.#bytes = 0;
        this.#written = this.#write = undefined;
        return this.#store.add(packages);
      });
      this.#written = written;
      this.#writing = written.catch(() => {}); // Who added hears of it.
    }
    const written = this.#written;
    if (this.#bytes >= batchBytes) this.#write?.();
    return written;
  }

  async flush(): Promise<void> {
    const written = this.#written;
    this.#write?.();
    await written;
  }
}
