/** Checks of what a document sent. A value of the wrong type or size is a bad message: its connection is ended. */
import { BvError } from '../../../../runtime/index.ts';
import type { HeaderRow, WireAnswer, WireValue } from '../../../../runtime/wires/preview-wire.ts';

function bad(what: string): never {
  throw new BvError('ERR_BV_BAD_MESSAGE', what);
}

/** Characters of a URL, a title, a header. */
const maxTextLength = 65_536;
/** Bytes of a request's body or of a WebSocket message: more would be copied more than once in the page's memory. */
export const maxBodyBytes = 256 * 1024 * 1024;

export function text(value: unknown, name: string, maxLength = maxTextLength): string {
  if (typeof value !== 'string') bad(`a ${name} that is no string`);
  if (value.length > maxLength) bad(`a ${name} that is too long`);
  return value;
}

export function oneOf<T extends string>(value: unknown, name: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === value);
  return choice ?? bad(`an unknown ${name}`);
}

export function boolean(value: unknown, name: string): boolean {
  return typeof value === 'boolean' ? value : bad(`a ${name} that is no boolean`);
}

export function integer(value: unknown, name: string): number {
  return Number.isSafeInteger(value) ? (value as number) : bad(`a ${name} that is no integer`);
}

/** Bytes of the message's own: memory shared with the sender could change after the check. */
export function bytes(value: unknown, name: string): Uint8Array<ArrayBuffer> {
  if (!(value instanceof Uint8Array) || !(value.buffer instanceof ArrayBuffer)) bad(`a ${name} that is no Uint8Array`);
  if (value.byteLength > maxBodyBytes) bad(`a ${name} that is too large`);
  return value as Uint8Array<ArrayBuffer>;
}

export function bytesOrNull(value: unknown, name: string): Uint8Array<ArrayBuffer> | null {
  return value === null ? null : bytes(value, name);
}

export function headers(value: unknown): HeaderRow[] {
  if (!Array.isArray(value) || value.length > 500) bad('headers that are no list');
  return value.map((row: unknown) => {
    if (!Array.isArray(row) || row.length !== 2) bad('a header that is no pair');
    const [name, content] = [text(row[0], 'header name'), text(row[1], 'header value')];
    if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(name) || /[\0\r\n]/.test(content)) bad('a header that HTTP does not allow');
    return [name, content] as const;
  });
}

function textOrNull(value: unknown, name: string): string | null {
  return value === null ? null : text(value, name);
}

/** What a document says of its elements. */
export function answer(value: unknown): WireAnswer {
  if (typeof value !== 'object' || value === null) bad('an answer that is no object');
  const { count, visible, text: said, attribute, missing } = value as Readonly<Record<string, unknown>>;
  return {
    count: integer(count, 'count'),
    visible: boolean(visible, 'visibility'),
    text: text(said, 'text'),
    attribute: textOrNull(attribute, 'attribute'),
    missing: textOrNull(missing, 'selector'),
  };
}

export function texts(value: unknown, name: string, maxItems: number): string[] {
  if (!Array.isArray(value) || value.length > maxItems) bad(`${name} that are no list`);
  return value.map((one: unknown) => text(one, name));
}

/** What a console was given, as the frame describes it: plain values only. */
export function consoleArgs(value: unknown): (string | number | boolean | null)[] {
  if (!Array.isArray(value) || value.length > 100) bad('console arguments that are no list');
  return value.map((one: unknown) =>
    typeof one === 'string'
      ? one.slice(0, maxTextLength)
      : typeof one === 'number' || typeof one === 'boolean' || one === null
        ? one
        : bad('a console argument'),
  );
}

/** Deeper, or more of them, than a document's end sends. */
const maxConsoleDepth = 6;
const maxConsoleValues = 5000;

/** The same with their parts; undefined where the frame sends none. */
export function consoleValues(value: unknown): WireValue[] | undefined {
  if (value === undefined) return undefined;
  if (!Array.isArray(value)) bad('console values that are no list');
  let left = maxConsoleValues;
  const one = (given: unknown, depth: number): WireValue => {
    left -= 1;
    if (left < 0 || depth > maxConsoleDepth) bad('too many console values');
    if (typeof given === 'string') return given.slice(0, maxTextLength);
    if (typeof given === 'number' || typeof given === 'boolean' || given === null) return given;
    if (typeof given !== 'object') bad('a console value');
    const { text: said, parts, more } = given as Readonly<Record<string, unknown>>;
    const described = text(said, 'console value').slice(0, maxTextLength);
    if (parts === undefined) return { text: described };
    if (!Array.isArray(parts)) bad('console parts that are no list');
    const rows = parts.map((row: unknown): readonly [string, WireValue] => {
      if (!Array.isArray(row) || row.length !== 2) bad('a console part that is no pair');
      return [text(row[0], 'name of a console part'), one(row[1], depth + 1)];
    });
    return { text: described, parts: rows, more: integer(more, 'number of console parts') };
  };
  return value.map((given: unknown) => one(given, 0));
}
