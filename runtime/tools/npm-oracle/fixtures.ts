/** Where the recorded oracle is, and how to read it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { FrozenRegistry, readFrozen } from '../../programs/npm/resolve/testing/frozen-registry.ts';
import { npmProjects, type NpmProject, type Records } from '../../programs/npm/resolve/testing/projects.ts';

const folder = join(import.meta.dirname, '../../programs/npm/fixtures');
export const fixturePaths = {
  registry: join(folder, 'registry.json.gz'),
  records: join(folder, 'records.json.gz'),
  templates: join(folder, 'templates.json'),
} as const;

export async function frozenRegistry(): Promise<FrozenRegistry> {
  return new FrozenRegistry(await readFrozen(new Uint8Array(readFileSync(fixturePaths.registry))));
}

/** Those written by hand, and the templates of create-vite as they were when the registry was frozen. */
export function allProjects(): readonly NpmProject[] {
  const templates = JSON.parse(readFileSync(fixturePaths.templates, 'utf8')) as Record<string, string>;
  return [
    ...Object.entries(templates).map(([name, text]): NpmProject => ({
      name,
      files: { 'package.json': text },
      steps: [{ args: ['install'] }],
    })),
    ...npmProjects,
  ];
}

export function readRecords(): Records {
  return JSON.parse(gunzipSync(readFileSync(fixturePaths.records)).toString()) as Records;
}
