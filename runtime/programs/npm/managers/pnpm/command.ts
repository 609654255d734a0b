/** pnpm's command line. */
import type { ProgramContext } from '../../../../process/program.ts';
import { resolvePath, upwards } from '../../paths.ts';
import {
  dependencyFields,
  Exit,
  isEnd,
  ManagerRun,
  ManifestEdit,
  messageOf,
  parseAdded,
  parseWords,
  scriptsOnlyOf,
  substitutionText,
  type DependencyField,
  type Words,
} from '../manager-run.ts';
import { NoMatch, pickVersion } from '../pick.ts';
import { ManifestSyntaxError, readProject, type Dependencies, type Project } from '../project.ts';
import { aliasOf, normalPath } from '../specifiers.ts';
import { disagreement } from './agreement.ts';
import { NoWorkspacePackage } from './choose.ts';
import { importerReferences, planPnpm, pnpmVersion } from './layout.ts';
import { nameOfKey, packageKey, parsePnpmLock, PnpmLockError, snapshotKey, writePnpmLock, type PnpmLock } from './lockfile.ts';
import { peerReport, type PeerIssue } from './peer-report.ts';
import { presentPnpm } from './present.ts';
import { parseWorkspaceFile, type WorkspaceFile } from './workspace-file.ts';

const valuedFlags = [
  'filter',
  'dir',
  'registry',
  'reporter',
  'depth',
  'package',
  'loglevel',
  'store-dir',
  'lockfile-dir',
  'virtual-store-dir',
];
const shortFlags = {
  D: 'save-dev',
  P: 'save-prod',
  O: 'save-optional',
  E: 'save-exact',
  r: 'recursive',
  w: 'workspace-root',
  F: 'filter',
  C: 'dir',
  g: 'global',
  v: 'version',
  h: 'help',
  L: 'latest',
};

