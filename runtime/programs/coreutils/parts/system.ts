/** What is loaded together: the part of that name in `wires/programs.ts`. */
export { env, printenv } from '../environment.ts';
export { seq, yes } from '../repeat.ts';
export { clear, hostname, id, tty, uname, whoami } from '../system.ts';
export { date, sleep } from '../time.ts';
export { ps } from '../ps.ts';
