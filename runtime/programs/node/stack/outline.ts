/**
 * What a script's text tells of the frames in it, for engines whose stacks tell less than V8's: what a function is called and what
 * it belongs to, how it was called, and which place of a call V8 counts from.
 */
import type { ScriptSource } from '../modules/sources.ts';
import { eachChild, isFunction, type Node } from '../modules/syntax.ts';
import { loopPlace } from '../modules/follow-functions.ts';
import type { ThrownAt } from './expressions.ts';

/** The function that a place is in. */
export interface Outlined {
  readonly node: Node;
  /** As V8 names it; null for one without a name. */
  readonly name: string | null;
  /** The class, or `Object` for what an object literal holds. */
  readonly type: string | null;
  /** What it is found by in what holds it, if it has another name of its own. */
  readonly key?: string;
  /** The name of what it was made a property of, by an assignment; empty for what is no name, such as `F.prototype`. */
  readonly holder?: string;
  readonly kind: 'function' | 'constructor' | 'getter';
  readonly generator: boolean;
  /** What it is handed to, if it is an argument. */
  readonly argumentOf: Node | undefined;
}

/** What is being called, or was read, at a place. */
export interface Use {
  readonly node: Node;
  readonly how: 'plain' | 'method' | 'new' | 'read';
}

export type ParseScript = (text: string) => Node | undefined;

/** What happened at a place: it tells apart several that begin there. */
export type Happening = Outlined['kind'] | `property ${string}` | `getter ${string}` | 'assignment' | 'none' | undefined;

/** A text longer than this is not parsed for its stacks. */
const longest = 400_000;

const keyOf = (node: Node): string | null =>
  node['computed'] === true
    ? node['key'].type === 'Literal'
      ? String(node['key'].value)
      : node['key'].type === 'MemberExpression' && node['key'].object.name === 'Symbol' && node['key'].computed !== true
        ? `[Symbol.${String(node['key'].property.name)}]`
        : null
    : node['key'].type === 'PrivateIdentifier'
      ? `#${String(node['key'].name)}`
      : String(node['key'].name ?? node['key'].value);

/** The rest of a member expression's name, as a method is looked up by it. */
export const propertyOf = (node: Node): string | undefined =>
  node.type === 'MemberExpression' && node['computed'] !== true ? (node['property'].name as string) : undefined;

export class Outline {
  readonly text: string;
  readonly #lines: number[] = [0];
  readonly program: Node;
  #declared: Map<string, Node> | undefined;

  constructor(text: string, program: Node) {
    this.text = text;
    this.program = program;
    for (const { index, 0: end } of text.matchAll(/\r\n|[\n\r\u2028\u2029]/g)) this.#lines.push(index + end.length);
  }

  /** Undefined for a line that the text has not. */
  offset(line: number, column: number): number | undefined {
    const start = this.#lines[line - 1];
    return start === undefined ? undefined : start + column - 1;
  }

  column(line: number, offset: number): number {
    return offset - this.#lines[line - 1]! + 1;
  }

  /** The line of an offset, from 1. */
  line(offset: number): number {
    let line = 1;
    while (line < this.#lines.length && this.#lines[line]! <= offset) line += 1;
    return line;
  }

  /** From the outermost node to the innermost one that holds `offset`. */
  #path(offset: number): Node[] {
    const path = [this.program];
    for (;;) {
      let inner: Node | undefined;
      eachChild(path.at(-1)!, (child) => {
        if (child.start <= offset && offset < child.end) inner ??= child;
      });
      if (inner === undefined) return path;
      path.push(inner);
    }
  }

