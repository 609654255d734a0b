/**
 * What a trusted program is: a coroutine of the shared worker, with a process of its own (pid, descriptors, directory,
 * environment, signals). It may not block and reaches everything through its context.
 */
import { PosixError } from '../base/errors.ts';
import type { SignalName } from '../base/signals.ts';
import type { Syscalls } from './syscalls.ts';
import { errorText } from './strerror.ts';
import { Calls, FdReader, FdWriter, ProcessEnded } from './streams.ts';

export interface TrustedProgram {
  /** Resolves with the exit code. What it wrote is flushed afterwards. */
  run(context: ProgramContext): Promise<number>;
}

export interface ProgramContext {
  readonly syscalls: Syscalls;
  /** `argv[0]` is the name it was started by. */
  readonly argv: readonly string[];
  readonly env: Map<string, string>;
  /** Aborted as soon as the process is killed; every wait of the helpers ends with it. */
  readonly signal: AbortSignal;
  readonly calls: Calls;
  readonly stdin: FdReader;
  readonly stdout: FdWriter;
  readonly stderr: FdWriter;
}

/** One row of the kernel's registry: a program and the commands that start it. */
export interface ProgramRow {
  readonly name: string;
  readonly commands: readonly string[];
  /** Loads the chunk that holds it. */
  readonly load: () => Promise<TrustedProgram>;
}

export type ExitStatus = { readonly code: number } | { readonly signal: SignalName };

function createContext(syscalls: Syscalls, signal: AbortSignal): ProgramContext {
  const calls = new Calls(syscalls, signal);
  const stdout = new FdWriter(calls, 1);
  return {
    syscalls,
    calls,
    signal,
    stdout,
    argv: syscalls.start.argv,
    env: new Map(syscalls.start.env),
    stdin: new FdReader(calls, 0, () => stdout.flush()),
    stderr: new FdWriter(calls, 2, { unbuffered: true }),
  };
}

/**
 * Runs a program to its end and says how it ended; `null` if it was killed meanwhile, when nothing is left to do. The
 * caller then tells the kernel (`syscalls.exit`).
 */
export async function runProgram(program: TrustedProgram, syscalls: Syscalls, signal: AbortSignal): Promise<ExitStatus | null> {
  const context = createContext(syscalls, signal);
  const name = (context.argv[0] ?? syscalls.start.program).replace(/^.*\//, '');
  try {
    let code: number;
    try {
      code = await program.run(context);
    } finally {
      if (!signal.aborted) await context.stdout.flush();
    }
    return signal.aborted ? null : { code: code & 255 };
  } catch (error) {
    if (signal.aborted || (error instanceof ProcessEnded && error.status === null)) return null;
    if (error instanceof ProcessEnded) return error.status;
    if (error instanceof PosixError && error.code === 'EPIPE') return { signal: 'SIGPIPE' };
    try {
      await context.stderr.write(`${name}: ${errorText(error)}\n`);
    } catch {
      // Standard error is gone too; the exit code is all that can be told.
    }
    return { code: 1 };
  }
}
