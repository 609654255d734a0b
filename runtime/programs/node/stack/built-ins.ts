/** Built-in functions that call a program's, by how they are called: V8 shows a frame of each, other engines none. */
import type { Node } from '../modules/syntax.ts';
import { propertyOf, type Use } from './outline.ts';
import { isBuiltIn, typeOf, type Called } from './receivers.ts';

const typedArrays = /^(?:Big)?(?:Ui|I)nt\d+(?:Clamped)?Array$|^Float\d+Array$/;
const arrayMethods =
  /^(?:forEach|map|filter|some|every|reduce|reduceRight|find|findIndex|findLast|findLastIndex|sort|toSorted|flatMap|join|concat|includes|indexOf|push)$/;
const stringMethods = /^(?:replace|replaceAll|split|match|matchAll|search|startsWith|endsWith|repeat|padStart|padEnd|localeCompare)$/;
/** They leave no frame, for they end in the call. */
const tailCalls = /^(?:Reflect\.(?:apply|construct)|Promise\.(?!try)\w+)$/;

/** What V8 calls the built-in function that a call in the frame at `at` is of. */
export function builtInCalled({ node, how }: Use, frames: readonly Called[], at: number): string | undefined {
  const { outline } = frames[at]!;
  const callee = node['callee'] as Node | undefined;
  if (outline === undefined || callee === undefined || how === 'read') return undefined;
  if (callee.type === 'Identifier') {
    const name = callee['name'] as string;
    if (name === 'Proxy' || name === 'eval' || name === 'Function' || !isBuiltIn(name, outline)) return undefined;
    return how === 'new' ? `new ${name}` : name;
  }
  const property = propertyOf(callee);
  if (property === undefined) return undefined;
  const holder = callee['object'] as Node;
  if (holder.type === 'Identifier') {
    const name = holder['name'] as string;
    const held = (globalThis as unknown as Record<string, Record<string, unknown> | undefined>)[name];
    if (
      /^[A-Z]/.test(name) &&
      typeof held?.[property] === 'function' &&
      (/^(?:JSON|Reflect|Math|Atomics)$/.test(name) || isBuiltIn(name, outline))
    )
      return tailCalls.test(`${name}.${property}`) ? undefined : `${name}.${property}`;
  }
  const type = typeOf(holder, frames, at);
  if (type === 'Set' || type === 'Map') return property === 'forEach' ? `${type}.forEach` : undefined;
  if (typeof type === 'string' && typedArrays.test(type)) return arrayMethods.test(property) ? `${type}.${property}` : undefined;
  if (typeof type === 'string' && type !== 'Array' && type !== 'String') return undefined;
  if (arrayMethods.test(property)) return `Array.${property}`;
  return stringMethods.test(property) ? `String.${property}` : undefined;
}
