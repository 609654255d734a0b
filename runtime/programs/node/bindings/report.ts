import type { NodeRealm, Untyped } from '../realm.ts';

/**
 * `internalBinding('report')`. A report has what this process knows: no native stack, libuv handles, limits or shared objects, which a
 * browser does not have (packages look there for the C library that they would need).
 */
export function makeReport(realm: NodeRealm): Untyped {
  const kept = {
    compact: false,
    excludeNetwork: false,
    excludeEnv: false,
    directory: '',
    filename: '',
    signal: 'SIGUSR2',
    onError: false,
    onSignal: false,
    onException: false,
  };
  const accessor = <K extends keyof typeof kept>(key: K) => ({
    get: () => kept[key],
    set: (value: (typeof kept)[K]) => void (kept[key] = value),
  });
  const make = (event: string, trigger: string, file: string | null, error: Untyped): Untyped => {
    const { process } = realm;
    const os = realm.requireBuiltin('os');
    const now = new Date();
    const [message = '', ...stack] = String(error?.stack ?? error).split('\n');
    const interfaces = os.networkInterfaces() as Record<string, readonly object[]>;
    return {
      header: {
        reportVersion: 5,
        event,
        trigger,
        filename: file,
        dumpEventTime: now.toISOString().replace(/\.\d+/, ''),
        dumpEventTimeStamp: String(now.getTime()),
        processId: process.pid,
        threadId: realm.internalBinding('worker').threadId,
        cwd: process.cwd(),
        commandLine: [process.argv0, ...process.execArgv, ...process.argv.slice(1)],
        nodejsVersion: process.version,
        wordSize: 64,
        arch: process.arch,
        platform: process.platform,
        componentVersions: { ...process.versions },
        release: { ...process.release },
        osName: os.type(),
        osRelease: os.release(),
        osVersion: os.version(),
        osMachine: os.machine(),
        cpus: os.cpus().map(({ model, speed, times }: Untyped) => ({ model, speed, ...times })),
        ...(kept.excludeNetwork
          ? {}
          : { networkInterfaces: Object.entries(interfaces).flatMap(([name, rows]) => rows.map((row) => ({ name, ...row }))) }),
        host: os.hostname(),
      },
      javascriptStack: { message, stack: stack.map((line) => line.trim()), errorProperties: {} },
      nativeStack: [],
      javascriptHeap: heapOf(realm.requireBuiltin('v8').getHeapStatistics()),
      resourceUsage: process.resourceUsage(),
      libuv: [],
      workers: [],
      ...(kept.excludeEnv ? {} : { environmentVariables: { ...process.env } }),
      userLimits: {},
      sharedObjects: [],
    };
  };
  const write = (event: string, trigger: string, given: string | undefined, error: unknown): string => {
    const stamp = new Date().toISOString().replace(/[-:]/g, '').replace('T', '.').slice(0, 15);
    const name = given || kept.filename || `report.${stamp}.${realm.process.pid}.0.001.json`;
    const file = realm.requireBuiltin('path').resolve(kept.directory, name) as string;
    const text = JSON.stringify(make(event, trigger, name, error), null, kept.compact ? 0 : 2);
    realm.requireBuiltin('fs').writeFileSync(file, `${text}\n`);
    return name;
  };
  const [compact, network, env, directory, filename, signal] = [
    accessor('compact'),
    accessor('excludeNetwork'),
    accessor('excludeEnv'),
    accessor('directory'),
    accessor('filename'),
    accessor('signal'),
  ];
  const [onError, onSignal, onException] = [accessor('onError'), accessor('onSignal'), accessor('onException')];
  return {
    writeReport: write,
    getReport: (error: unknown) => JSON.stringify(make('JavaScript API', 'GetReport', null, error)),
    getCompact: compact.get,
    setCompact: compact.set,
    getExcludeNetwork: network.get,
    setExcludeNetwork: network.set,
    getExcludeEnv: env.get,
    setExcludeEnv: env.set,
    getDirectory: directory.get,
    setDirectory: directory.set,
    getFilename: filename.get,
    setFilename: filename.set,
    getSignal: signal.get,
    setSignal: signal.set,
    shouldReportOnFatalError: onError.get,
    setReportOnFatalError: onError.set,
    shouldReportOnSignal: onSignal.get,
    setReportOnSignal: onSignal.set,
    shouldReportOnUncaughtException: onException.get,
    setReportOnUncaughtException: onException.set,
  };
}

/** `v8.getHeapStatistics()` by the names that reports use. */
function heapOf(statistics: Untyped): Untyped {
  return {
    totalMemory: statistics.total_heap_size,
    executableMemory: statistics.total_heap_size_executable,
    totalCommittedMemory: statistics.total_physical_size,
    availableMemory: statistics.total_available_size,
    usedMemory: statistics.used_heap_size,
    memoryLimit: statistics.heap_size_limit,
    mallocedMemory: statistics.malloced_memory,
    externalMemory: statistics.external_memory,
    peakMallocedMemory: statistics.peak_malloced_memory,
    nativeContextCount: statistics.number_of_native_contexts,
    detachedContextCount: statistics.number_of_detached_contexts,
    heapSpaces: {},
  };
}
