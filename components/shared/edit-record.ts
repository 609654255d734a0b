/** The reader's edits as they are shown before the runtime runs, kept in this browser under a container's name. */

/** A file the reader changed. */
export interface Edit {
  /** Null if the reader deleted it. */
  readonly text: string | null;
  /** The runtime may not hold it durably yet: the next boot writes it. A clean one only mirrors what the runtime has. */
  readonly dirty: boolean;
  /** Of a dirty one: the runtime may hold another text than the author's, so that the author's text is an edit as any other. */
  readonly kept?: boolean;
}

/** Where the edits of this name are in `localStorage`. */
export const recordKey = (name: string) => `bavini:edits:${name}`;

interface Stored {
  edits: Record<string, Edit>;
  /** What the runtime keeps is to be forgotten at the next boot. */
  startsOver: boolean;
}

function parse(text: string | null): Stored {
  const stored: Stored = { edits: emptyRow(), startsOver: false };
  if (text === null) return stored;
  let found: Partial<Stored> | null;
  try {
    found = JSON.parse(text) as Partial<Stored> | null;
  } catch {
    return stored; // Another script's, or cut short: as if there were none.
  }
  for (const [path, edit] of Object.entries(found?.edits ?? {})) {
    if (typeof edit?.text === 'string' || edit?.text === null)
      stored.edits[path] = { text: edit.text, dirty: edit.dirty === true, ...(edit.kept === true ? { kept: true } : {}) };
  }
  stored.startsOver = found?.startsOver === true;
  return stored;
}

/** By paths, of which `__proto__` is one like others. */
const emptyRow = () => Object.create(null) as Record<string, Edit>;

const same = (a: Edit | undefined, b: Edit | undefined) => JSON.stringify(a) === JSON.stringify(b);

/**
 * Kept in `localStorage`, because only that can be written while a page is being closed. Without a name, in memory alone.
 *
 * Pages that have the same record share it: what another page kept meanwhile is taken over file by file, before each write and by
 * {@link adopt}. Of two edits of one file the later one stays.
 */
export class EditRecord {
  readonly #key: string | undefined;
  #stored: Stored;
  /** What was there when this record last looked: all else that is there now is of another page. */
  #seen: string | null;
  #changing = false;
  /** Taken over before a change, and not given by {@link adopt} yet. */
  readonly #untold = new Set<string>();

  #onLost: (() => void) | undefined;

  /** `onLost` is called once, when an edit cannot be kept: the browser's store is full, or closed to the page. */
  constructor(name: string | undefined, onLost?: () => void) {
    this.#onLost = onLost;
    this.#key = name === undefined ? undefined : recordKey(name);
    this.#seen = this.#load();
    this.#stored = parse(this.#seen);
  }

  /** Takes over what other pages kept since. Gives the files that are other ones by it. */
  adopt(): ReadonlySet<string> {
    this.#look();
    const changed = new Set(this.#untold);
    this.#untold.clear();
    return changed;
  }

  /** Before a change, too: what others kept must not be written over. */
  #look(): void {
    const text = this.#changing ? this.#seen : this.#load();
    if (text === this.#seen) return;
    const before = parse(this.#seen);
    const now = parse(text);
    this.#seen = text;
    for (const path of new Set([...Object.keys(before.edits), ...Object.keys(now.edits)])) {
      const edit = now.edits[path];
      if (same(edit, before.edits[path]) || same(edit, this.get(path))) continue;
      if (edit === undefined) delete this.#stored.edits[path];
      else this.#stored.edits[path] = edit;
      this.#untold.add(path);
    }
    if (now.startsOver !== before.startsOver) this.#stored.startsOver = now.startsOver;
  }

  get edits(): ReadonlyMap<string, Edit> {
    return new Map(Object.entries(this.#stored.edits));
  }

  get(path: string): Edit | undefined {
    return Object.hasOwn(this.#stored.edits, path) ? this.#stored.edits[path] : undefined;
  }

  set(path: string, edit: Edit): void {
    this.#look();
    this.#stored.edits[path] = edit;
    this.#save();
  }

  delete(path: string): void {
    this.#look();
    if (this.get(path) === undefined) return;
    delete this.#stored.edits[path];
    this.#save();
  }

  /** Makes many changes and keeps them at once. */
  change(run: () => void): void {
    this.#look();
    this.#changing = true;
    try {
      run();
    } finally {
      this.#changing = false;
      this.#save();
    }
  }

  /** Forgets all edits. */
  clear(): void {
    this.#look();
    this.#stored.edits = emptyRow();
    this.#save();
  }

  get startsOver(): boolean {
    return this.#stored.startsOver;
  }

  set startsOver(value: boolean) {
    this.#look();
    this.#stored.startsOver = value;
    this.#save();
  }

  #load(): string | null {
    if (this.#key === undefined) return null;
    try {
      return localStorage.getItem(this.#key);
    } catch {
      return null; // The page may not store anything: edits last as long as the page.
    }
  }

  #save(): void {
    if (this.#key === undefined || this.#changing) return;
    try {
      const empty = Object.keys(this.#stored.edits).length === 0 && !this.#stored.startsOver;
      const text = empty ? null : JSON.stringify(this.#stored);
      if (text === null) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, text);
      this.#seen = text;
    } catch {
      // A booted container keeps the edit in its own store all the same.
      this.#onLost?.();
      this.#onLost = undefined;
    }
  }
}
