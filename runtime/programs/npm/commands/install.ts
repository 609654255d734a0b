/** The commands that change `node_modules`: `install`, `ci`, `uninstall`, `update`, `dedupe`, `prune`. */
import { scopes } from '../config/registries.ts';
import { Failure } from '../failure.ts';
import { installPlan, type InstallResult } from '../install/install-plan.ts';
import { ScriptPolicy } from '../install/script-policy.ts';
import { printSummary } from '../install/summary.ts';
import type { TreePlan } from '../install/tree-plan.ts';
import { lockNames, readLock, type Lock } from '../lockfile/lock.ts';
import { lockAgreement } from '../lockfile/agreement.ts';
import { isInstalledPlace, planFromLock } from '../lockfile/plan.ts';
import type { Machine } from '../lockfile/platform.ts';
import { buildTree, type LockTree } from '../lockfile/tree.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { readManifest, tryReadManifest } from '../manifest/read-manifest.ts';
import { findWorkspaces } from '../manifest/workspaces.ts';
import { openPackages } from '../packages.ts';
import { relativePath, resolvePath } from '../paths.ts';
import type { Resolution, ResolveConfig, ResolveRequest, SaveType } from '../resolve/request.ts';
import { runScript } from '../scripts/run-script.ts';
import { nodeVersion, npmVersion, type Session } from '../session.ts';
import type { Command } from './table.ts';

export function machineOf({ config }: Session): Machine {
  return {
    os: config.text('os') ?? 'linux',
    cpu: config.text('cpu') ?? 'x64',
    libc: config.text('libc') ?? 'glibc',
    nodeVersion,
    npmVersion,
  };
}

/** The folder whose `node_modules` is meant. Global packages are a project of their own. */
function rootOf({ config }: Session): string {
  return config.global ? resolvePath(config.globalPrefix, 'lib') : config.localPrefix;
}

function saveTypeOf({ config }: Session): SaveType | undefined {
  if (config.flag('save-optional')) return config.flag('save-peer') ? 'peerOptional' : 'optional';
  if (config.flag('save-peer')) return 'peer';
  if (config.flag('save-dev')) return 'dev';
  return config.flag('save-prod') ? 'prod' : undefined;
}

function resolveConfig(session: Session, save: boolean): ResolveConfig {
  const { config } = session;
  const registry = config.text('registry') ?? '';
  const before = config.get('before');
  const age = config.count('min-release-age');
  const version = Number(config.text('lockfile-version'));
  const strategy = config.flag('legacy-bundling') ? 'nested' : config.flag('global-style') ? 'shallow' : config.text('install-strategy');
  if (strategy === 'linked') throw new Failure('The install strategy "linked" is not implemented here; use pnpm, or another strategy.');
  const limit = before instanceof Date ? before : age === undefined ? undefined : new Date(Date.now() - age * 86_400_000);
  return {
    registry: registry.endsWith('/') ? registry : `${registry}/`,
    scopes: scopes(config),
    defaultTag: config.text('tag') ?? 'latest',
    legacyPeerDeps: config.flag('legacy-peer-deps'),
    strictPeerDeps: config.flag('strict-peer-deps'),
    preferDedupe: config.flag('prefer-dedupe'),
    installLinks: config.flag('install-links'),
    force: config.flag('force'),
    engineStrict: config.flag('engine-strict'),
    omit: [...config.omitted],
    packageLock: config.flag('package-lock'),
    omitLockfileRegistryResolved: config.flag('omit-lockfile-registry-resolved'),
    nodeVersion,
    npmVersion,
    save,
    saveExact: config.flag('save-exact'),
    saveBundle: config.flag('save-bundle'),
    savePrefix: String(config.get('save-prefix') ?? '^'),
    ...(strategy === 'nested' || strategy === 'shallow' ? { installStrategy: strategy } : {}),
    ...(limit === undefined ? {} : { before: limit.toISOString() }),
    ...(version === 1 || version === 2 || version === 3 ? { lockfileVersion: version } : {}),
    ...Object.fromEntries(
      (['os', 'cpu', 'libc'] as const).flatMap((name) => (config.text(name) === undefined ? [] : [[name, config.text(name)]])),
    ),
  };
}

type Task = Pick<ResolveRequest, 'task' | 'add' | 'remove' | 'update' | 'saveType'>;

