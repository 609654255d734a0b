/**
 * Where V8 says that a name was looked for in vain. Its bytecode has a table of places: what begins a statement stands there for the first
 * instruction of it, an expression's place for its own, and an instruction without one is shown at the last place before it. The name of
 * a function that is called is looked up without one: `f(1, missing(2))` fails at `f`. So the function is gone through in the order of
 * its bytecode (V8's `BytecodeGenerator`).
 */
import { eachBinding, eachChild, isFunction, type Node } from '../modules/syntax.ts';
import type { ThrownAt } from './expressions.ts';

/**
 * @param message In V8's words.
 * @returns The offset, or undefined where the message is of something else, or the name is not found near the place that the engine told.
 */
export function namePlace({ text, offset, path }: ThrownAt, message: string): number | undefined {
  const name = /^(?:(\S+) is not defined|Cannot access '(\S+)' before initialization)$/.exec(message)?.slice(1).join('');
  if (name === undefined) return undefined;
  const at = path.findIndex((node) => isFunction(node) || node.type === 'Program' || isInitializer(node, offset));
  if (at < 0) return undefined;
  const around = partsOf(path[at]!, path[at + 1]);
  const statement = path.find(({ type }) => /Statement$|Declaration$/.test(type));
  // Of what is taken apart engines tell the place, which may be behind the name.
  const target = targetIn(around, name, offset) ?? (statement && targetIn(around, name, statement.start));
  if (target === undefined) return undefined;
  const declared = new Set<string>();
  for (const node of path.slice(at)) if (isFunction(node) || node.type === 'Program') declare(node, declared);
  return new Places(text, target, declared).of(path[at]!, around);
}

/** A class's fields are set by functions of their own: one for those of the class, one for those of its objects. */
const isInitializer = ({ type, computed, key }: Node, offset: number): boolean =>
  type === 'StaticBlock' ||
  (type === 'PropertyDefinition' && !(computed === true && offset >= (key as Node).start && offset < (key as Node).end));

/** What a function or a script consists of. */
function partsOf(around: Node, holder: Node | undefined): readonly Node[] {
  if (isFunction(around)) return [...(around['params'] as Node[]), around['body'] as Node];
  if (around.type === 'Program') return around['body'] as Node[];
  const isStatic = (node: Node): boolean => node.type === 'StaticBlock' || node['static'] === true;
  return (holder!['body'] as Node[]).flatMap((node) => {
    if (isStatic(node) !== isStatic(around)) return [];
    if (node.type === 'StaticBlock') return node['body'] as Node[];
    return node.type === 'PropertyDefinition' && node['value'] !== null ? [node['value'] as Node] : [];
  });
}

/** What is looked up or assigned under a name, from a place on: engines tell the place of the name or of something that holds it. */
function targetIn(parts: readonly Node[], name: string, offset: number): Node | undefined {
  let found: Node | undefined;
  const bound = new Set<Node>();
  const bind = (pattern: Node): void => eachBinding(pattern, (identifier) => bound.add(identifier));
  const walk = (node: Node): void => {
    if (found !== undefined || node.end <= offset) return;
    if (node.type === 'Identifier') {
      if (node['name'] === name && node.start >= offset && !bound.has(node)) found = node;
      return;
    }
    if (node.type === 'VariableDeclarator') bind(node['id'] as Node);
    eachUsed(node, (child) => (isFunction(child) ? undefined : walk(child)));
  };
  for (const part of parts) {
    if (/Pattern$/.test(part.type)) bind(part);
    if (!isFunction(part)) walk(part);
  }
  return found;
}

/** Its children but for what names only. */
function eachUsed(node: Node, visit: (child: Node) => void): void {
  const isKey = (child: Node): boolean =>
    node['computed'] !== true &&
    ((node.type === 'MemberExpression' && child === node['property']) ||
      (/^(?:Property|MethodDefinition|PropertyDefinition)$/.test(node.type) && child === node['key'] && node['value'] !== child));
  const names = /^(?:Labeled|Break|Continue)Statement$/.test(node.type)
    ? node['label']
    : node.type.startsWith('Class')
      ? node['id']
      : undefined;
  eachChild(node, (child) => {
    if (isKey(child) || child === names) return;
    if (node.type === 'PropertyDefinition' && child === node['value']) return;
    if (child.type !== 'StaticBlock' && !/^(?:Import|Export)(?:\w*)Specifier$/.test(child.type)) visit(child);
  });
}

