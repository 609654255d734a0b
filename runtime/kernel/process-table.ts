import { PosixError } from '../base/errors.ts';
import type { SignalName } from '../base/signals.ts';
import type { PidRange, ProcessRow, WaitResult } from '../wires/process-wire.ts';
import type { Caller } from './kernel-object.ts';
import { limitTable } from './limits.ts';
import { Process, type ExitStatus, type ProcessOptions, type Session, type Waiter } from './process.ts';
import { isUnstoppable, signalDefault } from './signal-defaults.ts';
import type { Tty } from './tty.ts';

/** Pids of all containers come from here: unique for the life of the kernel. 1 is init, which is the kernel itself. */
export class PidSource {
  #next = 2;

  next(): number {
    return this.#next++;
  }

  range(count: number): PidRange {
    const first = this.#next;
    this.#next += count;
    return { first, count };
  }
}

interface NewProcess extends Omit<ProcessOptions, 'pgid' | 'session'> {
  /** 0: a group of its own; absent: the parent's. Of the page's processes always a session of their own. */
  readonly pgid?: number | undefined;
  readonly newSession: boolean;
}

/**
 * The processes of one container, their groups and sessions.
 *
 * A process is running or stopped until it ends; then it is a zombie until its parent has waited. A process without a parent
 * belongs to init: the page if it started it, whose `wait` finds the status as long as it is kept, else nobody.
 */
export class ProcessTable {
  readonly #processes = new Map<number, Process>();
  /** How the page's processes ended, until it asks. */
  readonly #exits = new Map<number, WaitResult>();
  readonly #pageWaiters = new Map<number, Waiter[]>();

  get size(): number {
    return this.#processes.size;
  }

