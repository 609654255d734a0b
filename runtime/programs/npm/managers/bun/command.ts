/** bun's command line, as far as it manages packages. Its own runtime is not here: scripts and commands run in `node`. */
import type { ProgramContext } from '../../../../process/program.ts';
import type { InstallResult } from '../../install/install-plan.ts';
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
  substitutionText,
  type DependencyField,
  type Words,
} from '../manager-run.ts';
import { NoMatch, pickVersion } from '../pick.ts';
import {
  commandsOf,
  ManifestSyntaxError,
  readProject,
  workspaceFolders,
  workspacePatterns,
  type Project,
  type ProjectManifest,
} from '../project.ts';
import { aliasOf, splitSpecifier } from '../specifiers.ts';
import { planBun } from './layout.ts';
import { parseBunLock, writeBunLock, type BunLock } from './lockfile.ts';

export const bunVersion = '1.4.5';
const revision = 'a7733435c';
const valuedFlags = ['cwd', 'registry', 'cache-dir', 'filter', 'package', 'linker', 'omit', 'backend', 'concurrent-scripts'];
const shortFlags = {
  d: 'dev',
  D: 'dev',
  E: 'exact',
  p: 'production',
  f: 'force',
  g: 'global',
  y: 'yes',
  F: 'filter',
  v: 'version',
  h: 'help',
};

class BunError extends Error {}

export async function runBun(context: ProgramContext, argv: readonly string[]): Promise<number> {
  const run = await ManagerRun.open(context, 'bun');
  try {
    return await new Bun(run).run(argv);
  } catch (error) {
    if (error instanceof Exit) return error.code;
    if (isEnd(error)) throw error;
    for (const line of describe(run, error)) await run.err(line);
    return 1;
  }
}

function describe(run: ManagerRun, error: unknown): readonly string[] {
  if (error instanceof NoMatch) {
    const { kind, packageName, range, failure } = error;
    if (failure !== undefined && (failure as { code?: string }).code !== 'E404') return [`error: ${messageOf(failure)}`];
    if (kind === 'package')
      return [
        `error: GET ${run.registry}${packageName.replace('/', '%2f')} - 404`,
        `error: ${packageName}@${range || 'latest'} failed to resolve`,
      ];
    return [
      `error: No version matching "${range}" found for specifier "${packageName}" (but package exists)`,
      `error: ${packageName}@${range || 'latest'} failed to resolve`,
    ];
  }
  if (error instanceof ManifestSyntaxError) {
    return [`error: ${error.message}`, `    at ${error.path}`, `ParserError: failed to parse '${error.path}'`];
  }
  return [`error: ${messageOf(error)}`];
}

class Bun {
  readonly #run: ManagerRun;
  #root = '';

  constructor(run: ManagerRun) {
    this.#run = run;
  }

  async run(argv: readonly string[]): Promise<number> {
    const first = parseWords(argv, valuedFlags, shortFlags, true);
    const [word, ...after] = first.operands;
    if (word === undefined) {
      if (first.flags.has('version') || first.flags.has('revision')) {
        await this.#run.out(first.flags.has('revision') ? `${bunVersion}+${revision}` : bunVersion);
        return 0;
      }
      await this.#run.out(helpText);
      return 0;
    }
    this.#root = this.#projectRoot();
    const words = parseWords(argv, valuedFlags, shortFlags);
    const operands = words.operands.slice(1);
    switch (word) {
      case 'install':
      case 'i':
        return operands.length > 0 ? this.#add(words, operands) : this.#install(words);
      case 'ci':
        return this.#install({ ...words, flags: new Map([...words.flags, ['frozen-lockfile', true]]) });
      case 'add':
      case 'a':
        return this.#add(words, operands);
      case 'remove':
      case 'rm':
        return this.#remove(words, operands);
      case 'update':
        return this.#update(words, operands);
      case 'run':
        return this.#script(after, first);
      case 'x':
        return this.#fetched(after, first);
      case 'create':
      case 'c': {
        const [name = '', ...rest] = after;
        return this.#fetched([name.startsWith('@') ? name.replace('/', '/create-') : `create-${name}`, ...rest], first);
      }
      case 'init':
        return this.#init();
      case 'pm':
        if (after[0] === 'ls' || after[0] === 'list') return this.#list();
        if (after[0] === 'bin') {
          await this.#run.out(resolvePath(this.#root, 'node_modules/.bin'));
          return 0;
        }
        throw new BunError(`"bun pm ${after[0] ?? ''}" is not available in a page`);
      case 'list':
        return this.#list();
      case 'why':
        return this.#why(operands);
      default:
        if (unavailable.has(word)) throw new BunError(`"bun ${word}" needs bun's own runtime, which no page can run; use node`);
        return this.#script([word, ...after], first);
    }
  }

