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
