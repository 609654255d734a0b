/** Which names a scope declares, found before its body is walked, because declarations count from the scope's start. */
import { eachBinding, eachChild, isFunction, type Node } from './syntax.ts';

export class Scope {
  readonly names = new Set<string>();
  readonly parent: Scope | undefined;

  constructor(parent?: Scope) {
    this.parent = parent;
  }

  declares(name: string): boolean {
    for (let scope: Scope | undefined = this; scope !== undefined; scope = scope.parent) {
      if (scope.names.has(name)) return true;
    }
    return false;
  }

  declare(pattern: Node | null): void {
    eachBinding(pattern, (identifier) => this.names.add(identifier['name'] as string));
  }

  /** `let`, `const`, `using`, classes and functions directly in a list of statements. */
  declareLexical(statements: readonly Node[]): void {
    for (const outer of statements) {
      const statement: Node = outer['declaration'] && outer.type.startsWith('Export') ? (outer['declaration'] as Node) : outer;
      if (statement.type === 'VariableDeclaration') {
        if (statement['kind'] !== 'var') for (const declarator of statement['declarations']) this.declare(declarator.id);
      } else if (statement.type === 'ClassDeclaration' || statement.type === 'FunctionDeclaration') {
        this.declare(statement['id'] as Node | null);
      }
    }
  }

  /** `var`s anywhere below that belong to the function or module whose body this is. */
  declareVars(node: Node): void {
    if (isFunction(node) || node.type === 'ClassBody' || node.type.endsWith('Expression')) return;
    if (node.type === 'VariableDeclaration' && node['kind'] === 'var') {
      for (const declarator of node['declarations']) this.declare(declarator.id);
      return;
    }
    eachChild(node, (child) => this.declareVars(child));
  }
}
