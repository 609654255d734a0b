/** `bun why`. */
import { dependencyFields } from '../../manifest-edit.ts';
import { splitSpecifier } from '../../specifiers.ts';
import type { BunProject } from '../bun-project.ts';
import { BunError } from '../errors.ts';

export async function why(bun: BunProject, [name]: readonly string[]): Promise<number> {
  if (name === undefined) throw new BunError('no package specified');
  const lock = bun.lock();
  const found = Object.values(lock?.packages ?? {}).filter(({ id }) => splitSpecifier(id).name === name);
  if (found.length === 0) throw new BunError(`package '${name}' not found`);
  for (const id of new Set(found.map((each) => each.id))) await bun.run.out(id);
  for (const [folder, row] of Object.entries(lock?.workspaces ?? {})) {
    for (const field of dependencyFields)
      if (row[field]?.[name] !== undefined) await bun.run.out(`  └─ ${row.name ?? folder} (requires ${row[field][name] ?? ''})`);
  }
  for (const { id, info } of Object.values(lock?.packages ?? {})) {
    const range = { ...info.dependencies, ...info.optionalDependencies }[name];
    if (range !== undefined) await bun.run.out(`  └─ ${id} (requires ${range})`);
  }
  return 0;
}
