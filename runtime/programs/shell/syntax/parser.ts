/** The POSIX shell grammar with bash's additions, by recursive descent, one complete command at a time. */
import type { AndOr, Command, List, Pipeline, Redirection } from './ast.ts';
import { closers, CompoundParser } from './compound-parser.ts';
import type { HereDocument } from './lexer.ts';
import { redirectionOperators } from './simple-command-parser.ts';
import type { TokenOptions } from './token-reader.ts';

export interface ParserOptions extends TokenOptions {
  /** More text may come: an open here-document is incomplete instead of ended by the end of the text. */
  readonly interactive?: boolean;
}

export class Parser extends CompoundParser {
  readonly #options: ParserOptions;

  constructor(text: string, options: ParserOptions = {}) {
    super(text, options);
    this.#options = options;
  }

  /** The next complete command: the list up to a newline. Null at the end of the text. @throws {ShellSyntaxError} */
  next(): List | null {
    for (;;) {
      this.skipBlanks();
      if (this.at >= this.text.length) {
        this.finishDocuments();
        return null;
      }
      if (this.text[this.at] !== '\n') break;
      this.takeOperator('\n');
    }
    try {
      const items = this.#listItems(false);
      this.skipBlanks();
      const operator = this.peekOperator();
      if (operator === '\n') this.takeOperator('\n');
      else if (this.at < this.text.length) throw this.unexpected();
      else this.finishDocuments();
      return { items };
    } catch (error) {
      if (error instanceof RangeError) throw this.failure('too deeply nested');
      throw error;
    }
  }

  /** The line the parser has come to. */
  get currentLine(): number {
    return this.line;
  }

  /** The text of line `line`, as messages quote it. */
  lineText(line: number): string {
    return this.text.split('\n')[line - (this.#options.line ?? 1)] ?? '';
  }

  get rest(): string {
    return this.text.slice(this.at);
  }

  /** The whole text as one list. */
  readAll(): List {
    const items: AndOr[] = [];
    for (let list = this.next(); list !== null; list = this.next()) items.push(...list.items);
    return { items };
  }

  protected override readSubstitution(): List {
    const list = this.readCompoundList({ empty: true });
    this.skipBlanks();
    if (this.text[this.at] !== ')') {
      if (this.at >= this.text.length) throw this.unterminated(')', this.line + (this.text.endsWith('\n') ? 0 : 1));
      throw this.unexpected();
    }
    this.at++;
    return list;
  }

  protected override unclosedDocument(document: HereDocument): void {
    if (this.#options.interactive)
      throw this.failure(`here-document at line ${this.line} delimited by end-of-file (wanted \`${document.delimiter}')`, true);
  }

  protected override within(text: string, line: number): Parser {
    return new Parser(text, { line, extglob: this.extglob, depth: this.depth });
  }

  protected override readCompoundList({ empty = false }: { readonly empty?: boolean } = {}): List {
    this.skipNewlines();
    const items = this.#listItems(true);
    if (items.length === 0 && !empty) throw this.unexpected();
    return { items };
  }

  #listItems(newlines: boolean): AndOr[] {
    const items: AndOr[] = [];
    for (;;) {
      if (newlines) this.skipNewlines();
      else this.skipBlanks();
      if (!this.#startsCommand()) return items;
      const item = this.#andOr();
      this.skipBlanks();
      const operator = this.peekOperator();
      if (operator === '&') {
        this.takeOperator('&');
        items.push({ ...item, background: true });
      } else if (operator === ';') {
        this.takeOperator(';');
        items.push(item);
      } else {
        items.push(item);
        if (operator === '\n' && newlines) continue;
        return items;
      }
    }
  }

  #startsCommand(): boolean {
    if (this.at >= this.text.length) return false;
    const word = this.peekReserved();
    if (word !== undefined) return !closers.has(word);
    const operator = this.peekOperator();
    if (operator === undefined) return true;
    return operator === '(' || redirectionOperators.has(operator);
  }

  #andOr(): AndOr {
    const start = this.at;
    const first = this.#pipeline();
    const rest: { operator: '&&' | '||'; pipeline: Pipeline }[] = [];
    for (;;) {
      this.skipBlanks();
      const operator = this.peekOperator();
      if (operator !== '&&' && operator !== '||') break;
      this.takeOperator(operator);
      this.skipNewlines();
      rest.push({ operator, pipeline: this.#pipeline() });
    }
    return { first, rest, background: false, source: this.text.slice(start, this.at).trim() };
  }

  #pipeline(): Pipeline {
    let negated = false;
    let timed: Pipeline['timed'] = false;
    this.skipBlanks();
    const start = this.at;
    for (;;) {
      const word = this.peekReserved();
      if (word === '!') {
        negated = !negated;
        this.at++;
      } else if (word === 'time' && timed === false) {
        this.at += 4;
        timed = 'bash';
        this.skipBlanks();
        if (/^-p(?=\s)/.test(this.text.slice(this.at, this.at + 3))) {
          this.at += 2;
          timed = 'posix';
        }
      } else break;
    }
    this.skipBlanks();
    const commands: Command[] = [];
    if ((negated || timed !== false) && !this.#startsCommand())
      return { negated, timed, commands, source: this.text.slice(start, this.at) };
    for (;;) {
      let command = this.readCommand();
      this.skipBlanks();
      const operator = this.peekOperator();
      if (operator !== '|' && operator !== '|&') {
        commands.push(command);
        break;
      }
      if (operator === '|&' && command.kind !== 'function') {
        const both: Redirection = { fd: 2, operator: '>&', target: { parts: [{ kind: 'text', text: '1' }], source: '1' } };
        command = { ...command, redirections: [...command.redirections, both] };
      }
      commands.push(command);
      this.takeOperator(operator);
      this.skipNewlines();
    }
    return { negated, timed, commands, source: this.text.slice(start, this.at).trim() };
  }
}
