import type { NodeRealm, Untyped } from '../realm.ts';

/** `internalBinding('permission')`, of which most of the model is a late part: few programs run under one. */
export function makePermission(realm: NodeRealm): Untyped {
  const model = () => realm.library.part('bindings').permissionsOf(realm);
  return {
    has: (scope: string, resource?: unknown): boolean => model().has(scope, resource),
    drop: (scope: string, resource?: unknown): void => model().drop(scope, resource),
  };
}
