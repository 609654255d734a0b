/** Frames of the functions that wait for what runs, told as V8 tells of them, for engines that do not. */
import type { AsyncFrame } from '../modules/async-frames.ts';
import { placeOf } from '../modules/compile.ts';
import { nameOfHelper } from '../modules/sources.ts';
import type { NodeRealm } from '../realm.ts';
import type { Frame } from './call-site.ts';
import { outlineOf } from './outline.ts';
import { programOf } from './program-of.ts';
import { typeNameOf } from './receivers.ts';
import { scriptOf } from './script-of.ts';

/** They call what they are given as a method of what they give. */
const timers = new Set(['setTimeout', 'setInterval']);

/** From the innermost out. */
export function tellWaiting(realm: NodeRealm, waiting: readonly AsyncFrame[]): Frame[] {
  return waiting.flatMap((one) => tellOne(realm, one) ?? []);
}

function tellOne(realm: NodeRealm, waiting: AsyncFrame): Frame | undefined {
  const common = { isNative: false, isConstructor: false, isAsync: true };
  if ('combinator' in waiting) {
    const { combinator, index } = waiting;
    const where = { fileName: undefined, line: 1, column: 1, promiseIndex: index };
    return { ...common, ...where, isNative: true, functionName: combinator, typeName: 'Promise', methodName: combinator };
  }
  const fileName = nameOfHelper(waiting.helper);
  const script = fileName === undefined ? undefined : scriptOf(realm, fileName);
  if (script === undefined) return undefined;
  const { line, column } = waiting.place ?? placeOf(script.text, waiting.at);
  const place = { fileName, line: line + script.lineOffset, column: column + (line === 1 ? script.columnOffset : 0) };
  const inside = waiting.place === undefined ? outlineOf(script, (text) => programOf(realm, text))?.functionAt(waiting.at) : undefined;
  if (inside === undefined) return { ...common, ...place, functionName: null };
  const { name } = inside;
  const isTimer = timers.has(inside.argumentOf?.['callee'].name as string);
  // What an arrow function was called on only the engine knows.
  const typeName = inside.node.type !== 'ArrowFunctionExpression' ? typeNameOf(waiting.self) : isTimer ? 'Timeout' : inside.type;
  if (typeName === null) return { ...common, ...place, functionName: name };
  const methodName = inside.key ?? (typeName === 'Timeout' ? '_onTimeout' : inside.type === null ? undefined : (name ?? undefined));
  return { ...common, ...place, functionName: name, typeName, ...(methodName === undefined ? {} : { methodName }) };
}
