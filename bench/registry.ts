/**
 * The baked registry over loopback as npm's own registry answers: for real npm, for almostnode and for us the same requests, bytes and
 * headers. It holds no version that was not baked.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { substitutionRows } from '../runtime/programs/npm/install/substitutions.ts';

interface Packument {
  readonly name: string;
  readonly versions: Readonly<Record<string, { readonly dist: { tarball: string; readonly integrity?: string } }>>;
}

export interface ProjectFiles extends Readonly<Record<string, string>> {
  readonly 'package.json': string;
  readonly 'package-lock.json': string;
}

interface LockEntry {
  readonly version: string;
  optionalDependencies?: Record<string, string>;
}

export class Registry {
  /** Path of the base address. */
  static readonly path = '/npm/';
  readonly #folder: string;
  readonly #packuments = new Map<string, Packument>();
  /** File by address below the base. */
  readonly #tarballs = new Map<string, string>();
  readonly #asked = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
    for (const file of readdirSync(join(folder, 'metadata'))) {
      const packument = JSON.parse(readFileSync(join(folder, 'metadata', file), 'utf8')) as Packument;
      this.#packuments.set(packument.name, packument);
      for (const [version, { dist }] of Object.entries(packument.versions)) {
        const { name } = packument;
        const path = tarballPath(name, version);
        const hash = /sha512-(\S+)/.exec(dist.integrity ?? '')?.[1] ?? '';
        this.#tarballs.set(path, join(folder, 'tarballs', `${Buffer.from(hash, 'base64').toString('hex')}.tgz`));
      }
    }
  }

  /** Answers requests below the base. */
  answer(request: IncomingMessage, response: ServerResponse): void {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = decodeURIComponent(pathname.slice(Registry.path.length));
    const file = this.#tarballs.get(path);
    if (file !== undefined && existsSync(file)) {
      this.#asked.add(file);
      const bytes = readFileSync(file);
      response.writeHead(200, {
        'content-type': 'application/octet-stream',
        'content-length': bytes.length,
        'cache-control': 'public, immutable, max-age=31557600',
      });
      response.end(bytes);
      return;
    }
    const packument = this.#packuments.get(path);
    if (packument === undefined) {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Not found"}');
      return;
    }
    const base = `http://${request.headers.host ?? ''}${Registry.path}`;
    const text = JSON.stringify(packument, (key, value: unknown) =>
      key === 'tarball' && typeof value === 'string' ? base + value.slice(new URL(value).origin.length + 1) : value,
    );
    response.writeHead(200, { 'content-type': 'application/vnd.npm.install-v1+json', 'cache-control': 'public, max-age=300' }).end(text);
  }

  /** How large the tars are, uncompressed, that were asked for since the last call. */
  takeTarBytes(): number {
    let bytes = 0;
    for (const file of this.#asked) bytes += gunzipSync(readFileSync(file)).length;
    this.#asked.clear();
    return bytes;
  }

  /** `package.json` and the lock of a baked project. */
  project(name: string): ProjectFiles {
    const read = (file: string) => readFileSync(join(this.#folder, 'projects', name, file), 'utf8');
    return { 'package.json': read('package.json'), 'package-lock.json': read('package-lock.json') };
  }

  /**
   * The same packages for real npm: where bavini mounts a twin of a native package, the lock names the twin's tarball, since only that was
   * baked; native binaries are left out.
   */
  projectForNpm(name: string): ProjectFiles {
    const files = this.project(name);
    const lock = JSON.parse(files['package-lock.json']) as { packages: Record<string, LockEntry> };
    for (const [place, entry] of Object.entries(lock.packages)) {
      if (place === '') continue;
      const packageName = nameAt(place);
      const file = this.#tarballs.get(tarballPath(packageName, entry.version));
      if (file !== undefined && existsSync(file)) continue;
      const by = substitutionRows.find((row) => row.name === packageName)?.use;
      const twin = by?.kind === 'replace' ? this.#packuments.get(by.by) : undefined;
      const found = Object.values(twin?.versions ?? {}).at(-1);
      if (found === undefined) delete lock.packages[place];
      else Object.assign(entry, { resolved: found.dist.tarball, integrity: found.dist.integrity });
    }
    const names = new Set(Object.keys(lock.packages).map(nameAt));
    for (const entry of Object.values(lock.packages)) {
      if (entry.optionalDependencies === undefined) continue;
      entry.optionalDependencies = Object.fromEntries(Object.entries(entry.optionalDependencies).filter(([one]) => names.has(one)));
    }
    return { ...files, 'package-lock.json': `${JSON.stringify(lock, null, 2)}\n` };
  }
}

function tarballPath(name: string, version: string): string {
  return `${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
}

function nameAt(place: string): string {
  return place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
}
