/** Compound commands: groups, subshells, loops and choices. */
import { plainText, type CaseItem, type Command, type CompoundBody, type List, type Word, type WordPart } from './ast.ts';
import { SimpleCommandParser } from './simple-command-parser.ts';

/** They end the list inside a compound. */
export const closers = new Set(['then', 'else', 'elif', 'fi', 'do', 'done', 'esac', '}']);

export abstract class CompoundParser extends SimpleCommandParser {
  /** A list that newlines may separate, up to what cannot start a command. */
  protected abstract readCompoundList(options?: { readonly empty?: boolean }): List;

  protected override readCommand(): Command {
    return this.nested(() => {
      this.skipBlanks();
      this.expandAlias();
      const { line } = this;
      const word = this.peekReserved();
      if (word !== undefined) {
        if (closers.has(word) || word === 'in') throw this.unexpected();
        if (word === 'function') return this.readFunction();
        if (word === 'coproc') throw this.failure('coproc: not supported');
        const body = this.#reservedBody(word);
        if (body !== undefined) return { kind: 'compound', line, body, redirections: this.readRedirections() };
      }
      if (this.text[this.at] === '(') {
        if (this.text[this.at + 1] === '(') {
          const expression = this.tryArithmeticCommand();
          if (expression !== undefined)
            return { kind: 'compound', line, body: { kind: 'arithmeticCommand', expression }, redirections: this.readRedirections() };
        }
        this.at++;
        const body = this.readCompoundList();
        this.#closeParenthesis(line);
        return { kind: 'compound', line, body: { kind: 'subshell', body }, redirections: this.readRedirections() };
      }
      return this.readSimpleCommand();
    });
  }

  #closeParenthesis(from: number): void {
    this.skipBlanks();
    if (this.at >= this.text.length) throw this.unterminated(')', from);
    if (this.text[this.at] !== ')') throw this.unexpected();
    this.at++;
  }

  #reservedBody(word: string): CompoundBody | undefined {
    switch (word) {
      case '{': {
        this.take('{');
        const body = this.readCompoundList();
        this.take('}');
        return { kind: 'group', body };
      }
      case 'if':
        return this.#if();
      case 'while':
      case 'until': {
        this.take(word);
        const condition = this.readCompoundList();
        return { kind: 'while', until: word === 'until', condition, body: this.#doGroup() };
      }
      case 'for':
      case 'select':
        return this.#for(word);
      case 'case':
        return this.#case();
      case '[[':
        this.take('[[');
        return { kind: 'conditional', expression: this.readConditional() };
      default:
        return undefined;
    }
  }

  #if(): CompoundBody {
    const branches: { condition: List; body: List }[] = [];
    this.take('if');
    for (;;) {
      const condition = this.readCompoundList();
      this.take('then');
      branches.push({ condition, body: this.readCompoundList() });
      const word = this.peekReserved();
      if (word === 'elif') {
        this.take('elif');
        continue;
      }
      let otherwise: List | null = null;
      if (word === 'else') {
        this.take('else');
        otherwise = this.readCompoundList();
      }
      this.take('fi');
      return { kind: 'if', branches, otherwise };
    }
  }

  #doGroup(): List {
    this.skipNewlines();
    if (this.peekReserved() === '{') {
      this.take('{');
      const body = this.readCompoundList();
      this.take('}');
      return body;
    }
    this.take('do');
    const body = this.readCompoundList();
    this.take('done');
    return body;
  }

  #for(keyword: 'for' | 'select'): CompoundBody {
    this.take(keyword);
    this.skipBlanks();
    if (keyword === 'for' && this.text.startsWith('((', this.at)) {
      const word = this.tryArithmeticCommand();
      if (word === undefined) throw this.unexpected();
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
    if (name === undefined) throw this.unexpected();
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) throw this.failure(`\`${name}': not a valid identifier`);
    this.skipNewlines();
    let words: Word[] | null = null;
    if (this.peekReserved() === 'in') {
      this.take('in');
      words = [];
      for (;;) {
        this.skipBlanks();
        const next = this.readWord();
        if (next === undefined) break;
        words.push(next);
      }
      const operator = this.peekOperator();
      if (operator !== ';' && operator !== '\n') throw this.unexpected();
      this.takeOperator(operator);
    } else this.#separator();
    const body = this.#doGroup();
    return { kind: 'for', name, words, body, ...(keyword === 'select' ? { select: true } : {}) };
  }

  #separator(): void {
    this.skipBlanks();
    if (this.peekOperator() === ';') this.takeOperator(';');
    this.skipNewlines();
  }

  #case(): CompoundBody {
    this.take('case');
    this.skipBlanks();
    const subject = this.readWord();
    if (subject === undefined) throw this.unexpected();
    this.skipNewlines();
    this.take('in');
    const items: CaseItem[] = [];
    for (;;) {
      this.skipNewlines();
      if (this.peekReserved() === 'esac') break;
      if (this.text[this.at] === '(') {
        this.at++;
        this.skipBlanks();
      }
      const patterns: Word[] = [];
      for (;;) {
        this.skipBlanks();
        const pattern = this.readWord();
        if (pattern === undefined) throw this.unexpected();
        patterns.push(pattern);
        this.skipBlanks();
        if (this.text[this.at] !== '|') break;
        this.at++;
      }
      if (this.text[this.at] !== ')') throw this.unexpected();
      this.at++;
      const body = this.readCompoundList({ empty: true });
      this.skipBlanks();
      const operator = this.peekOperator();
      if (operator === ';;' || operator === ';&' || operator === ';;&') {
        this.takeOperator(operator);
        items.push({ patterns, body, end: operator });
        continue;
      }
      items.push({ patterns, body, end: ';;' });
      this.skipNewlines();
      break;
    }
    this.take('esac');
    return { kind: 'case', subject, items };
  }
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
