/** What is loaded together: the part of that name in `wires/programs.ts`. */
export { chmod } from '../mode.ts';
export { cp } from '../copy.ts';
export { ln } from '../link.ts';
export { ls } from '../ls.ts';
export { mkdir, rmdir } from '../directories.ts';
export { mktemp } from '../mktemp.ts';
export { mv } from '../move.ts';
export { basename, dirname, readlink, realpath } from '../paths.ts';
export { rm } from '../remove.ts';
export { touch } from '../touch.ts';