/** An error with pnpm's code. */
class PnpmError extends Error {
  readonly code: string;
  readonly hint: string | undefined;
  constructor(code: string, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

export async function runPnpm(context: ProgramContext, argv: readonly string[]): Promise<number> {
  const run = await ManagerRun.open(context, 'pnpm');
  try {
    return await new Pnpm(run).run(argv);
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (isEnd(error)) throw error;
    const [code, message, hint] = describe(error);
    await run.out(`\u2009${code === '' ? 'ERROR' : `ERR_PNPM_${code}`}\u2009 ${message}${hint === undefined ? '' : `\n\n${hint}`}`);
    return code === 'RECURSIVE_EXEC_FIRST_FAIL' ? 254 : 1;
  }
}

function describe(error: unknown): readonly [code: string, message: string, hint?: string | undefined] {
  if (error instanceof PnpmError) return [error.code, error.message, error.hint];
  if (error instanceof PnpmLockError) return [error.code, error.message];
  if (error instanceof NoWorkspacePackage) return ['WORKSPACE_PKG_NOT_FOUND', error.message];
  if (error instanceof NoMatch) {
    const { kind, packageName, range, failure } = error;
    if (failure !== undefined && (failure as { code?: string }).code !== 'E404') return ['META_FETCH_FAIL', messageOf(failure)];
    if (kind === 'package')
      return [
        'FETCH_404',
        `GET ${packageName}: Not Found - 404`,
        `${packageName} is not in the npm registry, or you have no permission to fetch it.`,
      ];
    return ['NO_MATCHING_VERSION', `No matching version found for ${packageName}@${range}`];
  }
  if (error instanceof ManifestSyntaxError) {
    return ['', `${error.message} while parsing '${error.start}' in ${error.path}\nFor help, run: pnpm help install`];
  }
  const { code } = error as { code?: string };
  const asked = /^404 Not Found - GET (\S+)/.exec(messageOf(error))?.[1];
  if (asked !== undefined) return ['FETCH_404', `GET ${asked}: Not Found - 404`];
  return [code === undefined || /^ERR_/.test(code) ? '' : code.replace(/^E(?=\d)/, 'FETCH_'), messageOf(error)];
}

const aliases: Readonly<Record<string, string>> = {
  i: 'install',
  uninstall: 'remove',
  un: 'remove',
  rm: 'remove',
  up: 'update',
  upgrade: 'update',
  ls: 'list',
  la: 'list',
  ll: 'list',
  'run-script': 'run',
  t: 'test',
  tst: 'test',
  c: 'config',
  ci: 'ci',
  x: 'exec',
};
const lifecycleNames = ['test', 'start', 'stop', 'restart'];

class Pnpm {
  readonly #run: ManagerRun;
  #root = '';
  #settings: WorkspaceFile = {};
  /** The lockfile of what was in place when it began. */
  #before: string | undefined;

  constructor(run: ManagerRun) {
    this.#run = run;
  }

  async run(argv: readonly string[]): Promise<number> {
    const first = parseWords(argv, valuedFlags, shortFlags, true);
    const [word] = first.operands;
    if (word === undefined) {
      if (first.flags.has('version')) {
        await this.#run.out(pnpmVersion);
        return 0;
      }
      await this.#run.out(helpText);
      return first.flags.has('help') ? 0 : 1;
    }
    const command = aliases[word] ?? word;
    const after = first.operands.slice(1);
    this.#findRoot();
    const passesOn = ['run', 'exec', 'dlx', 'create'].includes(command) || !known.has(command);
    const words = passesOn ? first : parseWords(argv, valuedFlags, shortFlags);
    switch (command) {
      case 'install':
        return this.#install(words, words.operands.slice(1));
      case 'ci':
        return this.#install({ ...words, flags: new Map([...words.flags, ['frozen-lockfile', true]]) }, []);
      case 'add':
        if (words.operands.length < 2) throw new PnpmError('MISSING_PACKAGE_NAME', '`pnpm add` requires the package name');
        return this.#install(words, words.operands.slice(1));
      case 'remove':
        return this.#remove(words, words.operands.slice(1));
      case 'update':
        return this.#update(words, words.operands.slice(1));
      case 'run':
        return this.#script(after, first);
      case 'exec':
        return this.#exec(after, first);
      case 'dlx':
        return this.#dlx(after, first);
      case 'create':
        return this.#dlx([createName(after[0] ?? ''), ...after.slice(1)], first);
      case 'list':
        return this.#list(words);
      case 'why':
        return this.#why(words.operands.slice(1));
      case 'init':
        return this.#init();
      case 'root':
        await this.#run.out(resolvePath(this.#root, 'node_modules'));
        return 0;
      case 'bin':
        await this.#run.out(resolvePath(this.#root, 'node_modules/.bin'));
        return 0;
      case 'help':
        await this.#run.out(helpText);
        return 0;
      default:
        if (lifecycleNames.includes(command)) return this.#script([command, ...after], first);
        if (unavailable.has(command)) throw new PnpmError('NOT_IMPLEMENTED', `"pnpm ${command}" is not available in a page`);
        if (first.flags.has('filter') || first.flags.has('recursive')) return this.#script([word, ...after], first);
        return this.#bare([word, ...after], first);
    }
  }

  #findRoot(): void {
    const { cwd } = this.#run;
    const workspace = [...upwards(cwd)].find((folder) => this.#run.has(folder, 'pnpm-workspace.yaml'));
    this.#root = workspace ?? this.#run.findRoot((folder) => this.#run.has(folder, 'package.json'));
    this.#settings = parseWorkspaceFile(this.#run.files(this.#root).read('pnpm-workspace.yaml')) ?? {};
  }

  #project(changed: ReadonlyMap<string, string> = new Map()): Project {
    const files = this.#run.files(this.#root);
    return readProject(this.#root, { ...files, read: (path) => changed.get(path) ?? files.read(path) }, this.#settings.packages ?? []);
  }

  /** The workspace that the command is about, by its folder. */
  #target(project: Project, words: Words): string {
    if (words.flags.has('workspace-root')) return '';
    const inner = project.workspaces.filter(
      ({ folder }) => folder !== '' && `${this.#run.cwd}/`.startsWith(`${resolvePath(this.#root, folder)}/`),
    );
    return inner.at(-1)?.folder ?? '';
  }

  #lock(): PnpmLock | undefined {
    const text = this.#run.files(this.#root).read('pnpm-lock.yaml');
    return text === undefined || text.trim() === '' ? undefined : parsePnpmLock(text, resolvePath(this.#root, 'pnpm-lock.yaml'));
  }

  #overrides(project: Project): Dependencies {
    const own = project.manifest.pnpm?.['overrides'] as Dependencies | undefined;
    const all = { ...project.manifest.resolutions, ...own, ...this.#settings.overrides };
    return Object.fromEntries(
      Object.entries(all).map(([name, range]) => [
        name,
        range.startsWith('$') ? (project.manifest.dependencies?.[range.slice(1)] ?? range) : range,
      ]),
    );
  }

  async #install(words: Words, added: readonly string[]): Promise<number> {
    if (words.flags.has('global')) throw new PnpmError('NOT_IMPLEMENTED', 'Global packages are not implemented here; use "pnpm dlx"');
    if (!this.#run.has(this.#root, 'package.json')) {
      if (added.length === 0) throw new PnpmError('NO_PKG_MANIFEST', `No package.json found in ${this.#run.cwd}`);
      this.#run.write(this.#root, 'package.json', '{}\n');
    }
    const before = this.#project();
    if (added.length === 0) return this.#reify(before, words, new Map());
    const target = this.#target(before, words);
    if (
      target === '' &&
      before.workspaces.length > 1 &&
      !words.flags.has('workspace-root') &&
      !words.flags.has('ignore-workspace-root-check')
    ) {
      throw new PnpmError(
        'ADDING_TO_ROOT',
        "Running this command will add the dependency to the workspace root, which might not be what you want - if you really meant it, make it explicit by running this command again with the -w flag (or --workspace-root). If you don't want to see this warning anymore, you may set the ignore-workspace-root-check setting to true.",
      );
    }
    const path = target === '' ? 'package.json' : `${target}/package.json`;
    const edit = new ManifestEdit(this.#run.files(this.#root).read(path) ?? '{}');
    const facts = await this.#run.facts();
    const wanted = added.map((text) => ({ text, parsed: parseAdded(text) }));
    await facts.loadAll(wanted.flatMap(({ parsed }) => (parsed === undefined ? [] : [aliasOf(parsed.range)?.name ?? parsed.name])));
    for (const { text, parsed } of wanted) {
      if (parsed === undefined)
        throw new PnpmError('SPEC_NOT_SUPPORTED_BY_ANY_RESOLVER', `${text} isn't supported by any available resolver.`);
      const { name, range } = parsed;
      const field: DependencyField = words.flags.has('save-peer')
        ? 'peerDependencies'
        : words.flags.has('save-dev')
          ? 'devDependencies'
          : words.flags.has('save-optional')
            ? 'optionalDependencies'
            : words.flags.has('save-prod')
              ? 'dependencies'
              : (edit.where(name) ?? 'dependencies');
      edit.set(field, name, await this.#rangeToSave(before, name, range, words));
    }
    return this.#reify(before, words, new Map([[path, edit.text]]));
  }

  /** What `package.json` gets for what was asked on the command line. */
  async #rangeToSave(project: Project, name: string, range: string, words: Words): Promise<string> {
    const workspace = project.workspaces.find(({ folder, manifest }) => folder !== '' && manifest.name === name);
    if (range.startsWith('workspace:') || (words.flags.has('workspace') && workspace !== undefined))
      return range === '' ? 'workspace:*' : range;
    const alias = aliasOf(range);
    const published = alias?.name ?? name;
    const wanted = alias?.range ?? range;
    const facts = await this.#run.facts();
    const packument = await facts.load(published);
    if (packument === undefined) throw new NoMatch('package', published, wanted, facts.failure(published));
    const version = pickVersion(packument, wanted === '' ? 'latest' : wanted, { preferLatest: true, avoidDeprecated: true });
    if (version === undefined) throw new NoMatch('version', published, wanted);
    const prefix = words.flags.has('save-exact') ? '' : '^';
    const isTag = wanted === '' || packument['dist-tags']?.[wanted] !== undefined;
    const saved = isTag ? `${prefix}${version}` : wanted;
    return alias === undefined ? saved : `npm:${published}@${saved}`;
  }

  async #remove(words: Words, names: readonly string[]): Promise<number> {
    if (names.length === 0) throw new PnpmError('MUST_REMOVE_SOMETHING', 'At least one dependency name should be specified for removal');
    const project = this.#project();
    const target = this.#target(project, words);
    const path = target === '' ? 'package.json' : `${target}/package.json`;
    const edit = new ManifestEdit(this.#run.files(this.#root).read(path) ?? '{}');
    const missing = names.filter((name) => !edit.remove(name));
    if (missing.length > 0) {
      const available = dependencyFields.flatMap((field) =>
        Object.keys(project.workspaces.find(({ folder }) => folder === target)?.manifest[field] ?? {}),
      );
      throw new PnpmError(
        'CANNOT_REMOVE_MISSING_DEPS',
        `Cannot remove ${missing.map((name) => `'${name}'`).join(', ')}: no such ${missing.length > 1 ? 'dependencies' : 'dependency'} found`,
        available.length === 0 ? undefined : `Available dependencies: ${available.join(', ')}`,
      );
    }
    return this.#reify(project, words, new Map([[path, edit.text]]));
  }

  async #update(words: Words, names: readonly string[]): Promise<number> {
    const project = this.#project();
    const changed = new Map<string, string>();
    if (words.flags.has('latest')) {
      for (const { folder } of project.workspaces) {
        const path = folder === '' ? 'package.json' : `${folder}/package.json`;
        const edit = new ManifestEdit(this.#run.files(this.#root).read(path) ?? '{}');
        for (const field of dependencyFields) {
          for (const [name, range] of Object.entries(edit.field(field) ?? {})) {
            if ((names.length > 0 && !names.includes(name)) || /^(?:workspace|link|file|npm):/.test(range) || field === 'peerDependencies')
              continue;
            edit.set(field, name, await this.#rangeToSave(project, name, 'latest', words));
          }
        }
        changed.set(path, edit.text);
      }
    }
    return this.#reify(project, words, changed, names.length === 0 ? 'all' : new Set(names));
  }

  /** Brings lockfile and tree in line with the manifests, `changed` among them. */
  async #reify(before: Project, words: Words, changed: ReadonlyMap<string, string>, update?: 'all' | ReadonlySet<string>): Promise<number> {
    const run = this.#run;
    const project = changed.size === 0 ? before : this.#project(changed);
    this.#before = run.files(this.#root).read('node_modules/.pnpm/lock.yaml');
    const lock = this.#lock();
    const overrides = this.#overrides(project);
    const { flags } = words;
    const frozen = flags.has('frozen-lockfile') && flags.get('frozen-lockfile') !== 'false';
    if (project.workspaces.length > 1) await run.out(`Scope: all ${project.workspaces.length} workspace projects`);
    const reason = lock === undefined ? undefined : disagreement(lock, project, overrides);
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
      run.out(`Progress: resolved ${resolved}, reused ${reused}, downloaded ${added}, added ${added}${end}`);
    const isSettled = lock !== undefined && reason === undefined && changed.size === 0 && update === undefined;
    const facts = await run.facts();
    const folders = run.localFolders(project);
    const issues: PeerIssue[] = [];
    if (!isSettled && !isEmpty) await progress(1, 0, 0);
    const next = isSettled
      ? lock
      : await (
          await import('./resolve.ts')
        ).resolvePnpm({
          project,
          facts,
          folders,
          overrides,
          onPeerIssue: (issue) => issues.push(issue),
          autoInstallPeers: this.#settings.autoInstallPeers !== false,
          linkWorkspacePackages: this.#settings.linkWorkspacePackages === true || this.#settings.linkWorkspacePackages === 'deep',
          catalogs: { ...(this.#settings.catalog === undefined ? {} : { default: this.#settings.catalog }), ...this.#settings.catalogs },
          ...(lock === undefined || update === 'all' ? {} : { lock: update === undefined ? lock : forget(lock, update) }),
        });
    if (isSettled) {
      await run.out('Lockfile is up to date, resolution step is skipped');
      await facts.loadAll(
        Object.entries(next.packages)
          .filter(([, { hasBin }]) => hasBin === true)
          .map(([key]) => nameOfKey(key)),
      );
    }
    const omit = new Set<'dependencies' | 'devDependencies' | 'optionalDependencies'>();
    if (flags.has('prod') || flags.has('production') || flags.get('dev') === 'false') omit.add('devDependencies');
    if (flags.has('dev') && flags.get('dev') !== 'false') omit.add('dependencies').add('optionalDependencies');
    if (flags.has('no-optional')) omit.add('optionalDependencies');
    const plan = planPnpm({ project, lock: next, facts, registry: run.registry, folders, omit, frozen: isSettled });
    const files = [
      ...[...changed].map(([path, text]) => ({ path, text })),
      ...(isSettled || flags.get('lockfile') === 'false' ? [] : [{ path: 'pnpm-lock.yaml', text: writePnpmLock(next) }]),
      ...plan.files,
    ];
    if (flags.has('lockfile-only')) {
      for (const { path, text } of files) if (!path.startsWith('node_modules/')) run.write(this.#root, path, text);
      await run.out(`\nDone in ${elapsed(run.elapsedMs)} using pnpm v${pnpmVersion}`);
      return 0;
    }
    const allowed = [...this.#onlyBuilt(project)];
    const ignored: string[] = [];
    const result = await run.install(
      { ...plan, files },
      {
        scripts: !flags.has('ignore-scripts'),
        present: presentPnpm(
          run.session.disk,
          this.#root,
          project.workspaces.map(({ folder }) => folder),
        ),
        mayRunScripts: (node) => {
          const may = scriptsOnlyOf(allowed)(node);
          if (!may && !flags.has('ignore-scripts')) ignored.push(node.name);
          return may;
        },
      },
    );
    const stored = (change: { readonly place: string }) =>
      change.place.startsWith('node_modules/.pnpm/') && !change.place.startsWith('node_modules/.pnpm/node_modules/');
    const instances = new Set(plan.nodes.filter(({ kind }) => kind === 'package').map(({ place }) => place));
    const added =
      result.added.filter(({ place }) => instances.has(place)).length + result.changed.filter(({ place }) => instances.has(place)).length;
    const removed = result.removed.filter((change) => stored(change) && !isLinkVersion(change)).length;
    if (added === 0 && removed === 0 && changed.size === 0) {
      await run.out('Already up to date');
    } else {
      await run.out(
        `Packages:${added > 0 ? ` +${added}` : ''}${removed > 0 ? ` -${removed}` : ''}\n${'+'.repeat(Math.min(added, 80))}${'-'.repeat(Math.min(removed, 80))}`,
      );
      const resolved = Object.keys(next.packages).length;
      await progress(resolved, resolved - added, added, ', done');
    }
    for (const { name, reason: why } of result.leftOut) await run.out(`\u2009WARN\u2009 Skipped the optional dependency ${name}: ${why}`);
    for (const line of result.substituted) await run.out(`\u2009WARN\u2009 ${substitutionText(line)}`);
    if (!isSettled) for (const line of deprecatedLines(project, next)) await run.out(line);
    const report = peerReport(issues);
    if (report !== undefined) await run.out(report);
    await this.#summary(project, before, lock, next, words, added > 0 || removed > 0 || changed.size > 0);
    if (ignored.length > 0) {
      await run.out(ignoredBox([...new Set(ignored)]));
    }
    if (!flags.has('ignore-scripts')) await this.#projectScripts(project);
    await run.out(`\nDone in ${elapsed(run.elapsedMs)} using pnpm v${pnpmVersion}`);
    return 0;
  }

  #onlyBuilt(project: Project): readonly string[] {
    return (
      this.#settings.onlyBuiltDependencies ?? (project.manifest.pnpm?.['onlyBuiltDependencies'] as readonly string[] | undefined) ?? []
    );
  }

  async #projectScripts(project: Project): Promise<void> {
    for (const { folder, manifest } of project.workspaces) {
      for (const event of ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare']) {
        if (manifest.scripts?.[event] === undefined) continue;
        const path = resolvePath(this.#root, folder);
        const where = folder === '' ? '.' : folder;
        await this.#run.out(`${where} ${event}$ ${manifest.scripts[event] ?? ''}`);
        const code = await this.#run.script(path, event, []);
        if (code !== 0) {
          await this.#run.out(`${where} ${event}: Failed`);
          await this.#run.out(`\u2009ELIFECYCLE\u2009 Command failed with exit code ${code}.`);
          throw new Exit(code);
        }
        await this.#run.out(`${where} ${event}: Done`);
      }
    }
  }

  /** The blocks of what the project itself asks for and what is new of it. */
  async #summary(
    project: Project,
    before: Project,
    lock: PnpmLock | undefined,
    next: PnpmLock,
    words: Words,
    isChanged: boolean,
  ): Promise<void> {
    if (!isChanged) return;
    const target = this.#target(project, words);
    const key = target === '' ? '.' : target;
    const facts = await this.#run.facts();
    const current = this.#installedBefore(target);
    const importer = next.importers[key] ?? {};
    for (const field of ['dependencies', 'optionalDependencies', 'devDependencies'] as const) {
      const lines: string[] = [];
      const now = importer[field] ?? {};
      const was = lock?.importers[key]?.[field] ?? {};
      for (const name of new Set([...Object.keys(now), ...Object.keys(was)])) {
        const [fresh, old] = [now[name], was[name]];
        const versionOf = (reference: string | undefined) => {
          const id = reference === undefined ? undefined : snapshotKey(name, reference);
          return id === undefined ? undefined : packageKey(id).slice(nameOfKey(id).length + 1);
        };
        if (fresh === undefined) {
          if (before.workspaces.find(({ folder }) => folder === target)?.manifest[field]?.[name] !== undefined)
            lines.push(`- ${name} ${versionOf(old?.version) ?? ''}`.trimEnd());
          continue;
        }
        if (current.has(name) && old?.version === fresh.version) continue;
        const id = snapshotKey(name, fresh.version);
        if (id === undefined) {
          const folder = fresh.version.slice(5);
          const linked = this.#localVersion(normalPath(`${target}/${folder}`));
          lines.push(`+ ${name} ${linked} <- ${folder}`);
          continue;
        }
        const published = nameOfKey(id);
        const version = versionOf(fresh.version) ?? '';
        const latest = facts.packument(published)?.['dist-tags']?.['latest'];
        const newer = latest !== undefined && compare(latest, version) > 0 && lock !== next ? ` (${latest} is available)` : '';
        if (old !== undefined && current.has(name)) lines.push(`- ${name} ${versionOf(old.version) ?? ''}`);
        lines.push(
          `+ ${name}${published === name ? '' : ` <- ${published}`} ${version.replace(/^file:.*$/, (text) => this.#localVersion(text.slice(5)))}${newer}`,
        );
      }
      if (lines.length > 0) await this.#run.out(`\n${field}:\n${lines.sort((a, b) => (a.slice(2) < b.slice(2) ? -1 : 1)).join('\n')}`);
    }
  }

  #localVersion(folder: string): string {
    return (JSON.parse(this.#run.files(this.#root).read(`${folder}/package.json`) ?? '{}') as { version?: string }).version ?? '';
  }

  /** Names that were linked at the top before this install: what the last lockfile of the tree said. */
  #installedBefore(target: string): ReadonlySet<string> {
    if (this.#before === undefined) return new Set();
    const importer = parsePnpmLock(this.#before).importers[target === '' ? '.' : target];
    return new Set(importer === undefined ? [] : Object.keys(importerReferences(importer)));
  }

  /** @returns Folders that `-r`, `--filter` and the current place name. */
  #folders(words: Words): readonly string[] {
    const project = this.#project();
    const filter = words.flags.get('filter');
    if (typeof filter === 'string') {
      const chosen = project.workspaces.filter(({ folder, manifest }) => matchesFilter(filter, folder, manifest.name ?? ''));
      return chosen.map(({ folder }) => folder);
    }
    if (words.flags.has('recursive')) return project.workspaces.map(({ folder }) => folder).filter((folder) => folder !== '');
    return [];
  }

  async #script([name, ...args]: readonly string[], words: Words): Promise<number> {
    const run = this.#run;
    const own = run.findRoot((folder) => run.has(folder, 'package.json'));
    if (name === undefined) return this.#listScripts(own);
    const passed = [...args, ...words.rest];
    const many = words.flags.has('recursive') || words.flags.has('filter');
    const folders = many ? this.#folders(words).map((folder) => resolvePath(this.#root, folder)) : [own];
    const having = folders.filter((folder) => scriptsOf(run, folder)[name] !== undefined);
    if (having.length === 0) {
      if (words.flags.has('if-present')) return 0;
      if (many && folders.length === 0) {
        await run.out('No projects matched the filters');
        return 0;
      }
      if (many) throw new PnpmError('RECURSIVE_RUN_NO_SCRIPT', `None of the selected packages has a "${name}" script`);
      const names = Object.keys(scriptsOf(run, own));
      throw new PnpmError('NO_SCRIPT', `Missing script: ${name}`, names.length === 0 ? undefined : `Command "${name}" not found.`);
    }
    const withHooks = run.session.config.text('enable-pre-post-scripts') !== 'false';
    const events: readonly string[] = withHooks ? [`pre${name}`, name, `post${name}`] : [name];
    for (const folder of having) {
      for (const event of events) {
        const manifest = JSON.parse(run.session.disk.readText(resolvePath(folder, 'package.json')) ?? '{}') as {
          name?: string;
          version?: string;
        };
        const code = await run.script(folder, event, event === name ? passed : [], {
          before: (command) => run.out(`\n> ${manifest.name ?? ''}@${manifest.version ?? ''} ${event} ${folder}\n> ${command}\n`),
        });
        if (code !== 0) {
          if (event === 'test') await run.out(`\u2009ELIFECYCLE\u2009 Test failed. See above for more details.`);
          else await run.out(`\u2009ELIFECYCLE\u2009 Command failed with exit code ${code}.`);
          if (!run.session.disk.exists(resolvePath(folder, 'node_modules'))) {
            await run.out('\u2009WARN\u2009  Local package.json exists, but node_modules missing, did you mean to install?');
          }
          return code;
        }
      }
    }
    return 0;
  }

  async #listScripts(folder: string): Promise<number> {
    const entries = Object.entries(scriptsOf(this.#run, folder));
    if (entries.length === 0) {
      await this.#run.out('There are no scripts specified.');
      return 0;
    }
    const lifecycle = entries.filter(
      ([name]) => lifecycleNames.includes(name) || /^(pre|post)?(install|publish|pack|version|prepare)/.test(name),
    );
    const others = entries.filter((entry) => !lifecycle.includes(entry));
    const show = (list: typeof entries) => list.map(([name, script]) => `  ${name}\n    ${script}`).join('\n');
    const parts = [
      ...(lifecycle.length > 0 ? [`Lifecycle scripts:\n${show(lifecycle)}`] : []),
      ...(others.length > 0 ? [`Commands available via "pnpm run":\n${show(others)}`] : []),
    ];
    await this.#run.out(parts.join('\n\n'));
    return 0;
  }

  async #exec(argv: readonly string[], words: Words): Promise<number> {
    const command = [...argv, ...words.rest];
    if (command.length === 0) throw new PnpmError('EXEC_MISSING_COMMAND', "'pnpm exec' requires a command to run");
    const own = this.#run.findRoot((folder) => this.#run.has(folder, 'package.json'));
    const code = await this.#run.program(own, command);
    if (code === undefined) throw new PnpmError('RECURSIVE_EXEC_FIRST_FAIL', `Command "${command[0] ?? ''}" not found`);
    return code;
  }

  /** `pnpm <word>`: a script of that name, or a command of a package. */
  async #bare(argv: readonly string[], words: Words): Promise<number> {
    const own = this.#run.findRoot((folder) => this.#run.has(folder, 'package.json'));
    if (scriptsOf(this.#run, own)[argv[0] ?? ''] !== undefined) return this.#script(argv, words);
    const code = await this.#run.program(own, [...argv, ...words.rest]);
    if (code === undefined) throw new PnpmError('RECURSIVE_EXEC_FIRST_FAIL', `Command "${argv[0] ?? ''}" not found`);
    return code;
  }

  async #dlx(argv: readonly string[], words: Words): Promise<number> {
    const { runFetched } = await import('../fetched-command.ts');
    const named = words.flags.get('package');
    const [word = '', ...args] = [...argv, ...words.rest];
    if (word === '') throw new PnpmError('DLX_MISSING_PACKAGE', "'pnpm dlx' requires a package name");
    return runFetched(this.#run, {
      packages: typeof named === 'string' ? [named] : [word],
      args,
      ...(typeof named === 'string' ? { command: word } : {}),
    });
  }

  async #list(words: Words): Promise<number> {
    const project = this.#project();
    const lock = this.#lock();
    const target = this.#target(project, words);
    const { manifest } = project.workspaces.find(({ folder }) => folder === target) ?? project;
    const importer = lock?.importers[target === '' ? '.' : target];
    if (lock === undefined) return 0;
    await this.#run.out('Legend: production dependency, optional only, dev only\n');
    await this.#run.out(
      `${manifest.name ?? ''}${manifest.version === undefined ? '' : `@${manifest.version}`} ${resolvePath(this.#root, target)}${manifest.private === true ? ' (PRIVATE)' : ''}`.trimStart(),
    );
    for (const field of ['dependencies', 'optionalDependencies', 'devDependencies'] as const) {
      const entries = Object.entries(importer?.[field] ?? {});
      if (entries.length === 0) continue;
      await this.#run.out(`\n${field}:`);
      for (const [name, { version }] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
        const key = snapshotKey(name, version);
        await this.#run.out(
          key === undefined
            ? `${name} ${version}`
            : nameOfKey(key) === name
              ? `${name} ${packageKey(key).slice(name.length + 1)}`
              : `${name} npm:${packageKey(key)}`,
        );
      }
    }
    return 0;
  }

