/**
 * Subresource Integrity as npm uses it (`ssri`): several hashes in one text, the strongest algorithm counts, and one of its
 * digests has to fit. Own code because `ssri` stands on Node's streams and hashes: bundled for a page it is 40 times as large.
 */
import { base64Of, digest } from './digest.ts';
import { PackageError } from './package-error.ts';

/** Those that browsers know, strongest first. Others (md5, sha3) count as not there, as where Node lacks them. */
const integrityAlgorithms = ['sha512', 'sha384', 'sha256', 'sha1'] as const;
export type IntegrityAlgorithm = (typeof integrityAlgorithms)[number];

/** Digests in base64, by algorithm, in the order they were written. */
export type Integrity = ReadonlyMap<IntegrityAlgorithm, readonly string[]>;

/** `undefined` if it holds no hash that can be checked. Options (`?foo`) are read and dropped. */
export function parseIntegrity(text: string | undefined): Integrity | undefined {
  const found = new Map<IntegrityAlgorithm, string[]>();
  for (const part of text?.trim().split(/\s+/) ?? []) {
    const [, algorithm, digest] = /^([a-z\d]+)-([^?]+)(?:\?.*)?$/.exec(part) ?? [];
    if (algorithm === undefined || digest === undefined || !(integrityAlgorithms as readonly string[]).includes(algorithm)) continue;
    const known = found.get(algorithm as IntegrityAlgorithm);
    if (known === undefined) found.set(algorithm as IntegrityAlgorithm, [digest]);
    else known.push(digest);
  }
  return found.size === 0 ? undefined : found;
}

export function integrityText(integrity: Integrity): string {
  return [...integrity].flatMap(([algorithm, digests]) => digests.map((digest) => `${algorithm}-${digest}`)).join(' ');
}

/** Of a packument's `dist.shasum`: the hex digest of SHA-1. */
export function integrityOfShasum(shasum: string): string {
  return `sha1-${btoa((shasum.match(/[\da-f]{2}/gi) ?? []).map((pair) => String.fromCharCode(Number.parseInt(pair, 16))).join(''))}`;
}

/** What a packument's `dist` promises: its `integrity`, else its `shasum`. */
export function integrityOfDist(dist: { readonly integrity?: string; readonly shasum?: string } | undefined): string | undefined {
  return dist?.integrity ?? (dist?.shasum === undefined ? undefined : integrityOfShasum(dist.shasum));
}

/** Digest of a hash in hex, as file names have it; `''` for what is no base64. */
export function hexOfDigest(digest: string): string {
  try {
    return [...atob(digest)].map((character) => character.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  } catch {
    return '';
  }
}

/** The hashes that decide: those of the strongest algorithm, each as `sha512-…`. */
export function decisiveHashes(integrity: Integrity): string[] {
  const strongest = integrityAlgorithms.find((algorithm) => integrity.has(algorithm));
  return strongest === undefined ? [] : (integrity.get(strongest) as readonly string[]).map((digest) => `${strongest}-${digest}`);
}

/** `sha512-…` of some bytes. */
export async function hashOf(bytes: BufferSource, algorithm: IntegrityAlgorithm = 'sha512'): Promise<string> {
  return `${algorithm}-${base64Of(await digest(`SHA-${algorithm.slice(3) as '512' | '384' | '256' | '1'}`, bytes))}`;
}

/**
 * Resolves with the hash that fitted.
 *
 * @throws {PackageError} `EINTEGRITY`, with npm's text: what was wanted, what was found, and how many bytes that were.
 */
export async function verifyIntegrity(bytes: BufferSource, wanted: string): Promise<string> {
  const integrity = parseIntegrity(wanted);
  const hashes = integrity === undefined ? [] : decisiveHashes(integrity);
  const algorithm = hashes[0]?.split('-', 1)[0] as IntegrityAlgorithm | undefined;
  if (integrity === undefined || algorithm === undefined)
    throw new PackageError('EINTEGRITY', 'No valid integrity hashes to check against', { expected: wanted });
  const found = await hashOf(bytes, algorithm);
  if (hashes.includes(found)) return found;
  throw new PackageError(
    'EINTEGRITY',
    `${integrityText(integrity)} integrity checksum failed when using ${algorithm}: wanted ${hashes.join()} but got ${found}. (${bytes.byteLength} bytes)`,
    { expected: hashes.join(' '), found },
  );
}

/** Raised when what is made of a tarball changes. */
export const packagePrefix = 'npm1:';

/** What a package's layer is called in every container and in the store: `npm1:` and the hash of its tarball. */
export function layerId(hash: string): string {
  return `${packagePrefix}${hash}`;
}

/** All ids under which a package with this integrity may be stored. */
export function layerIds(wanted: string): string[] {
  const integrity = parseIntegrity(wanted);
  return integrity === undefined ? [] : decisiveHashes(integrity).map(layerId);
}
