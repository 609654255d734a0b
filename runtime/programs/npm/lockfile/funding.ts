/** Which packages ask for money. */
import type { TreeNode } from './tree.ts';

export interface FundingSource {
  readonly type?: string;
  readonly url: string;
}

export function isFundingSource(one: unknown): one is FundingSource {
  const url = (one as Partial<FundingSource> | undefined)?.url;
  return typeof url === 'string' && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol) && new URL(url).host !== '';
}

/** The field with its addresses as objects. */
export function normalizedFunding(funding: unknown): unknown {
  const one = (item: unknown) => (typeof item === 'string' ? { url: item } : item);
  return Array.isArray(funding) ? funding.map(one) : one(funding);
}

/** Of a list all must be addresses. */
export function isFunding(funding: unknown): boolean {
  if (Array.isArray(funding)) return funding.every((one) => !Array.isArray(one) && isFunding(one));
  return isFundingSource(normalizedFunding(funding));
}

/** What a package depends on, as far as it is there. */
export function directOf(node: TreeNode): TreeNode[] {
  return [...node.edges.values()].flatMap(({ to }) => to?.target ?? []);
}

/**
 * Each name and version once in a whole walk, which tells those of one level apart before any of the next. What only a second copy of a
 * package has below it is thus not met, as `npm fund` has it.
 */
export function unseen(nodes: readonly TreeNode[], seen: Set<string>): TreeNode[] {
  return nodes.filter(({ packageName, version }) => {
    const id = `${packageName}${version}`;
    return !seen.has(id) && seen.add(id);
  });
}

/** How many of some packages, and of those below them, ask for money. A tree may be deeper than a stack. */
export function fundedCount(nodes: readonly TreeNode[]): number {
  const seen = new Set<string>();
  const levels = [nodes];
  let count = 0;
  for (let level = levels.pop(); level !== undefined; level = levels.pop()) {
    const fresh = unseen(level, seen);
    count += fresh.filter(({ entry }) => isFunding(entry.funding)).length;
    levels.push(...fresh.map(directOf).reverse());
  }
  return count;
}
