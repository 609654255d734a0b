/** What a line that is being edited takes from earlier ones: recalled with the arrows, searched with Ctrl-R, their last words. */

/** A search backwards, and what it has come to. */
interface Search {
  text: string;
  at: number;
  failed: boolean;
  /** The line as it was when the search began. */
  readonly before: string;
}

export class LineHistory {
  readonly #lines: readonly string[];
  /** The line that is shown; the one being written comes after the last. */
  #at: number;
  #draft = '';
  #search: Search | undefined;
  /** How far back the next Alt-. looks, and what the last one put in. */
  #argumentAt: number;
  #argument = '';

  /** `lines`: oldest first. */
  constructor(lines: readonly string[]) {
    this.#lines = lines;
    this.#at = lines.length;
    this.#argumentAt = lines.length;
  }

  /** The line `steps` later than the one that is shown; undefined where there is none. */
  step(steps: number, shown: string): string | undefined {
    return this.#recall(this.#at + steps, shown);
  }

  oldest(shown: string): string | undefined {
    return this.#recall(0, shown);
  }

  newest(shown: string): string | undefined {
    return this.#recall(this.#lines.length, shown);
  }

  #recall(at: number, shown: string): string | undefined {
    if (at < 0 || at > this.#lines.length) return undefined;
    if (this.#at === this.#lines.length) this.#draft = shown;
    this.#at = at;
    return at === this.#lines.length ? this.#draft : this.#lines[at];
  }

  /** The last word of the line before; called `again`, of the one before that, in the place of what it gave before. */
  lastArgument(again: boolean): { readonly text: string; readonly replaces: number } | undefined {
    if (!again) {
      this.#argumentAt = this.#lines.length;
      this.#argument = '';
    }
    if (this.#argumentAt === 0) return undefined;
    this.#argumentAt--;
    const words = (this.#lines[this.#argumentAt] as string).match(/(?:"[^"]*"|'[^']*'|\\.|[^\s"'])+/g) ?? [];
    const replaces = [...this.#argument].length;
    this.#argument = words.at(-1) ?? '';
    return { text: this.#argument, replaces };
  }

  get searching(): boolean {
    return this.#search !== undefined;
  }

  /** What stands for the prompt during a search. */
  get searchPrompt(): string | undefined {
    const search = this.#search;
    return search && `(${search.failed ? 'failed ' : ''}reverse-i-search)\`${search.text}': `;
  }

  startSearch(shown: string): void {
    this.#search = { text: '', at: this.#lines.length, failed: false, before: shown };
  }

  /**
   * One key of a search: the line to show, if it is another; `taken` false where the search is over and the key counts.
   */
  searchKey(key: string): { readonly taken: boolean; readonly line?: string | undefined } {
    const search = this.#search as Search;
    if (key === '\x12') return { taken: true, line: this.#find(search, search.at - 1) };
    if (key === '\x7f' || key === '\b') {
      search.text = search.text.slice(0, -1);
      return { taken: true, line: this.#find(search, this.#lines.length - 1) };
    }
    if (key === '\x07') {
      this.#search = undefined;
      return { taken: true, line: search.before };
    }
    if (!/^[\x00-\x1f]/.test(key)) {
      search.text += key;
      return { taken: true, line: this.#find(search, search.at) };
    }
    this.#search = undefined;
    if (search.at < this.#lines.length) {
      this.#draft = search.before;
      this.#at = search.at;
    }
    return { taken: key === '\x1b' };
  }

  #find(search: Search, from: number): string | undefined {
    for (let i = Math.min(from, this.#lines.length - 1); i >= 0; i--) {
      const line = this.#lines[i] as string;
      if (!line.includes(search.text)) continue;
      search.at = i;
      search.failed = false;
      return line;
    }
    search.failed = true;
    return undefined;
  }
}
