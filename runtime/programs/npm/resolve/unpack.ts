/** Unpacks a tarball into the overlay, as a package would be. */
import { verifyIntegrity } from '../../../packages/integrity.ts';
import { unpackPackage } from '../../../packages/package-tar.ts';
import { readTar } from '../../../base/tar-reader.ts';
import type { Overlay } from './overlay.ts';

export async function unpackInto(
  overlay: Overlay,
  folder: string,
  tarball: Uint8Array<ArrayBuffer>,
  options: { readonly integrity?: string; readonly signal?: AbortSignal; readonly allowGitIgnore?: boolean },
): Promise<void> {
  if (options.integrity !== undefined) await verifyIntegrity(tarball, options.integrity);
  const { parts } = await unpackPackage(tarball, options);
  const tar = new Uint8Array(await new Blob([...parts]).arrayBuffer());
  readTar({ size: tar.length, read: (offset, length) => tar.subarray(offset, offset + length) }, ({ path, type, offset, size }) => {
    const at = `${folder}/${path}`;
    if (type === 'directory') overlay.makeFolder(at);
    if (type !== 'file') return;
    overlay.makeFolder(at.slice(0, at.lastIndexOf('/')));
    overlay.write(at, tar.subarray(offset, offset + size));
  });
}
