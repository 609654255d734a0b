/**
 * `vm` contexts. A worker has one realm and cannot make another, so a context is emulated: its code runs inside
 * `with (scope)`, where `scope` answers for every name. Global variables, functions and `this` are the context's own.
 *
 * What is not isolated, because the realm is shared: built-in objects and their prototypes, indirect `eval` (it sees the program's
 * globals), literals' prototypes, and `instanceof` therefore holds across contexts. `codeGeneration` is kept by the names a context has
 * (`eval`, `Function`, `WebAssembly`), not by what code reaches through a `constructor`; so is `Function`, whose functions are the
 * context's.
 */
import { writtenScriptName } from '../../../process/script-names.ts';
import { perRealm } from '../wraps/per-realm.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { withPrefix } from './compile-script.ts';
import { helperFor, parseFailureOf, tryCompileScript, type FunctionRequest } from './functions.ts';
import { syntaxError } from './parser.ts';
import { noteContextScript, noteContextView } from '../stack/context-views.ts';
import { vmContextFile } from '../stack/ours.ts';
import { sourcesOf } from './sources.ts';
import { already, intrinsicEval, readLexical, timeLimitErrors, writeLexical, type Lexical, type ReadyScript } from './global-script.ts';
import { prepareScript, type ScriptRequest } from './vm-script.ts';

const builtinNames = new Set(
  (
    'Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp Error AggregateError EvalError RangeError ' +
    'ReferenceError SyntaxError TypeError URIError SuppressedError JSON Math Intl ArrayBuffer Atomics Uint8Array Int8Array Uint16Array Int16Array Uint32Array ' +
    'Int32Array Float16Array Float32Array Float64Array Uint8ClampedArray BigUint64Array BigInt64Array DataView Map BigInt Set Iterator WeakMap WeakSet WeakRef Proxy ' +
    'Reflect FinalizationRegistry DisposableStack AsyncDisposableStack SharedArrayBuffer decodeURI decodeURIComponent encodeURI encodeURIComponent escape unescape ' +
    'eval isFinite isNaN console WebAssembly'
  ).split(' '),
);

/** What a context has in the place of names that `codeGeneration` forbids. */
function forbidden(strings: boolean, wasm: boolean): Readonly<Record<string, unknown>> {
  const noStrings = () => {
    throw new EvalError('Code generation from strings disallowed for this context');
  };
  const noWasm = (name: string) => () => {
    throw new WebAssembly.CompileError(`WebAssembly.${name}: Wasm code generation disallowed by embedder`);
  };
  const later = (name: string) => () => Promise.resolve().then(noWasm(`${name}()`));
  return {
    ...(strings ? {} : { eval: noStrings, Function: new Proxy(Function, { apply: noStrings, construct: noStrings }) }),
    ...(wasm || typeof WebAssembly === 'undefined'
      ? {}
      : {
          WebAssembly: Object.create(WebAssembly, {
            Module: { value: new Proxy(WebAssembly.Module, { construct: noWasm('Module()') }), configurable: true, writable: true },
            compile: { value: later('compile'), configurable: true, writable: true },
            instantiate: { value: later('instantiate'), configurable: true, writable: true },
          }) as unknown,
        }),
  };
}

/** `Function` of a context. */
function functionOf(compile: (source: string) => unknown): unknown {
  const make = (parts: readonly unknown[]): unknown => {
    const texts = parts.map(String);
    // The engine says what is wrong with them.
    Function(...texts);
    return compile(`(function anonymous(${texts.slice(0, -1).join(',')}\n) {\n${texts.at(-1) ?? ''}\n})`);
  };
  return new Proxy(Function, { apply: (_, __, parts) => make(parts) as object, construct: (_, parts) => make(parts) as object });
}

const hidden = new Set(['$bvw', '$bvh', '$bvx', '$bvc']);

