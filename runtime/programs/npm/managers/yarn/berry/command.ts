/** Yarn 4's command line, with its `node-modules` linker. */
import { load } from 'js-yaml';
import type { InstallResult } from '../../../install/install-plan.ts';
import { openPackages } from '../../../packages.ts';
import type { PackumentVersion } from '../../../resolve/request.ts';
import { resolvePath, upwards } from '../../../paths.ts';
import type { ManagerRun } from '../../manager-run.ts';
import {
  dependencyFields,
  Exit,
  isEnd,
  ManifestEdit,
  messageOf,
  parseAdded,
  parseWords,
  substitutionText,
  type DependencyField,
  type Words,
} from '../../manager-run.ts';
import { NoMatch, pickVersion } from '../../pick.ts';
import {
  ManifestSyntaxError,
  readProject,
  workspaceFolders,
  workspacePatterns,
  type Project,
  type ProjectManifest,
} from '../../project.ts';
import { aliasOf, splitSpecifier } from '../../specifiers.ts';
import { planBerry } from './layout.ts';
import { isBerryLock, parseBerryLock, writeBerryLock, type BerryLock } from './lockfile.ts';
import { resolveBerry } from './resolve.ts';

export const berryVersion = '4.18.1';
const valuedFlags = ['mode', 'package', 'from', 'include', 'exclude', 'cwd', 'cached'];
const shortFlags = {
  D: 'dev',
  P: 'peer',
  O: 'optional',
  E: 'exact',
  T: 'tilde',
  C: 'caret',
  v: 'version',
  h: 'help',
  A: 'all',
  p: 'parallel',
  R: 'recursive',
};

/** Wrong use; Yarn says so in other words than for what fails. */
class UsageError extends Error {}

/** A message of a report, with its number. */
class ReportError extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

interface Settings {
  readonly nodeLinker?: string;
  readonly enableImmutableInstalls?: boolean;
  readonly enableScripts?: boolean;
  readonly defaultSemverRangePrefix?: string;
}

export async function runBerry(run: ManagerRun, argv: readonly string[]): Promise<number> {
  const berry = new Berry(run);
  try {
    return await berry.run(argv);
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (isEnd(error)) throw error;
    if (error instanceof UsageError) {
      await run.out(`Usage Error: ${error.message}`);
      return 1;
    }
    return berry.failed(error);
  }
}

class Berry {
  readonly #run: ManagerRun;
  #root = '';
  #settings: Settings = {};
  #isReporting = false;
  #openSection: number | undefined;

  constructor(run: ManagerRun) {
    this.#run = run;
  }

  async run(argv: readonly string[]): Promise<number> {
    const first = parseWords(argv, valuedFlags, shortFlags, true);
    const [word = 'install', ...after] = first.operands;
    if (first.operands.length === 0 && first.flags.has('version')) {
      await this.#run.out(berryVersion);
      return 0;
    }
    if (first.operands.length === 0 && first.flags.has('help')) {
      await this.#run.out(
        `━━━ Yarn Package Manager - ${berryVersion} ━━━\n\n  $ yarn <command>\n\nadd, dlx, exec, init, install, remove, run, up, why, workspace, workspaces foreach|list`,
      );
      return 0;
    }
    this.#findRoot();
    const words = parseWords(argv, valuedFlags, shortFlags);
    const operands = words.operands.slice(first.operands.length === 0 ? 0 : 1);
    switch (word) {
      case 'install':
        return this.#install(words);
      case 'add':
        return this.#add(words, operands);
      case 'remove':
        return this.#remove(operands);
      case 'up':
        return this.#up(words, operands);
      case 'run':
        return this.#script(after, first);
      case 'exec':
        return this.#exec([...after, ...first.rest]);
      case 'dlx':
        return this.#dlx(after, first);
      case 'create':
        return this.#dlx([createName(after[0] ?? ''), ...after.slice(1)], first);
      case 'init':
        return this.#init(words);
      case 'why':
        return this.#why(operands);
      case 'info':
      case 'list':
        return this.#list();
      case 'workspace':
        return this.#workspace(after);
      case 'workspaces':
        return this.#workspaces(after, argv);
      case 'bin':
        for (const { name } of this.#run.session.disk.list(resolvePath(this.#root, 'node_modules/.bin'))) await this.#run.out(name);
        return 0;
      default:
        if (unavailable.has(word)) throw new UsageError(`"yarn ${word}" is not available in a page.`);
        return this.#script([word, ...after], first);
    }
  }

