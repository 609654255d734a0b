/** The trusted programs as they are evaluated inside QuickJS, one process to an engine: children of a program that waits for them. */
import './quickjs-globals.ts';
import { connect } from '../process/engines/quickjs/program-side.ts';
import { runProgram } from '../process/program.ts';
import type { Syscalls } from '../process/syscalls.ts';
import { sharedParts } from '../wires/programs.ts';
import { trustedPrograms } from './shared-programs.ts';

const managers: readonly string[] = sharedParts.packages;
const programs = trustedPrograms(() => Promise.reject(new Error('package managers are refused before they are loaded')));

async function run(syscalls: Syscalls): Promise<void> {
  const row = programs.find(({ name }) => name === syscalls.start.program);
  if (row === undefined) {
    syscalls.exit({ code: 127 });
    return;
  }
  const status = await runProgram(await row.load(), syscalls, new AbortController().signal);
  if (status !== null) syscalls.exit(status);
}

connect(() => ({
  run(syscalls) {
    const { program } = syscalls.start;
    if (managers.includes(program)) {
      throw new Error(`"${program}" needs the network, which nothing can wait for here. Run it in the terminal, or with spawn() or exec()`);
    }
    void run(syscalls);
  },
}));
