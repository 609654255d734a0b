/** Hashes of whole tarballs: the browser's own, or written out where a page has none. */

export type DigestName = 'SHA-512' | 'SHA-384' | 'SHA-256' | 'SHA-1';

export async function digest(name: DigestName, bytes: BufferSource): Promise<Uint8Array> {
  // Pages that came over plain http, as on an intranet, have no `subtle`.
  const { subtle } = crypto as { readonly subtle?: SubtleCrypto };
  if (subtle !== undefined) return new Uint8Array(await subtle.digest(name, bytes));
  const view = bytes instanceof ArrayBuffer ? new Uint8Array(bytes) : new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (name === 'SHA-1') return (await import('@noble/hashes/legacy.js')).sha1(view);
  const { sha256, sha384, sha512 } = await import('@noble/hashes/sha2.js');
  return { 'SHA-512': sha512, 'SHA-384': sha384, 'SHA-256': sha256 }[name](view);
}

/** In base64. */
export function base64Of(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