/** The names that a function or a script declares. */
function declare(around: Node, names: Set<string>): void {
  const bind = (pattern: Node): void => eachBinding(pattern, (identifier) => names.add(identifier['name'] as string));
  const walk = (node: Node): void => {
    if (node.type === 'VariableDeclarator') bind(node['id'] as Node);
    else if (/^Import\w*Specifier$/.test(node.type)) bind(node['local'] as Node);
    else if (node.type === 'CatchClause' && node['param'] !== null) bind(node['param'] as Node);
    else if (/^(?:Function|Class)Declaration$/.test(node.type) && node !== around && node['id'] !== null) bind(node['id'] as Node);
    if (node === around || !isFunction(node)) eachChild(node, walk);
  };
  if (isFunction(around)) {
    for (const param of around['params'] as Node[]) bind(param);
    if (around.type === 'FunctionExpression' && around['id'] !== null) bind(around['id'] as Node);
    if (around.type !== 'ArrowFunctionExpression') names.add('arguments');
  } else for (const name of ['require', 'module', 'exports', '__filename', '__dirname']) names.add(name);
  walk(around);
}

/** A literal whose truth is known: V8 makes no test of it. */
const isKnown = (node: Node): boolean => node.type === 'Literal' && node['regex'] === undefined && node['bigint'] === undefined;

const isSmall = ({ type, value }: Node): boolean => type === 'Literal' && Number.isInteger(value) && Math.abs(value as number) < 2 ** 30;

const isSpread = ({ type }: Node): boolean => type === 'SpreadElement';

/** What V8 has ready when it makes an object or an array. */
function isConstant(node: Node | null): boolean {
  switch (node?.type) {
    case undefined:
      return true;
    case 'Literal':
      return node!['regex'] === undefined;
    case 'TemplateLiteral':
      return (node!['expressions'] as Node[]).length === 0;
    case 'ArrayExpression':
      return (node!['elements'] as (Node | null)[]).every(isConstant);
    case 'ObjectExpression':
      return (node!['properties'] as Node[]).every(
        (one) => one.type === 'Property' && one['kind'] === 'init' && one['computed'] !== true && isConstant(one['value'] as Node),
      );
    default:
      return false;
  }
}

class Places {
  readonly #text: string;
  readonly #target: Node;
  readonly #declared: ReadonlySet<string>;
  /** The place that instructions are shown at. */
  #place: number | undefined;
  /** A statement's place has found no instruction yet. */
  #begins = false;
  #found: number | undefined;

  constructor(text: string, target: Node, declared: ReadonlySet<string>) {
    this.#text = text;
    this.#target = target;
    this.#declared = declared;
  }

  of(around: Node, parts: readonly Node[]): number | undefined {
    this.#place = around.type === 'Program' ? 0 : around.start;
    if (around.type === 'Program') this.#all(parts);
    else if (!isFunction(around)) {
      for (const part of parts) {
        if (/Statement$|Declaration$/.test(part.type)) this.#statement(part);
        else this.#returned(part);
      }
    } else {
      if (around.type !== 'ArrowFunctionExpression')
        this.#place = this.#text.indexOf('(', (around['id']?.end as number | undefined) ?? around.start);
      for (const param of around['params'] as Node[]) this.#pattern(param);
      const body = around['body'] as Node;
      if (body.type === 'BlockStatement') this.#statement(body);
      else this.#returned(body);
    }
    return this.#found;
  }

