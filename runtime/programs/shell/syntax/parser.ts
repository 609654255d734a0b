/** The POSIX shell grammar with bash's additions, by recursive descent, one complete command at a time. */
import {
  plainText,
  ShellSyntaxError,
  type AndOr,
  type Assignment,
  type CaseItem,
  type Command,
  type CompoundBody,
  type Conditional,
  type List,
  type Pipeline,
  type Redirection,
  type SimpleCommand,
  type Word,
  type WordPart,
} from './ast.ts';
import { Lexer, type HereDocument } from './lexer.ts';
import { reservedWords } from './reserved-words.ts';

const closers = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}']);

const redirectionOperators = new Set(['<', '>', '>>', '>|', '<>', '<&', '>&', '&>', '&>>', '<<', '<<-', '<<<']);

const declarations = new Set(['declare', 'typeset', 'local', 'export', 'readonly']);

export interface ParserOptions {
  readonly line?: number;
  readonly extglob?: boolean;
  /** Replaced in command position; looked up as the text is read. */
  readonly aliases?: ReadonlyMap<string, string>;
  /** More text may come: an open here-document is incomplete instead of ended by the end of the text. */
  readonly interactive?: boolean;
}

export class Parser extends Lexer {
  readonly #options: ParserOptions;
  #aliasEnds: { name: string; remaining: number }[] = [];
  #aliasBlank = -1;

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
      else if (this.at < this.text.length) throw this.#unexpected();
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
    const list = this.#compoundList();
    this.skipBlanks();
    if (this.text[this.at] !== ')') {
      if (this.at >= this.text.length) throw this.unterminated(')', this.line + (this.text.endsWith('\n') ? 0 : 1));
      throw this.#unexpected();
    }
    this.at++;
    return list;
  }

  protected override unclosedDocument(document: HereDocument): void {
    if (this.#options.interactive)
      throw this.failure(`here-document at line ${this.line} delimited by end-of-file (wanted \`${document.delimiter}')`, true);
  }

  #unexpected(): ShellSyntaxError {
    this.skipBlanks();
    if (this.at >= this.text.length)
      return new ShellSyntaxError('syntax error: unexpected end of file', this.line + (this.text.endsWith('\n') ? 0 : 1), true);
    const operator = this.peekOperator();
    if (operator !== undefined) return this.failure(`syntax error near unexpected token \`${operator === '\n' ? 'newline' : operator}'`);
    const word = this.readWord();
    return this.failure(`syntax error near unexpected token \`${word?.source ?? ''}'`);
  }

  #skipNewlines(): void {
    for (;;) {
      this.skipBlanks();
      if (this.text[this.at] !== '\n') return;
      this.takeOperator('\n');
    }
  }

  /** The reserved word here, not consumed. */
  #peekReserved(): string | undefined {
    this.skipBlanks();
    const found = /^(?:\[\[|[{}!]|[a-z]+)(?=[\s;&|<>()]|$)/.exec(this.text.slice(this.at, this.at + 12))?.[0];
    return found !== undefined && reservedWords.has(found) ? found : undefined;
  }

  #take(word: string): void {
    if (this.#peekReserved() !== word) throw this.#unexpected();
    this.at += word.length;
  }

  /** A list that newlines may separate, as inside compounds; at least one command. */
  #compoundList(allowEmpty = true): List {
    this.#skipNewlines();
    const items = this.#listItems(true);
    if (items.length === 0 && !allowEmpty) throw this.#unexpected();
    return { items };
  }

  #listItems(newlines: boolean): AndOr[] {
    const items: AndOr[] = [];
    for (;;) {
      if (newlines) this.#skipNewlines();
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
    const word = this.#peekReserved();
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
      this.#skipNewlines();
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
      const word = this.#peekReserved();
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
      let command = this.#command();
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
      this.#skipNewlines();
    }
    return { negated, timed, commands, source: this.text.slice(start, this.at).trim() };
  }

  #command(): Command {
    return this.nested(() => {
      this.skipBlanks();
      this.#expandAlias();
      const { line } = this;
      const word = this.#peekReserved();
      if (word !== undefined) {
        if (closers.has(word) || word === 'in') throw this.#unexpected();
        if (word === 'function') return this.#functionKeyword();
        if (word === 'coproc') throw this.failure('coproc: not supported');
        const body = this.#reservedBody(word);
        if (body !== undefined) return { kind: 'compound', line, body, redirections: this.#redirections() };
      }
      if (this.text[this.at] === '(') {
        if (this.text[this.at + 1] === '(') {
          const expression = this.tryArithmeticCommand();
          if (expression !== undefined)
            return { kind: 'compound', line, body: { kind: 'arithmeticCommand', expression }, redirections: this.#redirections() };
        }
        this.at++;
        const body = this.#compoundList(false);
        this.#closeParenthesis(line);
        return { kind: 'compound', line, body: { kind: 'subshell', body }, redirections: this.#redirections() };
      }
      return this.#simple();
    });
  }

  #closeParenthesis(from: number): void {
    this.skipBlanks();
    if (this.at >= this.text.length) throw this.unterminated(')', from);
    if (this.text[this.at] !== ')') throw this.#unexpected();
    this.at++;
  }

  #reservedBody(word: string): CompoundBody | undefined {
    switch (word) {
      case '{': {
        this.#take('{');
        const body = this.#compoundList(false);
        this.#take('}');
        return { kind: 'group', body };
      }
      case 'if':
        return this.#if();
      case 'while':
      case 'until': {
        this.#take(word);
        const condition = this.#compoundList(false);
        return { kind: 'while', until: word === 'until', condition, body: this.#doGroup() };
      }
      case 'for':
      case 'select':
        return this.#for(word);
      case 'case':
        return this.#case();
      case '[[': {
        this.#take('[[');
        const expression = this.#conditionalOr();
        this.#skipNewlines();
        if (!/^\]\](?=[\s;&|<>()]|$)/.test(this.text.slice(this.at, this.at + 3))) {
          if (this.at >= this.text.length) throw this.failure('syntax error: unexpected end of file', true);
          const found = this.readWord()?.source ?? this.peekOperator() ?? '';
          throw this.failure(`syntax error in conditional expression: unexpected token \`${found}'`);
        }
        this.at += 2;
        return { kind: 'conditional', expression };
      }
      default:
        return undefined;
    }
  }

  #if(): CompoundBody {
    const branches: { condition: List; body: List }[] = [];
    this.#take('if');
    for (;;) {
      const condition = this.#compoundList(false);
      this.#take('then');
      branches.push({ condition, body: this.#compoundList(false) });
      const word = this.#peekReserved();
      if (word === 'elif') {
        this.#take('elif');
        continue;
      }
      let otherwise: List | null = null;
      if (word === 'else') {
        this.#take('else');
        otherwise = this.#compoundList(false);
      }
      this.#take('fi');
      return { kind: 'if', branches, otherwise };
    }
  }

  #doGroup(): List {
    this.#skipNewlines();
    if (this.#peekReserved() === '{') {
      this.#take('{');
      const body = this.#compoundList(false);
      this.#take('}');
      return body;
    }
    this.#take('do');
    const body = this.#compoundList(false);
    this.#take('done');
    return body;
  }

  #for(keyword: 'for' | 'select'): CompoundBody {
    this.#take(keyword);
    this.skipBlanks();
    if (keyword === 'for' && this.text.startsWith('((', this.at)) {
      const word = this.tryArithmeticCommand();
      if (word === undefined) throw this.#unexpected();
      const pieces = splitSemicolons(word);
      if (pieces.length !== 3) throw this.failure(`syntax error: arithmetic expression required`);
      this.#separator();
      return {
        kind: 'arithmeticFor',
        initial: pieces[0] as Word,
        condition: pieces[1] as Word,
        step: pieces[2] as Word,
        body: this.#doGroup(),
      };
    }
    const word = this.readWord();
    const name = word === undefined ? undefined : plainText(word);
    if (name === undefined) throw this.#unexpected();
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw this.failure(`\`${name}': not a valid identifier`);
    this.#skipNewlines();
    let words: Word[] | null = null;
    if (this.#peekReserved() === 'in') {
      this.#take('in');
      words = [];
      for (;;) {
        this.skipBlanks();
        const next = this.readWord();
        if (next === undefined) break;
        words.push(next);
      }
      const operator = this.peekOperator();
      if (operator !== ';' && operator !== '\n') throw this.#unexpected();
      this.takeOperator(operator);
    } else this.#separator();
    const body = this.#doGroup();
    return { kind: 'for', name, words, body, ...(keyword === 'select' ? { select: true } : {}) };
  }

  #separator(): void {
    this.skipBlanks();
    if (this.peekOperator() === ';') this.takeOperator(';');
    this.#skipNewlines();
  }

  #case(): CompoundBody {
    this.#take('case');
    this.skipBlanks();
    const subject = this.readWord();
    if (subject === undefined) throw this.#unexpected();
    this.#skipNewlines();
    this.#take('in');
    const items: CaseItem[] = [];
    for (;;) {
      this.#skipNewlines();
      if (this.#peekReserved() === 'esac') break;
      if (this.text[this.at] === '(') {
        this.at++;
        this.skipBlanks();
      }
      const patterns: Word[] = [];
      for (;;) {
        this.skipBlanks();
        const pattern = this.readWord();
        if (pattern === undefined) throw this.#unexpected();
        patterns.push(pattern);
        this.skipBlanks();
        if (this.text[this.at] !== '|') break;
        this.at++;
      }
      if (this.text[this.at] !== ')') throw this.#unexpected();
      this.at++;
      const body = this.#compoundList();
      this.skipBlanks();
      const operator = this.peekOperator();
      if (operator === ';;' || operator === ';&' || operator === ';;&') {
        this.takeOperator(operator);
        items.push({ patterns, body, end: operator });
        continue;
      }
      items.push({ patterns, body, end: ';;' });
      this.#skipNewlines();
      break;
    }
    this.#take('esac');
    return { kind: 'case', subject, items };
  }

  #functionKeyword(): Command {
    const start = this.at;
    this.#take('function');
    this.skipBlanks();
    const name = this.readWord();
    if (name === undefined) throw this.#unexpected();
    this.skipBlanks();
    if (/^\(\s*\)/.test(this.text.slice(this.at))) this.at = this.text.indexOf(')', this.at) + 1;
    return this.#functionBody(name.source, start);
  }

  #functionBody(name: string, start: number): Command {
    this.#skipNewlines();
    const { line } = this;
    const body = this.#command();
    if (body.kind !== 'compound')
      throw this.failure(`syntax error near unexpected token \`${body.kind === 'simple' ? (body.words[0]?.source ?? '') : body.name}'`);
    return { kind: 'function', line, name, body, source: this.text.slice(start, this.at) };
  }

  #redirections(): Redirection[] {
    const list: Redirection[] = [];
    for (;;) {
      this.skipBlanks();
      const redirection = this.#redirection();
      if (redirection === undefined) return list;
      list.push(redirection);
    }
  }

  #redirection(): Redirection | undefined {
    const before = /^(?:(\d+)|\{([A-Za-z_][A-Za-z0-9_]*)\})(?=[<>])/.exec(this.text.slice(this.at, this.at + 80));
    const length = before?.[0].length ?? 0;
    const saved = this.at;
    this.at += length;
    const operator = this.peekOperator();
    if (
      operator === undefined ||
      !redirectionOperators.has(operator) ||
      (/^[<>]\(/.test(this.text.slice(this.at, this.at + 2)) && length === 0)
    ) {
      this.at = saved;
      return undefined;
    }
    this.takeOperator(operator);
    this.skipBlanks();
    const target = this.readWord();
    if (target === undefined) throw this.#unexpected();
    const redirection = {
      ...(before?.[1] === undefined ? {} : { fd: Number(before[1]) }),
      ...(before?.[2] === undefined ? {} : { variable: before[2] }),
      operator: operator as Redirection['operator'],
      target,
    };
    if (operator === '<<' || operator === '<<-') {
      const quoted = target.parts.some((part) => part.kind === 'quoted' || part.kind === 'double');
      this.expectDocument({ redirection, delimiter: unquoted(target), expand: !quoted, stripTabs: operator === '<<-' });
    }
    return redirection;
  }

  #simple(): Command {
    const start = this.at;
    const { line } = this;
    const assignments: Assignment[] = [];
    const words: Word[] = [];
    const redirections: Redirection[] = [];
    let arrays: Map<number, Assignment> | undefined;
    for (;;) {
      this.skipBlanks();
      const redirection = this.#redirection();
      if (redirection !== undefined) {
        redirections.push(redirection);
        continue;
      }
      if (words.length === 0) {
        if (assignments.length > 0 || redirections.length > 0) this.#expandAlias();
        const assignment = this.#assignment();
        if (assignment !== undefined) {
          assignments.push(assignment);
          continue;
        }
      } else if (declarations.has(words[0]?.source ?? '')) {
        const saved = this.at;
        const assignment = this.#assignment(true);
        if (assignment !== undefined) {
          (arrays ??= new Map()).set(words.length, assignment);
          words.push({ parts: [{ kind: 'text', text: assignment.name }], source: this.text.slice(saved, this.at) });
          continue;
        }
      }
      if (this.#aliasBlank >= 0 && this.#aliasBlank <= this.at) {
        this.#aliasBlank = -1;
        this.#expandAlias();
      }
      const word = this.readWord();
      if (word === undefined) break;
      words.push(word);
      if (words.length === 1 && assignments.length === 0 && redirections.length === 0) {
        this.skipBlanks();
        if (this.text[this.at] === '(') {
          const close = /^\([ \t]*\)/.exec(this.text.slice(this.at))?.[0];
          if (close === undefined) {
            this.at++;
            throw this.#unexpected();
          }
          this.at += close.length;
          return this.#functionBody(word.source, start);
        }
      }
    }
    if (assignments.length === 0 && words.length === 0 && redirections.length === 0) throw this.#unexpected();
    const command: SimpleCommand = { kind: 'simple', line, assignments, words, redirections };
    return arrays === undefined ? command : { ...command, arrays };
  }

  #assignment(arrayOnly = false): Assignment | undefined {
    const saved = { at: this.at, line: this.line };
    const name = /^[A-Za-z_][A-Za-z0-9_]*(?=\+?=|\[)/.exec(this.text.slice(this.at, this.at + 300))?.[0];
    if (name === undefined) return undefined;
    this.at += name.length;
    let index: Word | undefined;
    const back = () => {
      this.at = saved.at;
      this.line = saved.line;
      return undefined;
    };
    if (this.text[this.at] === '[') {
      try {
        index = this.readSubscriptHere();
      } catch (error) {
        if (error instanceof ShellSyntaxError) return back();
        throw error;
      }
    }
    const append = this.text.startsWith('+=', this.at);
    if (append) this.at += 2;
    else if (this.text[this.at] === '=') this.at++;
    else return back();
    if (arrayOnly && this.text[this.at] !== '(') return back();
    const indexed = index === undefined ? {} : { index };
    if (this.text[this.at] === '(' && index === undefined) return { name, append, value: null, elements: this.#elements() };
    const value = this.readWord() ?? { parts: [], source: '' };
    return { name, ...indexed, append, value };
  }

  #elements(): { index?: Word; append?: boolean; value: Word }[] {
    const from = this.line;
    this.at++;
    const elements: { index?: Word; append?: boolean; value: Word }[] = [];
    for (;;) {
      this.#skipNewlines();
      if (this.at >= this.text.length) throw this.unterminated(')', from);
      if (this.text[this.at] === ')') {
        this.at++;
        return elements;
      }
      if (this.text[this.at] === '[') {
        const saved = { at: this.at, line: this.line };
        const index = this.readSubscriptHere();
        const append = this.text.startsWith('+=', this.at);
        if (append || this.text[this.at] === '=') {
          this.at += append ? 2 : 1;
          elements.push({ index, append, value: this.readWord() ?? { parts: [], source: '' } });
          continue;
        }
        this.at = saved.at;
        this.line = saved.line;
      }
      const value = this.readWord();
      if (value === undefined) throw this.#unexpected();
      elements.push({ value });
    }
  }

  #conditionalOr(): Conditional {
    return this.nested(() => {
      let left = this.#conditionalAnd();
      for (;;) {
        this.#skipNewlines();
        if (!this.text.startsWith('||', this.at)) return left;
        this.at += 2;
        left = { kind: 'or', left, right: this.#conditionalAnd() };
      }
    });
  }

  #conditionalAnd(): Conditional {
    let left = this.#conditionalTerm();
    for (;;) {
      this.#skipNewlines();
      if (!this.text.startsWith('&&', this.at)) return left;
      this.at += 2;
      left = { kind: 'and', left, right: this.#conditionalTerm() };
    }
  }

  #conditionalTerm(): Conditional {
    this.#skipNewlines();
    if (this.#peekReserved() === '!') {
      this.at++;
      return this.nested(() => ({ kind: 'not', operand: this.#conditionalTerm() }));
    }
    if (this.text[this.at] === '(') {
      this.at++;
      const inner = this.#conditionalOr();
      this.#skipNewlines();
      if (this.text[this.at] !== ')') throw this.#unexpected();
      this.at++;
      return inner;
    }
    const left = this.readWord();
    if (left === undefined || left.source === ']]') throw this.#unexpected();
    this.#skipNewlines();
    const unary =
      /^-[a-zA-Z]$/.test(left.source) &&
      !/^(?:&&|\|\||\)|\]\]|=|!=|<|>|-(?:eq|ne|lt|gt|le|ge|nt|ot|ef)\s)/.test(this.text.slice(this.at, this.at + 4));
    if (unary) {
      const operand = this.readWord();
      if (operand === undefined) throw this.#unexpected();
      return { kind: 'unary', operator: left.source, operand };
    }
    const operator = /^(?:==|=~|=|!=|<|>|-(?:eq|ne|lt|gt|le|ge|nt|ot|ef)(?=\s))/.exec(this.text.slice(this.at, this.at + 4))?.[0];
    if (operator === undefined || (operator === '=' && /^=\S/.test(this.text.slice(this.at, this.at + 2))))
      return { kind: 'unary', operator: '-n', operand: left };
    this.at += operator.length;
    this.skipBlanks();
    const right = operator === '=~' ? this.#regularExpression() : this.readWord();
    if (right === undefined) throw this.#unexpected();
    return { kind: 'binary', operator, left, right };
  }

  /** The right side of `=~`: parentheses and bars are part of it. */
  #regularExpression(): Word | undefined {
    const start = this.at;
    const parts: WordPart[] = [];
    let depth = 0;
    let bracket = false;
    this.readParts(
      parts,
      (c) => {
        if (c === '[') bracket = true;
        else if (c === ']') bracket = false;
        else if (c === '(' && !bracket) depth++;
        else if (c === ')' && !bracket) return depth-- <= 0;
        return depth <= 0 && (c === ' ' || c === '\t' || c === '\n' || c === ';' || c === '&');
      },
      true,
    );
    return this.at === start ? undefined : { parts, source: this.text.slice(start, this.at) };
  }

  /** Replaces the alias that is the next word, again for what it starts with. */
  #expandAlias(): void {
    const { aliases } = this.#options;
    if (aliases === undefined || aliases.size === 0) return;
    for (let count = 0; count < 100; count++) {
      this.skipBlanks();
      const remaining = this.text.length - this.at;
      this.#aliasEnds = this.#aliasEnds.filter((entry) => entry.remaining < remaining);
      const name = /^[^\s;&|<>()'"\\$`]+(?=[\s;&|<>()]|$)/.exec(this.text.slice(this.at, this.at + 200))?.[0];
      const value = name === undefined ? undefined : aliases.get(name);
      if (name === undefined || value === undefined || this.#aliasEnds.some((entry) => entry.name === name)) return;
      const after = this.text.slice(this.at + name.length);
      this.#aliasEnds.push({ name, remaining: after.length });
      this.text = this.text.slice(0, this.at) + value + after;
      if (/[ \t]$/.test(value)) this.#aliasBlank = this.at + value.length;
    }
  }
}

/** The delimiter of a here-document: only quotes are removed. */
function unquoted(word: Word): string {
  const text = (parts: readonly WordPart[]): string =>
    parts
      .map((part) =>
        part.kind === 'text' || part.kind === 'quoted'
          ? part.text
          : part.kind === 'double'
            ? text(part.parts)
            : part.kind === 'parameter'
              ? `$${part.name}`
              : '',
      )
      .join('');
  return text(word.parts);
}

function splitSemicolons(word: Word): Word[] {
  const pieces: WordPart[][] = [[]];
  for (const part of word.parts) {
    if (part.kind !== 'quoted') {
      pieces.at(-1)?.push(part);
      continue;
    }
    part.text.split(';').forEach((text, i) => {
      if (i > 0) pieces.push([]);
      if (text !== '') pieces.at(-1)?.push({ kind: 'quoted', text });
    });
  }
  return pieces.map((parts) => ({ parts, source: parts.map((part) => (part.kind === 'quoted' ? part.text : '$')).join('') }));
}
