/** The parser's trees, as far as the compiler looks at them, and how it is called. */
import type { Untyped } from '../realm.ts';

/** An ESTree node as acorn makes it. Fields differ by `type`. */
export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: Untyped;
}

export type Parse = (source: string, options: Record<string, unknown>) => Node;

/** What acorn throws. */
export interface ParseFailure extends SyntaxError {
  readonly pos: number;
  readonly loc: { readonly line: number; readonly column: number };
  readonly raisedAt: number;
}

function isNode(value: Untyped): value is Node {
  return typeof value === 'object' && value !== null && typeof value.type === 'string';
}

/** Calls `visit` for each direct child, in the order of the fields. */
export function eachChild(node: Node, visit: (child: Node) => void): void {
  for (const field in node) {
    if (field === 'type' || field === 'start' || field === 'end' || field === 'loc') continue;
    const value = node[field];
    if (Array.isArray(value)) {
      for (const item of value) if (isNode(item)) visit(item);
    } else if (isNode(value)) visit(value);
  }
}

export function isFunction(node: Node): boolean {
  return node.type === 'FunctionDeclaration' || node.type === 'FunctionExpression' || node.type === 'ArrowFunctionExpression';
}

/** The identifiers that a binding pattern declares. */
export function eachBinding(pattern: Node | null, visit: (identifier: Node) => void): void {
  if (pattern === null) return;
  switch (pattern.type) {
    case 'Identifier':
      visit(pattern);
      break;
    case 'ObjectPattern':
      for (const property of pattern['properties'])
        eachBinding(property.type === 'RestElement' ? property.argument : property.value, visit);
      break;
    case 'ArrayPattern':
      for (const element of pattern['elements']) eachBinding(element, visit);
      break;
    case 'AssignmentPattern':
      eachBinding(pattern['left'], visit);
      break;
    case 'RestElement':
      eachBinding(pattern['argument'], visit);
      break;
    default:
      break;
  }
}

/** An identifier's or string literal's name, as export and import specifiers have them. */
export function nameOf(node: Node): string {
  return node.type === 'Literal' ? String(node['value']) : (node['name'] as string);
}
