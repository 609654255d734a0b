/** `execSync()` and friends, which need QuickJS, too. */
export { syncChildren } from '../sync-children.ts';
