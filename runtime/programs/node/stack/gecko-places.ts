/** What Firefox says when it throws, in V8's words, where they tell more: of the expression that it was thrown at. */
import { iteratorRead, keyText, notIterable, nullish, takenApart, type FromPlace, type Told } from './gecko-patterns.ts';
import { initialOf, literalOf, printed, objectName, typed, valueOf, type ThrownAt } from './expressions.ts';
import { isFunction, type Node } from '../modules/syntax.ts';
import { isRegExpMessage, regExpMessage } from './regexp-messages.ts';
import { callAt, nodesOf } from './thrown-at.ts';

/** Whether a property of what is nullish was to be set. */
function isSet(at: ThrownAt, property: string): boolean {
  return nodesOf(at, 'AssignmentExpression').some(({ left, operator }) => {
    const target = left as Node;
    if (operator !== '=' || target.type !== 'MemberExpression') return false;
    const key = target['property'] as Node;
    return target['computed'] !== true ? key['name'] === property : key.type !== 'Literal' || String(key['value']) === property;
  });
}

const accessed: FromPlace = (at, { groups }) => {
  const { index = '', property = index, symbol, nullish: word = '' } = groups!;
  if (symbol === 'Symbol.iterator') {
    const isRead = nodesOf(at, 'MemberExpression').some((node) => node['computed'] === true && node.start === at.offset);
    return isRead ? `${typed(nullish(word))} is not iterable ${iteratorRead}` : notIterable(at, { value: nullish(word) });
  }
  const written = property.replace(/\\(.)/g, '$1');
  if (
    nodesOf(at, 'UnaryExpression').some((node) => node['operator'] === 'delete' && [node.start, node['argument'].start].includes(at.offset))
  )
    return 'Cannot convert undefined or null to object';
  const name = symbol === undefined ? written : `Symbol(${symbol.replace(/^Symbol\("(.*)"\)$/, '$1')})`;
  return isSet(at, written)
    ? `Cannot set properties of ${word} (setting '${name}')`
    : `Cannot read properties of ${word} (reading '${name}')`;
};

/** What is called is no function, or what a built-in function was given to call. */
const called: FromPlace = (at, { groups }) => {
  const { subject = '', what = '' } = groups!;
  const isCheck = nodesOf(at, 'BinaryExpression').some((node) => node['operator'] === 'instanceof' && node['right'].start === at.offset);
  if (isCheck) return "Right-hand side of 'instanceof' is not callable";
  const heritage = nodesOf(at, 'ClassDeclaration', 'ClassExpression').find((node) => node.start === at.offset);
  if (heritage !== undefined) {
    if (subject === 'super')
      return `Super constructor null of ${heritage['id'] === null ? 'anonymous class' : (heritage['id'].name as string)} is not a constructor`;
    return inherited(at, heritage);
  }
  const call = callAt(at);
  if (call === undefined) return undefined;
  const callee = (call['callee'] ?? call['tag']) as Node;
  const name = (callee.type === 'Identifier' ? callee['name'] : callee['computed'] === true ? undefined : callee['property']?.name) as Told;
  // What a built-in function was to call is named in the place of the function.
  const isOwn = name === undefined || callee['property']?.type === 'PrivateIdentifier' || subject.endsWith(name);
  if (isOwn) return `${printed(callee, at.text)} is not a ${what}`;
  const list = (call['arguments'] ?? []) as Node[];
  const plain = subject.replace(/^\((.*)\)$/s, '$1');
  const given =
    list.find((one) => at.text.slice(one.start, one.end).replaceAll("'", '"') === plain) ?? list.find((one) => one.type !== 'Identifier');
  const known = subject === 'undefined' ? { value: undefined } : valueOf(given, at);
  if (name === 'Promise') return `Promise resolver ${known === undefined ? objectName(given, at) : String(known.value)} is not a function`;
  if (name === 'FinalizationRegistry') return 'FinalizationRegistry: cleanup must be callable';
  if (known !== undefined) return `${typed(known.value)} is not a ${what}`;
  const isSymbol = given?.type === 'CallExpression' && given['callee'].name === 'Symbol';
  return `${isSymbol ? 'symbol' : given?.type === 'Identifier' && literalOf(given, at) === undefined ? 'undefined' : 'object'} is not a ${what}`;
};

