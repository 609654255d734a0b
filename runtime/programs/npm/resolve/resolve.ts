/** npm's ideal tree over our files and registries. Always a chunk of its own: `load.ts` is the way in. */
import Arborist, { type TreeNode } from '@npmcli/arborist';
import { decodeText } from '../../../process/text.ts';
import type { PlannedFile, PlannedNode } from '../install/tree-plan.ts';
import { jsonProblem } from '../manifest/json-error.ts';
import { explainWarning, type Conflict } from './explain.ts';
import { inspect } from '../progress/inspect.ts';
import { Overlay } from './overlay.ts';
import { changesBetween, installedOf, isInstalled, plannedNode, type Installed } from './plan.ts';
import { Prefetch } from './prefetch.ts';
import { reported } from './report.ts';
import { ResolveError, type Resolution, type ResolveConfig, type ResolveRequest, type ResolveWarning } from './request.ts';

import { runSession, type Session } from './session.ts';

export { ResolveError };

const saveIdealTree = Symbol.for('saveIdealTree');
const hiddenLock = 'node_modules/.package-lock.json';

/** Arborist up to the point where it would begin to install: its lockfiles are "written", into the overlay. */
class Resolver extends Arborist {
  override async reify(options: object): Promise<TreeNode> {
    const tree = await this.buildIdealTree({ ...options, complete: true });
    const save = this[saveIdealTree];
    if (save === undefined) throw new TypeError('This arborist saves no trees');
    await save.call(this, options);
    return tree;
  }
}

function optionsOf(request: ResolveRequest): object {
  const { config, root, task = 'install', add = [], remove = [], update } = request;
  const { scopes = {}, before, ...same } = config;
  return {
    ...same,
    ...Object.fromEntries(Object.entries(scopes).map(([scope, address]) => [`${scope}:registry`, address])),
    ...(before === undefined ? {} : { before: new Date(before) }),
    ...(config.saveExact === true ? { savePrefix: '' } : {}),
    ...(request.saveType === undefined ? {} : { saveType: request.saveType }),
    ...(task === 'dedupe' ? { save: false } : {}),
    omit: config.omit?.filter((type) => config.include?.includes(type) !== true) ?? [],
    path: root,
    audit: false,
    // Temporary folders are the overlay's; this only has to be a path.
    cache: '/.npm-cache',
    packageLockOnly: true,
    add: [...add],
    rm: [...remove],
    ...(update === undefined ? {} : { update: update === true ? true : [...update] }),
    workspaces: [...(request.workspaces ?? [])],
    includeWorkspaceRoot: request.includeWorkspaceRoot === true,
    workspacesEnabled: request.workspacesEnabled !== false,
  };
}

/** The packages that a task for some workspaces may touch: what these need. Undefined: all. */
function scopeOf(request: ResolveRequest, tree: TreeNode): Set<TreeNode> | undefined {
  const { workspaces = [], includeWorkspaceRoot = false, workspacesEnabled = true } = request;
  if (workspaces.length === 0 && workspacesEnabled) return undefined;
  const scope = new Set<TreeNode>();
  for (const { type, name, to } of tree.edgesOut.values()) {
    const wanted = type === 'workspace' ? workspacesEnabled && workspaces.includes(name) : !workspacesEnabled || includeWorkspaceRoot;
    if (wanted && to !== null) scope.add(to);
  }
  for (const node of scope) {
    if (node.isLink) scope.add(node.target);
    for (const { to } of node.edgesOut.values()) if (to !== null && to !== tree) scope.add(to);
    // What came inside of a package stays with it.
    for (const child of node.children.values()) if (child.inDepBundle) scope.add(child);
  }
  return scope;
}

/** Takes out what is decided on but not to be installed: of other platforms, omitted, out of the task's scope. */
function cutToInstalled(request: ResolveRequest, tree: TreeNode, before: Installed): void {
  const { omit = [], include = [] } = request.config;
  const omitted = new Set<string>(omit.filter((type) => !include.includes(type)));
  const scope = scopeOf(request, tree);
  const isOut = (node: TreeNode) =>
    node.inert || node.shouldOmit(omitted) || (scope !== undefined && !scope.has(node) && !before.has(node.location));
  for (const node of [...tree.inventory.values()].filter(isInstalled).filter(isOut)) node.parent = null;
  // Workspaces that nothing leads to any more are no part of what is installed.
  if (scope !== undefined) for (const top of [...tree.tops]) if (top !== tree && top.linksIn.size === 0) top.root = null;
}

/** What npm prints behind `npm warn`, gathered. */
function warningsInto(warnings: ResolveWarning[]): Session['warn'] {
  return (code, [message, ...details]) => {
    const lines = String(message).split('\n');
    const [first] = details;
    if (code === 'ERESOLVE' && typeof first === 'object' && first !== null) {
      const explained = explainWarning(first as Conflict);
      warnings.push({ code, lines }, ...(explained === undefined ? [] : [{ code: '', lines: explained.split('\n') }]));
      return;
    }
    if (first !== undefined) lines.push(...`${lines.pop()} ${details.map((detail) => inspect(detail)).join(' ')}`.split('\n'));
    warnings.push({ code, lines });
  };
}

