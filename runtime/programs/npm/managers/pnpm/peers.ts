/**
 * pnpm makes one instance of a package for each set of peers that its surroundings provide, and names it by them:
 * `react-dom@18.3.1(react@18.3.1)`. Instances that another one can stand in for become that one.
 */
import semver from 'semver';
import type { PeerIssue } from './peer-report.ts';
import type { ChosenImporter, ChosenPackage, PnpmChoice } from './choose.ts';
import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** An instance of a package. */
export interface Instance {
  readonly package: ChosenPackage;
  /** `name@version(peers)`; known once everything around it is settled. */
  key: string;
  /** By alias: another instance, or `link:folder`. */
  readonly children: Map<string, Instance | string>;
  /** Peers that were found, its own and those of what is below. */
  readonly resolvedPeers: Map<string, Provider>;
  readonly missing: Set<string>;
  readonly transitive: Set<string>;
}

interface Provider {
  readonly alias: string;
  readonly id: string;
  readonly name: string;
  readonly version: string;
  /** Says which surroundings it has itself. */
  readonly identity: string;
  readonly resolve: () => Instance | string;
}

type Context = ReadonlyMap<string, Provider>;

export interface SettledImporter {
  readonly importer: ChosenImporter;
  readonly direct: Map<string, Instance | string>;
}

const maxSuffix = 1000;

/** @param onIssue Told of each peer that is another version than it should be. */
export function settlePeers(
  { packages, importers }: PnpmChoice,
  onIssue: (issue: PeerIssue) => void = () => undefined,
): readonly SettledImporter[] {
  return new Settler(packages, onIssue).run(importers);
}

class Settler {
  readonly #packages: ReadonlyMap<string, ChosenPackage>;
  readonly #closures = new Map<string, ReadonlySet<string>>();
  readonly #instances = new Map<string, Instance>();
  readonly #open = new Set<Instance>();

  readonly #onIssue: (issue: PeerIssue) => void;
  #importer = '';
  readonly #path: ChosenPackage[] = [];

  constructor(packages: ReadonlyMap<string, ChosenPackage>, onIssue: (issue: PeerIssue) => void) {
    this.#onIssue = onIssue;
    this.#packages = packages;
  }

  run(importers: readonly ChosenImporter[]): readonly SettledImporter[] {
    const root = importers[0];
    const settled = importers.map((importer) => {
      const inherited = root === undefined || root === importer ? new Map<string, Provider>() : this.#level(directIds(root), new Map());
      const level = this.#level(directIds(importer), inherited);
      const direct = new Map<string, Instance | string>();
      this.#importer = importer.workspace.folder === '' ? '.' : importer.workspace.folder;
      for (const [alias, { id }] of importer.direct) direct.set(alias, id.startsWith('link:') ? id : this.#instance(id, level));
      return { importer, direct };
    });
    this.#name();
    this.#merge(settled);
    return settled;
  }

  /** Names of all peers that a package or anything below it asks for. */
  #closure(id: string): ReadonlySet<string> {
    const known = this.#closures.get(id);
    if (known !== undefined) return known;
    const names = new Set<string>();
    const seen = new Set<string>();
    const visit = (each: string): void => {
      if (seen.has(each)) return;
      seen.add(each);
      const pkg = this.#packages.get(each);
      for (const peer of pkg?.peers.keys() ?? []) names.add(peer);
      for (const child of pkg?.children.values() ?? []) visit(child);
    };
    visit(id);
    this.#closures.set(id, names);
    return names;
  }

