/** Calls of `eval` by its own name. */
import type { Node } from './syntax.ts';

/** Where V8's stacks have a direct `eval` that could not read what it was given: at what ran last before, or the statement's start. */
export function evalPlace(node: Node, parent: Node | undefined, source: string): number {
  const given = (node['arguments'] as Node[])[0]!;
  const last = given.type === 'TemplateLiteral' ? ((given['expressions'] as Node[]).at(-1) ?? given) : given;
  if (last.type === 'MemberExpression') return (last['property'] as Node).start;
  if (last.type === 'BinaryExpression') return source.indexOf(last['operator'] as string, (last['left'] as Node).end);
  if (last.type === 'NewExpression') return last.start;
  if (last.type === 'CallExpression') {
    const callee = last['callee'] as Node;
    return callee.type === 'MemberExpression' ? (callee['property'] as Node).start : callee.start;
  }
  if (last !== given) return last.start;
  if (parent?.type === 'ReturnStatement' || parent?.type === 'ThrowStatement' || parent?.type === 'IfStatement') return parent.start;
  if (parent?.type === 'AssignmentExpression' && (parent['left'] as Node).type === 'Identifier') return parent.start;
  return node.start;
}
