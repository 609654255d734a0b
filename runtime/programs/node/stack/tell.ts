/** Frames completed with what the scripts' texts and Node's own library tell of them. */
import { evalPlace } from '../modules/eval-place.ts';
import { isFunction, type Node } from '../modules/syntax.ts';
import type { NodeRealm } from '../realm.ts';
import type { Frame } from './call-site.ts';
import type { StackOf } from './engines.ts';
import { builtInCalled } from './built-ins.ts';
import { namePlace } from './name-places.ts';
import { patternPlace } from './gecko-patterns.ts';
import { outlineOf, propertyOf, type Happening, type Outlined, type ParseScript, type Use } from './outline.ts';
import { programOf } from './program-of.ts';
import { methodOf, receiverOf, typeNameOf, typeOf, type Called, type Receiver } from './receivers.ts';
import { scriptOf } from './script-of.ts';
import { tellEntry } from './tell-entry.ts';
import { tellEvaluated } from './tell-evaluated.ts';
import { tellTests } from './tell-tests.ts';
import { tellTicks } from './tell-ticks.ts';
import { throwerOf } from './throwers.ts';
import { tellWaiting } from './waiting.ts';

interface Seen extends Called {
  frame: Frame;
  /** The frame at another offset. */
  readonly at?: (offset: number) => Frame;
  /** Where the engine has it. */
  readonly raw?: number;
  /** The name of the class whose constructor is not written. */
  readonly constructs?: string;
  /** The built-in function that has called it. */
  through?: string;
  method?: string | undefined;
  /** What the loop calls it for. */
  base?: unknown;
}

/** What V8 calls functions of the library that are not called by their own name. */
const libraryNames: readonly (readonly [RegExp, string])[] = [
  [/^Module\._extensions"(\.\w+)"$/, 'Object.$1'],
  [/^executeUserEntryPoint$/, 'Module.executeUserEntryPoint [as runMain]'],
  [/^parserOnIncomingClient$/, 'HTTPParser.parserOnIncomingClient [as onIncoming]'],
  [/^parserOn(?:Headers|HeadersComplete|Body|MessageComplete)$/, 'HTTPParser.$&'],
];

/** What the loop calls on the process object. */
const processMethods = new Set(['processTicksAndRejections', 'processTimers', 'processImmediate']);

/** Classes of the library that hardly anybody makes objects of, and what their methods are called on. */
const instances: Readonly<Record<string, string>> = { Assert: 'ok', ModuleJobBase: 'ModuleJob' };

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
    const inner = seen.at(-2)?.inside;
    if (inner?.name === '<static_initializer>' && one.outline === seen.at(-2)!.outline)
      one.frame = one.at!(one.outline!.classAround(inner.node.start).start);
    before = one.inside?.kind === 'getter' ? `getter ${one.inside.name!.replace(/^[gs]et /, '')}` : (one.inside?.kind ?? 'function');
  }
  const [first] = seen;
  const evaluating = first?.use?.node;
  // What `eval` ran would be the innermost frame: it could not read what it was given.
  if (evaluating?.type === 'CallExpression' && evaluating['callee'].name === 'eval' && evaluating['arguments'].length > 0) {
    const { path } = first!.outline!.thrownAt(evaluating.start);
    first!.frame = first!.at!(evalPlace(evaluating, path[path.indexOf(evaluating) + 1], first!.outline!.text));
  }
  const placeOf = happening === 'none' ? namePlace : patternPlace;
  const taken =
    typeof of?.message === 'string' && first?.raw !== undefined ? placeOf(first.outline!.thrownAt(first.raw), of.message) : undefined;
  if (taken !== undefined) first!.frame = first!.at!(taken);
  tellReceivers(realm, seen, of);
  const told: Frame[] = [];
  const thrower = typeof of?.message === 'string' ? throwerOfFirst(seen[0], of.message) : undefined;
  if (thrower !== undefined) told.push(thrower);
  for (const [index, one] of seen.entries()) {
    const caller = seen[index + 1];
    told.push(called(one, caller));
    if (
      caller !== undefined &&
      one.inside?.generator === true &&
      one.inside.node['async'] !== true &&
      one.frame.fileName?.startsWith('node:') !== true
    )
      told.push(builtin(one.frame, nextOf(one.inside, caller)));
    if (one.through !== undefined) told.push(builtin(one.frame, one.through));
  }
  const all = tellTicks(realm, tellEvaluated(told).map(takenApart), of);
  return of?.waiting === undefined ? tellTests(tellEntry(realm, all)) : tellTests([...all, ...tellWaiting(realm, of.waiting)]);
}

