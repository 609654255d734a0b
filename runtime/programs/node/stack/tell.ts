/** Frames completed with what the scripts' texts and Node's own library tell of them. */
import type { NodeRealm } from '../realm.ts';
import type { Frame } from './call-site.ts';
import type { StackOf } from './engines.ts';
import { outlineOf, propertyOf, type Happening, type Outline, type Outlined, type ParseScript, type Use } from './outline.ts';
import { programOf } from './program-of.ts';
import { nativeFrame } from './quickjs.ts';
import { scriptOf } from './script-of.ts';
import { tellEntry } from './tell-entry.ts';
import { tellEvaluated } from './tell-evaluated.ts';
import { tellTests } from './tell-tests.ts';
import { throwerOf } from './throwers.ts';
import { tellWaiting } from './waiting.ts';

interface Seen {
  readonly frame: Frame;
  readonly inside: Outlined | undefined;
  readonly use: Use | undefined;
  readonly outline: Outline | undefined;
}

/** What V8 calls functions of the library that are not called by their own name. */
const libraryNames: readonly (readonly [RegExp, string])[] = [
  [/^Module\._extensions"(\.\w+)"$/, 'Object.$1'],
  [/^executeUserEntryPoint$/, 'Module.executeUserEntryPoint [as runMain]'],
];

/** What the loop calls on the process object. */
const processMethods = new Set(['processTicksAndRejections', 'processTimers', 'processImmediate']);

/** Classes of the library that nobody makes objects of, and whose objects their methods are called on. */
const instances: Readonly<Record<string, string>> = { ModuleJobBase: 'ModuleJob' };

/** Who calls back by a property of what holds the function, and the types they do it on. */
const callers: Readonly<Record<string, readonly [file: string, type: string, method: string]>> = {
  listOnTimeout: ['node:internal/timers', 'Timeout', '_onTimeout'],
  processImmediate: ['node:internal/timers', 'Immediate', '_onImmediate'],
};

/**
 * @param frames From the innermost out, positions as their authors count.
 * @param happening What is under way at the innermost one.
 * @param of What the error says is in V8's words.
 */
export function tellStack(realm: NodeRealm, frames: readonly Frame[], happening: Happening, of?: StackOf): readonly Frame[] {
  const parse: ParseScript = (text) => programOf(realm, text);
  const seen: Seen[] = [];
  let before = happening;
  for (const frame of frames) {
    const one = see(realm, frame, parse, before);
    seen.push(one);
    before = one.inside?.kind ?? 'function';
  }
  const told: Frame[] = [];
  const thrower = typeof of?.message === 'string' ? throwerOfFirst(seen[0], of.message) : undefined;
  if (thrower !== undefined) told.push(thrower);
  for (const [index, one] of seen.entries()) {
    const caller = seen[index + 1];
    told.push(called(one, caller));
    const between = caller === undefined ? undefined : builtinBetween(one, caller);
    if (between !== undefined) told.push(between);
  }
  const all = tellEvaluated(told);
  return of?.waiting === undefined ? tellTests(tellEntry(realm, all)) : tellTests([...all, ...tellWaiting(realm, of.waiting)]);
}

function see(realm: NodeRealm, frame: Frame, parse: ParseScript, happening: Happening): Seen {
  const nothing = { frame, inside: undefined, use: undefined, outline: undefined };
  if (frame.isNative || frame.fileName === undefined) return nothing;
  const script = scriptOf(realm, frame.fileName);
  const outline = script === undefined ? undefined : outlineOf(script, parse);
  if (script === undefined || outline === undefined) return nothing;
  const line = frame.line - script.lineOffset;
  const moved = line === 1 ? script.columnOffset : 0;
  const offset = outline.offset(line, frame.column - moved);
  if (offset === undefined) return nothing;
  const inside = outline.functionAt(offset);
  const counted = outline.useAt(offset, happening);
  if (counted === undefined) return { frame, inside, use: undefined, outline };
  const counts = outline.line(counted.offset);
  const place = {
    line: counts + script.lineOffset,
    column: outline.column(counts, counted.offset) + (counts === 1 ? script.columnOffset : 0),
  };
  return { frame: { ...frame, ...place }, inside, use: counted.use, outline };
}

