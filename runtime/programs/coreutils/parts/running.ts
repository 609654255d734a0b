/** What is loaded together: the part of that name in `wires/programs.ts`. */
export { find } from '../find.ts';
export { timeout } from '../timeout.ts';
export { xargs } from '../xargs.ts';
