/** What the words of a command become: fields, split where an unquoted value has separators. */
import { escapePattern } from './pattern.ts';

export interface Field {
  text: string;
  pattern: string;
}

/** What was quoted travels beside the text as a pattern in which it is escaped. */
export class Collector {
  readonly fields: Field[] = [];
  #current: Field | undefined;
  readonly #separators: string | null;
  readonly #blank: string;

  /** `separators` null: one field, nothing is split. */
  constructor(separators: string | null) {
    this.#separators = separators;
    this.#blank = [...(separators ?? '')].filter((c) => c === ' ' || c === '\t' || c === '\n').join('');
  }

  get splits(): boolean {
    return this.#separators !== null;
  }

  quoted(text: string): void {
    const field = (this.#current ??= { text: '', pattern: '' });
    field.text += text;
    field.pattern += escapePattern(text);
  }

  plain(text: string): void {
    const field = (this.#current ??= { text: '', pattern: '' });
    field.text += text;
    field.pattern += text;
  }

  #value(text: string): void {
    const field = (this.#current ??= { text: '', pattern: '' });
    field.text += text;
    field.pattern += text;
  }

  /** The unquoted value of an expansion. */
  split(text: string): void {
    const separators = this.#separators;
    if (separators === null || separators === '') {
      if (text !== '') this.#value(text);
      return;
    }
    let run = '';
    const isBlank = (c: string) => this.#blank.includes(c);
    for (let i = 0; i < text.length; i++) {
      const c = text[i] as string;
      if (!separators.includes(c)) {
        run += c;
        continue;
      }
      if (run !== '') this.#value(run);
      run = '';
      // Blanks around one other separator belong to it.
      let j = i;
      while (j < text.length && isBlank(text[j] as string)) j++;
      const hard = j < text.length && separators.includes(text[j] as string) && !isBlank(text[j] as string);
      if (hard) {
        j++;
        while (j < text.length && isBlank(text[j] as string)) j++;
        this.#current ??= { text: '', pattern: '' };
      }
      this.endField();
      i = j - 1;
    }
    if (run !== '') this.#value(run);
  }

  endField(): void {
    if (this.#current !== undefined) this.fields.push(this.#current);
    this.#current = undefined;
  }

  get open(): boolean {
    return this.#current !== undefined;
  }
}
