/** What Yarn notes of packages in its lockfile: checksums of the zips that it makes of them, and hashes of files and folders of the project. */
import { digest } from '../../../../../packages/digest.ts';
import { encodeText } from '../../../../../process/text.ts';
import { concatBytes } from '../../../../../base/bytes.ts';
import type { ProjectManifest } from '../../project.ts';
import { filesOfTarball, zipOf, type ArchiveFile, type ArchiveFolder } from './archive.ts';
import { lockCacheKey } from './resolve.ts';

async function sha512(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  return Array.from(await digest('SHA-512', bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

const checksumOfZip = async (zip: Uint8Array<ArrayBuffer>) => `${lockCacheKey}/${await sha512(zip)}`;

/** @throws {PackageError} of a tarball that cannot be unpacked. */
export async function checksumOf(tarball: Uint8Array<ArrayBuffer>, name: string): Promise<string> {
  return checksumOfZip(zipOf(await filesOfTarball(tarball), name));
}

/** Of a package that was copied once more, which puts its files in order. */
export async function checksumOfCopy(tarball: Uint8Array<ArrayBuffer>, name: string): Promise<string> {
  const byPath = (path: string) => path.replaceAll('/', '\0');
  const files = (await filesOfTarball(tarball)).sort((a, b) => (byPath(a.path) < byPath(b.path) ? -1 : 1));
  return checksumOfZip(zipOf(files, name));
}

/** Of a repository: as `yarn pack` would pack it. */
export async function checksumOfRepository(tarball: Uint8Array<ArrayBuffer>, name: string, manifest: ProjectManifest): Promise<string> {
  const { packRepository } = await import('./packed.ts');
  const files = (await filesOfTarball(tarball)).filter((file): file is ArchiveFile => file.data !== undefined);
  return checksumOfZip(zipOf(packRepository(files, manifest), name));
}

/** @param files Sorted, folder by folder. */
export async function sumsOfFolder(
  files: readonly (ArchiveFile | ArchiveFolder)[],
  name: string,
): Promise<{ readonly hash: string; readonly checksum: string }> {
  const zip = zipOf(files, name);
  // The number is of Yarn's own format.
  const hash = await sha512(concatBytes([encodeText('2'), zip]));
  return { hash: hash.slice(0, 6), checksum: await checksumOfZip(zip) };
}

/** Of a tarball of the project. */
export const hashOfFile = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => (await sha512(bytes)).slice(0, 6);
