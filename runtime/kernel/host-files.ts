/** What the page does to whole trees: mounting files and layers, snapshots. */
import { PosixError } from '../base/errors.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { untar } from '../fs/untar.ts';
import type { LayerSource } from '../wires/change.ts';
import type { MountEntry } from '../wires/host-wire.ts';
import type { Container } from './container.ts';
import { homeFolder, installSystemFiles, userId } from './system-files.ts';

const encoder = new TextEncoder();

interface Mounting {
  readonly path: string;
  readonly entries: readonly MountEntry[];
}

/** `entries` over a layer that is mounted at `path`. */
export interface AuthorFiles {
  readonly path: string;
  readonly entries: readonly MountEntry[];
  readonly layer: LayerSource | null;
}

/** The author's files, in a container that has no others. */
export function mountFirst(container: Container, files: AuthorFiles): void {
  const { path, layer } = files;
  container.author = files;
  if (layer !== null) {
    container.kernel.addLayer(layer);
    mountLayer(container, { path, id: layer.id });
  }
  mountEntries(container, files);
}

/** Writes files over what is there. The first of a container are what `forget` goes back to. */
export function mountEntries(container: Container, mounting: Mounting): void {
  container.firstMount ??= mounting;
  const { path, entries } = mounting;
  const { files } = container;
  const base = path === '/' ? '' : path.replace(/\/+$/, '');
  if (base !== '') files.mkdirp(base);
  for (const entry of entries) {
    const at = `${base}/${entry.path}`;
    try {
      mountEntry(files, at, entry);
    } catch (error) {
      throw PosixError.about(error, { syscall: 'mount', path: at });
    }
  }
}

export function mountEntry(files: FileSystem, at: string, entry: MountEntry): void {
  if (entry.kind === 'directory') {
    files.mkdirp(at);
    if (entry.mode !== undefined) files.chmod(at, entry.mode);
    return;
  }
  const slash = at.lastIndexOf('/');
  if (slash > 0) files.mkdirp(at.slice(0, slash));
  if (entry.kind === 'symlink') {
    files.removeAll(at);
    files.symlink(entry.target, at);
    return;
  }
  files.writeFile(at, typeof entry.data === 'string' ? encoder.encode(entry.data) : entry.data);
  if (entry.mode !== undefined) files.chmod(at, entry.mode);
}

/** Mounts a layer that the kernel was given. Fails with `ENOENT` for an unknown one, `EBUSY` where one is mounted. */
export function mountLayer(container: Container, { path, id }: { readonly path: string; readonly id: string }): void {
  const source = container.kernel.layers.get(id);
  if (!source) throw new PosixError('ENOENT', { syscall: 'mount', path: id });
  container.authority.addLayers([source]);
  container.files.mkdirp(path);
  container.rootFiles.mount(path, id);
  container.mountedLayers.set(path, id);
  container.persistence?.keepLayer(source);
}

/** Replaces what is below `path` by the contents of a tar. */
export async function restoreFiles(container: Container, path: string, tar: Blob): Promise<void> {
  const bytes = new Uint8Array(await tar.arrayBuffer());
  const source = { size: bytes.length, read: (offset: number, length: number) => bytes.subarray(offset, offset + length) };
  if (path === '/') {
    empty(container);
    // The tar knows no owners: what is under the user's folders is the user's.
    untar(container.rootFiles, '/', source);
    installSystemFiles(container.rootFiles, container.programs.values(), container.workdir);
    for (const folder of new Set([homeFolder, container.workdir])) own(container.rootFiles, folder);
    remount(container);
    return;
  }
  const { files } = container;
  files.mkdirp(path);
  for (const { name } of files.readdir(path)) files.removeAll(`${path}/${name}`);
  untar(files, path, source);
}

/** The tree as it was after the container was made and first mounted. */
export function rebuild(container: Container): void {
  empty(container);
  installSystemFiles(container.rootFiles, container.programs.values(), container.workdir);
  remount(container);
  if (container.firstMount) mountEntries(container, container.firstMount);
}

function empty(container: Container): void {
  const { rootFiles, authority } = container;
  for (const { at } of [...authority.tree.mounts]) {
    const path = at === undefined ? undefined : authority.tree.pathOf(at);
    if (path !== undefined) rootFiles.unmount(path);
  }
  for (const { name } of rootFiles.readdir('/')) rootFiles.removeAll(`/${name}`);
}

function remount(container: Container): void {
  for (const source of container.kernel.layers.values()) container.mountProgramLayer(source);
  for (const [path, id] of container.mountedLayers) {
    container.files.mkdirp(path);
    const source = container.kernel.layers.get(id)!;
    container.authority.addLayers([source]);
    if (container.rootFiles.nodeAt(path, { follow: true }).mount === undefined) container.rootFiles.mount(path, id);
    container.persistence?.keepLayer(source);
  }
}

function own(fs: FileSystem, path: string): void {
  const node = fs.nodeAt(path, { follow: false });
  if (node.uid !== userId) fs.lchown(path, userId, userId);
  if (node.isDirectory) for (const { name } of fs.list(node)) own(fs, `${path}/${name}`);
}
