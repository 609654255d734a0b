/** What V8 says of a text that is no JSON, for engines that say it in other words, and where in it the problem is. */

interface Problem {
  readonly message: string;
  readonly at: number;
}

const white = /[\t\n\r ]*/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  #skip(): string | undefined {
    white.lastIndex = this.#at;
    this.#at += white.exec(this.#text)![0].length;
    return this.#text[this.#at];
  }

  #fail(message?: string): Problem {
    const at = this.#at;
    if (message !== undefined) return { message: `${message} in JSON`, at };
    const unit = this.#text[at];
    if (unit === undefined) return { message: 'Unexpected end of JSON input', at };
    if (unit === '"') return { message: 'Unexpected string in JSON', at };
    if (/[-\d]/.test(unit)) return { message: 'Unexpected number in JSON', at };
    return { message: 'Unexpected token', at };
  }

  document(): Problem | undefined {
    const problem = this.#value();
    if (problem !== undefined) return problem;
    return this.#skip() === undefined ? undefined : { message: 'Unexpected non-whitespace character after JSON', at: this.#at };
  }

  #value(): Problem | undefined {
    const unit = this.#skip();
    if (unit === '{') return this.#object();
    if (unit === '[') return this.#array();
    if (unit === '"') return this.#string();
    if (unit !== undefined && /[-\d]/.test(unit)) return this.#number();
    for (const word of ['true', 'false', 'null']) {
      if (unit !== word[0]) continue;
      for (const letter of word) {
        if (this.#text[this.#at] !== letter) return this.#fail();
        this.#at++;
      }
      return undefined;
    }
    return this.#fail();
  }

  #object(): Problem | undefined {
    this.#at++;
    if (this.#skip() === '}') return this.#end();
    if (this.#text[this.#at] !== '"') return this.#fail("Expected property name or '}'");
    for (;;) {
      const name = this.#string();
      if (name !== undefined) return name;
      if (this.#skip() !== ':') return this.#fail("Expected ':' after property name");
      this.#at++;
      const value = this.#value();
      if (value !== undefined) return value;
      const next = this.#skip();
      if (next === '}') return this.#end();
      if (next !== ',') return this.#fail("Expected ',' or '}' after property value");
      this.#at++;
      if (this.#skip() !== '"') return this.#fail('Expected double-quoted property name');
    }
  }

  #array(): Problem | undefined {
    this.#at++;
    if (this.#skip() === ']') return this.#end();
    for (;;) {
      const value = this.#value();
      if (value !== undefined) return value;
      const next = this.#skip();
      if (next === ']') return this.#end();
      if (next !== ',') return this.#fail("Expected ',' or ']' after array element");
      this.#at++;
    }
  }

  #end(): undefined {
    this.#at++;
  }

  #string(): Problem | undefined {
    this.#at++;
    for (;;) {
      const unit = this.#text[this.#at];
      if (unit === undefined) return this.#fail('Unterminated string');
      if (unit === '"') return this.#end();
      if (unit < ' ') return this.#fail('Bad control character in string literal');
      if (unit === '\\') {
        const escape = this.#text[++this.#at];
        if (escape === undefined) return this.#fail();
        if (escape === 'u') {
          for (let digit = 0; digit < 4; digit++) {
            if (!/[\da-f]/i.test(this.#text[++this.#at] ?? '')) return this.#fail('Bad Unicode escape');
          }
        } else if (!/["\\/bfnrt]/.test(escape)) return this.#fail('Bad escaped character');
      }
      this.#at++;
    }
  }

  #digits(): boolean {
    const from = this.#at;
    while (/\d/.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#at > from;
  }

  #number(): Problem | undefined {
    if (this.#text[this.#at] === '-') {
      this.#at++;
      if (!/\d/.test(this.#text[this.#at] ?? '')) return this.#fail('No number after minus sign');
    }
    if (this.#text[this.#at] === '0') {
      this.#at++;
      if (/\d/.test(this.#text[this.#at] ?? '')) return this.#fail();
    } else this.#digits();
    if (this.#text[this.#at] === '.') {
      this.#at++;
      if (!this.#digits()) return this.#fail('Unterminated fractional number');
    }
    if (/[eE]/.test(this.#text[this.#at] ?? '')) {
      this.#at++;
      if (/[-+]/.test(this.#text[this.#at] ?? '')) this.#at++;
      if (!this.#digits()) return this.#fail('Exponent part is missing a number');
    }
    return undefined;
  }
}

/** The arrow below the place in the text, as V8 shows it where such an error ends a program. */
export function jsonArrow(text: string): string {
  const problem = new Reader(text).document();
  if (problem === undefined) return '';
  const { message, at } = problem;
  const lines = text.slice(0, at).split(/\r\n|[\n\r]/);
  const column = lines.at(-1)!.length;
  const line = text.split(/\r\n|[\n\r]/)[lines.length - 1] ?? '';
  const caret = message === 'Unexpected end of JSON input' || at >= text.length ? '' : `${line.slice(0, column).replace(/[^\t]/g, ' ')}^\n`;
  return `<anonymous_script>:${lines.length}\n${line}\n${caret}`;
}

/** Undefined if the text is JSON. */
export function jsonMessage(text: string): string | undefined {
  const problem = new Reader(text).document();
  if (problem === undefined) return undefined;
  const { message, at } = problem;
  if (message === 'Unexpected end of JSON input') return message;
  if (message !== 'Unexpected token') {
    const lines = text.slice(0, at).split(/\r\n|[\n\r]/);
    return `${message} at position ${at} (line ${lines.length} column ${lines.at(-1)!.length + 1})`;
  }
  if (text === 'undefined' || text === 'NaN' || text === 'Infinity' || text === '[object Object]') return `"${text}" is not valid JSON`;
  const around = 10;
  const unit = text[at]!;
  if (text.length <= 2 * around) return `Unexpected token '${unit}', "${text}" is not valid JSON`;
  const start = Math.max(0, at - around);
  const end = Math.min(text.length, at + around);
  return `Unexpected token '${unit}', ${start > 0 ? '...' : ''}"${text.slice(start, end)}"${end < text.length ? '...' : ''} is not valid JSON`;
}
