/** Pipes and their ends between programs that run inside one worker while their parent waits. */
import { PosixError } from '../../base/errors.ts';

export type Answer<R> = (
  outcome: { readonly error: Error; readonly result?: undefined } | { readonly error?: undefined; readonly result: R },
) => void;

/** What a writer may be ahead of its reader, as on Linux. */
const capacity = 65_536;

interface Waiting<R> {
  readonly answer: Answer<R>;
}

/** Bytes on their way. Readers and writers are counted: the last of either that goes ends it. */
export class NestedPipe {
  #chunks: Uint8Array[] = [];
  #size = 0;
  #readers: number;
  #writers: number;
  #reads: (Waiting<{ bytes: Uint8Array }> & { readonly most: number })[] = [];
  #writes: (Waiting<object> & { readonly bytes: Uint8Array })[] = [];

  constructor(options: { readonly readers: number; readonly writers: number } = { readers: 1, writers: 1 }) {
    this.#readers = options.readers;
    this.#writers = options.writers;
  }

  /** Whether nothing more can come. */
  get ended(): boolean {
    return this.#writers === 0;
  }

  /** Puts bytes in, whatever there is already. */
  fill(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#size += bytes.length;
    this.#settle();
  }

  /** In front of what is read next. */
  unread(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.unshift(bytes);
    this.#size += bytes.length;
    this.#settle();
  }

  read(most: number, answer: Answer<{ bytes: Uint8Array }>): () => void {
    const waiting = { most, answer };
    this.#reads.push(waiting);
    this.#settle();
    return () => {
      this.#reads = this.#reads.filter((one) => one !== waiting);
    };
  }

  write(bytes: Uint8Array, answer: Answer<object>): () => void {
    const waiting = { bytes, answer };
    this.#writes.push(waiting);
    this.#settle();
    return () => {
      this.#writes = this.#writes.filter((one) => one !== waiting);
    };
  }

  closeReader(): void {
    this.#readers -= 1;
    this.#settle();
  }

  closeWriter(): void {
    this.#writers -= 1;
    this.#settle();
  }

  #settle(): void {
    for (;;) {
      const write = this.#writes[0];
      if (write !== undefined && (this.#readers === 0 || this.#size < capacity)) {
        this.#writes.shift();
        if (this.#readers === 0) write.answer({ error: new PosixError('EPIPE') });
        else {
          if (write.bytes.length > 0) this.#chunks.push(write.bytes);
          this.#size += write.bytes.length;
          write.answer({ result: {} });
        }
        continue;
      }
      const read = this.#reads[0];
      if (read !== undefined && (this.#size > 0 || this.#writers === 0)) {
        this.#reads.shift();
        read.answer({ result: { bytes: this.#take(read.most) } });
        continue;
      }
      return;
    }
  }

  #take(most: number): Uint8Array {
    const first = this.#chunks[0];
    if (first === undefined) return new Uint8Array(0);
    const taken = first.subarray(0, most);
    if (taken.length === first.length) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(taken.length);
    this.#size -= taken.length;
    return taken.slice();
  }
}

/** What a handle names: the ends it has, and how many handles share it. */
export class NestedEnd {
  readonly input: NestedPipe | undefined;
  readonly output: NestedPipe | undefined;
  /** Takes what is written instead of a pipe. */
  readonly sink: ((bytes: Uint8Array) => void) | undefined;
  #references = 0;
  #outputOpen = true;

  constructor(ends: { readonly input?: NestedPipe; readonly output?: NestedPipe; readonly sink?: (bytes: Uint8Array) => void }) {
    this.input = ends.input;
    this.output = ends.output;
    this.sink = ends.sink;
  }

  retain(): this {
    this.#references += 1;
    return this;
  }

  release(): void {
    this.#references -= 1;
    if (this.#references > 0) return;
    this.input?.closeReader();
    this.shutdown();
  }

  /** Ends the writing half. */
  shutdown(): void {
    if (!this.#outputOpen) return;
    this.#outputOpen = false;
    this.output?.closeWriter();
  }
}
