import type { NodeRealm } from '../realm.ts';

/** One value per realm, made at first use: the classes of a binding layer belong to the program that sees them. */
export function perRealm<T>(make: (realm: NodeRealm) => T): (realm: NodeRealm) => T {
  const made = new WeakMap<NodeRealm, { readonly value: T }>();
  return (realm) => {
    let entry = made.get(realm);
    if (entry === undefined) made.set(realm, (entry = { value: make(realm) }));
    return entry.value;
  };
}
