/** Linking and evaluation of module graphs: the algorithms of ECMA-262 16.2.1.6, in its order and with its ticks. */
import { moduleStatus as status, type LinkFailure, type ModuleRecord, type SyntheticModule } from './record.ts';
import { SourceTextModule, type Capability } from './source-text-module.ts';

/** `Link()`. After a failure no module of the graph is instantiated that was not before. @throws `failure`'s error. */
export function linkGraph(root: ModuleRecord, failure: LinkFailure): void {
  const stack: SourceTextModule[] = [];
  const fresh: ModuleRecord[] = [];
  try {
    innerLink(root, stack, 0, fresh, failure);
    const sources = fresh.filter((module) => module instanceof SourceTextModule);
    for (const module of sources) module.checkBindings(failure);
    for (const module of sources) module.instantiate();
    for (const module of sources) module.bindImports();
  } catch (error) {
    for (const module of [...stack, ...fresh]) module.status = status.uninstantiated;
    throw error;
  }
}

function innerLink(module: ModuleRecord, stack: SourceTextModule[], index: number, fresh: ModuleRecord[], failure: LinkFailure): number {
  if (module.status !== status.uninstantiated) return index;
  if (!(module instanceof SourceTextModule)) {
    module.status = status.instantiated;
    fresh.push(module);
    return index;
  }
  if (module.linked.length !== module.compiled.requests.length) throw failure('linking error, module is not linked', module, undefined);
  module.status = status.instantiating;
  module.dfsIndex = module.dfsAncestorIndex = index;
  stack.push(module);
  let next = index + 1;
  for (const [at, required] of module.linked.entries()) {
    if (module.compiled.requests[at]!.phase !== 2) continue;
    next = innerLink(required, stack, next, fresh, failure);
    if (required instanceof SourceTextModule && required.status === status.instantiating) {
      module.dfsAncestorIndex = Math.min(module.dfsAncestorIndex, required.dfsAncestorIndex);
    }
  }
  if (module.dfsAncestorIndex === module.dfsIndex) {
    for (;;) {
      const done = stack.pop()!;
      done.status = status.instantiated;
      fresh.push(done);
      if (done === module) break;
    }
  }
  return next;
}

let asyncOrder = 0;
const NativePromise = Promise;

function makeCapability(): Capability {
  let resolve!: () => void;
  let reject!: (error: unknown) => void;
  const promise = new NativePromise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Code that is to run: one call, and what came of it. */
interface Code {
  next(): unknown;
  returned?(result: unknown): void;
  threw?(error: unknown): void;
}

/**
 * `Evaluate()`. Whoever evaluates calls `code.next()` itself for as long as there is code, and says what came of it: the calls between a
 * module's code and Node's library count against the limit of a stack, although no stack shows them.
 */
export class Evaluation {
  readonly #walk: Generator<SourceTextModule | SyntheticModule, Promise<void>>;
  code: Code | undefined;
  /** Whose code it is. */
  module: ModuleRecord | undefined;
  /** Settled when there is no more code, unless the graph waits. */
  promise!: Promise<void>;

  constructor(root: ModuleRecord) {
    this.#walk = evaluating(root);
    this.#at(this.#walk.next());
  }

  #at(step: IteratorResult<SourceTextModule | SyntheticModule, Promise<void>>): void {
    if (step.done === true) {
      this.code = undefined;
      this.promise = step.value;
      return;
    }
    const module = (this.module = step.value);
    try {
      if (!(module instanceof SourceTextModule)) this.code = { next: () => module.run() };
      else this.code = module.asyncOrder === null ? module.begin() : beginAsync(module);
    } catch (error) {
      this.#at(this.#walk.throw(error));
    }
  }

  returned(result: unknown): void {
    this.code?.returned?.(result);
    this.#at(this.#walk.next());
  }

  threw(error: unknown): void {
    const { code } = this;
    if (code?.threw === undefined) return this.#at(this.#walk.throw(error));
    code.threw(error);
    this.#at(this.#walk.next());
  }
}

/** Yields what is to run, in order; ends with the promise of the whole. */
function* evaluating(root: ModuleRecord): Generator<SourceTextModule | SyntheticModule, Promise<void>> {
  if (!(root instanceof SourceTextModule)) {
    const capability = makeCapability();
    try {
      yield* evaluateSynthetic(root as SyntheticModule);
      capability.resolve();
    } catch (error) {
      capability.reject(error);
    }
    return capability.promise;
  }
  const module = root.status === status.evaluated && root.cycleRoot !== null ? root.cycleRoot : root;
  if (module.topLevel !== null) return module.topLevel.promise;
  const capability = (module.topLevel = makeCapability());
  if (module.status === status.errored) {
    capability.reject(module.error);
    return capability.promise;
  }
  const stack: SourceTextModule[] = [];
  try {
    yield* innerEvaluate(module, stack, 0);
    // A dependency of another graph, which has waited for it, is not waited for again.
    if (typeof module.asyncOrder !== 'number') capability.resolve();
  } catch (error) {
    for (const unfinished of stack) fail(unfinished, error);
    // A synthetic or errored dependency may have failed before the module itself was on the stack.
    if ((module.status as number) !== status.errored) fail(module, error);
    capability.reject(error);
  }
  return capability.promise;
}

