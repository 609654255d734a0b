/** The expression between `[[` and `]]`. */
import type { Conditional, Word, WordPart } from './ast.ts';
import { TokenReader } from './token-reader.ts';

export abstract class ConditionalParser extends TokenReader {
  /** Up to `]]`, consumed. */
  protected readConditional(): Conditional {
    const expression = this.#or();
    this.skipNewlines();
    if (!/^\]\](?=[\s;&|<>()]|$)/.test(this.text.slice(this.at, this.at + 3))) {
      if (this.at >= this.text.length) throw this.failure('syntax error: unexpected end of file', true);
      const found = this.readWord()?.source ?? this.peekOperator() ?? '';
      throw this.failure(`syntax error in conditional expression: unexpected token \`${found}'`);
    }
    this.at += 2;
    return expression;
  }

  #or(): Conditional {
    return this.nested(() => {
      let left = this.#and();
      for (;;) {
        this.skipNewlines();
        if (!this.text.startsWith('||', this.at)) return left;
        this.at += 2;
        left = { kind: 'or', left, right: this.#and() };
      }
    });
  }

  #and(): Conditional {
    let left = this.#term();
    for (;;) {
      this.skipNewlines();
      if (!this.text.startsWith('&&', this.at)) return left;
      this.at += 2;
      left = { kind: 'and', left, right: this.#term() };
    }
  }

  #term(): Conditional {
    this.skipNewlines();
    if (this.peekReserved() === '!') {
      this.at++;
      return this.nested(() => ({ kind: 'not', operand: this.#term() }));
    }
    if (this.text[this.at] === '(') {
      this.at++;
      const inner = this.#or();
      this.skipNewlines();
      if (this.text[this.at] !== ')') throw this.unexpected();
      this.at++;
      return inner;
    }
    const left = this.readWord();
    if (left === undefined || left.source === ']]') throw this.unexpected();
    this.skipNewlines();
    const unary =
      /^-[a-zA-Z]$/.test(left.source) &&
      !/^(?:&&|\|\||\)|\]\]|=|!=|<|>|-(?:eq|ne|lt|gt|le|ge|nt|ot|ef)\s)/.test(this.text.slice(this.at, this.at + 4));
    if (unary) {
      const operand = this.readWord();
      if (operand === undefined) throw this.unexpected();
      return { kind: 'unary', operator: left.source, operand };
    }
    const operator = /^(?:==|=~|=|!=|<|>|-(?:eq|ne|lt|gt|le|ge|nt|ot|ef)(?=\s))/.exec(this.text.slice(this.at, this.at + 4))?.[0];
    if (operator === undefined || (operator === '=' && /^=\S/.test(this.text.slice(this.at, this.at + 2))))
      return { kind: 'unary', operator: '-n', operand: left };
    this.at += operator.length;
    this.skipBlanks();
    const right = operator === '=~' ? this.#regularExpression() : this.readWord();
    if (right === undefined) throw this.unexpected();
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
}