  /** The function or class that is declared by a name. */
  declared(name: string): Node | undefined {
    if (this.#declared === undefined) {
      const found = (this.#declared = new Map<string, Node>());
      const walk = (node: Node): void => {
        if ((node.type === 'FunctionDeclaration' || node.type === 'ClassDeclaration') && node['id'] !== null)
          found.set(node['id'].name as string, node);
        eachChild(node, walk);
      };
      walk(this.program);
    }
    return this.#declared.get(name);
  }

  /** Whether a name is given another value than it begins with. */
  isAssigned(name: string): boolean {
    return new RegExp(`(?<![\\w$.])${name.replaceAll('$', '\\$')} =[^=>]`).test(this.text.replace(/\b(?:const|let|var) [\w$]+ =/g, ''));
  }

  /** The class whose constructor is not written, at the place that engines give it. */
  classAt(offset: number): Node | undefined {
    return this.#path(offset).find((node) => /^Class(?:Declaration|Expression)$/.test(node.type) && node.start === offset);
  }

  /** The innermost class around a place. */
  classAround(offset: number): Node {
    return this.#path(offset).findLast((node) => /^Class(?:Declaration|Expression)$/.test(node.type)) ?? this.program;
  }

  /** The nodes that hold a place, from the innermost out. */
  thrownAt(offset: number): ThrownAt {
    return { text: this.text, program: this.program, offset, path: this.#path(offset).reverse() };
  }

  functionAt(offset: number): Outlined | undefined {
    const path = this.#path(offset);
    for (let at = path.length - 1; at >= 0; at--) {
      const node = path[at]!;
      if (isFunction(node)) return named(node, path, at);
      // A class's fields are set by functions of their own.
      const isNamed = node['computed'] !== true && node['key']?.start === offset;
      const isField = node.type === 'PropertyDefinition' && node['value'] !== null && (isNamed || offset >= node['value'].start);
      if (node.type === 'StaticBlock' || isField) {
        const name = node.type === 'StaticBlock' || node['static'] === true ? '<static_initializer>' : '<instance_members_initializer>';
        return { node, name, type: null, kind: 'function', generator: false, argumentOf: undefined };
      }
    }
    return undefined;
  }

  /** What the engine's `offset` stands for, and where V8 would have counted it. */
  useAt(offset: number, happening: Happening): { readonly use: Use; readonly offset: number } | undefined {
    if (happening === 'none') return undefined;
    const path = this.#path(offset).reverse();
    let found: { readonly use: Use; readonly offset: number } | undefined;
    for (const node of path) {
      if (isFunction(node)) break;
      const counted = this.#counted(node, offset, happening, path);
      if (counted === undefined) continue;
      if (happening === undefined || suits(counted.use, happening)) return counted;
      if (happening?.startsWith('getter ') !== true || counted.use.how !== 'read') found ??= counted;
    }
    if (happening?.startsWith('getter ') === true) return found?.use.how === 'read' ? undefined : found;
    const property = /^property (.*)$/s.exec(happening ?? '')?.[1];
    // A field's value counts from its name.
    const read = path[1]?.type === 'PropertyDefinition' && path[1]['key'] === path[0] ? (path[1]['value'] as Node | null) : undefined;
    if (property !== undefined && path[0]!.start === offset) return this.#readIn(read ?? path[0]!, property);
    return happening === undefined || happening === 'function' ? found : undefined;
  }

  /** Some reads count from the statement that they are in. */
  #readIn(node: Node, property: string): { readonly use: Use; readonly offset: number } | undefined {
    let found: { readonly use: Use; readonly offset: number } | undefined;
    const walk = (one: Node): void => {
      if (found !== undefined || isFunction(one)) return;
      if (one.type === 'MemberExpression' && propertyOf(one) === property)
        found = { use: { node: one, how: 'read' }, offset: one['property'].start };
      eachChild(one, walk);
    };
    walk(node);
    return found;
  }

  #counted(
    node: Node,
    offset: number,
    happening: Happening,
    path: readonly Node[],
  ): { readonly use: Use; readonly offset: number } | undefined {
    if (node.type === 'NewExpression') {
      const paren = this.text.indexOf('(', node['callee'].end as number);
      return offset === node.start || offset === paren ? { use: { node, how: 'new' }, offset: node.start } : undefined;
    }
    if (node.type === 'CallExpression') {
      const callee = node['callee'] as Node;
      const paren = this.text.indexOf('(', callee.end);
      const member = callee.type === 'MemberExpression';
      const property = member ? (callee['property'] as Node) : callee;
      if (![paren, property.start, property.start - 1, callee.start].includes(offset)) return undefined;
      const byName = property.type === 'Identifier' && callee['computed'] !== true && callee.end === property.end;
      return { use: { node, how: member ? 'method' : 'plain' }, offset: byName || callee.type === 'Super' ? property.start : paren };
    }
    if (node.type === 'TaggedTemplateExpression' && node['tag'].type === 'MemberExpression') {
      const property = node['tag'].property as Node;
      if (![node.start, property.start, property.start - 1, node['quasi'].start].includes(offset)) return undefined;
      return { use: { node, how: 'method' }, offset: node['quasi'].start };
    }
    if (node.type === 'ForOfStatement' && node['await'] !== true && offset === node.start)
      return { use: { node, how: 'plain' }, offset: loopPlace(node) };
    if (node.type === 'BinaryExpression' && [node.start, node['left'].start, node['right'].start].includes(offset)) {
      const operator = node['operator'] as string;
      return { use: { node, how: 'plain' }, offset: this.text.indexOf(operator, node['left'].end as number) };
    }
    if (node.type === 'UnaryExpression' && offset === node['argument'].start) return { use: { node, how: 'plain' }, offset: node.start };
    if (node.type === 'AssignmentExpression' && node['operator'] === '=' && node['left'].type === 'MemberExpression') {
      const property = node['left'].property as Node;
      if (![node.start, property.start, property.start - 1].includes(offset)) return undefined;
      return { use: { node, how: 'read' }, offset: this.text.indexOf('=', node['left'].end as number) };
    }
    if (node.type === 'MemberExpression') {
      const holder = path[path.indexOf(node) + 1];
      if (holder?.type === 'AssignmentExpression' && holder['operator'] === '=' && holder['left'] === node) return undefined;
      const property = node['property'] as Node;
      if (![node.start, property.start, property.start - 1].includes(offset)) return undefined;
      return {
        use: { node, how: 'read' },
        offset: node['computed'] === true ? this.text.lastIndexOf('[', property.start) + 1 : property.start,
      };
    }
    if (node.type === 'AssignmentExpression' && happening === 'assignment' && offset === node.start) {
      const operator = node['operator'] as string;
      return { use: { node, how: 'read' }, offset: this.text.indexOf(operator, node['left'].end as number) };
    }
    return undefined;
  }
}