function fail(module: ModuleRecord, error: unknown): void {
  module.status = status.errored;
  module.error = error;
}

function* evaluateSynthetic(module: SyntheticModule): Generator<SyntheticModule, void> {
  if (module.status === status.evaluated || module.status === status.evaluating) return;
  if (module.status === status.errored) throw module.error;
  module.status = status.evaluating;
  try {
    yield module;
    module.status = status.evaluated;
  } catch (error) {
    fail(module, error);
    throw error;
  }
}

const isSettling = (module: SourceTextModule): boolean => (module.status as number) === status.evaluated;

function* innerEvaluate(
  module: ModuleRecord,
  stack: SourceTextModule[],
  index: number,
): Generator<SourceTextModule | SyntheticModule, number> {
  if (!(module instanceof SourceTextModule)) {
    yield* evaluateSynthetic(module as SyntheticModule);
    return index;
  }
  if (module.status === status.errored) throw module.error;
  if (module.status === status.evaluated || module.status === status.evaluating) return index;
  module.status = status.evaluating;
  module.dfsIndex = module.dfsAncestorIndex = index;
  module.pendingDependencies = 0;
  stack.push(module);
  let next = index + 1;
  for (const [at, dependency] of module.linked.entries()) {
    if (module.compiled.requests[at]!.phase !== 2) continue;
    next = yield* innerEvaluate(dependency, stack, next);
    if (!(dependency instanceof SourceTextModule)) continue;
    let required = dependency;
    if (required.status === status.evaluating) module.dfsAncestorIndex = Math.min(module.dfsAncestorIndex, required.dfsAncestorIndex);
    else {
      required = required.cycleRoot!;
      if ((required.status as number) === status.errored) throw required.error;
    }
    if (typeof required.asyncOrder === 'number') {
      module.pendingDependencies += 1;
      required.asyncParents.push(module);
    }
  }
  if (module.pendingDependencies > 0 || module.compiled.hasTopLevelAwait) {
    module.asyncOrder = asyncOrder++;
    if (module.pendingDependencies === 0) yield module;
  } else yield module;
  if (module.dfsAncestorIndex === module.dfsIndex) {
    for (;;) {
      const done = stack.pop()!;
      done.status = status.evaluated;
      done.cycleRoot = module;
      if (done === module) break;
    }
  }
  return next;
}

function beginAsync(module: SourceTextModule): ReturnType<SourceTextModule['beginAsync']> {
  const capability = makeCapability();
  module.host.context.then(
    capability.promise,
    () => asyncFulfilled(module),
    (error: never) => asyncRejected(module, error),
  );
  return module.beginAsync(capability);
}

function executeAsync(module: SourceTextModule): void {
  const code = beginAsync(module);
  let result: unknown;
  try {
    result = code.next();
  } catch (error) {
    return code.threw(error);
  }
  code.returned(result);
}

function gatherAvailableAncestors(module: SourceTextModule, found: SourceTextModule[]): void {
  for (const parent of module.asyncParents) {
    if (found.includes(parent) || parent.cycleRoot?.status === status.errored) continue;
    parent.pendingDependencies -= 1;
    if (parent.pendingDependencies > 0) continue;
    found.push(parent);
    if (!parent.compiled.hasTopLevelAwait) gatherAvailableAncestors(parent, found);
  }
}

function asyncFulfilled(module: SourceTextModule): void {
  if (module.status === status.errored) return;
  module.asyncOrder = 'done';
  module.topLevel?.resolve();
  const ready: SourceTextModule[] = [];
  gatherAvailableAncestors(module, ready);
  ready.sort((a, b) => (a.asyncOrder as number) - (b.asyncOrder as number));
  for (const ancestor of ready) {
    if (!isSettling(ancestor)) continue;
    if (ancestor.compiled.hasTopLevelAwait) {
      executeAsync(ancestor);
      continue;
    }
    try {
      ancestor.begin().next();
    } catch (error) {
      asyncRejected(ancestor, error);
      continue;
    }
    ancestor.asyncOrder = 'done';
    ancestor.topLevel?.resolve();
  }
}

function asyncRejected(module: SourceTextModule, error: unknown): void {
  if (module.status === status.errored) return;
  fail(module, error);
  module.asyncOrder = 'done';
  for (const parent of module.asyncParents) asyncRejected(parent, error);
  module.topLevel?.reject(error);
}

/** Whether a module or what it imports waits at its top level. Meaningful once linked. */
export function isGraphAsync(root: ModuleRecord, seen: Set<ModuleRecord> = new Set()): boolean {
  if (seen.has(root) || !(root instanceof SourceTextModule)) return false;
  seen.add(root);
  if (root.compiled.hasTopLevelAwait) return true;
  return root.linked.some((module, at) => root.compiled.requests[at]!.phase === 2 && isGraphAsync(module, seen));
}
