/**
 * Where an error was thrown: V8 shows that place above the stack of an error that ends a program, and browsers tell only where it was
 * made. From there its way is followed through the texts of the functions that were active then: up the expression that it is a part of, out of
 * functions that return it, to the `throw`, and on where a `catch` throws it again.
 */
import type { ScriptSource } from '../modules/sources.ts';
import { eachBinding, eachChild, isFunction, type Node } from '../modules/syntax.ts';
import type { NodeRealm } from '../realm.ts';
import type { ThrownAt } from './expressions.ts';
import { outlineOf, propertyOf, type Outline } from './outline.ts';
import { programOf } from './program-of.ts';
import { scriptOf } from './script-of.ts';

export interface Frame {
  readonly file: string;
  /** Both count from 1, as the author counts. */
  readonly line: number;
  readonly column: number;
  readonly isConstructor: boolean;
}

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** What is known of a frame's text. */
interface Located {
  readonly file: string;
  readonly outline: Outline;
  readonly at: ThrownAt;
  readonly script: ScriptSource;
}

/** The frames of a stack in V8's form, without its message; those of built-in functions have no place. */
export function parsedFrames(stack: string): (Frame | undefined)[] {
  const frames: (Frame | undefined)[] = [];
  for (const line of stack.split('\n')) {
    const match = /^ {4}at (async )?(new )?(?:.* \((.+):(\d+):(\d+)\)|(.+):(\d+):(\d+)|.*)$/.exec(line);
    // What waited was not active.
    if (match?.[1] !== undefined) break;
    if (match === null) continue;
    const file = match[3] ?? match[6];
    const [row, column] = [Number(match[4] ?? match[7]), Number(match[5] ?? match[8])];
    frames.push(file === undefined ? undefined : { file, line: row, column, isConstructor: match[2] !== undefined });
  }
  return frames;
}

/** What engines themselves say of a call. */
const ofCalls =
  / is not (?:a function|a constructor|iterable)|^Class constructor |^Class extends |^Super constructor |^Maximum call stack |^Cannot |^Invalid array length$/;

/** Whether an engine or the system threw it at the place: what is made by a call or `new` is thrown by somebody else. */
function isEngines(error: { readonly name?: unknown; readonly message?: unknown }, { file, at: { path, offset } }: Located): boolean {
  const call = path.find(({ type }) => type === 'NewExpression' || type === 'CallExpression');
  const callee = call?.['callee'] as Node | undefined;
  if (call === undefined || callee === undefined) return true;
  // What Node's library calls that has no frame is the system.
  if (call.type === 'CallExpression' && file.startsWith('node:')) return true;
  const property = callee.type === 'MemberExpression' ? (callee['property'] as Node) : callee;
  const isCalled = call.type === 'NewExpression' ? offset === call.start : [callee.start, property.start].includes(offset);
  return !isCalled || (/^(?:Type|Range|Reference)Error$/.test(String(error.name)) && ofCalls.test(String(error.message)));
}

/**
 * @param frames Of the error's stack, from the one that made it.
 * @param byLibrary Node's library threw it, though its frames are not there.
 * @returns Where it was thrown last; undefined where the texts do not tell, or it was thrown where it was made, or by Node's library, and nobody
 *   of the program caught it.
 */
export function throwSite(realm: NodeRealm, error: object, frames: readonly (Frame | undefined)[], byLibrary: boolean): Place | undefined {
  let thrown: { readonly located: Located; readonly statement: Node } | undefined;
  // What built-in functions make they throw, too.
  let isThrown = byLibrary || frames[0] === undefined;
  for (const frame of frames) {
    const located = frame === undefined ? undefined : locate(realm, frame);
    if (frame === undefined || located === undefined) {
      if (isThrown) continue;
      return undefined;
    }
    if (frame === frames[0]) isThrown ||= isEngines(error, located);
    let from: Node | undefined;
    if (!isThrown) {
      const way = follow(located, frame.isConstructor) ?? (frame === frames[0] ? thrownBelow(located) : undefined);
      if (way === 'returned') continue;
      // Node's library throws what it makes, or hands it to the program: which is known elsewhere.
      if (way === undefined && !frame.file.startsWith('node:')) return undefined;
      isThrown = true;
      if (way !== undefined) thrown = { located, statement: (from = way) };
    }
    for (let again = thrownAgain(located, from); again !== undefined; again = thrownAgain(located, again)) {
      if (again === 'caught') return undefined;
      thrown = { located, statement: again };
    }
  }
  if (thrown === undefined) return undefined;
  const { file, outline, script } = thrown.located;
  const { start } = thrown.statement;
  const line = outline.line(start);
  return { file, line: line + script.lineOffset, column: outline.column(line, start) + (line === 1 ? script.columnOffset : 0) };
}

function locate(realm: NodeRealm, { file, line, column }: Frame): Located | undefined {
  const script = scriptOf(realm, file);
  const outline = script === undefined ? undefined : outlineOf(script, (text) => programOf(realm, text));
  if (script === undefined || outline === undefined) return undefined;
  const own = line - script.lineOffset;
  const offset = outline.offset(own, column - (own === 1 ? script.columnOffset : 0));
  return offset === undefined ? undefined : { file, outline, at: outline.thrownAt(offset), script };
}

const isStatement = ({ type }: Node): boolean => /Statement$|Declaration$|^Program$|^SwitchCase$|^CatchClause$/.test(type);

