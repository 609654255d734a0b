import type { Fd, Pid } from '../../../base/ids.ts';
import type { SignalName } from '../../../base/signals.ts';
import type { FdTransfer, WaitResult } from '../../../wires/process-wire.ts';
import type { Outcome } from '../../../wires/rpc.ts';
import type { MakeBinding, NodeRealm, Untyped } from '../realm.ts';
import { asyncWraps } from '../wraps/async-wrap.ts';
import { childPids } from '../wraps/child-pids.ts';
import { errnoOf, uv } from '../wraps/errors.ts';
import { checkDirectory, findExecutable } from '../wraps/executable.ts';
import { handleWraps } from '../wraps/handle-wrap.ts';
import { KernelStream } from '../wraps/kernel-stream.ts';
import { streamWraps } from '../wraps/stream-wrap.ts';

const kProcessFlagDetached = 1;
const O_RDWR = 2;
/** How often libuv reads a stream before it comes to others. */
const pollRounds = 32;

interface StdioOption {
  readonly type: 'ignore' | 'pipe' | 'overlapped' | 'inherit' | 'fd' | 'wrap';
  readonly handle?: Untyped;
  readonly fd?: number;
}

/** What the child is given: made at once, so that the spawn is one message that nothing can overtake. */
interface ChildDescriptors {
  readonly fds: FdTransfer[];
  /** Child descriptors that get a socket pair, and who waits for the other end. */
  readonly pairs: { readonly fd: Fd; readonly stream: KernelStream }[];
  /** Descriptors opened only to be handed over. */
  readonly opened: Fd[];
  /** Streams of other children whose handles the kernel has not told yet. */
  readonly unattached: { readonly fd: Fd; readonly stream: KernelStream }[];
}

/** `name=value` pairs; a pair without a name is left out, as it cannot be looked up. */
export function environmentOf(pairs: readonly string[] | undefined, realm: NodeRealm): [string, string][] {
  if (pairs === undefined || pairs === null) return [...realm.environment];
  const environment = new Map<string, string>();
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at > 0) environment.set(pair.slice(0, at), pair.slice(at + 1));
  }
  return [...environment];
}

