/** What lets the async functions of a program tell of themselves (`async-frames.ts`), as the walk over it comes by. */
import type { Edits } from './edits.ts';
import type { HelperNames } from './helper-names.ts';
import { Scope } from './scope.ts';
import type { Node } from './syntax.ts';

/** The walk over a program: what is visited makes its own edits. */
export interface Walk {
  readonly source: string;
  readonly edits: Edits;
  readonly names: HelperNames;
  visit(node: Node, parent: Node): void;
  visitAll(node: Node): void;
}

/** Where the value of a call goes that may be a promise, but for what waits for it or gives it away. */
export const mayHoldPromises = new Set([
  'ArrayExpression',
  'AssignmentExpression',
  'CallExpression',
  'ConditionalExpression',
  'ExpressionStatement',
  'LogicalExpression',
  'MemberExpression',
  'NewExpression',
  'Property',
  'SpreadElement',
  'UnaryExpression',
  'VariableDeclarator',
]);

/** Whether the value of an expression is that of a call. */
export const isCalled = ({ type }: Node): boolean => /^(?:Call|Chain|Conditional|Logical|Sequence)Expression$/.test(type);

/** Whether a `?.` before it decides on a call, too. */
export function isOptional(node: Node): boolean {
  for (let at: Node | undefined = node; at !== undefined; at = (at['callee'] ?? at['object']) as Node | undefined) {
    if (at['optional'] === true) return true;
    if (at.type !== 'CallExpression' && at.type !== 'MemberExpression') return false;
  }
  return false;
}

/** Where V8's stacks say that a loop waits. */
export function loopPlace(loop: Node): number {
  const left = loop['left'] as Node;
  if (left.type === 'MemberExpression') return left['property'].start as number;
  if (left.type !== 'VariableDeclaration') return left.start;
  const declared = left['declarations'][0].id as Node;
  return declared.type === 'Identifier' ? declared.start : declared.end - 1;
}

export function followNewPromise({ edits, names: { helper }, visitAll }: Walk, node: Node): void {
  const [executor] = node['arguments'] as Node[];
  edits.open(node.start, `${helper}.o(`);
  if (executor !== undefined && executor.type !== 'SpreadElement' && executor.type !== 'SequenceExpression') {
    edits.open(executor.start, `${helper}.i(`);
    visitAll(node);
    edits.close(executor.end, ')');
  } else visitAll(node);
  edits.close(node.end, ')');
}

/** Lets the helper see what a call gives. */
export function followCall({ edits, names, visitAll }: Walk, node: Node): void {
  edits.open(node.start, `${names.helper}.p(`);
  visitAll(node);
  edits.close(node.end, ')');
}

/** @param argument What an async function gives. */
export function followReturn({ edits, names: { helper, run }, visit }: Walk, argument: Node, node: Node): void {
  // A sequence may stand in parentheses, which are not its own.
  if (argument.type !== 'Identifier' && (!isCalled(argument) || argument.type === 'SequenceExpression')) return visit(argument, node);
  edits.open(argument.start, `${helper}.x(`);
  visit(argument, node);
  edits.close(argument.end, `,${run})`);
}

export function followYield({ source, edits, names: { helper, run }, visit }: Walk, node: Node): void {
  const keyword = node.start + 5;
  edits.open(node.start, `${helper}.y(`);
  const delegates = node['delegate'] === true;
  const argument = node['argument'] as Node | null;
  if (argument === null) return edits.close(node.end, ` ${helper}.q(void 0,${run},${node.start}),${run})`);
  const from = delegates ? afterToken(source, '*', keyword) : keyword;
  edits.open(from, ` ${helper}.${delegates ? 'd' : 'q'}(`);
  visit(argument, node);
  edits.close(node.end, `,${run},${node.start}),${run})`);
}

/** Declares what a function that waits keeps. */
export function declareFrame({ source, edits, names: { frame, helper, run } }: Walk, node: Node, body: Node, followed: boolean): void {
  const self = node.type === 'ArrowFunctionExpression' ? '' : ',this';
  const opens = followed ? `var ${frame}=0,${run}=${helper}.b(${helper}${self});try{` : `var ${frame}=0;`;
  const closes = followed ? `}catch($bve){throw ${helper}.c($bve)}finally{${helper}.z(${run})}` : '';
  if (body.type === 'BlockStatement') {
    let at = body.start + 1;
    for (const statement of body['body'] as Node[]) {
      if (typeof statement['directive'] !== 'string') break;
      at = statement.end;
    }
    if (followed) edits.open(body.end - 1, closes);
    return edits.close(at, `${at === body.start + 1 ? '' : ';'}${opens}`);
  }
  const parameters = node['params'] as Node[];
  const from = parameters.length > 0 ? parameters[parameters.length - 1]!.end : node.start;
  edits.close(afterToken(source, '=>', from), `{${opens}return(`);
  edits.close(node.end, `)${closes}}`);
}

/** Whether a body declares a function by a name that it declares once more, which a block must not. */
export function redeclares(body: Node): boolean {
  if (body.type !== 'BlockStatement') return false;
  const functions = (body['body'] as Node[]).filter(({ type }) => type === 'FunctionDeclaration').map((one) => one['id'].name as string);
  if (functions.length === 0) return false;
  const vars = new Scope();
  for (const statement of body['body'] as Node[]) if (statement.type !== 'FunctionDeclaration') vars.declareVars(statement);
  return new Set(functions).size < functions.length || functions.some((name) => vars.names.has(name));
}

/** The place after the first `token` from `from` that is not in a comment. */
function afterToken(source: string, token: string, from: number): number {
  for (let at = from; at < source.length; at += 1) {
    if (source.startsWith('/*', at)) at = source.indexOf('*/', at) + 1;
    else if (source.startsWith('//', at)) at = /[\n\r\u2028\u2029]|$/.exec(source.slice(at))!.index + at;
    else if (source.startsWith(token, at)) return at + token.length;
  }
  return from;
}
