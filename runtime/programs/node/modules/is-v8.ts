import { perRealm } from '../wraps/per-realm.ts';
import type { NodeRealm } from '../realm.ts';

/** Whether the engine is V8, whose messages and call sites Node's library knows. */
export const isV8 = perRealm((realm: NodeRealm): boolean => {
  if (realm.platform.engine !== 'native') return false;
  try {
    void (null as unknown as { x: unknown }).x;
    return false;
  } catch (error) {
    return (error as Error).message === "Cannot read properties of null (reading 'x')";
  }
});
