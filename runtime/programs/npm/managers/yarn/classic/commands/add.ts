/** `yarn add`. */
import semver from 'semver';
import { resolvePath } from '../../../../paths.ts';
import { addedRemote } from '../../../added-remote.ts';
import { fieldByFlags, isFolder, parseAdded, type Words } from '../../../command-line.ts';
import { manifestPathOf } from '../../../manager-project.ts';
import { dependencyFields, ManifestEdit, type DependencyField } from '../../../manifest-edit.ts';
import { savedRange } from '../../../saved-range.ts';
import { aliasOf, splitSpecifier } from '../../../specifiers.ts';
import type { ClassicProject } from '../classic-project.ts';
import { ClassicError } from '../errors.ts';
import { reify } from '../reify.ts';
import { saySaved } from '../saved-lines.ts';

const fieldFlags: Readonly<Record<string, DependencyField>> = {
  dev: 'devDependencies',
  peer: 'peerDependencies',
  optional: 'optionalDependencies',
};

export async function add(yarn: ClassicProject, words: Words, texts: readonly string[]): Promise<number> {
  await yarn.begin('add');
  if (texts.length === 0) throw new ClassicError('Missing list of packages to add to your project.');
  const lock = yarn.lock();
  if (lock === undefined) await yarn.say('info No lockfile found.');
  if (!yarn.has('package.json')) yarn.write('package.json', '{}\n');
  const project = yarn.load();
  const path = manifestPathOf(yarn.ownWorkspace(project));
  if (path === 'package.json' && project.workspaces.length > 1 && !words.flags.has('ignore-workspace-root-check')) {
    throw new ClassicError(
      'Running this command will add the dependency to the workspace root rather than the workspace itself, which might not be what you want - if you really meant it, make it explicit by running this command again with the -W flag (or --ignore-workspace-root-check).',
    );
  }
  const edit = yarn.edit(path);
  const names: string[] = [];
  /** Asked for by a tag: the registry is asked again, whatever is there. */
  const tagged = new Set<string>();
  await yarn.say('[1/4] Resolving packages...');
  for (const text of texts) {
    const { name, range } = await added(yarn, text, words);
    const field = fieldByFlags(words, fieldFlags, 'dependencies');
    const there = edit.where(name);
    const stays = there !== undefined && there !== field && there !== 'peerDependencies';
    if (stays) await yarn.warn(`"${name}" is already in "${there}". Please remove existing entry first before adding it to "${field}".`);
    edit.set(stays ? there : field, name, range);
    names.push(name);
    if (semver.validRange(aliasOf(splitSpecifier(text).range)?.range ?? splitSpecifier(text).range) === null || !/.@/.test(text))
      tagged.add(name);
  }
  const changed = new Map([[path, edit.text]]);
  // Peers are brought along this once.
  const brought = new ManifestEdit(edit.text);
  for (const name of names)
    if (edit.where(name) === 'peerDependencies') brought.set('dependencies', name, edit.field('peerDependencies')?.[name] ?? '');
  const result = await reify(yarn, yarn.load(new Map([[path, brought.text]])), words, changed, lock ?? new Map(), { from: 2 });
  const own = lock === undefined ? dependencyFields.flatMap((field) => Object.keys(edit.field(field) ?? {})) : names;
  await saySaved(yarn, result, {
    before: lock ?? new Map(),
    asked: tagged,
    // What a workspace asks for is not the project's own.
    own: path === 'package.json' ? own : [],
  });
  return yarn.done();
}

export async function added(yarn: ClassicProject, text: string, words: Words): Promise<{ readonly name: string; readonly range: string }> {
  const remote = await addedRemote(yarn, text, yarn.ownWorkspace());
  if (remote !== undefined) return remote;
  const parsed = parseAdded(text);
  if (parsed === undefined) {
    const name = isFolder(text) ? yarn.run.folderName(text) : undefined;
    if (name !== undefined) return { name, range: text };
    if (isFolder(text)) throw new ClassicError(`Package "${text}" refers to a non-existing file '"${resolvePath(yarn.run.cwd, text)}"'.`);
    throw new ClassicError(`"${text}" cannot be added here: only packages of a registry and folders can.`);
  }
  const prefix = words.flags.has('exact') ? '' : words.flags.has('tilde') ? '~' : '^';
  return { name: parsed.name, range: await savedRange(await yarn.run.facts(), parsed, { prefix, pick: { preferLatest: true } }) };
}
