/** Containers of the built package, for tests in real browsers. The build must be there: `npm run build`. */
import { LeakCheck, type LiveCounts } from './leak-check.ts';
import type { BootOptions, Container, TerminalProcess } from '../index.ts';

export type Api = typeof import('../index.ts');

const leaks = LeakCheck.install();
const entry = '/dist/index.js';
let baseline: LiveCounts | undefined;
const live = new Set<Container>();

/** The package as a page loads it. */
export function loadApi(): Promise<Api> {
  return import(entry) as Promise<Api>;
}

export async function bootContainer(options: BootOptions = {}): Promise<Container> {
  const { Container } = await loadApi();
  if (baseline === undefined) {
    // The page's runtime stays once it has booted; what a container adds to it must go with the container.
    const first = await Container.boot();
    await first.exec('true'); // Takes the worker that the boot starts in advance.
    first.teardown();
    await leaks.settled({ workers: 1, ports: 1, objectUrls: Infinity, frames: 0, listeners: Infinity });
    baseline = leaks.counts;
  }
  const container = await Container.boot(options);
  live.add(container);
  return container;
}

/** Tears down what `bootContainer` gave and checks that nothing is left of it: for `after`. */
export async function endContainers(): Promise<void> {
  for (const container of live) container.teardown();
  live.clear();
  if (baseline !== undefined) await leaks.settled(baseline);
}

/** Only what hangs is cut off by it: no test passes or fails by how fast the machine is. */
export const hangMs = 90_000;

/** Rejects with what was seen instead. */
export async function within<T>(milliseconds: number, what: () => string, work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not within ${milliseconds} ms: ${what()}`)), milliseconds);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** What a person at a terminal does and sees. */
export class Typist {
  readonly process: TerminalProcess;
  readonly #input: WritableStreamDefaultWriter<string>;
  /** All that came, without its colours. */
  seen = '';
  #unread = '';
  #wake: (() => void) | undefined;
  #ended = false;

  constructor(process: TerminalProcess) {
    this.process = process;
    this.#input = process.input.getWriter();
    void this.#read(process.output.getReader());
  }

  async #read(reader: ReadableStreamDefaultReader<string>): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      const plain = value.replace(/\x1b\[[0-9;]*m/g, '');
      this.seen += plain;
      this.#unread += plain;
      this.#wake?.();
    }
    this.#ended = true;
    this.#wake?.();
  }

  async type(text: string): Promise<void> {
    await this.#input.write(text);
  }

  /** Waits for `wanted` in what has not been waited for yet; answers all up to and with it. */
  until(wanted: string | RegExp, milliseconds = hangMs): Promise<string> {
    const look = async (): Promise<string> => {
      for (;;) {
        const found = typeof wanted === 'string' ? this.#unread.indexOf(wanted) : this.#unread.search(wanted);
        if (found >= 0) {
          const length = typeof wanted === 'string' ? wanted.length : wanted.exec(this.#unread)![0].length;
          const text = this.#unread.slice(0, found + length);
          this.#unread = this.#unread.slice(found + length);
          return text;
        }
        if (this.#ended) throw new Error(`The terminal closed after ${JSON.stringify(this.#unread)}, before ${String(wanted)}`);
        await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    };
    return within(milliseconds, () => `${String(wanted)} in ${JSON.stringify(this.#unread)}`, look());
  }
}
