/** The package managers beside npm. Each is loaded when it is first run. */
import type { TrustedProgram } from '../../../process/program.ts';

export const pnpm: TrustedProgram = {
  run: async (context) => (await import('./pnpm/cli.ts')).runPnpm(context, context.argv.slice(1)),
};

export const pnpx: TrustedProgram = {
  run: async (context) => (await import('./pnpm/cli.ts')).runPnpm(context, ['dlx', ...context.argv.slice(1)]),
};

export const yarn: TrustedProgram = {
  run: async (context) => (await import('./yarn/command.ts')).runYarn(context, context.argv.slice(1)),
};

export const yarnpkg = yarn;

export const bun: TrustedProgram = {
  run: async (context) => (await import('./bun/cli.ts')).runBun(context, context.argv.slice(1)),
};

export const bunx: TrustedProgram = {
  run: async (context) => (await import('./bun/cli.ts')).runBun(context, ['x', ...context.argv.slice(1)]),
};