/** `Module.load`, which V8 has put together of what it was called on. */
function takenApart(frame: Frame): Frame {
  const { fileName, functionName } = frame;
  const parts = fileName?.startsWith('node:') === true ? /^(\w+)\.(\.?\w+)(?: \[as (\w+)\])?$/.exec(functionName ?? '') : null;
  if (parts === null) return frame;
  const [, typeName, name, other] = parts as unknown as [string, string, string, string | undefined];
  return { ...frame, typeName, methodName: other ?? name, functionName: other === undefined ? null : name };
}

/** Functions of the library that hold what they were called on. */
const holds = ({ frame: { fileName, functionName } }: Seen): boolean =>
  (fileName === 'node:events' && functionName === 'emit') ||
  (fileName === 'node:internal/event_target' && functionName === '[nodejs.internal.kHybridDispatch]');

/** What each function was called on, and which built-in function has called it. */
function tellReceivers(realm: NodeRealm, seen: readonly Seen[], of: StackOf | undefined): void {
  const held = [...(of?.held ?? [])];
  for (const one of seen) one.base = of?.base;
  const known = new Map<Seen, unknown>();
  for (const [index, one] of seen.entries()) {
    const caller = seen[index + 1];
    if (one.frame.isNative || (one.frame.evaluated !== undefined && one.outline === undefined)) continue;
    const through = caller === undefined ? undefined : throughOf(one, seen, index + 1);
    if (through !== undefined) one.through = through;
    const isCalledBack = /^JSON\./.test(through ?? '') && isHanded(one, caller!);
    if ((isCalledBack || holds(one)) && held.length > 0) known.set(one, held.pop());
  }
  for (const [index, one] of seen.entries()) {
    const caller = seen[index + 1];
    if (known.has(one) && caller !== undefined && isOwnCall(caller)) known.set(caller, known.get(one));
  }
  for (let index = seen.length - 1; index >= 0; index--) {
    const one = seen[index]!;
    const caller = seen[index + 1];
    if (known.has(one)) one.receiver = typeNameOf(known.get(one));
    else if (caller === undefined) {
      // Errors that nobody has caught are told to the process.
      const base = one.frame.fileName === 'node:internal/process/execution' ? (realm.process as unknown) : of?.base;
      // What a hook on promises is told of.
      if (base === undefined || base instanceof Promise || one.inside === undefined) continue;
      const { start, end } = one.inside.node;
      one.receiver = typeNameOf(base);
      one.method = methodOf(base, one.frame.functionName, one.outline?.text.slice(start, end));
    } else if (callsOnItself(caller)) one.receiver = caller.receiver;
    else if (one.through === undefined) one.receiver = receiverOf(seen, index + 1);
    else if (isHanded(one, caller)) one.receiver = receiverHanded(seen, index + 1);
  }
}

/** Whether what is called is a method of what the function itself was called on. */
const isOwnCall = ({ inside, use }: Seen): boolean =>
  use?.node['callee']?.type === 'MemberExpression' &&
  /^(?:ThisExpression|Super)$/.test(use.node['callee'].object.type) &&
  inside?.node.type !== 'ArrowFunctionExpression';

/** What `once()` adds in a listener's place calls it on what it was called on. */
const callsOnItself = ({ frame }: Seen): boolean => frame.fileName === 'node:events' && frame.functionName === 'wrapper';

/** `this` of what an array's method calls. */
function receiverHanded(seen: readonly Seen[], at: number): Receiver {
  const { node } = seen[at]!.use!;
  const list = node['arguments'] as Node[];
  const given = list[list.findIndex((one) => one === seen[at - 1]!.inside!.node || one['name'] === seen[at - 1]!.inside!.name) + 1];
  return given === undefined || /^(?:reduce|replace)/.test(propertyOf(node['callee']) ?? '') ? null : typeOf(given, seen, at);
}

