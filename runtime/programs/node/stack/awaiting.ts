/** The last line of V8's stacks for what was awaited outside all functions of a module, which no async function of V8's waits for here. */
import { wasStackRead } from './read-stacks.ts';

/** `file:line:column` of the `await`, by errors whose stacks were not made into text yet. */
const places = new WeakMap<object, string>();

/** Called by the loop, or by what the system calls: nothing awaited these. */
const fromLoop = /\((?!node:[\w/]*\bpromises:)node:[^()]*\)$|at (?!async )(?!node:[\w/]*\bpromises:)node:[^()]*$/;

function withLine(stack: string, place: string): string {
  const frames = /(?:\n {4}at [^\n]*)+$/.exec(stack)?.[0].slice(1).split('\n') ?? [];
  const last = frames.at(-1);
  const limit = (Error as { stackTraceLimit?: unknown }).stackTraceLimit;
  if (last === undefined || frames.length >= Number(limit) || (!last.startsWith('    at async ') && fromLoop.test(last))) return stack;
  const line = `    at async ${place}`;
  // A module that failed is imported again, and fails of the same.
  return frames.includes(line) ? stack : `${stack}\n${line}`;
}

/** @param place `file:line:column` of the `await`. */
export function addAwaiting(error: unknown, place: string): void {
  if (!(error instanceof Error)) return;
  if (!wasStackRead(error)) {
    places.set(error, place);
    return;
  }
  const { stack } = error;
  if (typeof stack === 'string') Reflect.set(error, 'stack', withLine(stack, place));
}

/** What the library made of an error's frames, completed. */
export function toldAwaiting(error: unknown, stack: unknown): unknown {
  if (typeof error !== 'object' || error === null || typeof stack !== 'string') return stack;
  const place = places.get(error);
  return place === undefined ? stack : withLine(stack, place);
}
