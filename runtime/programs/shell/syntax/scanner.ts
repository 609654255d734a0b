/** The place in the text of a shell program: blanks, operators, lines, nesting, and what fails there. */
import { ShellSyntaxError } from './ast.ts';

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

/** What ends a word that is not quoted. */
export const metacharacters = new Set([...' \t\n;&|<>()']);

/** Nesting of substitutions and compounds: deeper text is refused before the engine's stack is. */
const maxDepth = 300;

export interface ScannerOptions {
  /** Of the first character. Default 1. */
  readonly line?: number;
  /** Read `?(…)`, `*(…)`, `+(…)`, `@(…)` and `!(…)` as patterns. Default true. */
  readonly extglob?: boolean;
  /** Levels of nesting around this text. Default 0. */
  readonly depth?: number;
}

export abstract class Scanner {
  protected text: string;
  protected at = 0;
  protected line: number;
  protected readonly extglob: boolean;
  /** Levels of nesting around the place that is read. */
  protected depth: number;

  constructor(text: string, options: ScannerOptions = {}) {
    this.text = text;
    this.line = options.line ?? 1;
    this.extglob = options.extglob ?? true;
    this.depth = options.depth ?? 0;
  }

  protected nested<T>(read: () => T): T {
    if (++this.depth > maxDepth) throw this.failure('too deeply nested');
    try {
      return read();
    } finally {
      this.depth--;
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

  /** Goes past the operator here. */
  protected takeOperator(operator: string): void {
    this.at += operator.length;
    if (operator === '\n') this.line++;
  }
}