function called(seen: Seen, caller: Seen | undefined): Frame {
  const { frame, inside, outline } = seen;
  if (frame.fileName?.startsWith('node:') === true) return calledInLibrary(seen, caller);
  if (outline === undefined || frame.functionName === 'Object.<anonymous>') return frame;
  if (inside === undefined) return frame;
  const { name, type } = inside;
  const handed = inside.argumentOf !== undefined && inside.argumentOf === caller?.use?.node;
  if (inside.kind === 'constructor' || (caller?.use?.how === 'new' && !handed))
    return { ...frame, functionName: name, isConstructor: true };
  const by = callers[caller?.frame.functionName ?? ''];
  if (by !== undefined && caller?.frame.fileName === by[0]) return { ...frame, functionName: name, typeName: by[1], methodName: by[2] };
  if (caller?.frame.fileName === 'node:events' && listensTo(inside) === 'process')
    return { ...frame, functionName: name, typeName: 'process' };
  const property = caller?.use?.node.type === 'CallExpression' ? propertyOf(caller.use.node['callee'] as never) : undefined;
  const isMethod = caller?.use === undefined ? type !== null : caller.use.how !== 'plain' && !handed;
  if (!isMethod) return { ...frame, functionName: name };
  if (type === null && (name === null || property !== name)) return { ...frame, functionName: name };
  return { ...frame, functionName: name, typeName: type ?? 'Object' };
}

/** Its functions have the names that engines know: what they are called on is told where the text tells it for sure. */
function calledInLibrary({ frame, inside, outline }: Seen, caller: Seen | undefined): Frame {
  const name = frame.functionName;
  if (caller === undefined && name !== null && processMethods.has(name)) return { ...frame, typeName: 'process' };
  const known = name === null ? undefined : libraryNames.find(([pattern]) => pattern.test(name));
  if (known !== undefined) return { ...frame, functionName: name!.replace(...known) };
  if (inside === undefined || outline === undefined) return frame;
  if (name?.startsWith('this.') === true) {
    const maker = outline.functionAt((inside.node.start as number) - 1)?.name ?? 'this';
    return { ...frame, functionName: name.replace('this', maker) };
  }
  if (name?.includes('.') === true) return frame;
  if (inside.kind === 'constructor') return { ...frame, functionName: inside.name, isConstructor: true };
  if (inside.node.type === 'ArrowFunctionExpression') return frame;
  const { type } = inside;
  if (type !== null && type !== 'Object') return { ...frame, functionName: inside.name ?? name, typeName: instances[type] ?? type };
  const use = caller?.use;
  if (use?.how === 'new') return { ...frame, isConstructor: true };
  const property = use?.how === 'method' ? propertyOf(use.node['callee'] as never) : undefined;
  if (property === undefined || name === null || !/^\w+$/.test(property + name)) return frame;
  if (property !== name) {
    const [, owner] = new RegExp(`^(\\w+)\\.prototype\\.${property} = ${name};`, 'm').exec(outline.text) ?? [];
    return owner === undefined ? frame : { ...frame, typeName: owner, methodName: property };
  }
  const holder = inside.holder;
  if (holder === undefined) return { ...frame, typeName: 'Object' };
  return holder === '' ? frame : { ...frame, typeName: holder };
}

/** What a listener was added to by name, where it was written. */
function listensTo(inside: Outlined): string | undefined {
  const callee = inside.argumentOf?.['callee'] as { readonly type: string; readonly object?: { readonly name?: string } } | undefined;
  return callee?.type === 'MemberExpression' ? callee.object?.name : undefined;
}

function throwerOfFirst(first: Seen | undefined, message: string): Frame | undefined {
  if (first?.use === undefined || first.outline === undefined) return undefined;
  const name = throwerOf(first.use, first.outline.text, message);
  return name === undefined ? undefined : builtin(first.frame, name);
}

const builtin = (frame: Frame, functionName: string): Frame => ({
  ...frame,
  functionName,
  fileName: undefined,
  isNative: true,
  isConstructor: false,
});

/** The frame of a built-in function that an engine leaves out between a function and who handed it over. */
function builtinBetween(one: Seen, caller: Seen): Frame | undefined {
  const { use } = caller;
  const { inside } = one;
  if (use === undefined || inside === undefined || use.how === 'read' || one.frame.isNative) return undefined;
  const callee = use.node['callee'] as never;
  const property = use.how === 'new' ? (use.node['callee'].name as string | undefined) : propertyOf(callee);
  const native = (functionName: string): Frame => builtin(one.frame, functionName);
  if (inside.generator && property === 'next' && inside.name !== 'next') return native(`${inside.name ?? ''}.next`);
  if (inside.argumentOf !== use.node || property === undefined) return undefined;
  return nativeFrame(native(property)) ?? undefined;
}
