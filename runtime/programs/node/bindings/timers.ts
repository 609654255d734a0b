import type { Realm } from '../boot.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import type { Steps } from '../event-loop.ts';

/** `internalBinding('timers')`. */
export function makeTimers(given: NodeRealm): Untyped {
  const { loop } = given as Realm;
  return {
    setupTimers(processImmediate: () => Steps, processTimers: (now: number) => Steps<number>) {
      loop.library.processImmediate = processImmediate;
      loop.library.processTimers = processTimers;
    },
    getLibuvNow: () => loop.now(),
    scheduleTimer: (delayMs: number) => loop.scheduleTimer(delayMs),
    toggleTimerRef: (refed: boolean) => loop.refTimer(refed),
    toggleImmediateRef: (refed: boolean) => loop.refImmediates(refed),
    immediateInfo: loop.immediateInfo,
    timeoutInfo: loop.timeoutInfo,
  };
}