const inherited = (at: ThrownAt, node: Node): Told => {
  const parent = node['superClass'] as Node;
  const known = valueOf(parent, at);
  if (known !== undefined) return `Class extends value ${String(known.value)} is not a constructor or null`;
  const made = parent.type === 'Identifier' ? initialOf(parent['name'], at.program) : parent;
  if (made !== undefined && isFunction(made))
    return `Class extends value ${at.text.slice(made.start, made.end)} is not a constructor or null`;
  return `Class extends value ${literalOf(parent, at) === undefined ? 'undefined' : objectName(parent, at)} is not a constructor or null`;
};

/** The member that is written to, or deleted. */
const target = (at: ThrownAt): Node | undefined => {
  for (const node of at.path) {
    const one = (node['left'] ?? node['argument']) as Node | undefined;
    if (
      /^(?:Assignment|Update|Unary)Expression$/.test(node.type) &&
      one?.type === 'MemberExpression' &&
      (one.start === at.offset || node.start === at.offset)
    )
      return one;
  }
  return undefined;
};

/** The index of what was to be put at the end of an array. */
function arrayEnd(at: ThrownAt): string {
  const array = callAt(at)?.['callee'].object as Node | undefined;
  const elements = (array === undefined ? undefined : literalOf(array, at))?.['elements'] as unknown;
  return Array.isArray(elements) ? String(elements.length) : '0';
}

const firstArgument = (at: ThrownAt): Node | undefined => (callAt(at)?.['arguments'] as Node[] | undefined)?.[0];
const argumentText = (at: ThrownAt): Told => {
  const known = valueOf(firstArgument(at), at);
  return known === undefined ? undefined : String(known.value);
};
const calledMethod = (at: ThrownAt): Told => callAt(at)?.['callee'].property?.name as Told;

const readOnly: FromPlace = (at, { groups }) => {
  const key = groups!['key'] ?? groups!['index']!;
  const written = target(at);
  if (written === undefined) {
    // A global one, or a built-in function writes.
    const given = firstArgument(at);
    return `Cannot assign to read only property '${key}' of object '${given === undefined ? '#<Object>' : objectName(given, at)}'`;
  }
  const object = written['object'] as Node;
  const known = valueOf(object, at);
  if (typeof known?.value === 'string') return `Cannot assign to read only property '${key}' of string '${known.value}'`;
  const name = objectName(object, at);
  return `Cannot assign to read only property '${key}' of object '${name === '#<Object>' && /^\d+$/.test(key) ? '[object Array]' : name}'`;
};

/** A private name is asked of something else than an object of its class. */
const foreign: FromPlace = (at) => {
  const writes = nodesOf(at, 'AssignmentExpression', 'UpdateExpression').map((node) => (node['left'] ?? node['argument']) as Node);
  const members = [
    ...writes,
    ...at.path.flatMap((node) => [node, node['callee'], node['argument'], node['object']] as (Node | undefined)[]),
  ];
  const member = members.find((node) => node?.type === 'MemberExpression' && node['property'].type === 'PrivateIdentifier');
  if (member === undefined) return undefined;
  const name = member['property'].name as string;
  const isWrite = writes.includes(member);
  for (const owner of nodesOf(at, 'ClassDeclaration', 'ClassExpression')) {
    const held = (owner['body'].body as Node[]).find((one) => one['key']?.type === 'PrivateIdentifier' && one['key'].name === name);
    if (held?.type === 'MethodDefinition')
      return `Receiver must be ${held['static'] === true ? '' : 'an instance of '}class ${(owner['id']?.name as string | undefined) ?? 'anonymous'}`;
    if (held !== undefined) break;
  }
  return `Cannot ${isWrite ? 'write' : 'read'} private member #${name} ${isWrite ? 'to' : 'from'} an object whose class did not declare it`;
};

