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

interface Stored {
  edits: Record<string, Edit>;
  /** What the runtime keeps is to be forgotten at the next boot. */
  startsOver: boolean;
}

function parse(text: string | null): Stored {
  const stored: Stored = { edits: {}, startsOver: false };
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

/** Kept in `localStorage`, because only that can be written while a page is being closed. Without a name, in memory alone. */
export class EditRecord {
  readonly #key: string | undefined;
  #stored: Stored;
  #changing = false;

  constructor(name: string | undefined) {
    this.#key = name === undefined ? undefined : `bavini:edits:${name}`;
    this.#stored = parse(this.#load());
  }

  get edits(): ReadonlyMap<string, Edit> {
    return new Map(Object.entries(this.#stored.edits));
  }

  get(path: string): Edit | undefined {
    return Object.hasOwn(this.#stored.edits, path) ? this.#stored.edits[path] : undefined;
  }

  set(path: string, edit: Edit): void {
    this.#stored.edits[path] = edit;
    this.#save();
  }

  delete(path: string): void {
    if (this.get(path) === undefined) return;
    delete this.#stored.edits[path];
    this.#save();
  }

  /** Makes many changes and keeps them at once. */
  change(run: () => void): void {
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
    this.#stored.edits = {};
    this.#save();
  }

  get startsOver(): boolean {
    return this.#stored.startsOver;
  }

  set startsOver(value: boolean) {
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
      if (Object.keys(this.#stored.edits).length === 0 && !this.#stored.startsOver) localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, JSON.stringify(this.#stored));
    } catch {
      // Full or forbidden. A booted container keeps the edit in its own store all the same.
    }
  }
}