  /** Processes that are not over. */
  get alive(): number {
    let count = 0;
    for (const process of this.#processes.values()) if (!process.ended) count++;
    return count;
  }

  get(pid: number): Process | undefined {
    return this.#processes.get(pid);
  }

  all(): readonly Process[] {
    return [...this.#processes.values()];
  }

  /** Asks every worker what its process has taken, for the rows of the next call. */
  askUsage(): void {
    for (const process of this.all()) process.carrier?.askUsage();
  }

  rows(): readonly ProcessRow[] {
    return this.all()
      .filter((process) => !process.isThread)
      .map((process) => process.row());
  }

  /** Fails with `EPERM` if there is no such group in the parent's session. */
  add(options: NewProcess): Process {
    const { pid, parent, newSession } = options;
    let session: Session;
    let pgid: number;
    if (newSession || parent === null) {
      session = { sid: pid, tty: null };
      pgid = pid;
    } else {
      session = parent.session;
      pgid = options.pgid === undefined ? parent.pgid : options.pgid === 0 ? pid : options.pgid;
      if (pgid !== pid && !this.#group(pgid).some((member) => member.session === session)) throw new PosixError('EPERM');
    }
    const process = new Process(this, { ...options, session, pgid });
    this.#processes.set(pid, process);
    parent?.children.add(process);
    return process;
  }

  /** The process was never started: nobody is told. */
  discard(process: Process): void {
    process.releaseHolds();
    process.parent?.children.delete(process);
    this.#processes.delete(process.pid);
  }

  takeControl(session: Session, tty: Tty, pgid: number): void {
    session.tty = tty;
    tty.sid = session.sid;
    tty.slave.retain();
    tty.foreground = pgid;
  }

  // --- Signals ---------------------------------------------------------------------------------------------------

  /** `kill(2)` of a process, 0: the caller's group, −1: all but the caller, −n: the group n. Fails with `ESRCH`. */
  kill(caller: Process | null, target: number, signal: SignalName | 0): void {
    let targets: readonly Process[];
    if (target > 0) {
      const process = this.#processes.get(target);
      targets = process ? [process] : [];
    } else if (target === -1) {
      targets = this.all().filter((process) => process !== caller && !process.isThread);
    } else {
      targets = this.#group(target === 0 ? (caller?.pgid ?? 0) : -target);
    }
    if (targets.length === 0) throw new PosixError('ESRCH');
    if (signal !== 0) for (const process of targets) this.signal(process, signal);
  }

  signalGroup(pgid: number, signal: SignalName): void {
    for (const process of this.#group(pgid)) this.signal(process, signal);
  }

  signal(process: Process, signal: SignalName): void {
    if (process.ended) return;
    if (signal === 'SIGCONT') this.#continue(process);
    const disposition = isUnstoppable(signal) ? undefined : process.dispositions.get(signal);
    if (disposition === 'ignore') return;
    if (disposition === 'handle') {
      if (process.stopped || process.carrier === null) {
        if (!process.held.includes(signal)) process.held.push(signal);
      } else {
        process.carrier.signal(process, signal);
      }
      return;
    }
    switch (signalDefault(signal)) {
      case 'terminate':
        this.end(process, { code: null, signal }, false);
        return;
      case 'stop':
        // Nobody could continue an orphaned group, so the terminal's stop keys do nothing to it.
        if (signal !== 'SIGSTOP' && this.isGroupOrphaned(process.pgid)) return;
        this.#stop(process, signal);
        return;
      case 'ignore':
      case 'continue': // Done above.
    }
  }

  setDisposition(process: Process, signal: SignalName, action: 'default' | 'ignore' | 'handle'): void {
    if (isUnstoppable(signal)) return;
    if (action === 'default') process.dispositions.delete(signal);
    else process.dispositions.set(signal, action);
  }

  /** No member has a parent in another group of its session. */
  isGroupOrphaned(pgid: number): boolean {
    return !this.#group(pgid).some(
      ({ ended, parent, session }) => !ended && parent !== null && !parent.ended && parent.pgid !== pgid && parent.session === session,
    );
  }

  #stop(process: Process, signal: SignalName): void {
    if (process.stopped) return;
    process.stopped = true;
    process.news = { stopped: signal };
    process.carrier?.stopped(process, true);
    this.#tellParent(process);
  }

  #continue(process: Process): void {
    const pending = process.held.splice(0);
    if (process.stopped) {
      process.stopped = false;
      process.news = { continued: true };
      process.carrier?.stopped(process, false);
      process.resume();
      process.session.tty?.pump();
      this.#tellParent(process);
    }
    for (const signal of pending) this.signal(process, signal);
  }

  /** `execve(2)`: what the program asked for is forgotten, but for signals that stay ignored. */
  becomeProgram(
    process: Process,
    {
      program,
      command,
      cwd,
      ignored,
    }: { readonly program: string; readonly command: string; readonly cwd: string; readonly ignored: readonly SignalName[] },
  ): void {
    process.program = program;
    process.command = command;
    process.cwd = cwd;
    process.dispositions.clear();
    for (const signal of ignored) process.dispositions.set(signal, 'ignore');
    for (const waiter of process.waiters.splice(0)) waiter.reject(new PosixError('ESRCH'));
  }

  // --- The end ---------------------------------------------------------------------------------------------------

  /** `bySelf`: the program said so. What it wrote before is delivered; its handles are closed by its carrier. */
  end(process: Process, status: ExitStatus, bySelf: boolean): void {
    if (process.ended) return;
    process.status = status;
    process.exited = bySelf;
    process.stopped = false;
    process.news = null;
    process.held.length = 0;
    process.resume();
    for (const waiter of process.waiters.splice(0)) waiter.reject(new PosixError('ESRCH'));
    process.carrier?.ended(process, bySelf);
    process.releaseHolds();
    for (const child of [...process.children]) {
      if (child.isThread && !child.ended) this.end(child, { code: null, signal: 'SIGKILL' }, false);
      this.#adopt(child);
    }
    if (process.session.sid === process.pid) this.#endSession(process.session);
    this.#bury(process);
  }

  /** The page is the caller's parent: it forgets what it never asked for. */
  #bury(process: Process): void {
    const { parent } = process;
    if (parent === null || parent.ended) {
      this.#remove(process);
      return;
    }
    const unwanted = !process.isThread && parent.ignores('SIGCHLD');
    this.#tellParent(process);
    if (unwanted && this.#processes.has(process.pid)) this.#remove(process);
  }

  #remove(process: Process): void {
    process.parent?.children.delete(process);
    this.#processes.delete(process.pid);
    if (process.parent !== null || process.status === null) return;
    const result: WaitResult = { pid: process.pid, ...process.status };
    const waiters = this.#pageWaiters.get(process.pid);
    this.#pageWaiters.delete(process.pid);
    this.#exits.set(process.pid, result);
    if (this.#exits.size > limitTable.keptExits.value) this.#exits.delete(this.#exits.keys().next().value!);
    for (const waiter of waiters ?? []) waiter.resolve(result);
  }

  #adopt(child: Process): void {
    const { pgid } = child;
    const before = this.isGroupOrphaned(pgid);
    child.parent?.children.delete(child);
    child.parent = null;
    if (child.ended) this.#processes.delete(child.pid);
    else if (!before && this.isGroupOrphaned(pgid) && this.#group(pgid).some((member) => member.stopped)) {
      this.signalGroup(pgid, 'SIGHUP');
      this.signalGroup(pgid, 'SIGCONT');
    }
  }

