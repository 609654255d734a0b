/** The script that is the part `source`. */
import { rewriteSource } from './source.ts';

(globalThis as unknown as { bvRewriteSource: typeof rewriteSource }).bvRewriteSource = rewriteSource;
