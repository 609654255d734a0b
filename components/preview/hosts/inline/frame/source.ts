/** The part `source`: rewrites a script so that it, and what it evaluates, sees the server's `location`, and `import()` reaches the module loader. */
import { parse, type AnyNode, type Node } from 'acorn';
import { fullAncestor } from 'acorn-walk';
import { codeHelper, evalHelper, importHelper, locationHelper } from './location-face.ts';

/** `code` is what `eval()` is given. */
export type SourceKind = 'script' | 'module' | 'code';

interface Edit {
  readonly at: number;
  readonly to: number;
  readonly text: string;
}

type Named = { readonly type: string; readonly name: string };

/** Whether the pattern or declaration binds `name`. */
function binds(node: AnyNode | null | undefined, name: string): boolean {
  switch (node?.type) {
    case 'Identifier':
      return node.name === name;
    case 'ObjectPattern':
      return node.properties.some((property) => binds(property.type === 'RestElement' ? property.argument : property.value, name));
    case 'ArrayPattern':
      return node.elements.some((element) => binds(element, name));
    case 'AssignmentPattern':
      return binds(node.left, name);
    case 'RestElement':
      return binds(node.argument, name);
    case 'VariableDeclaration':
      return node.declarations.some((one) => binds(one.id, name));
    case 'FunctionDeclaration':
    case 'ClassDeclaration':
      return binds(node.id, name);
    case 'ImportDeclaration':
      return node.specifiers.some((one) => binds(one.local, name));
    case 'ExportNamedDeclaration':
      return binds(node.declaration, name);
    default:
      return false;
  }
}

/** Scopes that declare a `name` of their own, found in one walk. `var` counts for the function it is in. */
function shadowingScopes(program: Node, kind: SourceKind, name: string): Set<Node> {
  const scopes = new Set<Node>();
  fullAncestor(program, (node, _state, ancestors) => {
    const one = node as AnyNode;
    if (one.type === 'FunctionDeclaration' || one.type === 'FunctionExpression' || one.type === 'ArrowFunctionExpression') {
      if (one.params.some((param) => binds(param, name)) || (one.type === 'FunctionExpression' && binds(one.id, name))) scopes.add(one);
    }
    if (one.type === 'CatchClause' && binds(one.param, name)) scopes.add(one);
    if (!binds(one, name) || one.type === 'Identifier' || /Pattern$|^RestElement$/.test(one.type)) return;
    const isVar = one.type === 'VariableDeclaration' && one.kind === 'var';
    for (let index = ancestors.length - 2; index >= 0; index -= 1) {
      const { type } = ancestors[index]!;
      const isFunction = /Function/.test(type);
      if (type === 'Program') {
        // At the top of a classic script, `var location` is the window's own.
        if (kind !== 'script' || !isVar) scopes.add(ancestors[index]!);
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
export function rewriteSource(text: string, kind: SourceKind, url: string): string {
  let program: Node;
  try {
    program = parse(text, {
      ecmaVersion: 'latest',
      sourceType: kind === 'module' ? 'module' : 'script',
      allowHashBang: true,
      allowSuperOutsideMethod: kind === 'code',
      allowReturnOutsideFunction: false,
      allowAwaitOutsideFunction: kind === 'module',
    });
  } catch {
    return text; // The browser reports what is wrong with it.
  }
  const scopes = shadowingScopes(program, kind, 'location');
  const evalScopes = text.includes('eval') ? shadowingScopes(program, kind, 'eval') : new Set<Node>();
  const edits: Edit[] = [];
  const insert = (at: number, added: string) => edits.push({ at, to: at, text: added });
  const wrap = (node: Node) => {
    insert(node.start, `${locationHelper}(`);
    insert(node.end, ')');
  };
  const replace = (node: Node & Named, parent: AnyNode | undefined, target: string) =>
    edits.push({
      at: node.start,
      to: node.end,
      text: parent?.type === 'Property' && parent.shorthand ? `${node.name}:${target}` : target,
    });
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
    } else if (one.type === 'ImportExpression' && kind !== 'module') {
      edits.push({ at: one.start, to: one.start + 'import'.length, text: `((u,o)=>${importHelper}(u,${JSON.stringify(url)},o))` });
    } else if (
      one.type === 'Identifier' &&
      one.name === 'location' &&
      isReference(one, parent) &&
      !ancestors.some((scope) => scopes.has(scope))
    ) {
      replace(one, parent, `${locationHelper}(globalThis).location`);
    } else if (
      one.type === 'Identifier' &&
      one.name === 'eval' &&
      isReference(one, parent) &&
      !ancestors.some((scope) => scopes.has(scope) || evalScopes.has(scope))
    ) {
      // Only as `eval(…)` does it see the variables around it.
      if (parent?.type !== 'CallExpression' || parent.callee !== one || parent.optional) {
        replace(one, parent, evalHelper);
        return;
      }
      const [code] = parent.arguments;
      if (code === undefined || code.type === 'SpreadElement') return;
      insert(code.start, `${codeHelper}(`);
      insert(code.end, `,${JSON.stringify(url)})`);
    }
  });
  // At one place, what closes comes before what opens, and what is replaced comes last.
  const rank = (edit: Edit) => (edit.to > edit.at ? 2 : edit.text.endsWith(')') ? 0 : 1);
  edits.sort((a, b) => a.at - b.at || rank(a) - rank(b));
  let result = '';
  let at = 0;
  for (const edit of edits) {
    result += text.slice(at, edit.at) + edit.text;
    at = Math.max(at, edit.to);
  }
  return result + text.slice(at);
}
