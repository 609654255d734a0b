/** Reads `${…}` and the subscripts of arrays. */
import type { ParameterPart, Word, WordPart } from './ast.ts';
import { WordReader } from './word-reader.ts';

export abstract class ParameterReader extends WordReader {
  protected override readBraced(quoted: boolean): ParameterPart {
    const from = this.line;
    this.at += 2;
    const part: { -readonly [K in keyof ParameterPart]: ParameterPart[K] } = { kind: 'parameter', name: '' };
    if (this.text[this.at] === '#' && /^#(?:[A-Za-z_0-9@*?$!]|-\}|#\})/.test(this.text.slice(this.at, this.at + 3))) {
      part.length = true;
      this.at++;
    } else if (this.text[this.at] === '!' && /[A-Za-z_0-9@*#]/.test(this.text[this.at + 1] ?? '')) {
      part.indirect = true;
      this.at++;
    }
    const name = /^(?:[A-Za-z_][A-Za-z0-9_]*|[0-9]+|[*@#?$!-])/.exec(this.text.slice(this.at))?.[0];
    if (name === undefined) return this.#badSubstitution(part, from);
    part.name = name;
    this.at += name.length;
    if (this.text[this.at] === '[' && /^[A-Za-z_]/.test(name)) {
      const start = ++this.at;
      const parts: WordPart[] = [];
      this.#readSubscript(parts);
      part.index = { parts, source: this.text.slice(start, this.at - 1) };
    }
    if (part.indirect && /^[*@]\}/.test(this.text.slice(this.at, this.at + 2)) && part.index === undefined) {
      part.names = this.text[this.at] as '*' | '@';
      delete part.indirect;
      this.at += 2;
      return part;
    }
    const c = this.text[this.at];
    if (c === '}') {
      this.at++;
      return part;
    }
    if (c === undefined) throw this.unterminated('}', from);
    const operator = /^(?::[-=+?]|[-=+?]|##?|%%?|\/\/|\/[#%]|\/|\^\^?|,,?|:|@[A-Za-z])/.exec(this.text.slice(this.at))?.[0];
    if (operator === undefined || (part.length && operator !== undefined)) return this.#badSubstitution(part, from);
    part.operator = operator;
    this.at += operator.length;
    if (operator.startsWith('@')) {
      if (this.text[this.at] !== '}') return this.#badSubstitution(part, from);
      this.at++;
      return part;
    }
    if (operator === ':') {
      part.argument = this.#readSlice(':}');
      if (this.text[this.at] === ':') {
        this.at++;
        part.second = this.#readSlice('}');
      }
    } else if (operator.startsWith('/')) {
      part.argument = this.#readArgument('/}', false);
      if (this.text[this.at] === '/') {
        this.at++;
        part.second = this.#readArgument('}', false);
      }
    } else {
      const pattern = /^[#%^,]/.test(operator);
      part.argument = this.#readArgument('}', quoted && !pattern);
    }
    if (this.text[this.at] !== '}') throw this.unterminated('}', from);
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
    this.readQuotedText(parts, {
      ends: (c) => ends.includes(c),
      escapes: (next) => '$`"\\}'.includes(next),
      quotes: (mark) => {
        if (mark === "'") return undefined;
        this.at++;
        return [{ kind: 'double', parts: this.readDoubleQuoted('"') }];
      },
    });
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
