/** The trusted programs as they are evaluated inside QuickJS, one process to an engine: children of a program that waits for them. */
import './quickjs-globals.ts';
import { connect } from '../process/engines/quickjs/program-side.ts';
import { runProgram } from '../process/program.ts';
import type { Syscalls } from '../process/syscalls.ts';
import { trustedPrograms } from './shared-programs.ts';

const programs = trustedPrograms(() =>
  Promise.reject(new Error('a package manager cannot run inside a program that waits for it (execSync, spawnSync): it needs the network')),
);

async function run(syscalls: Syscalls): Promise<void> {
  const row = programs.find(({ name }) => name === syscalls.start.program);
  if (row === undefined) {
    syscalls.exit({ code: 127 });
    return;
  }
  const status = await runProgram(await row.load(), syscalls, new AbortController().signal);
  if (status !== null) syscalls.exit(status);
}

connect(() => ({ run: (syscalls) => void run(syscalls) }));