function suits(use: Use, happening: Exclude<Happening, undefined>): boolean {
  const property = /^property (.*)$/s.exec(happening)?.[1];
  if (property !== undefined) {
    return use.node.type === 'MemberExpression' && (use.node['computed'] === true || propertyOf(use.node) === property);
  }
  const got = /^getter (.*)$/s.exec(happening)?.[1];
  if (got !== undefined) {
    const read = use.node.type === 'AssignmentExpression' ? (use.node['left'] as Node) : use.node;
    return (
      read.type === 'MemberExpression' &&
      (read['computed'] === true || propertyOf(read) === got || read['property'].type === 'PrivateIdentifier')
    );
  }
  switch (happening) {
    case 'constructor':
      return use.how === 'new';
    case 'getter':
      return use.node.type === 'MemberExpression';
    case 'assignment':
      return use.node.type === 'AssignmentExpression';
    case 'function':
      return use.how !== 'read';
    default:
      return false;
  }
}

function named(node: Node, path: readonly Node[], at: number): Outlined {
  const parent = path[at - 1]!;
  const own = (node['id']?.name as string | undefined) ?? null;
  const generator = node['generator'] === true;
  const argumentOf =
    (parent.type === 'CallExpression' || parent.type === 'NewExpression') && parent['callee'] !== node ? parent : undefined;
  const plain = (name: string | null, type: string | null = null, kind: Outlined['kind'] = 'function'): Outlined => ({
    node,
    name,
    type,
    kind,
    generator,
    argumentOf,
  });
  switch (parent.type) {
    case 'MethodDefinition':
    case 'PropertyDefinition': {
      const owner = path[at - 3]!;
      const type = (owner['id']?.name as string | undefined) ?? nameOfHolder(path[at - 4]) ?? null;
      const key = keyOf(parent);
      if (parent['kind'] === 'constructor') return plain(type, type, 'constructor');
      if (parent['kind'] === 'get') return plain(`get ${key ?? ''}`, type, 'getter');
      if (parent['kind'] === 'set') return plain(`set ${key ?? ''}`, type, 'getter');
      return plain(own ?? key, type);
    }
    case 'Property': {
      const key = keyOf(parent);
      if (parent['kind'] === 'get' || parent['kind'] === 'set') return plain(`${String(parent['kind'])} ${key ?? ''}`, 'Object', 'getter');
      return { ...plain(own ?? key, 'Object'), ...(own === null || key === null ? {} : { key }) };
    }
    case 'AssignmentExpression': {
      const left = parent['left'] as Node;
      const owner =
        left.type === 'MemberExpression' && left['object'].type === 'MemberExpression' && propertyOf(left['object']) === 'prototype'
          ? (left['object'].object as Node)
          : undefined;
      const type = owner?.type === 'Identifier' ? (owner['name'] as string) : null;
      const key = type === null ? undefined : propertyOf(left);
      const holder = left.type !== 'MemberExpression' ? undefined : left['object'].type === 'Identifier' ? String(left['object'].name) : '';
      return {
        ...plain(own ?? nameOfHolder(parent) ?? nameOfMember(left, path.slice(0, at - 1)) ?? null, type),
        ...(holder === undefined ? {} : { holder }),
        ...(own === null || key === undefined ? {} : { key }),
      };
    }
    default:
      return plain(own ?? nameOfHolder(parent) ?? null);
  }
}

