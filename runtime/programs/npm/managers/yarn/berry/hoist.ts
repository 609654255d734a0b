/**
 * Where Yarn's `node-modules` linker puts packages. The rules, rounds and ties are those of `@yarnpkg/nm` (BSD 2-clause, Yarn
 * contributors), which this follows step by step: packages go to the node that is being filled as long as every package still gets the very
 * dependencies it had, and shares peers with its parent.
 */

export type HoistKind = 'regular' | 'workspace' | 'external';

export interface HoistInput {
  /** The folder's name; of a nested workspace with `workspaceSuffix`. */
  readonly name: string;
  readonly identName: string;
  readonly reference: string;
  readonly peerNames: Set<string>;
  readonly dependencies: Set<HoistInput>;
  readonly kind: HoistKind;
  priority: number;
}

export interface HoistOutput {
  readonly name: string;
  readonly identName: string;
  readonly references: Set<string>;
  readonly dependencies: Set<HoistOutput>;
}

interface Work {
  readonly name: string;
  readonly references: Set<string>;
  readonly locator: string;
  /** Equal for instances that differ in their peers only. */
  readonly ident: string;
  readonly dependencies: Map<string, Work>;
  readonly original: Map<string, Work>;
  readonly hoisted: Map<string, Work>;
  readonly peerNames: Set<string>;
  decoupled: boolean;
  readonly kind: HoistKind;
  readonly priority: number;
}

interface Result {
  anotherRound: boolean;
  changed: boolean;
}

type Verdict = 'yes' | 'no' | ReadonlySet<Work>;

export function hoistBerry(tree: HoistInput): HoistOutput {
  const copy = cloneTree(tree);
  let isFirst = true;
  for (let again = true; again;) {
    const { anotherRound, changed } = hoistTo(copy, [copy], new Set([copy.locator]), new Map(), isFirst, new Set());
    again = anotherRound || changed;
    isFirst = false;
  }
  return shrinkTree(copy);
}

function workOf(node: HoistInput, kind: HoistKind): Work {
  const { name, identName, reference, peerNames, priority } = node;
  return {
    name,
    references: new Set([reference]),
    locator: `${identName}@${reference}`,
    ident: `${identName}@${reference.slice(reference.indexOf('#') + 1)}`,
    dependencies: new Map(),
    original: new Map(),
    hoisted: new Map(),
    peerNames: new Set(peerNames),
    decoupled: true,
    kind,
    priority,
  };
}

function cloneTree(tree: HoistInput): Work {
  const root = workOf({ ...tree, priority: 0 }, 'workspace');
  const seen = new Map<HoistInput, Work>([[tree, root]]);
  const add = (node: HoistInput, parent: Work): void => {
    const known = seen.get(node);
    const work = known ?? workOf(node, node.kind);
    seen.set(node, work);
    parent.dependencies.set(node.name, work);
    parent.original.set(node.name, work);
    if (known === undefined) {
      for (const dependency of node.dependencies) add(dependency, work);
      return;
    }
    // Has several parents: whoever changes it must copy it first.
    const marked = new Set<Work>();
    const mark = (each: Work): void => {
      if (marked.has(each)) return;
      marked.add(each);
      each.decoupled = false;
      for (const dependency of each.dependencies.values()) if (!each.peerNames.has(dependency.name)) mark(dependency);
    };
    mark(work);
  };
  for (const dependency of tree.dependencies) add(dependency, root);
  return root;
}

function shrinkTree(tree: Work): HoistOutput {
  const nameOf = (locator: string) => locator.slice(0, locator.indexOf('@', 1));
  const root: HoistOutput = {
    name: tree.name,
    identName: nameOf(tree.locator),
    references: new Set(tree.references),
    dependencies: new Set(),
  };
  const open = new Set([tree]);
  const add = (node: Work, parentWork: Work, parent: HoistOutput): void => {
    const isOpen = open.has(node);
    const result: HoistOutput =
      parentWork === node
        ? parent
        : { name: node.name, identName: nameOf(node.locator), references: node.references, dependencies: new Set() };
    parent.dependencies.add(result);
    if (isOpen) return;
    open.add(node);
    for (const dependency of node.dependencies.values()) if (!node.peerNames.has(dependency.name)) add(dependency, node, result);
    open.delete(node);
  };
  for (const dependency of tree.dependencies.values()) add(dependency, tree, root);
  return root;
}

