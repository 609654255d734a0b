/**
 * A registry that stays as it was when it was recorded: real metadata, cut to what the recorded projects ask for. Tarballs are made on
 * the spot, of a `package.json` and empty commands, always with the same bytes; their hashes stand in for upstream's.
 */
import { rawTar, type RawEntry } from '../../../../packages/testing/tar-builder.ts';
import type { PackageSource, PackumentVersion, ResolvedPackument } from '../request.ts';

/** Stands for the address of the registry wherever one is recorded. Nobody can have this name (RFC 6761). */
export const frozenAddress = 'http://packages.test/';

/** What is in `registry.json`: packuments whose versions have no `dist`. */
export type FrozenPackages = Readonly<Record<string, ResolvedPackument>>;

/** `bundled` are the `package.json`s of what comes inside a tarball, by path. */
interface FrozenVersion extends PackumentVersion {
  readonly bundled?: Readonly<Record<string, object>>;
}

export class FrozenRegistry implements PackageSource {
  readonly #packages: FrozenPackages;
  readonly #packuments = new Map<string, Promise<ResolvedPackument>>();
  /** Names in the order they were asked for. */
  readonly asked: string[] = [];

  constructor(packages: FrozenPackages) {
    this.#packages = packages;
  }

  packument(name: string, { spec = name }: { readonly spec?: string } = {}): Promise<ResolvedPackument> {
    this.asked.push(name);
    const found = this.#packuments.get(name) ?? this.#build(name, spec);
    this.#packuments.set(name, found);
    return found;
  }

  tarball(address: string): Promise<Uint8Array<ArrayBuffer>> {
    const [name, version] = parseTarball(address);
    const found = this.#packages[name ?? '']?.versions?.[version ?? ''];
    if (found === undefined) return Promise.reject(Object.assign(new Error(`404 Not Found - GET ${address}`), { code: 'E404' }));
    return Promise.resolve(tarballOf(found));
  }

  replaceHost(address: string): string {
    return address;
  }

  tarballUrl(name: string, version: string): string {
    return `${frozenAddress}${name}/-/${name.split('/').at(-1)}-${version}.tgz`;
  }

  async #build(name: string, spec: string): Promise<ResolvedPackument> {
    const packument = this.#packages[name];
    if (packument === undefined) {
      const message = `404 Not Found - GET ${frozenAddress}${name.replace('/', '%2f')} - Not found`;
      throw Object.assign(new Error(message), { code: 'E404', pkgid: spec });
    }
    const versions: Record<string, PackumentVersion> = {};
    for (const [version, fields] of Object.entries(packument.versions ?? {})) {
      const { bundled, ...rest } = fields as FrozenVersion;
      const digest = await crypto.subtle.digest('SHA-512', tarballOf(fields));
      const integrity = `sha512-${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
      versions[version] = { ...rest, dist: { tarball: this.tarballUrl(name, version), integrity } };
    }
    return { ...packument, versions };
  }
}

/** `…/@scope/name/-/name-1.0.0.tgz`, whatever the host. */
function parseTarball(address: string): readonly [name?: string, version?: string] {
  const [, name, file] = /^https?:\/\/[^/]+\/(.+)\/-\/(.+)\.tgz$/.exec(address) ?? [];
  if (name === undefined || file === undefined) return [];
  const unscoped = name.split('/').at(-1) as string;
  return [decodeURIComponent(name), file.slice(unscoped.length + 1)];
}

export function tarballOf(version: PackumentVersion): Uint8Array<ArrayBuffer> {
  const { bundled = {}, dist, ...manifest } = version as FrozenVersion;
  const entries: RawEntry[] = [{ name: 'package/package.json', contents: JSON.stringify(manifest) }];
  const bin = manifest['bin'] as string | Record<string, string> | undefined;
  for (const path of new Set(typeof bin === 'string' ? [bin] : Object.values(bin ?? {})))
    entries.push({ name: `package/${path.replace(/^(\.?\/)+/, '')}`, contents: '#!/usr/bin/env node\n', mode: 0o755 });
  for (const [path, inside] of Object.entries(bundled)) entries.push({ name: `package/${path}`, contents: JSON.stringify(inside) });
  return storedGzip(rawTar(entries));
}

/** gzip without compression: no compressor's next version can change its bytes. */
export function storedGzip(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const blocks = Math.max(1, Math.ceil(bytes.length / 65_535));
  const out = new Uint8Array(10 + bytes.length + blocks * 5 + 8);
  out.set([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
  const view = new DataView(out.buffer);
  let to = 10;
  for (let block = 0; block < blocks; block++) {
    const part = bytes.subarray(block * 65_535, (block + 1) * 65_535);
    out[to] = block === blocks - 1 ? 1 : 0;
    view.setUint16(to + 1, part.length, true);
    view.setUint16(to + 3, ~part.length & 0xffff, true);
    out.set(part, to + 5);
    to += 5 + part.length;
  }
  view.setUint32(to, crc32(bytes), true);
  view.setUint32(to + 4, bytes.length, true);
  return out;
}

function crc32(bytes: Uint8Array): number {
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

/** The text of `fixtures/registry.json.gz`. */
export async function readFrozen(gzipped: Uint8Array<ArrayBuffer>): Promise<FrozenPackages> {
  const stream = new Blob([gzipped]).stream().pipeThrough(new DecompressionStream('gzip'));
  return JSON.parse(await new Response(stream).text()) as FrozenPackages;
}
