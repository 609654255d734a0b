/** `pnpm install`, `pnpm add`. */
import satisfies from 'semver/functions/satisfies.js';
import { addedRemote, type AddedRemote } from '../../added-remote.ts';
import { fieldByFlags, isFolder, parseAdded, type Words } from '../../command-line.ts';
import { relativePath, resolvePath } from '../../../paths.ts';
import { manifestPathOf } from '../../manager-project.ts';
import type { DependencyField, ManifestEdit } from '../../manifest-edit.ts';
import type { Project } from '../../project.ts';
import { savedRange } from '../../saved-range.ts';
import { aliasOf } from '../../specifiers.ts';
import { PnpmError } from '../errors.ts';
import { importerReferences } from '../layout.ts';
import { nameOfKey } from '../lockfile.ts';
import type { PnpmProject } from '../pnpm-project.ts';
import { reify } from '../reify.ts';
import { selectWorkspaces } from '../selection.ts';

const fieldFlags: Readonly<Record<string, DependencyField>> = {
  'save-peer': 'devDependencies',
  'save-dev': 'devDependencies',
  'save-optional': 'optionalDependencies',
  'save-prod': 'dependencies',
};

export async function install(pnpm: PnpmProject, words: Words, added: readonly string[]): Promise<number> {
  if (words.flags.has('global')) throw new PnpmError('NOT_IMPLEMENTED', 'Global packages are not implemented here; use "pnpm dlx"');
  if (!pnpm.has('package.json')) {
    if (added.length === 0) throw new PnpmError('NO_PKG_MANIFEST', `No package.json found in ${pnpm.run.cwd}`);
    pnpm.write('package.json', '{}\n');
  }
  const before = pnpm.load();
  if (added.length === 0) return reify(pnpm, before, words, new Map());
  const selected = selectWorkspaces(pnpm, words)?.folders;
  if (selected?.length === 0) {
    await pnpm.run.out(`No projects matched the filters in "${pnpm.root}"`);
    return 0;
  }
  if (
    selected === undefined &&
    pnpm.target(before, words) === '' &&
    before.workspaces.length > 1 &&
    !words.flags.has('workspace-root') &&
    !words.flags.has('ignore-workspace-root-check')
  ) {
    throw new PnpmError(
      'ADDING_TO_ROOT',
      "Running this command will add the dependency to the workspace root, which might not be what you want - if you really meant it, make it explicit by running this command again with the -w flag (or --workspace-root). If you don't want to see this warning anymore, you may set the ignore-workspace-root-check setting to true.",
    );
  }
  const changed = new Map<string, string>();
  const asked = new Map<string, Record<string, string>>();
  for (const target of selected ?? [pnpm.target(before, words)]) {
    const path = manifestPathOf(target);
    const edit = pnpm.edit(path);
    const ranges: Record<string, string> = {};
    await addTo(pnpm, { edit, target, before, ranges }, words, added);
    changed.set(path, edit.text);
    asked.set(target, ranges);
  }
  return reify(pnpm, before, words, changed, { asked });
}

/** What is added to. */
interface Target {
  readonly edit: ManifestEdit;
  /** What was asked for, of what a registry has. */
  readonly ranges: Record<string, string>;
  /** Of the workspace; empty for the project itself. */
  readonly target: string;
  readonly before: Project;
}

