/** `vm` contexts, and scripts with a time limit. */
export { compileFunctionIn, contextOf, evaluateModuleIn, limitTime, makeContext, readyIn } from '../modules/vm-context.ts';