/** The `throw` that what is made or returned at the place comes to, or that the function returns it; undefined if neither is told. */
function follow({ outline, at: { path } }: Located, isConstructor: boolean): Node | 'returned' | undefined {
  let isHanded = false;
  for (const [index, node] of path.entries()) {
    const inner = path[index - 1];
    if (node.type === 'ThrowStatement') return node;
    const isBody = node.type === 'ArrowFunctionExpression' && node['body'] === inner && inner?.type !== 'BlockStatement';
    // What is handed to a function may be thrown there.
    if (node.type === 'ReturnStatement' || isBody) return isHanded ? undefined : 'returned';
    if (inner !== undefined && (node['arguments'] as readonly Node[] | undefined)?.includes(inner) === true) isHanded ||= !givesBack(node);
    if (node.type === 'VariableDeclarator' || (node.type === 'AssignmentExpression' && node['right'] === inner)) {
      const target = (node['id'] ?? node['left']) as Node;
      const above = path[index + 1];
      // As a part of something larger it is thrown or returned where that is.
      if (node.type === 'AssignmentExpression' && above !== undefined && !isStatement(above)) continue;
      return wayOf(target, node.end, path.slice(index), outline.program) ?? (isConstructor ? 'returned' : undefined);
    }
    if (isFunction(node) || isStatement(node)) return isConstructor ? 'returned' : undefined;
  }
  return undefined;
}

/**
 * Where what is called at the place, or something below it, throws an error whose stack it leaves itself out of:
 * `Error.captureStackTrace(error, called)`.
 */
function thrownBelow({ outline, at: { path } }: Located): Node | undefined {
  const called = nameOf(path.find(({ type }) => type === 'CallExpression')?.['callee'] as Node | undefined);
  if (called === undefined) return undefined;
  const found: (Node | 'returned' | undefined)[] = [];
  const walk = (node: Node, above: readonly Node[]): void => {
    const around = [node, ...above];
    if (node.type === 'CallExpression' && propertyOf(node['callee'] as Node) === 'captureStackTrace') {
      const [target, until] = node['arguments'] as readonly Node[];
      if (target !== undefined && nameOf(until) === called) found.push(wayOf(target, node.end, around, outline.program));
    }
    eachChild(node, (child) => walk(child, around));
  };
  walk(outline.program, []);
  return found.length === 1 && typeof found[0] === 'object' ? found[0] : undefined;
}

/** Of `f` and of `object.f`. */
const nameOf = (node: Node | undefined): string | undefined =>
  node?.type === 'Identifier' ? (node['name'] as string) : node && propertyOf(node);

/** Whether a call gives its first argument: `Object.assign(new Error(), …)`. */
function givesBack({ callee }: Node): boolean {
  const { object, property } = callee as Node;
  return (
    object?.name === 'Object' && /^(?:assign|definePropert(?:y|ies)|freeze|seal|preventExtensions|setPrototypeOf)$/.test(property.name)
  );
}

const isSame = (one: Node | null, other: Node): boolean =>
  one !== null &&
  (other.type === 'Identifier' ? one.type === 'Identifier' && one['name'] === other['name'] : propertyOf(one) === propertyOf(other));

/** What becomes of a variable or property after `from`: in the function itself, or at the only place of the program that throws it. */
function wayOf(target: Node, from: number, path: readonly Node[], program: Node): Node | 'returned' | undefined {
  if (target.type !== 'Identifier' && propertyOf(target) === undefined) return undefined;
  const around = path.find(isFunction) ?? program;
  const all: Node[] = [];
  let way: Node | undefined;
  const walk = (node: Node, isOwn: boolean): void => {
    // Another one of that name.
    if (node !== around && target.type === 'Identifier' && binds(node, target)) return;
    if ((node.type === 'ThrowStatement' || node.type === 'ReturnStatement') && isSame(node['argument'] as Node | null, target)) {
      if (node.type === 'ThrowStatement') all.push(node);
      if (isOwn && node.start >= from) way ??= node;
    }
    eachChild(node, (child) => walk(child, child === around || (isOwn && !isFunction(child))));
  };
  walk(program, around === program);
  if (way !== undefined) return way.type === 'ThrowStatement' ? way : 'returned';
  return all.length === 1 ? all[0] : undefined;
}

/** Whether a function has a parameter or a `catch` a variable of a name. */
function binds(node: Node, { name }: Node): boolean {
  let found = false;
  const params = isFunction(node) ? (node['params'] as readonly Node[]) : node.type === 'CatchClause' ? [node['param'] as Node | null] : [];
  for (const param of params) eachBinding(param, (identifier) => (found ||= identifier['name'] === name));
  return found;
}

/**
 * The `throw` of what the `catch` around a place in its function has caught; `'caught'` if it is not told what became of it.
 *
 * @param statement That has thrown it; what is called at the place if it is undefined.
 */
function thrownAgain({ outline, at }: Located, statement: Node | undefined): Node | 'caught' | undefined {
  const { path } = statement === undefined || statement.start === at.offset ? at : outline.thrownAt(statement.start);
  for (const [index, node] of path.entries()) {
    if (isFunction(node)) return undefined;
    const inner = path[index - 1];
    if (node.type !== 'TryStatement' || node['block'] !== inner || node['handler'] === null) continue;
    const { param, body } = node['handler'] as { readonly param: Node | null; readonly body: Node };
    if (param?.type !== 'Identifier') return 'caught';
    let found: Node | undefined;
    let kept: Node | undefined;
    const walk = (one: Node): void => {
      if (isFunction(one)) return;
      if (one.type === 'ThrowStatement' && isSame(one['argument'] as Node, param)) found ??= one;
      if (one.type === 'AssignmentExpression' && isSame(one['right'] as Node, param)) kept ??= one;
      eachChild(one, walk);
    };
    walk(body);
    if (found !== undefined || kept === undefined) return found ?? 'caught';
    const way = wayOf(kept['left'] as Node, kept.end, path.slice(index), outline.program);
    return typeof way === 'object' ? way : 'caught';
  }
  return undefined;
}
