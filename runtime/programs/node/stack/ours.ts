/** Which files are the layer under Node's library: in Node they would be C++ and have no frames. */

/** Tells of a frame's file name whether the frame is to be left out. */
export type IsOurs = (fileName: string) => boolean;

/** `stack` is that of an error made in this layer, in any engine's form. */
export function oursFrom(stack: string): IsOurs {
  const here = /((?:https?|blob|file|data):[^\s()]+?):\d+(?::\d+)?\)?\s*$/m.exec(stack)?.[1];
  if (here === undefined) return (name) => name === vmContextFile;
  const unbundled = /^(.*\/runtime\/)programs\/node\/stack\//.exec(here)?.[1];
  return unbundled === undefined
    ? (name) => name === here || name === vmContextFile || name.startsWith(lazyParts)
    : (name) => name === vmContextFile || name.startsWith(lazyParts) || name.startsWith(unbundled);
}

/** What surrounds a script of a `vm` context carries this name in stacks. */
export const vmContextFile = 'node:internal/vm/context';

/** Bindings that are evaluated at first use, and classes of ours, are called so in stacks. */
export const lazyParts = 'node:internal/bavini/';

const wasmFile = /^wasm:|WebAssembly\.Module|^\[wasm code\]$|wasm-function\[\d+\]$/;

/**
 * Which frames of a stack are to be left out, by their files: ours, and those of WebAssembly that only we called (the parser of HTTP).
 * The limit of a stack may have cut off who called it.
 */
export function framesOfOurs(fileNames: readonly (string | null | undefined)[], isOurs: IsOurs): boolean[] {
  const ours = fileNames.map((name) => typeof name === 'string' && isOurs(name));
  const isWasm = (index: number) => wasmFile.test(fileNames[index] ?? '');
  for (let start = 0; start < fileNames.length; start++) {
    if (!isWasm(start)) continue;
    let end = start + 1;
    while (isWasm(end)) end++;
    if (end < fileNames.length ? ours[end] : ours[start - 1]) ours.fill(true, start, end);
    start = end;
  }
  return ours;
}
