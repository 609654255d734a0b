/** What Yarn 1 says of itself, and what no page can do. */

export const classicVersion = '1.22.22';

export const unavailable = new Set([
  'publish',
  'login',
  'logout',
  'link',
  'unlink',
  'global',
  'audit',
  'autoclean',
  'check',
  'config',
  'generate-lock-entry',
  'global',
  'import',
  'info',
  'licenses',
  'outdated',
  'owner',
  'pack',
  'policies',
  'self-update',
  'tag',
  'team',
  'unplug',
  'upgrade-interactive',
  'version',
  'versions',
]);
