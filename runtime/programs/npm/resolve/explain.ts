/** Why packages do not go together, in npm's words. */

/** What arborist knows of a package in a conflict. */
export interface ExplainedNode {
  readonly name?: string;
  readonly version?: string;
  readonly location?: string;
  readonly isWorkspace?: boolean;
  readonly whileInstalling?: ExplainedNode;
  readonly dependents?: readonly ExplainedEdge[];
  readonly linksIn?: readonly ExplainedNode[];
  readonly extraneous?: boolean;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly peer?: boolean;
  readonly bundled?: boolean;
  readonly overridden?: boolean;
}

export interface ExplainedEdge {
  readonly name: string;
  readonly type: string;
  readonly spec: string;
  readonly rawSpec?: string;
  readonly bundled?: boolean;
  readonly overridden?: boolean;
  readonly from: ExplainedNode;
}

/** Of an `ERESOLVE` error or warning. */
export interface Conflict {
  readonly edge: ExplainedEdge;
  readonly dep?: ExplainedNode;
  readonly current?: ExplainedNode;
  readonly currentEdge?: ExplainedEdge;
  /** Without `peer` where the conflict is one of a peer that is placed with its set: arborist then tells of it in another shape. */
  readonly peerConflict?: { readonly current?: ExplainedNode; readonly peer?: ExplainedNode };
  readonly strictPeerDeps?: boolean;
}

const marks = ['extraneous', 'dev', 'optional', 'peer', 'bundled', 'overridden'] as const;
/** Of the names of dependents that are only counted. */
const maxNamesLength = 50;

function nodeText(node: ExplainedNode): string {
  const marked = marks.filter((mark) => node[mark] === true).map((mark) => ` ${mark}`);
  const place = node.location === undefined || node.location === '' ? '' : `\n${node.location}`;
  return `${node.name}@${node.version}${marked.join('')}${place}`;
}

function indented(blocks: readonly string[]): string {
  return `\n${blocks.join('\n')}`.replaceAll('\n', '\n  ');
}

/** A graph may have cycles: packages on the way from the conflict are not explained again. */
class Explanation {
  readonly #way = new Set<string>();

  node(node: ExplainedNode, depth: number): string {
    return nodeText(node) + this.#dependents(node, depth) + this.#links(node, depth);
  }

  edge({ name, type, bundled, from, spec, rawSpec, overridden }: ExplainedEdge, depth: number): string {
    let wanted = `${name}@"${spec}"`;
    if (type === 'workspace') wanted = relative(from.location ?? '', spec.slice('file:'.length));
    if (overridden === true) wanted = `overridden ${wanted} (was "${rawSpec}")`;
    return `${type === 'prod' ? '' : `${type} `}${bundled === true ? 'bundled ' : ''}${wanted} from ${this.#origin(from, depth)}`;
  }

  #origin(from: ExplainedNode, depth: number): string {
    if (!from.name && !from.version) return 'the root project';
    const id = `${from.name}@${from.version}:${from.location}`;
    if (this.#way.has(id)) return nodeText(from);
    this.#way.add(id);
    const text = this.node(from, depth - 1);
    this.#way.delete(id);
    return text;
  }

  #links({ linksIn = [] }: ExplainedNode, depth: number): string {
    if (linksIn.length === 0 || depth <= 0) return '';
    return indented(linksIn.map((link) => this.node(link, depth - 1)));
  }

  #dependents({ dependents = [] }: ExplainedNode, depth: number): string {
    if (dependents.length === 0 || depth <= 0) return '';
    const shown = Math.min(Math.ceil(depth / 2), dependents.length);
    const blocks = dependents.slice(0, shown).map((edge) => this.edge(edge, depth));
    if (dependents.length > shown) blocks.push(`${dependents.length - shown} more (${namesOf(dependents.slice(shown)).join(', ')})`);
    return indented(blocks);
  }
}

function namesOf(dependents: readonly ExplainedEdge[]): string[] {
  const names: string[] = [];
  let length = 0;
  for (const [index, { from }] of dependents.entries()) {
    const name = from.name ?? 'the root project';
    length += name.length;
    if (length >= maxNamesLength && index < dependents.length - 1) return [...names, '...'];
    names.push(name);
  }
  return names;
}

/** Of places in a tree, which have no leading slash. */
function relative(from: string, to: string): string {
  const [a, b] = [from, to].map((path) => path.split('/').filter((part) => part !== '' && part !== '.')) as [string[], string[]];
  let common = 0;
  while (common < a.length && common < b.length && a[common] === b[common]) common++;
  return [...a.slice(common).map(() => '..'), ...b.slice(common)].join('/');
}

/** @param depth How far to follow who depends on whom: npm's report shows 4, its warnings 2, its file everything. */
function explainConflict(conflict: Conflict, depth: number): string {
  const { edge, dep, current, peerConflict, currentEdge } = conflict;
  const explain = new Explanation();
  const parts: string[] = [];
  const installing = dep?.whileInstalling ?? current?.whileInstalling ?? edge.from?.whileInstalling;
  if (installing !== undefined) parts.push(`While resolving: ${nodeText(installing)}`);
  const found = current ?? peerConflict?.current;
  parts.push(`Found: ${found === undefined ? explain.edge(currentEdge ?? edge, depth) : explain.node(found, depth)}`);
  parts.push(`\nCould not resolve dependency:\n${explain.edge(edge, depth)}`);
  if (peerConflict?.peer !== undefined) parts.push(`\nConflicting peer dependency: ${explain.node(peerConflict.peer, depth)}`);
  return parts.join('\n');
}

/** What npm prints below an `ERESOLVE` warning: nothing where arborist tells of the conflict in the shape that npm cannot show. */
export function explainWarning(conflict: Conflict): string | undefined {
  return conflict.peerConflict !== undefined && conflict.peerConflict.peer === undefined ? undefined : explainConflict(conflict, 2);
}

/** What npm prints of an `ERESOLVE` error, and what it keeps in `eresolve-report.txt`. */
export function reportConflict(conflict: Conflict): { readonly text: string; readonly file: string } {
  const flags =
    conflict.strictPeerDeps === true ? '--no-strict-peer-deps, --force, or --legacy-peer-deps' : '--force or --legacy-peer-deps';
  const advice =
    `Fix the upstream dependency conflict, or retry this command with ${flags} to accept an incorrect ` +
    '(and potentially broken) dependency resolution.';
  return {
    text: `${explainConflict(conflict, 4)}\n\n${advice}`,
    file: `# npm resolution error report\n\n${explainConflict(conflict, Infinity)}\n\n${advice}`,
  };
}
