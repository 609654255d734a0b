/**
 * What functions were called on, which V8's stacks name: where the runtime itself calls back it knows (`Around`), else the text of the
 * caller may tell.
 */
import type { Node } from '../modules/syntax.ts';
import { initialOf } from './expressions.ts';
import { propertyOf, type Outline, type Outlined, type Use } from './outline.ts';

/** A type's name; null for what was called on nothing; undefined where it is not known. */
export type Receiver = string | null | undefined;

/** A frame, and what its text tells. */
export interface Called {
  readonly inside: Outlined | undefined;
  readonly use: Use | undefined;
  readonly outline: Outline | undefined;
  /** What `this` is in the function, if it has one of its own. */
  receiver?: Receiver;
}

const { getOwnPropertyDescriptor, getPrototypeOf } = Object;

/** What V8 calls the type of what a function was called on. No code of the program runs, but for a Proxy's. */
export function typeNameOf(self: unknown): string | null {
  if (self === undefined || self === null || self === globalThis) return null;
  if (typeof self === 'function') return (getOwnPropertyDescriptor(self, 'name')?.value as string) || 'Function';
  for (let at: object | null = Object(self) as object; at !== null; at = getPrototypeOf(at) as object | null) {
    const made: unknown = getOwnPropertyDescriptor(at, 'constructor')?.value;
    const name: unknown = typeof made === 'function' ? getOwnPropertyDescriptor(made, 'name')?.value : undefined;
    if (typeof name === 'string' && name !== '') return name;
  }
  return 'Object';
}

/** The property that holds a function of what it was called on: one of its name, else the only one of its text. */
export function methodOf(self: unknown, name: string | null, text: string | undefined): string | undefined {
  const found = new Set<string>();
  for (let at: object | null = Object(self) as object; at !== null; at = getPrototypeOf(at) as object | null) {
    if (name !== null && typeof getOwnPropertyDescriptor(at, name)?.value === 'function') return name;
    for (const key of Object.keys(at)) {
      const value: unknown = getOwnPropertyDescriptor(at, key)?.value;
      if (typeof value !== 'function' || /^\d+$/.test(key)) continue;
      if (name === null ? String(value) === text : getOwnPropertyDescriptor(value, 'name')?.value === name) found.add(key);
    }
  }
  return found.size === 1 ? [...found][0] : undefined;
}

/** A function that the engine brings along, by how it is written. */
export function isBuiltIn(name: string, outline: Outline): boolean {
  return (
    typeof (globalThis as unknown as Record<string, unknown>)[name] === 'function' &&
    /^(?:[A-Z]|(?:de|en)codeURI|parse(?:Int|Float)$|is(?:NaN|Finite)$|eval$)/.test(name) &&
    initialOf(name, outline.program) === undefined &&
    outline.declared(name) === undefined
  );
}

/**
 * What the function of a frame was called on, as its caller's text tells.
 *
 * @param frames From the innermost out; `at` is that of the caller.
 */
export function receiverOf(frames: readonly Called[], at: number): Receiver {
  const caller = frames[at];
  const node = caller?.use?.node;
  if (caller?.outline === undefined || node === undefined) return undefined;
  if (/^Class/.test(node.type)) return caller.receiver;
  if (node.type === 'MemberExpression') return typeOf(node['object'], frames, at);
  if (node.type === 'AssignmentExpression')
    return node['left'].type === 'MemberExpression' ? typeOf(node['left'].object, frames, at) : undefined;
  if (node.type === 'NewExpression') {
    return isProxy(node['callee'], caller.outline) ? undefined : typeOf(node, frames, at);
  }
  const callee = (node['callee'] ?? node['tag']) as Node | undefined;
  if (callee === undefined) return undefined;
  const given = (node['arguments'] ?? []) as readonly Node[];
  if (callee.type === 'Super') return caller.receiver;
  if (callee.type !== 'MemberExpression') {
    const name = callee['name'] as string | undefined;
    if (name === 'ReflectApply' || name === 'FunctionPrototypeCall' || name === 'FunctionPrototypeApply')
      return typeOf(given[1], frames, at);
    return name !== undefined && (isBuiltIn(name, caller.outline) || isProxy(callee, caller.outline)) ? undefined : null;
  }
  const property = propertyOf(callee);
  if (property === 'apply' && callee['object'].name === 'Reflect') return typeOf(given[1], frames, at);
  if (property === 'call' || property === 'apply') return given[0] === undefined ? null : typeOf(given[0], frames, at);
  return typeOf(callee['object'], frames, at);
}

