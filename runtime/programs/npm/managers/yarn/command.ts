/** Which Yarn a project means: the classic one by its lockfile or by nothing, a later one by its files. */
import type { ProgramContext } from '../../../../process/program.ts';
import { resolvePath, upwards } from '../../paths.ts';
import { enterFolder, ManagerRun } from '../manager-run.ts';
import { classicWords } from './flags.ts';
import { isBerryLock } from './berry/lockfile.ts';

export async function runYarn(context: ProgramContext, argv: readonly string[]): Promise<number> {
  enterFolder(context, folderOf(argv));
  const run = await ManagerRun.open(context, 'yarn', (opened) =>
    isBerryProject(opened) ? berryTimeout(opened) : Number(classicWords(argv).flags.get('network-timeout') ?? 30_000),
  );
  return isBerryProject(run)
    ? (await import('./berry/cli.ts')).runBerry(run, argv)
    : (await import('./classic/cli.ts')).runClassic(run, argv);
}

/** Commands after whose name flags are still their own. */
const managing = ['install', 'add', 'remove', 'upgrade', 'up', 'list', 'why', 'init', 'bin', 'info'];

function folderOf(argv: readonly string[]): string | true | undefined {
  const { flags, operands } = classicWords(argv, true);
  return flags.get('cwd') ?? (managing.includes(operands[0] ?? '') ? classicWords(argv).flags.get('cwd') : undefined);
}

/** `httpTimeout` of the settings. */
function berryTimeout(run: ManagerRun): number {
  const settings = [...upwards(run.cwd)].find((folder) => run.has(folder, '.yarnrc.yml'));
  const text = settings === undefined ? undefined : run.session.disk.readText(resolvePath(settings, '.yarnrc.yml'));
  return Number(/^httpTimeout:\s*(\d+)/m.exec(text ?? '')?.[1] ?? 60_000);
}

function isBerryProject(run: ManagerRun): boolean {
  const { disk } = run.session;
  for (const folder of upwards(run.cwd)) {
    if (run.has(folder, '.yarnrc.yml')) return true;
    const lock = disk.readText(resolvePath(folder, 'yarn.lock'));
    if (lock !== undefined && lock.trim() !== '') return isBerryLock(lock);
    const manifest = disk.readText(resolvePath(folder, 'package.json'));
    const wanted = /"packageManager"\s*:\s*"yarn@(\d+)/.exec(manifest ?? '')?.[1];
    if (wanted !== undefined) return Number(wanted) >= 2;
  }
  return false;
}
