/** Simple commands: assignments, words and redirections; and functions, which begin like one. */
import { ShellSyntaxError, type Assignment, type Command, type Redirection, type SimpleCommand, type Word, type WordPart } from './ast.ts';
import { ConditionalParser } from './conditional-parser.ts';

export const redirectionOperators = new Set(['<', '>', '>>', '>|', '<>', '<&', '>&', '&>', '&>>', '<<', '<<-', '<<<']);

/** Commands whose operands may be assignments of arrays. */
const declarations = new Set(['declare', 'typeset', 'local', 'export', 'readonly']);

export abstract class SimpleCommandParser extends ConditionalParser {
  protected abstract readCommand(): Command;

  protected readFunction(): Command {
    const start = this.at;
    this.take('function');
    this.skipBlanks();
    const name = this.readWord();
    if (name === undefined) throw this.unexpected();
    this.skipBlanks();
    if (/^\(\s*\)/.test(this.text.slice(this.at))) this.at = this.text.indexOf(')', this.at) + 1;
    return this.#functionBody(name.source, start);
  }

  #functionBody(name: string, start: number): Command {
    this.skipNewlines();
    const { line } = this;
    const body = this.readCommand();
    if (body.kind !== 'compound')
      throw this.failure(`syntax error near unexpected token \`${body.kind === 'simple' ? (body.words[0]?.source ?? '') : body.name}'`);
    return { kind: 'function', line, name, body, source: this.text.slice(start, this.at) };
  }

  protected readRedirections(): Redirection[] {
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
    if (target === undefined) throw this.unexpected();
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

  protected readSimpleCommand(): Command {
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
        if (assignments.length > 0 || redirections.length > 0) this.expandAlias();
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
      this.expandAliasAfterBlank();
      const word = this.readWord();
      if (word === undefined) break;
      words.push(word);
      if (words.length === 1 && assignments.length === 0 && redirections.length === 0) {
        this.skipBlanks();
        if (this.text[this.at] === '(') {
          const close = /^\([ \t]*\)/.exec(this.text.slice(this.at))?.[0];
          if (close === undefined) {
            this.at++;
            throw this.unexpected();
          }
          this.at += close.length;
          return this.#functionBody(word.source, start);
        }
      }
    }
    if (assignments.length === 0 && words.length === 0 && redirections.length === 0) throw this.unexpected();
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
      this.skipNewlines();
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
      if (value === undefined) throw this.unexpected();
      elements.push({ value });
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
