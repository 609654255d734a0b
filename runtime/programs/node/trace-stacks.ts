/** The plain stacks that `--trace-exit` and `--trace-uncaught` print: V8's names of functions, without the types they belong to. */
import type { CallSiteInfo } from './call-sites.ts';

const maxFrames = 10;

/** Methods of the module loader are functions without a name of their own; V8 infers one for what is called that in text. */
const isUnnamed = (name: string, place: string): boolean =>
  name === '' ||
  name.endsWith('.<anonymous>') ||
  (place.startsWith('node:internal/modules/') && /^(?:Module|Object|Function)\./.test(name));

const framesText = (lines: readonly string[]): string => `${lines.map((line) => `    at ${line}\n`).join('')}\n`;

export function sitesText(sites: readonly CallSiteInfo[]): string {
  return framesText(
    sites.slice(0, maxFrames).map(({ functionName, scriptName, lineNumber, columnNumber }) => {
      const place = `${scriptName}:${lineNumber}:${columnNumber}`;
      return isUnnamed(functionName, place) ? place : `${functionName} (${place})`;
    }),
  );
}

/** The frames that a stack of `Error` shows. */
export function thrownAt(stack: string): string {
  const lines: string[] = [];
  for (const [, frame = ''] of stack.matchAll(/^ {4}at (.*)$/gm)) {
    const [, name = '', place = frame] = /^(.*) \((.*:\d+:\d+)\)$/.exec(frame) ?? [];
    if (frame.startsWith('async ') || frame.endsWith('(<anonymous>)') || lines.length === maxFrames) continue;
    const own = name.replace(/^new /, '').replace(/ \[as .*\]$/, '');
    lines.push(isUnnamed(own, place) ? place : `${own.slice(own.lastIndexOf('.') + 1)} (${place})`);
  }
  return `Thrown at:\n${framesText(lines)}`;
}
