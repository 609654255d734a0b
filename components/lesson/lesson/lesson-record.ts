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

/**
 * Other tabs of the lesson write into the same record: each change is made to what is there by then, so that nobody's is lost. Of one
 * file in one step the last one counts.
 */
export class LessonRecord {
  readonly #key: string | undefined;
  readonly #changed: () => void;
  #held = false;
  #notKept: NotKept | undefined;
  #current = '';
  #steps = new Map<string, { done: boolean; edits: Map<string, ReaderEdit> }>();
  /** What was read or written last. */
  #text: string | null = null;

  /** Without a name it is kept in memory alone. `changed` is called when another tab kept something. */
  constructor(name: string | undefined, changed: () => void = () => {}) {
    this.#key = name === undefined ? undefined : `bavini:lesson:${name}`;
    this.#changed = changed;
    if (this.#key === undefined) return;
    if (inUse.has(this.#key)) {
      this.#notKept = 'twice';
      return;
    }
    inUse.add(this.#key);
    this.#held = true;
    try {
      const text = localStorage.getItem(this.#key);
      // Some browsers let a page read and throw when it writes.
      localStorage.setItem(this.#key, text ?? '{}');
      if (text === null) localStorage.removeItem(this.#key);
      this.#read(text, ({ current }) => (this.#current = current));
    } catch {
      this.#notKept = 'blocked';
      return;
    }
    window.addEventListener('storage', this.#onStorage);
  }

  #read(text: string | null, more: (stored: Pick<Stored, 'current'>) => void = () => {}): void {
    this.#text = text;
    const { version = recordVersion, current, steps } = parsed(text);
    if (version > recordVersion) {
      this.#notKept = 'newer';
      return;
    }
    this.#steps = new Map();
    for (const [name, step] of Object.entries(steps ?? {})) {
      const edits = Object.entries(step?.edits ?? {}).filter(([, edit]) => isEdit(edit));
      this.#steps.set(name, { done: step?.done === true, edits: new Map(edits) });
    }
    if (typeof current === 'string') more({ current });
  }

  readonly #onStorage = ({ key }: StorageEvent): void => {
    if ((key === this.#key || key === null) && this.#catchUp()) this.#changed();
  };

  /** Takes in what another tab kept; the place is each tab's own. False if there is nothing new. */
  #catchUp(): boolean {
    if (!this.#held || this.#key === undefined || this.#notKept !== undefined) return false;
    const text = localStorage.getItem(this.#key);
    if (text === this.#text) return false;
    this.#read(text);
    return true;
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
    this.#catchUp();
    this.#current = name;
    this.#save();
  }

  isDone(step: string): boolean {
    return this.#steps.get(step)?.done === true;
  }

  setDone(step: string): void {
    this.#catchUp();
    if (this.isDone(step)) return;
    this.#step(step).done = true;
    this.#save();
  }

  edits(step: string): ReadonlyMap<string, ReaderEdit> {
    return this.#steps.get(step)?.edits ?? new Map<string, ReaderEdit>();
  }

  /** Undefined forgets the edit. */
  setEdit(step: string, path: string, edit: ReaderEdit | undefined): void {
    this.#catchUp();
    const before = this.edits(step).get(path);
    if (before?.text === edit?.text && before?.base === edit?.base) return;
    if (edit === undefined) this.#step(step).edits.delete(path);
    else this.#step(step).edits.set(path, edit);
    this.#save();
  }

  /** Forgets what was written in a step. */
  clearStep(step: string): void {
    this.#catchUp();
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
    window.removeEventListener('storage', this.#onStorage);
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
      const text = JSON.stringify({ version: recordVersion, current: this.#current, steps } satisfies Stored);
      localStorage.setItem(this.#key, text);
      this.#text = text;
      this.#notKept = undefined;
    } catch {
      this.#notKept = 'full';
    }
  }
}
