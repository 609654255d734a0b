/**
 * Carries out lists, pipelines and commands. A subshell is a copy of the shell's state (`Shell.fork`) that runs as a coroutine of
 * the same process; every external command is a process, a member of its job's process group where there is job control.
 */
import { PosixError } from '../../../base/errors.ts';
import { ArithmeticError } from '../expansion/arithmetic.ts';
import { ExpansionError } from '../expansion/expansion-error.ts';
import type { Shell } from '../shell.ts';
import type { AndOr, Command, FunctionDefinition, List, Pipeline } from '../syntax/ast.ts';
import { ReadonlyVariableError } from '../variables/variables.ts';
import { runInBackground } from './background.ts';
import { runCompound } from './compound-commands.ts';
import { ExitShell, Interrupted, ReturnFromFunction } from './control-flow.ts';
import { OpenFile } from './fd-table.ts';
import { foreground } from './job-control.ts';
import { Job } from './jobs.ts';
import { RedirectionFailure } from './redirections.ts';
import { runSimple } from './simple-commands.ts';
import { runTrap, runTraps } from './traps.ts';

/** Calls nested deeper than this are refused, before the engine's stack ends. */
const maxNesting = 400;

export async function runList(shell: Shell, list: List): Promise<number> {
  let status = 0;
  for (const item of list.items) {
    if (shell.options.noexec && !shell.interactive) continue;
    if (item.background) status = await runInBackground(shell, item);
    else status = await runAndOr(shell, item);
  }
  return status;
}

export async function runAndOr(shell: Shell, item: AndOr): Promise<number> {
  const { rest } = item;
  if (rest.length === 0) return runPipeline(shell, item.first, false);
  let status = await runPipeline(shell, item.first, true);
  for (let i = 0; i < rest.length; i++) {
    const { operator, pipeline } = rest[i] as AndOr['rest'][number];
    if ((operator === '&&') !== (status === 0)) continue;
    status = await runPipeline(shell, pipeline, i < rest.length - 1);
  }
  return status;
}

/** `tested`: its failure decides something and does not end a shell with `set -e`. */
async function runPipeline(shell: Shell, pipeline: Pipeline, tested: boolean): Promise<number> {
  const began = performance.now();
  const shielded = tested || pipeline.negated;
  if (shielded) shell.errexitShields++;
  let status = 0;
  try {
    const [only] = pipeline.commands;
    if (only === undefined) status = 0;
    else if (pipeline.commands.length === 1) {
      status = await runCommand(shell, only, pipeline.source);
      setPipeStatus(shell, [status], only.kind === 'simple');
    } else status = await runPipe(shell, pipeline);
  } finally {
    if (shielded) shell.errexitShields--;
  }
  if (pipeline.timed !== false) await tellTime(shell, performance.now() - began, pipeline.timed);
  if (pipeline.negated) status = status === 0 ? 1 : 0;
  shell.status = status;
  if (status !== 0 && !shielded && shell.errexitShields === 0) await dealWithFailure(shell, status, pipeline);
  shell.checkInterrupt();
  if (shell.pendingSignals.length > 0) await runTraps(shell);
  return status;
}

async function dealWithFailure(shell: Shell, status: number, pipeline: Pipeline): Promise<void> {
  const [only] = pipeline.commands;
  // A compound's failure was dealt with inside, save a subshell's.
  if (
    pipeline.commands.length === 1 &&
    only?.kind === 'compound' &&
    !['subshell', 'conditional', 'arithmeticCommand'].includes(only.body.kind)
  )
    return;
  const trap = shell.traps.get('ERR');
  if (trap && shell.functionDepth === 0) {
    await runTrap(shell, 'ERR', trap);
    shell.status = status;
  }
  if (shell.options.errexit) throw new ExitShell(status);
}

async function tellTime(shell: Shell, ms: number, style: 'bash' | 'posix'): Promise<void> {
  const seconds = ms / 1000;
  const text =
    style === 'posix'
      ? `real ${seconds.toFixed(2)}\nuser 0.00\nsys 0.00\n`
      : `\nreal\t${Math.floor(seconds / 60)}m${(seconds % 60).toFixed(3)}s\nuser\t0m0.000s\nsys\t0m0.000s\n`;
  await shell.write(2, text);
}

function setPipeStatus(shell: Shell, list: readonly number[], simple: boolean): void {
  if (!simple && list.length === 1) return;
  shell.variables.replace('PIPESTATUS', { array: new Map(list.map((status, i) => [i, String(status)])) });
}

