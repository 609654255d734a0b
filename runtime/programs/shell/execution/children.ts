/** Starts other programs: as children of the shell, or in its place. */
import { PosixError } from '../../../base/errors.ts';
import type { Pid } from '../../../base/ids.ts';
import { ProcessEnded } from '../../../process/streams.ts';
import { errorText } from '../../../process/strerror.ts';
import type { FdTransfer } from '../../../wires/process-wire.ts';
import { signalNumbers, type SignalName } from '../../../base/signals.ts';
import type { Shell } from '../shell.ts';
import type { OpenFile } from './fd-table.ts';
import { terminalOf } from './job-control.ts';
import { Child, type Job } from './jobs.ts';

/** Starts a process with this table of descriptors. @throws {PosixError} */
export async function spawn(
  shell: Shell,
  file: string,
  argv: readonly string[],
  job: Job | undefined,
  environment?: readonly (readonly [string, string])[],
): Promise<Child> {
  const { calls, syscalls } = shell.context;
  const fds: FdTransfer[] = [];
  for (const [number, open] of shell.fds.entries()) fds.push(await handOn(shell, number, open));
  const monitor = shell.options.monitor;
  while (job?.starting !== undefined) await job.starting;
  let release: () => void = () => undefined;
  if (monitor && job !== undefined && job.pgid === undefined) {
    job.starting = new Promise((resolve) => {
      release = () => {
        job.starting = undefined;
        resolve();
      };
    });
  }
  try {
    const handle = monitor && job !== undefined && !job.background ? terminalOf(shell) : undefined;
    const args = {
      file,
      argv,
      env: environment ?? shell.variables.environment(),
      cwd: shell.cwd,
      umask: shell.files.umask(),
      fds,
      ...(handle === undefined ? {} : { foregroundOf: handle }),
      ignoredSignals: ignoredSignals(shell),
    };
    const group = monitor && job !== undefined ? { pgid: job.pgid ?? 0 } : {};
    let pid: Pid;
    try {
      ({ pid } = await calls.call('spawn', { ...args, ...group }));
    } catch (error) {
      // The group's last member may have ended meanwhile: a new one then.
      if (
        !(error instanceof PosixError) ||
        (error.code !== 'ESRCH' && error.code !== 'EPERM') ||
        group.pgid === undefined ||
        group.pgid === 0
      )
        throw error;
      ({ pid } = await calls.call('spawn', { ...args, pgid: 0 }));
      if (job !== undefined) job.pgid = pid;
    }
    if (job !== undefined) job.pgid ??= monitor ? pid : syscalls.start.pgid;
    // A Ctrl-C that was typed before this program was there came to the shell, or to those of the job that were.
    if (handle !== undefined && shell.isInterrupted) {
      shell.interrupted = false;
      syscalls.call('kill', { target: pid, signal: 'SIGINT' }, () => undefined);
    }
    const child = new Child(calls, pid, monitor);
    job?.add(child);
    return child;
  } finally {
    release();
  }
}

/** A descriptor for another program, which finds in it all that this shell has not used. */
async function handOn(shell: Shell, number: number, open: OpenFile): Promise<FdTransfer> {
  open.giveBack();
  return shell.context.syscalls.descriptors.transfer(open.fd ?? (await open.real()), number);
}

/** Whether nothing of this process would be lost if it became another program. */
export function mayBecomeProgram(shell: Shell): boolean {
  return shell.subshellDepth === 0 && shell.jobs.list.every((job) => job.finished) && shell.temporaries.length === 0;
}

/** `execve(2)`: does not return if it works. @throws {PosixError} */
export async function becomeProgram(shell: Shell, file: string, argv: readonly string[]): Promise<never> {
  const { calls } = shell.context;
  const fds: FdTransfer[] = [];
  for (const [number, open] of shell.fds.entries()) fds.push(await handOn(shell, number, open));
  const args = {
    argv,
    env: shell.variables.environment(),
    cwd: shell.cwd,
    umask: shell.files.umask(),
    fds,
    ignoredSignals: ignoredSignals(shell),
  };
  try {
    await calls.call('exec', { ...args, file });
  } catch (error) {
    // A text without a `#!` line is a script of this shell.
    if (!(error instanceof PosixError) || error.code !== 'ENOEXEC' || shell.files.readFile(file).subarray(0, 512).includes(0)) throw error;
    await calls.call('exec', { ...args, file: shell.context.syscalls.start.file, argv: [shell.name, file, ...argv.slice(1)] });
  }
  throw new ProcessEnded(null);
}

function ignoredSignals(shell: Shell): SignalName[] {
  return [...shell.traps].filter(([name, action]) => action === '' && name in signalNumbers).map(([name]) => name as SignalName);
}

export function startProgram(shell: Shell, file: string, argv: readonly string[], job: Job | undefined): Promise<Child | number> {
  return tellingFailure(shell, file, argv, async () => {
    try {
      return await spawn(shell, file, argv, job);
    } catch (error) {
      if (!(error instanceof PosixError) || error.code !== 'ENOEXEC' || shell.files.readFile(file).subarray(0, 512).includes(0))
        throw error;
      return spawn(shell, shell.context.syscalls.start.file, [shell.name, file, ...argv.slice(1)], job);
    }
  });
}

/** Tells why a program did not start, in bash's words. */
export async function tellingFailure<T>(shell: Shell, file: string, argv: readonly string[], start: () => Promise<T>): Promise<T | number> {
  try {
    return await start();
  } catch (error) {
    if (!(error instanceof PosixError)) throw error;
    if (error.code === 'ENOEXEC') {
      await shell.complain(`${argv[0] ?? ''}: cannot execute binary file: Exec format error`);
      return 126;
    }
    const text = error.code === 'ENOENT' && shell.stat(file) !== undefined ? 'cannot execute: required file not found' : errorText(error);
    await shell.complain(`${argv[0] ?? ''}: ${text}`);
    return error.code === 'ENOENT' ? 127 : 126;
  }
}
