/**
 * The tarball of a package → the tar that is mounted: what `pacote.extract` would have written, and nothing that can reach out of it.
 *
 * Reading follows node-tar to the letter (which headers are passed over, what a pax record changes), since a tar that two readers
 * understand differently is an attack. The result is built in place: most headers are written over where they stand.
 */
import { concatBytes } from '../base/bytes.ts';
import { isValidName, maxPathBytes } from '../fs/names.ts';
import { gunzip, isGzip } from './gunzip.ts';
import { binPaths, type ManifestBins } from './manifest-bins.ts';
import { PackageError } from './package-error.ts';
import { TarHeaders, type TarHeader } from './tar-headers.ts';
import { writeHeader } from './tar-encode.ts';
import { Turns } from './turns.ts';
import type { UnpackRoom } from './unpack-room.ts';

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
  /** The uncompressed tar, in pieces that nobody writes again before they are given to the room's owner: hand them to `Blob` as they are. */
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
  /** Where the result may stand. Default: in buffers of its own. */
  readonly room?: UnpackRoom;
  /** Git dependencies keep `.gitignore`; from elsewhere it becomes `.npmignore`, as npm does it. */
  readonly allowGitIgnore?: boolean;
}

interface Entry {
  readonly path: string;
  /** Where its header stands; the contents are behind it. */
  readonly at: number;
  readonly size: number;
  mode: number;
}

const maxWarnings = 100;
const maxParts = 1000;
const decoder = new TextDecoder('utf-8', { ignoreBOM: false });

/**
 * Unpacks a `.tgz` (or a plain tar). Takes turns with the event loop every 8 ms. Modes are npm's for umask 022; links, devices, empty
 * directories and whatever leaves the package are left out; of files with the same name the last counts.
 *
 * @throws {PackageError} `TAR_BAD_ARCHIVE`, `Z_DATA_ERROR`, `ETOOLARGE`; the abort reason of `signal`.
 */
export async function unpackPackage(tarball: Uint8Array<ArrayBuffer>, options: UnpackOptions = {}): Promise<PackageTar> {
  const { signal, room, maxUnpackedBytes = 512 << 20, maxRatio = 200 } = options;
  const turns = new Turns(signal);
  // Headers are written over, which must not happen to the caller's bytes.
  const tar = isGzip(tarball) ? await gunzip(tarball, { maxBytes: maxUnpackedBytes, maxRatio, signal, room, turns }) : tarball.slice();
  if (tar.length > maxUnpackedBytes) throw new PackageError('ETOOLARGE', `The tarball unpacks to more than ${maxUnpackedBytes} bytes`);
  const found = await collect(tar, options, turns);
  return assemble(tar, found, turns);
}

interface Found {
  /** In the order of the archive. */
  readonly entries: readonly Entry[];
  readonly warnings: readonly string[];
}

async function collect(tar: Uint8Array<ArrayBuffer>, options: UnpackOptions, turns: Turns): Promise<Found> {
  const { maxEntries = 200_000, allowGitIgnore = false } = options;
  const files = new Map<string, Entry>();
  /** Every folder that a file is in, with all above it. */
  const folders = new Set<string>(['']);
  const ignoreFiles = new Set<string>();
  const warnings: string[] = [];
  const warn = (text: string) => void (warnings.length < maxWarnings && warnings.push(text));
  /** The folders above a path that are yet to be made, or the file that stands in their way. */
  const foldersFor = (path: string): readonly string[] | string => {
    const made: string[] = [];
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const folder = path.slice(0, slash);
      if (folders.has(folder)) break;
      if (files.has(folder)) return folder;
      made.push(folder);
    }
    return made;
  };
  const take = (header: TarHeader) => {
    let { path } = header;
    if (header.kind === 'link') return warn(`${shown(path)}: links in packages are left out`);
    if (header.kind === 'other') return;
    const base = path.slice(path.lastIndexOf('/') + 1);
    if (base === '.npmignore') ignoreFiles.add(path);
    else if (base === '.gitignore' && !allowGitIgnore) {
      path = `${path.slice(0, -'.gitignore'.length)}.npmignore`;
      if (ignoreFiles.has(path)) return;
    }
    const inner = innerPath(path);
    if (inner === undefined) return warn(`${shown(path)}: is no path inside of the package`);
    if (inner === '') return;
    const made = foldersFor(inner);
    if (typeof made === 'string') return warn(`${shown(inner)}: "${shown(made)}" is a file`);
    if (folders.has(inner)) return warn(`${shown(inner)}: is a directory`);
    for (const folder of made) folders.add(folder);
    if (folders.size > maxEntries) throw new PackageError('ETOOLARGE', `The tarball has more than ${maxEntries} folders`);
    const before = files.get(inner);
    // A file that is written again keeps the mode it was made with.
    const mode = (header.kind === 'file' ? before?.mode : undefined) ?? (((header.mode | 0o666) & ~0o022) | 0o600) & 0o7777;
    files.delete(inner);
    files.set(inner, { path: inner, at: header.at, size: header.size, mode });
  };
  const headers = new TarHeaders(tar, warn);
  let seen = 0;
  for (let header = headers.next(); header !== undefined; header = headers.next()) {
    if (++seen > maxEntries) throw new PackageError('ETOOLARGE', `The tarball has more than ${maxEntries} entries`);
    take(header);
    if (turns.due) await turns.take();
  }
  if (headers.problem !== undefined) throw new PackageError('TAR_BAD_ARCHIVE', `TAR_BAD_ARCHIVE: ${headers.problem}`);
  return { entries: [...files.values()].sort((a, b) => a.at - b.at), warnings };
}

