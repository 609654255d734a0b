/** Fields of an object by path, as `npm pkg` and `npm view` name them: `scripts.test`, `files[0]`, `contributors.email`, `files[]`. */
import { Failure } from '../failure.ts';

type Part = string | typeof append;
/** `[]`: behind the last. */
const append = Symbol('append');

/** Of dots and brackets; what is in brackets may hold dots. */
function parsePath(path: string): Part[] {
  const bracket = /(.+)\[([^\]]+)\]\.?(.*)$/.exec(path);
  if (bracket !== null) {
    const [, before = '', inner = '', behind = ''] = bracket;
    return [...parsePath(before), inner, ...(behind === '' ? [] : parsePath(behind))];
  }
  const empty = /^(.*)\[\]\.?(.*)$/.exec(path);
  if (empty === null) return path.split('.');
  const [, before = '', behind = ''] = empty;
  return [...(before === '' ? [] : parsePath(before)), append, ...(behind === '' ? [] : behind.split('.'))];
}

const isObject = (value: unknown): value is Record<string | number, unknown> => typeof value === 'object' && value !== null;

/** What is at a path, by the path or, where a list is on the way, by the path of each of its entries. Empty for nothing. */
export function queryFields(data: unknown, path: string, unwrap = true): Record<string, unknown> {
  let value = data;
  let label = '';
  for (const part of parsePath(path.trim())) {
    if (part === append) throw new Failure('Empty brackets are not valid syntax for retrieving values.', { code: 'EINVALIDSYNTAX' });
    if (Array.isArray(value) && !Number.isInteger(Number(part))) {
      // npm looks no further behind a list.
      return Object.fromEntries((value as unknown[]).map((one, i) => [`${label}[${i}].${part}`, Object(one)[part] as unknown]));
    }
    if (!isObject(value) || !Object.hasOwn(value, part)) return {};
    value = value[part];
    label += part;
  }
  // Lists of one are shown as what is in them.
  if (unwrap && Array.isArray(value) && value.length <= 1) value = value[0] as unknown;
  return { [path]: value };
}

const isIndex = (part: Part | undefined) => typeof part === 'string' && !Number.isNaN(Number(part));

/** How to change what is at a path: `remove` where `value` is absent. */
interface Change {
  readonly path: string;
  readonly value?: unknown;
  readonly force: boolean;
}

function changeAt(data: unknown, [part, ...rest]: readonly Part[], change: Change): unknown {
  const { path, force } = change;
  const removing = !('value' in change);
  if (part === '__proto__' || part === 'constructor' || part === 'prototype') {
    throw new Failure(`Forbidden key: "${part}"`, { code: 'EFORBIDDENKEY' });
  }
  let at = (isObject(data) ? data : {}) as Record<string | number, unknown>;
  const wantsList = part === append || isIndex(part);
  if (wantsList && Object.keys(at).length === 0 && !Array.isArray(at)) at = [] as unknown as Record<number, unknown>;
  if (force && Array.isArray(at) && !wantsList) at = { ...at };
  if (part === append && !Array.isArray(at)) throw new Failure("Can't use append syntax in non-Array element", { code: 'ENOAPPEND' });
  const key = part === append ? (at as unknown as unknown[]).length : isIndex(part) ? Number(part) : (part as string);
  if (rest.length > 0) {
    const next = at[key];
    if (!force && !removing && next !== undefined && next !== null) {
      if (typeof next !== 'object') {
        throw new Failure(`Property ${key} already exists and is not an Array or Object.`, { code: 'EOVERRIDEVALUE' });
      }
      if (Array.isArray(next) && rest[0] !== append && !isIndex(rest[0])) {
        throw new Failure(`Can't add property ${path} to an Array.`, { code: 'ENOADDPROP' });
      }
    }
    at[key] = changeAt(next, rest, change);
  } else if (!removing) at[key] = change.value;
  else if (Array.isArray(at)) at.splice(key as number, 1);
  else delete at[key];
  return at;
}

export function setField(data: Record<string, unknown>, path: string, value: unknown, force: boolean): void {
  changeAt(data, parsePath(path.trim()), { path, value, force });
}

export function deleteField(data: Record<string, unknown>, path: string): void {
  changeAt(data, parsePath(path.trim()), { path, force: false });
}
