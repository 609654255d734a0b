/**
 * bun's other layout, which workspaces get by default: each package once below `node_modules/.bun` for each set of peers that it meets,
 * and links to it from whoever depends on it.
 */
import satisfies from 'semver/functions/satisfies.js';
import { encodeText } from '../../../../process/text.ts';
import type { PlannedCommands, PlannedFile, PlannedNode, TreePlan } from '../../install/tree-plan.ts';
import { commandsOf } from '../project.ts';
import { normalPath, relativePath, splitSpecifier } from '../specifiers.ts';
import { type BunLayoutOptions, lookUp, packageNode, reached } from './layout.ts';
import { keyParts, type BunPackage } from './lockfile.ts';
import { wyhash } from './wyhash.ts';

const store = 'node_modules/.bun';

interface Peer {
  readonly key: string;
  /** Nobody above asked for it. */
  readonly isGuest: boolean;
}

/** A package, or one of the project's own, on the way from the root. */
interface Frame {
  readonly key: string;
  readonly above: Frame | undefined;
  readonly dependencies: ReadonlyMap<string, string>;
  /** What it or something below it gets from above. */
  readonly peers: Map<string, Peer>;
  readonly entry: Entry;
}

/** A folder of the store. */
interface Entry {
  readonly key: string;
  readonly links: Map<string, Entry | Linked>;
  peers: ReadonlyMap<string, Peer>;
  /** The same package with the same peers. */
  same?: Entry;
}

/** A folder of the project. */
interface Linked {
  readonly target: string;
}

