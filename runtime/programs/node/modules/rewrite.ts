/**
 * The one walk over a program that makes its edits: imported bindings become live property reads, `import()` and
 * `import.meta` become calls of ours, and `await` keeps the async context.
 */
import type { Edits } from './edits.ts';
import {
  declareFrame,
  followCall,
  followNewPromise,
  followReturn,
  followYield,
  isCalled,
  isOptional,
  loopPlace,
  mayHoldPromises,
  redeclares,
  type Walk,
} from './follow-functions.ts';
import type { HelperNames } from './helper-names.ts';
import { evalPlace } from './eval-place.ts';
import { Scope } from './scope.ts';
import { eachBinding, eachChild, isFunction, type Node } from './syntax.ts';

export interface RewriteOptions {
  readonly source: string;
  readonly edits: Edits;
  readonly names: HelperNames;
  /** Local names of bindings imported by name. */
  readonly imported: ReadonlySet<string>;
  /** How `await` outside all functions is written: `yield` for our own driver, or as in any async function. */
  readonly topLevel: 'none' | 'yield' | 'await';
  /** Where the awaits outside all functions begin, in order. Default: nobody asks which one waits. */
  readonly awaits?: readonly number[];
  /** Whether `await` keeps the async context. */
  readonly keepContext: boolean;
  readonly isModule: boolean;
  /** Whether async functions tell of themselves, for stacks. */
  readonly followFrames?: boolean;
  /** Whether loops and functions check by `k()` that there is time left. */
  readonly limited?: boolean;
  /** Whether `this` of a function is asked for by `v(this)`. */
  readonly receivers?: boolean;
}

interface FunctionContext {
  readonly isAsync: boolean;
  readonly isTop: boolean;
  /** Sees the `arguments` of the outermost code. */
  readonly seesTopArguments: boolean;
  awaits: number;
  /** Its run is followed. */
  readonly followed: boolean;
  /** It is an async generator. */
  readonly yields?: boolean;
}

const statementLists = new Set(['Program', 'BlockStatement', 'StaticBlock', 'SwitchCase']);

export class Rewriter {
  readonly #options: RewriteOptions;
  readonly #edits: Edits;
  /** Names that something other than their declaration writes to, scopes not told apart. */
  readonly assigned = new Set<string>();
  usesMeta = false;
  usesImport = false;
  /** Whether code outside all functions keeps its async context in a variable that must be declared. */
  topAwaits = false;
  /** The `this` that `new` was last found to begin with. */
  #constructed: Node | undefined;
  #scope = new Scope();
  #function: FunctionContext;
  readonly #walk: Walk;

