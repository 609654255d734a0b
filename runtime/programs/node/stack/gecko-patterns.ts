/** What Firefox says where something cannot be taken apart or iterated over, in V8's words. */
import { isFunction, type Node } from '../modules/syntax.ts';
import { printed, typed, valueOf, type ThrownAt } from './expressions.ts';
import { callAt } from './thrown-at.ts';

/** What the place tells; undefined where it is not known or tells nothing. */
export type Told = string | undefined;
export type FromPlace = (at: ThrownAt, match: RegExpExecArray) => Told;

/** What V8 looked for in vain. */
export const iteratorRead = '(cannot read property Symbol(Symbol.iterator))';

export const nullish = (word: string): null | undefined => (word === 'null' ? null : undefined);

/** The place of what is written in braces is within them. */
const isGiven = ({ start, end, type }: Node, offset: number): boolean =>
  offset === start || (type === 'ObjectExpression' && start < offset && offset < end);

/** The pattern that is given what the place stands for, and that. */
function destructuredAt(at: ThrownAt): { readonly pattern: Node; readonly given: Node | undefined; readonly source: string } | undefined {
  for (const node of at.path) {
    const pattern = (node['id'] ?? node['left']) as Node | undefined;
    const given = (node['init'] ?? node['right']) as Node | undefined;
    const isPattern = pattern?.type === 'ObjectPattern' || pattern?.type === 'ArrayPattern';
    const source = given === undefined ? '' : printed(given, at.text);
    if (node.type === 'VariableDeclarator' && isPattern && given !== undefined && isGiven(given, at.offset))
      return { pattern, given, source };
    if (node.type === 'AssignmentExpression' && isPattern && [node.start, given?.start].includes(at.offset))
      return { pattern, given, source };
    if (node.type === 'CatchClause' && at.offset < node['body'].start && (node['param'] as Node | null)?.type.endsWith('Pattern') === true)
      return { pattern: node['param'] as Node, given: undefined, source: '.catch' };
    if (node.type === 'ForOfStatement') {
      const [declared] = (pattern?.['declarations'] ?? []) as Node[];
      const each = (declared?.['id'] ?? pattern) as Node;
      if (each.type.endsWith('Pattern') && pattern?.start === at.offset) return { pattern: each, given: undefined, source: '.for' };
    }
  }
  const taker = at.path.find((node) => isFunction(node));
  if (taker !== undefined && at.offset < (taker['body'].start as number)) {
    const patterns = (taker['params'] as Node[]).map((param) => (param.type === 'AssignmentPattern' ? (param['left'] as Node) : param));
    const pattern =
      patterns.find((one) => one.start === at.offset && one.type.endsWith('Pattern')) ??
      patterns.find((one) => /^(?:Object|Array)Pattern$/.test(one.type));
    if (pattern !== undefined) return { pattern, given: undefined, source: '' };
  }
  return undefined;
}

export const keyText = (property: Node | undefined): Told =>
  property === undefined || property['computed'] === true || property.type === 'RestElement'
    ? undefined
    : String(property['key'].name ?? property['key'].value);

/** The pattern within one that takes apart what the engine calls by the names of properties: `o.a.b`. */
function within(pattern: Node, subject: string): Node | undefined {
  const keys = /(?:\.[\w$]+)+$/.exec(subject)?.[0].slice(1).split('.') ?? [];
  for (let from = 0; from < keys.length; from += 1) {
    let found: Node | undefined = pattern;
    for (const key of keys.slice(from)) {
      const value: Node | undefined = ((found?.['properties'] ?? []) as Node[]).find((one) => keyText(one) === key)?.['value'];
      found = value?.type === 'AssignmentPattern' ? (value['left'] as Node) : value;
    }
    if (found?.type === 'ObjectPattern') return found;
  }
  return undefined;
}

/** `… is undefined` without a property: something is taken apart. */
export const takenApart: FromPlace = (at, { groups }) => {
  const word = groups!['nullish'] ?? groups!['value']!;
  const reading = (pattern: Node): Told => {
    const read = keyText((pattern['properties'] as Node[])[0]);
    return read === undefined ? undefined : `Cannot read properties of ${word} (reading '${read}')`;
  };
  const [innermost, holder] = at.path;
  if (innermost?.type === 'ObjectPattern' && innermost.start === at.offset && holder?.type === 'ArrayPattern') return reading(innermost);
  if (/\.next\(\)\.value$/.test(groups!['subject'] ?? '')) {
    const list = at.path.find(({ type }) => type === 'ArrayPattern');
    const element = ((list?.['elements'] ?? []) as (Node | null)[]).find((one) => one?.type === 'ObjectPattern');
    if (element !== undefined && element !== null) return reading(element);
  }
  const found = destructuredAt(at);
  if (found?.pattern.type !== 'ObjectPattern') return undefined;
  const { pattern, source } = found;
  const inner = within(pattern, groups!['subject'] ?? '');
  if (inner !== undefined && inner !== pattern) return reading(inner);
  const subject = source === '' ? typed(nullish(word)) : source;
  const [first] = pattern['properties'] as Node[];
  const key = keyText(first);
  if (key === undefined) return `Cannot destructure '${subject}' as it is ${word}.`;
  if (/^(?:AssignmentPattern|MemberExpression)$/.test((first!['value'] as Node).type)) return reading(pattern);
  return `Cannot destructure property '${key}' of '${subject}' as it is ${word}.`;
};