/** Asks the resolver, which is loaded now, and says what it warns of. */
async function resolveTask(session: Session, task: Task & { readonly save?: boolean }): Promise<Resolution> {
  const { config, display, disk } = session;
  const { resolve } = await import('../resolve/load.ts');
  const { client } = await openPackages(session);
  const { save = config.flag('save'), ...rest } = task;
  display.progress.stage('resolving');
  const resolution = await resolve({
    root: rootOf(session),
    files: disk.calls,
    source: client,
    config: resolveConfig(session, save),
    workspaces: config.global ? [] : workspaceNames(session),
    includeWorkspaceRoot: config.flag('include-workspace-root'),
    workspacesEnabled: config.get('workspaces') !== false,
    signal: session.signal,
    onProgress: (known, name) => display.progress.stage(`resolving ${name} (${known})`),
    ...rest,
  });
  session.checkInterrupted();
  for (const { code, lines } of resolution.warnings) display.warn(code, lines.join('\n'));
  return resolution;
}

/** Names of the workspaces that a command is about; none: the whole project. */
function workspaceNames(session: Session): string[] {
  const { config, disk, cwd } = session;
  if (!config.flag('workspaces') && config.list('workspace').length === 0) return [];
  const root = config.localPrefix;
  const manifest = readManifest(disk, root);
  const all = findWorkspaces(disk, root, manifest);
  const filters = config.list('workspace');
  const chosen = [...all].filter(
    ([name, path]) =>
      filters.length === 0 ||
      filters.some((filter) => filter === name || path === resolvePath(cwd, filter) || path.startsWith(`${resolvePath(cwd, filter)}/`)),
  );
  if (chosen.length === 0) {
    throw new Failure(`No workspaces found${filters.length === 0 ? '!' : `:\n ${filters.map((one) => ` --workspace=${one}`).join('')}`}`);
  }
  return chosen.map(([name]) => name);
}

export interface LockedProject {
  readonly manifest: Manifest;
  readonly lock: Lock;
  readonly tree: LockTree;
}

/** A project with its lock as a graph; undefined without a lock. */
export function lockedProject(session: Session, root: string, manifest: Manifest): LockedProject | undefined {
  const { disk, config } = session;
  const lock = config.flag('package-lock') || session.command === 'ci' ? readLock(disk, root) : undefined;
  if (lock === undefined) return undefined;
  const workspaces = config.get('workspaces') === false ? new Map<string, string>() : findWorkspaces(disk, root, manifest);
  const tree = buildTree(lock, { root, manifest, workspaces, manifestOf: (folder) => tryReadManifest(disk, folder) });
  return { manifest, lock, tree };
}

async function lockedPlan(session: Session, root: string, { lock, tree }: LockedProject): Promise<TreePlan> {
  const { config, display } = session;
  const { client } = await openPackages(session);
  return planFromLock(lock, tree, {
    root,
    machine: machineOf(session),
    omit: config.omitted,
    force: config.flag('force'),
    engineStrict: config.flag('engine-strict'),
    warn: (code, message) => display.warn(code, message),
    tarballUrl: (name, version) => client.tarballUrl(name, version),
  });
}

/** Settings under which a lock alone does not decide on the tree. */
function needsResolver({ config }: Session): boolean {
  return (
    config.flag('prefer-dedupe') ||
    config.flag('strict-peer-deps') ||
    config.flag('install-links') ||
    config.flag('package-lock-only') ||
    config.flag('legacy-bundling') ||
    config.flag('global-style') ||
    config.text('install-strategy') !== 'hoisted' ||
    config.text('lockfile-version') !== undefined ||
    config.get('workspaces') === false ||
    config.list('workspace').length > 0
  );
}

