/** Fields of an object by path, as `npm pkg` and `npm view` name them: `scripts.test`, `files[0]`, `contributors[].email`. */
import { Failure } from '../failure.ts';

type Part = string | number | typeof append;
const append = Symbol('append');

function parsePath(path: string): Part[] {
  const parts: Part[] = [];
  for (const piece of path.replace(/^\[/, '\0[').split(/\.(?![^[]*\])/)) {
    const name = /^[^[]*/.exec(piece)?.[0] ?? '';
    if (name !== '' && name !== '\0') parts.push(name);
    for (const [, inner = ''] of piece.matchAll(/\[([^\]]*)\]/g)) {
      const quoted = /^(["'])(.*)\1$/.exec(inner);
      parts.push(inner === '' ? append : quoted !== null ? (quoted[2] as string) : /^\d+$/.test(inner) ? Number(inner) : inner);
    }
  }
  return parts;
}

const isObject = (value: unknown): value is Record<string | number, unknown> => typeof value === 'object' && value !== null;

/** What is at a path, by the path or, through lists, by the path of each. Empty for nothing. */
export function queryFields(data: unknown, path: string, unwrap = true): Record<string, unknown> {
  const parts = parsePath(path);
  let found = new Map<string, unknown>([['', data]]);
  for (const part of parts) {
    const next = new Map<string, unknown>();
    for (const [at, value] of found) {
      if (Array.isArray(value) && typeof part === 'string') {
        if (unwrap && value.length === 1) {
          const only: unknown = value[0];
          if (isObject(only) && Object.hasOwn(only, part)) next.set(at === '' ? part : `${at}.${part}`, only[part]);
          continue;
        }
        value.forEach((one: unknown, i) => {
          if (isObject(one) && Object.hasOwn(one, part)) next.set(`${at}[${i}].${part}`, one[part]);
        });
      } else if (part === append) {
        if (Array.isArray(value)) next.set(at, value);
      } else if (isObject(value) && Object.hasOwn(value, part)) {
        const key = typeof part === 'number' ? `${at}[${part}]` : at === '' ? part : `${at}.${part}`;
        next.set(key, value[part]);
      }
    }
    found = next;
  }
  return Object.fromEntries([...found].filter(([, value]) => value !== undefined));
}

export function setField(data: Record<string, unknown>, path: string, value: unknown, force: boolean): void {
  const parts = parsePath(path);
  if (parts.some((part) => part === '__proto__' || part === 'constructor' || part === 'prototype')) {
    throw new Failure(`Cannot set "${path}"`);
  }
  let at: Record<string | number, unknown> = data;
  parts.forEach((part, i) => {
    const key = part === append ? (Array.isArray(at) ? at.length : 0) : part;
    if (i === parts.length - 1) {
      at[key] = value;
      return;
    }
    const next = parts[i + 1];
    const known = at[key];
    const wantsList = next === append || typeof next === 'number';
    if (isObject(known) && (!wantsList || Array.isArray(known) || force)) {
      if (Array.isArray(known) && typeof next === 'string' && !force) {
        throw new Failure(`Property ${String(key)} is an Array, use --force to replace it.`);
      }
      at = known;
      return;
    }
    if (known !== undefined && !force) {
      throw new Failure(`Property ${String(key)} already exists and is not an Array or Object.`, {
        code: 'EOVERRIDEVALUE',
        path: String(key),
      });
    }
    const made: Record<string | number, unknown> = wantsList ? ([] as unknown as Record<string | number, unknown>) : {};
    at[key] = made;
    at = made;
  });
}

export function deleteField(data: Record<string, unknown>, path: string): void {
  const parts = parsePath(path);
  let at: unknown = data;
  parts.forEach((part, i) => {
    if (!isObject(at) || part === append) return;
    if (i < parts.length - 1) at = at[part];
    else if (Array.isArray(at) && typeof part === 'number') at.splice(part, 1);
    else delete at[part];
  });
}
