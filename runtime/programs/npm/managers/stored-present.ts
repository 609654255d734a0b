/** What is in a project whose packages are in a store below `node_modules`, with links to them: pnpm's, and bun's. */
import type { Present, PresentPackage } from '../install/present.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { resolvePath } from '../paths.ts';
import type { Disk } from '../disk.ts';
import { S_IFDIR, S_IFLNK } from '../../../base/file-mode.ts';

/**
 * @param folders The project's own: the root is the empty one.
 * @param store The store's folder in `node_modules`.
 */
export function storedPresent(disk: Disk, root: string, folders: readonly string[], store: '.pnpm' | '.bun'): Present {
  const found = new Map<string, PresentPackage>();
  const look = (folder: string): void => {
    for (const { name, type } of disk.list(resolvePath(root, folder))) {
      if (name.startsWith('.') || (type !== S_IFDIR && type !== S_IFLNK)) continue;
      const place = `${folder}/${name}`;
      if (name.startsWith('@') && type === S_IFDIR) look(place);
      else if (type === S_IFLNK) found.set(place, { name, version: '', isLink: true });
      else {
        const manifest = tryReadManifest(disk, resolvePath(root, place));
        found.set(place, { name: manifest?.name ?? name, version: manifest?.version ?? '', isLink: false });
      }
    }
  };
  for (const folder of folders) look(folder === '' ? 'node_modules' : `${folder}/node_modules`);
  for (const { name } of disk.list(resolvePath(root, `node_modules/${store}`))) {
    look(name === 'node_modules' ? `node_modules/${store}/node_modules` : `node_modules/${store}/${name}/node_modules`);
  }
  return found;
}