const actual = (entry: Entry): Entry => (entry.same === undefined ? entry : actual(entry.same));
const inStorePath = (text: string) => text.replace(/[/\\:*?"<>|#]/g, '+');
const byText = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) => (a < b ? -1 : a > b ? 1 : 0);

class Isolated {
  readonly #options: BunLayoutOptions;
  readonly #reached: ReadonlySet<string>;
  readonly #entries = new Map<string, Entry[]>();

  constructor(options: BunLayoutOptions) {
    this.#options = options;
    this.#reached = reached(options);
  }

  /** The project's folders with what each links to. */
  folders(): Map<string, ReadonlyMap<string, Entry | Linked>> {
    const found = new Map<string, ReadonlyMap<string, Entry | Linked>>();
    const root = this.#own('', undefined);
    found.set('', root.entry.links);
    for (const { folder, manifest } of this.#options.project.workspaces) {
      if (folder !== '') found.set(folder, this.#own(folder, root, manifest.name).entry.links);
    }
    return found;
  }

  /** A folder of the project itself. */
  #own(folder: string, above: Frame | undefined, name = ''): Frame {
    const { lock, production, withoutOptional = false } = this.#options;
    const { dependencies, devDependencies, optionalDependencies, peerDependencies, optionalPeers } = lock.workspaces[folder] ?? {};
    const asked = {
      ...(production === true ? {} : devDependencies),
      ...(withoutOptional ? {} : optionalDependencies),
      ...dependencies,
    };
    return this.#fill(name, above, { asked, peers: peerDependencies ?? {}, optional: optionalPeers ?? [] });
  }

  #package(key: string, above: Frame): Frame {
    const { info } = this.#options.lock.packages[key] as BunPackage;
    const asked = { ...info.optionalDependencies, ...info.dependencies };
    return this.#fill(key, above, { asked, peers: info.peerDependencies ?? {}, optional: info.optionalPeers ?? [] });
  }

  #fill(
    key: string,
    above: Frame | undefined,
    needs: {
      readonly asked: Readonly<Record<string, string>>;
      readonly peers: Readonly<Record<string, string>>;
      readonly optional: readonly string[];
    },
  ): Frame {
    const from = key === '' ? [] : keyParts(key);
    const dependencies = new Map<string, string>();
    for (const name of Object.keys(needs.asked)) {
      if (needs.peers[name] !== undefined && key !== '' && this.#options.lock.packages[key]?.info.peerDependencies !== undefined) continue;
      const found = lookUp(this.#options.lock, from, name);
      if (found !== undefined && this.#isPlaced(found)) dependencies.set(name, found);
    }
    const entry: Entry = { key, links: new Map(), peers: new Map() };
    const frame: Frame = { key, above, dependencies, peers: new Map(), entry };
    const guests: [string, string][] = [];
    for (const [name, range] of Object.entries(needs.peers).sort(byText)) {
      if (dependencies.has(name)) continue;
      const peer = this.#peer(frame, name, range, from);
      if (peer === undefined || !this.#isPlaced(peer.key)) continue;
      guests.push([name, peer.key]);
    }
    for (const [name, target] of [...dependencies, ...guests].sort(byText)) {
      entry.links.set(name, this.#child(target, frame));
    }
    entry.peers = frame.peers;
    return frame;
  }

  #isPlaced(key: string): boolean {
    return this.#reached.has(key) && this.#options.lock.packages[key]?.info.bundled !== true;
  }

  /** Who is a peer for something in `frame`; all between it and who offers it depend on it, too. */
  #peer(frame: Frame, name: string, range: string, from: readonly string[]): Peer | undefined {
    const between: Frame[] = [];
    let peer: Peer | undefined;
    for (let each: Frame | undefined = frame; each !== undefined && peer === undefined; each = each.above) {
      const offered = each.dependencies.get(name);
      const passed = each.peers.get(name);
      if (offered !== undefined) peer = { key: offered, isGuest: false };
      else if (passed !== undefined && (!passed.isGuest || this.#fits(passed.key, range))) peer = passed;
      if (offered === undefined) between.push(each);
    }
    const own = lookUp(this.#options.lock, from, name);
    peer ??= own === undefined ? undefined : { key: own, isGuest: true };
    if (peer !== undefined) for (const each of between) if (each.key !== peer.key && !each.peers.has(name)) each.peers.set(name, peer);
    return peer;
  }

  #fits(key: string, range: string): boolean {
    return satisfies(splitSpecifier(this.#options.lock.packages[key]?.id ?? '').range, range);
  }

  #child(key: string, above: Frame): Entry | Linked {
    const { id } = this.#options.lock.packages[key] as BunPackage;
    const target = /^(?:workspace|link):(.*)$/.exec(splitSpecifier(id).range)?.[1];
    if (target !== undefined) return { target: normalPath(target) };
    for (let each: Frame | undefined = above; each !== undefined; each = each.above) if (each.key === key) return each.entry;
    const known = this.#entries.get(key)?.find((entry) => this.#meets(entry, above));
    if (known !== undefined) return known;
    const { entry } = this.#package(key, above);
    const others = this.#entries.get(key) ?? [];
    const same = others.find((other) => samePeers(other.peers, entry.peers));
    if (same !== undefined) entry.same = same;
    else this.#entries.set(key, [...others, entry]);
    return entry;
  }

  /** Whether a package of the store would get the same peers below `above`; they are its peers then, too. */
  #meets(entry: Entry, above: Frame): boolean {
    const passed: [Frame, string, Peer][] = [];
    for (const [name, peer] of entry.peers) {
      let offered: string | undefined;
      for (let each: Frame | undefined = above; each !== undefined && offered === undefined; each = each.above) {
        const own = each.dependencies.get(name);
        offered = own ?? each.peers.get(name)?.key;
        if (own === undefined && each.key !== peer.key) passed.push([each, name, peer]);
      }
      if (offered === undefined ? !peer.isGuest : offered !== peer.key) return false;
    }
    for (const [frame, name, peer] of passed) if (!frame.peers.has(name)) frame.peers.set(name, peer);
    return true;
  }

  /** The name of an entry's folder. */
  folderOf(entry: Entry): string {
    const { id } = this.#options.lock.packages[entry.key] as BunPackage;
    const { name, range } = splitSpecifier(id);
    const peers = [...entry.peers].sort(byText).map(([, peer]) => splitSpecifier(this.#options.lock.packages[peer.key]?.id ?? ''));
    const hash = wyhash(encodeText(peers.map((peer) => `${peer.name}${peer.range}`).join('')));
    const reference = inStorePath(range.replace(/^file:(?:\.\/)?/, 'file+'));
    return `${inStorePath(name)}@${reference}${peers.length === 0 ? '' : `+${hash}`}`;
  }
}

function samePeers(a: ReadonlyMap<string, Peer>, b: ReadonlyMap<string, Peer>): boolean {
  return a.size === b.size && [...a].every(([name, { key }]) => b.get(name)?.key === key);
}

export function planIsolated(options: BunLayoutOptions): TreePlan {
  const { lock, project, folders } = options;
  const isolated = new Isolated(options);
  const nodes: PlannedNode[] = [];
  const commands: PlannedCommands[] = [];
  const files: PlannedFile[] = [];
  const nameOf = (entry: Entry) => splitSpecifier(lock.packages[entry.key]?.id ?? '').name;
  const placeOf = (entry: Entry) => `${store}/${isolated.folderOf(entry)}/node_modules/${nameOf(entry)}`;
  const binOf = (to: Entry | Linked) => {
    if ('target' in to)
      return commandsOf(project.workspaces.find(({ folder }) => folder === to.target)?.manifest ?? folders?.get(to.target) ?? {});
    return commandsOf({ name: nameOf(to), bin: lock.packages[to.key]?.info.bin });
  };
  const link = (place: string, to: Entry | Linked, into?: string) => {
    const bin = binOf(to);
    const target = 'target' in to ? to.target : placeOf(to);
    const has = Object.keys(bin).length > 0;
    nodes.push({ kind: 'link', place, target: relativePath(place.slice(0, place.lastIndexOf('/')), target), ...(has ? { bin } : {}) });
    if (has && into !== undefined) commands.push({ into, from: place });
  };
  const offered = new Map<string, Entry>();
  const placed = new Set<Entry>();
  const queue: ReadonlyMap<string, Entry | Linked>[] = [];
  for (const [folder, links] of isolated.folders()) {
    const modules = folder === '' ? 'node_modules' : `${folder}/node_modules`;
    for (const [name, to] of links) link(`${modules}/${name}`, 'target' in to ? to : actual(to), `${modules}/.bin`);
    queue.push(links);
  }
  for (const links of queue) {
    for (const [alias, to] of links) {
      if ('target' in to) continue;
      const entry = actual(to);
      const pkg = lock.packages[entry.key] as BunPackage;
      if (!offered.has(alias) && !/^file:/.test(splitSpecifier(pkg.id).range)) offered.set(alias, entry);
      if (placed.has(entry)) continue;
      placed.add(entry);
      queue.push(entry.links);
      const place = placeOf(entry);
      const modules = place.slice(0, -nameOf(entry).length - 1);
      const { node, tag } = packageNode(options, pkg, place);
      nodes.push(node);
      if (tag !== undefined) files.push(tag);
      if (node.bin !== undefined) commands.push({ into: `${modules}/.bin`, from: place });
      for (const [name, child] of entry.links) {
        if (!('target' in child) && actual(child) === entry && name === nameOf(entry)) continue;
        link(`${modules}/${name}`, 'target' in child ? child : actual(child), `${modules}/.bin`);
      }
    }
  }
  for (const [alias, entry] of offered) link(`${store}/node_modules/${alias}`, entry);
  return { root: project.root, nodes, files, binLinks: 'bun', commands };
}
