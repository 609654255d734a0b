import { perRealm } from './per-realm.ts';

/**
 * A signal that a process sends to itself is there when `kill()` returns, and its listeners are called in the next poll: before
 * immediates. `deliver` is set where signals are watched, and says whether anybody watches for this one.
 */
export const signalsToSelf = perRealm((): { deliver?: (signal: number) => boolean } => ({}));
