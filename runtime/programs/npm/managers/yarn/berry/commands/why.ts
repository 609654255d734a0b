/** `yarn why`. */
import type { BerryProject } from '../berry-project.ts';
import { UsageError } from '../errors.ts';

export async function why(yarn: BerryProject, [name]: readonly string[]): Promise<number> {
  if (name === undefined) throw new UsageError('Not enough positional arguments.');
  const users = [...new Set(yarn.lock()?.entries.values() ?? [])]
    .filter(({ dependencies }) => dependencies?.[name] !== undefined)
    .sort((a, b) => (a.resolution < b.resolution ? -1 : 1));
  const lock = yarn.lock();
  for (const [index, { resolution, dependencies }] of users.entries()) {
    const last = index === users.length - 1;
    const range = dependencies?.[name] ?? '';
    await yarn.run.out(
      `${last ? '└' : '├'}─ ${resolution}\n${last ? ' ' : '│'}  └─ ${lock?.entries.get(`${name}@${range}`)?.resolution ?? name} (via ${range})${last ? '' : '\n│'}`,
    );
  }
  return 0;
}
