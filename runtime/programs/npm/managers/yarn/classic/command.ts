/** Yarn 1's command line. */
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
  parseManifest,
  readProject,
  workspaceFolders,
  workspacePatterns,
  type Project,
  type ProjectManifest,
} from '../../project.ts';
import { aliasOf, splitSpecifier } from '../../specifiers.ts';
import { IncompatiblePlatform, planClassic } from './layout.ts';
import { parseClassicLock, writeClassicLock, type ClassicEntry, type ClassicLock } from './lockfile.ts';
import { LockNeedsUpdate, resolveClassic } from './resolve.ts';

export const classicVersion = '1.22.22';
const valuedFlags = ['cwd', 'registry', 'modules-folder', 'cache-folder', 'network-timeout', 'depth', 'pattern'];
const shortFlags = {
  D: 'dev',
  P: 'peer',
  O: 'optional',
  E: 'exact',
  T: 'tilde',
  W: 'ignore-workspace-root-check',
  s: 'silent',
  v: 'version',
  h: 'help',
  y: 'yes',
  f: 'force',
};

class ClassicError extends Error {}

export async function runClassic(run: ManagerRun, argv: readonly string[]): Promise<number> {
  const command = new Classic(run);
  try {
    return await command.run(argv);
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (isEnd(error)) throw error;
    await run.err(`error ${describe(error)}`);
    if (command.documented !== undefined)
      await run.out(`info Visit https://yarnpkg.com/en/docs/cli/${command.documented} for documentation about this command.`);
    return 1;
  }
}

function describe(error: unknown): string {
  if (error instanceof LockNeedsUpdate) return 'Your lockfile needs to be updated, but yarn was run with `--frozen-lockfile`.';
  if (error instanceof NoMatch) {
    const { kind, packageName, range, failure } = error;
    if (failure !== undefined && (failure as { code?: string }).code !== 'E404') return messageOf(failure);
    return kind === 'package'
      ? `Couldn't find package "${packageName}" on the "npm" registry.`
      : `Couldn't find any versions for "${packageName}" that matches "${range}"`;
  }
  if (error instanceof ManifestSyntaxError) return `SyntaxError: ${error.path}: ${error.message}`;
  return messageOf(error);
}

class Classic {
  readonly #run: ManagerRun;
  #root = '';
  #silent = false;
  documented: string | undefined;

  constructor(run: ManagerRun) {
    this.#run = run;
  }

