/**
 * Changes to the disk that can be taken back: what goes is put aside first, and every step knows its opposite. All of it is
 * synchronous, so that nobody sees half of an install.
 */
import { PosixError } from '../../../base/errors.ts';
import type { Disk } from '../disk.ts';
import { dirName, resolvePath } from '../paths.ts';

/** Begins the name of the folder that holds what was put aside. A later install removes what a killed one left. */
export const asidePrefix = '.bavini-aside-';

/** Of installs under way, until they are done or their program has ended: an install that one of their scripts starts leaves them. */
const live = new Map<string, AbortSignal>();

export class Commit {
  readonly #disk: Disk;
  readonly #aside: string;
  readonly #undo: (() => void)[] = [];
  #count = 0;

  /** @param signal Aborted when the program has ended without taking anything back. */
  constructor(disk: Disk, root: string, signal: AbortSignal) {
    this.#disk = disk;
    const random = Math.random().toString(36).slice(2, 10);
    this.#aside = resolvePath(root, 'node_modules', `${asidePrefix}${random}`);
    live.set(this.#aside, signal);
  }

  /** Takes away what is at `path`, whatever it is. */
  retire(path: string): void {
    if (this.#disk.lstat(path) === undefined) return;
    this.makeFolders(this.#aside);
    const to = `${this.#aside}/${this.#count++}`;
    this.#disk.calls.rename(path, to);
    this.#undo.push(() => {
      // A script may have put something there, or removed the folder around it.
      this.#disk.remove(path);
      this.#disk.makeFolders(dirName(path));
      this.#disk.calls.rename(to, path);
    });
  }

  makeFolders(path: string): void {
    if (this.#disk.isFolder(path)) return;
    const parent = dirName(path);
    if (parent !== path) this.makeFolders(parent);
    this.#disk.calls.mkdir(path, 0o777);
    this.#undo.push(() => this.#disk.remove(path));
  }

  mount(path: string, layer: string): void {
    this.makeFolders(path);
    this.#disk.calls.mount(path, layer);
    this.#undo.push(() => this.#disk.remove(path));
  }

  link(target: string, path: string): void {
    if (this.#disk.isLink(path) && this.#disk.calls.readlink(path) === target) return;
    this.retire(path);
    this.makeFolders(dirName(path));
    this.#disk.calls.symlink(target, path);
    this.#undo.push(() => this.#disk.calls.unlink(path));
  }

  write(path: string, text: string, mode = 0o666): void {
    const before = this.#disk.readBytes(path);
    this.makeFolders(dirName(path));
    // Pushed first: a write can fail half done.
    this.#undo.push(() => {
      if (before === undefined) this.#disk.remove(path);
      else this.#disk.write(path, before);
    });
    this.#disk.write(path, text, mode);
  }

  chmod(path: string, mode: number): void {
    const before = this.#disk.calls.stat(path).mode & 0o7777;
    if (before === mode) return;
    this.#disk.calls.chmod(path, mode);
    this.#undo.push(() => this.#disk.calls.chmod(path, before));
  }

  /** Everything as it was before the first step. */
  rollBack(): void {
    for (const undo of this.#undo.splice(0).reverse()) {
      try {
        undo();
      } catch (error) {
        // A script may have removed what this step made. All others are still to be taken back.
        if (!(error instanceof PosixError)) throw error;
      }
    }
    live.delete(this.#aside);
  }

  /** Removes what was put aside: there is no way back. */
  finish(): void {
    this.#undo.length = 0;
    this.#disk.remove(this.#aside);
    live.delete(this.#aside);
  }
}

/** What a killed install has left behind. */
export function removeLeftovers(disk: Disk, root: string): void {
  const folder = resolvePath(root, 'node_modules');
  for (const { name } of disk.list(folder)) {
    const path = resolvePath(folder, name);
    if (name.startsWith(asidePrefix) && live.get(path)?.aborted !== false) disk.remove(path);
  }
}