/** Whether a call was given the function. */
function isHanded({ inside }: Seen, { use }: Seen): boolean {
  if (inside === undefined || use === undefined || use.how === 'read') return false;
  if (inside.argumentOf === use.node) return true;
  const { name } = inside;
  return (
    name !== null &&
    ((use.node['arguments'] ?? []) as Node[]).some((one) => one['name'] === name || propertyOf(one) === /[^.]*$/.exec(name)![0])
  );
}

/** The built-in function through which a frame's caller has called it. */
function throughOf(one: Seen, seen: readonly Seen[], at: number): string | undefined {
  const { use } = seen[at]!;
  const { inside } = one;
  if (use === undefined || inside === undefined || use.how === 'read') return undefined;
  const callee = use.node['callee'] as Node | undefined;
  const property = callee === undefined ? undefined : callee.type === 'Identifier' ? (callee['name'] as string) : propertyOf(callee);
  const isCalled =
    inside.argumentOf !== use.node && property !== undefined && [inside.key, /[^.]*$/.exec(inside.name ?? '')![0]].includes(property);
  const builtIn = builtInCalled(use, seen, at);
  return isCalled && /^(?!JSON|Reflect)/.test(builtIn ?? '') ? undefined : builtIn;
}

/** V8 calls what a generator is asked by after the function that has made it. */
function nextOf({ name }: Outlined, { use }: Seen): string {
  const property = use?.how === 'method' ? propertyOf(use.node['callee']) : undefined;
  const maker = name === null || name === '' || name.startsWith('[') ? 'Generator' : name;
  return `${maker}.${property === 'throw' || property === 'return' ? property : 'next'}`;
}

function see(realm: NodeRealm, frame: Frame, parse: ParseScript, happening: Happening): Seen {
  const nothing = { frame, inside: undefined, use: undefined, outline: undefined };
  const name = frame.evaluated?.made === true ? frame.evaluated.name : frame.fileName;
  if (frame.isNative || name === undefined) return nothing;
  const script = scriptOf(realm, name);
  const outline = script === undefined ? undefined : outlineOf(script, parse);
  if (script === undefined || outline === undefined) return nothing;
  const line = frame.line - script.lineOffset;
  const moved = line === 1 ? script.columnOffset : 0;
  const offset = outline.offset(line, frame.column - moved);
  if (offset === undefined) return nothing;
  const inside = ownName(outline.functionAt(offset), frame);
  const constructs = frame.functionName === null ? undefined : outline.classAt(offset);
  if (constructs !== undefined && constructs['id']?.name === frame.functionName) {
    const use: Use = { node: constructs, how: 'new' };
    return { frame, inside: undefined, use, outline, constructs: frame.functionName! };
  }
  const counted = outline.useAt(offset, happening);
  const at = (place: number): Frame => {
    const counts = outline.line(place);
    const column = outline.column(counts, place) + (counts === 1 ? script.columnOffset : 0);
    return { ...frame, line: counts + script.lineOffset, column };
  };
  if (counted === undefined) return { frame, inside, use: undefined, outline, at, raw: offset };
  return { frame: at(counted.offset), inside, use: counted.use, outline, at, raw: offset };
}

/** The function that `Function` made has no name. */
const ownName = (inside: Outlined | undefined, { evaluated }: Frame): Outlined | undefined =>
  evaluated?.made === true && inside?.name === 'anonymous' && inside.node.start < 2 ? { ...inside, name: null } : inside;