/** `internalBinding('process_wrap')`. */
export const makeProcessWrap: MakeBinding = (realm) => {
  const { makeCallback } = asyncWraps(realm);
  const { HandleWrap, setActive, isOpen } = handleWraps(realm);
  const { LibuvStreamWrap, streamOf } = streamWraps(realm);

  function signalName(number: number): SignalName | undefined {
    const signals = realm.internalBinding('constants').os.signals as Readonly<Record<string, number>>;
    return Object.keys(signals).find((name) => signals[name] === number) as SignalName | undefined;
  }

  /** Throws a number: the failure. */
  function descriptorsFor(stdio: readonly StdioOption[]): ChildDescriptors {
    const { descriptors, files } = realm.syscalls;
    const result: ChildDescriptors = { fds: [], pairs: [], opened: [], unattached: [] };
    stdio.forEach((option, fd) => {
      switch (option.type) {
        case 'ignore': {
          // Descriptors above the standard three simply stay closed.
          if (fd > 2) return;
          const opened = files.open('/dev/null', O_RDWR, 0);
          result.opened.push(opened);
          result.fds.push(descriptors.transfer(opened, fd));
          return;
        }
        case 'pipe':
        case 'overlapped':
          result.pairs.push({ fd, stream: streamOf(option.handle) });
          return;
        case 'wrap': {
          if (!(option.handle instanceof LibuvStreamWrap)) throw uv('EINVAL');
          const stream = streamOf(option.handle);
          const { handle, kind } = stream;
          if (handle === undefined || kind === undefined) {
            result.unattached.push({ fd, stream });
            return;
          }
          result.fds.push({ fd, kind: 'stream', stream: kind, handle });
          KernelStream.yieldReads(realm, handle);
          return;
        }
        case 'inherit':
        case 'fd': {
          const from = option.fd ?? fd;
          const info = descriptors.info(from);
          if (info === undefined) throw uv('EBADF');
          if (info.kind === 'stream') KernelStream.yieldReads(realm, info.handle);
          result.fds.push(descriptors.transfer(from, fd));
        }
      }
    });
    return result;
  }

  class Process extends HandleWrap {
    declare pid?: Pid;
    #running = false;
    #queuedKills: (() => void)[] | undefined;
    #streams: readonly KernelStream[] = [];

    constructor() {
      super('PROCESSWRAP');
    }

    spawn(
      file: string,
      args: readonly string[] | undefined,
      cwd: string | undefined,
      envPairs: readonly string[] | undefined,
      stdio: readonly StdioOption[],
      flags: number,
      uid: number | undefined,
      gid: number | undefined,
    ): number {
      const { syscalls } = realm;
      const env = environmentOf(envPairs, realm);
      const own = syscalls.files.cwd();
      const directory = cwd === undefined || cwd === null ? own : cwd.startsWith('/') ? cwd : `${own.replace(/\/$/, '')}/${cwd}`;
      /** As after a failed `fork`: the parent's ends of the pipes are open, and nobody is at the other side. */
      const failed = (errno: number) => {
        for (const { type, handle } of stdio ?? []) if (type === 'pipe' || type === 'overlapped') streamOf(handle).abandon(uv('EPIPE'));
        return errno;
      };
      // The folder that a process is in may be gone: its children are in it all the same.
      const wrong = directory === own ? 0 : checkDirectory(syscalls.files, directory);
      if (wrong !== 0) return failed(wrong);
      const found = findExecutable(syscalls.files, file, { path: env.find(([name]) => name === 'PATH')?.[1], cwd: directory });
      if (found.errno !== undefined) return failed(found.errno);
      let given: ChildDescriptors;
      try {
        given = descriptorsFor(stdio ?? []);
      } catch (error) {
        return failed(typeof error === 'number' ? error : errnoOf(error));
      }
      const { uid: ownUid, gid: ownGid } = syscalls.start;
      if (ownUid !== 0 && ((typeof uid === 'number' && uid !== ownUid) || (typeof gid === 'number' && gid !== ownGid)))
        return failed(uv('EPERM'));
      const pid = childPids(realm).next();
      if (pid === undefined) return failed(uv('EAGAIN'));
      this.pid = pid;
      this.#running = true;
      this.#queuedKills = [];
      setActive(this, true);
      const spawn = () =>
        syscalls.call(
          'spawn',
          {
            file: found.file,
            argv: args === undefined || args === null ? [file] : args.map(String),
            env,
            cwd: directory,
            umask: syscalls.files.umask(),
            fds: given.fds,
            childPid: pid,
            ...(given.pairs.length === 0 ? {} : { socketPairs: given.pairs.map((pair) => pair.fd) }),
            ...(typeof uid === 'number' ? { uid } : {}),
            ...(typeof gid === 'number' ? { gid } : {}),
            ...((flags & kProcessFlagDetached) === 0 ? {} : { newSession: true }),
          },
          (outcome) => {
            if (outcome.error) {
              const errno = errnoOf(outcome.error);
              for (const { stream } of given.pairs) stream.abandon(uv('EPIPE'));
              this.#ended(errno, '');
              return;
            }
            childPids(realm).add(outcome.result.childPids);
            this.#streams = given.pairs.map(({ stream }) => stream);
            given.pairs.forEach(({ stream }, i) => {
              const handle = outcome.result.handles?.[i];
              if (handle === undefined) stream.abandon(uv('EPIPE'));
              else stream.attach(handle, 'socket');
            });
            this.#wait(pid);
            const kills = this.#queuedKills ?? [];
            this.#queuedKills = undefined;
            for (const kill of kills) kill();
          },
        );
      this.#whenAttached(given, spawn);
      for (const fd of given.opened) syscalls.files.close(fd);
      return 0;
    }

    /** Node knows a descriptor as soon as it has asked for a child; here its handle comes with the kernel's answer. */
    #whenAttached(given: ChildDescriptors, then: () => void): void {
      let left = given.unattached.length;
      if (left === 0) return void then();
      for (const { fd, stream } of given.unattached) {
        stream.whenAttached(() => {
          const { handle, kind } = stream;
          if (handle !== undefined && kind !== undefined) {
            given.fds.push({ fd, kind: 'stream', stream: kind, handle });
            KernelStream.yieldReads(realm, handle);
          }
          if (--left === 0) then();
        });
      }
    }

    #wait(pid: Pid): void {
      realm.syscalls.call('wait', { child: pid }, (outcome: Outcome<WaitResult | null>) => {
        childPids(realm).ended(pid);
        if (outcome.error) this.#ended(errnoOf(outcome.error), '');
        else this.#whenRead(() => this.#ended(outcome.result?.code ?? 0, outcome.result?.signal ?? ''));
      });
    }

    /**
     * Runs `then` behind all that the program can be given now of what it reads of the child: libuv comes to ended children last of what
     * a poll has found, so programs see the end of their output first. Someone else may hold a stream open, which is not waited for.
     */
    #whenRead(then: () => void, rounds = pollRounds): void {
      const open = this.#streams.filter((stream) => stream.isRead);
      if (open.length === 0 || rounds === 0) return then();
      const before = open.map(({ arrivals }) => arrivals);
      // Changes nothing, and is answered behind each read that there was an answer to.
      realm.syscalls.call('kill', { target: realm.syscalls.start.pid, signal: 0 }, () => {
        if (open.every((stream, i) => stream.arrivals === before[i] && stream.isDelivered)) then();
        else realm.loop.enqueue(() => this.#whenRead(then, rounds - 1));
      });
    }

    #ended(code: number, signal: string): void {
      this.#running = false;
      realm.loop.enqueue(() => {
        setActive(this, false);
        if (isOpen(this)) makeCallback(this, (this as Untyped).onexit, [code, signal]);
      });
    }

    kill(number: number): number {
      if (!this.#running || this.pid === undefined) return uv('ESRCH');
      const signal = number === 0 ? 0 : signalName(number);
      if (signal === undefined) return uv('EINVAL');
      const target = this.pid;
      const send = () =>
        void realm.syscalls.call('kill', { target, signal }, () => {
          // It may have ended meanwhile: its exit says so.
        });
      if (this.#queuedKills === undefined) send();
      else this.#queuedKills.push(send);
      return 0;
    }
  }

  return { Process, constants: { kProcessFlagDetached, kProcessFlagWindowsHide: 2, kProcessFlagWindowsVerbatimArguments: 4 } };
};
