import type { NodeRealm, Untyped } from '../realm.ts';

/** `--permission`, of functions that the library has taken before there is a command line. */
export function askFor(realm: NodeRealm, scope: 'ChildProcess' | 'FileSystemRead', resource: string): void {
  if (realm.commandLine.values['--permission'] !== true) return;
  const { may, denied } = realm.library.part('bindings').permissionsOf(realm);
  if (!may(scope, resource)) throw denied(scope, resource);
}

/** `internalBinding('permission')`, of which most of the model is a late part: few programs run under one. */
export function makePermission(realm: NodeRealm): Untyped {
  const model = () => realm.library.part('bindings').permissionsOf(realm);
  return {
    has: (scope: string, resource?: unknown): boolean => model().has(scope, resource),
    drop: (scope: string, resource?: unknown): void => model().drop(scope, resource),
  };
}
