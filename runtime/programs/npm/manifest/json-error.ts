/** Why a text is no JSON, in V8's words: npm's users know them, and other engines have their own. */

/** Characters that V8 shows before and behind an unexpected one. */
const contextLength = 10;

class Located extends Error {}

class Locator {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** V8's message; undefined if the text is JSON. */
  find(): string | undefined {
    try {
      this.#value();
      this.#blank();
      if (this.#at < this.#text.length) this.#fail('Unexpected non-whitespace character after JSON');
      return undefined;
    } catch (error) {
      if (error instanceof Located) return error.message;
      throw error;
    }
  }

  #fail(what: string, at = this.#at): never {
    const before = this.#text.slice(0, at);
    const line = before.split(/\r\n|\r|\n/).length;
    const column = at - Math.max(before.lastIndexOf('\n'), before.lastIndexOf('\r'));
    throw new Located(`${what} at position ${at} (line ${line} column ${column})`);
  }

  #unexpected(): never {
    const [text, at] = [this.#text, this.#at];
    if (at >= text.length) throw new Located('Unexpected end of JSON input');
    const character = text[at] as string;
    if (character === '"') this.#fail('Unexpected string in JSON');
    if (/[-\d]/.test(character)) this.#fail('Unexpected number in JSON');
    if (/^(undefined|NaN|Infinity|\[object Object\])$/.test(text)) throw new Located(`"${text}" is not valid JSON`);
    let shown = `"${text}"`;
    if (text.length >= contextLength * 2 + 1) {
      const early = at < contextLength;
      const late = !early && at >= text.length - contextLength;
      const part = text.slice(early ? 0 : at - contextLength, late ? undefined : at + contextLength);
      shown = `${early ? '' : '...'}"${part}"${late ? '' : '...'}`;
    }
    throw new Located(`Unexpected token '${character}', ${shown} is not valid JSON`);
  }

  #blank(): void {
    while (/[ \t\r\n]/.test(this.#text[this.#at] ?? '')) this.#at++;
  }

  #value(): void {
    this.#blank();
    const character = this.#text[this.#at];
    if (character === '{') this.#object();
    else if (character === '[') this.#array();
    else if (character === '"') this.#string();
    else if (character !== undefined && /[-\d]/.test(character)) this.#number();
    else if (character === 't') this.#word('true');
    else if (character === 'f') this.#word('false');
    else if (character === 'n') this.#word('null');
    else this.#unexpected();
  }

  #object(): void {
    this.#at++;
    this.#blank();
    if (this.#text[this.#at] === '}') {
      this.#at++;
      return;
    }
    for (let first = true; ; first = false) {
      this.#blank();
      if (this.#text[this.#at] !== '"') {
        this.#fail(first ? "Expected property name or '}' in JSON" : 'Expected double-quoted property name in JSON');
      }
      this.#string();
      this.#blank();
      if (this.#text[this.#at] !== ':') this.#fail("Expected ':' after property name in JSON");
      this.#at++;
      this.#value();
      this.#blank();
      const next = this.#text[this.#at];
      if (next !== ',' && next !== '}') this.#fail("Expected ',' or '}' after property value in JSON");
      this.#at++;
      if (next === '}') return;
    }
  }

  #array(): void {
    this.#at++;
    this.#blank();
    if (this.#text[this.#at] === ']') {
      this.#at++;
      return;
    }
    for (;;) {
      this.#value();
      this.#blank();
      const next = this.#text[this.#at];
      if (next !== ',' && next !== ']') this.#fail("Expected ',' or ']' after array element in JSON");
      this.#at++;
      if (next === ']') return;
    }
  }

  #string(): void {
    this.#at++;
    for (;;) {
      const character = this.#text[this.#at];
      if (character === undefined) this.#fail('Unterminated string in JSON');
      if (character < ' ') this.#fail('Bad control character in string literal in JSON');
      this.#at++;
      if (character === '"') return;
      if (character !== '\\') continue;
      const escape = this.#text[this.#at];
      if (escape === undefined) throw new Located('Unexpected end of JSON input');
      if (escape === 'u') {
        for (let i = 1; i <= 4; i++) {
          if (!/[\da-fA-F]/.test(this.#text[this.#at + i] ?? '')) {
            this.#fail(this.#at + i >= this.#text.length ? 'Bad Unicode escape in JSON' : 'Bad Unicode escape in JSON', this.#at + i);
          }
        }
        this.#at += 5;
      } else if (/["\\/bfnrt]/.test(escape)) this.#at++;
      else this.#fail('Bad escaped character in JSON');
    }
  }

  #digits(): number {
    const from = this.#at;
    while (/\d/.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#at - from;
  }

  #number(): void {
    if (this.#text[this.#at] === '-') {
      this.#at++;
      if (!/\d/.test(this.#text[this.#at] ?? '')) this.#fail('No number after minus sign in JSON');
    }
    if (this.#text[this.#at] === '0') {
      this.#at++;
      if (/\d/.test(this.#text[this.#at] ?? '')) this.#fail('Unexpected number in JSON');
    } else this.#digits();
    if (this.#text[this.#at] === '.') {
      this.#at++;
      if (this.#digits() === 0) this.#fail('Unterminated fractional number in JSON');
    }
    if (/[eE]/.test(this.#text[this.#at] ?? '')) {
      this.#at++;
      if (/[-+]/.test(this.#text[this.#at] ?? '')) this.#at++;
      if (this.#digits() === 0) this.#fail('Exponent part is missing a number in JSON');
    }
  }

  #word(word: string): void {
    for (const letter of word) {
      if (this.#text[this.#at] !== letter) this.#unexpected();
      this.#at++;
    }
  }
}

/** Characters of the text that npm shows before and behind the place. */
const shownLength = 20;

/** What npm says of a text that is no JSON: V8's message, and what was read. Undefined if it is JSON. */
export function jsonProblem(text: string): string | undefined {
  const found = new Locator(text).find();
  if (found === undefined) return undefined;
  if (text === '') return `${found} while parsing empty string`;
  const token = /^Unexpected token '?(.)'?(,)? /i.exec(found);
  const hex = (token?.[1] ?? '').charCodeAt(0).toString(16).toUpperCase();
  const message =
    token === null
      ? found
      : found.replace(
          token[0],
          `Unexpected token ${JSON.stringify(token[1])} (0x${hex.length % 2 === 1 ? '0' : ''}${hex})${token[2] ?? ''} `,
        );
  const position = / position\s+(\d+)/i.exec(message)?.[1];
  const at = position !== undefined ? Number(position) : /^Unexpected end of JSON/i.test(message) ? text.length - 1 : undefined;
  if (at === undefined) return `${message} while parsing '${text.slice(0, shownLength * 2)}'`;
  const start = at <= shownLength ? 0 : at - shownLength;
  const end = at + shownLength >= text.length ? text.length : at + shownLength;
  const slice = `${start > 0 ? '...' : ''}${text.slice(start, end)}${end === text.length ? '' : '...'}`;
  return `${message} while parsing ${text === slice ? '' : 'near '}${JSON.stringify(slice)}`;
}
