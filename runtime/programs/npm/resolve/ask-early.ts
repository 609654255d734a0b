/** What deciding on a tree begins with, while the code for it is being loaded. */
import { lockNames } from '../lockfile/lock.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import type { RegistryClient } from '../../../packages/registry-client.ts';
import { isNewHere } from '../new-here.ts';
import { openCacheAhead, openRegistry } from '../packages.ts';
import { resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';

/**
 * Opens what is needed, and asks where nothing is remembered: else an earlier decision may be enough.
 *
 * @param root Of the project.
 */
export function openAhead(session: Session, root: string): void {
  const asking = async () => {
    const [{ client }, isNew] = await Promise.all([openRegistry(session), isNewHere()]);
    if (isNew) askEarly(session, root, client);
  };
  openCacheAhead();
  asking().catch(() => undefined); // Who needs it opens it as well, and is told.
}

/**
 * Asks for what the resolver will ask for first: it finds the answers in the run's client. Only where there is no lock that may know them,
 * nor workspaces, whose names are nobody's business.
 */
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