/** Something was to be iterated over. `value` if that is known. */
export function notIterable(at: ThrownAt, value: { readonly value: unknown } | undefined): Told {
  const shown = (node: Node): string => {
    if (node.type === 'CallExpression' || node.type === 'NewExpression')
      return `${printed(node['callee'], at.text)} is not a function or its return value is not iterable`;
    return `${printed(node, at.text)} is not iterable`;
  };
  const loaded = (known = value): string => `${known === undefined ? 'object' : typed(known.value)} is not iterable ${iteratorRead}`;
  for (const node of at.path) {
    if (isFunction(node)) break;
    if (node.type === 'SpreadElement') {
      const argument = node['argument'] as Node;
      if (at.path[at.path.indexOf(node) + 1]!.type === 'ArrayExpression') return shown(argument);
      return value !== undefined && (value.value === undefined || value.value === null)
        ? `${printed(argument, at.text)} is not iterable (cannot read property ${String(value.value)})`
        : 'Spread syntax requires ...iterable[Symbol.iterator] to be a function';
    }
    const right = node['right'] as Node;
    if (node.type === 'ForOfStatement' && right.start <= at.offset && at.offset < right.end) return shown(right);
    if (node.type === 'YieldExpression' && node.start === at.offset) return loaded(value ?? valueOf(node['argument'], at));
  }
  const found = destructuredAt(at);
  if (found?.pattern.type === 'ArrayPattern') {
    const { given, source } = found;
    if (source === '.for') return '.for is not iterable';
    const isDeclared = given !== undefined && at.path.some((node) => node.type === 'VariableDeclarator' && node['init'] === given);
    if (isDeclared && given.type === 'AwaitExpression') return `${source} is not iterable`;
    if (isDeclared && ['Identifier', 'CallExpression', 'NewExpression'].includes(given.type)) return shown(given);
    return loaded(value ?? (given === undefined ? undefined : valueOf(given, at)));
  }
  if (found !== undefined || at.path.some(({ type }) => type === 'ArrayPattern')) return loaded();
  const call = callAt(at);
  return call === undefined ? undefined : loaded(value ?? valueOf((call['arguments'] as Node[] | undefined)?.[0], at));
}

const restStart = (property: Node): number => (property.type === 'RestElement' ? (property['argument'] as Node).start : property.start);

/** The pattern within one whose first property has a name; undefined asks for one without. */
function patternOf(pattern: Node | null, name: string | undefined): Node | undefined {
  if (pattern?.type === 'AssignmentPattern') return patternOf(pattern['left'] as Node, name);
  if (pattern?.type === 'ArrayPattern') {
    for (const element of pattern['elements'] as (Node | null)[]) {
      const found = patternOf(element, name);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (pattern?.type !== 'ObjectPattern') return undefined;
  const properties = pattern['properties'] as Node[];
  if (keyText(properties[0]) === name) return pattern;
  for (const property of properties) {
    const found = patternOf((property['value'] as Node | undefined) ?? null, name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Where V8's stacks have what could not be taken apart. `message` is in V8's words. */
export function patternPlace(at: ThrownAt, message: string): number | undefined {
  const words = /^Cannot (?:destructure (?:property '(.*?)' of )?'.*' as it is |read properties of \w+ \(reading '(.*)'\)$)/s.exec(message);
  if (words === null) return undefined;
  const [innermost, holder] = at.path;
  const inList = innermost?.type === 'ObjectPattern' && innermost.start === at.offset && holder?.type === 'ArrayPattern';
  const whole = inList || innermost?.type === 'ArrayPattern' ? innermost : destructuredAt(at)?.pattern;
  const pattern = whole === undefined ? undefined : patternOf(whole, words[1] ?? words[2]);
  if (pattern === undefined) return undefined;
  const [first] = pattern['properties'] as Node[];
  return first === undefined || first['computed'] === true ? pattern.start : restStart(first);
}
