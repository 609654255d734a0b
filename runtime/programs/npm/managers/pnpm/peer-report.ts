/** What pnpm says of peers that are not as they are wanted: a tree for each importer. */

export interface PeerIssue {
  /** The importer's folder; `.` for the root. */
  readonly importer: string;
  /** From a package of the importer down to the one that has the peer. */
  readonly path: readonly { readonly name: string; readonly version: string }[];
  readonly peer: string;
  readonly range: string;
  readonly found: string;
}

interface Branch {
  readonly branches: Map<string, Branch>;
  readonly leaves: string[];
}

const branch = (): Branch => ({ branches: new Map(), leaves: [] });

/** Undefined if there is nothing to say. */
export function peerReport(issues: readonly PeerIssue[]): string | undefined {
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
    const text = `✕ unmet peer ${/[\s|]/.test(range) ? `${peer}@"${range}"` : `${peer}@${range}`}: found ${found}`;
    if (!at.leaves.includes(text)) at.leaves.push(text);
  }
  const trees = [...importers].map(([importer, tree]) => [importer, ...lines(tree, '')].join('\n'));
  return `\u2009WARN\u2009 Issues with peer dependencies found\n${trees.join('\n\n')}`;
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
