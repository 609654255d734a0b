/** The part `source`: rewrites a script so that it sees the server's `location`, and `import()` reaches the module loader. */
import { parse, type AnyNode, type Node } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { importHelper, locationHelper } from './location-face.ts';

interface Edit {
  readonly at: number;
  readonly to: number;
  readonly text: string;
}

type Named = { readonly type: string; readonly name: string };

/** Whether the pattern or declaration binds `location`. */
function binds(node: AnyNode | null | undefined): boolean {
  switch (node?.type) {
    case 'Identifier':
      return node.name === 'location';
    case 'ObjectPattern':
      return node.properties.some((property) => binds(property.type === 'RestElement' ? property.argument : property.value));
    case 'ArrayPattern':
      return node.elements.some((element) => binds(element));
    case 'AssignmentPattern':
      return binds(node.left);
    case 'RestElement':
      return binds(node.argument);
    case 'VariableDeclaration':
      return node.declarations.some((one) => binds(one.id));
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return binds(node.id);
    case 'ImportDeclaration':
      return node.specifiers.some((one) => binds(one.local));
    case 'ExportNamedDeclaration':
      return binds(node.declaration);
    default:
      return false;
  }
}

/** Scopes that declare a `location` of their own, found in one walk. `var` counts for the function it is in. */
function shadowingScopes(program: Node, kind: 'script' | 'module'): Set<Node> {
  const scopes = new Set<Node>();
  fullAncestor(program, (node, _state, ancestors) => {
    const one = node as AnyNode;
    if (one.type === 'FunctionDeclaration' || one.type === 'FunctionExpression' || one.type === 'ArrowFunctionExpression') {
      if (one.params.some((param) => binds(param)) || (one.type === 'FunctionExpression' && binds(one.id))) scopes.add(one);
    }
    if (one.type === 'CatchClause' && binds(one.param)) scopes.add(one);
    if (!binds(one) || one.type === 'Identifier' || /Pattern$|^RestElement$/.test(one.type)) return;
    const isVar = one.type === 'VariableDeclaration' && one.kind === 'var';
    for (let index = ancestors.length - 2; index >= 0; index -= 1) {
      const { type } = ancestors[index]!;
      const isFunction = /Function/.test(type);
      if (type === 'Program') {
        // At the top of a classic script, `var location` is the window's own.
        if (kind === 'module' || !isVar) scopes.add(ancestors[index]!);
        return;
      }
      if (isFunction || (!isVar && /^(?:BlockStatement|For\w*Statement|SwitchStatement|StaticBlock)$/.test(type))) {
        scopes.add(ancestors[index]!);
        return;
      }
    }
  });
  return scopes;
}

/** Whether an identifier in this place reads or writes a variable. */
function isReference(node: Node, parent: AnyNode | undefined): boolean {
  switch (parent?.type) {
    case 'MemberExpression':
      return parent.object === node || parent.computed;
    case 'Property':
      return parent.value === node || parent.computed;
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return parent.value === node || parent.computed;
    case 'LabeledStatement':
    case 'BreakStatement':
    case 'ContinueStatement':
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
    case 'ExportSpecifier':
    case 'MetaProperty':
      return false;
    case 'VariableDeclarator':
      return parent.init === node;
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'ClassDeclaration':
    case 'ClassExpression':
      return (parent.type === 'ArrowFunctionExpression' && parent.body === node) || ('superClass' in parent && parent.superClass === node);
    default:
      return true;
  }
}

/** `url` is where the script is from: `import()` is relative to it. */
export function rewriteSource(text: string, kind: 'script' | 'module', url: string): string {
  let program: Node;
  try {
    program = parse(text, {
      ecmaVersion: 'latest',
      sourceType: kind,
      allowHashBang: true,
      allowReturnOutsideFunction: false,
      allowAwaitOutsideFunction: kind === 'module',
    });
  } catch {
    return text; // The browser reports what is wrong with it.
  }
  const scopes = shadowingScopes(program, kind);
  const edits: Edit[] = [];
  const insert = (at: number, added: string) => edits.push({ at, to: at, text: added });
  const wrap = (node: Node) => {
    insert(node.start, `${locationHelper}(`);
    insert(node.end, ')');
  };
  const seen = new Set<Node>();
  fullAncestor(program, (node, _state, ancestors) => {
    if (seen.has(node)) return;
    seen.add(node);
    const one = node as AnyNode;
    const parent = ancestors[ancestors.length - 2] as AnyNode | undefined;
    if (
      one.type === 'MemberExpression' &&
      !one.computed &&
      (one.property as Named).name === 'location' &&
      one.property.type === 'Identifier' &&
      one.object.type !== 'Super'
    ) {
      wrap(one.object);
    } else if (one.type === 'VariableDeclarator' && one.id.type === 'ObjectPattern' && one.init) {
      if (
        one.id.properties.some(
          (property) => property.type === 'Property' && !property.computed && (property.key as Named).name === 'location',
        )
      )
        wrap(one.init);
    } else if (one.type === 'ImportExpression' && kind === 'script') {
      edits.push({ at: one.start, to: one.start + 'import'.length, text: `((u,o)=>${importHelper}(u,${JSON.stringify(url)},o))` });
    } else if (
      one.type === 'Identifier' &&
      one.name === 'location' &&
      isReference(one, parent) &&
      !ancestors.some((scope) => scopes.has(scope))
    ) {
      const isShorthand = parent?.type === 'Property' && parent.shorthand;
      const target = `${locationHelper}(globalThis).location`;
      edits.push({ at: one.start, to: one.end, text: isShorthand ? `location:${target}` : target });
    }
  });
  // At one place, what closes comes before what opens, and what is replaced comes last.
  const rank = (edit: Edit) => (edit.to > edit.at ? 2 : edit.text === ')' ? 0 : 1);
  edits.sort((a, b) => a.at - b.at || rank(a) - rank(b));
  let result = '';
  let at = 0;
  for (const edit of edits) {
    result += text.slice(at, edit.at) + edit.text;
    at = Math.max(at, edit.to);
  }
  return result + text.slice(at);
}