  #returned(node: Node): void {
    this.#begin(this.#of(node));
    this.#visit(node);
  }

  #begin(place: number): void {
    this.#place = place;
    this.#begins = true;
  }

  #at(place: number): void {
    if (!this.#begins) this.#place = place;
  }

  #emit(): void {
    this.#begins = false;
  }

  /** An instruction that looks up `node`. */
  #look(node: Node): void {
    if (node === this.#target) this.#found ??= this.#place;
    this.#emit();
  }

  #isUnknown = (node: Node): boolean => node.type === 'Identifier' && !this.#declared.has(node['name'] as string);

  /** What is behind white space and comments. */
  #after(from: number): number {
    const rest = /(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/y;
    rest.lastIndex = from;
    rest.exec(this.#text);
    return rest.lastIndex;
  }

  #operator(from: number, operator: string): number {
    return this.#text.indexOf(operator, from);
  }

  /** V8's place of an expression. */
  #of(node: Node): number {
    switch (node.type) {
      case 'MemberExpression': {
        const property = node['property'] as Node;
        if (node['computed'] === true) return this.#text.lastIndexOf('[', property.start);
        return this.#isOfCall(node) ? this.#after(node['object'].end as number) : property.start;
      }
      case 'CallExpression': {
        const callee = node['callee'] as Node;
        const property = callee.type === 'MemberExpression' && callee['computed'] !== true ? (callee['property'] as Node) : callee;
        const isName = /^(?:Identifier|PrivateIdentifier|Super)$/.test(property.type) && this.#text[callee.end] !== ')';
        return isName ? property.start : this.#operator(callee.end, '(');
      }
      case 'ChainExpression':
        return 0; // It has none.
      case 'TaggedTemplateExpression':
        return node['quasi'].start as number;
      case 'BinaryExpression':
      case 'LogicalExpression': {
        const { left, operator } = node as unknown as { readonly left: Node; readonly operator: string };
        if (left.type === node.type && left['operator'] === operator && !/^(?:[!=]=|[<>]=?$|in|\*\*)/.test(operator)) return this.#of(left);
        const place = this.#operator(left.end, operator);
        return operator === '??' ? this.#after(place + 2) : place;
      }
      case 'SequenceExpression':
        return node['expressions'][1].start as number;
      case 'AssignmentExpression':
        return this.#operator(node['left'].end as number, node['operator'] as string);
      case 'UpdateExpression':
        return node['prefix'] === true ? node['argument'].start : node['argument'].end;
      default:
        return node.start;
    }
  }

  /** Whether a member belongs to a call, or is looked up with `?.`, which V8 parses apart from other members. */
  #isOfCall({ optional, object: of }: Node): boolean {
    const object = of as Node;
    if (optional === true) return true;
    if (this.#text[this.#after(object.end)] === ')') return false;
    return object.type === 'CallExpression' || (object.type === 'MemberExpression' && this.#isOfCall(object));
  }

  #all(nodes: readonly (Node | null)[]): void {
    for (const node of nodes) if (node !== null && this.#found === undefined) this.#statement(node);
  }

  #statement(node: Node): void {
    if (this.#found !== undefined || isFunction(node)) return;
    switch (node.type) {
      case 'BlockStatement':
        return this.#all(node['body'] as Node[]);
      case 'ExpressionStatement':
        this.#begin(node.start);
        return this.#visit(node['expression'] as Node);
      case 'VariableDeclaration':
        for (const one of node['declarations'] as Node[]) {
          const init = one['init'] as Node | null;
          if (init === null) continue;
          this.#begin(this.#after(this.#operator(one['id'].end as number, '=') + 1));
          this.#visit(init);
          this.#pattern(one['id'] as Node);
        }
        return;
      case 'ReturnStatement':
      case 'ThrowStatement':
        this.#begin(node.start);
        if (node['argument'] !== null) this.#visit(node['argument'] as Node);
        return;
      case 'IfStatement':
        this.#begin(node.start);
        this.#test(node['test'] as Node);
        return this.#all([node['consequent'] as Node, node['alternate'] as Node | null]);
      case 'WhileStatement':
        this.#condition(node['test'] as Node);
        return this.#statement(node['body'] as Node);
      case 'DoWhileStatement':
        this.#statement(node['body'] as Node);
        return this.#condition(node['test'] as Node);
      case 'ForStatement': {
        const { init, test, update } = node as unknown as Record<string, Node | null>;
        if (init?.type === 'VariableDeclaration') this.#statement(init);
        else if (init) {
          this.#begin(this.#after(this.#operator(node.start, '(') + 1));
          this.#visit(init);
        }
        if (test) this.#condition(test);
        this.#statement(node['body'] as Node);
        if (update) this.#condition(update);
        return;
      }
      case 'ForInStatement':
      case 'ForOfStatement': {
        const left = node['left'] as Node;
        this.#condition(node['right'] as Node);
        this.#begin(this.#of(node['right'] as Node));
        this.#emit();
        if (left.type === 'Identifier') {
          this.#at(left.start);
          this.#look(left);
        } else this.#pattern((left.type === 'VariableDeclaration' ? left['declarations'][0].id : left) as Node);
        return this.#statement(node['body'] as Node);
      }
      case 'SwitchStatement':
        this.#begin(node.start);
        this.#visit(node['discriminant'] as Node);
        for (const one of node['cases'] as Node[]) if (one['test'] !== null) this.#visit(one['test'] as Node);
        for (const one of node['cases'] as Node[]) this.#all(one['consequent'] as Node[]);
        return;
      case 'WithStatement':
        this.#begin(node.start);
        this.#visit(node['object'] as Node);
        return this.#statement(node['body'] as Node);
      case 'TryStatement':
        return this.#all([node['block'], node['handler']?.body, node['finalizer']].map((one) => (one ?? null) as Node | null));
      case 'LabeledStatement':
        return this.#statement(node['body'] as Node);
      case 'ClassDeclaration':
        return this.#visit(node);
      case 'ExportNamedDeclaration':
        return this.#all([node['declaration'] as Node | null]);
      case 'ExportDefaultDeclaration': {
        const declaration = node['declaration'] as Node;
        return declaration.type === 'ClassDeclaration' || isFunction(declaration) ? this.#statement(declaration) : this.#visit(declaration);
      }
      default:
    }
  }

  #condition(node: Node): void {
    this.#begin(this.#of(node));
    this.#test(node);
  }

  #test(node: Node): void {
    if (!isKnown(node)) this.#visit(node, true);
  }

  #each(nodes: readonly Node[]): void {
    for (const node of nodes) this.#visit(node);
  }

  /** Takes what was given apart. */
  #pattern(node: Node): void {
    if (this.#found !== undefined) return;
    switch (node.type) {
      case 'AssignmentPattern':
        this.#pattern(node['left'] as Node);
        return this.#visit(node['right'] as Node);
      case 'RestElement':
        return this.#pattern(node['argument'] as Node);
      case 'ObjectPattern':
        for (const one of node['properties'] as Node[]) {
          if (one['computed'] === true) this.#visit(one['key'] as Node);
          const value = (one['value'] ?? one['argument']) as Node;
          const target = (value.type === 'AssignmentPattern' ? value['left'] : value) as Node;
          this.#member(target);
          this.#at(target.start);
          this.#emit();
          this.#default(value, target);
        }
        return;
      case 'ArrayPattern':
        for (const one of node['elements'] as (Node | null)[]) {
          if (one === null) continue;
          const target = (one.type === 'AssignmentPattern' ? one['left'] : (one['argument'] ?? one)) as Node;
          if (target.type === 'MemberExpression') this.#member(target);
          else this.#at(target.start);
          this.#emit();
          this.#default(one, target);
        }
        return;
      case 'MemberExpression':
        return this.#member(node);
      default:
    }
  }

  #default(value: Node, target: Node): void {
    if (value.type === 'AssignmentPattern') this.#visit(value['right'] as Node);
    if (target.type === 'Identifier') this.#look(target);
    else if (/Pattern$/.test(target.type)) this.#pattern(target);
  }

  /** What a member that is assigned to belongs to. */
  #member(node: Node): void {
    if (node.type !== 'MemberExpression') return;
    this.#visit(node['object'] as Node);
    if (node['computed'] === true) this.#visit(node['property'] as Node);
  }

  #callee(node: Node): void {
    if (this.#isUnknown(node)) this.#look(node);
    else this.#visit(node);
  }

  /** @param isTest What becomes of it is a jump. */
  #visit(node: Node, isTest = false): void {
    if (this.#found !== undefined) return;
    switch (node.type) {
      case 'Identifier':
        this.#at(node.start);
        return this.#look(node);
      case 'ChainExpression':
      case 'ParenthesizedExpression':
        return this.#visit(node['expression'] as Node, isTest);
      case 'MemberExpression':
        this.#member(node);
        this.#at(this.#of(node));
        return this.#emit();
      case 'CallExpression':
        if (node['callee'].type !== 'MemberExpression' && (node['arguments'] as Node[]).some(isSpread)) this.#emit();
        this.#callee(node['callee'] as Node);
        this.#arguments(node['arguments'] as Node[]);
        this.#at(this.#of(node));
        return this.#emit();
      case 'NewExpression':
        this.#visit(node['callee'] as Node);
        this.#arguments(node['arguments'] as Node[]);
        this.#at(node.start);
        return this.#emit();
      case 'TaggedTemplateExpression':
        this.#callee(node['tag'] as Node);
        this.#emit();
        this.#each(node['quasi'].expressions as Node[]);
        this.#at(this.#of(node));
        return this.#emit();
      case 'ImportExpression':
        this.#emit();
        this.#visit(node['source'] as Node);
        this.#at(node.start);
        return this.#emit();
      case 'TemplateLiteral':
        this.#at(node.start);
        if (this.#text[node.start + 1] !== '$') this.#emit();
        return this.#each(node['expressions'] as Node[]);
      case 'UnaryExpression': {
        const operator = node['operator'] as string;
        const argument = node['argument'] as Node;
        if (operator === 'delete' && argument.type === 'MemberExpression') this.#member(argument);
        else if ((operator === 'typeof' || operator === 'delete') && argument.type === 'Identifier') this.#emit();
        else this.#visit(argument, isTest && operator === '!');
        if (/[-+~]/.test(operator)) this.#at(node.start);
        if (operator !== '!') this.#emit();
        return;
      }
      case 'UpdateExpression': {
        const argument = node['argument'] as Node;
        if (argument.type === 'Identifier') this.#look(argument);
        else this.#member(argument);
        this.#emit();
        this.#at(this.#of(node));
        return;
      }
      case 'AssignmentExpression': {
        const left = node['left'] as Node;
        this.#member(left);
        if (node['operator'] !== '=') {
          if (left.type === 'Identifier') this.#look(left);
          this.#emit();
        }
        this.#visit(node['right'] as Node);
        this.#at(this.#of(node));
        if (left.type === 'Identifier') return this.#look(left);
        this.#emit();
        return /Pattern$/.test(left.type) ? this.#pattern(left) : undefined;
      }
      case 'BinaryExpression':
        // Where the order does not matter, a small number is a part of the instruction.
        if (!/^[*&|^]$/.test(node['operator'] as string) || !isSmall(node['left'] as Node)) this.#visit(node['left'] as Node);
        this.#visit(node['right'] as Node);
        this.#at(this.#operator(node['left'].end as number, node['operator'] as string));
        return this.#emit();
      case 'LogicalExpression':
        if (isTest) this.#visit(node['left'] as Node, true);
        else this.#test(node['left'] as Node);
        return this.#visit(node['right'] as Node, isTest);
      case 'ConditionalExpression':
        this.#test(node['test'] as Node);
        return this.#each([node['consequent'], node['alternate']] as Node[]);
      case 'SequenceExpression':
        for (const [index, one] of (node['expressions'] as Node[]).entries()) {
          if (index > 0) this.#begin(this.#of(one));
          this.#visit(one);
        }
        return;
      case 'AwaitExpression':
      case 'YieldExpression':
        this.#at(node.start);
        if (node['argument'] !== null) this.#visit(node['argument'] as Node);
        this.#at(node.start);
        return this.#emit();
      case 'SpreadElement':
        return this.#visit(node['argument'] as Node);
      case 'ObjectExpression':
        return this.#object(node['properties'] as Node[]);
      case 'ArrayExpression':
        return this.#array(node['elements'] as (Node | null)[]);
      case 'ClassExpression':
      case 'ClassDeclaration':
        // One that a statement begins with is not shown at itself.
        if (this.#place !== node.start) this.#emit();
        if (node['superClass'] !== null) this.#visit(node['superClass'] as Node);
        for (const one of node['body'].body as Node[]) {
          if (one['computed'] !== true) continue;
          this.#begin(this.#of(one['key'] as Node));
          this.#visit(one['key'] as Node);
        }
        return;
      default:
        this.#emit();
    }
  }

  /** A list that spreads something before its end is made an array of first. */
  #arguments(nodes: readonly Node[]): void {
    if (nodes.slice(0, -1).some(isSpread)) this.#array(nodes);
    else this.#each(nodes);
  }

  #array(nodes: readonly (Node | null)[]): void {
    for (const [index, node] of nodes.entries()) {
      if (index === 0 && node?.type !== 'SpreadElement') this.#emit();
      if (node === null || isConstant(node)) continue;
      if (index > 0 && node.type === 'SpreadElement') this.#begin(this.#of(node['argument'] as Node));
      this.#visit(node);
    }
    this.#emit();
  }

  #object(nodes: readonly Node[]): void {
    for (const [index, node] of nodes.entries()) {
      if (node.type === 'SpreadElement') {
        if (index > 0) this.#at(this.#of(node['argument'] as Node));
        this.#visit(node);
        continue;
      }
      if (index === 0) this.#emit();
      if (node['computed'] === true) this.#visit(node['key'] as Node);
      const value = node['value'] as Node;
      if (node['computed'] !== true && isConstant(value)) continue;
      this.#at(this.#of(value));
      this.#visit(value);
    }
    this.#emit();
  }
}
