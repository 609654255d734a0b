/** What is loaded together: the part of that name in `wires/programs.ts`. */
export { base64 } from '../base64.ts';
export { cat } from '../cat.ts';
export { cut } from '../cut.ts';
export { egrep, fgrep, grep } from '../grep.ts';
export { head, tail } from '../head-tail.ts';
export { rev, tac, tee } from '../lines.ts';
export { sort } from '../sort.ts';
export { tr } from '../tr.ts';
export { uniq } from '../uniq.ts';
export { wc } from '../wc.ts';