  #findRoot(): void {
    const own = this.#run.findRoot((folder) => this.#run.has(folder, 'package.json'));
    this.#root = own;
    for (const folder of upwards(own)) {
      if (!this.#run.has(folder, 'package.json')) continue;
      if (this.#run.has(folder, 'yarn.lock')) {
        this.#root = folder;
        break;
      }
      const files = this.#run.files(folder);
      const patterns = workspacePatterns(JSON.parse(files.read('package.json') ?? '{}') as ProjectManifest);
      if (folder !== own && workspaceFolders(patterns, files).some((inner) => resolvePath(folder, inner) === own)) this.#root = folder;
    }
    this.#settings = (load(this.#run.files(this.#root).read('.yarnrc.yml') ?? '') as Settings | undefined) ?? {};
  }

  #project(changed: ReadonlyMap<string, string> = new Map()): Project {
    const files = this.#run.files(this.#root);
    return readProject(this.#root, { ...files, read: (path) => changed.get(path) ?? files.read(path) });
  }

  #own(): string {
    const { workspaces } = this.#project();
    const inner = workspaces.filter(({ folder }) => folder !== '' && `${this.#run.cwd}/`.startsWith(`${resolvePath(this.#root, folder)}/`));
    return inner.at(-1)?.folder ?? '';
  }

  #lock(): BerryLock | undefined {
    const text = this.#run.files(this.#root).read('yarn.lock');
    return text === undefined || !isBerryLock(text) ? undefined : parseBerryLock(text);
  }

  async #line(code: number, text: string): Promise<void> {
    await this.#run.out(`➤ YN${String(code).padStart(4, '0')}: ${text}`);
  }

  async #open(title: string): Promise<void> {
    await this.#line(0, `┌ ${title}`);
    this.#openSection = this.#run.elapsedMs;
  }

  async #close(): Promise<void> {
    if (this.#openSection === undefined) return;
    const took = this.#run.elapsedMs - this.#openSection;
    this.#openSection = undefined;
    await this.#line(0, `└ Completed${took > 200 ? ` in ${elapsed(took)}` : ''}`);
  }

  async failed(error: unknown): Promise<number> {
    const [code, message] = describe(error);
    if (!this.#isReporting) {
      await this.#run.out(`Internal Error: ${message}`);
      return 1;
    }
    await this.#line(code, `${this.#openSection === undefined ? '·' : '│'} ${message}`);
    await this.#close();
    await this.#line(0, `· Failed with errors in ${elapsed(this.#run.elapsedMs)}`);
    return 1;
  }

  async #install(words: Words): Promise<number> {
    if (!this.#run.has(this.#root, 'package.json'))
      throw new UsageError(
        `The project in ${this.#root}/package.json doesn't seem to have been initialized - running an install there might help`,
      );
    const immutable =
      (words.flags.has('immutable') && words.flags.get('immutable') !== 'false') ||
      (this.#settings.enableImmutableInstalls === true && !words.flags.has('no-immutable'));
    return this.#reify(this.#project(), new Map(), {
      immutable,
      skipBuild: words.flags.get('mode') === 'skip-build',
      lockOnly: words.flags.get('mode') === 'update-lockfile',
    });
  }

  async #reify(
    project: Project,
    changed: ReadonlyMap<string, string>,
    options: { readonly immutable?: boolean; readonly skipBuild?: boolean; readonly lockOnly?: boolean; readonly lock?: BerryLock },
  ): Promise<number> {
    const run = this.#run;
    this.#isReporting = true;
    await this.#line(0, `· Yarn ${berryVersion}`);
    const linker = this.#settings.nodeLinker ?? 'pnp';
    if (linker !== 'node-modules')
      await this.#line(
        0,
        `· The linker "${linker}" is not available in a page: packages go to node_modules (set nodeLinker: node-modules in .yarnrc.yml)`,
      );
    await this.#open('Resolution step');
    const facts = await run.facts();
    const folders = run.localFolders(project);
    const before = this.#lock();
    const kept = options.lock ?? before;
    const checksum = await this.#checksums();
    const next = await resolveBerry({
      checksum,
      project,
      facts,
      folders,
      ...(kept === undefined ? {} : { lock: kept }),
    });
    for (const line of changeLines(before, next, project)) await this.#line(85, `│ ${line}`);
    for (const { resolution } of new Set(next.entries.values())) {
      const { name, range } = splitSpecifier(resolution);
      const deprecated = range.startsWith('npm:') ? facts.version(name, range.slice(4))?.deprecated : undefined;
      if (typeof deprecated === 'string' && deprecated !== '') await this.#line(61, `│ ${resolution} is deprecated: ${deprecated}`);
    }
    await this.#close();
    const text = writeBerryLock(next);
    const old = run.files(this.#root).read('yarn.lock');
    const saves = text !== old;
    if (options.immutable === true && saves) {
      await this.#open('Post-resolution validation');
      throw new ReportError(28, 'The lockfile would have been modified by this install, which is explicitly forbidden.');
    }
    const files = [...[...changed].map(([path, content]) => ({ path, text: content })), ...(saves ? [{ path: 'yarn.lock', text }] : [])];
    if (options.lockOnly === true) {
      for (const file of files) run.write(this.#root, file.path, file.text);
      await this.#line(0, `· Done in ${elapsed(run.elapsedMs)}`);
      return 0;
    }
    await this.#open('Fetch step');
    await facts.loadAll(
      [...new Set(next.entries.values())]
        .map(({ resolution }) => splitSpecifier(resolution))
        .filter(({ range }) => /^(?:npm|patch):/.test(range))
        .map(({ name }) => name),
    );
    const plan = planBerry({ project, lock: next, facts, registry: run.registry, folders });
    const built: string[] = [];
    const result: InstallResult = await run.install(
      { ...plan, files: [...files, ...plan.files] },
      {
        scripts: options.skipBuild !== true && this.#settings.enableScripts !== false,
        mayRunScripts: ({ name, version }) => {
          const may = project.manifest.dependenciesMeta?.[name]?.built !== false;
          if (may) built.push(`${name}@npm:${version}`);
          return may;
        },
      },
    );
    const added = result.added.length + result.changed.length;
    if (added > 0) await this.#line(13, `│ ${added === 1 ? 'A package was' : `${added} packages were`} added to the project.`);
    await this.#close();
    await this.#open('Link step');
    for (const each of result.substituted) await this.#line(0, `│ ${substitutionText(each)}`);
    for (const { name, reason } of result.leftOut) await this.#line(0, `│ ${name}: ${reason}`);
    for (const id of built) await this.#line(7, `│ ${id} must be built because it never has been before or the last one failed`);
    if (options.skipBuild !== true) await this.#projectScripts(project);
    await this.#close();
    await this.#line(0, `· Done in ${elapsed(run.elapsedMs)}`);
    return 0;
  }

  /** Yarn notes a hash of the zip that it makes of each package. */
  async #checksums(): Promise<(found: PackumentVersion) => Promise<string>> {
    const [{ client }, { checksumOf }] = await Promise.all([openPackages(this.#run.session), import('./checksum.ts')]);
    const { signal } = this.#run.session;
    return async ({ name, version, dist }) => {
      const address = dist?.tarball ?? client.tarballUrl(name, version);
      const integrity = dist?.integrity;
      return checksumOf(await client.tarball(address, { name, signal, ...(integrity === undefined ? {} : { integrity }) }), name);
    };
  }

  async #projectScripts(project: Project): Promise<void> {
    for (const { folder, manifest } of project.workspaces) {
      for (const event of ['preinstall', 'install', 'postinstall']) {
        if (manifest.scripts?.[event] === undefined) continue;
        const code = await this.#run.script(resolvePath(this.#root, folder), event, []);
        if (code !== 0)
          throw new ReportError(
            9,
            `${manifest.name ?? 'root-workspace'}@workspace:${folder === '' ? '.' : folder} couldn't be built successfully (exit code ${code})`,
          );
      }
    }
  }

  async #add(words: Words, texts: readonly string[]): Promise<number> {
    if (texts.length === 0) throw new UsageError('Not enough positional arguments.');
    const folder = this.#own();
    const path = folder === '' ? 'package.json' : `${folder}/package.json`;
    const edit = new ManifestEdit(this.#run.files(this.#root).read(path) ?? '{}');
    this.#isReporting = true;
    for (const text of texts) {
      const { name, range } = await this.#added(text, words);
      const there = edit.where(name);
      const field: DependencyField = words.flags.has('dev')
        ? 'devDependencies'
        : words.flags.has('peer')
          ? 'peerDependencies'
          : words.flags.has('optional')
            ? 'optionalDependencies'
            : there === undefined || there === 'peerDependencies'
              ? 'dependencies'
              : there;
      edit.set(field, name, range);
    }
    const changed = new Map([[path, edit.text]]);
    return this.#reify(this.#project(changed), changed, { skipBuild: words.flags.get('mode') === 'skip-build' });
  }

  async #added(text: string, words: Words): Promise<{ readonly name: string; readonly range: string }> {
    const parsed = parseAdded(text);
    if (parsed === undefined) throw new UsageError(`Invalid package descriptor: ${text}`);
    const { name, range } = parsed;
    if (this.#project().workspaces.some(({ folder, manifest }) => folder !== '' && manifest.name === name) && range === '')
      return { name, range: 'workspace:^' };
    if (range.startsWith('workspace:')) return { name, range };
    const alias = aliasOf(range);
    const published = alias?.name ?? name;
    const wanted = alias?.range ?? range;
    const facts = await this.#run.facts();
    const packument = await facts.load(published);
    if (packument === undefined) throw new NoMatch('package', published, wanted, facts.failure(published));
    const version = pickVersion(packument, wanted === '' ? 'latest' : wanted, { avoidDeprecated: true });
    if (version === undefined) throw new NoMatch('version', published, wanted);
    const prefix = words.flags.has('exact') ? '' : words.flags.has('tilde') ? '~' : (this.#settings.defaultSemverRangePrefix ?? '^');
    const saved = wanted === '' || packument['dist-tags']?.[wanted] !== undefined ? `${prefix}${version}` : wanted;
    return { name, range: alias === undefined ? saved : `npm:${published}@${saved}` };
  }

  async #remove(names: readonly string[]): Promise<number> {
    if (names.length === 0) throw new UsageError('Not enough positional arguments.');
    const folder = this.#own();
    const path = folder === '' ? 'package.json' : `${folder}/package.json`;
    const edit = new ManifestEdit(this.#run.files(this.#root).read(path) ?? '{}');
    const missing = names.filter((name) => !edit.remove(name));
    if (missing.length > 0)
      throw new UsageError(
        `${missing.length > 1 ? 'Patterns' : 'Pattern'} ${missing.join(', ')} ${missing.length > 1 ? "don't" : "doesn't"} match any packages referenced by this workspace`,
      );
    const changed = new Map([[path, edit.text]]);
    return this.#reify(this.#project(changed), changed, {});
  }

  async #up(words: Words, texts: readonly string[]): Promise<number> {
    if (texts.length === 0) throw new UsageError('Not enough positional arguments.');
    const changed = new Map<string, string>();
    const names = new Set<string>();
    this.#isReporting = true;
    for (const { folder } of this.#project().workspaces) {
      const path = folder === '' ? 'package.json' : `${folder}/package.json`;
      const edit = new ManifestEdit(this.#run.files(this.#root).read(path) ?? '{}');
      for (const text of texts) {
        const { name: pattern, range } = splitSpecifier(text);
        const shape = new RegExp(`^${pattern.replace(/[.+^$()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`);
        for (const field of dependencyFields) {
          for (const name of Object.keys(edit.field(field) ?? {})) {
            if (!shape.test(name) || field === 'peerDependencies') continue;
            names.add(name);
            if (!words.flags.has('recursive'))
              edit.set(field, name, (await this.#added(range === '' ? name : `${name}@${range}`, words)).range);
          }
        }
      }
      changed.set(path, edit.text);
    }
    const lock = this.#lock();
    const kept =
      lock === undefined
        ? undefined
        : { ...lock, entries: new Map([...lock.entries].filter(([descriptor]) => !names.has(splitSpecifier(descriptor).name))) };
    return this.#reify(this.#project(changed), changed, kept === undefined ? {} : { lock: kept });
  }

  #scripts(folder: string): Readonly<Record<string, string>> {
    return (
      (JSON.parse(this.#run.session.disk.readText(resolvePath(folder, 'package.json')) ?? '{}') as { scripts?: Record<string, string> })
        .scripts ?? {}
    );
  }

  async #script([name, ...args]: readonly string[], words: Words, at?: string): Promise<number> {
    const own = at ?? this.#run.findRoot((folder) => this.#run.has(folder, 'package.json'));
    const scripts = this.#scripts(own);
    if (name === undefined) {
      for (const [script, command] of Object.entries(scripts))
        await this.#run.out(`➤ YN0000: ${script.padEnd(Math.max(...Object.keys(scripts).map((each) => each.length)))}   ${command}`);
      return 0;
    }
    const passed = [...args, ...words.rest];
    if (scripts[name] !== undefined) return this.#run.script(own, name, passed);
    // A name with a colon that one workspace alone has can be called from everywhere.
    if (name.includes(':')) {
      const having = this.#project().workspaces.filter(({ manifest }) => manifest.scripts?.[name] !== undefined);
      if (having.length === 1 && having[0] !== undefined) return this.#run.script(resolvePath(this.#root, having[0].folder), name, passed);
    }
    const bins = [resolvePath(own, 'node_modules/.bin'), resolvePath(this.#root, 'node_modules/.bin')];
    if (bins.some((folder) => this.#run.session.disk.exists(resolvePath(folder, name)))) {
      const code = await this.#run.program(own, [name, ...passed], bins);
      if (code !== undefined) return code;
    }
    throw new UsageError(
      `Couldn't find a script named "${name}".\n\n$ yarn run [--inspect] [--inspect-brk] [-T,--top-level] [-B,--binaries-only] [--require #0] <scriptName> ...`,
    );
  }

  async #exec(argv: readonly string[]): Promise<number> {
    const code = await this.#run.program(this.#root, argv);
    if (code !== undefined) return code;
    await this.#run.err(`command not found: ${argv[0] ?? ''}`);
    return 127;
  }

  async #dlx(argv: readonly string[], words: Words): Promise<number> {
    const { runFetched } = await import('../../fetched-command.ts');
    const named = words.flags.get('package');
    const [word = '', ...args] = [...argv, ...words.rest];
    return runFetched(this.#run, {
      packages: [typeof named === 'string' ? named : word],
      args,
      ...(typeof named === 'string' ? { command: word } : {}),
    });
  }

  async #init(words: Words): Promise<number> {
    const { cwd } = this.#run;
    const before = this.#run.session.disk.readText(resolvePath(cwd, 'package.json'));
    const manifest = {
      name: cwd.slice(cwd.lastIndexOf('/') + 1),
      packageManager: `yarn@${berryVersion}`,
      ...(words.flags.has('private') || words.flags.has('p') ? { private: true } : {}),
      ...(before === undefined ? {} : (JSON.parse(before) as object)),
    };
    this.#run.write(cwd, 'package.json', `${JSON.stringify(manifest, null, 2)}\n`);
    if (!this.#run.has(cwd, 'yarn.lock')) this.#run.write(cwd, 'yarn.lock', '');
    await this.#run.out(JSON.stringify(manifest, null, 2));
    return 0;
  }

  async #why([name]: readonly string[]): Promise<number> {
    if (name === undefined) throw new UsageError('Not enough positional arguments.');
    const users = [...new Set(this.#lock()?.entries.values() ?? [])]
      .filter(({ dependencies }) => dependencies?.[name] !== undefined)
      .sort((a, b) => (a.resolution < b.resolution ? -1 : 1));
    const lock = this.#lock();
    for (const [index, { resolution, dependencies }] of users.entries()) {
      const last = index === users.length - 1;
      const range = dependencies?.[name] ?? '';
      await this.#run.out(
        `${last ? '└' : '├'}─ ${resolution}\n${last ? ' ' : '│'}  └─ ${lock?.entries.get(`${name}@${range}`)?.resolution ?? name} (via ${range})${last ? '' : '\n│'}`,
      );
    }
    return 0;
  }

  async #list(): Promise<number> {
    const all = [...new Set(this.#lock()?.entries.values() ?? [])].map(({ resolution }) => resolution).sort();
    for (const [index, resolution] of all.entries()) await this.#run.out(`${index === all.length - 1 ? '└' : '├'}─ ${resolution}`);
    return 0;
  }

  async #workspace([name = '', ...argv]: readonly string[]): Promise<number> {
    const found = this.#project().workspaces.find(({ manifest }) => manifest.name === name);
    if (found === undefined) throw new UsageError(`Workspace '${name}' not found.`);
    const words = parseWords(argv, valuedFlags, shortFlags, true);
    const [first, ...rest] = words.operands;
    return this.#script(first === 'run' ? rest : words.operands, words, resolvePath(this.#root, found.folder));
  }

  async #workspaces([first, ...rest]: readonly string[], argv: readonly string[]): Promise<number> {
    const { workspaces } = this.#project();
    if (first === 'list') {
      await this.#line(0, '.');
      for (const { folder } of workspaces) if (folder !== '') await this.#line(0, folder);
      await this.#line(0, `Done in ${elapsed(this.#run.elapsedMs)}`);
      return 0;
    }
    if (first !== 'foreach') throw new UsageError(`Unknown command: "workspaces ${first ?? ''}"`);
    const words = parseWords(argv.slice(argv.indexOf('foreach') + 1), valuedFlags, shortFlags, true);
    const [word, ...others] = words.operands[0] === 'run' ? words.operands.slice(1) : words.operands;
    if (rest.length === 0 || word === undefined) throw new UsageError('Not enough positional arguments.');
    for (const { folder, manifest } of workspaces) {
      if (manifest.scripts?.[word] === undefined) continue;
      const code = await this.#run.script(resolvePath(this.#root, folder), word, [...others, ...words.rest]);
      if (code !== 0) return code;
    }
    await this.#run.out(`Done in ${elapsed(this.#run.elapsedMs)}`);
    return 0;
  }
}

function describe(error: unknown): readonly [code: number, message: string] {
  if (error instanceof ReportError) return [error.code, error.message];
  if (error instanceof NoMatch) {
    const { kind, packageName, range, failure } = error;
    if (failure !== undefined && (failure as { code?: string }).code !== 'E404') return [1, messageOf(failure)];
    if (kind === 'package') return [35, `${packageName}@npm:${range}: Package not found`];
    return [82, `${packageName}@npm:${range}: No candidates found`];
  }
  if (error instanceof ManifestSyntaxError) return [1, `${error.message} (when parsing ${error.path})`];
  return [1, messageOf(error)];
}

/** What came and what went, as many as fit into a line. */
function changeLines(before: BerryLock | undefined, next: BerryLock, project: Project): string[] {
  const ids = (lock: BerryLock | undefined) =>
    new Set(
      [...(lock?.entries.values() ?? [])]
        .filter(({ linkType, conditions }) => linkType === 'hard' && conditions === undefined)
        .map(({ resolution }) => resolution),
    );
  const direct = new Set(
    project.workspaces.flatMap(({ manifest }) => dependencyFields.flatMap((field) => Object.keys(manifest[field] ?? {}))),
  );
  const [old, now] = [ids(before), ids(next)];
  const line = (sign: string, list: readonly string[]): string[] => {
    if (list.length === 0) return [];
    const rank = (id: string) => (sign === '+' && direct.has(splitSpecifier(id).name) ? 0 : 1);
    const sorted = [...list].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
    const shown: string[] = [];
    for (let length = 0; shown.length < sorted.length;) {
      const id = sorted[shown.length] ?? '';
      length += id.length + 2;
      if (shown.length > 0 && length > 145) break;
      shown.push(id);
    }
    const more = sorted.length - shown.length;
    return [`${sign} ${shown.join(', ')}${more === 0 ? '' : `, and ${more} more.`}`];
  };
  return [
    ...line(
      '+',
      [...now].filter((id) => !old.has(id)),
    ),
    ...line(
      '-',
      [...old].filter((id) => !now.has(id)),
    ),
  ];
}

const createName = (name: string) => {
  if (name.startsWith('@')) return name.includes('/') ? name.replace('/', '/create-') : `${name}/create`;
  return `create-${name}`;
};

const unavailable = new Set([
  'npm',
  'pack',
  'publish',
  'link',
  'unlink',
  'patch',
  'patch-commit',
  'plugin',
  'set',
  'config',
  'constraints',
  'dedupe',
  'explain',
  'rebuild',
  'search',
  'stage',
  'unplug',
  'version',
  'cache',
  'node',
  'outdated',
  'audit',
]);

/** `0s 292ms`, `1m 3s`. */
function elapsed(ms: number): string {
  if (ms < 60_000) return `${Math.floor(ms / 1000)}s ${Math.round(ms % 1000)}ms`;
  return `${Math.floor(ms / 60_000)}m ${Math.floor((ms % 60_000) / 1000)}s`;
}
