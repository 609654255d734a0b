import type { Realm } from '../boot.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import type { Steps } from '../event-loop.ts';

/** `internalBinding('task_queue')`. */
export function makeTaskQueue(given: NodeRealm): Untyped {
  const realm = given as Realm;
  return {
    enqueueMicrotask(callback: () => void) {
      realm.platform.queueMicrotask(() => {
        try {
          callback();
        } catch (error) {
          realm.uncaught(error, true);
        }
      });
    },
    setTickCallback(callback: () => Steps) {
      realm.loop.library.processTicks = callback;
    },
    // The patched library yields to the loop instead; who calls it by name gets what the engine can do.
    runMicrotasks: () => realm.platform.drainMicrotasks?.(),
    tickInfo: realm.loop.tickInfo,
    promiseRejectEvents: {
      kPromiseRejectWithNoHandler: 0,
      kPromiseHandlerAddedAfterReject: 1,
      kPromiseResolveAfterResolved: 3,
      kPromiseRejectAfterResolved: 2,
    },
    setPromiseRejectCallback(callback: (type: number, promise: unknown, reason: unknown) => void) {
      realm.contexts.rejectCallback = callback;
    },
  };
}
