/** What is in a folder, before the container boots and after. */
import type { Container } from '../../runtime/index.ts';
import type { AuthorFile, FileChange, WorkingFiles } from '../shared/working-files.ts';
import { compareEntries, joinPath } from './tree-rows.ts';
import type { TreeEntry } from './tree-rows.ts';

export interface ListOptions {
  readonly isHidden: (path: string) => boolean;
  readonly isReadonly: (path: string) => boolean;
}

/** Empty if there is no such folder. */
export async function listFolder(
  files: WorkingFiles,
  { container, folder, isHidden, isReadonly }: ListOptions & { readonly container: Container | undefined; readonly folder: string },
): Promise<readonly TreeEntry[]> {
  const found = container === undefined ? known(files.paths, folder) : await held(container, folder);
  // What the author gave and is not there any more.
  for (const [path, kind] of known(files.authored.keys(), folder)) if (kind === 'file' && !found.has(path)) found.set(path, 'deleted');
  const entries: TreeEntry[] = [];
  for (const [path, kind] of found) {
    if (isHidden(path)) continue;
    const change = kind === 'folder' ? undefined : kind === 'deleted' ? 'deleted' : await changeOf(files, container, path);
    entries.push({ path, kind: kind === 'folder' ? 'folder' : 'file', readonly: isReadonly(path), change });
  }
  return entries.sort(compareEntries);
}

type Kind = TreeEntry['kind'] | 'deleted';

function known(paths: Iterable<string>, folder: string): Map<string, Kind> {
  const prefix = folder === '' ? '' : `${folder}/`;
  const found = new Map<string, Kind>();
  for (const path of paths) {
    if (!path.startsWith(prefix) || path === prefix) continue;
    const slash = path.indexOf('/', prefix.length);
    if (slash < 0) found.set(path, 'file');
    else found.set(path.slice(0, slash), 'folder');
  }
  return found;
}

async function held(container: Container, folder: string): Promise<Map<string, Kind>> {
  const entries = await container.fs.readdir(folder || '.', { withFileTypes: true }).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes((error as { code?: string }).code ?? '')) return [];
    throw error;
  });
  return new Map(entries.map((entry) => [joinPath(folder, entry.name), entry.isDirectory() ? 'folder' : 'file']));
}

/** Against the author's. Of a booted container the bytes tell, because programs change files that nobody shows. */
async function changeOf(files: WorkingFiles, container: Container | undefined, path: string): Promise<FileChange | undefined> {
  if (container === undefined) return files.changeOf(path);
  const authored = files.authored.get(path);
  if (authored === undefined) return 'added';
  return (await isSame(container, path, authored)) ? undefined : 'modified';
}

async function isSame(container: Container, path: string, authored: AuthorFile): Promise<boolean> {
  try {
    if (typeof authored !== 'string' && !(authored instanceof Uint8Array)) return (await container.fs.readlink(path)) === authored.symlink;
    const bytes = typeof authored === 'string' ? new TextEncoder().encode(authored) : authored;
    const now = await container.fs.readFile(path);
    return now.length === bytes.length && now.every((byte, index) => byte === bytes[index]);
  } catch {
    return false; // A folder, another kind of file, or gone meanwhile.
  }
}
