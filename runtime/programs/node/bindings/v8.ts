/**
 * `internalBinding('v8')`, `heap_utils` and `internal_only_v8`: what can be said of the heap without V8's own interface.
 * Sizes are the engine's where it tells them, else the platform's estimate; what would need the engine's inside fails by name.
 */
import type { MakeBinding, Untyped } from '../realm.ts';

const heapIndices = {
  kTotalHeapSizeIndex: 0,
  kTotalHeapSizeExecutableIndex: 1,
  kTotalPhysicalSizeIndex: 2,
  kTotalAvailableSize: 3,
  kUsedHeapSizeIndex: 4,
  kHeapSizeLimitIndex: 5,
  kMallocedMemoryIndex: 6,
  kPeakMallocedMemoryIndex: 7,
  kDoesZapGarbageIndex: 8,
  kNumberOfNativeContextsIndex: 9,
  kNumberOfDetachedContextsIndex: 10,
  kTotalGlobalHandlesSizeIndex: 11,
  kUsedGlobalHandlesSizeIndex: 12,
  kExternalMemoryIndex: 13,
} as const;
const codeIndices = {
  kCodeAndMetadataSizeIndex: 0,
  kBytecodeAndMetadataSizeIndex: 1,
  kExternalScriptSourceSizeIndex: 2,
  kCPUProfilerMetaDataSizeIndex: 3,
} as const;
const spaceIndices = { kSpaceSizeIndex: 0, kSpaceUsedSizeIndex: 1, kSpaceAvailableSizeIndex: 2, kPhysicalSpaceSizeIndex: 3 } as const;

const heapSpaces = [
  'read_only_space',
  'new_space',
  'old_space',
  'code_space',
  'shared_space',
  'trusted_space',
  'shared_trusted_space',
  'new_large_object_space',
  'large_object_space',
  'code_large_object_space',
  'shared_large_object_space',
  'shared_trusted_large_object_space',
  'trusted_large_object_space',
];

function unavailable(what: string): () => never {
  return () => {
    throw Object.assign(new Error(`${what} is not available in bavini`), { code: 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM' });
  };
}

export const makeV8: MakeBinding = (realm) => {
  const heapStatisticsBuffer = new Float64Array(14);
  const heapCodeStatisticsBuffer = new Float64Array(4);
  const heapSpaceStatisticsBuffer = new Float64Array(4);

  class GCProfiler {
    start(): void {
      unavailable('v8.GCProfiler')();
    }
    stop(): void {
      unavailable('v8.GCProfiler')();
    }
  }

  return {
    ...heapIndices,
    ...codeIndices,
    ...spaceIndices,
    heapStatisticsBuffer,
    heapCodeStatisticsBuffer,
    heapSpaceStatisticsBuffer,
    kHeapSpaces: heapSpaces,
    detailLevel: { DETAILED: 1, BRIEF: 0 },
    GCProfiler,
    // Code caches are not offered; a constant says that none fits another version.
    cachedDataVersionTag: () => 0,
    updateHeapStatisticsBuffer() {
      const { heapUsed, heapTotal, limit } = realm.platform.memory();
      const at = heapIndices;
      heapStatisticsBuffer[at.kTotalHeapSizeIndex] = heapTotal;
      heapStatisticsBuffer[at.kTotalPhysicalSizeIndex] = heapTotal;
      heapStatisticsBuffer[at.kTotalAvailableSize] = Math.max(limit - heapUsed, 0);
      heapStatisticsBuffer[at.kUsedHeapSizeIndex] = heapUsed;
      heapStatisticsBuffer[at.kHeapSizeLimitIndex] = limit;
      heapStatisticsBuffer[at.kNumberOfNativeContextsIndex] = 1;
    },
    updateHeapCodeStatisticsBuffer() {},
    /** The engine does not split its heap for us: all of it is told as the old space. */
    updateHeapSpaceStatisticsBuffer(index: number) {
      heapSpaceStatisticsBuffer.fill(0);
      if (heapSpaces[index] !== 'old_space') return;
      const { heapUsed, heapTotal } = realm.platform.memory();
      heapSpaceStatisticsBuffer[spaceIndices.kSpaceSizeIndex] = heapTotal;
      heapSpaceStatisticsBuffer[spaceIndices.kSpaceUsedSizeIndex] = heapUsed;
      heapSpaceStatisticsBuffer[spaceIndices.kSpaceAvailableSizeIndex] = heapTotal - heapUsed;
      heapSpaceStatisticsBuffer[spaceIndices.kPhysicalSpaceSizeIndex] = heapTotal;
    },
    /** Like V8 after its start, which ignores a flag it can no longer apply; here that is every flag. */
    setFlagsFromString() {},
    isStringOneByteRepresentation(text: string): boolean {
      for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0xff) return false;
      return true;
    },
    getHashSeed: () => 0n,
    setHeapSnapshotNearHeapLimit: unavailable('v8.setHeapSnapshotNearHeapLimit()'),
    getCppHeapStatistics: unavailable('v8.getCppHeapStatistics()'),
    startCpuProfile: unavailable('v8.startCpuProfile()'),
    stopCpuProfile: unavailable('v8.startCpuProfile()'),
  };
};

export const makeHeapUtils: MakeBinding = () => ({
  buildEmbedderGraph: unavailable('A heap graph'),
  triggerHeapSnapshot: unavailable('v8.writeHeapSnapshot()'),
  createHeapSnapshotStream: unavailable('v8.getHeapSnapshot()'),
});

export const makeInternalOnlyV8: MakeBinding = (): Untyped => ({ queryObjects: unavailable('v8.queryObjects()') });
