/** A name with its arguments: a function, a built-in, or a file to run. */
import { PosixError } from '../../../base/errors.ts';
import { errorText } from '../../../process/strerror.ts';
import { specialBuiltins } from '../builtins/builtins.ts';

import type { Shell } from '../shell.ts';
import { hasSubstitution, type Assignment, type SimpleCommand, type Word } from '../syntax/ast.ts';
import { assign } from '../variables/assignments.ts';
import { copyVariable, type Variable } from '../variables/variables.ts';
import { becomeProgram, mayBecomeProgram, spawn, startProgram, tellingFailure } from './children.ts';
import { findCommand } from './command-search.ts';
import { ExitShell } from './control-flow.ts';
import type { FdTable } from './fd-table.ts';
import { foreground } from './job-control.ts';
import { Job } from './jobs.ts';
import { redirect } from './redirections.ts';
import { signalText } from './signal-texts.ts';
import { trace, traceWord } from './trace.ts';

export async function runSimple(shell: Shell, command: SimpleCommand, source: string): Promise<number> {
  const substitutionStatus = shell.status;
  let argv: string[];
  const arrays: (Assignment | undefined)[] = [];
  if (command.arrays === undefined) {
    shell.status = 0;
    const first = command.words[0]?.source;
    argv =
      first === 'export' || first === 'local' || first === 'declare' || first === 'readonly' || first === 'typeset' || first === 'alias'
        ? await declarationWords(shell, command.words)
        : await plainWords(shell, command.words, substitutionStatus);
  } else {
    argv = [];
    for (let i = 0; i < command.words.length; i++) {
      const array = command.arrays.get(i);
      if (array !== undefined) arrays[argv.length] = array;
      argv.push(...(await declarationWords(shell, [command.words[i] as Word], array !== undefined ? array.name : undefined)));
    }
  }
  if (argv.length === 0) {
    if (command.redirections.length > 0) {
      const table = shell.fds.clone();
      const saved = shell.fds;
      shell.fds = table;
      try {
        await redirect(shell, command.redirections);
      } finally {
        table.closeAll();
        shell.fds = saved;
      }
    }
    if (
      command.words.length === 0 &&
      command.assignments.every((assignment) => assignment.value === null || !hasSubstitution(assignment.value))
    )
      shell.status = 0;
    const traces: string[] = [];
    for (const assignment of command.assignments) traces.push(await assign(shell, assignment));
    if (shell.options.xtrace && traces.length > 0) for (const line of traces) await trace(shell, line);
    return command.redirections.length > 0 && command.assignments.length === 0 && command.words.length === 0 ? 0 : shell.status;
  }
  const name = argv[0] as string;
  const last = shell.lastCommand === command;
  if (shell.options.xtrace) {
    const parts = [...argv.map(traceWord)];
    await trace(shell, parts.join(' '));
  }
  shell.variables.replace('_', { ...(shell.variables.own('_') ?? {}), value: argv.at(-1) ?? '' });
  if (name.includes('/')) return runExternal(shell, command, argv, source, last);
  const func = shell.functions.get(name);
  const builtin = shell.builtins.get(name);
  if (func === undefined && builtin === undefined) return runExternal(shell, command, argv, source, last);
  if (name === 'exec' && func === undefined) return runExec(shell, command, argv);
  const special = specialBuiltins.has(name) && func === undefined;
  // Assignments in front hold for the command only.
  const hidden: [string, Variable | undefined][] = [];
  const saved = shell.fds;
  let inside: FdTable | undefined;
  try {
    if (command.redirections.length > 0) {
      inside = saved.clone();
      shell.fds = inside;
      await redirect(shell, command.redirections);
    }
    for (const assignment of command.assignments) {
      if (!(special && shell.options.posix)) {
        const own = shell.variables.own(assignment.name);
        hidden.push([assignment.name, own === undefined ? undefined : copyVariable(own)]);
      }
      await assign(shell, assignment);
      shell.variables.declare(assignment.name).exported = true;
    }
    if (func !== undefined) return await shell.callFunction(func, argv);
    return await (builtin as NonNullable<typeof builtin>)(shell, argv, arrays);
  } catch (error) {
    if (error instanceof PosixError) {
      if (error.code === 'EPIPE') {
        if (shell.subshellDepth > 0 || !shell.interactive) throw error;
        return 141;
      }
      await shell.complain(error.code === 'EBADF' ? `${name}: write error: ${errorText(error)}` : `${name}: ${errorText(error)}`);
      return 1;
    }
    throw error;
  } finally {
    for (const [variable, old] of hidden.reverse()) shell.variables.replace(variable, old);
    if (inside !== undefined && shell.fds === inside) {
      inside.closeAll();
      shell.fds = saved;
    }
  }
}

