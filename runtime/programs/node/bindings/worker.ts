import type { MakeBinding } from '../realm.ts';
import { portsOf } from '../wraps/lazy-ports.ts';
import type { ThreadData } from './worker-class.ts';

/** What Node has where nothing else is asked for: megabytes, in the order of the `k…` constants. */
const usualLimits = [192, 4096, 0, 4] as const;

/**
 * `internalBinding('worker')`: a thread is a process of the kernel that shares nothing with its parent but a channel, over
 * which all message ports run.
 */
export const makeWorker: MakeBinding = (realm) => {
  const own = (): ThreadData | undefined => (realm.started ? (realm.syscalls.start.thread?.data as ThreadData | undefined) : undefined);

  let environmentPort: object | undefined;
  let Worker: Function | undefined;

  return {
    get Worker() {
      if (own() === undefined) realm.platform.mail?.tell({ kind: 'rent' });
      return (Worker ??= realm.library.part('messages').workerClass(realm, own));
    },
    getEnvMessagePort(): object | undefined {
      if (environmentPort !== undefined) return environmentPort;
      const thread = realm.syscalls.start.thread;
      if (thread === undefined) return undefined;
      const ports = portsOf(realm);
      const link = ports.openLink('thread');
      environmentPort = ports.attach(link.firstPort());
      if (own()!.sharesEnvironment) realm.library.part('messages').shareEnvironment(realm.environment, link);
      link.open((data) => realm.syscalls.notify({ kind: 'post', handle: thread.channel, data }));
      realm.syscalls.onMessage(
        thread.channel,
        (data) => link.receive(data),
        () => ports.closeLink(link),
      );
      return environmentPort;
    },
    get threadId() {
      return own()?.threadId ?? 0;
    },
    get threadName() {
      return own()?.name ?? '';
    },
    get isMainThread() {
      return own() === undefined;
    },
    get isInternalThread() {
      return own()?.internal ?? false;
    },
    get ownsProcessState() {
      return own() === undefined;
    },
    get resourceLimits() {
      const thread = own();
      return Float64Array.from(thread === undefined ? [] : usualLimits, (usual, index) =>
        thread!.limits[index]! > 0 ? thread!.limits[index]! : usual,
      );
    },
    kMaxYoungGenerationSizeMb: 0,
    kMaxOldGenerationSizeMb: 1,
    kCodeRangeSizeMb: 2,
    kStackSizeMb: 3,
    kTotalResourceLimitCount: 4,
  };
};