function decouple(parent: Work, node: Work): Work {
  if (node.decoupled) return node;
  const clone: Work = {
    ...node,
    references: new Set(node.references),
    dependencies: new Map(node.dependencies),
    original: new Map(node.original),
    hoisted: new Map(node.hoisted),
    peerNames: new Set(node.peerNames),
    decoupled: true,
  };
  if (clone.dependencies.get(node.name)?.ident === clone.ident) clone.dependencies.set(node.name, clone);
  parent.dependencies.set(clone.name, clone);
  return clone;
}

/** How much each version below `root` is wanted, by name and version. */
function preferences(
  root: Work,
): Map<string, { readonly dependents: Set<string>; readonly peerDependents: Set<string>; priority: number }> {
  const map = new Map<string, { dependents: Set<string>; peerDependents: Set<string>; priority: number }>();
  const seen = new Set([root]);
  const entryOf = (node: Work) => {
    const key = `${node.name}@${node.ident}`;
    const entry = map.get(key) ?? { dependents: new Set<string>(), peerDependents: new Set<string>(), priority: 0 };
    map.set(key, entry);
    return entry;
  };
  const add = (dependent: Work, node: Work): void => {
    const isSeen = seen.has(node);
    entryOf(node).dependents.add(dependent.ident);
    if (isSeen) return;
    seen.add(node);
    for (const dependency of node.dependencies.values()) {
      const entry = entryOf(dependency);
      entry.priority = Math.max(entry.priority, dependency.priority);
      if (node.peerNames.has(dependency.name)) entry.peerDependents.add(node.ident);
      else add(node, dependency);
    }
  };
  for (const dependency of root.dependencies.values()) if (!root.peerNames.has(dependency.name)) add(root, dependency);
  return map;
}

/** For each name the versions that may come to `root`, the most wanted first; only one where it has that name already. */
function wantedIdents(root: Work): Map<string, string[]> {
  const map = preferences(root);
  const idents = new Map([[root.name, [root.ident]]]);
  for (const dependency of root.dependencies.values())
    if (!root.peerNames.has(dependency.name)) idents.set(dependency.name, [dependency.ident]);
  const keys = [...map.keys()].sort((a, b) => {
    const [x, y] = [map.get(a), map.get(b)];
    if (x === undefined || y === undefined) return 0;
    return x.priority === y.priority
      ? y.dependents.size + y.peerDependents.size - (x.dependents.size + x.peerDependents.size)
      : y.priority - x.priority;
  });
  for (const key of keys) {
    const name = key.slice(0, key.indexOf('@', 1));
    const ident = key.slice(name.length + 1);
    if (root.peerNames.has(name)) continue;
    const list = idents.get(name) ?? [];
    idents.set(name, list);
    if (!list.includes(ident)) list.push(ident);
  }
  return idents;
}

/** Those that are no peers, peers of others before them. */
function regular(node: Work): Set<Work> {
  const found = new Set<Work>();
  const add = (dependency: Work, seen: Set<Work>): void => {
    if (seen.has(dependency)) return;
    seen.add(dependency);
    for (const peer of dependency.peerNames) {
      const provided = node.peerNames.has(peer) ? undefined : node.dependencies.get(peer);
      if (provided !== undefined && !found.has(provided)) add(provided, seen);
    }
    found.add(dependency);
  };
  for (const dependency of node.dependencies.values()) if (!node.peerNames.has(dependency.name)) add(dependency, new Set());
  return found;
}

