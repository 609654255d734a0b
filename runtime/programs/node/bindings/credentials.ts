import type { NodeRealm, Untyped } from '../realm.ts';

/** `internalBinding('credentials')`. The process keeps the ids it was started with; a change to others is refused. */
export function makeCredentials(realm: NodeRealm): Untyped {
  const uid = () => realm.syscalls.start.uid;
  const gid = () => realm.syscalls.start.gid;
  const numeric = (id: unknown, own: number): number =>
    typeof id === 'number' ? id : id === 'root' ? 0 : id === 'nobody' || id === 'nogroup' ? 65534 : id === 'user' ? own : -1;
  const unknownName = (syscall: string, kind: string, id: unknown): Error => {
    const error = new Error(`${kind} identifier does not exist: ${String(id)}`) as Error & { code: string; syscall: string };
    error.name = 'Error';
    error.code = 'ERR_UNKNOWN_CREDENTIAL';
    error.syscall = syscall;
    return error;
  };
  /** `ErrnoException` of Node, whose text is not libuv's. */
  const refused = (syscall: string): Error =>
    Object.assign(new Error('EPERM, Operation not permitted'), { errno: 1, code: 'EPERM', syscall });
  const change = (syscall: string, kind: string, own: () => number) => (id: unknown) => {
    const number = numeric(id, own());
    // 1 tells the library that the name is unknown.
    if (number < 0 && typeof id === 'string') return 1;
    if (number !== own() && own() !== 0) throw refused(syscall);
    if (number !== own()) throw unknownName(syscall, kind, id);
    return 0;
  };
  return {
    safeGetenv: (name: string) => realm.environment.get(name),
    getTempDir: () => {
      const path = realm.environment.get('TMPDIR') || realm.environment.get('TMP') || realm.environment.get('TEMP') || '/tmp';
      return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
    },
    implementsPosixCredentials: true,
    getuid: () => uid(),
    geteuid: () => uid(),
    getgid: () => gid(),
    getegid: () => gid(),
    getgroups: () => [gid()],
    /** 1: no such user, 2: no such group. */
    initgroups(user: unknown, group: unknown) {
      if (numeric(group, gid()) < 0) return 2;
      if (numeric(user, uid()) < 0) return 1;
      throw refused('initgroups');
    },
    /** The place of the first unknown name, from 1. */
    setgroups(groups: readonly unknown[]) {
      const unknown = groups.findIndex((group) => numeric(group, gid()) < 0);
      if (unknown >= 0) return unknown + 1;
      throw refused('setgroups');
    },
    setegid: change('setegid', 'Group', gid),
    seteuid: change('seteuid', 'User', uid),
    setgid: change('setgid', 'Group', gid),
    setuid: change('setuid', 'User', uid),
  };
}
