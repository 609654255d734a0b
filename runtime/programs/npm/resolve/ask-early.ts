/**
 * What the resolver will ask for first, while it is being loaded: it finds the answers in the run's client. Only where there is no lock that
 * may know them, nor workspaces, whose names are nobody's business.
 */
import { lockNames } from '../lockfile/lock.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import type { RegistryClient } from '../../../packages/registry-client.ts';
import { resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';

export function askEarly({ disk, signal, config }: Session, root: string, client: RegistryClient): void {
  if (config.global || lockNames.some((name) => disk.exists(resolvePath(root, name)))) return;
  const { dependencies, devDependencies, workspaces } = tryReadManifest(disk, root) ?? {};
  if (workspaces !== undefined) return;
  // Not what the command line names: a failure tells of the range that npm asks for, which is the manifest's where there is one.
  for (const [name, range] of Object.entries({ ...devDependencies, ...dependencies })) {
    if (!/^(?:@[\w.~-]+\/)?[\w~-][\w.~-]*$/.test(name) || /[:/]/.test(range)) continue;
    // Who needs it asks again, and is told.
    client.packument(name, { full: true, spec: `${name}@${range}`, signal }).catch(() => undefined);
  }
}
