/** `yarn workspace`, `yarn workspaces`. */
import { resolvePath } from '../../../../paths.ts';
import { afterRun } from '../../../command-line.ts';
import type { BerryProject } from '../berry-project.ts';
import { UsageError } from '../errors.ts';
import { berryWords } from '../../flags.ts';
import { elapsed } from '../help.ts';
import { runScript } from './run.ts';

export async function inWorkspace(yarn: BerryProject, [name = '', ...argv]: readonly string[]): Promise<number> {
  const found = yarn.load().workspaces.find(({ manifest }) => manifest.name === name);
  if (found === undefined) throw new UsageError(`Workspace '${name}' not found.`);
  const words = berryWords(argv, true);
  const folder = resolvePath(yarn.root, found.folder);
  if (managing.has(words.operands[0] ?? 'install')) return (await yarn.run.program(folder, ['yarn', ...argv], [], folder)) ?? 1;
  return runScript(yarn, afterRun(words.operands), words, folder);
}

/** What changes or tells of what is installed; all else is a script or a command. */
const managing = new Set(['install', 'add', 'remove', 'up', 'info', 'list', 'why', 'init', 'bin', 'exec']);

export async function workspaces(yarn: BerryProject, [first, ...rest]: readonly string[], argv: readonly string[]): Promise<number> {
  const { workspaces } = yarn.load();
  if (first === 'list') {
    if (rest.includes('--json')) {
      for (const { folder, manifest } of workspaces) await yarn.run.out(JSON.stringify({ location: folder || '.', name: manifest.name }));
      return 0;
    }
    await yarn.report.line(0, '.');
    for (const { folder } of workspaces) if (folder !== '') await yarn.report.line(0, folder);
    await yarn.report.line(0, `Done in ${elapsed(yarn.run.elapsedMs)}`);
    return 0;
  }
  if (first !== 'foreach') throw new UsageError(`Unknown command: "workspaces ${first ?? ''}"`);
  const words = berryWords(argv.slice(argv.indexOf('foreach') + 1), true);
  const [word, ...others] = afterRun(words.operands);
  if (rest.length === 0 || word === undefined) throw new UsageError('Not enough positional arguments.');
  for (const flag of words.flags.keys())
    if (!['all', 'parallel', 'no-private'].includes(flag))
      throw new UsageError(`"yarn workspaces foreach --${flag === 'version' ? 'verbose' : flag}" is not available in a page.`);
  const named = workspaces.map((workspace) => ({ ...workspace, name: workspace.manifest.name ?? '' }));
  for (const { folder, manifest, name } of named.sort((a, b) => a.name.localeCompare(b.name, 'en'))) {
    if (manifest.scripts?.[word] === undefined || (words.flags.has('no-private') && manifest.private === true)) continue;
    let said = Promise.resolve();
    const onLine = (line: string) => void (said = said.then(() => yarn.run.out(line)));
    const code = await yarn.run.script(resolvePath(yarn.root, folder), word, [...others, ...words.rest], { onLine });
    await said;
    if (code === 0) continue;
    await yarn.run.out(`The command failed in workspace ${name}@workspace:${folder || '.'} with exit code ${code}`);
    await yarn.run.out(`Failed with errors in ${elapsed(yarn.run.elapsedMs)}`);
    return 1;
  }
  await yarn.run.out(`Done in ${elapsed(yarn.run.elapsedMs)}`);
  return 0;
}
