/** The package managers, each a trusted program. What a command needs beyond this is loaded when it first runs. */
import type { TrustedProgram } from '../../process/program.ts';

/** Every command of the family, by the name it is started by. */
type PackageCommand = 'npm' | 'npx' | 'pnpm' | 'pnpx' | 'yarn' | 'yarnpkg' | 'bun' | 'bunx';

function notThereYet(name: PackageCommand): TrustedProgram {
  return {
    async run({ stderr }) {
      await stderr.write(`${name}: this command is not implemented\n`);
      return 1;
    },
  };
}

export const npm = notThereYet('npm');
export const npx = notThereYet('npx');
export const pnpm = notThereYet('pnpm');
export const pnpx = notThereYet('pnpx');
export const yarn = notThereYet('yarn');
export const yarnpkg = notThereYet('yarnpkg');
export const bun = notThereYet('bun');
export const bunx = notThereYet('bunx');
