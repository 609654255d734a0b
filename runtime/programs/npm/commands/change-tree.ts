/** The commands that ask the resolver: whatever a lock does not decide on. */
import { scopes } from '../config/registries.ts';
import { Failure } from '../failure.ts';
import { findPresent } from '../install/present.ts';
import type { PlannedLink, TreePlan } from '../install/tree-plan.ts';
import { takeTurn } from '../install/turns.ts';
import { isInstalledPlace } from '../lockfile/plan.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { readManifest, tryReadManifest } from '../manifest/read-manifest.ts';
import { findWorkspaces } from '../manifest/workspaces.ts';
import { openRegistry } from '../packages.ts';
import { relativePath, resolvePath } from '../paths.ts';
import { permitRequest } from '../permit-request.ts';
import { paintConflict } from '../progress/paint-conflict.ts';
import { askEarly } from '../resolve/ask-early.ts';
import { FetchAhead } from '../resolve/fetch-ahead.ts';
import { resolve } from '../resolve/load.ts';
import { Recording, recall } from '../resolve/remembered.ts';
import type { Decision, ResolveConfig, ResolveRequest, ResolveWarning, SaveType } from '../resolve/request.ts';
import { nodeVersion, npmVersion, type Session } from '../session.ts';
import { reify, rootOf, type LockedProject } from './reify.ts';
import type { Command } from './command.ts';

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

type Task = Pick<ResolveRequest, 'task' | 'add' | 'remove' | 'update' | 'saveType' | 'workspaces' | 'clean' | 'onGuess'> & {
  readonly save?: boolean;
  readonly prune?: boolean;
};

/** Asks the resolver, which is loaded then, unless it was asked the same before; and says what it warns of. */
async function resolveTask(session: Session, task: Task): Promise<Decision> {
  const { config, display, disk } = session;
  const { client, metadata } = await openRegistry(session);
  const { save = config.flag('save'), prune, ...rest } = task;
  display.progress.stage('resolving');
  const request = {
    root: rootOf(session),
    cwd: session.cwd,
    files: disk.calls,
    source: client,
    permit: (url: string) => permitRequest(session, url),
    config: { ...resolveConfig(session, save), ...(prune === undefined ? {} : { prune }) },
    workspaces: config.global ? [] : workspaceNames(session),
    includeWorkspaceRoot: config.flag('include-workspace-root'),
    workspacesEnabled: config.get('workspaces') !== false,
    signal: session.signal,
    onProgress: (known: number, name: string) => display.progress.stage('resolving', known, `${name} (${known})`),
    ...rest,
  };
  let decision = await recall(request, metadata);
  if (decision === undefined) {
    askEarly(session, rootOf(session), client);
    const recording = new Recording(request);
    try {
      decision = await resolve(recording.request);
    } catch (error) {
      tellWarnings(session, (error as { warnings?: readonly ResolveWarning[] } | undefined)?.warnings ?? []);
      throw error;
    }
    void recording.keep(decision, metadata);
  }
  session.checkInterrupted();
  tellWarnings(session, decision.warnings);
  return decision;
}

