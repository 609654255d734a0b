/** The trusted programs as they are evaluated inside QuickJS, one process to an engine: children of a program that waits for them. */
import './quickjs-globals.ts';
import { connect } from '../process/engines/quickjs/program-side.ts';
import { runProgram } from '../process/program.ts';
import type { Syscalls } from '../process/syscalls.ts';
import { sharedPrograms } from './shared-programs.ts';

async function run(syscalls: Syscalls): Promise<void> {
  const row = sharedPrograms.find(({ name }) => name === syscalls.start.program);
  if (row === undefined) {
    syscalls.exit({ code: 127 });
    return;
  }
  const status = await runProgram(await row.load(), syscalls, new AbortController().signal);
  if (status !== null) syscalls.exit(status);
}

connect(() => ({ run: (syscalls) => void run(syscalls) }));
