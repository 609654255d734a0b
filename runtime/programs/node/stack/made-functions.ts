/**
 * Functions that a program makes of strings by `Function`, which is ours, so that no engine tells where: by the names that their scripts are
 * given.
 */
import { readScriptName } from '../../../process/script-names.ts';
import { fileOf, type Sources } from '../modules/sources.ts';

const mostKept = 1000;

export interface MadeFunction {
  /** Its `stack` is of where it was made. */
  readonly at: { readonly stack?: unknown };
  /** Parameters, then the body. */
  readonly texts: readonly string[];
}

const made = new Map<string, MadeFunction>();
let count = 0;

/** Remembers the last ones. Gives the name of the script. */
export function noteMade(at: MadeFunction['at'], texts: readonly string[]): string {
  const name = `$bvf${(count += 1)}`;
  made.set(name, { at, texts });
  made.delete(`$bvf${count - mostKept}`);
  return name;
}

export const madeFunction = (script: string): MadeFunction | undefined => made.get(script);

/**
 * The place of the call of `Function`, on V8, while a stack is made into text: what of another's is asked for meanwhile is V8's own text.
 */
export function originOfMade(script: string, sources: Sources): string | undefined {
  const { stack } = made.get(script)?.at ?? {};
  // The first frame is of the constructor.
  const line = typeof stack === 'string' ? stack.split('\n').filter((one) => one.startsWith('    at '))[1] : undefined;
  const found = /^ {4}at (?:new )?(?:(?<called>.*?)(?: \[as [^\]]*\])? \()?(?<file>[^()]+):(?<line>\d+):(?<column>\d+)\)?$/.exec(
    line ?? '',
  )?.groups;
  if (found === undefined) return undefined;
  const name = (found['called'] ?? '').replace(/^.*\./s, '');
  const file = readScriptName(found['file']!);
  const place = sources.original(file, Number(found['line']), Number(found['column']));
  const at = originOfMade(file, sources) ?? `${fileOf(file)}:${place.line}:${place.column}`;
  return `eval at ${name === '' || name === 'eval' ? '<anonymous>' : name} (${at})`;
}
