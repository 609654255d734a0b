/** What the files of every step are: each step is a change on another. */
import type { LessonChange, LessonFile, StepOrigin } from '../lesson-format.ts';
import { lessonStrings as strings } from '../lesson-strings.ts';

/** By path. */
export type Files = ReadonlyMap<string, string | Uint8Array>;
/** By path; null deletes the file. */
export type Change = ReadonlyMap<string, string | Uint8Array | null>;

/** A step as its author wrote it. */
export interface StepSource {
  readonly name: string;
  readonly from: StepOrigin;
  readonly files: Change;
  /** Unified diffs, applied after `files`. */
  readonly patches: readonly string[];
  /** Changes on the start. */
  readonly solution: Change;
  readonly solutionPatches: readonly string[];
}

export interface StepStates {
  readonly start: Files;
  /** With the solution, if there is one. */
  readonly end: Files;
}

/** Applies a unified diff: what the files become, and what does not fit, in words for the author of `step`. */
export type ApplyPatch = (patch: string, files: Files, step: string) => { readonly files: Change; readonly problems: readonly string[] };

export function changed(files: Files, change: Change): Map<string, string | Uint8Array> {
  const result = new Map(files);
  for (const [path, contents] of change) {
    if (contents === null) result.delete(path);
    else result.set(path, contents);
  }
  return result;
}

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

function contentsOf(file: LessonFile): string | Uint8Array {
  return typeof file === 'string' ? file : bytesOf(file.base64);
}

/** Of a packed lesson. */
export function changeOf(packed: LessonChange = {}): Change {
  return new Map(Object.entries(packed).map(([path, file]) => [path, file === null ? null : contentsOf(file)]));
}

/** The states of all steps. A patch that does not fit is told, and leaves its file as it was. */
export function statesOf(
  lesson: Files,
  steps: readonly StepSource[],
  apply: ApplyPatch,
): { readonly states: readonly StepStates[]; readonly problems: readonly string[] } {
  const problems: string[] = [];
  const states: StepStates[] = [];
  const next = (files: Files, change: Change, patches: readonly string[], step: string): Files => {
    for (const [path, contents] of change) if (contents === null && !files.has(path)) problems.push(strings.deleteMissing(step, path));
    let result = changed(files, change);
    for (const patch of patches) {
      const applied = apply(patch, result, step);
      problems.push(...applied.problems);
      result = changed(result, applied.files);
    }
    return result;
  };
  for (const step of steps) {
    const before = states.at(-1);
    const origin = before === undefined || step.from === 'lesson' ? lesson : step.from === 'start' ? before.start : before.end;
    const start = next(origin, step.files, step.patches, step.name);
    states.push({ start, end: next(start, step.solution, step.solutionPatches, step.name) });
  }
  return { states, problems };
}
