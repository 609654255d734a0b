/** An install of bun: lockfile and tree are brought in line with the manifests. */
import semver from 'semver';
import type { InstallResult } from '../../install/install-plan.ts';
import { findPresent, type Present } from '../../install/present.ts';
import { resolvePath } from '../../paths.ts';
import type { Words } from '../command-line.ts';
import type { OwnScript } from '../manager-project.ts';
import { Exit, substitutionText, unusableText } from '../manager-run.ts';
import { type DependencyField, dependencyFields } from '../manifest-edit.ts';
import type { Project } from '../project.ts';
import { splitSpecifier } from '../specifiers.ts';
import type { BunProject } from './bun-project.ts';
import type { Facts } from '../facts.ts';
import { storedPresent } from '../stored-present.ts';
import { planBun } from './layout.ts';
import { type BunLock, writeBunLock } from './lockfile.ts';

export async function reify(
  bun: BunProject,
  project: Project,
  words: Words,
  changed: ReadonlyMap<string, string>,
  forget?: (name: string) => boolean,
): Promise<{
  readonly lock: BunLock;
  readonly result: InstallResult;
  readonly direct: readonly { readonly name: string; readonly field: DependencyField }[];
  /** Scripts of packages that nobody trusts. */
  readonly blocked: number;
  /** Of how many packages something was put in place, as bun counts them: each once, wherever it is. */
  readonly count: number;
  readonly isIsolated: boolean;
  /** A lockfile was written. */
  readonly saved: boolean;
}> {
  const { run } = bun;
  const { flags } = words;
  const facts = await run.facts();
  const folders = run.localFolders(project);
  const before = bun.lock();
  const kept =
    before === undefined || forget === undefined
      ? before
      : {
          ...before,
          packages: Object.fromEntries(Object.entries(before.packages).filter(([, { id }]) => !forget(splitSpecifier(id).name))),
        };
  const frozen = flags.has('frozen-lockfile') || flags.has('production');
  const next =
    before !== undefined && changed.size === 0 && forget === undefined && agrees(before, project)
      ? before
      : await (
          await import('./resolve.ts')
        ).resolveBun({ project, facts, folders, registry: run.registry, ...(kept === undefined ? {} : { lock: kept }) });
  const text = writeBunLock(next);
  const old = bun.read('bun.lock');
  const isEmpty = Object.keys(next.packages).length === 0;
  const saves = text !== old && next !== before && !isEmpty;
  // Where there is no lockfile, nothing is frozen, and none is written.
  const disagreement = before === undefined ? undefined : disagreementOf(before, project);
  if (frozen && saves && old !== undefined && disagreement !== undefined) {
    for (const line of deprecatedLines(next, facts, before)) await run.err(line);
    await run.err('error: lockfile had changes, but lockfile is frozen');
    if (disagreement !== '') await run.err(`note: ${disagreement}`);
    await run.err('note: try re-running without --frozen-lockfile and commit the updated lockfile');
    throw new Exit(1);
  }
  if (flags.has('dry-run')) {
    const result: InstallResult = { added: [], changed: [], removed: [], substituted: [], unusable: [], leftOut: [] };
    return { lock: next, result, direct: [], blocked: 0, count: 0, isIsolated: false, saved: false };
  }
  // On a terminal these are written over.
  const note = (line: string) => (run.isTerminal ? Promise.resolve() : run.err(line));
  if (next !== before && !isEmpty) await note('Resolving dependencies');
  const saved = saves && !frozen && !flags.has('no-save');
  const manifests = flags.has('no-save') ? [] : [...changed].map(([path, content]) => ({ path, text: content }));
  const written = [...manifests, ...(saved ? [{ path: 'bun.lock', text }] : [])];
  if (flags.has('lockfile-only')) {
    for (const each of written) bun.write(each.path, each.text);
    if (next !== before && !isEmpty) await note('Resolved, downloaded and extracted [0]');
    if (saved && !flags.has('silent')) await note('Saved lockfile');
    const result: InstallResult = { added: [], changed: [], removed: [], substituted: [], unusable: [], leftOut: [] };
    return { lock: next, result, direct: [], blocked: 0, count: 0, isIsolated: false, saved };
  }
  const isIsolated = linkerOf(words, next, project) === 'isolated';
  const omitted = words.lists.get('omit') ?? [];
  const withoutDev = flags.has('production') || omitted.includes('dev');
  const planTree = isIsolated ? (await import('./isolated.ts')).planIsolated : planBun;
  const plan = planTree({
    project,
    lock: next,
    facts,
    registry: run.registry,
    folders,
    installed: bun.installed,
    production: withoutDev,
    withoutOptional: omitted.includes('optional'),
  });
  const own = project.workspaces.map(({ folder }) => folder);
  const { disk } = run.session;
  const present: Present = new Map([...findPresent(disk, bun.root, own), ...storedPresent(disk, bun.root, own, '.bun')]);
  const trusted = new Set(project.manifest.trustedDependencies ?? []);
  let blocked = 0;
  const result = await run.install(
    {
      ...plan,
      files: [...written, ...plan.files],
    },
    {
      scripts: !flags.has('ignore-scripts'),
      present,
      force: flags.has('force'),
      mayRunScripts: ({ name, version }) => {
        if (!trusted.has(name)) blocked += installScriptsOf(facts.version(name, version)?.['scripts']);
        return trusted.has(name);
      },
    },
  );
  if (next !== before && !isEmpty) await note(`Resolved, downloaded and extracted [${result.added.length + result.changed.length}]`);
  if (next !== before) for (const line of deprecatedLines(next, facts, before)) await run.err(line);
  if (isEmpty) {
    await run.err(`${changed.size > 0 ? '\npackage.json has no dependencies!' : 'No packages!'} Deleted empty lockfile`);
    if (old !== undefined) run.session.disk.remove(resolvePath(bun.root, 'bun.lock'));
  }
  if (saved && !flags.has('silent')) await note('Saved lockfile');
  for (const each of result.substituted) await run.err(`warn: ${substitutionText(each)}`);
  for (const each of result.unusable) await run.err(`warn: ${unusableText(each)}`);
  for (const { name, reason } of result.leftOut) await run.err(`warn: ${name}: ${reason}`);
  if (!flags.has('ignore-scripts')) await projectScripts(bun, project);
  const direct = dependencyFields
    .filter((field) => field !== 'devDependencies' || !withoutDev)
    .flatMap((field) => Object.keys(project.manifest[field] ?? {}).map((name) => ({ name, field })));
  const links = new Set(isIsolated ? plan.nodes.filter(({ kind }) => kind === 'link').map(({ place }) => place) : []);
  const put = [...result.added, ...result.changed].filter(({ place }) => !links.has(place));
  const count = new Set(put.map(({ name, version }) => `${name}@${version}`)).size;
  return { lock: next, result, direct, blocked, count, isIsolated, saved };
}

