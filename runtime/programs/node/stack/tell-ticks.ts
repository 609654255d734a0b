/** The loop of ticks below a microtask that runs among them, which in Node is called from it. */
import { placeOf } from '../modules/compile.ts';
import type { NodeRealm } from '../realm.ts';
import type { Frame } from './call-site.ts';
import type { StackOf } from './engines.ts';
import { scriptOf } from './script-of.ts';

const fileName = 'node:internal/process/task_queues';
const loop = 'function* processTicksAndRejections()';

/** @param frames From the innermost out, without those that wait. */
export function tellTicks(realm: NodeRealm, frames: readonly Frame[], of: StackOf | undefined): readonly Frame[] {
  if (of?.amongTicks !== true || frames.length === 0 || frames.some((frame) => frame.fileName === fileName)) return frames;
  const text = scriptOf(realm, fileName)?.text ?? '';
  const at = text.indexOf('yield;', text.indexOf(loop));
  if (at < 0) return frames;
  const common = { isNative: false, isConstructor: false, isAsync: false };
  return [...frames, { ...common, fileName, ...placeOf(text, at), functionName: 'processTicksAndRejections', typeName: 'process' }];
}
