/** What gives a script its value, which `eval` returns and a script that is loaded has to assign. */
import type { Node } from './syntax.ts';

/** Statements that leave the value of a script as it was. */
const valueless = new Set(['VariableDeclaration', 'FunctionDeclaration', 'ClassDeclaration', 'EmptyStatement']);

/** The statements of which one gives a script its value, or none. Undefined where that is not so simple: loops, for one. */
export function valuedIn(body: readonly Node[]): readonly Node[] | undefined {
  const last = body.findLast(({ type }) => !valueless.has(type));
  return last === undefined ? [] : valuedBy(last);
}

function valuedBy(statement: Node): readonly Node[] | undefined {
  switch (statement.type) {
    case 'ExpressionStatement':
      // A directive has to stay what it is.
      return statement['directive'] === undefined ? [statement] : undefined;
    case 'ThrowStatement':
      return [];
    case 'IfStatement': {
      const [one, other] = [statement['consequent'] as Node, statement['alternate'] as Node | null].map(branchOf);
      return one === undefined || other === undefined ? undefined : [...one, ...other];
    }
    default:
      return undefined;
  }
}

function branchOf(branch: Node | null): readonly Node[] | undefined {
  if (branch === null || valueless.has(branch.type)) return [];
  return branch.type === 'BlockStatement' ? valuedIn(branch['body'] as readonly Node[]) : valuedBy(branch);
}
