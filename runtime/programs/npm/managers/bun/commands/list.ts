/** `bun pm ls`. */
import { splitSpecifier } from '../../specifiers.ts';
import type { BunProject } from '../bun-project.ts';

export async function listPackages(bun: BunProject): Promise<number> {
  const lock = bun.lock();
  const project = bun.load();
  const names = Object.keys({
    ...project.manifest.dependencies,
    ...project.manifest.devDependencies,
    ...project.manifest.optionalDependencies,
  }).sort();
  await bun.run.out(`${bun.root} node_modules (${Object.keys(lock?.packages ?? {}).length})`);
  const rows = names.flatMap((name) =>
    lock?.packages[name] === undefined ? [] : [`${name}@${splitSpecifier(lock.packages[name].id).range}`],
  );
  for (const [index, row] of rows.entries()) await bun.run.out(`${index === rows.length - 1 ? '└' : '├'}── ${row}`);
  return 0;
}
