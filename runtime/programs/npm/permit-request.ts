import { PosixError } from '../../base/errors.ts';
import { PackageError } from '../../packages/package-error.ts';
import type { Session } from './session.ts';

/**
 * Asks whether this container may request an address that is none of its registries'.
 *
 * @throws {PackageError} `EPERMISSION`, with what the page's author can do.
 */
export async function permitRequest({ calls }: Session, url: string): Promise<void> {
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
}
