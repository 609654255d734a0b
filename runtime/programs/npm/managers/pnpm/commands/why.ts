/** `pnpm why`. */
import { PnpmError } from '../errors.ts';
import { importerReferences } from '../layout.ts';
import { packageKey } from '../lockfile.ts';
import type { PnpmProject } from '../pnpm-project.ts';

export async function why(pnpm: PnpmProject, names: readonly string[]): Promise<number> {
  const [name] = names;
  if (name === undefined) throw new PnpmError('MISSING_PACKAGE_NAME', '`pnpm why` requires the package name');
  const lock = pnpm.lock();
  const users = Object.entries(lock?.snapshots ?? {}).filter(
    ([, { dependencies, optionalDependencies }]) => name in { ...dependencies, ...optionalDependencies },
  );
  const direct = Object.entries(lock?.importers ?? {}).filter(([, importer]) => name in importerReferences(importer));
  for (const [folder, importer] of direct) await pnpm.run.out(`${folder}: ${name} ${importerReferences(importer)[name]?.version ?? ''}`);
  for (const [key, { dependencies, optionalDependencies }] of users)
    await pnpm.run.out(`${packageKey(key)}: ${name} ${{ ...dependencies, ...optionalDependencies }[name] ?? ''}`);
  return 0;
}