  async run(argv: readonly string[]): Promise<number> {
    const first = parseWords(argv, valuedFlags, shortFlags, true);
    const [word = 'install', ...after] = first.operands;
    this.#silent = first.flags.has('silent');
    if (first.operands.length === 0 && first.flags.has('version')) {
      await this.#run.out(classicVersion);
      return 0;
    }
    if (first.flags.has('help') && first.operands.length === 0) {
      await this.#run.out(
        `\n  Usage: yarn [command] [flags]\n\n  Commands: add, create, exec, init, install, list, remove, run, test, upgrade, why, workspace, workspaces`,
      );
      return 0;
    }
    this.#root = this.#projectRoot();
    const words = parseWords(argv, valuedFlags, shortFlags);
    const operands = words.operands.slice(first.operands.length === 0 ? 0 : 1);
    this.documented = word;
    switch (word) {
      case 'install':
        if (operands.length > 0)
          throw new ClassicError(
            '`install` has been replaced with `add` to add new dependencies. Run "yarn add ' + operands.join(' ') + '" instead.',
          );
        return this.#install(words);
      case 'add':
        return this.#add(words, operands);
      case 'remove':
        return this.#remove(words, operands);
      case 'upgrade':
        return this.#upgrade(words, operands);
      case 'run':
      case 'run-script':
        this.documented = 'run';
        return this.#script(after, first);
      case 'exec':
        return this.#exec([...after, ...first.rest]);
      case 'dlx':
      case 'create':
        return this.#create(word === 'create' ? [createName(after[0] ?? ''), ...after.slice(1)] : after);
      case 'list':
        return this.#list();
      case 'why':
        return this.#why(operands);
      case 'init':
        return this.#init(words);
      case 'workspace':
        return this.#workspace(after);
      case 'workspaces':
        return this.#workspaces(after);
      case 'bin':
        await this.#run.out(resolvePath(this.#root, 'node_modules/.bin'));
        return 0;
      case 'cache':
        throw new ClassicError('The cache is shared by all package managers here: use "npm cache".');
      default:
        if (unavailable.has(word)) throw new ClassicError(`"yarn ${word}" is not available in a page.`);
        this.documented = 'run';
        return this.#script([word, ...after], first);
    }
  }

  async #say(text: string): Promise<void> {
    if (!this.#silent) await this.#run.out(text);
  }

  async #begin(name: string): Promise<void> {
    await this.#say(`yarn ${name} v${classicVersion}`);
    const text = this.#run.files(this.#root).read('package.json');
    if (text === undefined) return;
    const { license, private: isPrivate } = parseManifest(text, resolvePath(this.#root, 'package.json'));
    if (license === undefined && isPrivate !== true) await this.#warn('package.json: No license field');
  }

  async #warn(text: string): Promise<void> {
    await this.#run.err(`warning ${text}`);
  }

  #projectRoot(): string {
    const { cwd } = this.#run;
    const own = this.#run.findRoot((folder) => this.#run.has(folder, 'package.json'));
    for (const folder of upwards(own)) {
      if (folder === own || !this.#run.has(folder, 'package.json')) continue;
      const files = this.#run.files(folder);
      const patterns = workspacePatterns(JSON.parse(files.read('package.json') ?? '{}') as ProjectManifest);
      if (patterns.length > 0 && workspaceFolders(patterns, files).some((inner) => resolvePath(folder, inner) === own)) return folder;
    }
    return own === '' ? cwd : own;
  }

  #project(changed: ReadonlyMap<string, string> = new Map()): Project {
    const files = this.#run.files(this.#root);
    return readProject(this.#root, { ...files, read: (path) => changed.get(path) ?? files.read(path) });
  }

  #targetPath(project: Project): string {
    const inner = project.workspaces.filter(
      ({ folder }) => folder !== '' && `${this.#run.cwd}/`.startsWith(`${resolvePath(this.#root, folder)}/`),
    );
    const folder = inner.at(-1)?.folder ?? '';
    return folder === '' ? 'package.json' : `${folder}/package.json`;
  }

  #lock(): ClassicLock | undefined {
    const text = this.#run.files(this.#root).read('yarn.lock');
    return text === undefined ? undefined : parseClassicLock(text);
  }

  async #install(words: Words): Promise<number> {
    await this.#begin('install');
    const lock = this.#lock();
    if (lock === undefined) await this.#say('info No lockfile found.');
    if (this.#run.has(this.#root, 'package-lock.json')) {
      await this.#warn(
        'package-lock.json found. Your project contains lock files generated by tools other than Yarn. It is advised not to mix package managers in order to avoid resolution inconsistencies caused by unsynchronized lock files. To clear this warning, remove package-lock.json.',
      );
    }
    if (!words.flags.has('frozen-lockfile') && lock !== undefined && this.#isUpToDate(lock, words)) {
      await this.#say('[1/4] Resolving packages...');
      await this.#say('success Already up-to-date.');
      return this.#done();
    }
    const { savedLock } = await this.#reify(this.#project(), words, new Map(), lock ?? new Map());
    if (savedLock) await this.#say('success Saved lockfile.');
    return this.#done();
  }

  /** By the note of the last install. */
  #isUpToDate(lock: ClassicLock, words: Words): boolean {
    if (words.flags.has('force') || words.flags.has('check-files')) return false;
    const note = this.#run.files(this.#root).read('node_modules/.yarn-integrity');
    if (note === undefined) return false;
    const { lockfileEntries, topLevelPatterns } = JSON.parse(note) as {
      lockfileEntries: Record<string, string>;
      topLevelPatterns: string[];
    };
    const own = Object.fromEntries([...lock].map(([pattern, { resolved = '' }]) => [pattern, resolved]));
    const keys = new Set([...Object.keys(own), ...Object.keys(lockfileEntries)]);
    const wanted = new Set(
      this.#project().workspaces.flatMap(({ manifest }) =>
        dependencyFields.flatMap((field) =>
          field === 'peerDependencies' ? [] : Object.entries(manifest[field] ?? {}).map(([name, range]) => `${name}@${range}`),
        ),
      ),
    );
    const noted = new Set(topLevelPatterns);
    return (
      [...keys].every((key) => own[key] === lockfileEntries[key]) &&
      [...wanted].every((pattern) => noted.has(pattern)) &&
      (wanted.size > 0 || noted.size === 0) &&
      noted.size >= wanted.size &&
      [...noted].every((pattern) => wanted.has(pattern) || noted.size > wanted.size)
    );
  }

  /** Resolves, fetches, links; `changed` holds manifests that are to be written with the lockfile. */
  async #reify(
    project: Project,
    words: Words,
    changed: ReadonlyMap<string, string>,
    lock: ClassicLock,
    quiet = false,
  ): Promise<{ readonly savedLock: boolean; readonly lock: ClassicLock }> {
    const run = this.#run;
    const { flags } = words;
    const step = (text: string) => (quiet ? Promise.resolve() : this.#say(text));
    await step('[1/4] Resolving packages...');
    const facts = await run.facts();
    const folders = run.localFolders(project);
    const frozen = flags.has('frozen-lockfile');
    const next = await resolveClassic({ project, lock, facts, folders, frozen });
    await facts.loadAll([...next].map(([pattern, entry]) => publishedName(pattern, entry)).filter((name) => name !== ''));
    for (const [pattern, { version }] of next) {
      const name = publishedName(pattern, { version });
      const deprecated = facts.version(name, version)?.deprecated;
      if (typeof deprecated === 'string' && deprecated !== '' && !lock.has(pattern)) await this.#warn(`${name}@${version}: ${deprecated}`);
    }
    await step('[2/4] Fetching packages...');
    const production = flags.has('production') || flags.has('prod');
    const noted = [...(flags.has('ignore-scripts') ? ['ignoreScripts'] : []), ...(production ? ['production'] : [])];
    let planned: ReturnType<typeof planClassic>;
    try {
      planned = planClassic({ project, lock: next, facts, registry: run.registry, folders, production, flags: noted });
    } catch (error) {
      if (!(error instanceof IncompatiblePlatform)) throw error;
      await run.err(`error ${error.message}`);
      throw new ClassicError('Found incompatible module.');
    }
    const text = writeClassicLock(next);
    const before = run.files(this.#root).read('yarn.lock');
    const savedLock = text !== before && !frozen && !flags.has('pure-lockfile') && !flags.has('no-lockfile');
    const { plan, warnings } = planned;
    const result = await run.install(
      {
        ...plan,
        files: [
          ...[...changed].map(([path, content]) => ({ path, text: content })),
          ...(savedLock ? [{ path: 'yarn.lock', text }] : []),
          ...plan.files,
        ],
      },
      { scripts: !flags.has('ignore-scripts') },
    );
    await step('[3/4] Linking dependencies...');
    if (!quiet) for (const warning of warnings) await this.#warn(warning);
    await step('[4/4] Building fresh packages...');
    for (const { name, reason } of result.leftOut) await this.#say(`info ${name}: ${reason}`);
    for (const each of result.substituted) await this.#say(`info ${substitutionText(each)}`);
    if (flags.has('ignore-scripts')) await this.#warn('Ignored scripts due to flag.');
    else await this.#projectScripts(project);
    return { savedLock, lock: next };
  }

  async #projectScripts(project: Project): Promise<void> {
    for (const { folder, manifest } of project.workspaces) {
      for (const event of ['preinstall', 'install', 'postinstall', 'prepublish', 'prepare']) {
        if (manifest.scripts?.[event] === undefined) continue;
        const code = await this.#run.script(resolvePath(this.#root, folder), event, [], { before: (command) => this.#say(`$ ${command}`) });
        if (code !== 0) throw new ClassicError(`Command failed with exit code ${code}.`);
      }
    }
  }

  async #done(): Promise<number> {
    await this.#say(`Done in ${(this.#run.elapsedMs / 1000).toFixed(2)}s.`);
    return 0;
  }

  async #add(words: Words, texts: readonly string[]): Promise<number> {
    await this.#begin('add');
    if (texts.length === 0) throw new ClassicError('Missing list of packages to add to your project.');
    const lock = this.#lock();
    if (lock === undefined) await this.#say('info No lockfile found.');
    if (!this.#run.has(this.#root, 'package.json')) this.#run.write(this.#root, 'package.json', '{}\n');
    const project = this.#project();
    const path = this.#targetPath(project);
    if (path === 'package.json' && project.workspaces.length > 1 && !words.flags.has('ignore-workspace-root-check')) {
      throw new ClassicError(
        'Running this command will add the dependency to the workspace root rather than the workspace itself, which might not be what you want - if you really meant it, make it explicit by running this command again with the -W flag (or --ignore-workspace-root-check).',
      );
    }
    const edit = new ManifestEdit(this.#run.files(this.#root).read(path) ?? '{}');
    const names: string[] = [];
    for (const text of texts) {
      const { name, range } = await this.#added(text, words);
      const field: DependencyField = words.flags.has('dev')
        ? 'devDependencies'
        : words.flags.has('peer')
          ? 'peerDependencies'
          : words.flags.has('optional')
            ? 'optionalDependencies'
            : 'dependencies';
      const there = edit.where(name);
      if (there !== undefined && there !== field && there !== 'peerDependencies')
        await this.#warn(`"${name}" is already in '${there}'. Please remove existing entry first before adding it to '${field}'.`);
      edit.set(field, name, range);
      names.push(name);
    }
    const changed = new Map([[path, edit.text]]);
    const result = await this.#reify(this.#project(changed), words, changed, lock ?? new Map());
    if (result.savedLock) await this.#say('success Saved lockfile.');
    const before = lock ?? new Map();
    const fresh = [
      ...new Set(
        [...result.lock]
          .filter(
            ([pattern, entry]) =>
              ![...before.values()].some((old) => (old as ClassicEntry).resolved === entry.resolved) ||
              names.includes(splitSpecifier(pattern).name),
          )
          .map(([pattern, { version }]) => `${splitSpecifier(pattern).name}@${version}`),
      ),
    ].sort();
    const direct = fresh.filter((id) => names.includes(splitSpecifier(id).name));
    await this.#say(fresh.length === 1 ? 'success Saved 1 new dependency.' : `success Saved ${fresh.length} new dependencies.`);
    await this.#say(`info Direct dependencies\n${treeLines(direct)}`);
    await this.#say(`info All dependencies\n${treeLines(fresh)}`);
    return this.#done();
  }

  async #added(text: string, words: Words): Promise<{ readonly name: string; readonly range: string }> {
    const parsed = parseAdded(text);
    if (parsed === undefined) {
      const folder = text.replace(/^(?:file|link):/, '');
      const manifest = this.#run.session.disk.readText(resolvePath(this.#run.cwd, folder, 'package.json'));
      if (manifest === undefined) throw new ClassicError(`"${text}" cannot be added here: only packages of a registry and folders can.`);
      return {
        name: (JSON.parse(manifest) as { name?: string }).name ?? folder,
        range: /^(?:file|link):/.test(text) ? text : `file:${folder}`,
      };
    }
    const { name, range } = parsed;
    const alias = aliasOf(range);
    const published = alias?.name ?? name;
    const wanted = alias?.range ?? range;
    const facts = await this.#run.facts();
    const packument = await facts.load(published);
    if (packument === undefined) throw new NoMatch('package', published, wanted, facts.failure(published));
    const version = pickVersion(packument, wanted === '' ? 'latest' : wanted, { preferLatest: true });
    if (version === undefined) throw new NoMatch('version', published, wanted);
    const prefix = words.flags.has('exact') ? '' : words.flags.has('tilde') ? '~' : '^';
    const saved = wanted === '' || packument['dist-tags']?.[wanted] !== undefined ? `${prefix}${version}` : wanted;
    return { name, range: alias === undefined ? saved : `npm:${published}@${saved}` };
  }

  async #remove(words: Words, names: readonly string[]): Promise<number> {
    await this.#begin('remove');
    if (names.length === 0) throw new ClassicError('You must specify at least one argument.');
    if (this.#lock() === undefined) throw new ClassicError('No lockfile in this directory. Run `yarn install` to generate one.');
    const project = this.#project();
    const path = this.#targetPath(project);
    const edit = new ManifestEdit(this.#run.files(this.#root).read(path) ?? '{}');
    let step = 1;
    const steps = names.length + 1;
    for (const name of names) {
      await this.#say(`[${step++}/${steps}] Removing module ${name}...`);
      if (!edit.remove(name)) throw new ClassicError("This module isn't specified in a package.json file.");
    }
    await this.#say(`[${step}/${steps}] Regenerating lockfile and installing missing dependencies...`);
    const changed = new Map([[path, edit.text]]);
    const quiet = { ...words, flags: new Map(words.flags) };
    await this.#reify(this.#project(changed), quiet, changed, this.#lock() ?? new Map(), true);
    await this.#say('success Uninstalled packages.');
    return this.#done();
  }

  async #upgrade(words: Words, names: readonly string[]): Promise<number> {
    await this.#begin('upgrade');
    const changed = new Map<string, string>();
    const project = this.#project();
    if (words.flags.has('latest') || words.flags.has('L')) {
      const path = this.#targetPath(project);
      const edit = new ManifestEdit(this.#run.files(this.#root).read(path) ?? '{}');
      for (const field of dependencyFields) {
        for (const name of Object.keys(edit.field(field) ?? {})) {
          if (field !== 'peerDependencies' && (names.length === 0 || names.includes(name)))
            edit.set(field, name, (await this.#added(name, words)).range);
        }
      }
      changed.set(path, edit.text);
    }
    const lock = new Map(
      [...(this.#lock() ?? new Map<string, ClassicEntry>())].filter(
        ([pattern]) => names.length > 0 && !names.includes(splitSpecifier(pattern).name),
      ),
    );
    const { savedLock } = await this.#reify(this.#project(changed), words, changed, lock);
    if (savedLock) await this.#say('success Saved lockfile.');
    return this.#done();
  }

  #scripts(folder: string): Readonly<Record<string, string>> {
    return (
      (JSON.parse(this.#run.session.disk.readText(resolvePath(folder, 'package.json')) ?? '{}') as { scripts?: Record<string, string> })
        .scripts ?? {}
    );
  }

  async #script([name, ...args]: readonly string[], words: Words, at?: string): Promise<number> {
    const run = this.#run;
    const own = at ?? run.findRoot((folder) => run.has(folder, 'package.json'));
    await this.#begin('run');
    const scripts = this.#scripts(own);
    if (name === undefined) {
      await this.#say(
        `info Commands available from binary scripts: ${run.session.disk
          .list(resolvePath(own, 'node_modules/.bin'))
          .map((entry) => entry.name)
          .sort()
          .join(', ')}`,
      );
      await this.#say('info Project commands');
      for (const [script, command] of Object.entries(scripts)) await this.#say(`   - ${script}\n      ${command}`);
      return this.#done();
    }
    const passed = [...args, ...words.rest];
    if (scripts[name] !== undefined) {
      for (const event of [`pre${name}`, name, `post${name}`]) {
        const code = await run.script(own, event, event === name ? passed : [], { before: (command) => this.#say(`$ ${command}`) });
        if (code !== 0) return this.#failed(code);
      }
      return this.#done();
    }
    const code =
      run.session.disk.exists(resolvePath(own, 'node_modules/.bin', name)) ||
      run.session.disk.exists(resolvePath(this.#root, 'node_modules/.bin', name))
        ? await this.#program(own, [name, ...passed])
        : undefined;
    if (code === undefined) throw new ClassicError(`Command "${name}" not found.`);
    return code === 0 ? this.#done() : this.#failed(code);
  }

  async #program(own: string, argv: readonly string[]): Promise<number | undefined> {
    await this.#say(`$ ${[resolvePath(own, 'node_modules/.bin', argv[0] ?? ''), ...argv.slice(1)].join(' ')}`);
    return this.#run.program(own, argv);
  }

  async #failed(code: number): Promise<number> {
    await this.#run.err(`error Command failed with exit code ${code}.`);
    await this.#run.out('info Visit https://yarnpkg.com/en/docs/cli/run for documentation about this command.');
    return code;
  }

  async #exec(argv: readonly string[]): Promise<number> {
    await this.#begin('exec');
    const code = await this.#run.program(this.#root, argv);
    if (code === undefined) throw new ClassicError(`Couldn't find the binary ${argv[0] ?? ''}`);
    return code === 0 ? this.#done() : this.#failed(code);
  }

  async #create([name = '', ...args]: readonly string[]): Promise<number> {
    const { runFetched } = await import('../../fetched-command.ts');
    await this.#begin('create');
    const code = await runFetched(this.#run, { packages: [name], args });
    return code === 0 ? this.#done() : this.#failed(code);
  }

  async #list(): Promise<number> {
    await this.#begin('list');
    const lock = this.#lock() ?? new Map<string, ClassicEntry>();
    const ids = [...new Set([...lock].map(([pattern, { version }]) => `${splitSpecifier(pattern).name}@${version}`))].sort();
    await this.#say(treeLines(ids));
    return this.#done();
  }

  async #why([name]: readonly string[]): Promise<number> {
    await this.#begin('why');
    if (name === undefined)
      throw new ClassicError('Missing package name, folder or path to file to identify why a package has been installed');
    const lock = this.#lock() ?? new Map<string, ClassicEntry>();
    const found = [...lock].filter(([pattern]) => splitSpecifier(pattern).name === name);
    if (found.length === 0) throw new ClassicError(`We couldn't find a match!`);
    for (const version of new Set(found.map(([, entry]) => entry.version))) await this.#say(`=> Found "${name}@${version}"`);
    for (const { folder, manifest } of this.#project().workspaces) {
      for (const field of dependencyFields)
        if (manifest[field]?.[name] !== undefined)
          await this.#say(`info Specified in "${field}" of ${folder === '' ? 'the project' : folder}`);
    }
    for (const [pattern, { dependencies, optionalDependencies }] of lock) {
      if (name in { ...dependencies, ...optionalDependencies }) await this.#say(`info "${splitSpecifier(pattern).name}" depends on it`);
    }
    return this.#done();
  }

  async #init(words: Words): Promise<number> {
    await this.#begin('init');
    const { cwd } = this.#run;
    const manifest = {
      name: cwd.slice(cwd.lastIndexOf('/') + 1),
      version: '1.0.0',
      main: 'index.js',
      license: 'MIT',
      ...(words.flags.has('private') || words.flags.has('p') ? { private: true } : {}),
    };
    const before = this.#run.session.disk.readText(resolvePath(cwd, 'package.json'));
    this.#run.write(
      cwd,
      'package.json',
      `${JSON.stringify({ ...manifest, ...(before === undefined ? {} : (JSON.parse(before) as object)) }, null, 2)}\n`,
    );
    if (!words.flags.has('yes'))
      await this.#warn(
        'The yes flag has been set. This will automatically answer yes to all questions, which may have security implications.',
      );
    await this.#say('success Saved package.json');
    return this.#done();
  }

  async #workspace([name = '', ...argv]: readonly string[]): Promise<number> {
    const found = this.#project().workspaces.find(({ manifest }) => manifest.name === name);
    if (found === undefined) throw new ClassicError(`Unknown workspace "${name}".`);
    const words = parseWords(argv, valuedFlags, shortFlags, true);
    const [first, ...rest] = words.operands;
    return this.#script(first === 'run' ? rest : words.operands, words, resolvePath(this.#root, found.folder));
  }

  async #workspaces([first = 'info', ...argv]: readonly string[]): Promise<number> {
    const inner = this.#project().workspaces.filter(({ folder }) => folder !== '');
    if (first === 'run') {
      await this.#say(`yarn workspaces v${classicVersion}`);
      for (const { folder, manifest } of inner) {
        await this.#say(`\n> ${manifest.name ?? folder}`);
        const code = await this.#script(argv, parseWords([], [], {}), resolvePath(this.#root, folder));
        if (code !== 0) return code;
      }
      return this.#done();
    }
    await this.#say(`yarn workspaces v${classicVersion}`);
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
    await this.#run.out(JSON.stringify(info, null, 2));
    return this.#done();
  }
}

const unavailable = new Set([
  'publish',
  'login',
  'logout',
  'link',
  'unlink',
  'global',
  'audit',
  'autoclean',
  'check',
  'config',
  'generate-lock-entry',
  'global',
  'import',
  'info',
  'licenses',
  'outdated',
  'owner',
  'pack',
  'policies',
  'self-update',
  'tag',
  'team',
  'unplug',
  'upgrade-interactive',
  'version',
  'versions',
]);

const createName = (name: string) => {
  if (name.startsWith('@')) return name.includes('/') ? name.replace('/', '/create-') : `${name}/create`;
  return `create-${name}`;
};

function publishedName(pattern: string, entry: ClassicEntry): string {
  const { name, range } = splitSpecifier(pattern);
  if (/^(?:file:|link:|\.{1,2}\/)/.test(range)) return '';
  return aliasOf(range)?.name ?? entry.name ?? name;
}

const treeLines = (ids: readonly string[]) => ids.map((id, index) => `${index === ids.length - 1 ? '└' : '├'}─ ${id}`).join('\n');