/** What `root` and all below it take from the nodes above `root`. */
function usedFromAbove(path: readonly Work[], isFirst: boolean): Map<string, Work> {
  const used = new Map<string, Work>();
  const seen = new Set<Work>();
  const add = (node: Work, hidden: ReadonlySet<string>): void => {
    if (seen.has(node)) return;
    seen.add(node);
    for (const dependency of node.hoisted.values()) {
      if (isFirst) used.set(dependency.name, dependency);
      else if (!hidden.has(dependency.name)) {
        for (const above of path) {
          const reachable = above.dependencies.get(dependency.name);
          if (reachable !== undefined) used.set(reachable.name, reachable);
        }
      }
    }
    const below = new Set([...node.dependencies.values()].map(({ name }) => name));
    for (const dependency of node.dependencies.values()) if (!node.peerNames.has(dependency.name)) add(dependency, below);
  };
  const root = path.at(-1);
  if (root !== undefined) add(root, new Set());
  return used;
}

function hoistTo(
  tree: Work,
  path: readonly Work[],
  locators: Set<string>,
  parentShadowed: ReadonlyMap<Work, ReadonlySet<string>>,
  isFirst: boolean,
  seen: Set<Work>,
): Result {
  const root = path.at(-1) ?? tree;
  const result: Result = { anotherRound: false, changed: false };
  if (seen.has(root)) return result;
  seen.add(root);
  const note = (other: Result) => {
    result.anotherRound ||= other.anotherRound;
    result.changed ||= other.changed;
  };
  const wanted = wantedIdents(root);
  const used = tree === root ? new Map<string, Work>() : usedFromAbove(path, isFirst);
  const idents = new Map([...wanted].map(([name, list]) => [name, list[0] ?? '']));
  const shadowed = new Map<Work, Set<string>>();
  for (let again = true; again;) {
    note(new Filling(path, used, idents, parentShadowed, shadowed, isFirst).run());
    again = false;
    for (const [name, list] of wanted) {
      if (list.length <= 1 || root.dependencies.has(name)) continue;
      list.shift();
      idents.delete(name);
      idents.set(name, list[0] ?? '');
      again = true;
    }
  }
  for (const dependency of root.dependencies.values()) {
    if (root.peerNames.has(dependency.name) || locators.has(dependency.locator)) continue;
    locators.add(dependency.locator);
    note(hoistTo(tree, [...path, dependency], locators, shadowed, isFirst, new Set()));
    locators.delete(dependency.locator);
  }
  return result;
}

const aliased = (node: Work) => `${node.name}@${node.locator}`;

/** One pass that brings what it can from below to one node. */
class Filling {
  readonly #root: Work;
  readonly #path: readonly Work[];
  readonly #used: ReadonlyMap<string, Work>;
  readonly #idents: ReadonlyMap<string, string>;
  readonly #parentShadowed: ReadonlyMap<Work, ReadonlySet<string>>;
  readonly #shadowed: Map<Work, Set<string>>;
  readonly #isFirst: boolean;
  readonly #open = new Set<Work>();
  readonly #result: Result = { anotherRound: false, changed: false };
  #next = new Set<Work>();

  constructor(
    path: readonly Work[],
    used: ReadonlyMap<string, Work>,
    idents: ReadonlyMap<string, string>,
    parentShadowed: ReadonlyMap<Work, ReadonlySet<string>>,
    shadowed: Map<Work, Set<string>>,
    isFirst: boolean,
  ) {
    this.#path = path;
    this.#root = path.at(-1) as Work;
    this.#used = used;
    this.#idents = idents;
    this.#parentShadowed = parentShadowed;
    this.#shadowed = shadowed;
    this.#isFirst = isFirst;
  }

