import { BvError } from '../../../base/errors.ts';
import type { NodeParts } from '../parts/index.ts';
import type { NodeRealm } from '../realm.ts';

/** What V8 says of errors. Undefined if the second layer of the library will not come: the engine's own words and frames stay. */
export function wordingOf(realm: NodeRealm): NodeParts['wording'] | undefined {
  try {
    return realm.library.part('wording');
  } catch (error) {
    if (error instanceof BvError) return undefined;
    throw error;
  }
}
