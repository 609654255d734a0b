import { PosixError } from '../base/errors.ts';
import type { ExecArgs, FdTransfer, KernelOps, SpawnArgs } from '../wires/process-wire.ts';
import type { CallContext } from '../wires/rpc.ts';
import * as check from './guards.ts';
import { MessageEnd } from './message-channel.ts';
import type { Process } from './process.ts';
import { Description } from './kernel-object.ts';
import { makeSocketPair } from './socket.ts';
import { TtySlave, type Tty } from './tty.ts';
import type { PassedFd, WorkerConnection } from './worker-connection.ts';

type Result = KernelOps['spawn']['result'];
/** Put aside for the children of a process at a time. */
const childPidCount = 64;

/** `spawn` of a worker: checks the arguments, holds what the child inherits, and starts it. */
export function spawnFromWorker(
  worker: WorkerConnection,
  parent: Process,
  args: SpawnArgs,
  _context: CallContext,
): Result | Promise<Result> {
  const { container, handles } = worker;
  const file = check.absolutePath(args.file, 'file');
  const { argv, env } = check.argumentsAndEnvironment(args.argv, args.env, container.limits.get('argumentBytes'));
  const cwd = check.absolutePath(args.cwd, 'working directory');
  const umask = check.integer(args.umask, 'umask', 0, 0o777);
  const uid = args.uid === undefined ? parent.uid : check.integer(args.uid, 'uid', 0);
  const gid = args.gid === undefined ? parent.gid : check.integer(args.gid, 'gid', 0);
  if (parent.uid !== 0 && (uid !== parent.uid || gid !== parent.gid)) throw new PosixError('EPERM');
  const engine = args.engine === undefined ? parent.engine : args.engine;
  if (engine !== 'native' && engine !== 'quickjs') check.badMessage('an unknown engine');
  const pgid = args.pgid === undefined ? undefined : check.integer(args.pgid, 'process group', 0);
  const ignored = check.list(args.ignoredSignals ?? [], 'list of signals', 64).map(check.signal);
  const maxFds = container.limits.get('openFiles');
  const transfers = check.list(args.fds, 'list of descriptors', maxFds).map(check.fdTransfer);
  const pairFds = check
    .list(args.socketPairs ?? [], 'list of descriptors', maxFds)
    .map((fd) => check.integer(fd, 'descriptor', 0, 0x7fffffff));
  const seen = new Set<number>();
  for (const fd of [...transfers.map((transfer) => transfer.fd), ...pairFds]) {
    if (seen.has(fd)) throw new PosixError('EINVAL');
    seen.add(fd);
  }

  const fds = passedFds(worker, parent, transfers);
  let foreground: Tty | undefined;
  if (args.foregroundOf !== undefined) {
    const { object } = handles.get(check.integer(args.foregroundOf, 'handle', 0), parent);
    if (!(object instanceof TtySlave) || parent.session.tty !== object.tty) throw new PosixError('ENOTTY');
    foreground = object.tty;
  }
  const thread = args.thread === undefined ? undefined : threadOf(worker, parent, args.thread);
  const childPid = args.childPid === undefined ? undefined : check.integer(args.childPid, 'process id', 0);
  if (childPid !== undefined && !parent.claimChildPid(childPid)) throw new PosixError('EINVAL');

  handles.reserve(parent, pairFds.length);
  const ours = pairFds.map((fd) => {
    const { a, b } = makeSocketPair(container.channelOptions);
    fds.push({ fd, description: new Description(b) });
    return handles.add(a, parent);
  });
  const failed = (error: unknown): never => {
    for (const handle of ours) handles.close(handle, parent);
    throw error;
  };
  try {
    const started = container.spawn({
      parent,
      file,
      argv,
      env,
      cwd,
      umask,
      uid,
      gid,
      engine,
      pgid,
      ignored,
      fds,
      thread,
      foreground,
      pid: childPid,
      newSession: args.newSession === true,
      childPidCount,
    });
    const answer = (process: Process): Result => ({
      pid: process.pid,
      ...(pairFds.length > 0 ? { handles: ours } : {}),
      ...(args.childPid !== undefined && parent.spareChildPids < childPidCount / 4
        ? { childPids: container.reserveChildPids(parent, childPidCount) }
        : {}),
    });
    return started instanceof Promise ? started.then(answer).catch(failed) : answer(started);
  } catch (error) {
    return failed(error);
  }
}

/** `exec` of a worker. */
export function execFromWorker(worker: WorkerConnection, process: Process, args: ExecArgs): object | Promise<object> {
  const { container } = worker;
  if (process.isThread) throw new PosixError('EINVAL');
  const file = check.absolutePath(args.file, 'file');
  const { argv, env } = check.argumentsAndEnvironment(args.argv, args.env, container.limits.get('argumentBytes'));
  const cwd = check.absolutePath(args.cwd, 'working directory');
  const umask = check.integer(args.umask, 'umask', 0, 0o777);
  const engine = args.engine === undefined ? process.engine : args.engine;
  if (engine !== 'native' && engine !== 'quickjs') check.badMessage('an unknown engine');
  const ignored = check.list(args.ignoredSignals ?? [], 'list of signals', 64).map(check.signal);
  const transfers = check.list(args.fds, 'list of descriptors', container.limits.get('openFiles')).map(check.fdTransfer);
  if (new Set(transfers.map(({ fd }) => fd)).size < transfers.length) throw new PosixError('EINVAL');
  const done = container.exec(process, {
    file,
    argv,
    env,
    cwd,
    umask,
    engine,
    ignored,
    fds: passedFds(worker, process, transfers),
    childPidCount,
  });
  return done instanceof Promise ? done.then(() => ({})) : {};
}

/** Fails with `EIO` for a file that another process's change took away meanwhile. */
function passedFds(worker: WorkerConnection, owner: Process, transfers: readonly FdTransfer[]): PassedFd[] {
  const { tree } = worker.container.authority;
  return transfers.map((transfer): PassedFd => {
    if (transfer.kind !== 'file') return { fd: transfer.fd, description: worker.handles.get(transfer.handle, owner) };
    const node = tree.node(transfer.ino);
    if (node === undefined) throw new PosixError('EIO');
    return transfer;
  });
}

function threadOf(worker: WorkerConnection, parent: Process, given: unknown): { readonly end: Description; readonly data: unknown } {
  const { channel, data } = check.record(given, 'thread');
  const end = worker.handles.get(check.integer(channel, 'handle', 0), parent);
  if (!(end.object instanceof MessageEnd)) throw new PosixError('EBADF');
  return { end, data };
}
