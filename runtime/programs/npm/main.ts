/** The package managers, each a trusted program. What a command needs beyond this is loaded when it first runs. */
import type { ProgramContext, TrustedProgram } from '../../process/program.ts';
import { askAhead } from './asked-ahead.ts';
import { isNewHere } from './new-here.ts';

const installs = /^(?:i|in|install|add)$/;

/**
 * Begins with what `npm install` is sure to need, which else would be found out step by step: its code, and without a lock the
 * resolver, where nothing is remembered. A guess: who needs it asks again, and is told of a failure.
 */
async function loadAhead(context: ProgramContext): Promise<void> {
  const { argv, syscalls } = context;
  const { files } = syscalls;
  const [, word = '', ...operands] = argv;
  const cleanly = word === 'ci';
  if (!cleanly && !installs.test(word)) return;
  askAhead(context).catch(() => undefined);
  const hasLock = () => files.readdir(files.cwd()).some(({ name }) => name === 'package-lock.json' || name === 'npm-shrinkwrap.json');
  const isLocked = cleanly || (operands.every((one) => one.startsWith('-')) && hasLock());
  const loading: Promise<unknown>[] = [
    import('./commands/install.ts'),
    import('./packages.ts').then(({ openStoreAhead }) => openStoreAhead()),
  ];
  if (!isLocked && (await isNewHere())) {
    loading.push(
      import('./resolve/ask-early.ts'),
      import('./commands/change-tree.ts'),
      import('./resolve/resolve.ts'),
      import('../../packages/metadata-cache.ts'),
    );
  }
  await Promise.all(loading);
}

export const npm: TrustedProgram = {
  async run(context) {
    loadAhead(context).catch(() => undefined);
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