function called(seen: Seen, caller: Seen | undefined): Frame {
  const { frame, inside, outline } = seen;
  if (frame.fileName?.startsWith('node:') === true) return calledInLibrary(seen, caller);
  if (seen.constructs !== undefined) return { ...frame, isConstructor: true };
  if (outline === undefined || frame.functionName === 'Object.<anonymous>') return frame;
  if (inside === undefined) return frame;
  const { name, type } = inside;
  if (!isFunction(inside.node)) return { ...frame, functionName: name };
  const handed = inside.argumentOf !== undefined && inside.argumentOf === caller?.use?.node;
  if (inside.kind === 'constructor' || (caller?.use?.how === 'new' && !handed && (seen.receiver !== undefined || type === null)))
    return { ...frame, functionName: name, isConstructor: true };
  const by = callers[caller?.frame.functionName ?? ''];
  if (by !== undefined && caller?.frame.fileName === by[0]) {
    // One that is over has lost it.
    const isGone =
      caller.base !== undefined && typeNameOf(caller.base) === by[1] && (caller.base as Record<string, unknown>)[by[2]] === undefined;
    return { ...frame, functionName: name, typeName: by[1], ...(isGone ? {} : { methodName: by[2] }) };
  }
  const use = caller?.use;
  const property = use?.node.type === 'CallExpression' ? propertyOf(use.node['callee'] as never) : undefined;
  const { receiver } = seen;
  if (receiver === null) return { ...frame, functionName: name };
  if (receiver === undefined) {
    const isMethod = use === undefined || use.how === 'plain' ? type !== null && !handed : !handed;
    if (!isMethod || (type === null && (name === null || property !== name))) return { ...frame, functionName: name };
  }
  const isFound = use !== undefined && seen.through === undefined && (property === 'call' || property === 'apply') === false;
  const isMoved = isFound && type === 'Object' && receiver !== undefined && receiver !== 'Object' && property !== undefined;
  const method = seen.method ?? (isMoved ? property : methodName(inside, isFound ? property : undefined));
  return { ...frame, functionName: name, typeName: receiver ?? type ?? 'Object', ...(method === undefined ? {} : { methodName: method }) };
}

/** @param property That it was called by. */
function methodName({ name, type, key, kind }: Outlined, property: string | undefined): string | undefined {
  if (kind === 'getter') return name!.replace(/^[gs]et /, '');
  if (name?.startsWith('#') === true) return undefined;
  if (name?.includes('.') === true) return name.slice(name.lastIndexOf('.') + 1);
  return key ?? (type === null ? property : (name ?? undefined));
}

/** Its functions have the names that engines know: what they are called on is told where the text tells it for sure. */
function calledInLibrary({ frame, inside, outline, receiver, method }: Seen, caller: Seen | undefined): Frame {
  const name = frame.functionName;
  if (caller === undefined && name !== null && processMethods.has(name)) return { ...frame, typeName: 'process' };
  const known = name === null ? undefined : libraryNames.find(([pattern]) => pattern.test(name));
  if (known !== undefined) return { ...frame, functionName: name!.replace(...known) };
  if (inside === undefined || outline === undefined) return frame;
  if (name?.startsWith('this.') === true) {
    const maker = outline.functionAt((inside.node.start as number) - 1)?.name ?? 'this';
    return { ...frame, functionName: name.replace('this', maker) };
  }
  if (frame.fileName === 'node:internal/buffer' && caller?.use?.how === 'method' && caller.frame.fileName !== frame.fileName) {
    const property = propertyOf(caller.use.node['callee'] as never);
    const functionName = name?.startsWith('proto.') === true ? null : name;
    // What has two names (`readUint8`) and none of its own V8 calls by neither.
    const isKnown = property !== undefined && (functionName !== null || !/uint/i.test(property));
    return { ...frame, functionName, typeName: 'Buffer', ...(isKnown ? { methodName: property } : {}) };
  }
  if (name?.includes('.') === true) return frame;
  if (inside.kind === 'constructor') return { ...frame, functionName: inside.name, isConstructor: true };
  if (typeof receiver === 'string') {
    const property = caller?.use?.how === 'method' ? propertyOf(caller.use.node['callee'] as never) : undefined;
    const isFound = inside.node.type === 'FunctionDeclaration' && property !== 'call' && property !== 'apply';
    const methodName = method ?? (isFound ? property : (name ?? undefined));
    return { ...frame, typeName: instances[receiver] ?? receiver, ...(methodName === undefined ? {} : { methodName }) };
  }
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

function throwerOfFirst(first: Seen | undefined, message: string): Frame | undefined {
  if (first?.use === undefined || first.outline === undefined) return undefined;
  const name = throwerOf(first.use, first.outline.text, message);
  return name === undefined ? undefined : builtin(first.frame, name);
}

const builtin = (frame: Frame, shown: string): Frame => {
  const [, typeName, name] = /^(?!new )(\w+)\.(.*)$/.exec(shown) ?? [];
  return {
    ...builtinFrame(frame),
    ...(name === undefined ? { functionName: shown } : { functionName: name, typeName: typeName!, methodName: name }),
  };
};

const builtinFrame = (frame: Frame): Frame => ({
  ...frame,
  fileName: undefined,
  isNative: true,
  isConstructor: false,
  evaluated: undefined,
});
