import type { WordPart } from './ast.ts';

/** Plain characters on their way into a list of parts, as one part. */
export class PlainRun {
  readonly #parts: WordPart[];
  readonly #kind: 'text' | 'quoted';
  text = '';

  constructor(parts: WordPart[], kind: 'text' | 'quoted') {
    this.#parts = parts;
    this.#kind = kind;
  }

  /** Before another part, and at the end. */
  flush(): void {
    if (this.text !== '') this.#parts.push({ kind: this.#kind, text: this.text });
    this.text = '';
  }
}