  #endSession(session: Session): void {
    const { tty } = session;
    if (tty === null) return;
    session.tty = null;
    const { foreground } = tty;
    tty.sid = 0;
    tty.foreground = 0;
    if (foreground !== 0) this.signalGroup(foreground, 'SIGHUP');
    tty.slave.release();
  }

  /** The master of `tty` closed: the leader learns of it (and with it, by default, the whole session ends). */
  hangUp(tty: Tty): void {
    const leader = tty.sid === 0 ? undefined : this.#processes.get(tty.sid);
    const { foreground } = tty;
    if (leader && !leader.ended) {
      this.signal(leader, 'SIGHUP');
      this.signal(leader, 'SIGCONT');
    }
    if (foreground !== 0 && foreground !== leader?.pgid) {
      this.signalGroup(foreground, 'SIGHUP');
      this.signalGroup(foreground, 'SIGCONT');
    }
  }

  // --- Waiting ---------------------------------------------------------------------------------------------------

  /** `waitpid(2)`. Fails with `ECHILD`. */
  wait(
    caller: Process,
    options: { readonly child: number; readonly untraced: boolean; readonly noHang: boolean },
    context: Caller,
  ): WaitResult | null | Promise<WaitResult> {
    const { child, untraced, noHang } = options;
    const candidates = [...caller.children].filter((process) => this.#isWaitedFor(caller, process, child));
    if (candidates.length === 0) throw new PosixError('ECHILD');
    for (const process of candidates) {
      const result = this.#report(process, untraced);
      if (result) return result;
    }
    if (noHang) return null;
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { child, untraced, resolve, reject };
      caller.waiters.push(waiter);
      context.onCancel(() => {
        const at = caller.waiters.indexOf(waiter);
        if (at >= 0) caller.waiters.splice(at, 1);
      });
    });
  }

  /** For the page: how a process that it started ended. Fails with `ESRCH`. */
  waitFromPage(pid: number, context: Caller): WaitResult | Promise<WaitResult> {
    const exit = this.#exits.get(pid);
    if (exit) return exit;
    const process = this.#processes.get(pid);
    if (!process) throw new PosixError('ESRCH');
    return new Promise((resolve, reject) => {
      const waiter: Waiter = { child: pid, untraced: false, resolve, reject };
      const waiters = this.#pageWaiters.get(pid) ?? [];
      waiters.push(waiter);
      this.#pageWaiters.set(pid, waiters);
      context.onCancel(() => {
        const at = waiters.indexOf(waiter);
        if (at >= 0) waiters.splice(at, 1);
      });
    });
  }

  #tellParent(child: Process): void {
    const { parent } = child;
    if (parent === null || parent.ended) return;
    for (const waiter of [...parent.waiters]) {
      if (!this.#isWaitedFor(parent, child, waiter.child)) continue;
      const result = this.#report(child, waiter.untraced);
      if (!result) continue;
      parent.waiters.splice(parent.waiters.indexOf(waiter), 1);
      waiter.resolve(result);
      break;
    }
    this.#failHopeless(parent);
    if (!child.isThread) this.signal(parent, 'SIGCHLD');
  }

  /** Waiters whose last child was reported to another one. */
  #failHopeless(parent: Process): void {
    for (const waiter of [...parent.waiters]) {
      if ([...parent.children].some((child) => this.#isWaitedFor(parent, child, waiter.child))) continue;
      parent.waiters.splice(parent.waiters.indexOf(waiter), 1);
      waiter.reject(new PosixError('ECHILD'));
    }
  }

  #isWaitedFor(parent: Process, child: Process, wanted: number): boolean {
    if (wanted > 0) return child.pid === wanted;
    if (child.isThread) return false;
    if (wanted === -1) return true;
    return child.pgid === (wanted === 0 ? parent.pgid : -wanted);
  }

  #report(process: Process, untraced: boolean): WaitResult | undefined {
    if (process.status) {
      this.#remove(process);
      return { pid: process.pid, ...process.status };
    }
    if (!untraced || process.news === null) return undefined;
    const news = process.news;
    process.news = null;
    return { pid: process.pid, code: null, signal: null, ...news };
  }

  // --- Groups and sessions ---------------------------------------------------------------------------------------

  /** `setpgid(2)`. Fails with `ESRCH` or `EPERM`. */
  setProcessGroup(caller: Process, target: number, pgid: number): void {
    const process = target === 0 ? caller : this.#processes.get(target);
    if (!process || process.ended || (process !== caller && process.parent !== caller)) throw new PosixError('ESRCH');
    const wanted = pgid === 0 ? process.pid : pgid;
    if (wanted < 0) throw new PosixError('EINVAL');
    if (process.session.sid === process.pid || process.session !== caller.session) throw new PosixError('EPERM');
    if (wanted !== process.pid && !this.#group(wanted).some((member) => member.session === caller.session)) throw new PosixError('EPERM');
    process.pgid = wanted;
  }

  /** `setsid(2)`. Fails with `EPERM` for the leader of a group. */
  setSession(caller: Process): number {
    if (this.#group(caller.pid).length > 0) throw new PosixError('EPERM');
    caller.session = { sid: caller.pid, tty: null };
    caller.pgid = caller.pid;
    return caller.pid;
  }

  /** `tcsetpgrp(3)`. Fails with `ENOTTY` for a tty of another session, `EPERM` for a group of another session. */
  setForeground(caller: Process, tty: Tty, pgid: number): void {
    if (caller.session.tty !== tty) throw new PosixError('ENOTTY');
    if (!this.#group(pgid).some((member) => member.session === caller.session)) throw new PosixError('EPERM');
    tty.foreground = pgid;
  }

  /** A zombie still holds its group: a shell may add the next program of a pipeline when the first has ended. */
  #group(pgid: number): readonly Process[] {
    const members: Process[] = [];
    if (pgid > 0) for (const process of this.#processes.values()) if (process.pgid === pgid && !process.isThread) members.push(process);
    return members;
  }
}
