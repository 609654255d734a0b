/** Which scopes have registries of their own. */
import type { Config } from './config.ts';

/** `@scope` → address, for all that are set. */
export function scopes(config: Config): Record<string, string> {
  const found: Record<string, string> = {};
  for (const level of ['global', 'user', 'project', 'env', 'cli'] as const) {
    for (const [name, value] of config.level(level).values) {
      const scope = /^(@[^:/]+):registry$/.exec(name)?.[1];
      if (scope !== undefined && typeof value === 'string') found[scope] = value.endsWith('/') ? value : `${value}/`;
    }
  }
  return found;
}
