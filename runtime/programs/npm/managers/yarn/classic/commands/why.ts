/** `yarn why`. */
import { dependencyFields } from '../../../manifest-edit.ts';
import { splitSpecifier } from '../../../specifiers.ts';
import type { ClassicProject } from '../classic-project.ts';
import { ClassicError } from '../errors.ts';
import type { ClassicEntry } from '../lockfile.ts';

export async function why(yarn: ClassicProject, [name]: readonly string[]): Promise<number> {
  await yarn.begin('why');
  if (name === undefined)
    throw new ClassicError('Missing package name, folder or path to file to identify why a package has been installed');
  const lock = yarn.lock() ?? new Map<string, ClassicEntry>();
  const found = [...lock].filter(([pattern]) => splitSpecifier(pattern).name === name);
  if (found.length === 0) throw new ClassicError(`We couldn't find a match!`);
  for (const version of new Set(found.map(([, entry]) => entry.version))) await yarn.say(`=> Found "${name}@${version}"`);
  for (const { folder, manifest } of yarn.load().workspaces) {
    for (const field of dependencyFields)
      if (manifest[field]?.[name] !== undefined)
        await yarn.say(`info Specified in "${field}" of ${folder === '' ? 'the project' : folder}`);
  }
  for (const [pattern, { dependencies, optionalDependencies }] of lock) {
    if (name in { ...dependencies, ...optionalDependencies }) await yarn.say(`info "${splitSpecifier(pattern).name}" depends on it`);
  }
  return yarn.done();
}
