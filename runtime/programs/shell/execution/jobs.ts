/** Children and jobs. A job is what one pipeline started: a process group, and coroutines of the shell beside it. */
import type { Pid } from '../../../base/ids.ts';
import { signalNumbers, type SignalName } from '../../../base/signals.ts';
import type { Calls } from '../../../process/streams.ts';

export type ChildState = 'running' | 'stopped' | 'done';

export class Child {
  readonly pid: Pid;
  state: ChildState = 'running';
  code = 0;
  signal: SignalName | null = null;
  /** Whether a trap has run for the signal that ended it. */
  answered = false;
  /** Resolves with the exit status when it has ended. */
  readonly done: Promise<number>;
  onChange: (() => void) | undefined;

  constructor(calls: Calls, pid: Pid, jobControl: boolean) {
    this.pid = pid;
    this.done = this.#watch(calls, jobControl);
    this.done.catch(() => undefined); // Rejects only when the shell itself is over.
  }

  async #watch(calls: Calls, untraced: boolean): Promise<number> {
    for (;;) {
      const result = await calls.call('wait', { child: this.pid, untraced });
      if (result === null) continue;
      if (result.stopped !== undefined) {
        this.state = 'stopped';
        this.signal = result.stopped;
        this.onChange?.();
        continue;
      }
      if (result.continued) {
        this.state = 'running';
        this.signal = null;
        this.onChange?.();
        continue;
      }
      this.state = 'done';
      this.signal = result.signal;
      this.code = result.signal === null ? (result.code ?? 0) : 128 + signalNumbers[result.signal];
      this.onChange?.();
      return this.code;
    }
  }
}

export class Job {
  id = 0;
  readonly source: string;
  pgid: Pid | undefined;
  /** Held while the first child is being started, so that the others find its group. */
  starting: Promise<void> | undefined;
  readonly children: Child[] = [];
  status = 0;
  finished = false;
  background: boolean;
  #listeners: (() => void)[] = [];
  /** The status of the whole. */
  result: Promise<number> = Promise.resolve(0);
  firstChild: Promise<void>;
  #announce: () => void = () => undefined;
  notified = false;

  constructor(source: string, background: boolean) {
    this.source = source;
    this.background = background;
    this.firstChild = new Promise((resolve) => {
      this.#announce = resolve;
    });
  }

  add(child: Child): void {
    this.children.push(child);
    child.onChange = () => this.#changed();
    this.#announce();
  }

  run(result: Promise<number>): void {
    this.result = result.then(
      (status) => {
        this.status = status;
        this.finished = true;
        this.#announce();
        this.#changed();
        return status;
      },
      (error: unknown) => {
        this.finished = true;
        this.#announce();
        this.#changed();
        throw error;
      },
    );
    this.result.catch(() => undefined); // Whoever waits meets it.
  }

  get stopped(): boolean {
    return (
      !this.finished &&
      this.children.some((child) => child.state === 'stopped') &&
      this.children.every((child) => child.state !== 'running')
    );
  }

  /** A Ctrl-C has ended a program of it, and so all of it, where no trap has answered. */
  get interrupted(): boolean {
    return !this.background && this.children.some((child) => child.signal === 'SIGINT' && !child.answered);
  }

  /** The last process, which `$!` names. */
  get pid(): Pid | undefined {
    return this.children.at(-1)?.pid;
  }

  #changed(): void {
    for (const listener of this.#listeners.splice(0)) listener();
  }

  /** Resolves when the job has ended or stopped. */
  async settled(): Promise<void> {
    while (!this.finished && !this.stopped) await new Promise<void>((resolve) => this.#listeners.push(resolve));
  }

  describe(marker: string, long = false): string {
    const state = this.finished
      ? this.status === 0
        ? 'Done'
        : (this.children.at(-1)?.signal ?? null) !== null
          ? 'Terminated'
          : `Exit ${this.status}`
      : this.stopped
        ? 'Stopped'
        : 'Running';
    const suffix = state === 'Running' ? ' &' : '';
    const pid = long ? `${String(this.pid ?? '').padStart(5)} ` : '';
    return `[${this.id}]${marker}  ${pid}${state.padEnd(23)} ${this.source}${suffix}`;
  }
}

export class JobTable {
  list: Job[] = [];
  /** Most recent last: `%+` and `%-`. */
  #recent: Job[] = [];

  add(job: Job): void {
    if (job.id !== 0) {
      this.#touch(job);
      return;
    }
    job.id = Math.max(0, ...this.list.map((other) => other.id)) + 1;
    this.list.push(job);
    this.#touch(job);
  }

  #touch(job: Job): void {
    this.#recent = [...this.#recent.filter((other) => other !== job), job];
  }

  remove(job: Job): void {
    this.list = this.list.filter((other) => other !== job);
    this.#recent = this.#recent.filter((other) => other !== job);
  }

  marker(job: Job): string {
    return job === this.#recent.at(-1) ? '+' : job === this.#recent.at(-2) ? '-' : ' ';
  }

  find(name: string): Job | undefined {
    if (name === '%' || name === '%%' || name === '%+' || name === '') return this.#recent.at(-1);
    if (name === '%-') return this.#recent.at(-2) ?? this.#recent.at(-1);
    const text = name.replace(/^%/, '');
    if (/^\d+$/.test(text)) return this.list.find((job) => job.id === Number(text));
    if (text.startsWith('?')) return this.list.find((job) => job.source.includes(text.slice(1)));
    return this.list.find((job) => job.source.startsWith(text));
  }
}
