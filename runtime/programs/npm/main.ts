/** The package managers, each a trusted program. What a command needs beyond this is loaded when it first runs. */
import type { TrustedProgram } from '../../process/program.ts';

export const npm: TrustedProgram = {
  run: async (context) => (await import('./cli.ts')).runNpm(context, (await import('./commands/table.ts')).commandTable),
};

export const npx: TrustedProgram = {
  run: async (context) => (await import('./npx.ts')).runNpx(context, (await import('./commands/table.ts')).commandTable),
};

export { bun, bunx, pnpm, pnpx, yarn, yarnpkg } from './managers/index.ts';
