/** Who installs packages runs `node` next: a worker of it is started as the package manager ends, unless it could start earlier. */
import type { ProgramContext, TrustedProgram } from '../../process/program.ts';

const expecting = new WeakSet<ProgramContext>();

/** Starts one when the manager has nothing left to do: beside an install it would make that slower, by about as much as `node` is quicker. */
export function expectNode(context: ProgramContext): void {
  expecting.add(context);
}

/** Starts one now. */
export function startNode({ calls }: ProgramContext): void {
  calls.call('warm', { program: 'node' }).catch(() => undefined); // Then it starts when it is asked for.
}

/** A package manager that does what it announced by {@link expectNode}. */
export function thenNode(program: TrustedProgram): TrustedProgram {
  return {
    async run(context) {
      const code = await program.run(context);
      if (expecting.has(context)) {
        await context.stdout.flush();
        startNode(context);
      }
      return code;
    },
  };
}
