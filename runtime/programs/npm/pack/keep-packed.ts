/** Repositories as packages: npm installs what it would publish of them, once their `prepare` script has run. */
import { S_IFDIR } from '../../../base/file-mode.ts';
import type { Disk } from '../disk.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { resolvePath } from '../paths.ts';
import { packedFiles } from './packed-files.ts';

/** What runs before npm packs a repository, in this order; nothing of it runs here. */
const preparing = ['preinstall', 'install', 'postinstall', 'prepublish', 'preprepare', 'prepare', 'postprepare', 'prepack'] as const;

/**
 * Takes what is not published out of the package at `root`.
 *
 * @returns What is wrong with it then: it names files that only a script would have made.
 */
export function keepPacked(disk: Disk, root: string): string | undefined {
  const manifest = tryReadManifest(disk, root);
  if (manifest === undefined) return undefined;
  const kept = new Set(packedFiles(disk, root, manifest));
  const clear = (folder: string): boolean => {
    let isEmpty = true;
    for (const { name, type } of disk.list(resolvePath(root, folder))) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (type === S_IFDIR ? !clear(path) : kept.has(path)) isEmpty = false;
      else disk.remove(resolvePath(root, path));
    }
    return isEmpty;
  };
  clear('');
  const missing = entriesOf(manifest).find(
    (entry) => !['', '.js', '.json', '.node', '/index.js'].some((end) => disk.isFile(resolvePath(root, entry + end))),
  );
  if (missing === undefined) return undefined;
  const script = preparing.find((name) => manifest.scripts?.[name] !== undefined);
  const made = script === undefined ? '' : `; npm runs its script "${script}" (${manifest.scripts?.[script]}) before, which no page does`;
  return `${manifest.name ?? root}@${manifest.version ?? ''} has no ${missing} in its repository${made}. Its published package has it, if there is one`;
}

/** Files that who uses the package needs, as its manifest names them. */
function entriesOf(manifest: Manifest): string[] {
  const found = [manifest.main ?? '', ...Object.values(manifest.bin ?? {})];
  const collect = (target: unknown) => {
    if (typeof target === 'string') found.push(target);
    else if (Array.isArray(target)) target.forEach(collect);
    else if (typeof target === 'object' && target !== null) {
      const { types: _types, ...others } = target as Record<string, unknown>;
      Object.values(others).forEach(collect);
    }
  };
  const exports = manifest['exports'] as unknown;
  if (typeof exports === 'object' && exports !== null && !Array.isArray(exports) && Object.keys(exports).some((key) => key.startsWith('.')))
    collect((exports as Record<string, unknown>)['.']);
  else collect(exports);
  return found.filter((entry) => entry !== '' && !entry.includes('*')).map((entry) => entry.replace(/^\.\//, '').replace(/\/$/, ''));
}
