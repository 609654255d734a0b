/** `yarn list`. */
import type { BerryProject } from '../berry-project.ts';

export async function listPackages(yarn: BerryProject): Promise<number> {
  const all = [...new Set(yarn.lock()?.entries.values() ?? [])].map(({ resolution }) => resolution).sort();
  for (const [index, resolution] of all.entries()) await yarn.run.out(`${index === all.length - 1 ? '└' : '├'}─ ${resolution}`);
  return 0;
}
