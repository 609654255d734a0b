/** The reader's edits as they are shown before the runtime runs, kept in this browser under a container's name. */

/** A file the reader changed. */
export interface Edit {
  readonly text: string;
  /** The runtime may not hold it durably yet: the next boot writes it. A clean one only mirrors what the runtime has. */
  readonly dirty: boolean;
}

interface Stored {
  edits: Record<string, Edit>;
  /** Of the author's text of each file when the reader last ran it. */
  authored: Record<string, string>;
}

/** Tells texts apart; not for security. */
export function fingerprint(text: string): string {
  let [a, b] = [0xdeadbeef, 0x41c6ce57];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    a = Math.imul(a ^ code, 2654435761);
    b = Math.imul(b ^ code, 1597334677);
  }
  return `${text.length.toString(36)}.${(a >>> 0).toString(36)}.${(b >>> 0).toString(36)}`;
}

function parse(text: string | null): Stored {
  const stored: Stored = { edits: {}, authored: {} };
  if (text === null) return stored;
  let found: Partial<Stored> | null;
  try {
    found = JSON.parse(text) as Partial<Stored> | null;
  } catch {
    return stored; // Another script's, or cut short: as if there were none.
  }
  for (const [path, edit] of Object.entries(found?.edits ?? {})) {
    if (typeof edit?.text === 'string') stored.edits[path] = { text: edit.text, dirty: edit.dirty === true };
  }
  for (const [path, print] of Object.entries(found?.authored ?? {})) if (typeof print === 'string') stored.authored[path] = print;
  return stored;
}

/** Kept in `localStorage`, because only that can be written while a page is being closed. Without a name, in memory alone. */
export class EditRecord {
  readonly #key: string | undefined;
  #stored: Stored;

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

  /** Forgets all edits. */
  clear(): void {
    this.#stored.edits = {};
    this.#save();
  }

  authored(path: string): string | undefined {
    return Object.hasOwn(this.#stored.authored, path) ? this.#stored.authored[path] : undefined;
  }

  setAuthored(prints: Readonly<Record<string, string>>): void {
    this.#stored.authored = { ...prints };
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
    if (this.#key === undefined) return;
    try {
      if (Object.keys(this.#stored.edits).length === 0 && Object.keys(this.#stored.authored).length === 0)
        localStorage.removeItem(this.#key);
      else localStorage.setItem(this.#key, JSON.stringify(this.#stored));
    } catch {
      // Full or forbidden. A booted container keeps the edit in its own store all the same.
    }
  }
}