  #projectRoot(): string {
    const own = this.#run.findRoot((folder) => this.#run.has(folder, 'package.json'));
    for (const folder of upwards(own)) {
      if (folder === own || !this.#run.has(folder, 'package.json')) continue;
      const files = this.#run.files(folder);
      const patterns = workspacePatterns(JSON.parse(files.read('package.json') ?? '{}') as ProjectManifest);
      if (patterns.length > 0 && workspaceFolders(patterns, files).some((inner) => resolvePath(folder, inner) === own)) return folder;
    }
    return own;
  }

  #project(changed: ReadonlyMap<string, string> = new Map()): Project {
    const files = this.#run.files(this.#root);
    return readProject(this.#root, { ...files, read: (path) => changed.get(path) ?? files.read(path) });
  }

  #lock(): BunLock | undefined {
    const text = this.#run.files(this.#root).read('bun.lock');
    if (text === undefined && this.#run.has(this.#root, 'bun.lockb'))
      throw new BunError(
        'bun.lockb, the binary lockfile, cannot be read here; run "bun install --save-text-lockfile" where bun is installed',
      );
    return text === undefined ? undefined : parseBunLock(text);
  }

  #title(name: string): Promise<void> {
    return this.#run.out(`bun ${name} v${bunVersion} (${revision})\n`);
  }

  get #time(): string {
    return `[${this.#run.elapsedMs.toFixed(2)}ms]`;
  }

  async #install(words: Words): Promise<number> {
    if (!this.#run.has(this.#root, 'package.json')) throw new BunError(`could not find package.json in ${this.#run.cwd}`);
    await this.#title('install');
    const project = this.#project();
    const { lock, result, direct } = await this.#reify(project, words, new Map());
    const changes = [...result.added, ...result.changed];
    const places = new Set(changes.map(({ place }) => place));
    const lines: string[] = [];
    const facts = await this.#run.facts();
    const rank = (field: DependencyField) => ['devDependencies', 'optionalDependencies', 'dependencies', 'peerDependencies'].indexOf(field);
    for (const { name, field } of [...direct].sort((a, b) => rank(a.field) - rank(b.field) || (a.name < b.name ? -1 : 1))) {
      const id = lock.packages[name]?.id;
      if (id === undefined || !places.has(`node_modules/${name}`)) continue;
      const { name: published, range: version } = splitSpecifier(id);
      const latest = facts.packument(published)?.['dist-tags']?.['latest'];
      lines.push(
        `+ ${name}@${version.replace(/^file:/, '')}${latest === undefined || latest === version || field === 'peerDependencies' ? '' : ` (v${latest} available)`}`,
      );
    }
    if (lines.length > 0) await this.#run.out(`${lines.join('\n')}\n`);
    const total = Object.keys(lock.packages).length;
    if (total === 0) {
      await this.#run.err('No packages! Deleted empty lockfile');
      await this.#run.out(`${this.#time} done`);
    } else if (changes.length === 0) {
      await this.#run.out(`Checked ${total} install${total === 1 ? '' : 's'} across ${total + 1} packages (no changes) ${this.#time}`);
    } else await this.#run.out(`${changes.length} package${changes.length === 1 ? '' : 's'} installed ${this.#time}`);
    return 0;
  }

  async #reify(
    project: Project,
    words: Words,
    changed: ReadonlyMap<string, string>,
    forget?: (name: string) => boolean,
  ): Promise<{
    readonly lock: BunLock;
    readonly result: InstallResult;
    readonly direct: readonly { readonly name: string; readonly field: DependencyField }[];
  }> {
    const run = this.#run;
    const { flags } = words;
    const facts = await run.facts();
    const folders = run.localFolders(project);
    const before = this.#lock();
    const kept =
      before === undefined || forget === undefined
        ? before
        : {
            ...before,
            packages: Object.fromEntries(Object.entries(before.packages).filter(([, { id }]) => !forget(splitSpecifier(id).name))),
          };
    const frozen = flags.has('frozen-lockfile');
    const next =
      before !== undefined && changed.size === 0 && forget === undefined && agrees(before, project)
        ? before
        : await (
            await import('./resolve.ts')
          ).resolveBun({ project, facts, folders, registry: run.registry, ...(kept === undefined ? {} : { lock: kept }) });
    const text = writeBunLock(next);
    const old = run.files(this.#root).read('bun.lock');
    const isEmpty = Object.keys(next.packages).length === 0;
    const saves = text !== old && next !== before && !isEmpty;
    if (frozen && (saves || (old === undefined && !isEmpty))) {
      await run.err('error: lockfile had changes, but lockfile is frozen');
      await run.err('note: try re-running without --frozen-lockfile and commit the updated lockfile');
      throw new Exit(1);
    }
    if (next !== before && !isEmpty) await run.err('Resolving dependencies');
    const plan = planBun({
      project,
      lock: next,
      facts,
      registry: run.registry,
      folders,
      production: flags.has('production') || flags.get('omit') === 'dev',
    });
    const trusted = new Set(project.manifest.trustedDependencies ?? []);
    let blocked = 0;
    const result = await run.install(
      {
        ...plan,
        files: [
          ...[...changed].map(([path, content]) => ({ path, text: content })),
          ...(saves && !flags.has('no-save') ? [{ path: 'bun.lock', text }] : []),
          ...plan.files,
        ],
      },
      {
        scripts: !flags.has('ignore-scripts'),
        mayRunScripts: ({ name }) => {
          if (!trusted.has(name)) blocked++;
          return trusted.has(name);
        },
      },
    );
    if (next !== before && !isEmpty) await run.err(`Resolved, downloaded and extracted [${result.added.length + result.changed.length}]`);
    if (saves) await run.err('Saved lockfile');
    for (const each of result.substituted) await run.err(`warn: ${substitutionText(each)}`);
    for (const { name, reason } of result.leftOut) await run.err(`warn: ${name}: ${reason}`);
    if (blocked > 0) await run.out(`\nBlocked ${blocked} postinstall${blocked === 1 ? '' : 's'}. Run \`bun pm untrusted\` for details.\n`);
    if (!flags.has('ignore-scripts')) await this.#projectScripts(project);
    const direct = dependencyFields.flatMap((field) => Object.keys(project.manifest[field] ?? {}).map((name) => ({ name, field })));
    return { lock: next, result, direct };
  }

  async #projectScripts(project: Project): Promise<void> {
    for (const { folder, manifest } of project.workspaces) {
      for (const event of ['preinstall', 'install', 'postinstall', 'preprepare', 'prepare', 'postprepare']) {
        if (manifest.scripts?.[event] === undefined) continue;
        const code = await this.#run.script(resolvePath(this.#root, folder), event, [], {
          before: (command) => this.#run.err(`\n$ ${command}`),
        });
        if (code === 0) continue;
        await this.#run.err(`error: ${event} script from "${manifest.name ?? ''}" exited with ${code}`);
        throw new Exit(code);
      }
    }
  }

  async #add(words: Words, texts: readonly string[]): Promise<number> {
    await this.#title('add');
    if (texts.length === 0) throw new BunError('no package specified to add');
    if (!this.#run.has(this.#root, 'package.json')) this.#run.write(this.#root, 'package.json', '{}\n');
    const own = this.#run.findRoot((folder) => this.#run.has(folder, 'package.json'));
    const path = own === this.#root ? 'package.json' : `${own.slice(this.#root.length + 1)}/package.json`;
    const edit = new ManifestEdit(this.#run.files(this.#root).read(path) ?? '{}');
    const names: string[] = [];
    for (const text of texts) {
      const { name, range } = await this.#added(text, words);
      const field: DependencyField =
        words.flags.has('dev') || words.flags.has('development')
          ? 'devDependencies'
          : words.flags.has('optional')
            ? 'optionalDependencies'
            : words.flags.has('peer')
              ? 'peerDependencies'
              : (edit.where(name) ?? 'dependencies');
      edit.set(field, name, range);
      names.push(name);
    }
    const changed = new Map([[path, edit.text]]);
    const { lock, result } = await this.#reify(this.#project(changed), words, changed);
    for (const name of names) {
      const row = lock.packages[name];
      if (row === undefined) continue;
      const { name: published, range: version } = splitSpecifier(row.id);
      const bins = Object.keys(commandsOf({ name: published, bin: row.info.bin }));
      await this.#run.out(
        `installed ${name}@${version}${bins.length === 0 ? '' : ` with binaries:\n${bins.map((bin) => ` - ${bin}`).join('\n')}`}`,
      );
    }
    const count = result.added.length + result.changed.length;
    await this.#run.out(`\n${count === 0 ? `${this.#time} done` : `${count} package${count === 1 ? '' : 's'} installed ${this.#time}`}`);
    return 0;
  }

  async #added(text: string, words: Words): Promise<{ readonly name: string; readonly range: string }> {
    const parsed = parseAdded(text);
    if (parsed === undefined) throw new BunError(`unrecognised dependency format: ${text}`);
    const { name, range } = parsed;
    const alias = aliasOf(range);
    const published = alias?.name ?? name;
    const wanted = alias?.range ?? range;
    const facts = await this.#run.facts();
    const packument = await facts.load(published);
    if (packument === undefined) throw new NoMatch('package', published, wanted, facts.failure(published));
    const version = pickVersion(packument, wanted === '' ? 'latest' : wanted, { preferLatest: true });
    if (version === undefined) throw new NoMatch('version', published, wanted);
    const isTag = wanted === '' || packument['dist-tags']?.[wanted] !== undefined;
    const saved = isTag ? `${words.flags.has('exact') ? '' : '^'}${version}` : wanted;
    return { name, range: alias === undefined ? saved : `npm:${published}@${saved}` };
  }

  async #remove(words: Words, names: readonly string[]): Promise<number> {
    await this.#title('remove');
    if (names.length === 0) throw new BunError('no package specified to remove');
    const edit = new ManifestEdit(this.#run.files(this.#root).read('package.json') ?? '{}');
    const removed = names.filter((name) => edit.remove(name));
    if (removed.length === 0) {
      await this.#run.out(`package.json doesn't have dependencies, there's nothing to remove!`);
      return 0;
    }
    const changed = new Map([['package.json', edit.text]]);
    await this.#reify(this.#project(changed), words, changed);
    await this.#run.out(
      `${removed.map((name) => `- ${name}`).join('\n')}\n${removed.length} package${removed.length === 1 ? '' : 's'} removed ${this.#time}`,
    );
    return 0;
  }

  async #update(words: Words, names: readonly string[]): Promise<number> {
    await this.#title('update');
    const edit = new ManifestEdit(this.#run.files(this.#root).read('package.json') ?? '{}');
    for (const field of dependencyFields) {
      for (const [name, range] of Object.entries(edit.field(field) ?? {})) {
        if (field === 'peerDependencies' || !/^[\^~]?\d/.test(range) || (names.length > 0 && !names.includes(name))) continue;
        const { range: found } = await this.#added(words.flags.has('latest') ? name : `${name}@${range}`, words);
        if (words.flags.has('latest')) edit.set(field, name, found);
        else if (/^[\^~]/.test(range)) {
          const packument = (await this.#run.facts()).packument(name);
          const version = packument === undefined ? undefined : pickVersion(packument, range, { preferLatest: true });
          if (version !== undefined) edit.set(field, name, `${range[0] ?? ''}${version}`);
        }
      }
    }
    const changed = new Map([['package.json', edit.text]]);
    const { result } = await this.#reify(this.#project(changed), words, changed, (name) => names.length === 0 || names.includes(name));
    const count = result.added.length + result.changed.length;
    await this.#run.out(`\n${count} package${count === 1 ? '' : 's'} installed ${this.#time}`);
    return 0;
  }

  async #script([name, ...args]: readonly string[], words: Words): Promise<number> {
    const run = this.#run;
    const own = run.findRoot((folder) => run.has(folder, 'package.json'));
    const manifest = JSON.parse(run.session.disk.readText(resolvePath(own, 'package.json')) ?? '{}') as {
      name?: string;
      scripts?: Record<string, string>;
    };
    const scripts = manifest.scripts ?? {};
    if (name === undefined) {
      await run.out(`${manifest.name ?? 'package.json'} scripts (${Object.keys(scripts).length} found):`);
      for (const [script, command] of Object.entries(scripts)) await run.out(`  $ bun run ${script}\n    ${command}\n`);
      return 0;
    }
    const passed = [...args, ...words.rest];
    if (scripts[name] !== undefined) {
      for (const event of [`pre${name}`, name, `post${name}`]) {
        const code = await run.script(own, event, event === name ? passed : [], {
          before: (command) => (words.flags.has('silent') ? Promise.resolve() : run.err(`$ ${command}`)),
        });
        if (code === 0) continue;
        await run.err(`error: script "${event}" exited with code ${code}`);
        return code;
      }
      return 0;
    }
    const isFile = /\.[cm]?[jt]sx?$/.test(name) || name.startsWith('.') || name.startsWith('/');
    if (isFile) throw new BunError(`bun's own runtime cannot run in a page: run "node ${name}" instead`);
    const code = await run.program(own, [name, ...passed]);
    if (code === undefined) throw new BunError(`Script not found "${name}"`);
    return code;
  }

  async #fetched(argv: readonly string[], words: Words): Promise<number> {
    const [word, ...args] = [...argv, ...words.rest];
    if (word === undefined) {
      await this.#run.out(`Usage: bunx [...flags] <package>[@version] [...flags and arguments for the package]`);
      return 1;
    }
    const own = this.#run.findRoot((folder) => this.#run.has(folder, 'package.json'));
    const { name, range } = splitSpecifier(word);
    if (range === '' && this.#run.session.disk.exists(resolvePath(own, 'node_modules/.bin', name)))
      return (await this.#run.program(own, [name, ...args])) ?? 1;
    const { runFetched } = await import('../fetched-command.ts');
    const named = words.flags.get('package');
    return runFetched(this.#run, {
      packages: [typeof named === 'string' ? named : word],
      args,
      ...(typeof named === 'string' ? { command: word } : {}),
    });
  }

  async #init(): Promise<number> {
    const { cwd } = this.#run;
    const name = cwd.slice(cwd.lastIndexOf('/') + 1);
    const before = this.#run.session.disk.readText(resolvePath(cwd, 'package.json'));
    const manifest = {
      name,
      module: 'index.ts',
      type: 'module',
      private: true,
      ...(before === undefined ? {} : (JSON.parse(before) as object)),
    };
    this.#run.write(cwd, 'package.json', `${JSON.stringify(manifest, null, 2)}\n`);
    if (!this.#run.has(cwd, 'index.ts')) this.#run.write(cwd, 'index.ts', 'console.log("Hello via Bun!");');
    await this.#run.out(' + index.ts\n + package.json');
    return 0;
  }

  async #list(): Promise<number> {
    const lock = this.#lock();
    const project = this.#project();
    const names = Object.keys({
      ...project.manifest.dependencies,
      ...project.manifest.devDependencies,
      ...project.manifest.optionalDependencies,
    }).sort();
    await this.#run.out(`${this.#root} node_modules (${Object.keys(lock?.packages ?? {}).length})`);
    const rows = names.flatMap((name) =>
      lock?.packages[name] === undefined ? [] : [`${name}@${splitSpecifier(lock.packages[name].id).range}`],
    );
    for (const [index, row] of rows.entries()) await this.#run.out(`${index === rows.length - 1 ? '└' : '├'}── ${row}`);
    return 0;
  }

  async #why([name]: readonly string[]): Promise<number> {
    if (name === undefined) throw new BunError('no package specified');
    const lock = this.#lock();
    const found = Object.values(lock?.packages ?? {}).filter(({ id }) => splitSpecifier(id).name === name);
    if (found.length === 0) throw new BunError(`package '${name}' not found`);
    for (const id of new Set(found.map((each) => each.id))) await this.#run.out(id);
    for (const [folder, row] of Object.entries(lock?.workspaces ?? {})) {
      for (const field of dependencyFields)
        if (row[field]?.[name] !== undefined) await this.#run.out(`  └─ ${row.name ?? folder} (requires ${row[field][name] ?? ''})`);
    }
    for (const { id, info } of Object.values(lock?.packages ?? {})) {
      const range = { ...info.dependencies, ...info.optionalDependencies }[name];
      if (range !== undefined) await this.#run.out(`  └─ ${id} (requires ${range})`);
    }
    return 0;
  }
}