async function addTo(pnpm: PnpmProject, { edit, target, before, ranges }: Target, words: Words, added: readonly string[]): Promise<void> {
  const facts = await pnpm.run.facts();
  const remotes = await Promise.all(added.map((text) => addedRemote(pnpm, text, target)));
  const wanted = added.map((text, index) => ({ text, parsed: parseAdded(text), remote: remotes[index] }));
  await facts.loadAll(
    wanted.flatMap(({ parsed, remote }) =>
      parsed === undefined || remote !== undefined ? [] : [aliasOf(parsed.range)?.name ?? parsed.name],
    ),
  );
  for (const { text, parsed, remote } of wanted) {
    if (remote !== undefined) {
      edit.set(fieldByFlags(words, fieldFlags, edit.where(remote.name) ?? 'dependencies'), remote.name, savedRemote(remote));
      continue;
    }
    if (parsed === undefined && isFolder(text)) {
      const folder = relativePath(resolvePath(pnpm.root, target), resolvePath(pnpm.run.cwd, text.replace(/^(?:file|link):/, '')));
      const name = pnpm.run.folderName(text);
      if (name === undefined)
        throw new PnpmError('LINKED_PKG_DIR_NOT_FOUND', `Could not install from "${folder}" as it has no package.json`);
      edit.set(
        fieldByFlags(words, fieldFlags, edit.where(name) ?? 'dependencies'),
        name,
        `${text.startsWith('file:') ? 'file' : 'link'}:${folder}`,
      );
      continue;
    }
    if (parsed === undefined)
      throw new PnpmError('SPEC_NOT_SUPPORTED_BY_ANY_RESOLVER', `${text} isn't supported by any available resolver.`);
    const { name } = parsed;
    const there = edit.where(name);
    const field = fieldByFlags(words, fieldFlags, there ?? 'dependencies');
    const current = there === undefined ? undefined : edit.field(there)?.[name];
    const saved = await rangeToSave(pnpm, before, { ...parsed, current, target }, words);
    edit.set(field, name, saved);
    if (parsed.range !== '' && !/^(?:workspace|catalog):/.test(parsed.range)) ranges[name] = parsed.range;
    if (words.flags.has('save-peer')) edit.setAlso('peerDependencies', name, aliasOf(saved)?.range ?? saved);
  }
}

function savedRemote({ specifier, path, range }: AddedRemote): string {
  if (specifier.kind === 'file') return `file:${path}`;
  if (specifier.kind !== 'repository') return range;
  return `github:${specifier.name}${specifier.committish === '' ? '' : `#${specifier.committish}`}`;
}

interface Asked {
  readonly name: string;
  /** Empty: none was given. */
  readonly range: string;
  /** What `package.json` has. */
  readonly current: string | undefined;
  /** The workspace's folder. */
  readonly target: string;
}

/** What `package.json` gets for what was asked on the command line. */
export async function rangeToSave(pnpm: PnpmProject, project: Project, asked: Asked, words: Words): Promise<string> {
  const { name, current, target } = asked;
  const range = asked.range === '' ? (current ?? '') : asked.range;
  const forced = pnpm.overrides(project)[name];
  if (range.startsWith('catalog:') || forced !== undefined) return forced ?? range;
  const workspace = project.workspaces.find(({ folder, manifest }) => folder !== '' && manifest.name === name);
  if (range.startsWith('workspace:') || (words.flags.has('workspace') && workspace !== undefined))
    return range === '' ? 'workspace:*' : range;
  const importer = pnpm.lock()?.importers[target === '' ? '.' : target] ?? {};
  const locked = importerReferences(importer)[name]?.version.replace(/\(.*$/s, '');
  // What is there and fits stays, and so does the range as it was written.
  if (range !== '' && locked !== undefined && satisfies(locked, range)) return range;
  const prefix = String(pnpm.setting('savePrefix', words) ?? '^');
  return savedRange(
    await pnpm.run.facts(),
    { name, range },
    {
      prefix: pnpm.setting('saveExact', words) === true ? '' : prefix === '~' || prefix === '' ? prefix : '^',
      pick: { preferLatest: true, avoidDeprecated: true, preferred: lockedVersions(pnpm, aliasOf(range)?.name ?? name) },
      pin: (wanted) => pinOf(current ?? '') ?? pinOf(wanted),
    },
  );
}

/** What is there already comes first. */
function lockedVersions(pnpm: PnpmProject, name: string): ReadonlyMap<string, number> {
  const keys = Object.keys(pnpm.lock()?.packages ?? {}).filter((key) => nameOfKey(key) === name);
  return new Map(keys.map((key) => [key.slice(name.length + 1), 1]));
}

/** How far a range lets a version go: `1` → `^`, `1.2` and `~1` → `~`, `1.2.3` → ``. Undefined for what says something else. */
function pinOf(range: string): string | undefined {
  const text = range.slice(range.indexOf(':') + 1).replace(/^.*@/s, '');
  if (text === '*') return '^';
  const [, operator = '', major, minor, patch] = /^([~^]?)v?(\d+)(?:\.([\dx*]+))?(?:\.([\dx*]+).*)?$/.exec(text) ?? [];
  if (major === undefined || operator !== '') return operator === '' ? undefined : operator;
  return patch !== undefined ? '' : minor === undefined ? '^' : '~';
}
