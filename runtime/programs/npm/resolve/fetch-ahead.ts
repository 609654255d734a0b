/** Brings packages into the store while npm's code still decides on the tree. What is fetched in vain costs the line and decides nothing. */
import { integrityOfDist } from '../../../packages/integrity.ts';
import { PackageFetcher, type PackageRequest } from '../../../packages/package-fetcher.ts';
import { ownSubstitutions, substitutionFor, type OwnSubstitutions } from '../install/substitutions.ts';
import { buildsOf, twinAmong } from '../install/wasm-twin.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { openPackages } from '../packages.ts';
import type { Session } from '../session.ts';
import type { PackumentVersion } from './request.ts';

export class FetchAhead {
  /** Of the whole install: what needs a package waits for the same download. Whoever makes one of these must `end()` it. */
  readonly fetcher: Promise<PackageFetcher>;
  readonly #own: OwnSubstitutions;
  readonly #builds = new Set<string>();
  /** Asked for together at the end of the turn. */
  readonly #gathered: PackageRequest[] = [];

  constructor(session: Session, root: string) {
    this.fetcher = openPackages(session).then(({ client, store }) => new PackageFetcher({ client, store, signal: session.signal }));
    this.fetcher.catch(() => undefined); // Told where it is waited for.
    this.#own = ownSubstitutions(tryReadManifest(session.disk, root) ?? {}, session.config.list('bavini-substitutions'));
  }

  /** Native packages are left to the install, which may mount another one. */
  take(found: PackumentVersion): void {
    const { name, version, dist, optionalDependencies } = found;
    const integrity = integrityOfDist(dist);
    const { twin } = twinAmong(optionalDependencies);
    if (twin !== undefined) this.#builds.add(buildsOf(twin));
    if (dist?.tarball === undefined || integrity === undefined || substitutionFor(found, this.#own, this.#builds) !== undefined) return;
    this.#gathered.push({ name, version, resolved: dist.tarball, integrity });
    if (this.#gathered.length > 1) return;
    this.fetcher.then((fetcher) => fetcher.fetchAhead(this.#gathered.splice(0))).catch(() => undefined); // Who needs them fails of the same.
  }

  async end(): Promise<void> {
    (await this.fetcher).end();
  }
}
