/** What is loaded together: the part of that name in `wires/programs.ts`. A table, because an export named `[` is more than bundlers' targets know. */
import { bracket, echo, falseTool, kill, printf, pwd, test, trueTool, which } from '../built-in.ts';

export const builtIns = { '[': bracket, echo, false: falseTool, kill, printf, pwd, test, true: trueTool, which };