/** Of what the message alone does not tell. The words behind stand where the place is not known. */
const placed: readonly (readonly [RegExp, FromPlace, string?])[] = [
  [
    /^can't access property (?:"(?<property>.*)"|(?<symbol>Symbol(?:\.\w+|\(.*?\)))|(?<index>[-\d.e+]+))(?:, .* is| of) (?<nullish>null|undefined)$/s,
    accessed,
  ],
  [/^(?<subject>.*) is not a (?<what>function|constructor)$/s, called],
  [/^(?:(?<value>null|undefined) has no properties|(?<subject>.*) is (?<nullish>null|undefined))$/s, takenApart],
  [/^(?<subject>.*) is not iterable$/s, (at) => notIterable(at, undefined)],
  [/^(?:"(?<key>.*)"|(?<index>\d+)) is read-only$/s, readOnly],
  [
    /^can't define property "(?<key>.*)": Object is not extensible$|^can't define array index property past the end of an array/s,
    (at, { groups }) =>
      target(at) === undefined && calledMethod(at)?.startsWith('define') === true
        ? undefined
        : `Cannot add property ${groups!['key'] ?? arrayEnd(at)}, object is not extensible`,
    'Cannot define property $1, object is not extensible',
  ],
  [
    /^property "(?<key>.*)" is non-configurable and can't be deleted$/,
    (at, { groups }) => {
      const object = target(at)?.['object'] as Node | undefined;
      const isBuiltIn =
        object?.type === 'Identifier' &&
        /^(?:Object|Array|Function|String|Number|Map|Set|Promise|Symbol|Date|RegExp)$/.test(object['name']);
      return `Cannot delete property '${groups!['key']!}' of ${isBuiltIn ? `function ${object['name'] as string}() { [native code] }` : objectName(object, at)}`;
    },
    "Cannot delete property '$1' of #<Object>",
  ],
  [
    /^setting getter-only property "?(?<key>[^"]*)"?$/,
    (at, { groups }) => {
      const key = groups!['key']!;
      return key.startsWith('#')
        ? `'${key}' was defined without a setter`
        : `Cannot set property ${key} of ${objectName(target(at)?.['object'], at)} which has only a getter`;
    },
    'Cannot set property $1 of #<Object> which has only a getter',
  ],
  [
    /^getting private setter-only property$|^cannot assign to private method$/,
    (at, [message]) => {
      const member = at.path
        .flatMap((node) => [node, node['left'], node['argument']] as (Node | undefined)[])
        .find((node) => node?.['property']?.type === 'PrivateIdentifier');
      if (member === undefined) return undefined;
      const name = member['property'].name as string;
      return message.startsWith('getting') ? `'#${name}' was defined without a getter` : `Private method '#${name}' is not writable`;
    },
  ],
  [/^can't (?:access private field or method|set private field): object is not the right class$/, foreign],
  [
    /^right-hand side of 'in' should be an object, got (?<type>\w+)$/,
    (at, { groups }) => {
      const node = nodesOf(at, 'BinaryExpression').find((one) => one['operator'] === 'in');
      if (node === undefined) return undefined;
      const left = node['left'] as Node;
      const key = left.type === 'PrivateIdentifier' ? { value: `#${left['name'] as string}` } : valueOf(left, at);
      const type = groups!['type']!;
      const value = /^(?:undefined|null)$/.test(type) ? { value: type } : valueOf(node['right'], at);
      return key === undefined || value === undefined
        ? undefined
        : `Cannot use 'in' operator to search for '${String(key.value)}' in ${String(value.value)}`;
    },
  ],
  [
    /^class heritage .* is not an object or null$/s,
    (at) => {
      const node = nodesOf(at, 'ClassDeclaration', 'ClassExpression').find(({ start }) => start === at.offset);
      return node === undefined ? undefined : inherited(at, node);
    },
  ],
  [
    /^class constructors must be invoked with 'new'$/,
    (at) => {
      const callee = callAt(at)?.['callee'] as Node | undefined;
      const named =
        callee?.type === 'MemberExpression' && /^(?:call|apply)$/.test(callee['property'].name) ? (callee['object'] as Node) : callee;
      return named?.type === 'Identifier' ? `Class constructor ${named['name'] as string} cannot be invoked without 'new'` : undefined;
    },
    "Class constructor cannot be invoked without 'new'",
  ],
  [
    /^precision .* out of range$/,
    (at) => {
      const method = calledMethod(at);
      if (method === undefined) return undefined;
      return `${method}() ${method === 'toFixed' ? 'digits ' : ''}argument must be between ${method === 'toPrecision' ? 1 : 0} and 100`;
    },
  ],
  [
    /^repeat count must be (?:non-negative|less than infinity)/,
    (at, { input: message }) => {
      const method = calledMethod(at);
      const count = argumentText(at);
      if (method !== 'repeat') return 'Invalid string length';
      const isTooLarge = count === undefined ? message.includes('infinity') : /^\d/.test(count);
      return isTooLarge ? 'Invalid string length' : count === undefined ? undefined : `Invalid count value: ${count}`;
    },
  ],
  [
    /^invalid BigInt syntax$/,
    (at) => {
      const text = argumentText(at) ?? (firstArgument(at)?.type === 'ObjectExpression' ? '[object Object]' : undefined);
      return text === undefined ? undefined : `Cannot convert ${text} to a BigInt`;
    },
  ],
  [
    /^invalid array length$/,
    (at) => {
      const call = callAt(at);
      const made = call?.['callee'].name as string | undefined;
      return call?.type === 'NewExpression' && made !== undefined && /^(?:Big)?(?:Ui|I)nt\d+|^Float/.test(made)
        ? `Invalid typed array length: ${argumentText(at) ?? ''}`
        : undefined;
    },
    'Invalid array length',
  ],
  [
    /^invalid or out-of-range index$/,
    (at) => {
      const call = callAt(at);
      const made = call?.['callee'].name as string | undefined;
      if (made === 'ArrayBuffer' || made === 'SharedArrayBuffer') return 'Invalid array buffer length';
      if (calledMethod(at) === 'with') return `Invalid index : ${argumentText(at) ?? ''}`;
      return undefined;
    },
    'Invalid value: not (convertible to) a safe integer',
  ],
  [/^can't convert (?<value>\S+) to BigInt$/, (_, { groups }) => `Cannot convert ${groups!['value']!} to a BigInt`],
  [
    /^can't convert BigInt to number$/,
    (at) => {
      const operation = nodesOf(at, 'BinaryExpression', 'AssignmentExpression').find(({ start }) => start === at.offset);
      const operator = operation?.['operator'] as string | undefined;
      if (operator?.startsWith('>>>') === true) return 'BigInts have no unsigned right shift, use >> instead';
      const isMixed =
        operation !== undefined || (callAt(at) === undefined && !nodesOf(at, 'UnaryExpression').some(({ start }) => start === at.offset));
      return isMixed ? undefined : 'Cannot convert a BigInt value to a number';
    },
    'Cannot mix BigInt and other types, use explicit conversions',
  ],
  [
    /^can't convert (?<value>undefined|null) to object$/,
    (at, { groups }) => {
      const member = at.path
        .flatMap((node) => [node, node['argument'], node['callee']] as (Node | undefined)[])
        .find((node) => node?.['property']?.type === 'PrivateIdentifier');
      if (member !== undefined) return `Cannot read properties of ${groups!['value']!} (reading '#${member['property'].name as string}')`;
      const callee = callAt(at)?.['callee'] as Node | undefined;
      if (callee?.type !== 'MemberExpression' || callee['computed'] === true) return undefined;
      if (/^(?:get|set)PrototypeOf$/.test(callee['property'].name) && callee['property'].name === 'setPrototypeOf')
        return 'Object.setPrototypeOf called on null or undefined';
      const called = at.text.slice(callee.start, callee.end);
      return /^(?:Array|String)\.prototype\.(\w+)\.(?:call|apply)$/.test(called)
        ? `${called.replace(/\.\w+$/, '')} called on null or undefined`
        : undefined;
    },
    'Cannot convert undefined or null to object',
  ],
  [
    /^(?<method>\w+\.prototype\.\w+) called on incompatible (?:null|undefined)$/,
    (_, { groups }) => `${groups!['method']!} called on null or undefined`,
    '$1 called on null or undefined',
  ],
  [
    /^iterable for .* should have array-like objects$/,
    (at) => {
      const given = firstArgument(at);
      const entry =
        given?.type === 'ArrayExpression' ? (given['elements'] as Node[]).find((one) => one.type !== 'ArrayExpression') : undefined;
      const known = valueOf(entry, at);
      return known === undefined ? undefined : `Iterator value ${String(known.value)} is not an entry object`;
    },
  ],
  [
    /^\S+ is not an object or null$|^Object\.setPrototypeOf: expected an object or null, got /,
    (at, [message]) => {
      const known = valueOf((callAt(at)?.['arguments'] as Node[] | undefined)?.[message.startsWith('Object.set') ? 1 : 0], at);
      return known === undefined ? undefined : `Object prototype may only be an Object or null: ${String(known.value)}`;
    },
  ],
  [
    /^property descriptor's (?<which>get|set)\w* field is neither undefined nor a function$/,
    (at, { groups }) => {
      const given = ((callAt(at)?.['arguments'] ?? []) as Node[]).at(-1);
      const property = ((given?.['properties'] ?? []) as Node[]).find((one) => keyText(one) === groups!['which']);
      const known = valueOf(property?.['value'], at);
      return known === undefined
        ? undefined
        : `${groups!['which'] === 'get' ? 'Getter' : 'Setter'} must be a function: ${String(known.value)}`;
    },
  ],
  [
    /^\S+ is not a non-null object$/,
    (at) => {
      const callee = callAt(at)?.['callee'] as Node | undefined;
      const name = callee === undefined ? '' : at.text.slice(callee.start, callee.end);
      return /^Object\.\w+$/.test(name) ? `${name} called on non-object` : undefined;
    },
  ],
  [
    /^invalid Array\.prototype\.\w+ argument$|^non-function passed to Array\.prototype\./,
    (at) => {
      const known = valueOf(firstArgument(at), at);
      return `The comparison function must be either a function or undefined: ${known === undefined ? objectName(firstArgument(at), at) : String(known.value)}`;
    },
  ],
  [/^missing argument 0 when calling function/, () => 'undefined is not a function', 'undefined is not a function'],
];

/** The message of a regular expression that cannot be read. */
function patternMessage(message: string, at: ThrownAt): Told {
  const [pattern, flags] = (callAt(at)?.['arguments'] ?? []) as Node[];
  return regExpMessage(message, valueOf(pattern, at), flags === undefined ? { value: '' } : valueOf(flags, at));
}

/**
 * Undefined for a message that tells enough by itself, and where the place tells nothing.
 *
 * @param place Asked for only where it may tell something.
 */
export function placedMessage(error: Error, message: string, place: () => ThrownAt | undefined): string | undefined {
  for (const [pattern, tell, words] of placed) {
    const match = pattern.exec(message);
    if (match === null) continue;
    const at = place();
    const told = at === undefined ? undefined : tell(at, match);
    return told ?? (words === undefined ? undefined : message.replace(pattern, words));
  }
  const at = error instanceof SyntaxError && isRegExpMessage(message) ? place() : undefined;
  return at === undefined ? undefined : patternMessage(message, at);
}
