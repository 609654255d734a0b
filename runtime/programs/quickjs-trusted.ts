/** Runs a trusted program as the one process of an engine. */
import { connect } from '../process/engines/quickjs/program-side.ts';
import { runProgram, type TrustedProgram } from '../process/program.ts';
import type { Syscalls } from '../process/syscalls.ts';

/** @param find Undefined for a program that is not there. */
export function connectTrusted(find: (name: string) => Promise<TrustedProgram | undefined>): void {
  const run = async (syscalls: Syscalls): Promise<void> => {
    const program = await find(syscalls.start.program);
    if (program === undefined) {
      syscalls.exit({ code: 127 });
      return;
    }
    const status = await runProgram(program, syscalls, new AbortController().signal);
    if (status !== null) syscalls.exit(status);
  };
  connect(() => ({
    run(syscalls) {
      void run(syscalls);
    },
  }));
}
