/** Which builtins are shipped, and in which of the two layers. */

export interface LeftOut {
  readonly pattern: RegExp;
  readonly why: string;
}

/** Never shipped: what a browser cannot give, and tools of Node's own binary. The program fails by name where one is asked for. */
export const leftOut: readonly LeftOut[] = [
  { pattern: /^internal\/deps\/amaro\//, why: 'TypeScript is stripped by our own module (3.8 MB of WebAssembly text saved)' },
  { pattern: /^internal\/deps\/v8\/|^internal\/v8_prof_|^internal\/main\/prof_process$/, why: 'reads profiles of the V8 that made them' },
  { pattern: /^internal\/debugger\/|^internal\/main\/inspect$/, why: 'is a client of the inspector protocol' },
  {
    pattern: /^inspector(\/|$)|^internal\/(inspector|process\/inspector)|^internal\/util\/inspector$/,
    why: 'a browser gives no debugger protocol',
  },
  { pattern: /^(internal\/)?quic(\/|$)/, why: 'a browser gives no UDP' },
  { pattern: /^sqlite$|^internal\/sqlite/, why: 'needs a native SQLite' },
  { pattern: /^ffi$|^internal\/ffi/, why: 'needs native libraries' },
  { pattern: /^internal\/(main\/mksnapshot|v8\/startup_snapshot)$/, why: 'makes a V8 snapshot' },
];

/** Read by the process's own start although nothing of a program asks for them, so they must be there. */
const neededAtBoot = new Set(['internal/v8/startup_snapshot', 'internal/util/inspector', 'internal/process/inspector']);

/** The reason why a builtin is not shipped, or undefined. */
export function whyLeftOut(id: string, bootOrder: readonly string[]): string | undefined {
  if (neededAtBoot.has(id) || bootOrder.includes(id)) return undefined;
  return leftOut.find(({ pattern }) => pattern.test(id))?.why;
}

/**
 * What Node itself loads for the plainest programs, or has in its snapshot, and ours do not: its own loader of ES modules reads all of
 * `crypto`, for one. That the first layer holds what our processes read, and nothing else, is seen by `first-layer.node.test.ts`.
 */
const unread = /^(crypto|internal\/(crypto\/|(inspector_async_hook|util\/inspector)$|streams\/lazy_transform$))/;

/** In the first layer beside what Node was seen to load: the parser that V8 is for Node, and the start of a script, which is in its snapshot. */
const early = /^internal\/(main\/run_main_module|deps\/acorn\/acorn\/dist\/acorn)$/;

/** Whether a builtin belongs to the second layer, which arrives after the first. */
export function isInRest(id: string, bootOrder: readonly string[]): boolean {
  return unread.test(id) || (!bootOrder.includes(id) && !early.test(id));
}
