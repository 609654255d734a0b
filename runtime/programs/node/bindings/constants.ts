import type { NodeRealm, Untyped } from '../realm.ts';

/** `internalBinding('constants')`: null-prototype objects all the way down, what they hold read-only, as Node has them. */
export function makeConstants(realm: NodeRealm): Untyped {
  const copy = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
    const result = Object.create(null) as Record<string, unknown>;
    for (const [name, entry] of Object.entries(value)) {
      // `node:crypto` adds this one itself.
      if (name === 'defaultCipherList') continue;
      // The one number that JSON cannot hold.
      const own = name === 'Z_MAX_CHUNK' ? Infinity : copy(entry);
      const isGroup = typeof own === 'object';
      Object.defineProperty(result, name, { value: own, enumerable: true, writable: isGroup, configurable: isGroup });
    }
    return result;
  };
  return copy(realm.library.meta.constants);
}
