/**
 * Yarn gives every package with peers one instance for each set of packages that its dependents provide. Instances have references of their
 * own, `virtual:<hash of the parent>#npm:1.0.0`; those that come out equal become one.
 */
import { sha512 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

export interface Locator {
  readonly name: string;
  readonly reference: string;
}

/** A package as the lockfile has it, before or after its peers are settled. */
export interface BerryPackage extends Locator {
  readonly version: string;
  readonly linkType: 'hard' | 'soft';
  /** By name: `npm:^1.0.0`, or `virtual:…#npm:^1.0.0`. */
  dependencies: Map<string, string>;
  readonly peers: Set<string>;
}

const hash = (...parts: string[]) => bytesToHex(sha512(utf8ToBytes(parts.join(''))));

function identHash(name: string): string {
  const slash = name.startsWith('@') ? name.indexOf('/') : -1;
  return slash < 0 ? hash(name) : hash(name.slice(1, slash), name.slice(slash + 1));
}

export const locatorText = ({ name, reference }: Locator) => `${name}@${reference}`;
const locatorHash = ({ name, reference }: Locator) => hash(identHash(name), reference);
/** What Yarn calls a peer that a package is asked for. */
export function peerHash(locator: string, peer: string): string {
  const at = locator.indexOf('@', 1);
  const subject = locatorHash({ name: locator.slice(0, at), reference: locator.slice(at + 1) });
  return `p${hash(subject, identHash(peer)).slice(0, 6)}`;
}

const virtualize = (reference: string, entropy: string) => `virtual:${entropy}#${reference}`;
const missing = 'missing:';

export class VirtualPackages {
  /** By locator. */
  readonly packages = new Map<string, BerryPackage>();
  /** Descriptor to locator. */
  readonly resolutions: Map<string, string>;
  readonly #originals: ReadonlyMap<string, BerryPackage>;
  readonly #visited = new Set<string>();
  readonly #instances = new Map<string, Map<string, string>>();
  readonly #dependents = new Map<string, Set<string>>();
  readonly #hashes = new Map<string, string>();

  /** @param originals By locator. */
  constructor(originals: ReadonlyMap<string, BerryPackage>, resolutions: ReadonlyMap<string, string>) {
    this.#originals = originals;
    this.resolutions = new Map(resolutions);
  }

  /** Settles all that is below a workspace. */
  addTop(locator: Locator): void {
    this.#settle(undefined, locatorText(locator), locatorText(locator));
  }

  #package(locator: string): BerryPackage | undefined {
    const known = this.packages.get(locator);
    if (known !== undefined) return known;
    const original = this.#originals.get(locator);
    if (original === undefined) return undefined;
    const copy = { ...original, dependencies: new Map(original.dependencies), peers: new Set(original.peers) };
    this.packages.set(locator, copy);
    return copy;
  }

  #hashOf(pkg: BerryPackage): string {
    const text = locatorText(pkg);
    const known = this.#hashes.get(text) ?? locatorHash(pkg);
    this.#hashes.set(text, known);
    return known;
  }

  #settle(parentDescriptor: string | undefined, parentText: string, top: string): void {
    if (this.#visited.has(parentText)) return;
    this.#visited.add(parentText);
    const parent = this.#package(parentText);
    if (parent === undefined) throw new RangeError(`The lockfile lacks "${parentText}"`);
    const [first, second, third, fourth]: [(() => void)[], (() => void)[], (() => void)[], (() => void)[]] = [[], [], [], []];
    const made: { readonly original: string; readonly name: string; readonly range: string; readonly pkg: BerryPackage }[] = [];
    for (const [name, range] of [...parent.dependencies]) {
      if (parent.peers.has(name) && parentText !== top) continue;
      const resolution = this.resolutions.get(`${name}@${range}`);
      if (resolution === undefined) throw new RangeError(`The lockfile lacks "${name}@${range}"`);
      const original = this.#originals.get(resolution);
      if (original === undefined) throw new RangeError(`The lockfile lacks "${resolution}"`);
      if (original.peers.size === 0) {
        this.#settle(`${name}@${range}`, resolution, top);
        continue;
      }
      const entropy = this.#hashOf(parent);
      const virtualRange = virtualize(range, entropy);
      const pkg: BerryPackage = {
        ...original,
        reference: virtualize(original.reference, entropy),
        dependencies: new Map(original.dependencies),
        peers: new Set(original.peers),
      };
      first.push(() => {
        parent.dependencies.delete(name);
        parent.dependencies.set(name, virtualRange);
        this.resolutions.set(`${name}@${virtualRange}`, locatorText(pkg));
        this.packages.set(locatorText(pkg), pkg);
        made.push({ original: resolution, name, range: virtualRange, pkg });
      });
      second.push(() => {
        for (const peer of [...pkg.peers]) {
          let provided = parent.dependencies.get(peer);
          if (provided === undefined && parent.name === peer && parentDescriptor !== undefined) {
            provided = parentDescriptor.startsWith(`${peer}@`) ? parentDescriptor.slice(peer.length + 1) : undefined;
          }
          if ((provided === undefined || provided === missing) && pkg.dependencies.has(peer)) {
            pkg.peers.delete(peer);
            continue;
          }
          pkg.dependencies.set(peer, provided ?? missing);
          if (provided?.startsWith('virtual:') === true) {
            const key = `${peer}@${provided}`;
            this.#dependents.set(key, (this.#dependents.get(key) ?? new Set()).add(locatorText(pkg)));
          }
        }
        pkg.dependencies = new Map([...pkg.dependencies].sort(([a], [b]) => (a < b ? -1 : 1)));
      });
      third.push(() => {
        if (this.packages.has(locatorText(pkg))) this.#settle(`${name}@${virtualRange}`, locatorText(pkg), top);
      });
      fourth.push(() => {
        for (const peer of pkg.peers) if (pkg.dependencies.get(peer) === missing) pkg.dependencies.delete(peer);
      });
    }
    for (const pass of [...first, ...second]) pass();
    this.#merge(made, parentText, top);
    for (const pass of [...third, ...fourth]) pass();
  }

  #merge(
    made: readonly { readonly original: string; readonly name: string; readonly range: string; readonly pkg: BerryPackage }[],
    parentText: string,
    top: string,
  ): void {
    for (let stable = false; !stable;) {
      stable = true;
      for (const { original, name, range, pkg } of made) {
        const instances = this.#instances.get(original) ?? new Map<string, string>();
        this.#instances.set(original, instances);
        const provided = [...pkg.dependencies].map(([dependency, each]) => {
          const resolution = each === missing ? missing : this.resolutions.get(`${dependency}@${each}`);
          return resolution === top ? `${resolution} (top)` : (resolution ?? '');
        });
        const key = [...provided, name].join('\0');
        const master = instances.get(key);
        const own = `${name}@${range}`;
        if (master === undefined) {
          instances.set(key, own);
          continue;
        }
        if (master === own) continue;
        const text = locatorText(pkg);
        this.packages.delete(text);
        this.resolutions.delete(own);
        this.#visited.delete(text);
        const masterRange = master.slice(name.length + 1);
        for (const dependent of [parentText, ...(this.#dependents.get(own) ?? [])]) {
          const user = this.packages.get(dependent);
          if (user === undefined) continue;
          if (user.dependencies.get(name) !== masterRange) stable = false;
          user.dependencies.set(name, masterRange);
        }
        this.#dependents.delete(own);
      }
    }
  }
}
