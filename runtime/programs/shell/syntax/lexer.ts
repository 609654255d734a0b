/**
 * Reads words and operators from the text of a shell program. Which of them are reserved words is the parser's business:
 * the language has no context-free tokens.
 */
import { ShellSyntaxError, type List, type ParameterPart, type Word, type WordPart } from './ast.ts';
import { ansiEscape } from './escapes.ts';

const operators = [
  '&>>',
  '<<<',
  '<<-',
  ';;&',
  '&&',
  '||',
  ';;',
  ';&',
  '<<',
  '>>',
  '<&',
  '>&',
  '<>',
  '>|',
  '&>',
  '|&',
  '(',
  ')',
  ';',
  '&',
  '|',
  '<',
  '>',
  '\n',
];

const metacharacters = new Set([...' \t\n;&|<>()']);

/** Nesting of substitutions and compounds: deeper text is refused before the engine's stack is. */
const maxDepth = 300;

export interface HereDocument {
  readonly redirection: { target: Word };
  readonly delimiter: string;
  readonly expand: boolean;
  readonly stripTabs: boolean;
}

/** Plain characters on their way into a list of parts, as one part. */
class PlainRun {
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

export abstract class Lexer {
  protected text: string;
  protected at = 0;
  protected line: number;
  protected readonly extglob: boolean;
  #documents: HereDocument[] = [];
  #depth = 0;

  constructor(text: string, options: { readonly line?: number; readonly extglob?: boolean } = {}) {
    this.text = text;
    this.line = options.line ?? 1;
    this.extglob = options.extglob ?? true;
  }

  /** The list up to an unquoted `)`, which is consumed. */
  protected abstract readSubstitution(): List;

  protected nested<T>(read: () => T): T {
    if (++this.#depth > maxDepth) throw this.failure('too deeply nested');
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }

  protected failure(message: string, incomplete = false): ShellSyntaxError {
    return new ShellSyntaxError(message, this.line, incomplete);
  }

  protected unterminated(what: string, line = this.line): ShellSyntaxError {
    return new ShellSyntaxError(`unexpected EOF while looking for matching \`${what}'`, line, true);
  }

  protected skipBlanks(): void {
    for (;;) {
      const c = this.text[this.at];
      if (c === ' ' || c === '\t' || c === '\r') this.at++;
      else if (c === '\\' && this.text[this.at + 1] === '\n') {
        this.at += 2;
        this.line++;
      } else if (c === '#') {
        while (this.at < this.text.length && this.text[this.at] !== '\n') this.at++;
      } else return;
    }
  }

  /** The operator here, without consuming it. */
  protected peekOperator(): string | undefined {
    const c = this.text[this.at];
    if (c === undefined || !metacharacters.has(c)) return undefined;
    for (const operator of operators) if (this.text.startsWith(operator, this.at)) return operator;
    return undefined;
  }

  protected takeOperator(operator: string): void {
    this.at += operator.length;
    if (operator === '\n') {
      this.line++;
      this.#readDocuments();
    }
  }

  protected expectDocument(document: HereDocument): void {
    this.#documents.push(document);
  }

  #readDocuments(): void {
    for (const document of this.#documents.splice(0)) {
      let body = '';
      let closed = false;
      const from = this.line;
      while (this.at < this.text.length) {
        let end = this.text.indexOf('\n', this.at);
        if (end < 0) end = this.text.length;
        let lineText = this.text.slice(this.at, end);
        this.at = Math.min(end + 1, this.text.length);
        this.line++;
        if (document.stripTabs) lineText = lineText.replace(/^\t+/, '');
        if (lineText === document.delimiter) {
          closed = true;
          break;
        }
        // A continued line joins before it is compared, save where the delimiter was quoted.
        if (document.expand && /(^|[^\\])(\\\\)*\\$/.test(lineText) && this.at < this.text.length) body += lineText.slice(0, -1);
        else body += `${lineText}\n`;
      }
      if (!closed) this.unclosedDocument(document, from);
      document.redirection.target = document.expand
        ? new (this.constructor as new (text: string, options: object) => Lexer)(body, { line: from }).readDocumentBody()
        : { parts: [{ kind: 'quoted', text: body }], source: body };
    }
  }

  /** The end of the text ends a here-document too; the interactive shell asks for more. */
  protected unclosedDocument(_document: HereDocument, _line: number): void {}

