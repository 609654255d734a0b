/** What tools use of the command line. */
export { bake } from '../../../cli/bake.ts';
export { openRegistries } from '../../../cli/registries.ts';
