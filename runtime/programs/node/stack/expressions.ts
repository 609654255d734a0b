/** Expressions of a program as V8's messages show them, and what can be told of their values without running it. */
import { eachChild, isFunction, type Node } from '../modules/syntax.ts';

/** Where the engine threw. */
export interface ThrownAt {
  readonly text: string;
  readonly program: Node;
  readonly offset: number;
  /** The nodes that hold the place, from the innermost out. */
  readonly path: readonly Node[];
}

const intermediate = '(intermediate value)';

/** As V8's `CallPrinter` prints an expression. */
export function printed(node: Node, text: string): string {
  return print(node, text) || intermediate;
}

function print(node: Node, text: string): string {
  const all = (nodes: readonly (Node | null)[]): string => nodes.map((one) => (one === null ? '' : printed(one, text))).join('');
  switch (node.type) {
    case 'Identifier':
      return node['name'] as string;
    case 'PrivateIdentifier':
      return `#${node['name'] as string}`;
    case 'ThisExpression':
      return 'this';
    case 'Literal': {
      if (node['regex'] !== undefined) return text.slice(node.start, node.end);
      const { value } = node;
      return typeof value === 'string' ? `"${value}"` : typeof value === 'bigint' || node['bigint'] !== undefined ? '' : String(value);
    }
    case 'TemplateLiteral':
      return node['expressions'].length === 0 ? `"${String(node['quasis'][0].value.cooked)}"` : all(node['expressions'] as Node[]);
    case 'TaggedTemplateExpression':
      return `${printed(node['tag'], text)}(...)`;
    case 'ArrayExpression':
      return `[${(node['elements'] as (Node | null)[]).map((one) => (one === null ? '' : printed(one, text))).join()}]`;
    case 'ObjectExpression':
      return `{${(node['properties'] as Node[]).map(() => intermediate).join('')}}`;
    case 'ChainExpression':
    case 'ParenthesizedExpression':
      return print(node['expression'] as Node, text);
    case 'AssignmentExpression':
      return print(node['left'], text);
    case 'SpreadElement':
      return `(...${printed(node['argument'], text)})`;
    case 'SequenceExpression':
      return `(${(node['expressions'] as Node[]).map((one) => printed(one, text)).join(' , ')})`;
    case 'BinaryExpression':
    case 'LogicalExpression':
      return `(${printed(node['left'], text)} ${node['operator'] as string} ${printed(node['right'], text)})`;
    case 'UnaryExpression': {
      const operator = node['operator'] as string;
      return `(${operator}${/\w/.test(operator) ? ' ' : ''}${printed(node['argument'], text)})`;
    }
    case 'ConditionalExpression':
      return intermediate.repeat(3);
    case 'MemberExpression': {
      const key = node['property'] as Node;
      const object = printed(node['object'], text);
      const chain = node['optional'] === true ? '?' : '';
      if (node['computed'] !== true && key.type !== 'PrivateIdentifier') return `${object}${chain}.${key['name'] as string}`;
      const written = key.type === 'PrivateIdentifier' ? undefined : literalText(key);
      return written === undefined ? `${object}${chain && '?.'}[${printed(key, text)}]` : `${object}${chain}.${written}`;
    }
    case 'CallExpression':
      return `${printed(node['callee'], text)}(...)`;
    default:
      return '';
  }
}

const literalText = (node: Node): string | undefined =>
  node.type === 'Literal' && typeof node['value'] === 'string'
    ? node['value']
    : node.type === 'TemplateLiteral' && node['expressions'].length === 0
      ? String(node['quasis'][0].value.cooked)
      : undefined;

/** Calls `visit` for every node below `node`. */
function each(node: Node, visit: (node: Node) => void): void {
  eachChild(node, (child) => {
    visit(child);
    each(child, visit);
  });
}

interface Named {
  /** How often it is declared; what assigns to it counts twice. */
  given: number;
  initial: Node | undefined;
}

/** By the trees of programs: one walk for all names, since every frame of a stack asks for some. */
const named = new WeakMap<Node, Map<string, Named>>();