/** Projects with workspaces that have no lockfile of before get the isolated layout, where nobody says otherwise. */
function linkerOf({ flags }: Words, lock: BunLock, project: Project): unknown {
  const usual = (lock.configVersion ?? 0) > 0 && project.workspaces.length > 1 ? 'isolated' : 'hoisted';
  return flags.get('linker') ?? usual;
}

async function projectScripts(bun: BunProject, project: Project): Promise<void> {
  const events = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare'];
  const each = async ({ event, name = '', start }: OwnScript) => {
    const code = await start();
    if (code === 0) return;
    await bun.run.err(`error: ${event} script from "${name}" exited with ${code}`);
    throw new Exit(code);
  };
  let isFirst = true;
  await bun.ownScripts(project, events, each, {
    before: async (command) => {
      await bun.run.err(`${isFirst ? '\n' : ''}$ ${command}`);
      isFirst = false;
    },
  });
}

/**
 * What of the manifests the lockfile does not have, as bun names it: the first that it meets. Empty: something of a workspace. Of which kind
 * a dependency is, and what the project is called, may differ; so may a range that what is locked still fits.
 */
function disagreementOf(lock: BunLock, project: Project): string | undefined {
  const ranges = (fields: Partial<Record<DependencyField, Readonly<Record<string, string>>>> | undefined) =>
    new Map(dependencyFields.flatMap((field) => Object.entries(fields?.[field] ?? {})));
  for (const { folder, manifest } of project.workspaces) {
    const [had, has] = [ranges(lock.workspaces[folder]), ranges(manifest)];
    const changed = [...had].find(([name, range]) => {
      const now = has.get(name);
      if (now === range) return false;
      const { id = '' } = lock.packages[`${manifest.name ?? ''}/${name}`] ?? lock.packages[name] ?? {};
      return now === undefined || !semver.satisfies(splitSpecifier(id).range, now);
    });
    const added = [...has.keys()].find((name) => !had.has(name));
    if (changed === undefined && added === undefined) continue;
    if (folder !== '') return '';
    const [name, range] = changed ?? [added ?? '', ''];
    const to = has.get(name);
    const what = changed === undefined ? 'was added' : to === undefined ? 'was removed' : `changed from ${range} to ${to}`;
    return `dependencies in package.json changed since bun.lock was saved: ${name} ${what}`;
  }
  if (JSON.stringify(lock.overrides ?? {}) !== JSON.stringify(overridesOf(project)))
    return 'overrides in package.json changed since bun.lock was saved';
  return Object.keys(lock.workspaces).length === project.workspaces.length ? undefined : '';
}

