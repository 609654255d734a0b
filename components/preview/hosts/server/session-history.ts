/** The session history of one preview: entries of loaded documents, and those that documents made by themselves. */

export interface HistoryEntry {
  readonly url: URL;
  readonly state: unknown;
  /** Entries of one document share it. */
  readonly document: number;
}

/** As browsers keep. */
const maxEntries = 50;

export class SessionHistory {
  #entries: HistoryEntry[] = [];
  #index = -1;
  #document = 0;

  get current(): HistoryEntry | undefined {
    return this.#entries[this.#index];
  }

  get length(): number {
    return Math.max(1, this.#entries.length);
  }

  /** A new document. */
  load(url: URL, { replace }: { readonly replace: boolean }): void {
    this.#document += 1;
    this.#put({ url, state: null, document: this.#document }, replace);
  }

  /** The current document changed its URL. */
  change(action: 'push' | 'replace', url: URL, state: unknown): void {
    const document = this.current?.document;
    if (document !== undefined) this.#put({ url, state, document }, action === 'replace');
  }

  /** The current entry is shown by another document from now on, at `url` after redirects. */
  reload(url: URL): void {
    this.#document += 1;
    const { state } = this.current ?? { state: null };
    if (this.#index >= 0) this.#entries[this.#index] = { url, state, document: this.#document };
  }

  #put(entry: HistoryEntry, replace: boolean): void {
    if (replace && this.#index >= 0) {
      this.#entries[this.#index] = entry;
      return;
    }
    this.#entries = [...this.#entries.slice(0, this.#index + 1), entry].slice(-maxEntries);
    this.#index = this.#entries.length - 1;
  }

  /** Moves, and says whether the document stays; undefined if there is no such entry. */
  traverse(delta: number): { readonly entry: HistoryEntry; readonly sameDocument: boolean } | undefined {
    const entry = this.#entries[this.#index + delta];
    const from = this.current;
    if (entry === undefined || from === undefined) return undefined;
    this.#index += delta;
    return { entry, sameDocument: entry.document === from.document };
  }
}
