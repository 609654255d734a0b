/** What moves on a terminal while npm works: a spinner, and a bar where it is known how much there is to do. */
import type { ProgramContext } from '../../../process/program.ts';
import { PosixError } from '../../../base/errors.ts';

/** How the parts of the work tell what they do. */
export interface Progress {
  /** The next part of the work: `resolving`, `fetching`, `linking` or another one, what it is at and, where known, of how many steps it is. */
  stage(name: string, total?: number, current?: string): void;
  /** How many steps of the stage are done. */
  advance(done: number, more?: { readonly current: string; readonly cached: number }): void;
}

export interface ProgressState {
  readonly stage: string;
  /** Of the stage: a package, as a rule. May be empty. */
  readonly current: string;
  readonly done: number;
  readonly total: number | undefined;
  /** Of those done, how many were here already. */
  readonly cached: number;
  /** The most steps that `resolving` had: packages. */
  readonly resolved: number;
  /** Goes up with each line. */
  readonly frame: number;
  readonly columns: number;
  readonly unicode: boolean;
}

/** One line of text, without colours. */
export type ProgressLook = (state: ProgressState) => string;

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
  #stage = '';
  #current = '';
  #done = 0;
  #cached = 0;
  #resolved = 0;
  #total: number | undefined;
  #frame = 0;
  /** Another manager's, or none. Default: npm's. */
  look: ProgressLook | undefined = npmLook;
  paint: (line: string) => string = (line) => line;
  #shown = false;
  #running: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  #columns = 80;

  constructor(context: ProgramContext, enabled: boolean, unicode: boolean) {
    this.#context = context;
    this.#enabled = enabled && context.stderr.isTty;
    this.#unicode = unicode;
  }

  stage(name: string, total?: number, current = ''): void {
    this.#stage = name;
    this.#current = current;
    this.#total = total;
    this.#done = 0;
    if (name === 'resolving') this.#resolved = Math.max(this.#resolved, total ?? 0);
    if (this.#enabled && this.look !== undefined && this.#running === undefined) {
      const stop = new AbortController();
      this.#running = { stop, ended: this.#run(stop.signal) };
    }
  }

  advance(done: number, { current, cached }: { readonly current?: string; readonly cached?: number } = {}): void {
    this.#done = done;
    if (current !== undefined && current !== '') this.#current = current;
    this.#cached = cached ?? this.#cached;
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
    const columns = Math.max(2, this.#columns);
    const text = (this.look ?? npmLook)({
      stage: this.#stage,
      current: this.#current,
      done: this.#done,
      total: this.#total,
      cached: this.#cached,
      resolved: this.#resolved,
      frame: ++this.#frame,
      columns,
      unicode: this.#unicode,
    });
    const before = this.#shown ? clear : '';
    this.#shown = true;
    await this.#context.stderr.write(before + this.paint(text.slice(0, columns - 1)));
  }
}

/** The character of a spinner that is shown now. */
export function spun(frames: string, { frame }: ProgressState): string {
  return frames[frame % frames.length] ?? '';
}

const npmLook: ProgressLook = (state) => {
  const { stage, current, done, total, unicode } = state;
  const text = [spun(unicode ? dots : lines, state), stage, current].filter((part) => part !== '').join(' ');
  if (total === undefined || total === 0 || stage === 'resolving') return text;
  const width = 20;
  const full = Math.round((Math.min(done, total) / total) * width);
  const [on, off] = unicode ? ['█', '░'] : ['#', '.'];
  return `${spun(unicode ? dots : lines, state)} ${stage} ${on.repeat(full)}${off.repeat(width - full)} ${done}/${total}`;
};
