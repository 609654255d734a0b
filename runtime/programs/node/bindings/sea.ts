import type { Untyped } from '../realm.ts';
import { unavailable } from './absent.ts';

/** `internalBinding('sea')`: never a single executable application. */
export function makeSea(): Untyped {
  const refuse = () => {
    throw unavailable('sea.getAsset()', 'this is not a single executable application');
  };
  return { isSea: () => false, isExperimentalSeaWarningNeeded: () => false, getAsset: refuse, getAssetKeys: refuse };
}
