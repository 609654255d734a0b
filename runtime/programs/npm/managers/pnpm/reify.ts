/** An install of pnpm: lockfile and tree are brought in line with the manifests. */
import { Failure } from '../../failure.ts';
import type { Words } from '../command-line.ts';
import { relativePath } from '../specifiers.ts';
import { Exit, scriptsOnlyOf, substitutionText, unusableText } from '../manager-run.ts';
import { dependencyFields } from '../manifest-edit.ts';
import type { Project } from '../project.ts';
import { disagreement } from './agreement.ts';
import type { PnpmChooseOptions } from './choose.ts';
import { checkEngines, engineWarnings } from './engines.ts';
import { PnpmError } from './errors.ts';
import { planPnpm, pnpmVersion } from './layout.ts';
import { nameOfKey, type PnpmLock, writePnpmLock } from './lockfile.ts';
import { type PeerIssue, peerReport } from './peer-report.ts';
import type { PnpmProject } from './pnpm-project.ts';
import { storedPresent } from '../stored-present.ts';
import { deprecatedLines, elapsed, ignoredBox, scriptLines, scriptTitle, summary } from './report.ts';

/** Brings lockfile and tree in line with the manifests, `changed` among them. */
export async function reify(
  pnpm: PnpmProject,
  before: Project,
  words: Words,
  changed: ReadonlyMap<string, string>,
  { update, asked }: { readonly update?: 'all' | ReadonlySet<string>; readonly asked?: PnpmChooseOptions['asked'] } = {},
): Promise<number> {
  const { run } = pnpm;
  const project = changed.size === 0 ? before : pnpm.load(changed);
  const installed = pnpm.installedLock();
  const usesLock = pnpm.setting('lockfile', words) !== false;
  const lock = usesLock ? pnpm.lock() : undefined;
  const overrides = pnpm.overrides(project);
  const { flags } = words;
  // On a server for integration what is locked is not changed, where nobody says otherwise.
  const isCi = !['', 'false'].includes(run.context.env.get('CI') ?? '') && lock !== undefined && changed.size === 0 && update === undefined;
  const frozen = (pnpm.setting('frozenLockfile', words) ?? isCi) === true;
  const target = pnpm.target(project, words);
  // What is done for one workspace alone, pnpm tells from there.
  const isSelected = changed.size > 0 && (flags.has('recursive') || words.lists.has('filter'));
  const isInner = !isSelected && target !== '' && changed.size > 0;
  const prefix = isSelected ? `${'.'.padEnd(40)} | ` : isInner ? `${relativePath(target, '').padEnd(40)} | ` : '';
  if (pnpm.setting('nodeLinker', words) === 'hoisted' || pnpm.setting('nodeLinker', words) === 'pnp')
    await run.out(
      `\u2009WARN\u2009 The node linker "${String(pnpm.setting('nodeLinker', words))}" is not available in a page: packages are linked, and all of them can be found from the project`,
    );
  for (const line of engineWarnings(project)) await run.out(line);
  if (project.workspaces.length > 1 && !isInner && !isSelected) await run.out(`Scope: all ${project.workspaces.length} workspace projects`);
  const reason = lock === undefined ? undefined : disagreement(lock, project, overrides, pnpm.catalogs);
  const isEmpty = project.workspaces.every(({ manifest }) =>
    dependencyFields.every((field) => Object.keys(manifest[field] ?? {}).length === 0),
  );
  if (frozen && lock === undefined && !isEmpty) {
    throw new PnpmError(
      'NO_LOCKFILE',
      'Cannot install with "frozen-lockfile" because pnpm-lock.yaml is absent',
      'Note that in CI environments this setting is true by default. If you still need to run install in such cases, use "pnpm install --no-frozen-lockfile"',
    );
  }
  if (frozen && reason !== undefined) {
    throw new PnpmError(
      'OUTDATED_LOCKFILE',
      `Cannot install with "frozen-lockfile" because pnpm-lock.yaml is not up to date with <ROOT>/package.json`,
      `Note that in CI environments this setting is true by default. If you still need to run install in such cases, use "pnpm install --no-frozen-lockfile"\n\n  Failure reason:\n  ${reason}`,
    );
  }
  const progress = (resolved: number, reused: number, added: number, end = '') =>
    run.out(`${isInner ? prefix : ''}Progress: resolved ${resolved}, reused ${reused}, downloaded ${added}, added ${added}${end}`);
  if (flags.has('force')) await run.out('\u2009WARN\u2009 using --force I sure hope you know what you are doing');
  if (!usesLock && pnpm.has('pnpm-lock.yaml'))
    await run.out('\u2009WARN\u2009 A pnpm-lock.yaml file exists. The current configuration prohibits to read or write a lockfile');
  const isSettled = lock !== undefined && reason === undefined && changed.size === 0 && update === undefined;
  const facts = await run.facts();
  const folders = run.localFolders(project);
  const issues: PeerIssue[] = [];
  const autoInstallPeers = pnpm.setting('autoInstallPeers', words) !== false;
  const links = pnpm.setting('linkWorkspacePackages', words);
  // On a terminal this line is written over.
  if (!isSettled && !isEmpty && !run.isTerminal) await progress(1, 0, 0);
  const next = isSettled
    ? lock
    : await (
        await import('./resolve.ts')
      ).resolvePnpm({
        project,
        facts,
        folders,
        overrides,
        ...(asked === undefined ? {} : { asked }),
        // What is missing comes by itself, where it may.
        onPeerIssue: (issue) => void ((issue.found !== undefined || !autoInstallPeers) && issues.push(issue)),
        autoInstallPeers,
        linkWorkspacePackages: links === true || links === 'deep',
        catalogs: pnpm.catalogs,
        ...(lock === undefined || update === 'all' ? {} : { lock: update === undefined ? lock : forget(lock, update) }),
      });
  if (pnpm.setting('engineStrict', words) === true) checkEngines(next, pnpm.root);
  if (isSettled) {
    if (!isEmpty && !flags.has('lockfile-only')) await run.out('Lockfile is up to date, resolution step is skipped');
    await facts.loadAll(
      Object.entries(next.packages)
        .filter(([, { hasBin }]) => hasBin === true)
        .map(([key]) => nameOfKey(key)),
    );
  }
  const omit = new Set<'dependencies' | 'devDependencies' | 'optionalDependencies'>();
  // `-P` and `-D` say where `pnpm add` saves, and what an install takes.
  const takes = (...names: readonly string[]) => names.some((name) => flags.has(name) && flags.get(name) !== 'false') && changed.size === 0;
  if (takes('prod', 'production', 'save-prod') || flags.get('dev') === 'false') omit.add('devDependencies');
  if (takes('dev', 'save-dev')) omit.add('dependencies').add('optionalDependencies');
  if (flags.has('no-optional')) omit.add('optionalDependencies');
  const plan = planPnpm({
    ...{ project, lock: next, facts, registry: run.registry, folders, omit, frozen: isSettled },
    ...pnpm.hoisting(words),
  });
  const files = [
    ...[...changed].map(([path, text]) => ({ path, text })),
    ...(isSettled || !usesLock ? [] : [{ path: 'pnpm-lock.yaml', text: writePnpmLock(next) }]),
    ...plan.files,
  ];
  if (flags.has('lockfile-only')) {
    for (const { path, text } of files) if (!path.startsWith('node_modules/')) run.write(pnpm.root, path, text);
    await run.out(`${isSettled ? '' : '\n'}Done in ${elapsed(run.elapsedMs)} using pnpm v${pnpmVersion}`);
    return 0;
  }
  if (!isSettled) for (const line of deprecatedLines(next)) await run.out(line);
  const allowed = pnpm.setting('dangerouslyAllowAllBuilds', words) === true ? undefined : scriptsOnlyOf(pnpm.onlyBuilt(project));
  const notAsked = new Set(pnpm.patterns('ignoredBuiltDependencies'));
  const ignored: string[] = [];
  const scripts: string[] = [];
  const installing = run.install(
    { ...plan, files },
    {
      onScript: (script) => scripts.push(...scriptLines(script)),
      scripts: !flags.has('ignore-scripts'),
      force: flags.has('force'),
      present: storedPresent(
        run.session.disk,
        pnpm.root,
        project.workspaces.map(({ folder }) => folder),
        '.pnpm',
      ),
      mayRunScripts: (node) => {
        const may = allowed?.(node) ?? true;
        if (!may && !flags.has('ignore-scripts') && !notAsked.has(node.name)) ignored.push(`${node.name}@${node.version}`);
        return may;
      },
    },
  );
  const result = await installing.catch(async (error: unknown) => {
    if (!(error instanceof Failure) || error.details['scriptFailed'] !== true) throw error;
    const code = error.details.exitCode ?? 1;
    await run.out([...scripts, `\u2009ELIFECYCLE\u2009 Command failed with exit code ${code}.`].join('\n'));
    throw new Exit(code);
  });
  const stored = (change: { readonly place: string }) =>
    change.place.startsWith('node_modules/.pnpm/') && !change.place.startsWith('node_modules/.pnpm/node_modules/');
  const instances = new Set(plan.nodes.filter(({ kind }) => kind === 'package').map(({ place }) => place));
  const added =
    result.added.filter(({ place }) => instances.has(place)).length + result.changed.filter(({ place }) => instances.has(place)).length;
  const removed = result.removed.filter((change) => stored(change) && !isLinkVersion(change)).length;
  const counts = `${added > 0 ? ` +${added}` : ''}${removed > 0 ? ` -${removed}` : ''}`;
  const bar = `${'+'.repeat(Math.min(added, 80))}${'-'.repeat(Math.min(removed, 80))}`;
  if (added === 0 && removed === 0) {
    if (!isSelected) await run.out('Already up to date');
  } else if (!isInner && !isSelected) await run.out(`Packages:${counts}\n${bar}`);
  const resolved = isSettled ? added : Object.keys(next.packages).length;
  if (resolved > 0 && (added > 0 || removed > 0 || changed.size > 0)) {
    if (isInner || isSelected) await progress(resolved, 0, 0, ', done');
    else await progress(resolved, resolved - added, added, ', done');
  }
  for (const { name, reason: why } of result.leftOut) await run.out(`\u2009WARN\u2009 Skipped the optional dependency ${name}: ${why}`);
  for (const line of result.substituted) await run.out(`\u2009WARN\u2009 ${substitutionText(line)}`);
  for (const line of result.unusable) await run.out(`\u2009WARN\u2009 ${unusableText(line)}`);
  if (scripts.length > 0) await run.out(scripts.join('\n'));
  const isStrict = pnpm.setting('strictPeerDependencies', words) === true;
  const report = peerReport(issues, isStrict ? '\u2009ERR_PNPM_PEER_DEP_ISSUES\u2009 Unmet peer dependencies\n' : undefined);
  if (report !== undefined) await run.out(isStrict ? `${report}\n${strictPeersHint}` : report);
  if (report !== undefined && isStrict) return 1;
  if ((added > 0 || removed > 0 || changed.size > 0) && !isSelected)
    await summary(pnpm, {
      ...{ target, before, after: project, lock, next, installed, omit },
      asked: isInner,
      addsToProduction: changed.size > 0 && update === undefined && !flags.has('save-dev'),
    });
  if (ignored.length > 0) {
    await run.out(ignoredBox([...new Set(ignored)]));
  }
  if (!flags.has('ignore-scripts')) await projectScripts(pnpm, project);
  if (isInner && counts !== '') await run.out(`\n${prefix} ${counts} ${bar}`);
  if (isSelected && added > 0) await run.out(`${prefix} ${counts} ${bar}`);
  // A box is space enough; so is a terminal where nothing was done.
  const isQuiet = run.isTerminal && isSettled && added === 0 && removed === 0;
  await run.out(
    `${ignored.length > 0 || isSelected || (isInner && counts !== '') || isQuiet ? '' : '\n'}Done in ${elapsed(run.elapsedMs)} using pnpm v${pnpmVersion}`,
  );
  return 0;
}