/** What names a function or class without a name. */
function nameOfHolder(holder: Node | undefined): string | undefined {
  if (holder?.type === 'VariableDeclarator' && holder['id'].type === 'Identifier') return holder['id'].name as string;
  if (holder?.type === 'AssignmentExpression' && holder['left'].type === 'Identifier') return holder['left'].name as string;
  if (holder?.type === 'AssignmentPattern' && holder['left'].type === 'Identifier') return holder['left'].name as string;
  return undefined;
}

/** What V8 infers for a function that is assigned to a property: `exports.f`. */
function nameOfMember(left: Node, path: readonly Node[]): string | undefined {
  if (left.type !== 'MemberExpression') return undefined;
  const parts: string[] = [];
  let at = left;
  for (; at.type === 'MemberExpression'; at = at['object']) {
    const property = propertyOf(at) ?? '<computed>';
    if (property !== 'prototype') parts.unshift(property);
  }
  if (at.type === 'Identifier') return [at['name'], ...parts].join('.');
  if (at.type !== 'ThisExpression') return undefined;
  for (let index = path.length - 1; index > 0; index--) {
    const node = path[index]!;
    if (!isFunction(node) || node.type === 'ArrowFunctionExpression') continue;
    const { name } = named(node, path, index);
    return name === null ? undefined : [name, ...parts].join('.');
  }
  return undefined;
}

const outlines = new WeakMap<ScriptSource, Outline | null>();

/** Undefined for a text that cannot be parsed. */
export function outlineOf(script: ScriptSource, parse: ParseScript): Outline | undefined {
  let outline = outlines.get(script);
  if (outline === undefined) {
    const program = script.text.length > longest ? undefined : parse(script.text);
    outline = program === undefined ? null : new Outline(script.text, program);
    outlines.set(script, outline);
  }
  return outline ?? undefined;
}
