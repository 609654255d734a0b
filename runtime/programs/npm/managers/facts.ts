/** What the registry says of versions, asked once for each name and then at hand without waiting. */
import { Remotes } from './remotes.ts';
import type { PackageSource, PackumentVersion, ResolvedPackument } from '../resolve/request.ts';

export type { PackumentVersion };

/** `ResolvedPackument`s by name. Failures are kept too: whether one matters, the asker knows. */
export class Facts {
  readonly #source: PackageSource;
  readonly #signal: AbortSignal | undefined;
  readonly #asked = new Map<string, Promise<ResolvedPackument | undefined>>();
  readonly #known = new Map<string, ResolvedPackument>();
  readonly #failures = new Map<string, unknown>();

  readonly #onAsked: (name: string, asked: number, answered: number) => void;

  /** What no registry has. */
  readonly remotes: Remotes;

  /** @param onAsked Told of each name that is asked for, and again when it is answered. */
  constructor(
    source: PackageSource,
    signal?: AbortSignal,
    remotes: Remotes = nothing,
    onAsked: (name: string, asked: number, answered: number) => void = () => undefined,
  ) {
    this.#source = source;
    this.remotes = remotes;
    this.#signal = signal;
    this.#onAsked = onAsked;
  }

  #tell(name: string): void {
    this.#onAsked(name, this.#asked.size, this.#known.size + this.#failures.size);
  }

  /** Undefined if the registry has none; `failure` then says why. */
  load(name: string): Promise<ResolvedPackument | undefined> {
    let asked = this.#asked.get(name);
    if (asked === undefined) {
      asked = this.#source.packument(name, this.#signal === undefined ? {} : { signal: this.#signal }).then(
        (packument) => {
          this.#known.set(name, packument);
          this.#tell(name);
          return packument;
        },
        (error: unknown) => {
          this.#failures.set(name, error);
          return undefined;
        },
      );
      this.#asked.set(name, asked);
      this.#tell(name);
    }
    return asked;
  }

  async loadAll(names: Iterable<string>): Promise<void> {
    await Promise.all([...new Set(names)].map((name) => this.load(name)));
  }

  failure(name: string): unknown {
    return this.#failures.get(name);
  }

  /** Of what was loaded. */
  packument(name: string): ResolvedPackument | undefined {
    return this.#known.get(name);
  }

  version(name: string, version: string): PackumentVersion | undefined {
    return this.#known.get(name)?.versions?.[version];
  }
}

const nothing = new Remotes({
  tarball: (address) => Promise.reject(new Error(`Nobody fetches ${address}`)),
  commit: (repository) => Promise.reject(new Error(`Nobody asks for commits of ${repository}`)),
  file: () => undefined,
});

/** The fields of a version that the types of `PackumentVersion` leave open. */
export interface VersionFacts {
  readonly bin?: string | Readonly<Record<string, string>>;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly libc?: readonly string[];
  readonly engines?: Readonly<Record<string, string>>;
  readonly hasInstallScript?: boolean;
  readonly bundleDependencies?: readonly string[] | boolean;
  readonly bundledDependencies?: readonly string[] | boolean;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

export const factsOf = (version: PackumentVersion | undefined): VersionFacts => (version ?? {}) as VersionFacts;

/** `os` and `cpu` lists: `!x` forbids, anything else allows, an empty list allows all. */
export function fitsPlatform(
  facts: Pick<VersionFacts, 'os' | 'cpu' | 'libc'>,
  platform = { os: 'linux', cpu: 'x64', libc: 'glibc' },
): boolean {
  const fits = (wanted: readonly string[] | string | undefined, value: string) => {
    const list = typeof wanted === 'string' ? [wanted] : (wanted ?? []);
    if (list.length === 0 || (list.length === 1 && list[0] === 'any')) return true;
    if (list.includes(`!${value}`)) return false;
    const allowed = list.filter((each) => !each.startsWith('!'));
    return allowed.length === 0 || allowed.includes(value);
  };
  return fits(facts.os, platform.os) && fits(facts.cpu, platform.cpu) && fits(facts.libc, platform.libc);
}
