/**
 * Where Yarn 1 puts packages: as high as nothing stands in the way, the version that most packages want at the top where none is asked
 * for directly. The order in which things are looked at decides ties, so it is Yarn's: level by level, each level by its patterns' text.
 */

/** What a pattern stands for. One object for all patterns that lead to the same package. */
export interface HoistPackage {
  /** The folder it gets: an alias's name, else its own. */
  readonly name: string;
  readonly version: string;
  /** Equal for what may share one place. */
  readonly identity: string;
  /** Patterns, in the order of its manifest. */
  readonly dependencies: readonly string[];
  readonly peers: readonly string[];
  /** Does not fit this platform, and nothing needs it. */
  readonly incompatible: boolean;
}

export interface HoistedPackage<P extends HoistPackage> {
  readonly package: P;
  /** Names from the top down to it. */
  readonly parts: readonly string[];
  /** The project itself asks for it. */
  readonly direct: boolean;
}

interface Spot<P extends HoistPackage> {
  readonly package: P;
  readonly direct: boolean;
  key: string;
  parts: readonly string[];
  required: boolean;
}

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const keyOf = (parts: readonly string[]) => parts.join('#');

/**
 * @param find Every pattern that `patterns` or a package names is known to it.
 * @param leftOut Those of `patterns` that take their place and are not there in the end.
 */
export function hoistClassic<P extends HoistPackage>(
  patterns: readonly string[],
  find: (pattern: string) => P,
  leftOut: ReadonlySet<string> = new Set(),
): readonly HoistedPackage<P>[] {
  return new Hoister(find, leftOut).run(patterns);
}

class Hoister<P extends HoistPackage> {
  readonly #find: (pattern: string) => P;
  readonly #leftOut: ReadonlySet<string>;
  readonly #tree = new Map<string, Spot<P>>();
  /** Places that must not be taken: something below looks through them for a package higher up. */
  readonly #taken = new Map<string, Spot<P>>();
  #level: [pattern: string, parent: Spot<P>][] = [];

  constructor(find: (pattern: string) => P, leftOut: ReadonlySet<string>) {
    this.#find = find;
    this.#leftOut = leftOut;
  }

  run(patterns: readonly string[]): readonly HoistedPackage<P>[] {
    const tops = [...new Set(patterns)];
    this.#placeMostWanted([...tops].sort());
    for (const pattern of tops) this.#seed(pattern, undefined, true);
    while (this.#level.length > 0) {
      const level = this.#level.sort((a, b) => byText(a[0], b[0]));
      this.#level = [];
      for (const [pattern, parent] of this.#withoutPeersFirst(level)) {
        const spot = this.#seed(pattern, parent, false);
        if (spot !== undefined) this.#hoist(spot);
      }
    }
    this.#spreadRequired();
    return [...this.#tree.values()]
      .filter(({ required }) => required)
      .map(({ package: pkg, parts, direct }) => ({ package: pkg, parts, direct }));
  }

  #withoutPeersFirst(level: [string, Spot<P>][]): [string, Spot<P>][] {
    const sorted: [string, Spot<P>][] = [];
    const available = new Set<string>();
    let queue = level;
    for (let changed = true; queue.length > 0 && changed;) {
      changed = false;
      const left: [string, Spot<P>][] = [];
      for (const item of queue) {
        // Yarn compares the names of peers with patterns here; so peers are hardly ever found, and the order is as if they were not.
        if (this.#find(item[0]).peers.every((peer) => available.has(peer))) {
          sorted.push(item);
          available.add(item[0]);
          changed = true;
        } else left.push(item);
      }
      queue = left;
    }
    return [...sorted, ...queue];
  }

  #seed(pattern: string, parent: Spot<P> | undefined, direct: boolean): Spot<P> | undefined {
    const pkg = this.#find(pattern);
    if (parent !== undefined && !this.#tree.has(parent.key)) return undefined;
    const required = (parent?.required ?? (direct && !this.#leftOut.has(pattern))) && !pkg.incompatible;
    const parts = [...(parent?.parts ?? []), pkg.name];
    const spot: Spot<P> = { package: pkg, direct, key: keyOf(parts), parts, required };
    this.#tree.set(spot.key, spot);
    this.#take(spot.key, spot);
    for (const dependency of new Set(pkg.dependencies)) this.#level.push([dependency, spot]);
    return spot;
  }

  #take(key: string, spot: Spot<P>): void {
    const there = this.#taken.get(key);
    if (there === undefined || there.package.identity === spot.package.identity) this.#taken.set(key, spot);
  }

  #isTakenByOther(key: string, spot: Spot<P>): boolean {
    const there = this.#taken.get(key);
    return there !== undefined && there.package.identity !== spot.package.identity;
  }

