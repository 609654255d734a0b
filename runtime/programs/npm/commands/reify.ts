/** From a plan to an installed project: scripts, `node_modules`, summary; and the plan itself where a lock decides on it. */
import { installPlan, type InstallOptions, type InstallResult } from '../install/install-plan.ts';
import { ScriptPolicy } from '../install/script-policy.ts';
import { printSummary } from '../install/summary.ts';
import type { TreePlan } from '../install/tree-plan.ts';
import { Failure } from '../failure.ts';
import { readLock, type Lock } from '../lockfile/lock.ts';
import { isInstalledPlace, planFromLock } from '../lockfile/plan.ts';
import type { Machine } from '../lockfile/platform.ts';
import { buildTree, type LockTree } from '../lockfile/tree.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { findWorkspaces } from '../manifest/workspaces.ts';
import { openPackages } from '../packages.ts';
import { resolvePath } from '../paths.ts';
import { nodeVersion, npmVersion, type Session } from '../session.ts';

function machineOf({ config }: Session): Machine {
  return {
    os: config.text('os') ?? 'linux',
    cpu: config.text('cpu') ?? 'x64',
    libc: config.text('libc') ?? 'glibc',
    nodeVersion,
    npmVersion,
  };
}

/** The folder whose `node_modules` is meant. Global packages are a project of their own. */
export function rootOf({ config }: Session): string {
  return config.global ? resolvePath(config.globalPrefix, 'lib') : config.localPrefix;
}

export interface LockedProject {
  readonly manifest: Manifest;
  readonly lock: Lock;
  readonly tree: LockTree;
}

/** What is no JSON is no lock to npm; only `npm ci` cannot do without. */
function usableLock({ disk, command }: Session, root: string): Lock | undefined {
  try {
    return readLock(disk, root);
  } catch (error) {
    if (error instanceof Failure && error.code === 'EJSONPARSE' && command !== 'ci') return undefined;
    throw error;
  }
}

/** A project with its lock as a graph; undefined without a lock. */
export function lockedProject(session: Session, root: string, manifest: Manifest): LockedProject | undefined {
  const { disk, config } = session;
  const lock = config.flag('package-lock') || session.command === 'ci' ? usableLock(session, root) : undefined;
  if (lock === undefined) return undefined;
  const workspaces = config.get('workspaces') === false ? new Map<string, string>() : findWorkspaces(disk, root, manifest);
  const tree = buildTree(lock, { root, manifest, workspaces, manifestOf: (folder) => tryReadManifest(disk, folder) });
  return { manifest, lock, tree };
}

export async function lockedPlan(session: Session, root: string, { lock, tree }: LockedProject): Promise<TreePlan> {
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

/** Whether only workspaces are meant, some of them, or all but them. */
export function asksForWorkspaces(config: Session['config']): boolean {
  return config.get('workspaces') === false || config.flag('workspaces') || config.list('workspace').length > 0;
}

/** Settings under which a lock alone does not decide on the tree. */
export function needsResolver({ config }: Session): boolean {
  return (
    config.flag('prefer-dedupe') ||
    config.flag('strict-peer-deps') ||
    config.flag('install-links') ||
    config.flag('package-lock-only') ||
    config.flag('legacy-bundling') ||
    config.flag('global-style') ||
    config.text('install-strategy') !== 'hoisted' ||
    config.text('lockfile-version') !== undefined ||
    asksForWorkspaces(config)
  );
}

/** Installs what was decided on, runs the project's scripts, and prints the summary. */
export async function reify(
  session: Session,
  plan: TreePlan,
  options: { readonly projectScripts: boolean; readonly quiet?: boolean } & Pick<InstallOptions, 'clean' | 'fetcher'>,
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
    result = { added: [], removed: [], changed: [], substituted: [], unusable: [], leftOut: [] };
  } else {
    if (!dryRun) disk.makeFolders(root);
    result = await installPlan(session, plan, {
      dryRun,
      clean: options.clean === true,
      ...(options.fetcher === undefined ? {} : { fetcher: options.fetcher }),
      binLinks: config.flag('bin-links'),
      scripts: !ignoreScripts,
      foregroundScripts: config.flag('foreground-scripts'),
      ...(config.global ? { commandFolders: ['../bin'] } : {}),
      mayRunScripts: (node) => policy.mayRun(node),
      onFresh: ({ name, version, deprecated }) => {
        if (deprecated !== undefined) display.warn('deprecated', `${name}@${version}: ${deprecated}`);
      },
      // The second time, too, npm says that it tries again.
      onCorrupted: (name, url, integrity) =>
        display.warn('tarball', `tarball data for ${name}@${url} (${integrity}) seems to be corrupted. Trying again.`),
    });
  }
  for (const { name, version, by, byVersion } of result.substituted) {
    display.log('notice', 'bavini', `${by}@${byVersion} takes the place of ${name}@${version}, whose native code no browser runs`);
  }
  for (const { name, version, advice } of result.unusable) display.warn('bavini', `${name}@${version} does not run in a page: ${advice}`);
  if (!dryRun && !ignoreScripts) {
    const changed = result.added.length + result.removed.length + result.changed.length > 0;
    await runProjectScripts(session, root, { changed, all: options.projectScripts, stdio });
  }
  if (options.quiet !== true) printSummary(session, plan, result, policy);
}

/** `dependencies` where something has changed; of a whole install those that build the project itself. */
async function runProjectScripts(
  session: Session,
  root: string,
  options: { readonly changed: boolean; readonly all: boolean; readonly stdio: 'inherit' | 'pipe' },
): Promise<void> {
  const manifest = tryReadManifest(session.disk, root) ?? {};
  const events = [
    ...(options.changed ? ['predependencies', 'dependencies', 'postdependencies'].map((event) => ({ event, stdio: options.stdio })) : []),
    ...(options.all
      ? ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare'].map((event) => ({
          event,
          stdio: 'inherit' as const,
        }))
      : []),
  ];
  const isThere = ({ event }: { readonly event: string }) =>
    manifest.scripts?.[event] !== undefined || (event === 'install' && session.disk.isFile(resolvePath(root, 'binding.gyp')));
  const wanted = events.filter(isThere);
  if (wanted.length === 0) return;
  const { runScript } = await import('../scripts/run-script.ts');
  for (const { event, stdio } of wanted) await runScript(session, { event, path: root, manifest, stdio });
}
