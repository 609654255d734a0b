/**
 * A registry of static files, for lessons that work for ever and on a plane. Shared by the page (reads) and the command line (writes).
 *
 *     bavini-registry.json               what makes a folder a baked one
 *     metadata/<name, / as +>.json       abbreviated packument with the baked versions only, `dist` as upstream
 *     tarballs/<SHA-512 in hex>.tgz      upstream's bytes, so that every lockfile's integrity stays true
 *
 * Lessons share a folder: `mergeBaked` and `mergePackuments` put together what two of them say; tarballs are named by what they hold.
 */
import { BvError } from '../base/errors.ts';
import { hashOf, hexOfDigest, integrityText, parseIntegrity, verifyIntegrity } from './integrity.ts';

/** Raised when the folder changes its form. A newer one is refused. */
const bakedFormat = 1;
export const bakedFile = 'bavini-registry.json';

/** What `bavini-registry.json` holds. */
export interface BakedIndex {
  readonly format: number;
  /** Tarballs that are asked for by another hash than SHA-512 or by address alone: `sha1-…` or an address → SHA-512 in hex. */
  readonly aliases: Readonly<Record<string, string>>;
}

/** One version to be baked. */
export interface BakedVersion {
  readonly name: string;
  readonly version: string;
  /** Absent: only its metadata is baked, because what is installed never asks for more. */
  readonly tarball?: Uint8Array<ArrayBuffer>;
  /** What locks and packuments may call it by, beside its own SHA-512. */
  readonly integrity?: string;
  /** Where upstream has it: locks without an integrity ask for it so. */
  readonly address?: string;
}

/** The part of a packument that is read here. Everything else is kept as it is. */
export interface BakedPackument {
  readonly name: string;
  readonly versions: Readonly<Record<string, object>>;
  readonly 'dist-tags'?: Readonly<Record<string, string>>;
}

export interface BakedFile {
  /** Relative to the folder. */
  readonly path: string;
  readonly contents: Uint8Array<ArrayBuffer> | string;
}

/** `@scope/name` → `metadata/@scope+name.json`. */
export function bakedMetadataPath(name: string): string {
  return `metadata/${name.replaceAll('/', '+')}.json`;
}

/** Of the SHA-512 in hex. */
export function bakedTarballPath(hex: string): string {
  return `tarballs/${hex}.tgz`;
}

/**
 * All files of a baked folder, in an order and form that do not depend on that of the arguments. Packuments are cut to the versions
 * given; dist-tags to those whose version is there.
 *
 * @throws {PackageError} `EINTEGRITY` for a tarball that does not have its integrity.
 */
export async function bakedFiles(versions: readonly BakedVersion[], packuments: readonly BakedPackument[]): Promise<BakedFile[]> {
  const files = new Map<string, BakedFile['contents']>();
  const aliases = new Map<string, string>();
  for (const { tarball, integrity, address } of versions) {
    if (tarball === undefined) continue;
    if (integrity !== undefined) await verifyIntegrity(tarball, integrity);
    const hash = await hashOf(tarball);
    const hex = hexOfDigest(hash.slice('sha512-'.length));
    files.set(bakedTarballPath(hex), tarball);
    const others = parseIntegrity(integrity);
    if (others?.has('sha512') === false) for (const alias of integrityText(others).split(' ')) aliases.set(alias, hex);
    if (address !== undefined) aliases.set(address, hex);
  }
  for (const packument of packuments) {
    const wanted = new Set(versions.filter(({ name }) => name === packument.name).map(({ version }) => version));
    const text = JSON.stringify(cut(packument, (version) => wanted.has(version)));
    files.set(bakedMetadataPath(packument.name), `${text}\n`);
  }
  const index: BakedIndex = { format: bakedFormat, aliases: Object.fromEntries(aliases) };
  files.set(bakedFile, indexText(index));
  return [...files].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, contents]) => ({ path, contents }));
}

function cut(packument: BakedPackument, has: (version: string) => boolean): BakedPackument {
  return {
    name: packument.name,
    'dist-tags': Object.fromEntries(Object.entries(packument['dist-tags'] ?? {}).filter(([, version]) => has(version))),
    versions: Object.fromEntries(Object.entries(packument.versions).filter(([version]) => has(version))),
  };
}

/** Text of `bavini-registry.json`. */
export function indexText({ format, aliases }: BakedIndex): string {
  const sorted = Object.entries(aliases).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${JSON.stringify({ format, aliases: Object.fromEntries(sorted) }, null, 2)}\n`;
}

/** What `bavini-registry.json` says for both folders together. */
export function mergeBaked(first: BakedIndex, second: BakedIndex): BakedIndex {
  return { format: bakedFormat, aliases: { ...first.aliases, ...second.aliases } };
}

/** The versions of both; tags as the second has them. */
export function mergePackuments(first: BakedPackument, second: BakedPackument): BakedPackument {
  return {
    name: second.name,
    'dist-tags': { ...first['dist-tags'], ...second['dist-tags'] },
    versions: { ...first.versions, ...second.versions },
  };
}

/**
 * Reads `bavini-registry.json`: `undefined` if the text is none, so that the address is a living registry.
 *
 * @throws {BvError} `ERR_BV_UNSUPPORTED` if it has a newer format.
 */
export function parseBakedIndex(text: string): BakedIndex | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // A static server may answer every path with its page.
  }
  const { format, aliases } = (value ?? {}) as Partial<BakedIndex>;
  if (typeof format !== 'number' || typeof aliases !== 'object' || aliases === null) return undefined;
  if (format > bakedFormat) {
    throw new BvError(
      'ERR_BV_UNSUPPORTED',
      `Cannot read the baked packages: they have format ${format}, this version knows up to ${bakedFormat}`,
    );
  }
  return { format, aliases: Object.fromEntries(Object.entries(aliases).filter(([, hex]) => /^[\da-f]{128}$/.test(String(hex)))) };
}