  run(): Result {
    const above = this.#path.map(aliased);
    let current = regular(this.#root);
    do {
      this.#next = new Set();
      for (const dependency of current) {
        if (dependency.locator === this.#root.locator) continue;
        this.#hoistFrom([], above, decouple(this.#root, dependency), this.#next);
      }
      current = this.#next;
    } while (current.size > 0);
    return this.#result;
  }

  #hoistFrom(path: readonly Work[], above: readonly string[], parent: Work, added: Set<Work>): void {
    if (this.#open.has(parent)) return;
    const next = [...above, aliased(parent)];
    const verdicts = new Map<Work, Verdict>();
    const waiting = new Map<string, Set<string>>();
    for (const dependency of regular(parent)) {
      const verdict = this.#judge([this.#root, ...path, parent], dependency);
      verdicts.set(dependency, verdict);
      if (typeof verdict === 'string') continue;
      for (const other of verdict) waiting.set(other.name, (waiting.get(other.name) ?? new Set()).add(dependency.name));
    }
    const staying = new Set<Work>();
    const keep = (node: Work | undefined): void => {
      if (node === undefined || staying.has(node)) return;
      staying.add(node);
      for (const name of waiting.get(node.name) ?? []) keep(parent.dependencies.get(name));
    };
    for (const [node, verdict] of verdicts) if (verdict === 'no') keep(node);
    let wereHoisted = false;
    for (const node of verdicts.keys()) {
      if (staying.has(node)) continue;
      wereHoisted = true;
      this.#result.changed = true;
      if (this.#parentShadowed.get(parent)?.has(node.name) === true) this.#result.anotherRound = true;
      parent.dependencies.delete(node.name);
      parent.hoisted.set(node.name, node);
      const there = this.#root.dependencies.get(node.name);
      if (there !== undefined) for (const reference of node.references) there.references.add(reference);
      else if (this.#root.ident !== node.ident) {
        this.#root.dependencies.set(node.name, node);
        added.add(node);
      }
    }
    if (parent.kind === 'external' && wereHoisted) this.#result.anotherRound = true;
    for (const node of regular(parent)) {
      if (!staying.has(node) || next.includes(aliased(node))) continue;
      this.#open.add(parent);
      this.#hoistFrom([...path, parent], next, decouple(parent, node), this.#next);
      this.#open.delete(parent);
    }
  }

  /** Whether `node` may leave the last of `path`; or which others must leave with it. */
  #judge(path: readonly Work[], node: Work): Verdict {
    const root = this.#root;
    const parent = path.at(-1) as Work;
    if (node.ident === parent.ident || node.kind === 'workspace' || root.peerNames.has(node.name)) return 'no';
    if (node.kind === 'external' && [...node.dependencies].some(([name, inner]) => !node.peerNames.has(name) && inner.ident !== node.ident))
      return 'no';
    const used = this.#used.get(node.name);
    if (used !== undefined && used.ident !== node.ident) return 'no';
    for (let index = path.length - 1; index >= 1; index--) {
      const other = path[index]?.dependencies.get(node.name);
      if (other === undefined || other.ident === node.ident) continue;
      this.#shadowed.set(parent, (this.#shadowed.get(parent) ?? new Set()).add(node.name));
      return 'no';
    }
    if (this.#idents.get(node.name) !== node.ident) return 'no';
    const peers = new Set(node.peerNames);
    const together = new Set<Work>();
    for (let index = path.length - 1; index >= 1; index--) {
      const above = path[index] as Work;
      for (const name of peers) {
        if (above.peerNames.has(name) && above.original.has(name)) continue;
        const provided = above.dependencies.get(name);
        if (provided !== undefined && root.dependencies.get(name) !== provided) {
          if (index !== path.length - 1) return 'no';
          together.add(provided);
        }
        peers.delete(name);
      }
    }
    if (together.size > 0) return together;
    if (!this.#isFirst) {
      for (const original of node.hoisted.values()) {
        const available = this.#used.get(original.name) ?? root.dependencies.get(original.name);
        if (available === undefined || available.ident !== original.ident) return 'no';
      }
    }
    return 'yes';
  }
}