function namesOf(program: Node): Map<string, Named> {
  const known = named.get(program);
  if (known !== undefined) return known;
  const names = new Map<string, Named>();
  const give = (name: string, given: number, initial?: Node): void => {
    const one = names.get(name);
    if (one === undefined) names.set(name, { given, initial });
    else one.given += given;
  };
  each(program, (node) => {
    if (node.type === 'VariableDeclarator' && node['id'].type === 'Identifier')
      give(node['id'].name as string, 1, (node['init'] as Node | null) ?? undefined);
    else if (node.type === 'AssignmentExpression' && node['left'].type === 'Identifier') give(node['left'].name as string, 2);
    else if (node.type === 'UpdateExpression' && node['argument'].type === 'Identifier') give(node['argument'].name as string, 2);
    else if (isFunction(node)) for (const one of node['params'] as Node[]) if (one.type === 'Identifier') give(one['name'] as string, 2);
  });
  named.set(program, names);
  return names;
}

/** What a name that is declared once and never assigned to begins with. */
export function initialOf(name: string, program: Node): Node | undefined {
  const found = namesOf(program).get(name);
  return found?.given === 1 ? found.initial : undefined;
}

/** The value of an expression that is always the same, if it is none of an object's. */
export function valueOf(node: Node | undefined, { program }: ThrownAt): { readonly value: unknown } | undefined {
  const look = (one: Node | undefined, deep: number): { readonly value: unknown } | undefined => {
    switch (one?.type) {
      case 'Literal':
        return one['regex'] === undefined ? { value: one['value'] as unknown } : undefined;
      case 'TemplateLiteral': {
        const value = literalText(one);
        return value === undefined ? undefined : { value };
      }
      case 'UnaryExpression': {
        const of = look(one['argument'], deep);
        if (one['operator'] === 'void') return { value: undefined };
        return one['operator'] === '-' && typeof of?.value === 'number' ? { value: -of.value } : undefined;
      }
      case 'Identifier': {
        const name = one['name'] as string;
        if (name === 'undefined' || name === 'NaN' || name === 'Infinity') return { value: { undefined, NaN, Infinity }[name] };
        return deep > 3 ? undefined : look(initialOf(name, program), deep + 1);
      }
      default:
        return undefined;
    }
  };
  return look(node, 0);
}

/** The literal that an object is made of, if the program shows it. */
export function literalOf(node: Node | undefined, at: ThrownAt, deep = 0): Node | undefined {
  if (node?.type === 'ObjectExpression' || node?.type === 'ArrayExpression' || deep > 4) return node;
  if (node?.type === 'Identifier') return literalOf(initialOf(node['name'], at.program), at, deep + 1);
  if (node?.type === 'CallExpression') return literalOf(node['arguments'][0], at, deep + 1);
  if (node?.type !== 'MemberExpression' || node['computed'] === true) return undefined;
  const holder = literalOf(node['object'], at, deep + 1);
  const key = node['property'].name as string;
  const property = ((holder?.['properties'] ?? []) as Node[]).find((one) => one['key']?.name === key);
  return literalOf(property?.['value'], at, deep + 1);
}

/** What V8 calls an object by, as far as the program tells: most are plain. */
export function objectName(node: Node | undefined, at: ThrownAt, deep = 0): string {
  const plain = '#<Object>';
  if (node === undefined || deep > 4) return plain;
  switch (node.type) {
    case 'ArrayExpression':
      return '[object Array]';
    case 'NewExpression':
      return node['callee'].type === 'Identifier' ? `#<${node['callee'].name as string}>` : plain;
    case 'ThisExpression': {
      const owner = at.path.find(({ type }) => type === 'ClassDeclaration' || type === 'ClassExpression')?.['id']?.name as
        string | undefined;
      return owner === undefined ? plain : `#<${owner}>`;
    }
    case 'CallExpression': {
      const callee = at.text.slice(node['callee'].start as number, node['callee'].end as number);
      if (/^Object\.(?:freeze|seal|preventExtensions|definePropert(?:y|ies))$/.test(callee))
        return objectName(node['arguments'][0], at, deep + 1);
      return /^Object\.(?:keys|values|entries)$|\.(?:map|filter|slice|split|concat|sort)$|^Array\./.test(callee) ? '[object Array]' : plain;
    }
    case 'Identifier':
      return objectName(initialOf(node['name'], at.program), at, deep + 1);
    case 'MemberExpression': {
      return literalOf(node, at)?.type === 'ArrayExpression' ? '[object Array]' : plain;
    }
    default:
      return plain;
  }
}

/** A value as V8 names it where it stands for an expression: `number 5`. */
export function typed(value: unknown): string {
  if (value === undefined) return 'undefined';
  if (value === null) return 'object null';
  if (typeof value === 'string') return `string "${value}"`;
  return typeof value === 'number' || typeof value === 'boolean' ? `${typeof value} ${value}` : typeof value;
}