async function runPipe(shell: Shell, pipeline: Pipeline): Promise<number> {
  const { calls } = shell.context;
  const { descriptors } = shell.context.syscalls;
  const count = pipeline.commands.length;
  const own = shell.job === undefined && shell.options.monitor;
  const job = shell.job ?? new Job(pipeline.source, false);
  const pipes = await Promise.all(
    Array.from({ length: count - 1 }, async () => {
      const { read, write } = await calls.call('pipe', {});
      return {
        read: new OpenFile(calls, descriptors.adopt('pipe-read', read)),
        write: new OpenFile(calls, descriptors.adopt('pipe-write', write)),
      };
    }),
  );
  const statuses: number[] = new Array<number>(count).fill(0);
  const members = pipeline.commands.map((command, i) => {
    const sub = shell.fork();
    sub.job = own ? job : shell.job;
    const input = pipes[i - 1]?.read;
    const output = pipes[i]?.write;
    if (input !== undefined) sub.fds.put(0, input);
    if (output !== undefined) sub.fds.put(1, output);
    return sub
      .runToEnd(() => runCommand(sub, command, pipeline.source))
      .then((status) => {
        statuses[i] = status;
      });
  });
  const all = Promise.all(members).then(() => {
    const failed = shell.options.pipefail ? statuses.findLast((status) => status !== 0) : undefined;
    return failed ?? (statuses.at(-1) as number);
  });
  const status = own ? await foreground(shell, job, all) : await all;
  setPipeStatus(shell, statuses, true);
  return status;
}

async function runCommand(shell: Shell, command: Command, source: string): Promise<number> {
  if (shell.turnIsOver) {
    await shell.giveWay();
    shell.checkInterrupt();
  }
  shell.context.calls.check();
  if (++shell.nesting > maxNesting) {
    shell.nesting = 0;
    await shell.complain(`maximum nesting level exceeded (${maxNesting})`);
    throw new ExitShell(1);
  }
  shell.line = command.line;
  const temporaries = shell.temporaries.length;
  try {
    if (command.kind === 'simple') return await runSimple(shell, command, source);
    if (command.kind === 'compound') return await runCompound(shell, command);
    shell.functions.set(command.name, command);
    return 0;
  } catch (error) {
    return await recover(shell, error, command);
  } finally {
    if (shell.nesting > 0) shell.nesting--;
    if (shell.temporaries.length > temporaries && !shell.context.signal.aborted) removeTemporaries(shell, temporaries);
  }
}

function removeTemporaries(shell: Shell, from: number): void {
  for (const folder of shell.temporaries.splice(from)) {
    try {
      shell.files.unlink(`${folder}/out`);
      shell.files.rmdir(folder);
    } catch (error) {
      if (!(error instanceof PosixError)) throw error; // The command itself removed or moved it.
    }
  }
}

/** Failures of expansion and redirection, told as bash tells them. */
async function recover(shell: Shell, error: unknown, command: Command): Promise<number> {
  if (error instanceof ArithmeticError) {
    await shell.complain(error.message);
    // In a word it discards the whole line; as a command of its own it only fails.
    if (command.kind === 'simple' && command.words[0]?.source !== 'let' && !shell.interactive) throw new ExitShell(1);
    return 1;
  }
  if (error instanceof ExpansionError) {
    await shell.complain(error.message);
    // bash ends a shell given by -c with 127 for an unset parameter, else with 1.
    if (error.fatal && !shell.interactive)
      throw new ExitShell(shell.commandString && shell.subshellDepth === 0 && !error.message.endsWith('bad substitution') ? 127 : 1);
    if (error.fatal) throw new Interrupted();
    return 1;
  }
  if (error instanceof ReadonlyVariableError) {
    await shell.complain(error.message);
    if (command.kind === 'simple' && command.words.length === 0 && !shell.interactive) throw new ExitShell(1);
    return 1;
  }
  if (error instanceof RedirectionFailure) {
    await shell.complain(error.message);
    return 1;
  }
  throw error;
}

export async function callFunction(shell: Shell, func: FunctionDefinition, argv: readonly string[]): Promise<number> {
  const { positional, loopDepth } = shell;
  shell.positional = argv.slice(1);
  shell.loopDepth = 0;
  shell.functionDepth++;
  shell.functionNames.push(func.name);
  shell.variables.enterFunction();
  try {
    return await runCommand(shell, func.body, func.name);
  } catch (error) {
    if (error instanceof ReturnFromFunction) return error.status;
    throw error;
  } finally {
    shell.variables.leaveFunction();
    shell.functionNames.pop();
    shell.functionDepth--;
    shell.loopDepth = loopDepth;
    shell.positional = positional;
  }
}
