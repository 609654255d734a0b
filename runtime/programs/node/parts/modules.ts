/** Compiling, linking and evaluating ES modules. */
export { Evaluation, isGraphAsync, linkGraph } from '../modules/evaluation.ts';
export { compileModule } from '../modules/module-compiler.ts';
