/** A module with source text: what its code is given, and which names it resolves. */
import type { AsyncContext } from './async-context.ts';
import { Activation } from './waiters.ts';
import type { CompiledModule, Place } from './compile.ts';
import { noteHelper } from './sources.ts';
import { awaitAtTopLevel } from './top-level-await.ts';
import {
  ModuleRecord,
  moduleStatus,
  readBinding,
  type LinkFailure,
  type Resolution,
  type ResolvedBinding,
  type ResolveStep,
} from './record.ts';

type Getters = Readonly<Record<string, () => unknown>>;
type Start = (env: object, helper: object) => Iterator<unknown, void> | Promise<void>;

/** What a module's code needs of its surroundings. */
export interface ModuleHost {
  /** The value of `code`, an expression. */
  evaluate(code: string, module: SourceTextModule): unknown;
  importDynamically(module: SourceTextModule, specifier: unknown, options: unknown): Promise<unknown>;
  initializeMeta(module: SourceTextModule, meta: object): void;
  readonly context: AsyncContext;
  /** What `module` waited for at `place` has failed. */
  noteAwaited(error: unknown, module: SourceTextModule, place: Place): void;
  /** Gives a module's helper object what its code calls around `eval`. */
  addStringHelpers(helper: object): void;
}

export interface Capability {
  readonly promise: Promise<void>;
  resolve(value: void): void;
  reject(error: unknown): void;
}

const { defineProperty, create } = Object;

export class SourceTextModule extends ModuleRecord {
  readonly compiled: CompiledModule;
  readonly host: ModuleHost;
  /** One per request, once linked. */
  linked: readonly ModuleRecord[] = [];

  // State of the specification's algorithms; `null` stands for its `empty`.
  dfsIndex = 0;
  dfsAncestorIndex = 0;
  cycleRoot: SourceTextModule | null = null;
  /** When it became async, in order of becoming so; null before, `'done'` after. */
  asyncOrder: number | 'done' | null = null;
  topLevel: Capability | null = null;
  asyncParents: SourceTextModule[] = [];
  pendingDependencies = 0;

  #start: Start | undefined;
  #getters: Getters | undefined;
  #generator: Iterator<unknown, void> | undefined;
  #meta: object | undefined;
  /** Of `compiled.awaits`: the one that was last reached. */
  #awaited = 0;
  readonly #env: object = create(null) as object;

  constructor(url: string, compiled: CompiledModule, host: ModuleHost) {
    super(url);
    this.compiled = compiled;
    this.host = host;
  }

  exportedNames(visited: Set<ModuleRecord> = new Set()): string[] {
    if (visited.has(this)) return [];
    visited.add(this);
    const names = new Set<string>();
    for (const { exported } of this.compiled.locals) names.add(exported);
    for (const { exported } of this.compiled.indirect) names.add(exported);
    for (const request of this.compiled.stars) {
      for (const name of this.linked[request]!.exportedNames(visited)) if (name !== 'default') names.add(name);
    }
    return [...names];
  }

  resolveExport(name: string, path: ResolveStep[] = []): Resolution {
    if (path.some((step) => step.module === this && step.name === name)) return undefined;
    path.push({ module: this, name });
    if (this.compiled.locals.some((entry) => entry.exported === name)) return { module: this, name };
    const indirect = this.compiled.indirect.find((entry) => entry.exported === name);
    if (indirect !== undefined) {
      const module = this.linked[indirect.request]!;
      return indirect.imported === null ? { module, name: null } : module.resolveExport(indirect.imported, path);
    }
    if (name === 'default') return undefined;
    let found: ResolvedBinding | undefined;
    for (const request of this.compiled.stars) {
      const candidate = this.linked[request]!.resolveExport(name, path);
      if (candidate === 'ambiguous') return candidate;
      if (candidate === undefined) continue;
      if (found === undefined) found = candidate;
      else if (found.module !== candidate.module || found.name !== candidate.name) return 'ambiguous';
    }
    return found;
  }