  protected finishDocuments(): void {
    if (this.#documents.length > 0) this.#readDocuments();
  }

  protected get documentsPending(): boolean {
    return this.#documents.length > 0;
  }

  /** The whole text as the inside of a here-document. */
  readDocumentBody(): Word {
    const parts = this.readDoubleQuoted(undefined);
    return { parts: [{ kind: 'double', parts }], source: this.text };
  }

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
    const { text } = this;
    while (this.at < text.length) {
      const c = text[this.at] as string;
      if (c === '(' && this.extglob && run.text !== '' && '?*+@!'.includes(run.text.at(-1) as string) && !inBraces) {
        run.flush();
        this.#readExtendedGlob(parts);
        continue;
      }
      if ((c === '<' || c === '>') && text[this.at + 1] === '(' && !inBraces && ends(c)) {
        run.flush();
        this.at += 2;
        parts.push({ kind: 'process', direction: c === '<' ? 'in' : 'out', body: this.nested(() => this.readSubstitution()) });
        continue;
      }
      if (ends(c)) break;
      switch (c) {
        case '\\':
          if (text[this.at + 1] === '\n') {
            this.at += 2;
            this.line++;
            break;
          }
          run.flush();
          parts.push({ kind: 'quoted', text: text[this.at + 1] ?? '\\' });
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
    const { text } = this;
    const run = new PlainRun(parts, 'quoted');
    for (;;) {
      const c = text[this.at];
      if (c === undefined) {
        if (close !== undefined) throw this.unterminated(close, from);
        break;
      }
      if (c === close) {
        this.at++;
        break;
      }
      if (c === '\\') {
        const next = text[this.at + 1];
        if (next === '\n') this.line++;
        else if (next !== undefined && ('$`\\'.includes(next) || (next === '"' && close === '"') || next === close)) run.text += next;
        else run.text += `\\${next ?? ''}`;
        this.at += 2;
        continue;
      }
      if (c === '$' || c === '`') {
        const part = this.readDollar(true);
        if (part !== undefined) {
          run.flush();
          parts.push(part);
          continue;
        }
      }
      if (c === '\n') this.line++;
      run.text += c;
      this.at++;
    }
    run.flush();
    return parts;
  }

  /** What `$` or a backquote starts; undefined if it stands for itself. */
  protected readDollar(quoted: boolean): WordPart | undefined {
    const { text } = this;
    if (text[this.at] === '`') return this.#readBackquoted(quoted);
    const next = text[this.at + 1];
    if (next === undefined) return undefined;
    if (next === '(') {
      if (text[this.at + 2] === '(') {
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
      this.readArithmeticParts(parts, ']');
      return { kind: 'arithmetic', expression: { parts, source: text.slice(from + 2, this.at - 1) } };
    }
    if (next === '{') return this.nested(() => this.#readBraced(quoted));
    if (next === "'" && !quoted) {
      this.at += 2;
      return { kind: 'quoted', text: this.#readAnsiQuoted() };
    }
    if (next === '"' && !quoted) {
      this.at += 2;
      return { kind: 'double', parts: this.nested(() => this.readDoubleQuoted('"')) };
    }
    const name = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9*@#?$!-])/.exec(text.slice(this.at + 1, this.at + 200))?.[0];
    if (name === undefined) return undefined;
    const full = /[A-Za-z_]/.test(name[0] as string) ? (/^[A-Za-z0-9_]+/.exec(text.slice(this.at + 1))?.[0] ?? name) : name;
    this.at += 1 + full.length;
    return { kind: 'parameter', name: full };
  }

  /** `((…))` starting at `start`; undefined, with nothing consumed, if it does not close with `))`. */
  #tryArithmetic(start: number): Word | undefined {
    const saved = { at: this.at, line: this.line };
    this.at = start;
    const parts: WordPart[] = [];
    try {
      this.nested(() => this.readArithmeticParts(parts, ')'));
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
  protected readArithmeticParts(parts: WordPart[], close: string, from = this.line): void {
    const { text } = this;
    const open = close === ')' ? '(' : close === ']' ? '[' : '';
    let depth = 0;
    const run = new PlainRun(parts, 'quoted');
    for (;;) {
      const c = text[this.at];
      if (c === undefined) throw this.unterminated(close, from);
      if (c === close && depth === 0) {
        this.at++;
        break;
      }
      if (c === open) depth++;
      else if (c === close) depth--;
      if (c === '$' || c === '`') {
        const part = this.readDollar(true);
        if (part !== undefined) {
          run.flush();
          parts.push(part);
          continue;
        }
      }
      if (c === '"') {
        run.flush();
        this.at++;
        parts.push(...this.readDoubleQuoted('"'));
        continue;
      }
      if (c === "'") {
        run.flush();
        parts.push({ kind: 'quoted', text: this.#readSingleQuoted() });
        continue;
      }
      if (c === '\\') {
        if (text[this.at + 1] === '\n') this.line++;
        else run.text += c + (text[this.at + 1] ?? '');
        this.at += 2;
        continue;
      }
      if (c === '\n') this.line++;
      run.text += c;
      this.at++;
    }
    run.flush();
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
    const Sub = this.constructor as new (text: string, options: object) => Lexer & { readAll(): List };
    return { kind: 'command', body: this.nested(() => new Sub(inside, { line: from, depth: this.#depth }).readAll()) };
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

  #readBraced(quoted: boolean): ParameterPart {
    const { text } = this;
    const from = this.line;
    this.at += 2;
    const part: { -readonly [K in keyof ParameterPart]: ParameterPart[K] } = { kind: 'parameter', name: '' };
    if (text[this.at] === '#' && /^#(?:[A-Za-z_0-9@*?$!]|-\}|#\})/.test(text.slice(this.at, this.at + 3))) {
      part.length = true;
      this.at++;
    } else if (text[this.at] === '!' && /[A-Za-z_0-9@*#]/.test(text[this.at + 1] ?? '')) {
      part.indirect = true;
      this.at++;
    }
    const name = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[*@#?$!-])/.exec(text.slice(this.at))?.[0];
    if (name === undefined) return this.#badSubstitution(part, from);
    part.name = name;
    this.at += name.length;
    if (text[this.at] === '[' && /^[A-Za-z_]/.test(name)) {
      const start = ++this.at;
      const parts: WordPart[] = [];
      this.#readSubscript(parts);
      part.index = { parts, source: text.slice(start, this.at - 1) };
    }
    if (part.indirect && /^[*@]\}/.test(text.slice(this.at, this.at + 2)) && part.index === undefined) {
      part.names = text[this.at] as '*' | '@';
      delete part.indirect;
      this.at += 2;
      return part;
    }
    const c = text[this.at];
    if (c === '}') {
      this.at++;
      return part;
    }
    if (c === undefined) throw this.unterminated('}', from);
    const operator = /^(?::[-=+?]|[-=+?]|##?|%%?|\/\/|\/[#%]|\/|\^\^?|,,?|:|@[A-Za-z])/.exec(text.slice(this.at))?.[0];
    if (operator === undefined || (part.length && operator !== undefined)) return this.#badSubstitution(part, from);
    part.operator = operator;
    this.at += operator.length;
    if (operator.startsWith('@')) {
      if (text[this.at] !== '}') return this.#badSubstitution(part, from);
      this.at++;
      return part;
    }
    if (operator === ':') {
      part.argument = this.#readSlice(':}');
      if (text[this.at] === ':') {
        this.at++;
        part.second = this.#readSlice('}');
      }
    } else if (operator.startsWith('/')) {
      part.argument = this.#readArgument('/}', false);
      if (text[this.at] === '/') {
        this.at++;
        part.second = this.#readArgument('}', false);
      }
    } else {
      const pattern = /^[#%^,]/.test(operator);
      part.argument = this.#readArgument('}', quoted && !pattern);
    }
    if (text[this.at] !== '}') throw this.unterminated('}', from);
    this.at++;
    return part;
  }

  #readSubscript(parts: WordPart[]): void {
    let depth = 0;
    this.readParts(
      parts,
      (c) => {
        if (c === '[') depth++;
        else if (c === ']' && depth-- === 0) return true;
        return false;
      },
      true,
    );
    if (this.text[this.at] !== ']') throw this.unterminated(']');
    this.at++;
  }

  /** `name[…]=` of an assignment: the subscript at the opening bracket. */
  protected readSubscriptHere(): Word {
    const start = ++this.at;
    const parts: WordPart[] = [];
    this.#readSubscript(parts);
    return { parts, source: this.text.slice(start, this.at - 1) };
  }

  #readSlice(ends: string): Word {
    const start = this.at;
    const parts: WordPart[] = [];
    let depth = 0;
    let questions = 0;
    this.readParts(
      parts,
      (c) => {
        if (c === '(') depth++;
        else if (c === ')') depth--;
        else if (c === '?') questions++;
        else if (c === ':' && questions > 0) {
          questions--;
          return false;
        }
        return depth <= 0 && ends.includes(c);
      },
      true,
    );
    return { parts, source: this.text.slice(start, this.at) };
  }

  #readArgument(ends: string, quoted: boolean): Word {
    const start = this.at;
    if (!quoted) {
      const parts: WordPart[] = [];
      this.readParts(parts, (c) => ends.includes(c), true);
      return { parts, source: this.text.slice(start, this.at) };
    }
    // Inside double quotes: single quotes are plain there, double quotes still group.
    const parts: WordPart[] = [];
    const run = new PlainRun(parts, 'quoted');
    for (;;) {
      const c = this.text[this.at];
      if (c === undefined || ends.includes(c)) break;
      if (c === '\\') {
        const next = this.text[this.at + 1] ?? '';
        if (next === '\n') this.line++;
        else if ('$`"\\}'.includes(next)) run.text += next;
        else run.text += c + next;
        this.at += 2;
        continue;
      }
      if (c === '"') {
        run.flush();
        this.at++;
        parts.push({ kind: 'double', parts: this.readDoubleQuoted('"') });
        continue;
      }
      if (c === '$' || c === '`') {
        const part = this.readDollar(true);
        if (part !== undefined) {
          run.flush();
          parts.push(part);
          continue;
        }
      }
      if (c === '\n') this.line++;
      run.text += c;
      this.at++;
    }
    run.flush();
    return { parts: [{ kind: 'double', parts }], source: this.text.slice(start, this.at) };
  }

  /** Bad only when it is expanded, as in bash. */
  #badSubstitution(part: { name: string }, from: number): ParameterPart {
    const start = this.text.lastIndexOf('${', this.at);
    const parts: WordPart[] = [];
    this.readParts(parts, (c) => c === '}', true);
    if (this.text[this.at] !== '}') throw this.unterminated('}', from);
    this.at++;
    return { kind: 'parameter', name: part.name, operator: 'bad', argument: { parts: [], source: this.text.slice(start, this.at) } };
  }
}