  constructor(options: RewriteOptions) {
    this.#options = options;
    this.#edits = options.edits;
    this.#walk = { ...options, visit: (node, parent) => this.#visit(node, parent), visitAll: (node) => this.#visitAll(node) };
    this.#function = {
      isAsync: options.topLevel === 'await',
      isTop: true,
      seesTopArguments: true,
      awaits: 0,
      followed: options.followFrames === true && options.topLevel !== 'none',
    };
  }

  /** Whether the code needs the helper object. */
  get usesHelper(): boolean {
    return this.usesImport || this.usesMeta || this.#usesContext;
  }
  #usesContext = false;

  program(program: Node): void {
    this.#visitAll(program);
    this.topAwaits = this.#function.awaits > 0;
  }

  #visitAll(node: Node): void {
    if (statementLists.has(node.type)) this.#noteStatements(node);
    eachChild(node, (child) => this.#visit(child, node));
  }

  #visit(node: Node | null | undefined, parent: Node): void {
    if (node === null || node === undefined) return;
    if (this.#options.limited !== true) return this.#visitNode(node, parent);
    const check = this.#check(node);
    this.#visitNode(node, parent);
    if (check !== undefined) this.#edits.close(check.end, check.text);
  }

  #visitNode(node: Node, parent: Node): void {
    switch (node.type) {
      case 'ThisExpression':
        if (this.#options.receivers === true && !this.#function.isTop) {
          const asked = `${this.#options.names.helper}.v(this)`;
          this.#edits.replace(node.start, node.end, node === this.#constructed ? `(${asked})` : asked);
        }
        return;
      case 'Literal':
      case 'TemplateElement':
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'PrivateIdentifier':
        return;
      case 'Identifier':
        return this.#reference(node, parent);
      case 'MemberExpression':
        this.#visit(node['object'], node);
        if (node['computed']) this.#visit(node['property'], node);
        return;
      case 'Property':
        if (node['computed']) this.#visit(node['key'], node);
        if (node['shorthand']) return this.#shorthand(node['value']);
        return this.#visit(node['value'], node);
      case 'MethodDefinition':
        if (node['computed']) this.#visit(node['key'], node);
        return this.#visit(node['value'], node);
      case 'PropertyDefinition':
        if (node['computed']) this.#visit(node['key'], node);
        return this.#inFunction({ isAsync: false, isTop: false, seesTopArguments: false, awaits: 0, followed: false }, () =>
          this.#visit(node['value'], node),
        );
      case 'StaticBlock':
        return this.#inFunction({ isAsync: false, isTop: false, seesTopArguments: false, awaits: 0, followed: false }, () =>
          this.#inScope((scope) => {
            scope.declareLexical(node['body']);
            for (const statement of node['body']) scope.declareVars(statement);
            this.#visitAll(node);
          }),
        );
      case 'LabeledStatement': {
        let body = node['body'] as Node;
        while (body.type === 'LabeledStatement') body = body['body'];
        if (!this.#labels.has(body)) this.#labels.set(body, node);
        return this.#visit(node['body'], node);
      }
      case 'ExportNamedDeclaration':
      case 'ExportDefaultDeclaration':
        return this.#visit(node['declaration'], node);
      case 'MetaProperty':
        if (node['meta'].name === 'import') {
          this.usesMeta = true;
          this.#edits.replace(node.start, node.end, `${this.#options.names.helper}.meta`);
        }
        return;
      case 'CallExpression':
        return this.#call(node, parent);
      case 'NewExpression': {
        // `new` would take a call in it for its own.
        let callee = node['callee'] as Node;
        while (callee.type === 'MemberExpression') callee = callee['object'];
        if (callee.type === 'ThisExpression') this.#constructed = callee;
        break;
      }
      case 'ImportExpression':
        this.usesImport = true;
        this.#edits.replace(node.start, node.start + 6, `${this.#options.names.helper}.import`);
        return this.#visitAll(node);
      case 'UnaryExpression':
        if (node['operator'] === 'typeof' && this.#isTopArguments(node['argument'])) {
          return this.#edits.replace(node['argument'].start, node['argument'].end, 'void 0');
        }
        return this.#visit(node['argument'], node);
      case 'AssignmentExpression':
      case 'ForInStatement':
        this.#noteAssigned(node['left']);
        break;
      case 'UpdateExpression':
        this.#noteAssigned(node['argument']);
        break;
      default:
        break;
    }
    switch (node.type) {
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
        return this.#functionNode(node);
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.#inScope((scope) => {
          scope.declare(node['id']);
          this.#visit(node['superClass'], node);
          this.#visit(node['body'], node);
        });
      case 'BlockStatement':
        return this.#inScope((scope) => {
          scope.declareLexical(node['body']);
          this.#visitAll(node);
        });
      case 'SwitchStatement':
        this.#visit(node['discriminant'], node);
        return this.#inScope((scope) => {
          for (const one of node['cases']) scope.declareLexical(one.consequent);
          for (const one of node['cases']) this.#visit(one, node);
        });
      case 'ForStatement':
        return this.#inScope((scope) => {
          if (node['init'] !== null) scope.declareLexical([node['init']]);
          this.#visitAll(node);
        });
      case 'ForInStatement':
      case 'ForOfStatement':
        return this.#forIn(node);
      case 'TryStatement':
        return this.#try(node);
      case 'AwaitExpression':
        return this.#await(node);
      case 'YieldExpression':
        if (this.#function.yields === true && this.#function.followed) {
          this.#function.awaits += 1;
          this.#usesContext = true;
          return followYield(this.#walk, node);
        }
        return this.#visitAll(node);
      case 'ReturnStatement':
        if (this.#function.followed && this.#function.yields !== true && node['argument'] !== null)
          return followReturn(this.#walk, node['argument'], node);
        return this.#visitAll(node);
      case 'NewExpression':
        if (this.#options.followFrames === true && node['callee'].type === 'Identifier' && node['callee'].name === 'Promise') {
          this.#usesContext = true;
          return followNewPromise(this.#walk, node);
        }
        return this.#visitAll(node);
      default:
        return this.#visitAll(node);
    }
  }

  /** Whether what `parent` is of is a promise for sure. */
  #isContinued(parent: Node): boolean {
    if (this.#options.followFrames !== true || parent.type !== 'MemberExpression' || parent['computed'] === true) return false;
    return /^(?:then|catch|finally)$/.test(String(parent['property'].name));
  }

  /** What is to be put where, once all within has been. */
  #check(node: Node): { readonly end: number; readonly text: string } | undefined {
    const isLoop = /^(?:For(?:In|Of)?|While|DoWhile)Statement$/.test(node.type);
    if (!isLoop && !isFunction(node)) return undefined;
    const body = node['body'] as Node;
    const check = `${this.#options.names.helper}.k()`;
    this.#usesContext = true;
    if (body.type !== 'BlockStatement') {
      this.#edits.open(body.start, isLoop ? `{${check};` : `(${check},`);
      return { end: body.end, text: isLoop ? '}' : ')' };
    }
    let at = body.start + 1;
    for (const statement of body['body'] as Node[]) if (typeof statement['directive'] === 'string') at = statement.end;
    this.#edits.close(at, `;${check};`);
    return undefined;
  }

  #inScope(run: (scope: Scope) => void): void {
    const outer = this.#scope;
    this.#scope = new Scope(outer);
    run(this.#scope);
    this.#scope = outer;
  }

  #inFunction(context: FunctionContext, run: () => void): void {
    const outer = this.#function;
    this.#function = context;
    run();
    this.#function = outer;
  }

  #isImported(identifier: Node): boolean {
    const name = identifier['name'] as string;
    return this.#options.imported.has(name) && !this.#scope.declares(name);
  }

  #isTopArguments(node: Node): boolean {
    return this.#options.isModule && node.type === 'Identifier' && node['name'] === 'arguments' && this.#function.seesTopArguments;
  }

  #reference(identifier: Node, parent: Node): void {
    const { env, helper } = this.#options.names;
    if (this.#isTopArguments(identifier)) return this.#edits.replace(identifier.start, identifier.end, `${helper}.arguments`);
    if (!this.#isImported(identifier)) return;
    const read = `${env}.${identifier['name']}`;
    const called =
      (parent.type === 'CallExpression' && parent['callee'] === identifier) ||
      (parent.type === 'TaggedTemplateExpression' && parent['tag'] === identifier);
    if (!called) return this.#edits.replace(identifier.start, identifier.end, read);
    // A statement that now starts with a parenthesis must not become an argument list of the line before.
    const semicolon = this.#statementStarts.has(identifier.start) ? ';' : '';
    this.#edits.replace(identifier.start, identifier.end, `${semicolon}(0,${read})`);
  }
  readonly #statementStarts = new Set<number>();

  /** What `eval` is given may say `import()` or name an imported binding. */
  #call(node: Node, parent: Node): void {
    const callee = node['callee'] as Node;
    const [first, ...rest] = node['arguments'] as Node[];
    const isEval = (name: Node | undefined): boolean =>
      name?.type === 'Identifier' && name['name'] === 'eval' && !this.#scope.declares('eval');
    const indirect = callee.type === 'SequenceExpression' ? (callee['expressions'] as Node[]).at(-1)! : undefined;
    if (
      first === undefined ||
      first.type === 'SpreadElement' ||
      node['optional'] === true ||
      !(isEval(callee) || (isEval(indirect) && rest.length === 0))
    ) {
      const holds = this.#function.followed ? mayHoldPromises.has(parent.type) : this.#isContinued(parent);
      if (!holds || callee.type === 'Super' || isOptional(node)) return this.#visitAll(node);
      this.#usesContext = true;
      this.#statementStarts.delete(node.start);
      return followCall(this.#walk, node);
    }
    this.#usesContext = true;
    const { env, helper } = this.#options.names;
    this.#visit(callee, node);
    if (indirect === undefined) {
      const imported = [...this.#options.imported].filter((name) => !this.#scope.declares(name));
      const stands = evalPlace(node, parent, this.#options.source);
      this.#edits.open(first.start, `${helper}.e(eval,${JSON.stringify([env, helper, ...imported].join(' '))},`, stands);
    } else {
      this.#edits.replace(indirect.start, indirect.end, `${helper}.g`);
      this.#edits.open(first.start, 'eval,');
    }
    this.#visit(first, node);
    if (indirect === undefined) this.#edits.close(first.end, ')');
    for (const argument of rest) this.#visit(argument, node);
  }

  #shorthand(value: Node): void {
    const identifier: Node = value.type === 'AssignmentPattern' ? value['left'] : value;
    if (this.#isImported(identifier)) {
      const name = identifier['name'];
      this.#edits.replace(identifier.start, identifier.end, `${name}: ${this.#options.names.env}.${name}`);
    }
    if (value.type === 'AssignmentPattern') this.#visit(value['right'], value);
  }

  #noteAssigned(target: Node): void {
    if (target.type === 'VariableDeclaration') return;
    eachBinding(target, (identifier) => this.assigned.add(identifier['name'] as string));
  }

  #functionNode(node: Node): void {
    const isArrow = node.type === 'ArrowFunctionExpression';
    const context: FunctionContext = {
      isAsync: node['async'] as boolean,
      isTop: false,
      seesTopArguments: isArrow && this.#function.seesTopArguments,
      awaits: 0,
      followed: this.#options.followFrames === true && node['async'] === true && !redeclares(node['body'] as Node),
      yields: node['async'] === true && node['generator'] === true,
    };
    this.#inFunction(context, () =>
      this.#inScope((outer) => {
        if (node.type === 'FunctionExpression') outer.declare(node['id']);
        if (!isArrow) outer.names.add('arguments');
        for (const parameter of node['params']) outer.declare(parameter);
        for (const parameter of node['params']) this.#visit(parameter, node);
        const body = node['body'] as Node;
        if (body.type !== 'BlockStatement') {
          if (context.followed) followReturn(this.#walk, body, node);
          else this.#visit(body, node);
        } else
          this.#inScope((inner) => {
            inner.declareLexical(body['body']);
            inner.declareVars(body);
            this.#visitAll(body);
          });
        if (context.followed) this.#usesContext = true;
        if (context.awaits > 0 || context.followed) declareFrame(this.#walk, node, body, context.followed);
      }),
    );
  }

  #noteStatements(list: Node): void {
    for (const statement of (list['body'] ?? list['consequent']) as Node[]) {
      if (statement.type === 'ExpressionStatement') this.#statementStarts.add(statement.start);
    }
  }

  #forIn(node: Node): void {
    if (node.type === 'ForOfStatement') this.#noteAssigned(node['left']);
    const keeps = node['await'] === true && this.#options.keepContext && this.#function.isAsync;
    const { helper, frame, run } = this.#options.names;
    const followed = keeps && this.#function.followed;
    const told = followed ? `,${run}` : '';
    const asks = followed ? `${helper}.l(${run},${loopPlace(node)})` : `${helper}.f()`;
    if (keeps) {
      this.#function.awaits += 1;
      this.#usesContext = true;
      const labelled = this.#labels.get(node);
      const outer = labelled ?? node;
      this.#edits.open(outer.start, '{');
      const right = node['right'] as Node;
      const sequence = right.type === 'SequenceExpression';
      this.#edits.open(right.start, `${helper}.s(${followed ? `${run}.list=` : ''}${sequence ? '(' : ''}`);
    }
    const waits = node['await'] === true && this.#function.isTop ? this.#waits(node.start) : '';
    if (waits !== '') this.#edits.open(node['right'].start, `${waits}(`);
    this.#inScope((scope) => {
      // The subject is evaluated where the loop's own names are not initialised yet but already hide outer ones.
      scope.declareLexical([node['left']]);
      this.#visit(node['left'], node);
      this.#visit(node['right'], node);
      if (waits !== '') this.#edits.close(node['right'].end, '))');
      if (keeps) {
        const right = node['right'] as Node;
        this.#edits.close(right.end, `${right.type === 'SequenceExpression' ? ')' : ''},${frame}=${asks})`);
        this.#edits.open(node['body'].start, `{${helper}.t(${frame}${told});try{`);
      }
      this.#visit(node['body'], node);
      if (keeps) {
        this.#edits.close(node['body'].end, `}finally{${frame}=${asks}}}`);
        this.#edits.close(node.end, `${frame}=${helper}.t(${frame}${told});}`);
      }
    });
  }
  readonly #labels = new Map<Node, Node>();

  #try(node: Node): void {
    const { helper, frame, run } = this.#options.names;
    const told = this.#function.followed ? `,${run}` : '';
    const restore = (block: Node, before: number, caught = ''): void => {
      if (this.#function.awaits > before) this.#edits.close(block.start + 1, `${frame}=${helper}.t(${frame}${told}${caught});`);
    };
    const before = this.#function.awaits;
    this.#visit(node['block'], node);
    if (node['handler'] !== null) {
      const { param, body } = node['handler'];
      restore(body, before, told !== '' && param?.type === 'Identifier' ? ',1' : '');
      this.#inScope((scope) => {
        scope.declare(param);
        if (param !== null) this.#visit(param, node['handler']);
        this.#visit(body, node['handler']);
      });
    }
    if (node['finalizer'] !== null) {
      restore(node['finalizer'], before);
      this.#visit(node['finalizer'], node);
    }
  }

  #await(node: Node): void {
    const { helper, frame, run } = this.#options.names;
    const keyword = node.start + 5;
    const waits = this.#function.isTop ? this.#waits(node.start) : '';
    if (this.#function.isTop && this.#options.topLevel === 'yield') {
      this.#usesContext = true;
      this.#edits.replace(node.start, keyword, `${helper}.w(yield(${waits}`);
      this.#visit(node['argument'], node);
      return this.#edits.close(node.end, waits === '' ? '))' : ')))');
    }
    if (!this.#options.keepContext || !this.#function.isAsync) {
      if (waits !== '') this.#edits.open(keyword, ` ${waits}`);
      this.#visit(node['argument'], node);
      return waits === '' ? undefined : this.#edits.close(node.end, ')');
    }
    this.#function.awaits += 1;
    this.#usesContext = true;
    this.#edits.open(node.start, `${helper}.r(`);
    this.#edits.open(keyword, ` ${helper}.s(${waits}`);
    this.#visit(node['argument'], node);
    const { followed } = this.#function;
    const place = followed ? `,${run},${isCalled(node['argument']) ? '' : '~'}${node.start}` : '';
    this.#edits.close(
      node.end,
      `${waits === '' ? '' : ')'},${frame}=${helper}.f()${place}),${frame},${frame}=0${followed ? `,${run}` : ''})`,
    );
  }

  /** The beginning of a call that notes which await outside all functions waits. */
  #waits(start: number): string {
    const index = this.#options.awaits?.indexOf(start) ?? -1;
    if (index < 0) return '';
    this.#usesContext = true;
    return `${this.#options.names.helper}.a(${index},`;
  }
}
