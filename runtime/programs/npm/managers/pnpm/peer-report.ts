/** What pnpm says of peers that are not as they are wanted: a tree for each importer. */

export interface PeerIssue {
  /** The importer's folder; `.` for the root. */
  readonly importer: string;
  /** From a package of the importer down to the one that has the peer. */
  readonly path: readonly { readonly name: string; readonly version: string }[];
  readonly peer: string;
  readonly range: string;
  /** Undefined: there is none. */
  readonly found: string | undefined;
}

interface Branch {
  readonly branches: Map<string, Branch>;
  readonly leaves: string[];
}

const branch = (): Branch => ({ branches: new Map(), leaves: [] });

const quoted = (peer: string, range: string) => (/[\s|]/.test(range) ? `${peer}@"${range}"` : `${peer}@${range}`);

/** Undefined if there is nothing to say. @param title In its place. */
export function peerReport(
  issues: readonly PeerIssue[],
  title = '\u2009WARN\u2009 Issues with peer dependencies found',
): string | undefined {
  if (issues.length === 0) return undefined;
  const importers = new Map<string, Branch>();
  for (const { importer, path, peer, range, found } of issues) {
    let at = importers.get(importer) ?? branch();
    importers.set(importer, at);
    for (const { name, version } of path) {
      const title = `${name} ${version}`;
      const next = at.branches.get(title) ?? branch();
      at.branches.set(title, next);
      at = next;
    }
    const text = found === undefined ? `✕ missing peer ${quoted(peer, range)}` : `✕ unmet peer ${quoted(peer, range)}: found ${found}`;
    if (!at.leaves.includes(text)) at.leaves.push(text);
  }
  const trees = [...importers].map(([importer, tree]) => {
    const missing = issues.filter((each) => each.importer === importer && each.found === undefined);
    const wanted = new Map<string, Set<string>>();
    for (const { peer, range } of missing) wanted.set(peer, (wanted.get(peer) ?? new Set()).add(range));
    const advice = [...wanted].map(([peer, ranges]) => `  ${quoted(peer, [...ranges].join(' '))}`);
    const tail = advice.length === 0 ? [] : ['Peer dependencies that should be installed:', ...advice];
    return [importer, ...lines(tree, ''), ...tail].join('\n');
  });
  return `${title}\n${trees.join('\n\n')}`;
}

function lines({ branches, leaves }: Branch, prefix: string): string[] {
  const rows = [...leaves.map((leaf) => ({ leaf })), ...[...branches].map(([title, tree]) => ({ leaf: title, tree }))] as {
    readonly leaf: string;
    readonly tree?: Branch;
  }[];
  return rows.flatMap(({ leaf, tree }, index) => {
    const isLast = index === rows.length - 1;
    const own = `${prefix}${isLast ? '└' : '├'}─${tree === undefined ? '─' : '┬'} ${leaf}`;
    return tree === undefined ? [own] : [own, ...lines(tree, `${prefix}${isLast ? '  ' : '│ '}`)];
  });
}