async function runTask(arborist: Resolver, { task = 'install' }: ResolveRequest, options: object): Promise<TreeNode> {
  if (task === 'dedupe') return arborist.dedupe(options);
  if (task === 'prune') return arborist.prune(options);
  return arborist.reify(options);
}

function readIfThere(overlay: Overlay, path: string): string | undefined {
  try {
    return decodeText(overlay.read(path));
  } catch {
    return undefined; // npm takes what it cannot read as missing, too.
  }
}

async function decide(session: Session, warnings: readonly ResolveWarning[]): Promise<Resolution> {
  const { request, overlay } = session;
  const { root } = request;
  const before = installedOf((request.clean === true ? undefined : readIfThere(overlay, `${root}/${hiddenLock}`)) ?? '{}');
  const options = optionsOf(request);
  const rootText = readIfThere(overlay, `${root}/package.json`);
  if (readIfThere(overlay, `${root}/package-lock.json`) === undefined) followRoot(session, rootText);
  const tree = await runTask(new Resolver(options), request, options);

  const files: PlannedFile[] = [...overlay.written()]
    .filter(([path]) => path.startsWith(`${root}/`) && !path.includes('/node_modules/'))
    .map(([path, bytes]) => ({ path: path.slice(root === '/' ? 1 : root.length + 1), text: decodeText(bytes) }));
  cutToInstalled(request, tree, before);
  const nodes: PlannedNode[] = [...tree.inventory.values()].filter(isInstalled).map((node) => plannedNode(node, request));
  nodes.sort((a, b) => (a.place < b.place ? -1 : 1));
  tree.meta.hiddenLockfile = true;
  tree.meta.filename = `${root}/${hiddenLock}`;
  tree.meta.lockfileVersion = 3;
  if (nodes.length > 0) files.push({ path: hiddenLock, text: tree.meta.toString() });

  const after: Installed = new Map(
    [...tree.inventory.values()]
      .filter(isInstalled)
      .map((node) => [node.location, { name: node.packageName, version: node.version ?? '' }]),
  );
  const changes = changesBetween(before, after);
  const fresh = new Set([...changes.added, ...changes.changed].map(({ place }) => place));
  const deprecations = nodes.flatMap((node) =>
    node.kind === 'package' && node.deprecated !== undefined && fresh.has(node.place)
      ? [{ name: node.name, version: node.version, message: node.deprecated }]
      : [],
  );
  return {
    plan: { root, nodes, files, binLinks: 'npm' },
    ...changes,
    warnings,
    deprecations,
    considered: () => session.packuments.considered(),
  };
}

function isOmitted(type: 'dev' | 'peer', { omit, include }: ResolveConfig): boolean {
  return omit?.includes(type) === true && include?.includes(type) !== true;
}

function installsPeers(config: ResolveConfig): boolean {
  return config.legacyPeerDeps !== true && !isOmitted('peer', config);
}

/** Begins with what the project names, before arborist has read a line. */
function followRoot({ packuments, request: { config } }: Session, text: string | undefined): void {
  try {
    const manifest = JSON.parse(text ?? '{}') as Record<string, Record<string, string> | undefined>;
    const isPlain = manifest['overrides'] === undefined;
    packuments.follow(manifest['dependencies'], isPlain);
    packuments.follow(manifest['devDependencies'], isPlain && !isOmitted('dev', config));
    packuments.follow(manifest['optionalDependencies'], false);
    packuments.follow(manifest['peerDependencies'], isPlain && installsPeers(config));
  } catch {
    // Arborist reports what is wrong with it.
  }
}

/** @throws {ResolveError} with npm's code and report; the reason of an aborted `signal`. */
export async function resolveTree(request: ResolveRequest): Promise<Resolution> {
  const warnings: ResolveWarning[] = [];
  const { config, signal } = request;
  const session: Session = {
    request,
    overlay: new Overlay(request.files),
    packuments: new Prefetch(request.source, {
      tag: config.defaultTag ?? 'latest',
      signal,
      onKnown: (count, name) => request.onProgress?.(count, name),
      onGuess: request.onGuess,
      withPeers: installsPeers(config),
    }),
    warn: warningsInto(warnings),
  };
  try {
    return await runSession(session, () => decide(session, warnings));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EJSONPARSE') {
      // Engines have words of their own for what is wrong with a text.
      const problem = jsonProblem(readIfThere(session.overlay, `${request.root}/package.json`) ?? '{}');
      if (problem !== undefined) error.message = `Invalid package.json: JSONParseError: ${problem}`;
    }
    const failure = reported(error, config, signal);
    if (failure instanceof ResolveError) failure.warnings = warnings;
    throw failure;
  }
}
