/** Where a run gets what no registry has: through the registries' client, from GitHub, from the project's files. */
import { PosixError } from '../../../base/errors.ts';
import { PackageError } from '../../../packages/package-error.ts';
import type { RegistryClient } from '../../../packages/registry-client.ts';
import { resolvePath } from '../paths.ts';
import { commitOf } from '../resolve/github-commit.ts';
import type { Session } from '../session.ts';
import type { RemoteSource } from './remotes.ts';

/** @param root Paths of files begin there. */
export function remoteSource({ calls, disk, signal }: Session, client: RegistryClient, root: () => string): RemoteSource {
  const permit = async (url: string): Promise<void> => {
    try {
      await calls.call('permitRequest', { url });
    } catch (cause) {
      if (!(cause instanceof PosixError) || cause.code !== 'EACCES') throw cause;
      const { host } = new URL(url);
      throw new PackageError('EPERMISSION', `This container may not request ${url}`, {
        uri: url,
        cause,
        advice: [
          `Its network permissions do not name "${host}".`,
          'The author of the page can allow the host, or bake the packages: npx bavini bake',
        ],
      });
    }
  };
  return {
    tarball: (address) => client.tarball(address, { signal }),
    commit: (repository, committish, raw) => commitOf(raw, repository, committish, { permit, signal }),
    file: (path) => disk.readBytes(resolvePath(root(), path)) as Uint8Array<ArrayBuffer> | undefined,
  };
}
