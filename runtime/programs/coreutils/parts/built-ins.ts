/** What is loaded together: the part of that name in `wires/programs.ts`. */
export { bracket as '[', echo, falseTool as false, kill, printf, pwd, test, trueTool as true, which } from '../built-in.ts';
