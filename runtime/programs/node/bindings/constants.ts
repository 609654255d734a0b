import type { NodeRealm, Untyped } from '../realm.ts';

/** `internalBinding('constants')`: null-prototype objects all the way down, as Node has them. */
export function makeConstants(realm: NodeRealm): Untyped {
  const copy = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const result = Object.create(null) as Record<string, unknown>;
    for (const [name, entry] of Object.entries(value)) result[name] = copy(entry);
    return result;
  };
  return copy(realm.library.meta.constants);
}
