/** Whether a lockfile still says what the project asks for. */
import type { Dependencies, Project } from '../project.ts';
import type { PnpmLock } from './lockfile.ts';

/** Why it does not, in pnpm's words; undefined if it does. */
export function disagreement(
  lock: PnpmLock,
  project: Project,
  overrides: Dependencies = {},
  catalogs: Readonly<Record<string, Dependencies>> = {},
): string | undefined {
  for (const [catalog, rows] of Object.entries(lock.catalogs ?? {})) {
    if (Object.entries(rows).some(([name, { specifier }]) => catalogs[catalog]?.[name] !== specifier))
      return 'The current "catalogs" configuration doesn\'t match the value found in the lockfile';
  }
  if (JSON.stringify(sorted(lock.overrides ?? {})) !== JSON.stringify(sorted(overrides))) {
    return 'The current "overrides" configuration doesn\'t match the value found in the lockfile';
  }
  for (const { folder, manifest } of project.workspaces) {
    const importer = lock.importers[folder === '' ? '.' : folder];
    if (importer === undefined) return `The importer "${folder === '' ? '.' : folder}" is not in the lockfile`;
    const locked: Record<string, string> = {};
    for (const list of [importer.dependencies, importer.devDependencies, importer.optionalDependencies]) {
      for (const [name, { specifier }] of Object.entries(list ?? {})) locked[name] = specifier;
    }
    const wanted: Record<string, string> = {
      ...manifest.peerDependencies,
      ...manifest.devDependencies,
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
    };
    for (const name of Object.keys(wanted)) wanted[name] = overrides[name] ?? wanted[name] ?? '';
    const lines: string[] = [];
    const list = (title: string, names: readonly string[], tell: (name: string) => string) => {
      if (names.length > 0) lines.push(`* ${names.length} dependencies were ${title}: ${names.map(tell).join(', ')}`);
    };
    list(
      'added',
      Object.keys(wanted).filter((name) => !(name in locked)),
      (name) => `${name}@${wanted[name] ?? ''}`,
    );
    list(
      'removed',
      Object.keys(locked).filter((name) => !(name in wanted)),
      (name) => `${name}@${locked[name] ?? ''}`,
    );
    const changed = Object.keys(wanted).filter((name) => name in locked && locked[name] !== wanted[name]);
    if (changed.length > 0) {
      lines.push(
        `* ${changed.length} dependencies are mismatched:`,
        ...changed.map((name) => `  - ${name} (lockfile: ${locked[name] ?? ''}, manifest: ${wanted[name] ?? ''})`),
        '',
      );
    }
    if (lines.length > 0) return `specifiers in the lockfile don't match specifiers in package.json:\n${lines.join('\n')}`;
    const fields = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;
    for (const field of fields) {
      for (const name of Object.keys(importer[field] ?? {})) {
        if (manifest[field]?.[name] === undefined && manifest.peerDependencies?.[name] === undefined) {
          return `"${field}" in the lockfile (${name}) doesn't match the same field in package.json`;
        }
      }
    }
  }
  return undefined;
}

const sorted = (list: Dependencies) => Object.entries(list).sort(([a], [b]) => (a < b ? -1 : 1));
