/** Which Yarn a project means: the classic one by its lockfile or by nothing, a later one by its files. */
import type { ProgramContext } from '../../../../process/program.ts';
import { Disk } from '../../disk.ts';
import { resolvePath, upwards } from '../../paths.ts';
import type { Words } from '../command-line.ts';
import { enterFolder } from '../manager-run.ts';
import { classicWords } from './flags.ts';
import { isBerryLock } from './berry/lockfile.ts';

export async function runYarn(context: ProgramContext, argv: readonly string[]): Promise<number> {
  enterFolder(context, ownWords(argv).flags.get('cwd'));
  const disk = new Disk(context.syscalls.files);
  const cwd = disk.calls.cwd();
  if (isBerryProject(disk, cwd)) {
    const { runBerry } = await import('./berry/cli.ts');
    return runBerry(context, disk, argv);
  }
  const { runClassic } = await import('./classic/cli.ts');
  return runClassic(context, disk, argv, ownWords(argv));
}

/** Commands after whose name flags are still their own. */
const managing = ['install', 'add', 'remove', 'upgrade', 'up', 'list', 'why', 'init', 'bin', 'info'];

/** Without those of what is started. */
function ownWords(argv: readonly string[]): Words {
  const first = classicWords(argv, true);
  return managing.includes(first.operands[0] ?? 'install') ? classicWords(argv) : first;
}

function isBerryProject(disk: Disk, cwd: string): boolean {
  for (const folder of upwards(cwd)) {
    if (disk.stat(resolvePath(folder, '.yarnrc.yml')) !== undefined) return true;
    const lock = disk.readText(resolvePath(folder, 'yarn.lock'));
    if (lock !== undefined && lock.trim() !== '') return isBerryLock(lock);
    const manifest = disk.readText(resolvePath(folder, 'package.json'));
    const wanted = /"packageManager"\s*:\s*"yarn@(\d+)/.exec(manifest ?? '')?.[1];
    if (wanted !== undefined) return Number(wanted) >= 2;
  }
  return false;
}
