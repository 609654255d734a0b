import type { Untyped } from '../realm.ts';
import { unavailable } from './absent.ts';

/** `internalBinding('permission')`: limits belong to the container, not to Node's permission model. */
export function makePermission(): Untyped {
  return {
    has: () => true,
    drop: () => {
      throw unavailable('process.permission.drop()', 'permissions are those of the container');
    },
  };
}
