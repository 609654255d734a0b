/**
 * `--permission`: what the program may do, told by `--allow-*`. Node's C++ asks at every call; here the functions of the bindings are
 * wrapped before anything of the program runs. It keeps a program from its own mistakes, as in Node: what holds against others is
 * the container.
 */
import { fsRequests } from './bindings/fs-requests.ts';
import type { NodeRealm, Untyped } from './realm.ts';
import { nativeError } from './wraps/errors.ts';
import { perRealm } from './wraps/per-realm.ts';

type Scope = 'FileSystemRead' | 'FileSystemWrite' | 'ChildProcess' | 'WorkerThreads' | 'WASI' | 'Addon';

const flags: Readonly<Record<Scope, string>> = {
  FileSystemRead: '--allow-fs-read',
  FileSystemWrite: '--allow-fs-write',
  ChildProcess: '--allow-child-process',
  WorkerThreads: '--allow-worker',
  WASI: '--allow-wasi',
  Addon: '--allow-addons',
};

const scopes: Readonly<Record<string, readonly Scope[]>> = {
  fs: ['FileSystemRead', 'FileSystemWrite'],
  'fs.read': ['FileSystemRead'],
  'fs.write': ['FileSystemWrite'],
  child: ['ChildProcess'],
  worker: ['WorkerThreads'],
  wasi: ['WASI'],
  addon: ['Addon'],
};

const O_ACCMODE = 3;
const O_CREAT_TRUNC_APPEND = 0o100 | 0o1000 | 0o2000;

/** Which argument is a path, and what a call does to it, in the order in which Node asks. */
const read = [[0, 'FileSystemRead']] as const;
const write = [[0, 'FileSystemWrite']] as const;
// prettier-ignore
const fileCalls: Readonly<Record<string, readonly (readonly [number, Scope])[]>> = {
  access: read,
  existsSync: read,
  stat: read,
  statfs: read,
  readdir: read,
  readlink: read,
  realpath: read,
  rmSync: write,
  rmdir: write,
  unlink: write,
  mkdir: write,
  mkdtemp: write,
  chmod: write,
  chown: write,
  lchown: write,
  utimes: write,
  lutimes: write,
  symlink: [[0, 'FileSystemWrite'], [1, 'FileSystemWrite']],
  rename: [[0, 'FileSystemRead'], [0, 'FileSystemWrite'], [1, 'FileSystemWrite']],
  link: [[0, 'FileSystemRead'], [0, 'FileSystemWrite'], [1, 'FileSystemWrite']],
  copyFile: [[0, 'FileSystemRead'], [1, 'FileSystemWrite']],
  cpSyncCheckPaths: [[0, 'FileSystemRead'], [1, 'FileSystemWrite']],
  cpSyncCopyDir: [[0, 'FileSystemRead'], [1, 'FileSystemWrite']],
};

/** These throw even where they were given a callback. */
const throwAtOnce: readonly string[] = ['readlink', 'rmdir', 'mkdir', 'chmod', 'utimes', 'lutimes'];

function makePermissions(realm: NodeRealm) {
  const { values } = realm.commandLine;
  const path = realm.requireBuiltin('path') as { resolve(...parts: string[]): string };
  // The program may put other functions into `path`.
  const { resolve } = path;
  const allowed = new Map<Scope, Set<string>>();
  for (const scope of ['ChildProcess', 'WorkerThreads', 'WASI', 'Addon'] as const)
    allowed.set(scope, new Set(values[flags[scope]] === true ? ['*'] : []));
  const pattern = (given: string): string => {
    if (given === '*') return given;
    const full = resolve(given);
    if (given.endsWith('*')) return full;
    return realm.syscalls.files.typeOf(full) !== 0 && isFolder(full) ? `${full.replace(/\/$/, '')}/*` : full;
  };
  const isFolder = (full: string): boolean => (realm.internalBinding('fs').internalModuleStat(full) as number) === 1;
  for (const scope of ['FileSystemRead', 'FileSystemWrite'] as const)
    allowed.set(scope, new Set(((values[flags[scope]] as string[] | undefined) ?? []).map(pattern)));
  const entry = realm.commandLine.rest[0];
  if (entry !== undefined && entry !== '-' && values['[has_eval_string]'] !== true) allowed.get('FileSystemRead')!.add(resolve(entry));

  const may = (scope: Scope, resource?: string): boolean => {
    const patterns = allowed.get(scope)!;
    if (patterns.has('*')) return true;
    if (resource === undefined || !scope.startsWith('FileSystem')) return false;
    const full = resolve(resource);
    for (const one of patterns) {
      const star = one.indexOf('*');
      if (star < 0 ? full === one : full.startsWith(one.slice(0, star)) || (one[star - 1] === '/' && full === one.slice(0, star - 1)))
        return true;
    }
    return false;
  };
  const denied = (scope: Scope, resource: string): Error => {
    const message = `Access to this API has been restricted. Use ${flags[scope]} to manage permissions.`;
    return Object.assign(nativeError(Error, 'ERR_ACCESS_DENIED', message), { permission: scope, resource });
  };
  const has = (name: string, resource?: unknown): boolean =>
    scopes[name]?.every((scope) => may(scope, resource === undefined || resource === null ? undefined : String(resource))) ?? false;
  const drop = (name: string, resource?: unknown): void => {
    for (const scope of scopes[name] ?? []) {
      if (resource === undefined || resource === null) allowed.get(scope)!.clear();
      else allowed.get(scope)!.delete(pattern(String(resource)));
    }
  };
  return { may, denied, has, drop };
}

