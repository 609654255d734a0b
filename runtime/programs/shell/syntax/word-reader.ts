/** Reads words: their quotes, and what `$` and backquotes start in them. */
import { ShellSyntaxError, type List, type ParameterPart, type Word, type WordPart } from './ast.ts';
import { ansiEscape } from './escapes.ts';
import { PlainRun } from './plain-run.ts';
import { metacharacters, Scanner } from './scanner.ts';

/** What differs between the texts in which `$` and backquotes mean something, but blanks and patterns do not. */
interface QuotedText {
  /** Whether the text ends before `c`. Called once for each character that nothing before it has claimed. */
  readonly ends: (c: string) => boolean;
  /** Whether a backslash before `next` is only its quote. One before a newline always goes, with the newline. */
  readonly escapes: (next: string) => boolean;
  /** Reads what the quotation mark here begins; undefined if it is a character like others. */
  readonly quotes?: (mark: string) => readonly WordPart[] | undefined;
}

export abstract class WordReader extends Scanner {
  /** The list up to an unquoted `)`, which is consumed. */
  protected abstract readSubstitution(): List;

  /** `${…}`, at its `$`. */
  protected abstract readBraced(quoted: boolean): ParameterPart;

  /** Reads another text that stands within this one, beginning in `line`. */
  protected abstract within(text: string, line: number): { readAll(): List };

  /** A word, or undefined where none starts. */
  protected readWord(): Word | undefined {
    const start = this.at;
    const parts: WordPart[] = [];
    this.readParts(parts, (c) => metacharacters.has(c));
    if (this.at === start) return undefined;
    return { parts, source: this.text.slice(start, this.at) };
  }

  /** Parts up to an unquoted character for which `ends` holds, which stays. */
  protected readParts(parts: WordPart[], ends: (c: string) => boolean, inBraces = false): void {
    const run = new PlainRun(parts, 'text');
    while (this.at < this.text.length) {
      const c = this.text[this.at] as string;
      if (c === '(' && this.extglob && run.text !== '' && '?*+@!'.includes(run.text.at(-1) as string) && !inBraces) {
        run.flush();
        this.#readExtendedGlob(parts);
        continue;
      }
      if ((c === '<' || c === '>') && this.text[this.at + 1] === '(' && !inBraces && ends(c)) {
        run.flush();
        this.at += 2;
        parts.push({ kind: 'process', direction: c === '<' ? 'in' : 'out', body: this.nested(() => this.readSubstitution()) });
        continue;
      }
      if (ends(c)) break;
      switch (c) {
        case '\\':
          if (this.text[this.at + 1] === '\n') {
            this.at += 2;
            this.line++;
            break;
          }
          run.flush();
          parts.push({ kind: 'quoted', text: this.text[this.at + 1] ?? '\\' });
          this.at += 2;
          break;
        case "'":
          run.flush();
          parts.push({ kind: 'quoted', text: this.#readSingleQuoted() });
          break;
        case '"': {
          run.flush();
          this.at++;
          const from = this.line;
          parts.push({ kind: 'double', parts: this.nested(() => this.readDoubleQuoted('"', from)) });
          break;
        }
        case '$':
        case '`': {
          const part = this.readDollar(false);
          if (part === undefined) {
            run.text += c;
            this.at++;
          } else {
            run.flush();
            parts.push(part);
          }
          break;
        }
        default:
          if (c === '\n') this.line++;
          run.text += c;
          this.at++;
      }
    }
    run.flush();
  }

  #readExtendedGlob(parts: WordPart[]): void {
    parts.push({ kind: 'text', text: '(' });
    this.at++;
    const from = this.line;
    this.nested(() => this.readParts(parts, (c) => c === ')'));
    if (this.text[this.at] !== ')') throw this.unterminated(')', from);
    this.at++;
    parts.push({ kind: 'text', text: ')' });
  }

  #readSingleQuoted(): string {
    const end = this.text.indexOf("'", this.at + 1);
    if (end < 0) throw this.unterminated("'");
    const inside = this.text.slice(this.at + 1, end);
    for (const c of inside) if (c === '\n') this.line++;
    this.at = end + 1;
    return inside;
  }

  /** The inside of double quotes up to `close`, which is consumed; up to the end of the text without one. */
  protected readDoubleQuoted(close: string | undefined, from = this.line): WordPart[] {
    const parts: WordPart[] = [];
    this.readQuotedText(parts, {
      ends: (c) => c === close,
      escapes: (next) => '$`\\'.includes(next) || next === close,
    });
    if (close !== undefined) this.#close(close, from);
    return parts;
  }