  #hoist(spot: Spot<P>): void {
    const { key, parts: old } = spot;
    this.#tree.delete(key);
    const { parts, duplicate } = this.#highest(spot);
    if (!duplicate) {
      spot.key = keyOf(parts);
      spot.parts = parts;
      this.#tree.set(spot.key, spot);
      if (spot.key === key) return;
    }
    // What lies between the new place and the old one must stay free for it.
    for (let depth = parts.length - 1; depth < old.length - 1; depth++)
      this.#take(keyOf([...old.slice(0, depth), spot.package.name]), spot);
  }

  #highest(spot: Spot<P>): { parts: readonly string[]; duplicate: boolean } {
    const { name, identity, peers } = spot.package;
    const above = spot.parts.slice(0, -1);
    for (let depth = above.length - 1; depth >= 0; depth--) {
      const parts = [...above.slice(0, depth), name];
      const there = this.#tree.get(keyOf(parts));
      if (there !== undefined) {
        if (there.package.identity !== identity) break;
        if (spot.required) there.required = true;
        return { parts, duplicate: true };
      }
      if (this.#isTakenByOther(keyOf(parts), spot)) break;
    }
    const left: string[] = [];
    let stepDown = false;
    climb: while (above.length > 0) {
      // Not higher than the peers it would then miss.
      for (const peer of peers) if (this.#tree.has(keyOf([...above, peer]))) break climb;
      const key = keyOf([...above, name]);
      if (this.#tree.has(key) || (key !== spot.key && this.#taken.has(key))) {
        stepDown = true;
        break;
      }
      left.push(above.pop() ?? '');
    }
    const isFree = () => {
      const key = keyOf([...above, name]);
      return this.#tree.get(key)?.package.identity === identity || !this.#isTakenByOther(key, spot);
    };
    if (!isFree()) stepDown = true;
    while (stepDown && left.length > 0) {
      above.push(left.pop() ?? '');
      if (isFree()) stepDown = false;
    }
    return { parts: [...above, name], duplicate: false };
  }

  /** What a required package uses is required too, even where it was seen first below something that is left out. */
  #spreadRequired(): void {
    const queue = [...this.#tree.values()].filter(({ required }) => required);
    for (let spot = queue.shift(); spot !== undefined; spot = queue.shift()) {
      for (const pattern of spot.package.dependencies) {
        const found = this.#lookUp(spot, this.#find(pattern).name);
        if (found === undefined || found.required || found.package.incompatible) continue;
        found.required = true;
        queue.push(found);
      }
    }
  }

  #lookUp(spot: Spot<P>, name: string): Spot<P> | undefined {
    for (let depth = spot.parts.length; depth >= 0; depth--) {
      const found = this.#tree.get(keyOf([...spot.parts.slice(0, depth), name]));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Of packages in several versions that the project does not ask for itself, the one with the most dependents gets the top first. */
  #placeMostWanted(patterns: readonly string[]): void {
    interface Visit {
      readonly package: P;
      readonly ancestry: readonly P[];
      readonly pattern: string;
    }
    const visited = new Map<string, Visit[]>();
    const seen = new Map<string, Map<string, { readonly users: Set<P>; readonly pattern: string }>>();
    const note = ({ package: pkg, ancestry, pattern }: Visit) => {
      const versions = seen.get(pkg.name) ?? new Map<string, { users: Set<P>; pattern: string }>();
      seen.set(pkg.name, versions);
      const version = versions.get(pkg.version) ?? { users: new Set<P>(), pattern };
      versions.set(pkg.version, version);
      const user = ancestry.at(-1);
      if (user !== undefined) version.users.add(user);
    };
    const add = (pattern: string, ancestry: readonly P[], ancestryPatterns: readonly string[]): void => {
      const pkg = this.#find(pattern);
      if (ancestry.includes(pkg)) return;
      const visit = { package: pkg, ancestry, pattern };
      const earlier = visited.get(pattern);
      if (earlier !== undefined) {
        earlier.forEach(note);
        note(visit);
        return;
      }
      note(visit);
      for (const dependency of pkg.dependencies) add(dependency, [...ancestry, pkg], [...ancestryPatterns, dependency]);
      const own = visited.get(pattern) ?? [];
      visited.set(pattern, own);
      own.push(visit);
      for (const other of ancestryPatterns) visited.get(other)?.push(visit);
    };
    const tops = new Set<string>();
    for (const pattern of patterns) {
      tops.add(this.#find(pattern).name);
      add(pattern, [], []);
    }
    for (const name of [...seen.keys()].sort()) {
      const versions = seen.get(name);
      if (versions === undefined || versions.size === 1 || this.#tree.has(name) || tops.has(name)) continue;
      let best: { readonly users: Set<P>; readonly pattern: string } | undefined;
      for (const version of [...versions.keys()].sort()) {
        const candidate = versions.get(version);
        if (candidate !== undefined && (best === undefined || best.users.size === 0 || candidate.users.size > best.users.size))
          best = candidate;
      }
      if (best !== undefined && best.users.size > 1) this.#seed(best.pattern, undefined, false);
    }
  }
}
