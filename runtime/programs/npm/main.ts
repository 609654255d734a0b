/** The package managers, each a trusted program. What a command needs beyond this is loaded when it first runs. */
import type { TrustedProgram } from '../../process/program.ts';

export const npm: TrustedProgram = {
  async run(context) {
    const [{ runNpm }, { commandTable }] = await Promise.all([import('./cli.ts'), import('./commands/table.ts')]);
    return runNpm(context, commandTable);
  },
};

export const npx: TrustedProgram = {
  async run(context) {
    const [{ runNpx }, { commandTable }] = await Promise.all([import('./npx.ts'), import('./commands/table.ts')]);
    return runNpx(context, commandTable);
  },
};

export { bun, bunx, pnpm, pnpx, yarn, yarnpkg } from './managers/index.ts';