/** Whether the lockfile says of every workspace what its manifest says. */
function agrees(lock: BunLock, project: Project): boolean {
  const same = (a: Readonly<Record<string, string>> | undefined, b: Readonly<Record<string, string>> | undefined) =>
    JSON.stringify(Object.entries(a ?? {}).sort()) === JSON.stringify(Object.entries(b ?? {}).sort());
  if (Object.keys(lock.workspaces).length !== project.workspaces.length) return false;
  return (
    same(lock.overrides, overridesOf(project)) &&
    project.workspaces.every(({ folder, manifest }) =>
      dependencyFields.every((field) => same(lock.workspaces[folder]?.[field], manifest[field])),
    )
  );
}

const overridesOf = ({ manifest: { resolutions, overrides } }: Project): Record<string, string> =>
  Object.fromEntries(
    Object.entries({ ...resolutions, ...overrides }).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );

/** At least the one that is known to be there. */
function installScriptsOf(scripts: unknown): number {
  const named = Object.keys((scripts ?? {}) as object).filter((event) => ['preinstall', 'install', 'postinstall'].includes(event));
  return Math.max(1, named.length);
}

function deprecatedLines(lock: BunLock, facts: Facts, before: BunLock | undefined): string[] {
  const had = new Set(Object.values(before?.packages ?? {}).map(({ id }) => id));
  return [...new Set(Object.values(lock.packages).map(({ id }) => id))].flatMap((id) => {
    const { name, range: version } = splitSpecifier(id);
    const deprecated = facts.version(name, version)?.deprecated;
    return typeof deprecated !== 'string' || deprecated === '' || had.has(id) ? [] : [`warn: deprecated ${id}: ${deprecated}`];
  });
}

export async function sayBlocked(bun: BunProject, count: number): Promise<void> {
  if (count > 0) await bun.run.out(`\nBlocked ${count} postinstall${count === 1 ? '' : 's'}. Run \`bun pm untrusted\` for details.`);
}

/** What `--lockfile-only` says at its end. */
export async function sayLockfile(bun: BunProject, { lock, saved }: { readonly lock: BunLock; readonly saved: boolean }): Promise<number> {
  const packages = Object.keys(lock.packages).length + 1;
  await bun.run.out(
    saved ? `\nSaved bun.lock (${packages} packages) ${bun.time}` : `\nDone! Checked ${packages} packages (no changes) ${bun.time}`,
  );
  return 0;
}
