/** Reads tokens as the grammar sees them: reserved words where a command may start, and aliases replaced. */
import { ShellSyntaxError } from './ast.ts';
import { Lexer } from './lexer.ts';
import { reservedWords } from './reserved-words.ts';
import type { ScannerOptions } from './scanner.ts';

export interface TokenOptions extends ScannerOptions {
  /** Replaced in command position; looked up as the text is read. */
  readonly aliases?: ReadonlyMap<string, string>;
}

export abstract class TokenReader extends Lexer {
  readonly #aliases: ReadonlyMap<string, string> | undefined;
  #aliasEnds: { name: string; remaining: number }[] = [];
  /** Where the value of an alias that ends in a blank ended: the next word is looked up too. */
  #aliasBlank = -1;

  constructor(text: string, options: TokenOptions) {
    super(text, options);
    this.#aliases = options.aliases;
  }

  protected unexpected(): ShellSyntaxError {
    this.skipBlanks();
    if (this.at >= this.text.length)
      return new ShellSyntaxError('syntax error: unexpected end of file', this.line + (this.text.endsWith('\n') ? 0 : 1), true);
    const operator = this.peekOperator();
    if (operator !== undefined) return this.failure(`syntax error near unexpected token \`${operator === '\n' ? 'newline' : operator}'`);
    const word = this.readWord();
    return this.failure(`syntax error near unexpected token \`${word?.source ?? ''}'`);
  }

  protected skipNewlines(): void {
    for (;;) {
      this.skipBlanks();
      if (this.text[this.at] !== '\n') return;
      this.takeOperator('\n');
    }
  }

  /** The reserved word here, not consumed. */
  protected peekReserved(): string | undefined {
    this.skipBlanks();
    const found = /^(?:\[\[|[{}!]|[a-z]+)(?=[\s;&|<>()]|$)/.exec(this.text.slice(this.at, this.at + 12))?.[0];
    return found !== undefined && reservedWords.has(found) ? found : undefined;
  }

  protected take(word: string): void {
    if (this.peekReserved() !== word) throw this.unexpected();
    this.at += word.length;
  }

  /** Replaces the alias that is the next word, again for what it starts with. */
  protected expandAlias(): void {
    const aliases = this.#aliases;
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

  /** The same for the word after an alias whose value ends in a blank. */
  protected expandAliasAfterBlank(): void {
    if (this.#aliasBlank < 0 || this.#aliasBlank > this.at) return;
    this.#aliasBlank = -1;
    this.expandAlias();
  }
}