/** Installs what was decided on, runs the project's scripts, and prints the summary. */
async function reify(
  session: Session,
  plan: TreePlan,
  options: { readonly clean?: boolean; readonly projectScripts: boolean },
): Promise<void> {
  const { config, display, disk } = session;
  const { root } = plan;
  const manifest = tryReadManifest(disk, root) ?? {};
  const dryRun = config.flag('dry-run');
  const ignoreScripts = config.flag('ignore-scripts');
  const policy = ScriptPolicy.read(session, manifest);
  const stdio = config.flag('foreground-scripts') ? 'inherit' : 'pipe';
  policy.checkStrict(plan);
  let result: InstallResult;
  if (config.flag('package-lock-only')) {
    if (!dryRun) for (const { path, text } of plan.files) if (!isInstalledPlace(path)) disk.write(resolvePath(root, path), text);
    result = { added: [], removed: [], changed: [], substituted: [], leftOut: [] };
  } else {
    if (!dryRun) disk.makeFolders(root);
    result = await installPlan(session, plan, {
      dryRun,
      clean: options.clean === true,
      binLinks: config.flag('bin-links'),
      scripts: !ignoreScripts,
      foregroundScripts: config.flag('foreground-scripts'),
      mayRunScripts: (node) => policy.mayRun(node),
      onFresh: ({ name, version, deprecated }) => {
        if (deprecated !== undefined) display.warn('deprecated', `${name}@${version}: ${deprecated}`);
      },
    });
  }
  for (const { name, version, by, byVersion } of result.substituted) {
    display.log('notice', 'bavini', `${by}@${byVersion} takes the place of ${name}@${version}, whose native code no browser runs`);
  }
  if (!dryRun && !ignoreScripts) {
    const changed = result.added.length + result.removed.length + result.changed.length > 0;
    const now = tryReadManifest(disk, root) ?? {};
    if (changed) {
      for (const event of ['predependencies', 'dependencies', 'postdependencies']) {
        if (now.scripts?.[event] !== undefined) await runScript(session, { event, path: root, manifest: now, stdio });
      }
    }
    if (options.projectScripts) {
      for (const event of ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare']) {
        await runScript(session, { event, path: root, manifest: now, stdio: 'inherit' });
      }
    }
  }
  printSummary(session, plan, result, policy);
}

async function runInstall(session: Session, args: readonly string[]): Promise<void> {
  const { config, disk } = session;
  const root = rootOf(session);
  const add = args.filter((arg) => resolvePath(session.cwd, arg) !== config.prefix || !/^\.{0,2}\/?/.test(arg) || arg === '');
  if (config.global) {
    if (args.length === 0)
      throw new Failure('Installing the current folder globally is not implemented; name a package, or use `npm link`.');
    disk.makeFolders(root);
  }
  const wanted = add.filter((arg) => resolvePath(session.cwd, arg) !== root);
  if (wanted.length === 0 && !config.global) {
    const manifest = disk.exists(resolvePath(root, 'package.json')) ? readManifest(disk, root) : {};
    const locked = needsResolver(session) ? undefined : lockedProject(session, root, manifest);
    if (locked !== undefined && locked.lock.version >= 2 && lockAgreement(session, root, locked) === 'same') {
      await reify(session, await lockedPlan(session, root, locked), { projectScripts: true });
      return;
    }
    const resolution = await resolveTask(session, {});
    await reify(session, resolution.plan, { projectScripts: true });
    return;
  }
  const saveType = saveTypeOf(session);
  const resolution = await resolveTask(session, { add: wanted, ...(saveType === undefined ? {} : { saveType }) });
  await reify(session, config.global ? withGlobalCommands(session, resolution.plan) : resolution.plan, { projectScripts: false });
}

