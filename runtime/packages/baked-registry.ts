/**
 * A registry of static files, for lessons that work for ever and on a plane. Shared by the page (reads) and the command line (writes).
 *
 *     bavini-registry.json               what makes a folder a baked one
 *     metadata/<name, / as +>.json       abbreviated packument with the baked versions only, `dist` as upstream
 *     tarballs/<SHA-512 in hex>.tgz      upstream's bytes, so that every lockfile's integrity stays true
 *
 * Two folders are merged by copying one over the other, save for the first file (`mergeBaked`).
 */

/** Raised when the folder changes its form. A newer one is refused. */
export const bakedFormat = 1;
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
  readonly tarball: Uint8Array<ArrayBuffer>;
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
  throw new Error(`Cannot bake ${versions.length} versions of ${packuments.length} packages`);
}

/** The text of `bavini-registry.json` for both folders together. */
export function mergeBaked(first: BakedIndex, second: BakedIndex): BakedIndex {
  return { format: bakedFormat, aliases: { ...first.aliases, ...second.aliases } };
}

/**
 * Reads `bavini-registry.json`: `undefined` if the text is none, so that the address is a living registry.
 *
 * @throws {BvError} `ERR_BV_UNSUPPORTED` if it has a newer format.
 */
export function parseBakedIndex(text: string): BakedIndex | undefined {
  throw new Error(`Cannot parse ${text.length} characters`);
}
