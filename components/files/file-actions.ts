/** What the tree does to files. */
import type { ContainerHost } from '../shared/container-controller.ts';
import { saveFile } from '../shared/save-file.ts';
import type { IncomingFile } from './incoming.ts';
import { joinPath, nameOf } from './tree-rows.ts';

/** In a booted container, what was deleted lies here until the next is: outside of the project. */
const trash = '/tmp/.bavini-deleted';
/** Text up to this many bytes can be kept without a runtime. */
const maxRecordedBytes = 256 * 1024;

let removals = 0;

export async function exists(host: ContainerHost, path: string): Promise<boolean> {
  const { container, files } = host;
  if (container === undefined) return [...files.paths].some((one) => one === path || one.startsWith(`${path}/`));
  try {
    await container.fs.stat(path);
    return true;
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as { code?: string }).code ?? '')) return false;
    throw error;
  }
}

/** Resolves to what undoes it. */
export async function remove(host: ContainerHost, path: string): Promise<() => Promise<void>> {
  const { container } = host;
  if (container === undefined) return host.files.remove(path);
  await container.fs.rm(trash, { recursive: true, force: true });
  await container.fs.mkdir(trash, { recursive: true });
  return host.files.remove(path, { aside: `${trash}/${++removals}` });
}

/** Boots the container where what is moved cannot be recorded without. */
export async function move(host: ContainerHost, from: string, to: string): Promise<void> {
  if (host.container === undefined && host.files.holdsBytes(from)) await host.boot();
  await host.files.move(from, to);
}

/** Adds files to `folder`; those of the same name are replaced. */
export async function add(host: ContainerHost, folder: string, incoming: readonly IncomingFile[]): Promise<void> {
  const ready: { readonly path: string; readonly file: File | undefined; readonly text: string | undefined }[] = [];
  for (const { path, file } of incoming) {
    // Larger ones are read when they are written, one after the other.
    const isShort = file !== undefined && file.size <= maxRecordedBytes;
    ready.push({ path: joinPath(folder, path), file, text: isShort ? textOf(new Uint8Array(await file.arrayBuffer())) : undefined });
  }
  if (host.container === undefined && ready.some(({ file, text }) => file !== undefined && text === undefined)) await host.boot();
  for (const { path, file, text } of ready) {
    if (file === undefined) await host.files.makeFolder(path);
    else if (text !== undefined) await host.files.write(path, text);
    else {
      const { fs } = host.container!;
      if (path.includes('/')) await fs.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
      await fs.writeFile(path, new Uint8Array(await file.arrayBuffer()));
    }
  }
  await host.container?.sync();
}

function textOf(bytes: Uint8Array): string | undefined {
  if (bytes.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Globs of the project as they are seen from a folder of it. */
function globsBelow(folder: string, globs: readonly string[]): string[] {
  if (folder === '') return [...globs];
  return globs.flatMap((glob) => (glob.startsWith(`${folder}/`) ? [glob.slice(folder.length + 1)] : glob.startsWith('**/') ? [glob] : []));
}

/** Saves a file as it is, or a folder as a zip; the project is `''`. */
export async function download(
  host: ContainerHost,
  path: string,
  { isFolder, hidden }: { readonly isFolder: boolean; readonly hidden: string },
): Promise<void> {
  const text = host.container === undefined && !isFolder ? host.files.read(path) : undefined;
  let content: string | Uint8Array;
  if (text !== undefined) content = text;
  else {
    const container = await host.boot();
    const excludes = globsBelow(path, hidden.split(/\s+/).filter(Boolean));
    content = isFolder ? await container.export(path || '.', { format: 'zip', excludes }) : await container.fs.readFile(path);
  }
  saveFile(new Blob([content as Uint8Array<ArrayBuffer>]), isFolder ? `${nameOf(path) || 'project'}.zip` : nameOf(path));
}

/** Makes a file the author's again that was deleted. */
export async function bringBack(host: ContainerHost, path: string): Promise<void> {
  const authored = host.files.authored.get(path);
  if (authored === undefined) return;
  if (typeof authored === 'string') await host.files.write(path, authored);
  else if (authored instanceof Uint8Array) await add(host, '', [{ path, file: new File([authored as Uint8Array<ArrayBuffer>], path) }]);
  else await (await host.boot()).fs.symlink(authored.symlink, path);
}