class VmContext {
  readonly sandbox: object;
  /** What `this` and `globalThis` are to its code. */
  readonly view: object;
  readonly scope: object;
  /** The same to modules, which are strict whatever script runs. */
  readonly moduleScope: object;
  readonly #lexicals = new Map<string, Lexical>();
  /** Functions of the script that is about to start, not yet global. */
  readonly hoisting = new Set<string>();
  /** What `var` and function declarations made, which `delete` leaves. */
  readonly #vars = new Set<PropertyKey>();
  /** Whether the script that runs is strict throughout: names that nothing declares cannot be assigned. */
  strict = false;
  readonly #builtins: Readonly<Record<string, unknown>>;

  /** Our own `eval` of the script that starts is the one that reads the name next. */
  starting = false;

  /** @param compile What `Function` does in it: a script's text to what it gives. */
  constructor(sandbox: object, compile?: (context: VmContext, source: string) => unknown, codeGeneration = { strings: true, wasm: true }) {
    this.sandbox = sandbox;
    const builtins = Object.create(null) as Record<string, unknown>;
    for (const name of builtinNames) if (name in globalThis) builtins[name] = (globalThis as Untyped)[name];
    if (compile !== undefined) builtins['Function'] = functionOf((source) => compile(this, source));
    Object.assign(builtins, forbidden(codeGeneration.strings, codeGeneration.wasm));
    this.#builtins = builtins;
    this.view = new Proxy(sandbox, {
      get: (target, name, receiver) =>
        typeof name === 'string' && !(name in target)
          ? this.#builtin(name)
          : this.#seen(Reflect.get(target, name, receiver === this.view ? target : receiver)),
      has: (target, name) => name in target || (typeof name === 'string' && (name in builtins || name === 'globalThis')),
      set: (target, name, value) => Reflect.set(target, name, value),
    });
    this.scope = new Proxy(Object.create(null) as object, {
      has: (_, name) => typeof name !== 'string' || !(hidden.has(name) || this.hoisting.has(name)),
      get: (_, name) => (typeof name === 'string' ? this.#read(name) : undefined),
      set: (_, name, value) => this.#write(name as string, value),
      deleteProperty: (_, name) => !this.#vars.has(name) && Reflect.deleteProperty(sandbox, name),
    });
    this.moduleScope = new Proxy(this.scope, { set: (_, name, value) => this.#write(name as string, value, true) });
    for (const view of [this.view, this.scope, this.moduleScope]) noteContextView(view);
  }

  /** Code inside knows its global object by one identity. */
  #seen(value: unknown): unknown {
    if (value === Function) return this.#builtins['Function'];
    return value === this.sandbox ? this.view : value;
  }

  #builtin(name: string): unknown {
    return name === 'globalThis' ? this.view : this.#builtins[name];
  }

  get lexicalNames(): string[] {
    return [...this.#lexicals.keys()];
  }

  #read(name: string): unknown {
    if (this.starting && name === 'eval') {
      this.starting = false;
      return intrinsicEval;
    }
    const lexical = this.#lexicals.get(name);
    if (lexical !== undefined) return readLexical(name, lexical);
    if (name in this.sandbox) return this.#seen((this.sandbox as Untyped)[name]);
    if (name === 'globalThis') return this.view;
    if (name in this.#builtins) return this.#builtins[name];
    throw new ReferenceError(`${name} is not defined`);
  }

  #write(name: string, value: unknown, strict = this.strict): boolean {
    const lexical = this.#lexicals.get(name);
    if (lexical !== undefined) writeLexical(lexical, value);
    else if (strict && !(name in this.sandbox) && !(name in this.#builtins)) throw new ReferenceError(`${name} is not defined`);
    else if (!Reflect.set(this.sandbox, name, value) && strict)
      throw new TypeError(`Cannot assign to read only property '${name}' of object '#<Object>'`);
    return true;
  }

  /** A name's value, or undefined if it has none; for `typeof`. */
  peek(name: string): unknown {
    const lexical = this.#lexicals.get(name);
    if (lexical !== undefined) return readLexical(name, lexical);
    return name in this.sandbox ? this.#seen((this.sandbox as Untyped)[name]) : this.#builtin(name);
  }

  hoist(functions: Readonly<Record<string, Function>>): void {
    this.hoisting.clear();
    for (const name of Object.keys(functions)) Reflect.set(this.sandbox, name, functions[name]);
  }

  declare(script: {
    readonly vars: readonly string[];
    readonly functions: readonly string[];
    readonly lexicals: readonly { readonly name: string; readonly constant: boolean }[];
  }): void {
    for (const { name } of script.lexicals) if (this.#lexicals.has(name)) throw already(name);
    for (const name of [...script.vars, ...script.functions]) if (this.#lexicals.has(name)) throw already(name);
    for (const { name, constant } of script.lexicals) this.#lexicals.set(name, { constant, initialised: false, value: undefined });
    for (const name of [...script.functions, ...script.vars]) if (!Object.hasOwn(this.sandbox, name)) this.#vars.add(name);
    for (const name of [...script.functions, ...script.vars]) if (!(name in this.sandbox)) Reflect.set(this.sandbox, name, undefined);
    for (const name of script.functions) this.hoisting.add(name);
  }
}

const contexts = new WeakMap<object, VmContext>();

/** @throws {TypeError} if the object was not contextified. */
export function contextOf(realm: NodeRealm, contextified: object): VmContext {
  const context = contexts.get(contextified);
  if (context === undefined) throw new TypeError('Illegal invocation');
  void realm;
  return context;
}

/** Out of sight where `Object.prototype` keeps private symbols (`globals.ts`). */
function setPrivate(object: object, key: symbol, value: unknown): void {
  if (Object.prototype.isPrototypeOf.call(Object.prototype, object) && Reflect.set(Object.prototype, key, value, object)) return;
  Object.defineProperty(object, key, { value, enumerable: false, configurable: true, writable: true });
}

/** `vm.createContext`. @throws `ERR_FEATURE_UNAVAILABLE_ON_PLATFORM` for what a shared realm cannot give. */
export function makeContext(
  realm: NodeRealm,
  given: object | symbol,
  name: string,
  origin: unknown,
  strings: boolean,
  wasm: boolean,
  microtaskQueue: unknown,
  id: symbol | undefined,
): object {
  const { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } = realm.requireBuiltin('internal/errors').codes as Untyped;
  if (microtaskQueue) throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM("microtaskMode: 'afterEvaluate'");
  void name;
  void origin;
  const sandbox = typeof given === 'symbol' ? {} : given;
  const compileText = (within: VmContext, source: string): unknown => {
    const name = 'anonymous';
    const referrer = { id: id ?? Symbol(name), name };
    const { start, code, end } = readyIn(realm, within, { source, name, lineOffset: 0, columnOffset: 0, referrer });
    try {
      return start(code);
    } finally {
      end?.();
    }
  };
  const context = new VmContext(sandbox, compileText, { strings: strings !== false, wasm: wasm !== false });
  const { contextify_context_private_symbol: contextKey, host_defined_option_symbol: idKey } = realm.privateSymbols as Record<
    string,
    symbol
  >;
  const result = typeof given === 'symbol' ? context.view : sandbox;
  for (const object of [sandbox, context.view]) contexts.set(object, context);
  setPrivate(sandbox, contextKey!, context);
  if (id !== undefined) setPrivate(sandbox, idKey!, id);
  return result;
}

/** A function that evaluates code inside the context's scope by a direct eval. */
function evaluatorIn(
  realm: NodeRealm,
  context: VmContext,
  helper: object,
  { extensions = [], scope = context.scope }: { readonly extensions?: readonly object[]; readonly scope?: object } = {},
): (code: string) => unknown {
  const open = extensions.map((_, index) => `with($bvx[${index}]){`).join('');
  const make = realm.platform.evaluate(
    `(function($bvw,$bvh,$bvx){return function($bvc){with($bvw){${open}return eval($bvc)${'}'.repeat(extensions.length)}}}})`,
    vmContextFile,
  ) as (scope: object, helper: object, extensions: readonly object[]) => (code: string) => unknown;
  const evaluate = make(scope, helper, extensions).bind(context.view);
  return (code) => {
    context.starting = true;
    return evaluate(code);
  };
}

/** @throws {SyntaxError} for names that are taken. */
export function readyIn(realm: NodeRealm, context: VmContext, request: ScriptRequest): ReadyScript {
  const { source, name, lineOffset, columnOffset, referrer, timeoutMs } = request;
  const script = prepareScript(realm, request, 'context', '$bvh');
  noteContextScript(name);
  sourcesOf(realm).add(name, { text: source, columns: script.columns, lineOffset, columnOffset });
  context.declare(script);
  const helper = helperFor(realm, referrer);
  Object.defineProperty(helper, 'hoist', { value: (functions: Record<string, Function>) => context.hoist(functions) });
  Object.defineProperty(helper, 'peek', { value: (asked: string) => context.peek(asked) });
  Object.defineProperty(helper, 'v', { value: (receiver: unknown) => (receiver === globalThis ? context.view : receiver) });
  const release = timeoutMs === undefined ? undefined : limitTime(realm, helper, timeoutMs);
  const { strict } = context;
  context.strict = script.strict;
  const end = (): void => {
    context.hoisting.clear();
    context.strict = strict;
    release?.();
  };
  return { code: `${script.code}\n//# sourceURL=${writtenScriptName(name)}`, start: evaluatorIn(realm, context, helper), end };
}

/** The value of a module's `code`, an expression, within the context. */
export function evaluateModuleIn(realm: NodeRealm, context: VmContext, code: string, name: string): unknown {
  return evaluatorIn(realm, context, {}, { scope: context.moduleScope })(`${code}\n//# sourceURL=${writtenScriptName(name)}`);
}

/** How many checks pass between two looks at the clock. */
const checksPerLook = 128;

interface TimeLimit {
  readonly end: number;
  readonly timeoutMs: number;
}

/** Of the scripts that run, one inside the other. */
const timeLimits = perRealm((): TimeLimit[] => []);

/**
 * Makes the checks in a script's code throw once its time, or that of one around it, is over, and again at each further check: no
 * `catch` of its own holds that up. Returns what ends the limit.
 */
export function limitTime(realm: NodeRealm, helper: object, timeoutMs: number): () => void {
  const { platform } = realm;
  const limits = timeLimits(realm);
  const limit: TimeLimit = { end: platform.now() + timeoutMs, timeoutMs };
  limits.push(limit);
  let checks = 0;
  let ended = false;
  Object.defineProperty(helper, 'k', {
    value() {
      checks += 1;
      if (ended || checks % checksPerLook !== 0) return;
      const now = platform.now();
      const over = limits.find((one) => now >= one.end);
      if (over === undefined) return;
      checks = -1;
      const error = Object.assign(new Error(`Script execution timed out after ${over.timeoutMs}ms`), {
        code: 'ERR_SCRIPT_EXECUTION_TIMEOUT',
      });
      timeLimitErrors.add(error);
      throw error;
    },
  });
  return () => {
    ended = true;
    limits.splice(limits.indexOf(limit), 1);
  };
}

/** `vm.compileFunction` in a context, or with extensions. */
export function compileFunctionIn(
  realm: NodeRealm,
  contextified: object | undefined,
  extensions: readonly object[],
  request: FunctionRequest,
): Function {
  const { source, name, parameters, referrer, lineOffset = 0, columnOffset = 0 } = request;
  const failure = parseFailureOf(realm, source, true);
  if (failure !== undefined) throw syntaxError(realm, failure, source, { name, strict: false, lineOffset, columnOffset });
  const { code, columns, helper = '$bvh' } = tryCompileScript(realm, source, true, parameters);
  const head = `(function (${helper}) {return (function (${parameters.join(', ')}) {`;
  sourcesOf(realm).add(name, { text: source, columns: withPrefix(columns, head), lineOffset, columnOffset });
  const outer = contextified === undefined ? new VmContext(globalThis) : contextOf(realm, contextified);
  hidden.add(helper);
  const make = evaluatorIn(realm, outer, helperFor(realm, referrer), { extensions })(
    `${head}${code}\n})})\n//# sourceURL=${writtenScriptName(name)}`,
  ) as (helper: object) => Function;
  const given = helperFor(realm, referrer);
  const peek = (asked: string): unknown => {
    const extension = extensions.findLast((object) => asked in object) as Untyped | undefined;
    return extension === undefined ? outer.peek(asked) : extension[asked];
  };
  Object.defineProperty(given, 'peek', { value: peek });
  return make(given);
}
