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
  const code = await runScript(yarn, afterRun(words.operands), words, resolvePath(yarn.root, found.folder));
  return code === 0 ? yarn.done() : code;
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
