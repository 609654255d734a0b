import type { NodeRealm, Untyped } from '../realm.ts';

/** `internalBinding('symbols')`. */
export function makeSymbols(realm: NodeRealm): Untyped {
  return { ...realm.symbols };
}
