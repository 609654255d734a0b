/**
 * The last texts that the program gave to `eval` and `Function`: no engine tells of them what a stack shows as `<anonymous>`, and V8 shows
 * the line of an error that ends the program.
 */
import { magicComment } from '../modules/compile.ts';

const mostKept = 50;

const kept: string[] = [];

export function noteEvaluated(text: string): void {
  if (kept.length === mostKept) kept.shift();
  kept.push(text);
}

const thrown = new WeakSet();

/** Tells of an error that `eval` itself has thrown, by another name than `eval`. */
export function noteThrownByEval(error: object): void {
  thrown.add(error);
}

export const isThrownByEval = (error: unknown): boolean => typeof error === 'object' && error !== null && thrown.has(error);

/** What `Function` evaluates. */
export const madeText = (keywords: string, texts: readonly string[]): string =>
  `(${keywords} anonymous(${texts.slice(0, -1).join()}\n) {\n${texts.at(-1) ?? ''}\n})`;

/** The newest first. */
export const evaluatedTexts = (): readonly string[] => [...kept].reverse();

/** What V8 calls the script of a text that names no other. */
export const evaluatedName = (text: string): string => magicComment(text, 'sourceURL') ?? '<anonymous_script>';

/** What an engine's message names stands in the line. */
const naming = /^(\S+) is not defined$|^Cannot (?:read|set) properties of \w+ \((?:reading|setting) '(.+)'\)$/s;

/** The text of a frame in a script without a name, of which some line is shown above the stack of an error that says `message`. */
export function evaluatedAt(line: number, column: number, message: string): string | undefined {
  return evaluatedTexts().find((text) => {
    const shown = text.split(/\r\n|[\n\r\u2028\u2029]/)[line - 1];
    if (shown === undefined || column > shown.length + 1) return false;
    const names = naming.exec(message);
    return names === null ? /\S/.test(shown[column - 1] ?? '') : shown.slice(column - 1).includes(names[1] ?? names[2]!);
  });
}
