/** The package managers, each a trusted program. What a command needs beyond this is loaded when it first runs. */
import type { TrustedProgram } from '../../process/program.ts';

/** Those of other families than npm's. */
type OtherManager = 'pnpm' | 'pnpx' | 'yarn' | 'yarnpkg' | 'bun' | 'bunx';

function notThereYet(name: OtherManager): TrustedProgram {
  return {
    async run({ stderr }) {
      await stderr.write(`${name}: this command is not implemented\n`);
      return 1;
    },
  };
}

export const npm: TrustedProgram = {
  run: async (context) => (await import('./cli.ts')).runNpm(context),
};

export const npx: TrustedProgram = {
  run: async (context) => (await import('./npx.ts')).runNpx(context),
};

export const pnpm = notThereYet('pnpm');
export const pnpx = notThereYet('pnpx');
export const yarn = notThereYet('yarn');
export const yarnpkg = notThereYet('yarnpkg');
export const bun = notThereYet('bun');
export const bunx = notThereYet('bunx');