/** Commands of the packages that were asked for are linked to the global `bin` folder. */
function withGlobalCommands(session: Session, plan: TreePlan): TreePlan {
  const into = relativePath(plan.root, resolvePath(session.config.globalPrefix, 'bin'));
  const asked = new Set(Object.keys(manifestAfter(plan)?.dependencies ?? {}));
  const top = plan.nodes.filter(({ place }) => asked.has(place.replace(/^node_modules\//, '')));
  const inner = plan.nodes.filter(({ place }) => place.lastIndexOf('node_modules/') > 0);
  return {
    ...plan,
    commands: [
      ...top.map(({ place }) => ({ into, from: place })),
      ...inner.map(({ place }) => ({ into: `${place.slice(0, place.lastIndexOf('node_modules/'))}node_modules/.bin`, from: place })),
    ],
  };
}

function manifestAfter(plan: TreePlan): Manifest | undefined {
  const file = plan.files.find(({ path }) => path === 'package.json');
  return file === undefined ? undefined : (JSON.parse(file.text) as Manifest);
}

const cannotClean = `The \`npm ci\` command can only install with an existing package-lock.json or
npm-shrinkwrap.json with lockfileVersion >= 1. Run an install with npm@5 or
later to generate a package-lock.json file, then try again.`;

const outOfSync =
  '`npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. ' +
  'Please update your lock file with `npm install` before continuing.\n\n';

async function runCi(session: Session): Promise<void> {
  const { config, disk, display } = session;
  if (config.global) throw new Failure('`npm ci` does not work for global packages', { code: 'ECIGLOBAL' });
  const root = config.localPrefix;
  let locked: LockedProject | undefined;
  try {
    if (lockNames.some((name) => disk.exists(resolvePath(root, name)))) {
      locked = lockedProject(session, root, disk.exists(resolvePath(root, 'package.json')) ? readManifest(disk, root) : {});
    }
  } catch (error) {
    // npm says the same of a lock that it cannot read.
    if (
      !(error instanceof Failure) ||
      error.code !== 'EJSONPARSE' ||
      !lockNames.some((name) => error.details.path?.endsWith(name) === true)
    )
      throw error;
  }
  if (locked === undefined) {
    const { usageFailure } = await import('./help.ts');
    throw usageFailure('ci', cannotClean);
  }
  if (locked.lock.version < 2) {
    display.warn(
      'old lockfile',
      `\nThe ${locked.lock.file} file was created with an old version of npm,\nso supplemental metadata must be fetched from the registry.\n\nThis is a one-time fix-up, please be patient...\n`,
    );
  }
  let plan: TreePlan;
  if (lockAgreement(session, root, locked) !== 'differs') plan = await lockedPlan(session, root, locked);
  else {
    const resolution = await resolveTask(session, { save: false });
    const errors = differences(locked, resolution.plan);
    if (errors.length > 0) {
      const { usageFailure } = await import('./help.ts');
      throw usageFailure('ci', `${outOfSync}${errors.join('\n')}`);
    }
    plan = { ...resolution.plan, files: resolution.plan.files.filter(({ path }) => isInstalledPlace(path)) };
  }
  await reify(session, plan, { clean: true, projectScripts: true });
}

/** npm's `validateLockfile`: what the tree would be against what is locked. */
function differences({ lock, tree }: LockedProject, plan: TreePlan): string[] {
  const errors: string[] = [];
  for (const node of plan.nodes) {
    if (node.kind !== 'package') continue;
    const name = node.place.slice(node.place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    const there = tree.nodes.get(node.place);
    if (!lock.packages.has(node.place) || there === undefined) errors.push(`Missing: ${name}@${node.version} from lock file`);
    else if (there.version !== node.version) {
      errors.push(`Invalid: lock file's ${there.name}@${there.version} does not satisfy ${name}@${node.version}`);
    }
  }
  return errors;
}

async function runUninstall(session: Session, args: readonly string[]): Promise<void> {
  if (args.length === 0) throw new Failure('Must provide a package name to remove');
  const { plan } = await resolveTask(session, { remove: args });
  await reify(session, session.config.global ? withGlobalCommands(session, plan) : plan, { projectScripts: false });
}

async function runUpdate(session: Session, args: readonly string[]): Promise<void> {
  const { config } = session;
  const save = config.isDefault('save') ? false : config.flag('save');
  const { plan } = await resolveTask(session, { update: args.length === 0 ? true : args, save });
  await reify(session, config.global ? withGlobalCommands(session, plan) : plan, { projectScripts: false });
}

async function runTask(session: Session, task: 'dedupe' | 'prune'): Promise<void> {
  if (session.config.global) throw new Failure(`\`npm ${task}\` does not work in global mode.`, { code: 'EDEDUPEGLOBAL' });
  const { plan } = await resolveTask(session, { task });
  await reify(session, plan, { projectScripts: false });
}

export const installCommand: Command = { forWorkspaces: true, run: runInstall };
export const ci: Command = { forWorkspaces: true, run: runCi };
export const uninstall: Command = { forWorkspaces: true, run: runUninstall };
export const update: Command = { forWorkspaces: true, run: runUpdate };
export const dedupe: Command = { forWorkspaces: true, run: (session) => runTask(session, 'dedupe') };
export const prune: Command = { forWorkspaces: true, run: (session) => runTask(session, 'prune') };

async function andTest(session: Session): Promise<void> {
  const { test } = await import('./run.ts');
  await test.run(session, [], false);
}

export const installTest: Command = {
  forWorkspaces: true,
  run: async (session, args) => {
    await runInstall(session, args);
    await andTest(session);
  },
};

export const installCiTest: Command = {
  forWorkspaces: true,
  run: async (session) => {
    await runCi(session);
    await andTest(session);
  },
};
