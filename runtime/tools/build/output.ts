/** Writes into `dist/` so that who reads it meanwhile sees the old file or the new one, never a half. */
import { mkdir, readdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

export class Output {
  readonly folder: string;
  readonly #written = new Set<string>();

  constructor(folder: string) {
    this.folder = folder;
  }

  /** Names of all files written so far, with forward slashes. */
  get written(): ReadonlySet<string> {
    return this.#written;
  }

  /** An unchanged file keeps its modification time. */
  async write(name: string, content: string | Uint8Array): Promise<void> {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    const path = join(this.folder, name);
    this.#written.add(name);
    const old = await readFile(path).catch(() => undefined);
    if (old?.equals(bytes) === true) return;
    await mkdir(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}.part`;
    await writeFile(temporary, bytes);
    await rename(temporary, path);
  }

  /** Deletes what an earlier build left and this one did not write. */
  async deleteOthers(): Promise<void> {
    const found = await readdir(this.folder, { recursive: true, withFileTypes: true });
    for (const entry of found) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && !this.#written.has(relative(this.folder, path).split(sep).join('/'))) await rm(path, { force: true });
    }
    for (const entry of found.reverse()) {
      if (!entry.isDirectory()) continue;
      const path = join(entry.parentPath, entry.name);
      if ((await readdir(path)).length === 0) await rmdir(path);
    }
  }
}
