/** What the managers say of themselves and of their commands, as the real ones do, of what is here. */
import type { ManagerRun } from './manager-run.ts';

const texts = {
  pnpm: () => import('./usage/pnpm.ts'),
  yarn: () => import('./usage/yarn.ts'),
  berry: () => import('./usage/berry.ts'),
  bun: () => import('./usage/bun.ts'),
} as const;

/** @param word The command's own name; of one that has no text of its own, and without, the manager is told of. */
export async function sayUsage(run: ManagerRun, manager: keyof typeof texts, word = ''): Promise<void> {
  const { usage } = await texts[manager]();
  await run.out(usage[Object.hasOwn(usage, word) ? word : ''] ?? '');
}
