/**
 * Where code that a program gives to `eval` was called: V8 shows the chain of callers. Which function that was tells the frame below; where
 * the code runs later than that, it is not known.
 */
import type { Frame } from './call-site.ts';

/** Frames of evaluated code as V8 shows them. From the innermost out. */
export function tellEvaluated(frames: readonly Frame[]): Frame[] {
  const told: Frame[] = [];
  let below: Frame | undefined;
  for (const frame of [...frames].reverse()) {
    const { evaluated } = frame;
    let shown = frame;
    if (evaluated !== undefined) {
      const isFirst = below?.evaluated?.name !== evaluated.name;
      const origin = isFirst ? originOf(frame, below) : below?.evalOrigin;
      if (isFirst && frame.indirect === true)
        told.push({ ...frame, functionName: 'eval', evaluated: undefined, fileName: undefined, isNative: true });
      shown = { ...frame, functionName: frame.functionName ?? 'eval', ...(origin === undefined ? {} : { evalOrigin: origin }) };
    }
    told.push(shown);
    if (!frame.isNative) below = shown;
  }
  return told.reverse();
}

function originOf({ evaluated, indirect }: Frame, caller: Frame | undefined): string | undefined {
  if (caller === undefined || (indirect !== true && caller.engineLine !== evaluated?.line)) return undefined;
  if (caller.evaluated !== undefined)
    return caller.evalOrigin === undefined ? undefined : `eval at ${named(caller.functionName, 'eval')} (${caller.evalOrigin})`;
  return `eval at ${named(caller.functionName, 'Object.<anonymous>')} (${caller.fileName}:${caller.line}:${caller.column})`;
}

/** What has no name of its own has none here. */
const named = (name: string | null, unnamed: string): string => (name === null || name === unnamed ? '<anonymous>' : name);
