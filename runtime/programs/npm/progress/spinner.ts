/** What moves on a terminal while npm works: a spinner, and a bar where it is known how much there is to do. */
import type { ProgramContext } from '../../../process/program.ts';
import { PosixError } from '../../../base/errors.ts';

/** How the parts of the work tell what they do. */
export interface Progress {
  /** The next part of the work: what it is called and, where known, of how many steps it is. */
  stage(name: string, total?: number): void;
  /** How many steps of the stage are done. */
  advance(done: number): void;
}

/** Nothing is shown of what takes less, in milliseconds. */
const patienceMs = 200;
const frameMs = 80;
const dots = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏';
const lines = '-\\|/';
/** Back to the start of the line, which is then emptied. */
const clear = '\x1b[1G\x1b[0K';

export class Spinner implements Progress {
  readonly #context: ProgramContext;
  readonly #enabled: boolean;
  readonly #unicode: boolean;
  readonly #started = performance.now();
  #name = '';
  #done = 0;
  #total: number | undefined;
  #frame = 0;
  #shown = false;
  #running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  #columns = 80;

  constructor(context: ProgramContext, enabled: boolean, unicode: boolean) {
    this.#context = context;
    this.#enabled = enabled && context.stderr.isTty;
    this.#unicode = unicode;
  }

  stage(name: string, total?: number): void {
    this.#name = name;
    this.#total = total;
    this.#done = 0;
    if (this.#enabled && this.#running === undefined) {
      const stop = new AbortController();
      this.#running = { stop, ended: this.#run(stop.signal) };
    }
  }

  advance(done: number): void {
    this.#done = done;
  }

  /** Takes the line away; it comes back with the next frame. */
  async pause(): Promise<void> {
    if (!this.#shown) return;
    this.#shown = false;
    await this.#context.stderr.write(clear);
  }

  /** Takes the line away for good. */
  async stop(): Promise<void> {
    const running = this.#running;
    this.#running = undefined;
    running?.stop.abort();
    await running?.ended;
    await this.pause();
  }

  async #run(stop: AbortSignal): Promise<void> {
    const { calls } = this.#context;
    try {
      const handle = calls.handleOf(this.#context.stderr.fd);
      if (handle !== undefined) this.#columns = (await calls.call('getTty', { handle })).size.columns;
      await calls.sleep(Math.max(0, patienceMs - (performance.now() - this.#started)), stop);
      while (!stop.aborted) {
        await this.#show();
        await calls.sleep(frameMs, stop);
      }
    } catch (error) {
      // The program is over, or the terminal is gone: whoever writes next learns it.
      if (error instanceof PosixError || this.#context.signal.aborted) return;
      throw error;
    }
  }

  async #show(): Promise<void> {
    const frames = this.#unicode ? dots : lines;
    this.#frame = (this.#frame + 1) % frames.length;
    const text = `${frames[this.#frame]}${this.#bar()}`.slice(0, Math.max(1, this.#columns - 1));
    const before = this.#shown ? clear : '';
    this.#shown = true;
    await this.#context.stderr.write(before + text);
  }

  #bar(): string {
    const [done, total] = [this.#done, this.#total];
    if (total === undefined || total === 0) return this.#name === '' ? '' : ` ${this.#name}`;
    const width = 20;
    const full = Math.round((Math.min(done, total) / total) * width);
    const [on, off] = this.#unicode ? ['█', '░'] : ['#', '.'];
    return ` ${this.#name} ${on.repeat(full)}${off.repeat(width - full)} ${done}/${total}`;
  }
}
