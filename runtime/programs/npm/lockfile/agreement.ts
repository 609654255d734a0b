/** Whether a lock still says what its project asks for. */
import type { Manifest } from '../manifest/manifest.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { relativePath } from '../paths.ts';
import type { Session } from '../session.ts';
import { dependenciesOf, type LockTree } from './tree.ts';
import { type Lock, type LockEntry } from './lock.ts';

function sameRecord(a: object | undefined, b: object | undefined): boolean {
  return stable(a ?? {}) === stable(b ?? {});
}

function stable(value: unknown): string {
  if (Array.isArray(value)) return JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${stable((value as Record<string, unknown>)[key])}`)
    .join()}}`;
}

function sameDependencies(entry: LockEntry, manifest: Manifest): boolean {
  const kinds = (of: LockEntry) =>
    Object.fromEntries([...dependenciesOf(of, true)].map(([name, { type, spec }]) => [name, `${type} ${spec}`]));
  return sameRecord(kinds(entry), kinds(manifest as LockEntry));
}

/** What a lock keeps of the project's own manifest. */
function sameEntry(entry: LockEntry, manifest: Manifest, isRoot: boolean): boolean {
  const licence = (value: unknown) => (typeof value === 'object' && value !== null ? (value as { type?: unknown }).type : value);
  const keys = [
    'version',
    'bin',
    'engines',
    'os',
    'cpu',
    'libc',
    'bundleDependencies',
    'workspaces',
    // Asked for all the same, but perhaps not where the manifest has it.
    'dependencies',
    'devDependencies',
    'optionalDependencies',
    'peerDependencies',
  ] as const;
  if ((isRoot ? entry.name : undefined) !== (isRoot ? manifest.name : undefined)) return false;
  if (licence(entry.license) !== licence(manifest.license)) return false;
  return keys.every((key) => {
    const [was, is] = [(entry as Record<string, unknown>)[key], manifest[key]];
    const isEmpty = (value: unknown) =>
      value === undefined || value === null || value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
    return (isEmpty(was) && isEmpty(is)) || stable(was) === stable(is);
  });
}

/**
 * `same`: npm would change nothing of the lock. `fits`: the tree holds, and only what the lock keeps of the project itself is out of
 * date. `differs`: something is missing, wrong or no longer asked for.
 */
export function lockAgreement(
  session: Session,
  root: string,
  { lock, tree, manifest }: { readonly lock: Lock; readonly tree: LockTree; readonly manifest: Manifest },
): 'same' | 'fits' | 'differs' {
  const { config, disk } = session;
  // With `--force`, npm tells of those that do not fit.
  const ignoresPeers = config.flag('legacy-peer-deps');
  if (tree.problems.some(({ type }) => !(ignoresPeers && (type === 'peer' || type === 'peerOptional')))) return 'differs';
  // A first-version lock says nothing of the project; all it has is taken to be wanted.
  const own = lock.packages.get('');
  if (own === undefined) return lock.version === 1 ? 'fits' : 'differs';
  if (!sameDependencies(own, manifest)) return 'differs';
  let same = sameEntry(own, manifest, true);
  for (const node of tree.nodes.values()) {
    if (node.entry.extraneous === true) return 'differs';
    if (node.isRoot || node.isLink || node.place.startsWith('node_modules/') || node.place.includes('/node_modules/')) continue;
    const now = tryReadManifest(disk, root === '/' ? `/${node.place}` : `${root}/${node.place}`);
    if (now === undefined) return 'differs';
    const entry = lock.packages.get(node.place) ?? {};
    if (!sameDependencies(entry, now)) return 'differs';
    same &&= sameEntry(entry, now, false) && (entry.name ?? now.name) === now.name;
  }
  const edges = new Set(
    [...tree.root.edges.values()]
      .filter(({ type }) => type === 'workspace')
      .map(({ spec }) => relativePath(root, spec.slice('file:'.length))),
  );
  for (const { place, isWorkspace } of tree.nodes.values()) if (isWorkspace && !edges.has(place)) return 'differs';
  const shown = lock.name === manifest.name && (lock.packageVersion ?? '') === (manifest.version ?? '');
  return same && shown ? 'same' : 'fits';
}
