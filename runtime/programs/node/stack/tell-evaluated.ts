/**
 * Where code that a program gives to `eval` was called: V8 shows the chain of callers. Which function that was tells the frame below; where
 * the code runs later than that, it is not known.
 */
import { fileOf } from '../modules/sources.ts';
import type { CallSite, Frame } from './call-site.ts';
import { madeFunction } from './made-functions.ts';

/** Frames of evaluated code as V8 shows them. From the innermost out. */
export function tellEvaluated(frames: readonly Frame[]): Frame[] {
  const told: Frame[] = [];
  let below: Frame | undefined;
  for (const frame of [...frames].reverse()) {
    const { evaluated } = frame;
    let shown = frame;
    if (evaluated !== undefined) {
      const isFirst = below?.evaluated?.name !== evaluated.name;
      const origin = evaluated.made === true ? originOfMade(evaluated.name) : isFirst ? originOf(frame, below) : below?.evalOrigin;
      if (isFirst && frame.indirect === true)
        told.push({ ...frame, functionName: 'eval', evaluated: undefined, fileName: undefined, isNative: true });
      shown = { ...frame, functionName: frame.functionName ?? 'eval', ...(origin === undefined ? {} : { evalOrigin: origin }) };
    }
    told.push(shown);
    if (!frame.isNative) below = shown;
  }
  return told.reverse();
}

/** The place of the call of `Function`. */
function originOfMade(script: string): string | undefined {
  const at = madeFunction(script)?.at;
  if (at === undefined) return undefined;
  const Errors = Error as unknown as { prepareStackTrace: unknown };
  const { prepareStackTrace } = Errors;
  let sites: readonly CallSite[] = [];
  try {
    Errors.prepareStackTrace = (_: unknown, of: readonly CallSite[]) => (sites = of);
    if (Array.isArray(at.stack)) sites = at.stack as CallSite[];
  } finally {
    Errors.prepareStackTrace = prepareStackTrace;
  }
  const site = sites.find((one) => !one.isNative() && one.getLineNumber() !== null);
  if (site === undefined) return undefined;
  const place = site.getEvalOrigin() ?? `${fileOf(site.getFileName() ?? '')}:${site.getLineNumber()}:${site.getColumnNumber()}`;
  const name = site.getFunctionName();
  return `eval at ${named(name, site.isEval() ? 'eval' : 'Object.<anonymous>')} (${place})`;
}

function originOf({ evaluated, indirect }: Frame, caller: Frame | undefined): string | undefined {
  if (caller === undefined || (indirect !== true && caller.engineLine !== evaluated?.line)) return undefined;
  if (caller.evaluated !== undefined)
    return caller.evalOrigin === undefined ? undefined : `eval at ${named(caller.functionName, 'eval')} (${caller.evalOrigin})`;
  return `eval at ${named(caller.functionName, 'Object.<anonymous>')} (${fileOf(caller.fileName ?? '')}:${caller.line}:${caller.column})`;
}

/** What has no name of its own has none here. */
const named = (name: string | null, unnamed: string): string => (name === null || name === unnamed ? '<anonymous>' : name);
