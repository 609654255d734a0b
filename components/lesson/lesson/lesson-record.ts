/** What is kept of a reader of a lesson, in this browser: the place, what passed, and what was written in each step. */
import type { ReaderEdit } from '../step/three-way.ts';

const recordVersion = 1;

export interface StepRecord {
  /** All its checks have passed once, or it has none and was seen. */
  readonly done: boolean;
  readonly edits: Readonly<Record<string, ReaderEdit>>;
}

interface Stored {
  readonly version: number;
  /** The name of the step that is shown. */
  readonly current: string;
  readonly steps: Readonly<Record<string, StepRecord>>;
}

/**
 * Why nothing is kept: the browser forbids it, it is full, a newer version of ours wrote what is there (which stays), or another
 * lesson of the page has the name.
 */
export type NotKept = 'blocked' | 'full' | 'newer' | 'twice';

/** Names in use in this page. */
const inUse = new Set<string>();

function isEdit(edit: unknown): edit is ReaderEdit {
  const { base, text } = (edit ?? {}) as Partial<ReaderEdit>;
  return [base, text].every((one) => one === null || typeof one === 'string');
}

/** Another script's, or cut short: as if there were none. */
function parsed(text: string | null): Partial<Stored> {
  try {
    return (JSON.parse(text ?? '{}') as Partial<Stored> | null) ?? {};
  } catch {
    return {};
  }
}

export class LessonRecord {
  readonly #key: string | undefined;
  #held = false;
  #notKept: NotKept | undefined;
  #current = '';
  readonly #steps = new Map<string, { done: boolean; edits: Map<string, ReaderEdit> }>();

  /** Without a name it is kept in memory alone. */
  constructor(name: string | undefined) {
    this.#key = name === undefined ? undefined : `bavini:lesson:${name}`;
    if (this.#key === undefined) return;
    if (inUse.has(this.#key)) {
      this.#notKept = 'twice';
      return;
    }
    inUse.add(this.#key);
    this.#held = true;
    this.#load(this.#key);
  }

  #load(key: string): void {
    let text: string | null;
    try {
      text = localStorage.getItem(key);
      // Some browsers let a page read and throw when it writes.
      localStorage.setItem(key, text ?? '{}');
      if (text === null) localStorage.removeItem(key);
    } catch {
      this.#notKept = 'blocked';
      return;
    }
    const { version = recordVersion, current, steps } = parsed(text);
    if (version > recordVersion) {
      this.#notKept = 'newer';
      return;
    }
    if (typeof current === 'string') this.#current = current;
    for (const [name, step] of Object.entries(steps ?? {})) {
      const edits = Object.entries(step?.edits ?? {}).filter(([, edit]) => isEdit(edit));
      this.#steps.set(name, { done: step?.done === true, edits: new Map(edits) });
    }
  }

  get notKept(): NotKept | undefined {
    return this.#notKept;
  }

  /** The step that is shown; empty if none was. */
  get current(): string {
    return this.#current;
  }

  set current(name: string) {
    if (name === this.#current) return;
    this.#current = name;
    this.#save();
  }

  isDone(step: string): boolean {
    return this.#steps.get(step)?.done === true;
  }

  setDone(step: string): void {
    if (this.isDone(step)) return;
    this.#step(step).done = true;
    this.#save();
  }

  edits(step: string): ReadonlyMap<string, ReaderEdit> {
    return this.#steps.get(step)?.edits ?? new Map<string, ReaderEdit>();
  }

  /** Undefined forgets the edit. */
  setEdit(step: string, path: string, edit: ReaderEdit | undefined): void {
    const before = this.edits(step).get(path);
    if (before?.text === edit?.text && before?.base === edit?.base) return;
    if (edit === undefined) this.#step(step).edits.delete(path);
    else this.#step(step).edits.set(path, edit);
    this.#save();
  }

  /** Forgets what was written in a step. */
  clearStep(step: string): void {
    this.#step(step).edits.clear();
    this.#save();
  }

  /** Forgets all. */
  clear(): void {
    this.#steps.clear();
    this.#current = '';
    this.#save();
  }

  /** Gives the name back: another lesson of the page may have it. */
  release(): void {
    if (this.#held && this.#key !== undefined) inUse.delete(this.#key);
    this.#held = false;
  }

  #step(name: string): { done: boolean; edits: Map<string, ReaderEdit> } {
    let step = this.#steps.get(name);
    if (step === undefined) this.#steps.set(name, (step = { done: false, edits: new Map() }));
    return step;
  }

  #save(): void {
    if (!this.#held || this.#key === undefined || (this.#notKept !== undefined && this.#notKept !== 'full')) return;
    const steps = Object.fromEntries([...this.#steps].map(([name, { done, edits }]) => [name, { done, edits: Object.fromEntries(edits) }]));
    try {
      localStorage.setItem(this.#key, JSON.stringify({ version: recordVersion, current: this.#current, steps } satisfies Stored));
      this.#notKept = undefined;
    } catch {
      this.#notKept = 'full';
    }
  }
}
