/**
 * Yarn 1 adds to a package the peers that stand above it on the way it was first asked for, so that both are hoisted together; what it does
 * not find there, it warns of.
 */
import semver from 'semver';
import type { ClassicPackage } from './packages.ts';

/** @returns Yarn's warnings, in its order. */
export function addFoundPeers(tops: readonly string[], find: (pattern: string) => ClassicPackage): readonly string[] {
  /** For each package the names above it, one list for each that asks for it. */
  const ways = new Map<ClassicPackage, (readonly string[])[]>();
  const patterns = new Map<ClassicPackage, Set<string>>();
  const byName = new Map<string, ClassicPackage[]>();
  const queue = [...new Set(tops)].map((pattern) => ({ pattern, above: [] as readonly string[] }));
  for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
    const pkg = find(item.pattern);
    const known = ways.get(pkg);
    if (known === undefined) {
      ways.set(pkg, [item.above]);
      patterns.set(pkg, new Set([item.pattern]));
      byName.set(pkg.name, [...(byName.get(pkg.name) ?? []), pkg]);
      for (const pattern of pkg.dependencies) queue.push({ pattern, above: [...item.above, pkg.name] });
    } else {
      known.push(item.above);
      patterns.get(pkg)?.add(item.pattern);
    }
  }

  const warnings: string[] = [];
  for (const pkg of topological(tops, find)) {
    const way = [...(ways.get(pkg) ?? [[]])].sort((a, b) => a.length - b.length)[0] ?? [];
    for (const [peer, range] of Object.entries(pkg.peerRanges)) {
      let [nearest, found, isWrong]: [number, ClassicPackage | undefined, boolean] = [Infinity, undefined, false];
      for (const candidate of byName.get(peer) ?? []) {
        const distance = Math.min(
          ...(ways.get(candidate) ?? [])
            .filter((above) => above.length <= way.length && above.every((name, index) => name === way[index]))
            .map((above) => way.length - above.length),
        );
        if (distance >= nearest) continue;
        if (range === '*' || semver.satisfies(candidate.version, range, { loose: true, includePrerelease: true })) {
          nearest = distance;
          found = candidate;
        } else isWrong = true;
      }
      if (found !== undefined) {
        for (const pattern of patterns.get(found) ?? []) if (!pkg.dependencies.includes(pattern)) pkg.dependencies.push(pattern);
      } else if (!pkg.optionalPeers.has(peer)) {
        warnings.push(
          `"${way.join(' > ')} > ${pkg.name}@${pkg.version}" has ${isWrong ? 'incorrect' : 'unmet'} peer dependency "${peer}@${range}".`,
        );
      }
    }
  }
  return warnings;
}

function topological(tops: readonly string[], find: (pattern: string) => ClassicPackage): readonly ClassicPackage[] {
  const [done, seen] = [new Set<ClassicPackage>(), new Set<ClassicPackage>()];
  const add = (patterns: readonly string[]): void => {
    for (const pattern of patterns) {
      const pkg = find(pattern);
      if (seen.has(pkg)) continue;
      seen.add(pkg);
      add(pkg.dependencies);
      done.add(pkg);
    }
  };
  add(tops);
  return [...done];
}
