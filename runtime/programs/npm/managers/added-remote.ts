/** What is added on a command line and no registry has: its tarball says its name. */
import { relativePath, resolvePath } from '../paths.ts';
import type { ManagerProject } from './manager-project.ts';
import { remoteSpecifier, type RemoteSpecifier } from './remote-specifier.ts';
import type { RemotePackage } from './remotes.ts';
import { splitSpecifier } from './specifiers.ts';

export interface AddedRemote {
  /** The package's own, or the one it was given. */
  readonly name: string;
  /** As it was written. */
  readonly range: string;
  readonly specifier: RemoteSpecifier;
  /** A file, from the folder of the manifest that it goes to. */
  readonly path: string;
  readonly found: RemotePackage;
}

/**
 * Undefined for everything else.
 *
 * @param text `specifier`, or `name@specifier`.
 * @param target The workspace whose manifest it goes to.
 */
export async function addedRemote(project: ManagerProject, text: string, target: string): Promise<AddedRemote | undefined> {
  const { run, root } = project;
  const { name: given, range: behind } = splitSpecifier(text);
  const isNamed = remoteSpecifier(text) === undefined && behind !== '';
  const range = isNamed ? behind : text;
  const specifier = remoteSpecifier(range);
  if (specifier === undefined) return undefined;
  const absolute = specifier.kind === 'file' ? resolvePath(run.cwd, specifier.path) : '';
  const { remotes } = await run.facts();
  const found = await remotes.load(specifier.kind === 'file' ? `file:${relativePath(root, absolute)}` : range);
  if (found === undefined) return undefined;
  const name = isNamed ? given : (found.manifest.name ?? '');
  return { name, range, specifier, path: relativePath(resolvePath(root, target), absolute), found };
}
