/** Notices between threads as text, for who blocks: what structured clone would carry of them. */

type Tagged = readonly [tag: string, value?: unknown];
const tags = '@bavini';

/** Bytes as characters, one each. */
function textOf(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
}

function toPlain(value: unknown): unknown {
  switch (typeof value) {
    case 'undefined':
      return { [tags]: ['undefined'] };
    case 'bigint':
      return { [tags]: ['bigint', String(value)] };
    case 'number':
      return Number.isFinite(value) && !Object.is(value, -0) ? value : { [tags]: ['number', Object.is(value, -0) ? '-0' : String(value)] };
    case 'object':
      break;
    default:
      return value;
  }
  if (value === null) return value;
  if (value instanceof Uint8Array) return { [tags]: ['bytes', textOf(value)] };
  if (Array.isArray(value)) return Array.from(value, toPlain);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toPlain(each)]));
}

function fromPlain(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(fromPlain);
  const tagged = (value as Readonly<Record<string, Tagged>>)[tags];
  if (tagged === undefined) return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, fromPlain(each)]));
  const text = tagged[1] as string;
  switch (tagged[0]) {
    case 'undefined':
      return undefined;
    case 'bigint':
      return BigInt(text);
    case 'number':
      return Number(text);
    default:
      return Uint8Array.from(text, (character) => character.charCodeAt(0));
  }
}

/** Of an error that cannot be: nothing in a notice but plain data, bytes and lists of them. */
export const noticeText = (notice: unknown): string => JSON.stringify(toPlain(notice));
export const noticeOf = (text: string): unknown => fromPlain(JSON.parse(text));