/** Whether the lockfile says of every workspace what its manifest says. */
function agrees(lock: BunLock, project: Project): boolean {
  const same = (a: Readonly<Record<string, string>> | undefined, b: Readonly<Record<string, string>> | undefined) =>
    JSON.stringify(Object.entries(a ?? {}).sort()) === JSON.stringify(Object.entries(b ?? {}).sort());
  if (Object.keys(lock.workspaces).length !== project.workspaces.length) return false;
  const overrides = Object.fromEntries(
    Object.entries({ ...project.manifest.resolutions, ...project.manifest.overrides }).filter(
      (entry): entry is [string, string] => typeof entry[1] === 'string',
    ),
  );
  return (
    same(lock.overrides, overrides) &&
    project.workspaces.every(({ folder, manifest }) =>
      dependencyFields.every((field) => same(lock.workspaces[folder]?.[field], manifest[field])),
    )
  );
}

const unavailable = new Set([
  'build',
  'test',
  'repl',
  'upgrade',
  'publish',
  'link',
  'unlink',
  'patch',
  'outdated',
  'audit',
  'exec',
  'feedback',
  'info',
]);

const helpText = `Bun is a fast JavaScript runtime, package manager, bundler, and test runner. (${bunVersion}+${revision})

Usage: bun <command> [...flags] [...args]

Commands:
  run       <script>                   Execute a package.json script
  x         <package>                  Execute a package binary (CLI), installing if needed (bunx)
  install                              Install dependencies for a package.json (bun i)
  add       <package>                  Add a dependency to package.json (bun a)
  remove    <package>                  Remove a dependency from package.json (bun rm)
  update    <package>                  Update outdated dependencies
  why       <package>                  Explain why a package is installed
  create    <package>                  Create a new project from a template (bun c)
  init                                 Start an empty project
  pm <subcommand>                      Additional package management utilities`;