  /** What packages next to each other provide for one another, over what is around them. */
  #level(children: ReadonlyMap<string, string>, around: Context): Context {
    const level = new Map(around);
    const own: Provider[] = [];
    for (const [alias, id] of children) {
      const pkg = this.#packages.get(id);
      const version = pkg?.version ?? '0.0.0';
      const name = pkg?.name ?? alias;
      own.push({ alias, id, name, version, identity: id, resolve: () => (id.startsWith('link:') ? id : this.#instance(id, level)) });
    }
    for (const provider of own) {
      for (const name of new Set([provider.alias, provider.name])) {
        const there = around.get(name);
        if (there !== undefined && there.version === provider.version && there.alias === provider.alias && there.name === provider.name)
          continue;
        level.set(name, provider);
      }
    }
    // Which of equal packages it is shows in what surrounds it.
    for (const provider of own) {
      const surroundings = [...this.#closure(provider.id)].sort().map((peer) => level.get(peer)?.id ?? '');
      (provider as { identity: string }).identity = `${provider.id}{${surroundings.join()}}`;
    }
    return level;
  }

  #instance(id: string, context: Context): Instance {
    const pkg = this.#packages.get(id) as ChosenPackage;
    const relevant = [...this.#closure(id)].sort().map((peer) => `${peer}=${context.get(peer)?.identity ?? ''}`);
    const memo = `${id}|${relevant.join()}`;
    const known = this.#instances.get(memo);
    if (known !== undefined) return known;
    const instance: Instance = {
      package: pkg,
      key: '',
      children: new Map(),
      resolvedPeers: new Map(),
      missing: new Set(),
      transitive: new Set(),
    };
    this.#instances.set(memo, instance);
    this.#open.add(instance);
    this.#path.push(pkg);
    const level = this.#level(pkg.children, context);
    const fromBelow = new Map<string, Provider>();
    const missingBelow = new Set<string>();
    for (const [alias, child] of pkg.children) {
      if (child.startsWith('link:')) {
        instance.children.set(alias, child);
        continue;
      }
      const inner = this.#instance(child, level);
      instance.children.set(alias, inner);
      if (this.#open.has(inner)) continue;
      for (const [peer, provider] of inner.resolvedPeers) if (!pkg.children.has(peer)) fromBelow.set(peer, provider);
      for (const peer of inner.missing) missingBelow.add(peer);
    }
    for (const [peer, provider] of fromBelow) instance.resolvedPeers.set(peer, provider);
    for (const peer of missingBelow) instance.missing.add(peer);
    for (const [peer, { range, optional }] of pkg.peers) {
      const provider = context.get(peer);
      if (provider === undefined) {
        instance.missing.add(peer);
        if (!optional) this.#onMissing(peer, range);
      } else {
        const isFolder = provider.id.startsWith('link:');
        if (!isFolder && !semver.satisfies(provider.version, range.replace(/^workspace:/, ''), { loose: true, includePrerelease: true })) {
          this.#onIssue({ importer: this.#importer, path: this.#pathNow(), peer, range, found: provider.version });
        }
        instance.resolvedPeers.set(peer, provider);
        instance.children.set(peer, provider.resolve());
      }
    }
    instance.resolvedPeers.delete(pkg.name);
    for (const peer of [...fromBelow.keys(), ...missingBelow]) if (!pkg.peers.has(peer) && peer !== pkg.name) instance.transitive.add(peer);
    this.#open.delete(instance);
    this.#path.pop();
    return instance;
  }

  #pathNow(): PeerIssue['path'] {
    return this.#path.map(({ name, version }) => ({ name, version }));
  }

  #onMissing(peer: string, range: string): void {
    this.#onIssue({ importer: this.#importer, path: this.#pathNow(), peer, range, found: undefined });
  }

  #name(): void {
    const naming = new Set<Instance>();
    const keyOf = (instance: Instance): string => {
      if (instance.key !== '') return instance.key;
      // Two that are each other's peers name each other without theirs.
      if (naming.has(instance)) return instance.package.id;
      naming.add(instance);
      const peers = [...instance.resolvedPeers.values()].map((provider) => {
        const found = provider.resolve();
        return typeof found === 'string' ? `${provider.alias}@${found.slice(5).replace(/[\\/:]/g, '+')}` : keyOf(found);
      });
      naming.delete(instance);
      const key = `${instance.package.id}${suffix(peers)}`;
      instance.key = key;
      return key;
    };
    for (const instance of [...this.#instances.values()]) keyOf(instance);
  }

  /** `dedupe-peer-dependents`. */
  #merge(settled: readonly SettledImporter[]): void {
    const byId = new Map<string, Map<string, Instance>>();
    const canonical = new Map<string, Instance>();
    for (const instance of this.#instances.values()) {
      const first = canonical.get(instance.key) ?? instance;
      canonical.set(instance.key, first);
      const group = byId.get(instance.package.id) ?? new Map<string, Instance>();
      byId.set(instance.package.id, group);
      group.set(instance.key, first);
    }
    const all = [...canonical.values()];
    const replaced = new Map<string, Instance>();
    const follow = (child: Instance | string): Instance | string => {
      if (typeof child === 'string') return child;
      let found = canonical.get(child.key) ?? child;
      for (let next = replaced.get(found.key); next !== undefined; next = replaced.get(found.key)) found = next;
      return found;
    };
    const relink = () => {
      for (const instance of all) for (const [alias, child] of instance.children) instance.children.set(alias, follow(child));
    };
    relink();
    const count = (instance: Instance) => instance.children.size + instance.resolvedPeers.size;
    const keyOf = (child: Instance | string) => (typeof child === 'string' ? child : child.key);
    const standsIn = (one: Instance, other: Instance) => {
      if (count(one) < count(other)) return false;
      const keys = new Set([...one.children.values()].map(keyOf));
      return (
        [...other.children.values()].every((child) => keys.has(keyOf(child))) &&
        [...other.resolvedPeers.keys()].every((peer) => one.resolvedPeers.has(peer))
      );
    };
    let groups = [...byId.values()].map((group) => [...group.values()]).filter((group) => group.length > 1);
    for (let again = true; again;) {
      again = false;
      const left: Instance[][] = [];
      for (const group of groups) {
        const unmatched = new Set(group);
        let current = [...group].sort((a, b) => count(a) - count(b));
        while (current.length > 0) {
          const one = current.pop() as Instance;
          const next: Instance[] = [];
          while (current.length > 0) {
            const other = current.pop() as Instance;
            if (standsIn(one, other)) {
              replaced.set(other.key, one);
              unmatched.delete(one);
              unmatched.delete(other);
              again = true;
            } else next.push(other);
          }
          current = next.sort((a, b) => count(a) - count(b));
        }
        if (unmatched.size > 0) left.push([...unmatched]);
      }
      if (left.length === groups.length) again = false;
      groups = left;
      relink();
    }
    for (const { direct } of settled) for (const [alias, child] of direct) direct.set(alias, follow(child));
  }
}

function directIds({ direct, hoisted }: ChosenImporter): ReadonlyMap<string, string> {
  return new Map([...[...direct].map(([alias, { id }]) => [alias, id] as const), ...hoisted]);
}

function suffix(peers: readonly string[]): string {
  if (peers.length === 0) return '';
  const text = [...peers].sort().join(')(');
  return `(${text.length > maxSuffix ? bytesToHex(sha256(utf8ToBytes(text))).slice(0, 32) : text})`;
}
