/**
 * Scripts that a program gives to `eval`, in Firefox's stacks: it calls such a script after the script and the line that called `eval`. What
 * V8 says of them: `tell-evaluated.ts`.
 */

/** An engine's name of a script that `eval` was given. */
export interface EvaluatedScript {
  readonly name: string;
  /** Of the script that called it, and where, as the engine counts. */
  readonly caller: string;
  readonly line: number;
  /** Not `eval` has made it, but `Function`. */
  readonly made?: boolean;
}

export function evaluatedScript(name: string): EvaluatedScript | undefined {
  if (/^\$bvf\d+$/.test(name)) return { name, caller: '', line: 0, made: true };
  const match = /^(.*) line (\d+) > eval$/s.exec(name);
  return match === null ? undefined : { name, caller: match[1]!, line: Number(match[2]) };
}

/** A frame of the engine's stack, before what is ours is left out. */
export interface EngineFrame {
  readonly fileName: string | undefined;
  readonly line: number;
  readonly evaluated?: EvaluatedScript | undefined;
}

/** Whether the code of the frame at `index` was called as `(0, eval)(code)`, which we do for the program. */
export function isIndirect(frames: readonly EngineFrame[], ours: readonly boolean[], index: number): boolean {
  const script = frames[index]!.evaluated;
  if (script === undefined) return false;
  const caller = frames.findIndex((frame, at) => at > index && frame.evaluated?.name !== script.name);
  return ours[caller] === true && frames[caller]!.fileName === script.caller && frames[caller]!.line === script.line;
}
