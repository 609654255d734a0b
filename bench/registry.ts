/**
 * The baked registry over loopback as npm's own registry answers: for real npm, for almostnode and for us the same requests, bytes and
 * headers. It holds no version that was not baked.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

interface Packument {
  readonly name: string;
  readonly versions: Readonly<Record<string, { readonly dist: { tarball: string; readonly integrity?: string } }>>;
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
        const path = `${name}/-/${name.slice(name.indexOf('/') + 1)}-${version}.tgz`;
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
  project(name: string): { readonly 'package.json': string; readonly 'package-lock.json': string } {
    const read = (file: string) => readFileSync(join(this.#folder, 'projects', name, file), 'utf8');
    return { 'package.json': read('package.json'), 'package-lock.json': read('package-lock.json') };
  }
}
