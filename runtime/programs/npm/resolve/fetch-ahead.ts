/** Brings packages into the store while npm's code still decides on the tree. What is fetched in vain costs the line and decides nothing. */
import { integrityOfDist } from '../../../packages/integrity.ts';
import { PackageFetcher, type PackageRequest } from '../../../packages/package-fetcher.ts';
import { ownSubstitutions, substitutionFor, type OwnSubstitutions } from '../install/substitutions.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import type { Packages } from '../packages.ts';
import type { Session } from '../session.ts';
import type { PackumentVersion } from './request.ts';

export class FetchAhead {
  /** Of the whole install: what needs a package waits for the same download. Whoever makes one of these must `end()` it. */
  readonly fetcher: PackageFetcher;
  readonly #own: OwnSubstitutions;
  /** Asked for together at the end of the turn. */
  #gathered: PackageRequest[] = [];

  constructor(session: Session, root: string, { client, store }: Packages) {
    this.fetcher = new PackageFetcher({ client, store, signal: session.signal });
    this.#own = ownSubstitutions(tryReadManifest(session.disk, root) ?? {}, session.config.list('bavini-substitutions'));
  }

  /** Native packages are left to the install, which may mount another one. */
  take({ name, version, dist }: PackumentVersion): void {
    const integrity = integrityOfDist(dist);
    if (dist?.tarball === undefined || integrity === undefined || substitutionFor({ name, version }, this.#own) !== undefined) return;
    this.#gathered.push({ name, version, resolved: dist.tarball, integrity });
    if (this.#gathered.length > 1) return;
    queueMicrotask(() => {
      this.fetcher.fetchAhead(this.#gathered).catch(() => undefined); // Who needs them fails of the same.
      this.#gathered = [];
    });
  }
}
