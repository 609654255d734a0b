import type { Realm } from '../boot.ts';
import type { NodeParts } from '../parts/index.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import type { ThreadData } from './worker-class.ts';

const milestoneNames = [
  'TIME_ORIGIN_TIMESTAMP',
  'TIME_ORIGIN',
  'ENVIRONMENT',
  'NODE_START',
  'V8_START',
  'LOOP_START',
  'LOOP_EXIT',
  'BOOTSTRAP_COMPLETE',
];

/** `internalBinding('performance')`. Garbage collection cannot be observed: no such entry is ever made. */
export function makePerformance(given: NodeRealm): Untyped {
  const realm = given as Realm;
  const { platform, loop } = realm;
  const milestones = new Float64Array(8).fill(-1);
  /** In the time of this worker: before it began, where it is one thread of a program. */
  const origin = () => {
    const thread = realm.syscalls.start.thread?.data as ThreadData | undefined;
    return thread === undefined ? realm.startedAt : thread.origin - platform.timeOrigin;
  };
  const nanoseconds = (ms: number) => Math.round(ms * 1e6);
  const constants = {};
  const define = (names: Readonly<Record<string, number>>, enumerable: boolean) => {
    for (const [name, value] of Object.entries(names)) Object.defineProperty(constants, `NODE_PERFORMANCE_${name}`, { value, enumerable });
  };
  define(
    {
      GC_MAJOR: 4,
      GC_MINOR: 1,
      GC_MINOR_MARK_SWEEP: 2,
      GC_INCREMENTAL: 8,
      GC_WEAKCB: 16,
      GC_FLAGS_NO: 0,
      GC_FLAGS_CONSTRUCT_RETAINED: 2,
      GC_FLAGS_FORCED: 4,
      GC_FLAGS_SYNCHRONOUS_PHANTOM_PROCESSING: 8,
      GC_FLAGS_ALL_AVAILABLE_GARBAGE: 16,
      GC_FLAGS_ALL_EXTERNAL_MEMORY: 32,
      GC_FLAGS_SCHEDULE_IDLE: 64,
    },
    true,
  );
  define({ ENTRY_TYPE_GC: 0, ENTRY_TYPE_HTTP: 1, ENTRY_TYPE_HTTP2: 2, ENTRY_TYPE_NET: 3, ENTRY_TYPE_DNS: 4, ENTRY_TYPE_QUIC: 5 }, false);
  define(Object.fromEntries(milestoneNames.map((name, index) => [`MILESTONE_${name}`, index])), false);
  const refresh = () => {
    milestones[0] = (platform.timeOrigin + origin()) * 1000;
    milestones[1] = nanoseconds(origin());
    // What Node does one after the other was done before there was a process: the order is told, a nanosecond apart.
    for (const [index, name] of (['NODE_START', 'V8_START', 'ENVIRONMENT'] as const).entries())
      milestones[milestoneNames.indexOf(name)] = nanoseconds(realm.startedAt) + index;
  };
  const mark = (name: string) =>
    (milestones[milestoneNames.indexOf(name)] = nanoseconds(Math.max(platform.now(), realm.startedAt + 0.001)));
  loop.onEdge = (edge) => mark(edge === 'first turn' ? 'LOOP_START' : 'LOOP_EXIT');
  realm.onStart.push(refresh);
  let histograms: ReturnType<NodeParts['bindings']['makeHistograms']> | undefined;
  const made = () => (histograms ??= realm.library.part('bindings').makeHistograms(realm));
  return {
    get Histogram() {
      return made().Histogram;
    },
    get createELDHistogram() {
      return made().createELDHistogram;
    },
    setupObservers: () => {},
    installGarbageCollectionTracking: () => {},
    removeGarbageCollectionTracking: () => {},
    notify: () => {},
    loopIdleTime: () => loop.idleMs,
    markBootstrapComplete() {
      refresh();
      mark('BOOTSTRAP_COMPLETE');
    },
    uvMetricsInfo: () => [loop.turns, loop.events, loop.events],
    now: () => platform.now() - origin(),
    observerCounts: new Uint32Array(6),
    get milestones() {
      return milestones;
    },
    constants,
  };
}
