/**
 * Scripts that are loaded rather than given to `eval`. WebKit's stacks name neither file nor line of what `eval` was given, whatever its
 * `sourceURL` says, but the address and the line of a script that was loaded: half a millisecond each.
 */
import type { NamedScripts } from './platform.ts';
import { noteLoadedScript } from './script-names.ts';

const scope = globalThis as Omit<typeof globalThis, 'importScripts'> & { importScripts?: (url: string) => void };
const { Blob: PlatformBlob, importScripts, eval: indirectEval } = scope;
const { createObjectURL, revokeObjectURL } = URL;
const { defineProperty, deleteProperty } = Reflect;

const holder = '$bvr';
/** A property, for a variable would name the functions that it is assigned. */
const result = `${holder}.value`;

/** Undefined where stacks name evaluated code, or where nothing can be loaded. To be called before the program can change a global. */
export function loadedScripts(): NamedScripts | undefined {
  const name = 'bavini:evaluated';
  if (importScripts === undefined || String(indirectEval(`new Error().stack\n//# sourceURL=${name}`)).includes(name)) return undefined;
  const given: { value: unknown } = { value: undefined };
  let running = 0;
  const run = (source: string, filename: string): unknown => {
    const address = createObjectURL(new PlatformBlob([source], { type: 'text/javascript' }));
    noteLoadedScript(address, filename);
    defineProperty(scope, holder, { value: given, enumerable: false, configurable: true });
    running += 1;
    try {
      importScripts(address);
      return given.value;
    } finally {
      given.value = undefined;
      running -= 1;
      if (running === 0) deleteProperty(scope, holder);
      revokeObjectURL(address);
    }
  };
  try {
    return run(`${result}=\n1`, name) === 1 ? { result, run } : undefined;
  } catch {
    return undefined; // Stacks without places are better than no program.
  }
}
