/** What packages that no registry has say of themselves: their tarballs are fetched before anything is decided. */
import { hashOf, hexOfDigest } from '../../../packages/integrity.ts';
import { unpackPackage } from '../../../packages/package-tar.ts';
import { parseManifest, type ProjectManifest } from './project.ts';
import { filePath, remoteSpecifier, type RemoteSpecifier } from './remote-specifier.ts';

export interface RemotePackage {
  /** An address, or `file:` with a path from the project's root. */
  readonly tarball: string;
  /** Of a repository. */
  readonly commit?: string;
  readonly manifest: ProjectManifest;
  readonly integrity: string;
  /** SHA-1, in hex. */
  readonly shasum: string;
  readonly hasInstallScript: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface RemoteSource {
  tarball(address: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The commit that a branch, a tag or a short hash means. */
  commit(repository: string, committish: string, raw: string): Promise<string>;
  /** Where a commit is as a tarball. Default: {@link archiveAddress}. */
  readonly archive?: typeof archiveAddress;
  /** Undefined if there is no such file. @param path From the project's root, or absolute. */
  file(path: string): Uint8Array<ArrayBuffer> | undefined;
}

/** A repository that a page cannot get. */
class NoGit extends Error {
  readonly specifier: string;
  constructor(specifier: string) {
    super(`Cannot fetch ${specifier}: of git repositories only those of GitHub can be installed in a page, through their tarballs`);
    this.specifier = specifier;
  }
}

/** A `file:` tarball that is not there. */
class NoFile extends Error {
  readonly specifier: string;
  readonly path: string;
  constructor(specifier: string, path: string) {
    super(`ENOENT: no such file or directory, open '${path}'`);
    this.specifier = specifier;
    this.path = path;
  }
}

export class Remotes {
  readonly #source: RemoteSource;
  readonly #asked = new Map<string, Promise<RemotePackage>>();
  readonly #known = new Map<string, RemotePackage>();
  readonly #failures = new Map<string, unknown>();

  constructor(source: RemoteSource) {
    this.#source = source;
  }

  /** Ranges that name no remote package are passed over; failures are thrown by {@link get}. @param folder That of who asks. */
  async loadAll(ranges: Iterable<string>, folder = ''): Promise<void> {
    await Promise.all(
      [...ranges].map(async (range) => {
        const specifier = remoteSpecifier(range);
        if (specifier === undefined) return;
        const key = keyOf(specifier, folder);
        try {
          await this.#load(key, specifier, range, folder);
        } catch (error) {
          this.#failures.set(key, error);
        }
      }),
    );
  }

  /** Of what was loaded; undefined for what is no remote package. @throws what loading it failed with. */
  get(range: string, folder = ''): RemotePackage | undefined {
    const specifier = remoteSpecifier(range);
    if (specifier === undefined) return undefined;
    const key = keyOf(specifier, folder);
    const known = this.#known.get(key);
    if (known === undefined) throw this.#failures.get(key) ?? new RangeError(`"${range}" was not loaded`);
    return known;
  }

  /** The same, but undefined for what was not loaded. */
  peek(range: string, folder = ''): RemotePackage | undefined {
    const specifier = remoteSpecifier(range);
    return specifier === undefined ? undefined : this.#known.get(keyOf(specifier, folder));
  }

  async load(range: string, folder = ''): Promise<RemotePackage | undefined> {
    await this.loadAll([range], folder);
    return this.get(range, folder);
  }

  #load(key: string, specifier: RemoteSpecifier, raw: string, folder: string): Promise<RemotePackage> {
    let asked = this.#asked.get(key);
    if (asked === undefined) {
      asked = this.#fetch(specifier, raw, folder).then((found) => {
        this.#known.set(key, found);
        return found;
      });
      this.#asked.set(key, asked);
    }
    return asked;
  }

  async #fetch(specifier: RemoteSpecifier, raw: string, folder: string): Promise<RemotePackage> {
    if (specifier.kind === 'git') throw new NoGit(raw);
    if (specifier.kind === 'file') {
      const path = filePath(folder, specifier.path);
      const bytes = this.#source.file(path);
      if (bytes === undefined) throw new NoFile(raw, path);
      return describe(bytes, `file:${path}`);
    }
    if (specifier.kind === 'tarball') return describe(await this.#source.tarball(specifier.address), specifier.address);
    if (specifier.committish.startsWith('semver:'))
      throw Object.assign(new Error(`Cannot fetch ${raw}: "#semver:" needs a list of tags, which a page cannot ask for; name a tag`), {
        code: 'EGITREF',
      });
    const commit = await this.#source.commit(specifier.name, specifier.committish, raw);
    const tarball = (this.#source.archive ?? archiveAddress)(specifier.name, commit);
    return { ...(await this.#load(tarball, { kind: 'tarball', address: tarball }, tarball, '')), commit };
  }
}

/** Where GitHub has a commit as a tarball. */
export const archiveAddress = (repository: string, commit: string) => `https://codeload.github.com/${repository}/tar.gz/${commit}`;

function keyOf(specifier: RemoteSpecifier, folder: string): string {
  switch (specifier.kind) {
    case 'file':
      return `file:${filePath(folder, specifier.path)}`;
    case 'repository':
      return `github:${specifier.name}#${specifier.committish}`;
    default:
      return specifier.address;
  }
}

async function describe(bytes: Uint8Array<ArrayBuffer>, tarball: string): Promise<RemotePackage> {
  const [{ packageJson, facts }, integrity, sha1] = await Promise.all([
    unpackPackage(bytes),
    hashOf(bytes, 'sha512'),
    hashOf(bytes, 'sha1'),
  ]);
  const manifest = parseManifest(packageJson ?? '{}', tarball);
  const { preinstall, install, postinstall } = manifest.scripts ?? {};
  const hasInstallScript = facts.hasBindingGyp || [preinstall, install, postinstall].some((script) => script !== undefined);
  return { tarball, manifest, integrity, shasum: hexOfDigest(sha1.slice('sha1-'.length)), hasInstallScript, bytes };
}