/** Its traps are called on their handler. */
function isProxy({ type, name }: Node, { program }: Outline): boolean {
  const made = type === 'Identifier' ? initialOf(name as string, program) : undefined;
  return made?.type === 'NewExpression' && made['callee'].name === 'Proxy';
}

/** The type of what an expression in the text of a frame gives. */
export function typeOf(node: Node | undefined, frames: readonly Called[], at: number, deep = 0): Receiver {
  const { outline } = frames[at]!;
  if (node === undefined || outline === undefined || deep > 4) return undefined;
  const look = (one: Node | undefined): Receiver => typeOf(one, frames, at, deep + 1);
  switch (node.type) {
    case 'ThisExpression':
    case 'Super':
      return thisOf(frames, at);
    case 'ObjectExpression':
      return 'Object';
    case 'ArrayExpression':
      return 'Array';
    case 'TemplateLiteral':
      return 'String';
    case 'Literal':
      if (node['regex'] !== undefined) return 'RegExp';
      if (node['value'] === null) return node['raw'] === 'null' ? null : undefined;
      return { string: 'String', number: 'Number', boolean: 'Boolean', bigint: 'BigInt' }[typeof node['value'] as 'string'];
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return 'Function';
    case 'ClassExpression':
      return (node['id']?.name as string | undefined) ?? 'Function';
    case 'ParenthesizedExpression':
    case 'ChainExpression':
      return look(node['expression']);
    case 'AssignmentExpression':
      return look(node['right']);
    case 'NewExpression': {
      const callee = node['callee'] as Node;
      if (callee.type === 'ClassExpression') return nameOfClass(callee) ?? look(callee['superClass'] === null ? undefined : fresh(callee));
      if (callee.type === 'ThisExpression') return look(callee);
      if (callee['name'] === 'Proxy') return undefined;
      return callee.type === 'Identifier' ? nameOfMaker(callee['name'], outline) : propertyOf(callee);
    }
    case 'CallExpression': {
      const [first] = node['arguments'] as Node[];
      const text = outline.text.slice(node['callee'].start, node['callee'].end);
      if (text === 'Object.create')
        return first?.type === 'MemberExpression' && propertyOf(first) === 'prototype' ? (first['object'].name as string) : 'Object';
      return text === 'Object.assign' || text === 'Object.freeze' ? look(first) : undefined;
    }
    case 'MemberExpression':
      return /^(?:module\.exports|exports)$/.test(outline.text.slice(node.start, node.end)) ? 'Object' : undefined;
    case 'Identifier': {
      const name = node['name'] as string;
      if (name === 'undefined' || name === 'globalThis' || name === 'global') return null;
      if (name === 'process') return 'process';
      const declared = outline.declared(name);
      if (declared !== undefined) return name;
      const initial = initialOf(name, outline.program);
      if (initial === undefined) return name === 'exports' ? 'Object' : undefined;
      return /^(?:Class|Function|ArrowFunction)Expression$/.test(initial.type) ? name : look(initial);
    }
    default:
      return undefined;
  }
}

/** A class by the name that it is called by; undefined where that may be another's. */
function nameOfMaker(name: string, outline: Outline): string | undefined {
  if (outline.declared(name) !== undefined) return name;
  const initial = initialOf(name, outline.program);
  if (initial !== undefined && !/^(?:Class|Function|Call|Member)Expression$/.test(initial.type)) return undefined;
  return outline.isAssigned(name) ? undefined : name;
}

const nameOfClass = (node: Node): string | undefined => node['id']?.name as string | undefined;
/** An object of the class that a class without a name extends. */
const fresh = (node: Node): Node => ({ type: 'NewExpression', start: node.start, end: node.end, callee: node['superClass'] as Node });

/** What `this` is at the place of a frame. */
function thisOf(frames: readonly Called[], at: number): Receiver {
  const { inside, outline, receiver } = frames[at]!;
  if (inside === undefined || outline === undefined) return undefined;
  if (inside.node.type !== 'ArrowFunctionExpression') return receiver ?? inside.type ?? undefined;
  for (let start = inside.node.start - 1; start > 0;) {
    const around = outline.functionAt(start);
    if (around === undefined) return undefined;
    if (around.node.type !== 'ArrowFunctionExpression') {
      const frame = frames.slice(at + 1).find((one) => one.inside?.node === around.node);
      return frame?.receiver ?? around.type ?? undefined;
    }
    start = around.node.start - 1;
  }
  return undefined;
}
