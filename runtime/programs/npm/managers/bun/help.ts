/** What bun says it is, and what no page can do. */

export const bunVersion = '1.4.5';
export const revision = 'a7733435c';

export const unavailable = new Set([
  'build',
  'test',
  'repl',
  'upgrade',
  'publish',
  'link',
  'unlink',
  'patch',
  'outdated',
  'audit',
  'exec',
  'feedback',
  'info',
]);
