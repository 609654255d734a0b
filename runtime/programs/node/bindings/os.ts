import type { NodeRealm, Untyped } from '../realm.ts';

/**
 * `internalBinding('os')`: a small machine that is the same for every reader. Nothing of the reader's real machine is shown
 * but how many processors the browser admits to and how much memory the program may use.
 */
export function makeOs(realm: NodeRealm): Untyped {
  const { platform } = realm;
  const cpus = 2;
  /** Kept, and without effect: a browser has no niceness. */
  let priority = 0;
  const isOwn = (pid: number) => pid === 0 || pid === realm.syscalls.start.pid;
  const home = () => realm.environment.get('HOME') ?? '/home';
  const user = () => realm.environment.get('USER') ?? (realm.syscalls.start.uid === 0 ? 'root' : 'user');
  return {
    getHostname: () => realm.environment.get('HOSTNAME') ?? 'bavini',
    getLoadAvg: (into: Float64Array) => void into.fill(0),
    getUptime: () => platform.now() / 1000,
    getTotalMem: () => platform.memory().limit,
    getFreeMem: () => Math.max(0, platform.memory().limit - platform.memory().heapUsed),
    getCPUs: () => {
      const row = ['virtual', 0, 0, 0, 0, 0, 0];
      return Array.from({ length: cpus }, () => row).flat();
    },
    getInterfaceAddresses: () => [
      'lo',
      '127.0.0.1',
      '255.0.0.0',
      'IPv4',
      '00:00:00:00:00:00',
      true,
      -1,
      'lo',
      '::1',
      'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
      'IPv6',
      '00:00:00:00:00:00',
      true,
      0,
    ],
    getHomeDirectory: home,
    getUserInfo(options: { readonly encoding?: unknown } | null | undefined) {
      const encoding = options?.encoding;
      const text = (value: string): unknown => (encoding === 'buffer' ? realm.requireBuiltin('buffer').Buffer.from(value) : value);
      const { uid, gid } = realm.syscalls.start;
      return {
        __proto__: null,
        uid,
        gid,
        username: text(user()),
        homedir: text(home()),
        shell: text(realm.environment.get('SHELL') ?? '/bin/sh'),
      };
    },
    setPriority(pid: number, value: number, context: Untyped) {
      if (!isOwn(pid)) return fail(context, 'uv_os_setpriority');
      priority = value;
      return 0;
    },
    getPriority: (pid: number, context: Untyped) => (isOwn(pid) ? priority : fail(context, 'uv_os_getpriority')),
    getAvailableParallelism: () => cpus,
    getOSInformation: () => ['Linux', '#1 SMP bavini', '6.1.0', 'x86_64'],
    isBigEndian: false,
  };

  function fail(context: Untyped, syscall: string): undefined {
    context.errno = -3;
    context.code = 'ESRCH';
    context.message = 'no such process';
    context.syscall = syscall;
    return undefined;
  }
}
