/**
 * Packuments, asked for before npm's code does: it goes down the tree level by level and waits for each, while here the answer
 * for a package at once asks for those that its fitting version needs. What was asked for in vain costs a request and decides nothing.
 */
import npa from 'npm-package-arg';
import pickManifest from 'npm-pick-manifest';
import type { PackageSource, PackumentVersion, ResolvedPackument } from './request.ts';

/** Bounds the guesses: a tree that is larger is still resolved, only later. */
const maxGuesses = 5000;

export interface PrefetchOptions {
  readonly tag: string;
  readonly signal: AbortSignal | undefined;
  readonly onKnown: (count: number, name: string) => void;
  /** Told of each version that will be installed if the guesses are right. */
  readonly onGuess?: ((version: PackumentVersion) => void) | undefined;
  /** Whether peers that nobody else brings are installed. */
  readonly withPeers: boolean;
}

export class Prefetch {
  readonly #source: PackageSource;
  readonly #signal: AbortSignal | undefined;
  readonly #tag: string;
  readonly #known = new Map<string, Promise<ResolvedPackument>>();
  readonly #followed = new Set<string>();
  readonly #guesses: Promise<void>[] = [];
  readonly #considered = new Map<string, { readonly name: string; readonly version: string }>();
  readonly #onKnown: (count: number, name: string) => void;
  readonly #onGuess: ((version: PackumentVersion) => void) | undefined;
  readonly #withPeers: boolean;

  constructor(source: PackageSource, options: PrefetchOptions) {
    this.#source = source;
    this.#signal = options.signal;
    this.#tag = options.tag;
    this.#onKnown = options.onKnown;
    this.#onGuess = options.onGuess;
    this.#withPeers = options.withPeers;
  }

  /** Full, as npm asks for it: locks hold licences, which the abbreviated form has not. */
  packument(name: string, spec: string): Promise<ResolvedPackument> {
    let found = this.#known.get(name);
    if (found === undefined) {
      this.#onKnown(this.#known.size + 1, name);
      const signal = this.#signal === undefined ? {} : { signal: this.#signal };
      found = this.#source.packument(name, { full: true, spec, ...signal });
      found.catch(() => undefined); // Whoever asks is told; a guess that fails is nobody's business.
      this.#known.set(name, found);
    }
    return found;
  }

  /** Every version that a range was found to mean, by npm's code or a guess. Waits for the guesses, so that it is the same each time. */
  async considered(): Promise<readonly { readonly name: string; readonly version: string }[]> {
    for (let seen = -1; seen !== this.#guesses.length;) {
      seen = this.#guesses.length;
      await Promise.all(this.#guesses);
    }
    return [...this.#considered.keys()].sort().map((id) => this.#considered.get(id) as { name: string; version: string });
  }

  /** Guesses what `dependencies` will be asked for, and what these need in turn. `isNeeded`: they will be installed, too. */
  follow(dependencies: Readonly<Record<string, unknown>> | undefined, isNeeded: boolean): void {
    for (const [name, range] of Object.entries(dependencies ?? {}))
      if (typeof range === 'string') this.#guesses.push(this.#follow(name, range, isNeeded));
  }

  async #follow(name: string, range: string, isNeeded: boolean): Promise<void> {
    const id = `${name}@${range} ${isNeeded}`;
    if (this.#followed.has(id) || this.#followed.size >= maxGuesses) return;
    this.#followed.add(id);
    try {
      const parsed = npa.resolve(name, range, '/');
      const spec = parsed.subSpec ?? parsed;
      if (!spec.registry || spec.name === undefined) return;
      const packument = await this.packument(spec.name, spec.raw);
      this.followVersion(pickManifest<PackumentVersion>(packument, spec.fetchSpec ?? '', { defaultTag: this.#tag }), isNeeded);
    } catch {
      // A guess: npm's own request tells the user what is wrong.
    }
  }

  followVersion(picked: PackumentVersion, isNeeded: boolean): void {
    const { name, version, dependencies = {}, optionalDependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} } = picked;
    this.#considered.set(`${name}@${version}`, { name, version });
    if (isNeeded) this.#onGuess?.(picked);
    const bundled = picked['bundleDependencies'] ?? picked['bundledDependencies'] ?? [];
    // Of optional ones, which registries name twice, only those of the platform are installed; what is bundled is there.
    const isFetched = (one: string) => !Object.hasOwn(optionalDependencies, one) && Array.isArray(bundled) && !bundled.includes(one);
    const entries = Object.entries(dependencies);
    this.follow(Object.fromEntries(entries.filter(([one]) => isFetched(one))), isNeeded);
    this.follow(Object.fromEntries(entries.filter(([one]) => !isFetched(one))), false);
    this.follow(optionalDependencies, false);
    const peers = Object.entries(peerDependencies).filter(([peer]) => peerDependenciesMeta[peer]?.optional !== true);
    this.follow(Object.fromEntries(peers), isNeeded && this.#withPeers);
  }
}
