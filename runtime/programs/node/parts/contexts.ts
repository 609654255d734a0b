/** `vm` contexts, and scripts with a time limit. */
export { compileFunctionIn, contextOf, limitTime, makeContext, readyIn } from '../modules/vm-context.ts';
