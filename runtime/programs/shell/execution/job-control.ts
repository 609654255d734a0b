/** Whose turn at the terminal it is. */
import { signalNumbers } from '../../../base/signals.ts';
import type { Shell } from '../shell.ts';
import { Interrupted } from './control-flow.ts';
import type { Job } from './jobs.ts';
import { signalText } from './signal-texts.ts';

/** Waits for a job as the one that owns the terminal; it may stop instead of end. */
export async function foreground(shell: Shell, job: Job, result?: Promise<number>): Promise<number> {
  if (result !== undefined) job.run(result);
  job.background = false;
  await job.settled();
  await takeTerminal(shell);
  if (!job.finished) {
    shell.jobs.add(job);
    await shell.write(2, `\n${job.describe(shell.jobs.marker(job))}\n`);
    return 128 + signalNumbers.SIGTSTP;
  }
  shell.jobs.remove(job);
  const status = await job.result;
  if (job.interrupted && shell.interactive) {
    await shell.write(2, '\n');
    shell.status = 130;
    throw new Interrupted();
  }
  const killed = job.children.at(-1)?.signal;
  if (killed !== undefined && killed !== null && killed !== 'SIGINT' && killed !== 'SIGPIPE')
    await shell.write(2, `${signalText(killed)}\n`);
  return status;
}

/** The shell's own group owns the terminal again. */
export async function takeTerminal(shell: Shell): Promise<void> {
  const handle = terminalOf(shell);
  if (handle === undefined || !shell.interactive) return;
  const { pgid } = shell.context.syscalls.start;
  await shell.context.calls.call('setForeground', { handle, pgid });
}

export async function giveTerminal(shell: Shell, job: Job): Promise<void> {
  const handle = terminalOf(shell);
  if (handle !== undefined && job.pgid !== undefined) await shell.context.calls.call('setForeground', { handle, pgid: job.pgid });
}

export function terminalOf(shell: Shell): number | undefined {
  for (const fd of [0, 2, 1]) {
    const info = shell.context.syscalls.descriptors.info(fd);
    if (info?.kind === 'stream' && info.stream === 'tty') return info.handle;
  }
  return undefined;
}