  reader(name: string): () => unknown {
    const known = this.#getters?.[name];
    if (known !== undefined) return known;
    return () => {
      const getter = this.#getters?.[name];
      if (getter === undefined) throw new ReferenceError(`Cannot access '${name}' before initialization`);
      return getter();
    };
  }

  isConstant(name: string): boolean {
    return this.status === moduleStatus.evaluated && this.asyncOrder !== null && this.asyncOrder !== 'done'
      ? false
      : this.status === moduleStatus.evaluated && this.compiled.locals.some((entry) => entry.exported === name && entry.constant);
  }

  /** All that it imports and re-exports is there. @throws `failure`'s error. */
  checkBindings(failure: LinkFailure): void {
    const { requests, imports, indirect } = this.compiled;
    for (const entry of imports) {
      if (entry.imported === null) continue;
      this.#mustResolve(this.linked[entry.request]!, entry.imported, requests[entry.request]!.specifier, entry.place, failure);
    }
    for (const entry of indirect) {
      if (entry.imported === null) continue;
      this.#mustResolve(this.linked[entry.request]!, entry.imported, requests[entry.request]!.specifier, entry.place, failure);
    }
  }

  #mustResolve(module: ModuleRecord, name: string, specifier: string, place: Place, failure: LinkFailure): void {
    const found = module.resolveExport(name);
    if (found === undefined) {
      const cycle = cycleOf(module, name, this);
      if (cycle !== undefined) throw failure(`Detected cycle while resolving name '${name}' in '${cycle}'`, this, place);
      throw failure(`The requested module '${specifier}' does not provide an export named '${name}'`, this, place);
    }
    if (found === 'ambiguous')
      throw failure(`The requested module '${specifier}' contains conflicting star exports for name '${name}'`, this, place);
  }

  /** Makes the module's functions, so that others can call them before it is evaluated. */
  instantiate(): void {
    const start = (this.#start = this.host.evaluate(this.compiled.code, this) as Start);
    if (this.compiled.kind === 'generator') {
      this.#generator = start(this.#env, this.#helper()) as Iterator<unknown, void>;
      this.#generator.next();
    }
  }

  /** Gives its code what it imports. All modules that it depends on have been instantiated. */
  bindImports(): void {
    for (const { request, imported, local } of this.compiled.imports) {
      if (imported === null) continue;
      const binding = this.linked[request]!.resolveExport(imported) as ResolvedBinding;
      defineProperty(this.#env, local, { get: readBinding(binding, local), set: refuseAssignment, enumerable: true, configurable: true });
    }
  }

  /** Bindings that will not change any more need no call to be read. */
  #settleImports(): void {
    if (this.compiled.assignsImports) return;
    for (const { request, imported, local } of this.compiled.imports) {
      if (imported === null) continue;
      const { module, name } = this.linked[request]!.resolveExport(imported) as ResolvedBinding;
      const constant = name === null ? true : module.isConstant(name);
      if (constant) defineProperty(this.#env, local, { value: name === null ? module.namespace : module.reader(name)(), writable: false });
    }
  }

  /** Its code, ready to run. Whoever runs it calls it, for every call between counts against the limit of a stack. */
  begin(): Iterator<unknown, void> {
    this.#settleImports();
    const generator = this.#generator!;
    this.#generator = undefined;
    return generator;
  }

  /** Its code, ready to run until it first waits. What comes of that is to be told; `capability` is settled at its end. */
  beginAsync(capability: Capability): {
    next(): unknown;
    returned(result: unknown): void;
    threw(error: unknown): void;
  } {
    const { context } = this.host;
    if (this.compiled.kind === 'async') {
      this.#settleImports();
      const start = this.#start!;
      const env = this.#env;
      const helper = this.#helper();
      return {
        next: () => start(env, helper),
        returned: (result) => void context.then(result as Promise<void>, capability.resolve, capability.reject),
        threw: (error) => capability.reject(error),
      };
    }
    const generator = this.begin();
    const frames = context.asyncFrames;
    const activation = frames === undefined ? undefined : new Activation(this, undefined);
    const step = (kind: 'next' | 'throw', value: unknown): void => {
      let result: IteratorResult<unknown, void>;
      try {
        result = generator[kind]!(value);
      } catch (error) {
        return capability.reject(error);
      }
      returned(result);
    };
    const returned = (result: IteratorResult<unknown, void>): void => {
      if (result.done === true) return capability.resolve();
      let frame: unknown;
      /** Whether it had failed before it was awaited: then its stack is whole. */
      let atOnce = true;
      const resume = (again: 'next' | 'throw') => (settled: unknown) => {
        context.resume(frame);
        if (activation !== undefined) frames!.resumed(activation);
        const place = this.suspendedAt();
        if (again === 'throw' && !atOnce && place !== undefined) this.host.noteAwaited(settled, this, place);
        step(again, settled);
      };
      let waited: Promise<unknown>;
      try {
        waited = context.promiseOf(result.value);
        frame = context.suspend(waited);
        if (activation !== undefined) {
          activation.place = this.suspendedAt();
          frames!.suspended(activation, 0, waited);
        }
      } catch (error) {
        return step('throw', error);
      }
      awaitAtTopLevel(this, waited, resume('next'), resume('throw'));
      context.then(context.promiseOf(undefined), () => (atOnce = false));
    };
    return Object.assign(generator, {
      returned: (result: unknown) => returned(result as IteratorResult<unknown, void>),
      threw: (error: unknown) => capability.reject(error),
    });
  }

  /** Where its code waits at its top level: of its top-level `await`s, the one that was last reached. */
  suspendedAt(): Place | undefined {
    return this.compiled.awaits[this.#awaited];
  }

  #helper(): object {
    const helper = create(this.host.context.helpers) as object;
    noteHelper(helper, this.compiled.sourceUrl ?? this.url);
    noteHelper(this, this.compiled.sourceUrl ?? this.url);
    const define = (name: string, value: unknown): void => void defineProperty(helper, name, { value });
    define('exports', (getters: Getters) => {
      this.#getters = getters;
    });
    define('nameDefault', (value: Function) => void defineProperty(value, 'name', { value: 'default', configurable: true }));
    define('a', (index: number, value: unknown) => {
      this.#awaited = index;
      return value;
    });
    define('namespace', (request: number) => this.linked[request]!.namespace);
    define('import', (specifier: unknown, options: unknown) => this.host.importDynamically(this, specifier, options));
    this.host.addStringHelpers(helper);
    defineProperty(helper, 'meta', { get: () => this.#metaObject() });
    defineProperty(helper, 'arguments', {
      get: () => {
        throw new ReferenceError('arguments is not defined');
      },
    });
    return helper;
  }

  #metaObject(): object {
    if (this.#meta === undefined) {
      this.#meta = create(null) as object;
      this.host.initializeMeta(this, this.#meta);
    }
    return this.#meta;
  }
}

function refuseAssignment(): never {
  const error = new TypeError('Assignment to constant variable.');
  (Error as { captureStackTrace?: (error: Error, above: Function) => void }).captureStackTrace?.(error, refuseAssignment);
  throw error;
}

/** The specifier at which a chain of re-exports comes back to where it has been, if it does. */
function cycleOf(module: ModuleRecord, name: string, from: ModuleRecord): string | undefined {
  const seen = new Map<ModuleRecord, Set<string>>([[from, new Set([name])]]);
  let at = module;
  let wanted = name;
  for (;;) {
    if (!(at instanceof SourceTextModule)) return undefined;
    const entry = at.compiled.indirect.find(({ exported }) => exported === wanted);
    if (entry === undefined || entry.imported === null) return undefined;
    const names = seen.get(at) ?? new Set();
    seen.set(at, names.add(wanted));
    const { specifier } = at.compiled.requests[entry.request]!;
    at = at.linked[entry.request]!;
    wanted = entry.imported;
    if (seen.get(at)?.has(wanted) === true) return specifier;
  }
}
