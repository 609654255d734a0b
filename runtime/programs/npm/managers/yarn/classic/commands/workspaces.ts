/** `yarn workspace`, `yarn workspaces`. */
import { resolvePath } from '../../../../paths.ts';
import { afterRun } from '../../../command-line.ts';
import { dependencyFields } from '../../../manifest-edit.ts';
import type { ClassicProject } from '../classic-project.ts';
import { ClassicError } from '../errors.ts';
import { classicWords } from '../../flags.ts';
import { classicVersion } from '../help.ts';
import { runScript } from './run.ts';

export async function inWorkspace(yarn: ClassicProject, [name = '', ...argv]: readonly string[]): Promise<number> {
  const found = yarn.load().workspaces.find(({ manifest }) => manifest.name === name);
  if (found === undefined) throw new ClassicError(`Unknown workspace "${name}".`);
  const words = classicWords(argv, true);
  await yarn.say(`yarn workspace v${classicVersion}`);
  const folder = resolvePath(yarn.root, found.folder);
  if (managing.has(words.operands[0] ?? 'install')) return inFolder(yarn, folder, argv);
  const code = await runScript(yarn, afterRun(words.operands), words, folder);
  return code === 0 ? yarn.done() : code;
}

/** What changes or tells of what is installed; all else is a script or a command. */
const managing = new Set(['install', 'add', 'remove', 'upgrade', 'list', 'why', 'init', 'bin']);

async function inFolder(yarn: ClassicProject, folder: string, argv: readonly string[]): Promise<number> {
  const code = await yarn.run.program(folder, ['yarn', ...argv], [], folder);
  return code === 0 ? yarn.done() : yarn.failed(code ?? 1);
}

export async function workspaces(yarn: ClassicProject, [first = 'info', ...argv]: readonly string[]): Promise<number> {
  const inner = yarn.load().workspaces.filter(({ folder }) => folder !== '');
  if (first === 'run') {
    await yarn.say(`yarn workspaces v${classicVersion}`);
    for (const { folder, manifest } of inner) {
      await yarn.say(`\n> ${manifest.name ?? folder}`);
      const code = await runScript(yarn, argv, classicWords([]), resolvePath(yarn.root, folder));
      if (code !== 0) return code;
    }
    return yarn.done();
  }
  await yarn.say(`yarn workspaces v${classicVersion}`);
  const names = new Set(inner.map(({ manifest }) => manifest.name));
  const info = Object.fromEntries(
    inner.map(({ folder, manifest }) => [
      manifest.name ?? folder,
      {
        location: folder,
        workspaceDependencies: dependencyFields.flatMap((field) => Object.keys(manifest[field] ?? {})).filter((name) => names.has(name)),
        mismatchedWorkspaceDependencies: [],
      },
    ]),
  );
  await yarn.run.out(JSON.stringify(info, null, 2));
  return yarn.done();
}