function tellWarnings({ display }: Session, warnings: readonly ResolveWarning[]): void {
  let isConflict = false;
  for (const { code, lines } of warnings) {
    const text = lines.join('\n');
    // The warning of a conflict is explained by the next.
    display.warn(code, isConflict && code === '' ? paintConflict(text, display.messageColors) : text);
    isConflict = code === 'ERESOLVE';
  }
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

const outOfSync =
  '`npm ci` can only install packages when your package.json and package-lock.json or npm-shrinkwrap.json are in sync. ' +
  'Please update your lock file with `npm install` before continuing.\n\n';

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

/** Of `npm ci` without a lock. */
export async function cannotClean(): Promise<Failure> {
  const { usageFailure } = await import('./help.ts');
  return usageFailure(
    'ci',
    `The \`npm ci\` command can only install with an existing package-lock.json or
npm-shrinkwrap.json with lockfileVersion >= 1. Run an install with npm@5 or
later to generate a package-lock.json file, then try again.`,
  );
}

/** The plan of a project whose lock is not what it asks for any more, or of some of its workspaces. @throws {Failure} where `npm ci` would have to change the lock. */
export async function planBeyondLock(session: Session, locked: LockedProject): Promise<TreePlan> {
  const { plan } = await resolveTask(session, { save: false, clean: true });
  const errors = differences(locked, plan);
  if (errors.length > 0) throw (await import('./help.ts')).usageFailure('ci', `${outOfSync}${errors.join('\n')}`);
  return { ...plan, files: plan.files.filter(({ path }) => isInstalledPlace(path)) };
}

/** Links that no lock knows of stay where they are. */
function withOtherLinks({ disk }: Session, plan: TreePlan): TreePlan {
  const planned = new Set(plan.nodes.map(({ place }) => place));
  const others = [...findPresent(disk, plan.root, [''])]
    .filter(([place, { isLink }]) => isLink && !planned.has(place))
    .map(([place]): PlannedLink => ({ kind: 'link', place, target: disk.calls.readlink(resolvePath(plan.root, place)) }));
  return { ...plan, nodes: [...plan.nodes, ...others] };
}

interface AddOptions {
  /** Default: as configured. */
  readonly save?: boolean;
  /** False: what nobody asks for stays. */
  readonly prune?: boolean;
  /** Nothing is said of it. */
  readonly quiet?: boolean;
}

/** What `package.json` names, fetched while it is decided on. */
async function installAll(session: Session): Promise<void> {
  const { config } = session;
  const fetches = !config.flag('dry-run') && !config.flag('package-lock-only');
  const ahead = fetches ? new FetchAhead(session, rootOf(session)) : undefined;
  try {
    const { plan } = await resolveTask(session, ahead === undefined ? {} : { onGuess: (version) => ahead.take(version) });
    await reify(session, plan, { projectScripts: true, ...(ahead === undefined ? {} : { fetcher: await ahead.fetcher }) });
  } finally {
    await ahead?.end();
  }
}

/** @param wanted Specifiers; none for what `package.json` names. */
export async function installResolved(session: Session, wanted: readonly string[], options: AddOptions = {}): Promise<void> {
  if (wanted.length === 0) {
    await installAll(session);
    return;
  }
  const { quiet = false, ...how } = options;
  const saveType = saveTypeOf(session);
  const { plan: decided } = await resolveTask(session, { add: wanted, ...(saveType === undefined ? {} : { saveType }), ...how });
  const plan = options.prune === false ? withOtherLinks(session, decided) : decided;
  await reify(session, session.config.global ? withGlobalCommands(session, plan) : plan, { projectScripts: false, quiet });
}

async function runUninstall(session: Session, args: readonly string[]): Promise<void> {
  const { config, disk } = session;
  if (args.length === 0 && !config.global) throw new Failure('Must provide a package name to remove');
  const own = args.length > 0 ? undefined : tryReadManifest(disk, config.localPrefix)?.name;
  if (args.length === 0 && own === undefined) throw (await import('./help.ts')).usageFailure('uninstall');
  const { plan } = await resolveTask(session, { remove: own === undefined ? args : [own] });
  // npm counts none where nothing asks for what is left.
  if (config.global) config.set('fund', false);
  await reify(session, session.config.global ? withGlobalCommands(session, plan) : plan, { projectScripts: false });
}

async function runUpdate(session: Session, args: readonly string[]): Promise<void> {
  const { config, display } = session;
  const save = config.isDefault('save') ? false : config.flag('save');
  if (config.flag('depth')) {
    const why = 'https://github.com/npm/rfcs/blob/latest/implemented/0019-remove-update-depth-option.md';
    display.warn('update', `The --depth option no longer has any effect. See RFC0019.\n${why}`);
  }
  if (config.global) {
    const all = Object.keys(tryReadManifest(session.disk, rootOf(session))?.dependencies ?? {});
    const named = all.filter((name) => args.length === 0 || args.includes(name));
    await installResolved(
      session,
      named.map((name) => `${name}@latest`),
      { save: true },
    );
    return;
  }
  const { plan } = await resolveTask(session, { update: args.length === 0 ? true : args, save });
  await reify(session, plan, { projectScripts: false });
}

/** After the version of some workspaces has changed, or they are new: the lock and the links follow. */
export async function updateWorkspaces(session: Session, names: readonly string[]): Promise<void> {
  const { config } = session;
  config.set('fund', false);
  await takeTurn(session, async () => {
    const save = config.isDefault('save') ? false : config.flag('save');
    const { plan } = await resolveTask(session, { update: names, save, workspaces: [] });
    await reify(session, plan, { projectScripts: false });
  });
}

async function runTask(session: Session, task: 'dedupe' | 'prune'): Promise<void> {
  if (session.config.global && task === 'dedupe')
    throw new Failure('`npm dedupe` does not work in global mode.', { code: 'EDEDUPEGLOBAL' });
  const { plan } = await resolveTask(session, { task });
  await reify(session, plan, { projectScripts: false });
}

/** In a turn of its own, from reading the project to the last lockfile. */
function inTurn(run: (session: Session, args: readonly string[]) => Promise<void>): Command {
  return { forWorkspaces: true, run: (session, args) => takeTurn(session, () => run(session, args)) };
}

export const uninstall = inTurn(runUninstall);
export const update = inTurn(runUpdate);
export const dedupe = inTurn((session) => runTask(session, 'dedupe'));
export const findDupes = inTurn((session) => {
  session.config.set('dry-run', true);
  return runTask(session, 'dedupe');
});
export const prune = inTurn((session) => runTask(session, 'prune'));