  async #why(names: readonly string[]): Promise<number> {
    const [name] = names;
    if (name === undefined) throw new PnpmError('MISSING_PACKAGE_NAME', '`pnpm why` requires the package name');
    const lock = this.#lock();
    const users = Object.entries(lock?.snapshots ?? {}).filter(
      ([, { dependencies, optionalDependencies }]) => name in { ...dependencies, ...optionalDependencies },
    );
    const direct = Object.entries(lock?.importers ?? {}).filter(([, importer]) => name in importerReferences(importer));
    for (const [folder, importer] of direct) await this.#run.out(`${folder}: ${name} ${importerReferences(importer)[name]?.version ?? ''}`);
    for (const [key, { dependencies, optionalDependencies }] of users)
      await this.#run.out(`${packageKey(key)}: ${name} ${{ ...dependencies, ...optionalDependencies }[name] ?? ''}`);
    return 0;
  }

  async #init(): Promise<number> {
    const { cwd } = this.#run;
    if (this.#run.has(cwd, 'package.json')) throw new PnpmError('PACKAGE_JSON_EXISTS', 'package.json already exists');
    const manifest = {
      name: cwd.slice(cwd.lastIndexOf('/') + 1),
      version: '1.0.0',
      description: '',
      main: 'index.js',
      scripts: { test: 'echo "Error: no test specified" && exit 1' },
      keywords: [],
      author: '',
      license: 'ISC',
      packageManager: `pnpm@${pnpmVersion}`,
    };
    const text = `${JSON.stringify(manifest, null, 2)}\n`;
    this.#run.write(cwd, 'package.json', text);
    await this.#run.out(`Wrote to ${resolvePath(cwd, 'package.json')}\n\n${text.trimEnd()}`);
    return 0;
  }
}

