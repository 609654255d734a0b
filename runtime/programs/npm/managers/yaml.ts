/** Scalars and small values of YAML as js-yaml writes them, quickly for the plain ones. */
import { dump } from 'js-yaml';

const plainWord = /^[A-Za-z][\w./()@^~+=-]*$/;
const notPlain = new Set(['null', 'Null', 'NULL', 'true', 'True', 'TRUE', 'false', 'False', 'FALSE']);

/** A string or other scalar as a block has it, on one line. */
export function yamlScalar(value: unknown): string {
  if (typeof value === 'string' && plainWord.test(value) && !notPlain.has(value)) return value;
  if (typeof value === 'string' && value.includes('\n')) return JSON.stringify(value);
  if (typeof value === 'string' && /^\d{4}-\d\d?-\d\d?(?:$|[Tt ][\d:. TZ+-]*$)/.test(value)) return `'${value}'`;
  return dump(value, { lineWidth: -1, noCompatMode: true }).trimEnd();
}

/** `{a: b}` and `[a, b]`. */
export function yamlFlow(value: object): string {
  return dump(value, { lineWidth: -1, noCompatMode: true, flowLevel: 0 }).trimEnd();
}
