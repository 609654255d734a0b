/** `node:crypto` for npm's code, which only asks what there is: hashes are computed by `runtime/packages`. */
export function getHashes(): readonly string[] {
  return ['sha1', 'sha256', 'sha384', 'sha512'];
}

export function createHash(algorithm: string): never {
  throw new Error(`Cannot compute ${algorithm} while a tree is decided on`);
}
