/** `pnpm list`. */
import { resolvePath } from '../../../paths.ts';
import type { Words } from '../../command-line.ts';
import { nameOfKey, packageKey, snapshotKey } from '../lockfile.ts';
import type { PnpmProject } from '../pnpm-project.ts';

export async function listPackages(pnpm: PnpmProject, words: Words): Promise<number> {
  const project = pnpm.load();
  const lock = pnpm.lock();
  const target = pnpm.target(project, words);
  const { manifest } = project.workspaces.find(({ folder }) => folder === target) ?? project;
  const importer = lock?.importers[target === '' ? '.' : target];
  if (lock === undefined) return 0;
  await pnpm.run.out('Legend: production dependency, optional only, dev only\n');
  await pnpm.run.out(
    `${manifest.name ?? ''}${manifest.version === undefined ? '' : `@${manifest.version}`} ${resolvePath(pnpm.root, target)}${manifest.private === true ? ' (PRIVATE)' : ''}`.trimStart(),
  );
  for (const field of ['dependencies', 'optionalDependencies', 'devDependencies'] as const) {
    const entries = Object.entries(importer?.[field] ?? {});
    if (entries.length === 0) continue;
    await pnpm.run.out(`\n${field}:`);
    for (const [name, { version }] of entries.sort(([a], [b]) => (a < b ? -1 : 1))) {
      const key = snapshotKey(name, version);
      await pnpm.run.out(
        key === undefined
          ? `${name} ${version}`
          : nameOfKey(key) === name
            ? `${name} ${packageKey(key).slice(name.length + 1)}`
            : `${name} npm:${packageKey(key)}`,
      );
    }
  }
  return 0;
}
