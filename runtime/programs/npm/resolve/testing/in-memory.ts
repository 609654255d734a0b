/** Recorded projects in a browser: files in memory, the frozen registry, our resolver. Bundled for the test that drives the browser. */
import { PosixError } from '../../../../base/errors.ts';
import { S_IFDIR, S_IFREG } from '../../../../base/file-mode.ts';
import type { Stat } from '../../../../base/stat.ts';
import type { ResolveFiles } from '../request.ts';
import { resolveTree, ResolveError } from '../resolve.ts';
import { FrozenRegistry, frozenAddress, readFrozen, tarballOf } from './frozen-registry.ts';
import type { Files, NpmProject } from './projects.ts';

class MemoryFiles implements ResolveFiles {
  readonly #files = new Map<string, Uint8Array>();
  readonly #folders = new Map<string, Set<string>>([['/', new Set()]]);

  write(path: string, bytes: Uint8Array): void {
    this.#files.set(path, bytes);
    for (let at = path; at !== '/';) {
      const folder = at.slice(0, at.lastIndexOf('/')) || '/';
      const names = this.#folders.get(folder) ?? new Set();
      this.#folders.set(folder, names.add(at.slice(at.lastIndexOf('/') + 1)));
      at = folder;
    }
  }

  readFile(path: string): Uint8Array {
    const found = this.#files.get(path);
    if (found === undefined) throw new PosixError('ENOENT');
    return found;
  }

  stat(path: string): Stat {
    const isFolder = this.#folders.has(path);
    if (!isFolder && !this.#files.has(path)) throw new PosixError('ENOENT');
    return { mode: isFolder ? S_IFDIR : S_IFREG, mtimeMs: 0 } as Stat;
  }

  lstat(path: string): Stat {
    return this.stat(path);
  }

  readdir(path: string) {
    const names = this.#folders.get(path);
    if (names === undefined) throw new PosixError('ENOENT');
    return [...names].map((name) => ({ name, type: this.#folders.has(`${path}/${name}`) ? S_IFDIR : S_IFREG }));
  }

  readlink(): never {
    throw new PosixError('EINVAL');
  }
}

function put(disk: MemoryFiles, files: Files): void {
  for (const [path, contents] of Object.entries(files)) {
    if (contents === null) continue;
    const at = `/area/project/${path}`.replace('/project/..', '');
    if (typeof contents === 'object' && 'tarball' in contents) disk.write(at, tarballOf(contents.tarball as never));
    else disk.write(at, new TextEncoder().encode(typeof contents === 'string' ? contents : `${JSON.stringify(contents, null, 2)}\n`));
  }
}

/** What the first step of each project gives: its `package-lock.json`, or its error's lines. */
export async function firstSteps(registryAddress: string, projects: readonly NpmProject[]): Promise<Record<string, string>> {
  const response = await fetch(registryAddress);
  const registry = new FrozenRegistry(await readFrozen(new Uint8Array(await response.arrayBuffer())));
  const results: Record<string, string> = {};
  for (const { name, files, steps } of projects) {
    const disk = new MemoryFiles();
    put(disk, files);
    const config = { registry: frozenAddress, nodeVersion: 'v24.21.0', npmVersion: '11.21.2', ...steps[0]?.config };
    try {
      const { plan } = await resolveTree({ root: '/area/project', files: disk, source: registry, config, ...steps[0]?.request });
      results[name] = plan.files.find(({ path }) => path === 'package-lock.json')?.text ?? '';
    } catch (error) {
      if (!(error instanceof ResolveError)) throw error;
      results[name] = [error.code, ...error.report].join('\n').replaceAll('/area/project', '<project>');
    }
  }
  return results;
}
