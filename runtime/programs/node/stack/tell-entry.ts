/** Which functions of Node's library wait for the main module. They are read at every start, so they do not tell of themselves. */
import { placeOf } from '../modules/compile.ts';
import { loaderCallbacks } from '../modules/dynamic-import.ts';
import type { NodeRealm } from '../realm.ts';
import type { Frame } from './call-site.ts';
import { scriptOf } from './script-of.ts';

const entry = { file: 'node:internal/modules/run_main', text: 'await callback(', functionName: 'asyncRunEntryPointWithESMLoader' } as const;
const waiting = [{ file: 'node:internal/modules/esm/loader', text: 'await moduleJob.run(', functionName: null }, entry] as const;
/** For a module that was given on the command line. */
const waitingForText = [
  { file: 'node:internal/modules/esm/loader', text: 'await job.run(isEntryPoint', functionName: null },
  {
    file: 'node:internal/modules/esm/loader',
    text: 'await onImport.tracePromise(async () => {\n      const job = new ModuleJob(',
    at: 'tracePromise',
    functionName: 'ModuleLoader.executeModuleJob',
  },
  entry,
] as const;

/**
 * V8's last lines of a stack of the main module's first turn. None where the program has called `import()` or was started with
 * `--import`, whose modules are waited for by others.
 */
export function tellEntry(realm: NodeRealm, frames: readonly Frame[]): readonly Frame[] {
  const last = frames.at(-1);
  if (last?.fileName !== 'node:internal/modules/esm/module_job' || last.functionName !== 'run' || last.isAsync) return frames;
  if (loaderCallbacks(realm).wasAsked === true || (realm.commandLine.values['--import'] as readonly string[]).length > 0) return frames;
  const isText = /\/\[eval\d+\]$/.test(frames.at(-2)?.fileName ?? '');
  const told = (isText ? waitingForText : waiting).flatMap(({ file, text, functionName, ...rest }): Frame[] => {
    const script = scriptOf(realm, file);
    const found = script?.text.indexOf(text) ?? -1;
    if (found < 0) return [];
    const at = found + ('at' in rest ? text.indexOf(rest.at) : 0);
    return [{ functionName, fileName: file, ...placeOf(script!.text, at), isNative: false, isConstructor: false, isAsync: true }];
  });
  return [...frames, ...told];
}
