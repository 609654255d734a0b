/** What the functions of tests are called on, which only Node's test runner knows. */
import type { Frame } from './call-site.ts';

const runner = 'node:internal/test_runner/test';
const isRun = (frame: Frame | undefined): boolean => frame?.fileName === runner && frame.functionName === 'run';
const isScope = (frame: Frame | undefined): boolean => frame?.fileName === 'node:async_hooks' && frame.functionName === 'runInAsyncScope';

/** @param frames From the innermost out, those that wait, too. */
export function tellTests(frames: readonly Frame[]): readonly Frame[] {
  if (!frames.some(({ fileName }) => fileName === runner)) return frames;
  return frames.map((frame, index) => {
    const [next, after] = frames.slice(index + 1, index + 3);
    if (isScope(frame) && next?.fileName === runner) return { ...frame, typeName: 'Test' };
    const isTest = (isScope(next) && isRun(after)) || (isRun(next) && next!.isAsync);
    return isTest && frame.fileName?.startsWith('node:') !== true && next?.typeName !== 'Suite'
      ? { ...frame, typeName: 'TestContext' }
      : frame;
  });
}
