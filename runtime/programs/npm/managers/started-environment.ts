/** What all managers tell what they start, each with more of its own. */
import { resolvePath } from '../paths.ts';
import { manifestEnvironment } from '../scripts/run-script.ts';
import { nodeVersion } from '../versions.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Started } from './manager-run.ts';

/** As packages read it to tell their manager: `pnpm/10.34.9 npm/? node/v24.21.0 linux x64`. */
export const userAgent = (manager: string, version: string) => `${manager}/${version} npm/? node/${nodeVersion} linux x64`;

/** Who started it. @param command As on the path. */
export function setManager(env: Map<string, string>, command: string, agent: string): void {
  env.set('npm_config_user_agent', agent);
  env.set('npm_execpath', `/bin/${command}`);
  env.set('npm_node_execpath', '/bin/node');
}

/** Whose it is. @param fields Of the manifest, of those that npm tells, too. */
export function setPackage(
  env: Map<string, string>,
  { folder, manifest }: Started,
  { fields }: { readonly fields: readonly string[] },
): void {
  if (manifest === undefined) return;
  env.set('npm_package_json', resolvePath(folder, 'package.json'));
  const told = Object.fromEntries(fields.map((field) => [field, manifest[field]])) as Manifest;
  for (const [key, value] of manifestEnvironment(told)) env.set(key, value);
}

export function setScript(env: Map<string, string>, { script }: Started): void {
  if (script === undefined) return;
  env.set('npm_lifecycle_event', script.event);
  env.set('npm_lifecycle_script', script.command);
}
