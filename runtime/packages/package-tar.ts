/**
 * The tarball of a package → the tar that is mounted: what `pacote.extract` would have written, and nothing that can reach out of it.
 */

/** What is known of a package once it was unpacked. Small: it is kept beside each stored package. */
export interface PackageFacts {
  readonly files: number;
  /** Sum of the files' sizes. */
  readonly unpackedBytes: number;
  /** Where `package.json` is in the layer's tar. Absent: it has none, and npm says `ENOENT` of it. */
  readonly packageJson?: { readonly start: number; readonly size: number };
  /** Places of the packages that came inside: `node_modules/a`, `node_modules/@b/c`, `node_modules/a/node_modules/d`. */
  readonly bundled: readonly string[];
  /** Has a `binding.gyp` at its root: without an install script of its own, npm would run node-gyp. */
  readonly hasBindingGyp: boolean;
  /**
   * Files that its `package.json` names as commands, relative to the package. They already are executable and begin with a `#!` line
   * without a carriage return, so that linking them touches no layer.
   */
  readonly bins: readonly string[];
}

export interface PackageTar {
  /** The uncompressed tar, in pieces that nobody writes again: hand them to `Blob` as they are. */
  readonly parts: readonly Uint8Array<ArrayBuffer>[];
  readonly size: number;
  readonly facts: PackageFacts;
  /** Text of its `package.json`, as it stands. */
  readonly packageJson: string | undefined;
  /** Entries that were left out (links, devices, paths that climb), as node-tar warns of them. At most 100. */
  readonly warnings: readonly string[];
}

export interface UnpackOptions {
  readonly signal?: AbortSignal;
  /** Default 512 MiB. */
  readonly maxUnpackedBytes?: number;
  /** How many times its size a tarball above 32 MiB may unpack to. Default 200. */
  readonly maxRatio?: number;
  /** Default 200,000. */
  readonly maxEntries?: number;
  /** Git dependencies keep `.gitignore`; from elsewhere it becomes `.npmignore`, as npm does it. */
  readonly allowGitIgnore?: boolean;
}

/**
 * Unpacks a `.tgz` (or a plain tar). Takes turns with the event loop every 8 ms. Modes are npm's for umask 022; links, devices and
 * whatever leaves the package are left out; of entries with the same name the last counts.
 *
 * @throws {PackageError} `TAR_BAD_ARCHIVE`, `Z_DATA_ERROR`, `ETOOLARGE`; the abort reason of `signal`.
 */
export async function unpackPackage(tarball: Uint8Array<ArrayBuffer>, options: UnpackOptions = {}): Promise<PackageTar> {
  throw new Error(`Cannot unpack ${tarball.length} bytes with ${Object.keys(options).join()}`);
}
