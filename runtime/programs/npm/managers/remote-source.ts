/** Where a run gets what no registry has: through the registries' client, from GitHub, from the project's files. */
import type { RegistryClient } from '../../../packages/registry-client.ts';
import { resolvePath } from '../paths.ts';
import { permitRequest } from '../permit-request.ts';
import { commitOf } from '../resolve/github-commit.ts';
import type { Session } from '../session.ts';
import type { RemoteSource } from './remotes.ts';

/** @param root Paths of files begin there. */
export function remoteSource(session: Session, client: RegistryClient, root: () => string): RemoteSource {
  const { disk, signal } = session;
  const permit = (url: string) => permitRequest(session, url);
  return {
    tarball: (address) => client.tarball(address, { signal }),
    commit: (repository, committish, raw) => commitOf(raw, repository, committish, { permit, signal }),
    file: (path) => disk.readBytes(resolvePath(root(), path)) as Uint8Array<ArrayBuffer> | undefined,
  };
}