async function projectScripts(pnpm: PnpmProject, project: Project): Promise<void> {
  const events = ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare'];
  const isAlone = project.workspaces.length === 1;
  await pnpm.ownScripts(project, events, async ({ folder, event, command, start }) => {
    const where = folder === '' ? '.' : folder;
    if (isAlone) await pnpm.run.out(scriptTitle(project.manifest, event, pnpm.root, command));
    else await pnpm.run.out(`${where} ${event}$ ${command}`);
    const code = await start();
    if (!isAlone) await pnpm.run.out(`${where} ${event}: ${code === 0 ? 'Done' : 'Failed'}`);
    if (code === 0) return;
    await pnpm.run.out(`\u2009ELIFECYCLE\u2009 Command failed with exit code ${code}.`);
    throw new Exit(code);
  });
}

/** A lockfile that says nothing of some packages any more. */
function forget(lock: PnpmLock, names: ReadonlySet<string>): PnpmLock {
  const keep = ([key]: readonly [string, unknown]) => !names.has(nameOfKey(key));
  const importers = Object.fromEntries(
    Object.entries(lock.importers).map(([folder, importer]) => [
      folder,
      Object.fromEntries(
        Object.entries(importer).map(([field, list]) => [
          field,
          Object.fromEntries(Object.entries(list as object).filter(([name]) => !names.has(name))),
        ]),
      ),
    ]),
  );
  return {
    ...lock,
    importers,
    packages: Object.fromEntries(Object.entries(lock.packages).filter(keep)),
    snapshots: Object.fromEntries(Object.entries(lock.snapshots).filter(keep)),
  };
}

const strictPeersHint =
  'hint: To disable failing on peer dependency issues, add the following to pnpm-workspace.yaml in your project root:\n\n  strictPeerDependencies: false\n\n';

const isLinkVersion = ({ version }: { readonly version: string }) => version === '';
