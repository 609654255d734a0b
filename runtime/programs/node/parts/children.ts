/** `execSync()` and friends, which need QuickJS, too. */
export { runAhead } from '../children-ahead.ts';
export { syncChildren } from '../sync-children.ts';