export const permissionsOf = perRealm(makePermissions);

/** To be called once, before the library's main script runs. */
export function guardBindings(realm: NodeRealm): void {
  const { may, denied } = permissionsOf(realm);
  const { pathOf, run, FSReqCallback, kUsePromises } = fsRequests(realm);
  const refuse = (scope: Scope, resource: string, args: readonly unknown[]): unknown => {
    const request = args.find((arg) => arg === kUsePromises || arg instanceof (FSReqCallback as unknown as new () => object));
    return run(request, { syscall: '' }, () => {
      throw denied(scope, resource);
    });
  };
  const guard = (binding: Untyped, name: string, asks: (args: readonly unknown[]) => readonly [Scope, string] | undefined): void => {
    const call = binding[name] as Function;
    binding[name] = function (this: unknown, ...args: unknown[]): unknown {
      const refused = asks(args);
      return refused === undefined
        ? (Reflect.apply(call, this, args) as unknown)
        : refuse(...refused, throwAtOnce.includes(name) ? [] : args);
    };
  };
  const fs = realm.internalBinding('fs');
  for (const [name, uses] of Object.entries(fileCalls)) {
    guard(fs, name, (args) => {
      const refused = uses.find(([index, scope]) => !may(scope, pathOf(args[index])));
      return refused && [refused[1], name === 'mkdtemp' ? `${pathOf(args[0])}XXXXXX` : pathOf(args[refused[0]])];
    });
  }
  const opens = (args: readonly unknown[], flagsAt: number): readonly [Scope, string] | undefined => {
    if (typeof args[0] === 'number') return undefined;
    const [path, how] = [pathOf(args[0]), Number(args[flagsAt])];
    const writes = (how & O_ACCMODE) !== 0 || (how & O_CREAT_TRUNC_APPEND) !== 0;
    if ((how & O_ACCMODE) !== 1 && !may('FileSystemRead', path)) return ['FileSystemRead', path];
    return writes && !may('FileSystemWrite', path) ? ['FileSystemWrite', path] : undefined;
  };
  for (const name of ['open', 'openFileHandle', 'readFileUtf8']) guard(fs, name, (args) => opens(args, 1));
  guard(fs, 'writeFileUtf8', (args) => opens(args, 2));
  const simple = (binding: Untyped, name: string, scope: Scope, resource: (args: readonly Untyped[]) => string) =>
    guard(binding, name, (args) => (may(scope, resource(args)) ? undefined : [scope, resource(args)]));
  simple(realm.internalBinding('fs_dir'), 'opendir', 'FileSystemRead', ([path]) => pathOf(path));
  simple(realm.internalBinding('fs_dir'), 'opendirSync', 'FileSystemRead', ([path]) => pathOf(path));
  simple(realm.internalBinding('fs_event_wrap').FSEvent.prototype, 'start', 'FileSystemRead', ([path]) => pathOf(path));
  simple(fs.StatWatcher.prototype, 'start', 'FileSystemRead', ([path]) => pathOf(path));
  simple(realm.internalBinding('process_methods'), 'chdir', 'FileSystemRead', ([path]) => String(path));
  simple(realm.internalBinding('process_wrap').Process.prototype, 'spawn', 'ChildProcess', ([file]) => String(file));
  simple(realm.internalBinding('spawn_sync'), 'spawn', 'ChildProcess', ([options]) => String(options.file));
  for (const [name, scope, held] of [
    ['Worker', 'WorkerThreads', realm.internalBinding('worker')],
    ['WASI', 'WASI', realm.internalBinding('wasi')],
  ] as const) {
    const value = new Proxy(held[name] as Function, {
      construct(target, args, made) {
        if (!may(scope)) throw denied(scope, '');
        return Reflect.construct(target, args, made) as object;
      },
    });
    Object.defineProperty(held, name, { value });
  }
}