  protected readQuotedText(parts: WordPart[], { ends, escapes, quotes }: QuotedText): void {
    const run = new PlainRun(parts, 'quoted');
    for (let c = this.text[this.at]; c !== undefined && !ends(c); c = this.text[this.at]) {
      if (c === '\\') {
        const next = this.text[this.at + 1];
        if (next === '\n') this.line++;
        else if (next !== undefined && escapes(next)) run.text += next;
        else run.text += c + (next ?? '');
        this.at += 2;
        continue;
      }
      const dollar = c === '$' || c === '`' ? this.readDollar(true) : undefined;
      const inner = dollar === undefined ? (c === '"' || c === "'" ? quotes?.(c) : undefined) : [dollar];
      if (inner !== undefined) {
        run.flush();
        parts.push(...inner);
        continue;
      }
      if (c === '\n') this.line++;
      run.text += c;
      this.at++;
    }
    run.flush();
  }

  /** What `$` or a backquote starts; undefined if it stands for itself. */
  protected readDollar(quoted: boolean): WordPart | undefined {
    if (this.text[this.at] === '`') return this.#readBackquoted(quoted);
    const next = this.text[this.at + 1];
    if (next === undefined) return undefined;
    if (next === '(') {
      if (this.text[this.at + 2] === '(') {
        const arithmetic = this.#tryArithmetic(this.at + 3);
        if (arithmetic !== undefined) return { kind: 'arithmetic', expression: arithmetic };
      }
      this.at += 2;
      return { kind: 'command', body: this.nested(() => this.readSubstitution()) };
    }
    if (next === '[') {
      const from = this.at;
      this.at += 2;
      const parts: WordPart[] = [];
      this.#readArithmeticParts(parts, ']');
      return { kind: 'arithmetic', expression: { parts, source: this.text.slice(from + 2, this.at - 1) } };
    }
    if (next === '{') return this.nested(() => this.readBraced(quoted));
    if (next === "'" && !quoted) {
      this.at += 2;
      return { kind: 'quoted', text: this.#readAnsiQuoted() };
    }
    if (next === '"' && !quoted) {
      this.at += 2;
      return { kind: 'double', parts: this.nested(() => this.readDoubleQuoted('"')) };
    }
    const name = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9*@#?$!-])/.exec(this.text.slice(this.at + 1, this.at + 200))?.[0];
    if (name === undefined) return undefined;
    const full = /[A-Za-z_]/.test(name[0] as string) ? (/^[A-Za-z0-9_]+/.exec(this.text.slice(this.at + 1))?.[0] ?? name) : name;
    this.at += 1 + full.length;
    return { kind: 'parameter', name: full };
  }

  /** `((…))` starting at `start`; undefined, with nothing consumed, if it does not close with `))`. */
  #tryArithmetic(start: number): Word | undefined {
    const saved = { at: this.at, line: this.line };
    this.at = start;
    const parts: WordPart[] = [];
    try {
      this.nested(() => this.#readArithmeticParts(parts, ')'));
    } catch (error) {
      if (error instanceof ShellSyntaxError && !error.incomplete) {
        this.at = saved.at;
        this.line = saved.line;
        return undefined;
      }
      throw error;
    }
    if (this.text[this.at] !== ')') {
      this.at = saved.at;
      this.line = saved.line;
      return undefined;
    }
    const source = this.text.slice(start, this.at - 1);
    this.at++;
    return { parts, source };
  }

  /** For `((` in command position. */
  protected tryArithmeticCommand(): Word | undefined {
    return this.#tryArithmetic(this.at + 2);
  }

  /** Parts up to the balanced `close`, consumed. Quotes group as in double quotes. */
  #readArithmeticParts(parts: WordPart[], close: string): void {
    const from = this.line;
    const open = close === ')' ? '(' : '[';
    let depth = 0;
    this.readQuotedText(parts, {
      ends: (c) => {
        if (c === close) return depth-- === 0;
        if (c === open) depth++;
        return false;
      },
      escapes: () => false,
      quotes: (mark) => {
        if (mark === "'") return [{ kind: 'quoted', text: this.#readSingleQuoted() }];
        this.at++;
        return this.readDoubleQuoted('"');
      },
    });
    this.#close(close, from);
  }

  /** Goes past `close`, which ends what began in line `from`. */
  #close(close: string, from: number): void {
    if (this.text[this.at] !== close) throw this.unterminated(close, from);
    this.at++;
  }

  #readBackquoted(quoted: boolean): WordPart {
    const from = this.line;
    let inside = '';
    this.at++;
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined) throw this.unterminated('`', from);
      this.at++;
      if (c === '`') break;
      if (c === '\\') {
        const next = this.text[this.at] ?? '';
        this.at++;
        if (next === '$' || next === '`' || next === '\\' || (quoted && next === '"')) inside += next;
        else inside += c + next;
        continue;
      }
      if (c === '\n') this.line++;
      inside += c;
    }
    return { kind: 'command', body: this.nested(() => this.within(inside, from).readAll()) };
  }

  #readAnsiQuoted(): string {
    const from = this.line;
    let result = '';
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined) throw this.unterminated("'", from);
      if (c === "'") {
        this.at++;
        return result;
      }
      if (c === '\\') {
        const [value, length] = ansiEscape(this.text, this.at, "$'");
        result += value;
        this.at += length;
        continue;
      }
      if (c === '\n') this.line++;
      result += c;
      this.at++;
    }
  }
}
