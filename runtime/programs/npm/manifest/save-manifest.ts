import { compareNames } from '../compare-names.ts';
import type { Disk } from '../disk.ts';
import { Failure } from '../failure.ts';
import { formatJson } from './json.ts';
import type { ManifestFile } from './read-manifest.ts';

const dependencyFields = ['dependencies', 'optionalDependencies', 'devDependencies', 'peerDependencies'];

/**
 * Writes a `package.json` that was changed as npm does: dependencies in the order of their names, none of them twice, no empty lists.
 *
 * @throws {Failure} `ESCRIPTSINVALID`, `EWORKSPACESINVALID`
 */
export function saveManifest(disk: Disk, { path, content, format }: ManifestFile): void {
  const { scripts, workspaces, dependencies, optionalDependencies } = content;
  if (typeof scripts === 'object' && scripts !== null && Object.values(scripts).some((script) => typeof script !== 'string')) {
    throw new Failure('package.json scripts should be a key-value pair of strings.', { code: 'ESCRIPTSINVALID' });
  }
  if (Array.isArray(workspaces) && (workspaces.length === 0 || workspaces.some((one) => typeof one !== 'string'))) {
    throw new Failure('workspaces should be an array of strings.', { code: 'EWORKSPACESINVALID' });
  }
  const isOptional = (name: string) =>
    typeof optionalDependencies === 'object' && optionalDependencies !== null && name in optionalDependencies;
  const saved: Record<string, unknown> = { ...content };
  for (const field of dependencyFields) {
    const value = content[field];
    if (typeof value !== 'object' || value === null) continue;
    const entries = Object.entries(value)
      .filter(([name]) => value !== dependencies || !isOptional(name))
      .sort(([a], [b]) => compareNames(a, b));
    if (entries.length > 0) saved[field] = Object.fromEntries(entries);
    else delete saved[field];
  }
  disk.write(path, formatJson(saved, format));
}
