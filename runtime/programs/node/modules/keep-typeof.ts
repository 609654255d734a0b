import type { Edits } from './edits.ts';
import { eachBinding, eachChild, isFunction, type Node } from './syntax.ts';

/**
 * Of code in a `vm` context, whose scope answers for every name: `typeof` of one that nothing declares must not throw, where every other
 * read of it does. The helper's `peek` tells what the name has.
 */
export function keepTypeof(program: Node, edits: Edits, helper: string, known: readonly string[] = []): void {
  const declared = new Set<string>(known);
  const asked: Node[] = [];
  const declare = (pattern: Node | null): void => eachBinding(pattern, (identifier) => declared.add(identifier['name'] as string));
  const look = (node: Node): void => {
    if (isFunction(node)) {
      declare(node['id'] ?? null);
      for (const parameter of node['params'] as Node[]) declare(parameter);
    } else if (node.type === 'VariableDeclarator' || node.type === 'ClassDeclaration' || node.type === 'ClassExpression')
      declare(node['id']);
    else if (node.type === 'CatchClause') declare(node['param']);
    else if (node.type === 'UnaryExpression' && node['operator'] === 'typeof' && node['argument'].type === 'Identifier')
      asked.push(node['argument']);
    eachChild(node, look);
  };
  look(program);
  for (const identifier of asked) {
    if (!declared.has(identifier['name'] as string) && identifier['name'] !== 'arguments') {
      edits.replace(identifier.start, identifier.end, `${helper}.peek("${identifier['name'] as string}")`);
    }
  }
}
