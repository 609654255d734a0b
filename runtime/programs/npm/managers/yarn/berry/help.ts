/** What Yarn 4 says of itself, and what no page can do. */

export const berryVersion = '4.18.1';

export const unavailable = new Set([
  'npm',
  'pack',
  'publish',
  'link',
  'unlink',
  'patch',
  'patch-commit',
  'plugin',
  'set',
  'config',
  'constraints',
  'dedupe',
  'explain',
  'rebuild',
  'search',
  'stage',
  'unplug',
  'version',
  'cache',
  'node',
  'outdated',
  'audit',
]);

/** `0s 292ms`, `1m 3s`. */
export function elapsed(ms: number): string {
  if (ms < 60_000) return `${Math.floor(ms / 1000)}s ${Math.round(ms % 1000)}ms`;
  return `${Math.floor(ms / 60_000)}m ${Math.floor((ms % 60_000) / 1000)}s`;
}
