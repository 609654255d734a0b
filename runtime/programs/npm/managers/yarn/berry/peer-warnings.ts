/** What Yarn 4 says of peers that a project does not provide, or not as they are wanted. */
import semver from 'semver';
import type { Project } from '../../project.ts';
import { splitSpecifier } from '../../specifiers.ts';
import { referenceOf, workspaceName } from './layout.ts';
import type { BerryEntry, BerryLock } from './lockfile.ts';
import { peerHash } from './virtual.ts';

export interface PeerWarnings {
  /** By the number of their line. */
  readonly lines: readonly (readonly [code: number, text: string])[];
  /** Packages that are no part of the project do not provide what others want, either. */
  readonly amongDependencies: boolean;
}

/** The lines of Yarn's report. */
export function peerLines({ lines, amongDependencies }: PeerWarnings): PeerWarnings['lines'] {
  const explain = 'run yarn explain peer-requirements';
  return [
    ...lines,
    ...(lines.length === 0
      ? []
      : [
          [
            86,
            `Some peer dependencies are incorrectly met by your project; ${explain} <hash> for details, where <hash> is the six-letter p-prefixed code.`,
          ] as const,
        ]),
    ...(amongDependencies ? [[86, `Some peer dependencies are incorrectly met by dependencies; ${explain} for details.`] as const] : []),
  ];
}

/** Who asks one package for a peer. */
interface Request {
  readonly requester: BerryEntry;
  /** The dependency through which it asks. */
  readonly root: BerryEntry;
  readonly range: string;
  readonly optional: boolean;
}

const nameOf = ({ resolution }: BerryEntry) => splitSpecifier(resolution).name;

export function peerWarnings(lock: BerryLock, project: Project): PeerWarnings {
  const lines: (readonly [number, string])[] = [];
  let amongDependencies = false;
  const entry = (name: string, range: string) => lock.entries.get(`${name}@${range}`);
  const dependenciesOf = ({ dependencies = {} }: BerryEntry) =>
    Object.entries(dependencies).flatMap(([name, range]) => entry(name, range) ?? []);

  /** All that ask for `peer` through `root`. */
  const requestsOf = (root: BerryEntry, peer: string): Request[] => {
    const found: Request[] = [];
    const seen = new Set<BerryEntry>();
    const follow = (requester: BerryEntry): void => {
      const range = requester.peerDependencies?.[peer];
      if (range === undefined || seen.has(requester)) return;
      seen.add(requester);
      const { optional } = requester.peerDependenciesMeta?.[peer] ?? {};
      found.push({ requester, root, range, optional: optional === true || optional === 'true' });
      for (const inner of dependenciesOf(requester)) follow(inner);
    };
    follow(root);
    return found;
  };

  const check = (subject: BerryEntry, workspace: string | undefined): void => {
    const asked = new Map<string, Request[][]>();
    for (const dependency of dependenciesOf(subject)) {
      for (const peer of Object.keys(dependency.peerDependencies ?? {})) {
        const isPassedOn = workspace === undefined && subject.peerDependencies?.[peer] !== undefined;
        if (isPassedOn || (subject.dependencies?.[peer] === undefined && dependency.dependencies?.[peer] !== undefined)) continue;
        asked.set(peer, [...(asked.get(peer) ?? []), requestsOf(dependency, peer)]);
      }
    }
    for (const [peer, roots] of asked) {
      const range = subject.dependencies?.[peer];
      const provided = range === undefined ? (nameOf(subject) === peer ? subject : undefined) : entry(peer, range);
      const all = roots.flat();
      const code = `(${peerHash(subject.resolution, peer)})`;
      if (provided === undefined) {
        if (all.every(({ optional }) => optional)) continue;
        if (workspace === undefined) amongDependencies = true;
        else {
          const first = nameOf(roots[0]?.[0]?.requester as BerryEntry);
          lines.push([
            2,
            `${workspace} doesn't provide ${peer} ${code}, requested by ${first}${roots.length > 1 ? ' and other dependencies' : ''}.`,
          ]);
        }
        continue;
      }
      if (provided.linkType === 'soft') continue;
      const unmet = all.find((request) => !semver.satisfies(provided.version, request.range, { includePrerelease: true }));
      if (unmet === undefined) continue;
      if (workspace === undefined) {
        amongDependencies = true;
        continue;
      }
      const { requester, root } = unmet;
      const who = requester === root ? nameOf(requester) : `${nameOf(requester)} (via ${nameOf(root)})`;
      const wanted = commonRange(all.map((request) => request.range)) ?? 'but they have non-overlapping ranges!';
      const verb = all.length > 1 ? 'and other dependencies request' : 'requests';
      lines.push([
        60,
        `${peer} is listed by your project with version ${provided.version} ${code}, which doesn't satisfy what ${who} ${verb} (${wanted}).`,
      ]);
    }
  };
  const own = new Set<BerryEntry>();
  for (const { folder } of project.workspaces) {
    const subject = entry(workspaceName(project, folder), referenceOf(folder));
    if (subject === undefined) continue;
    own.add(subject);
    check(subject, subject.resolution);
  }
  for (const subject of new Set(lock.entries.values())) if (!own.has(subject)) check(subject, undefined);
  return { lines: lines.sort(([a, x], [b, y]) => b - a || (x < y ? -1 : x > y ? 1 : 0)), amongDependencies };
}

/** What all of them allow, where one of them says so; undefined where nothing can fit all. */
function commonRange(ranges: readonly string[]): string | undefined {
  const distinct = [...new Set(ranges)];
  const narrowest = distinct.find((range) => distinct.every((other) => semver.subset(range, other)));
  if (narrowest !== undefined) return narrowest;
  return distinct.every((a) => distinct.every((b) => semver.intersects(a, b))) ? distinct.join(' ') : undefined;
}
