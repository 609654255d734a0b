/** Lists that end with `&`. */
import { O_RDONLY } from '../../../base/open-flags.ts';
import type { Shell } from '../shell.ts';
import type { AndOr } from '../syntax/ast.ts';
import { plainText } from '../syntax/ast.ts';
import { defineSpecials } from '../variables/special-variables.ts';
import { spawn } from './children.ts';
import { OpenFile } from './fd-table.ts';
import { Job, type Child } from './jobs.ts';

export async function runInBackground(shell: Shell, item: AndOr): Promise<number> {
  const job = new Job(item.source, true);
  const sub = shell.fork();
  sub.job = job;
  // What is typed is not for it.
  sub.interrupt = new AbortController();
  sub.interrupted = false;
  sub.options.errexit = false;
  if (!shell.options.monitor) {
    try {
      sub.fds.put(0, new OpenFile(shell.context.calls, shell.files.open('/dev/null', O_RDONLY, 0)));
    } catch {
      sub.fds.close(0); // No /dev/null: no input at all.
    }
  }
  const commands = item.first.commands;
  const external =
    item.rest.length === 0 &&
    commands.every((command) => {
      if (command.kind !== 'simple') return false;
      const first = command.words[0] === undefined ? undefined : plainText(command.words[0]);
      return first !== undefined && !shell.builtins.has(first) && !shell.functions.has(first);
    });
  if (external) job.run(sub.runToEnd(() => sub.andOr(item)));
  else {
    const child = await spawnSubshell(sub, item, job);
    sub.fds.closeAll();
    job.run(child.done);
  }
  await job.firstChild;
  shell.lastBackground = job.pid;
  shell.jobs.add(job);
  if (shell.interactive) await shell.write(2, `[${job.id}] ${job.pid ?? ''}\n`);
  shell.status = 0;
  return 0;
}

/** A subshell with a process of its own: the state waits in this worker for the process to fetch it. */
async function spawnSubshell(shell: Shell, item: AndOr, job: Job): Promise<Child> {
  const token = crypto.randomUUID();
  waitingSubshells.set(token, { state: shell, item });
  try {
    return await spawn(shell, shell.context.syscalls.start.file, [shell.name, '--subshell', token], job);
  } catch (error) {
    waitingSubshells.delete(token);
    throw error;
  }
}

const waitingSubshells = new Map<string, { readonly state: Shell; readonly item: AndOr }>();

/** Makes a fresh shell what a parent left for it under `token`, and answers what it is to run; undefined if there is nothing. */
export function adoptSubshell(shell: Shell, token: string): (() => Promise<number>) | undefined {
  const waiting = waitingSubshells.get(token);
  if (waiting === undefined) return undefined;
  waitingSubshells.delete(token);
  const { fds, cwd, interrupt } = shell;
  const from = waiting.state;
  Object.assign(shell, {
    variables: from.variables,
    functions: from.functions,
    aliases: from.aliases,
    positional: from.positional,
    name: from.name,
    options: { ...from.options, monitor: false },
    shopts: from.shopts,
    traps: from.traps,
    status: from.status,
    commandString: from.commandString,
    line: from.line,
    subshellDepth: from.subshellDepth,
    lastBackground: from.lastBackground,
    functionDepth: from.functionDepth,
    loopDepth: from.loopDepth,
    functionNames: from.functionNames,
  });
  Object.assign(shell, { fds, cwd, interrupt });
  defineSpecials(shell);
  return () => shell.runToEnd(() => shell.andOr(waiting.item));
}