function shown(path: string): string {
  return path.length > 200 ? `${path.slice(0, 200)}…` : path;
}

/** Where node-tar puts it with `strip: 1`; `undefined` for what it refuses, `''` for the package's folder itself. */
function innerPath(path: string): string | undefined {
  if (path.length > 2 * maxPathBytes) return undefined;
  const slash = path.indexOf('/');
  let rest = slash < 0 ? '' : path.slice(slash + 1);
  if (rest.split('/').length > 1024) return undefined;
  // Roots, Windows' too.
  for (let root = /^(?:\/\/\?\/|[A-Za-z]:[\\/]?|[\\/])/.exec(rest); root !== null; root = /^(?:[A-Za-z]:[\\/]?|[\\/])/.exec(rest)) {
    rest = rest.slice(root[0].length);
  }
  if (rest.split(/[\\/]/).includes('..')) return undefined;
  const parts = rest.split('/').filter((part) => part !== '' && part !== '.');
  return parts.every(isValidName) && rest.length < maxPathBytes ? parts.join('/') : undefined;
}

async function assemble(tar: Uint8Array<ArrayBuffer>, { entries, warnings }: Found, turns: Turns): Promise<PackageTar> {
  const manifest = entries.find(({ path }) => path === 'package.json');
  const packageJson = manifest === undefined ? undefined : decoder.decode(contentsOf(tar, manifest));
  const bins = binPaths(parseManifest(packageJson), entries);
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let size = 0;
  let from = 0;
  let to = 0;
  const flush = () => {
    if (to > from) parts.push(tar.subarray(from, to));
  };
  const append = (part: Uint8Array<ArrayBuffer>) => {
    flush();
    from = to = 0;
    parts.push(part);
    size += part.length;
  };
  let packageJsonAt: PackageFacts['packageJson'];
  let unpackedBytes = 0;
  const bundled: string[] = [];
  for (const [index, entry] of entries.entries()) {
    const isBin = bins.has(entry.path);
    const mode = isBin ? entry.mode | 0o111 : entry.mode;
    const unixText = isBin ? withUnixHashbang(contentsOf(tar, entry)) : undefined;
    const contents = unixText ?? contentsOf(tar, entry);
    const head = { path: entry.path, mode, size: contents.length };
    const end = entry.at + 512 + Math.ceil(entry.size / 512) * 512;
    if (unixText !== undefined) {
      const own = new Uint8Array(512);
      const before = writeHeader(own, 0, head);
      if (before !== undefined) append(before);
      append(own);
      append(padded(unixText));
    } else {
      const before = writeHeader(tar, entry.at, head);
      if (before !== undefined) append(before);
      tar.fill(0, entry.at + 512 + entry.size, end);
      if (entry.at !== to || to === 0) {
        flush();
        from = entry.at;
      }
      to = end;
      size += end - entry.at;
    }
    if (entry === manifest) packageJsonAt = { start: size - Math.ceil(contents.length / 512) * 512, size: contents.length };
    unpackedBytes += contents.length;
    if (/^(?:node_modules\/(?:@[^/]+\/)?[^/@.][^/]*\/)+package\.json$/.test(entry.path)) bundled.push(entry.path.slice(0, -13));
    if ((index & 63) === 0 && turns.due) await turns.take();
  }
  append(new Uint8Array(1024));
  return {
    parts: parts.length <= maxParts ? parts : [concatBytes(parts)],
    size,
    packageJson,
    warnings,
    facts: {
      files: entries.length,
      unpackedBytes,
      ...(packageJsonAt === undefined ? {} : { packageJson: packageJsonAt }),
      bundled,
      hasBindingGyp: entries.some(({ path }) => path === 'binding.gyp'),
      bins: [...bins],
    },
  };
}

function contentsOf(tar: Uint8Array<ArrayBuffer>, { at, size }: Entry): Uint8Array<ArrayBuffer> {
  return tar.subarray(at + 512, at + 512 + size);
}

function parseManifest(text: string | undefined): ManifestBins {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {}; // npm takes it as it comes too; whoever needs the manifest says what is wrong with it.
  }
}

/** As npm's linker changes a command whose first line ends as on Windows. Looks at 2,048 bytes, as it does. */
function withUnixHashbang(contents: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> | undefined {
  if (contents[0] !== 35 || contents[1] !== 33) return undefined;
  const newline = contents.subarray(0, 2048).indexOf(10);
  if (newline < 4 || contents[newline - 1] !== 13) return undefined;
  const changed = new Uint8Array(contents.length - 1);
  changed.set(contents.subarray(0, newline - 1));
  changed.set(contents.subarray(newline), newline - 1);
  return changed;
}

function padded(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const blocks = new Uint8Array(Math.ceil(bytes.length / 512) * 512);
  blocks.set(bytes);
  return blocks;
}