/** `$?` keeps its value while the words are expanded, unless a substitution sets it. */
async function plainWords(shell: Shell, words: readonly Word[], status: number): Promise<string[]> {
  shell.status = status;
  const argv = await shell.expander.words(words);
  if (argv.length > 0) return argv;
  if (!words.some(hasSubstitution)) shell.status = 0;
  return argv;
}

/** Words of `export a=~/x $y`: what looks like an assignment is neither split nor globbed. */
async function declarationWords(shell: Shell, words: readonly Word[], only?: string): Promise<string[]> {
  if (only !== undefined) return [only];
  const argv: string[] = [];
  for (const word of words) {
    const first = word.parts[0];
    const match = first?.kind === 'text' ? /^[A-Za-z_][A-Za-z0-9_]*(\[[^\]]*\])?\+?=/.exec(first.text) : null;
    if (match === null || first?.kind !== 'text') argv.push(...(await shell.expander.words([word])));
    else {
      const rest = first.text.slice(match[0].length);
      argv.push(
        match[0] +
          (await shell.expander.text(
            { parts: [...(rest === '' ? [] : [{ kind: 'text' as const, text: rest }]), ...word.parts.slice(1)], source: '' },
            { assignment: true },
          )),
      );
    }
  }
  return argv;
}

async function runExec(shell: Shell, command: SimpleCommand, argv: string[]): Promise<number> {
  const saved = shell.fds;
  const table = saved.clone();
  shell.fds = table;
  try {
    await redirect(shell, command.redirections);
  } catch (error) {
    shell.fds = saved;
    table.closeAll();
    throw error;
  }
  saved.closeAll();
  let rest = argv.slice(1);
  let zero: string | undefined;
  while (rest[0]?.startsWith('-') && rest[0] !== '-') {
    const option = rest[0];
    if (option === '--') {
      rest = rest.slice(1);
      break;
    }
    if (option === '-a') {
      zero = rest[1];
      rest = rest.slice(2);
      continue;
    }
    rest = rest.slice(1);
  }
  if (rest.length === 0) return 0;
  for (const assignment of command.assignments) {
    await assign(shell, assignment);
    shell.variables.declare(assignment.name).exported = true;
  }
  const found = await findCommand(shell, rest[0] as string);
  if (typeof found === 'number') throw new ExitShell(found);
  if (shell.subshellDepth === 0 && shell.jobs.list.every((job) => job.finished)) {
    try {
      await becomeProgram(shell, found, [zero ?? (rest[0] as string), ...rest.slice(1)]);
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      await shell.complain(`${rest[0]}: ${errorText(error)}`);
      throw new ExitShell(error.code === 'ENOENT' ? 127 : 126);
    }
  }
  // A subshell is no process of its own: it waits, and its status becomes that of the program.
  const child = await spawn(shell, found, [zero ?? (rest[0] as string), ...rest.slice(1)], shell.job);
  throw new ExitShell(await child.done);
}

/** `last`: the shell has nothing to do after it, so it becomes the program. */
async function runExternal(shell: Shell, command: SimpleCommand, argv: string[], source: string, last: boolean): Promise<number> {
  const saved = shell.fds;
  const table = command.redirections.length > 0 ? saved.clone() : saved;
  shell.fds = table;
  const hidden: [string, Variable | undefined][] = [];
  try {
    await redirect(shell, command.redirections);
    for (const assignment of command.assignments) {
      const own = shell.variables.own(assignment.name);
      hidden.push([assignment.name, own === undefined ? undefined : copyVariable(own)]);
      await assign(shell, assignment);
      shell.variables.declare(assignment.name).exported = true;
    }
    const file = await findCommand(shell, argv[0] as string);
    if (typeof file === 'number') return file;
    const own = shell.job === undefined && shell.options.monitor;
    const job = own ? new Job(source, false) : shell.job;
    if (last && !own && shell.traps.size === 0 && mayBecomeProgram(shell)) {
      const failed = await tellingFailure(shell, file, argv, () => becomeProgram(shell, file, argv));
      if (typeof failed === 'number') return failed;
    }
    shell.checkInterrupt();
    const child = await startProgram(shell, file, argv, job);
    if (typeof child === 'number') return child;
    if (own && job !== undefined) {
      if (table !== saved) table.closeAll();
      return await foreground(shell, job, child.done);
    }
    const status = await child.done;
    if (
      child.signal !== null &&
      child.signal !== 'SIGPIPE' &&
      child.signal !== 'SIGINT' &&
      shell.subshellDepth === 0 &&
      !shell.interactive
    ) {
      await shell.complain(`${String(child.pid).padStart(5)} ${signalText(child.signal).padEnd(23)} ${source}`);
    }
    return status;
  } finally {
    for (const [name, old] of hidden.reverse()) shell.variables.replace(name, old);
    if (table !== saved) table.closeAll();
    shell.fds = saved;
  }
}