const known = new Set(['install', 'ci', 'add', 'remove', 'update', 'list', 'why', 'init', 'root', 'bin', 'help', ...lifecycleNames]);
const unavailable = new Set([
  'publish',
  'login',
  'logout',
  'store',
  'server',
  'patch',
  'patch-commit',
  'deploy',
  'setup',
  'env',
  'self-update',
  'link',
  'unlink',
  'audit',
  'outdated',
  'pack',
  'config',
  'import',
  'rebuild',
  'prune',
  'fetch',
  'approve-builds',
  'dedupe',
  'licenses',
]);

const createName = (name: string) => {
  if (name.startsWith('@')) return name.includes('/') ? name.replace('/', '/create-') : `${name}/create`;
  return name.startsWith('create-') ? name : `create-${name}`;
};

function scriptsOf(run: ManagerRun, folder: string): Readonly<Record<string, string>> {
  return (
    (JSON.parse(run.session.disk.readText(resolvePath(folder, 'package.json')) ?? '{}') as { scripts?: Record<string, string> }).scripts ??
    {}
  );
}

/** `name`, `@scope/*`, `./folder`, `{folder}`; `!` before it turns it round. */
function matchesFilter(filter: string, folder: string, name: string): boolean {
  if (filter.startsWith('!')) return !matchesFilter(filter.slice(1), folder, name);
  const path = /^(?:\{(.*)\}|(\.{1,2}\/?.*))$/.exec(filter);
  if (path !== null) return folder === (path[1] ?? path[2] ?? '').replace(/^\.\//, '').replace(/\/$/, '');
  const pattern = filter.replace(/^\.\.\.|\.\.\.$/g, '');
  return new RegExp(`^${pattern.replace(/[.+^$()|[\]\\{}]/g, '\\$&').replaceAll('*', '.*')}$`).test(name);
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

function deprecatedLines(project: Project, lock: PnpmLock): string[] {
  const direct = new Set(
    Object.values(lock.importers).flatMap((importer) =>
      Object.entries(importerReferences(importer)).map(([alias, { version }]) => packageKey(snapshotKey(alias, version) ?? '')),
    ),
  );
  const all = Object.entries(lock.packages).filter(([, { deprecated }]) => deprecated !== undefined);
  const own = all
    .filter(([key]) => direct.has(key))
    .map(([key, { deprecated }]) => `\u2009WARN\u2009 deprecated ${key}: ${deprecated ?? ''}`);
  const others = all.filter(([key]) => !direct.has(key)).map(([key]) => key);
  return others.length === 0 ? own : [...own, `\u2009WARN\u2009 ${others.length} deprecated subdependencies found: ${others.join(', ')}`];
}

function ignoredBox(names: readonly string[]): string {
  const lines = [
    `Ignored build scripts: ${names.join(', ')}.`,
    'Run "pnpm approve-builds" to pick which dependencies should be allowed',
    'to run scripts.',
  ];
  const width = Math.max(...lines.map((line) => line.length)) + 6;
  const row = (text: string) => `│   ${text.padEnd(width - 3)}│`;
  const title = ' Warning ';
  return [`\n╭${title}${'─'.repeat(width - title.length)}╮`, row(''), ...lines.map(row), row(''), `╰${'─'.repeat(width)}╯`].join('\n');
}

const isLinkVersion = ({ version }: { readonly version: string }) => version === '';

/** Versions by their numbers. */
function compare(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split(/[.-]/).slice(0, 3).map(Number)) as [number[], number[]];
  for (let index = 0; index < 3; index++) if ((x[index] ?? 0) !== (y[index] ?? 0)) return (x[index] ?? 0) - (y[index] ?? 0);
  return 0;
}

/** `852ms`, `1.3s`, `1m 2s`. */
export function elapsed(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1).replace(/\.0$/, '')}s`;
  return `${Math.floor(ms / 60_000)}m ${Math.round((ms % 60_000) / 1000)}s`;
}

const helpText = `Version ${pnpmVersion}
Usage: pnpm [command] [flags]
       pnpm [ -h | --help | -v | --version ]

Manage your dependencies:
      add                  Installs a package and any packages that it depends on. By default, any new package is installed as a prod dependency
   i, install              Install all dependencies for a project
  rm, remove               Removes packages from node_modules and from the project's package.json
  up, update               Updates packages to their latest version based on the specified range

Review your dependencies:
  ls, list                 Print all the versions of packages that are installed
      why                  Shows all packages that depend on the specified package

Run your scripts:
      exec                 Executes a shell command in scope of a project
      run                  Runs a defined package script
      start                Runs an arbitrary command specified in the package's "start" property of its "scripts" object
   t, test                 Runs a package's "test" script, if one was provided

Other:
      create               Create a project from a "create-*" or "@foo/create-*" starter kit
      dlx                  Fetches a package from the registry without installing it as a dependency, hot loads it, and runs whatever default command binary it exposes
      init                 Create a package.json file`;
