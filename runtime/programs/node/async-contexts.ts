/**
 * The stack of async ids that `async_hooks` reads (`AsyncHooks` of Node's `env.h`), and calls into the program that set it.
 * The typed arrays are shared with the library, which pushes and pops them itself in the common case.
 */
import { asyncContextOf } from './modules/async-context.ts';
import { noteState, promiseState } from './proxies.ts';
import type { NodeRealm, Untyped } from './realm.ts';
import { rejectedOriginal } from './watched-promises.ts';

export const asyncFields = {
  kInit: 0,
  kBefore: 1,
  kAfter: 2,
  kDestroy: 3,
  kPromiseResolve: 4,
  kTotals: 5,
  kCheck: 6,
  kStackLength: 7,
  kUsesExecutionAsyncResource: 8,
} as const;
export const asyncIdFields = { kExecutionAsyncId: 0, kTriggerAsyncId: 1, kAsyncIdCounter: 2, kDefaultTriggerAsyncId: 3 } as const;

export class AsyncContexts {
  readonly #realm: NodeRealm;
  readonly fields = new Uint32Array(9);
  readonly ids = new Float64Array(4);
  /** Pairs of ids. The library pops from it whatever its depth, and leaves only the pushes beyond its end to `push()`, which makes a longer one. */
  stack = new Float64Array(32);
  readonly resources: unknown[] = [];
  /** The library's `emitInit`, `emitBefore` …, and how a destroyed id reaches them. */
  hooks: Untyped;
  queueDestroy: ((asyncId: number) => void) | undefined;
  trampoline: Function | undefined;
  /** Set by the library through `task_queue.setPromiseRejectCallback`. */
  rejectCallback: ((type: number, promise: unknown, reason: unknown) => void) | undefined;

  constructor(realm: NodeRealm) {
    this.#realm = realm;
    this.fields[asyncFields.kCheck] = 1;
    this.ids[asyncIdFields.kAsyncIdCounter] = 1;
    this.ids[asyncIdFields.kDefaultTriggerAsyncId] = -1;
  }

  newId(): number {
    return ++this.ids[asyncIdFields.kAsyncIdCounter]!;
  }

  push(asyncId: number, triggerId: number, resource: unknown): void {
    const depth = this.fields[asyncFields.kStackLength]!;
    if (depth * 2 >= this.stack.length) {
      const longer = new Float64Array(this.stack.length * 3);
      longer.set(this.stack);
      this.stack = longer;
    }
    this.stack[2 * depth] = this.ids[0]!;
    this.stack[2 * depth + 1] = this.ids[1]!;
    this.fields[asyncFields.kStackLength] = depth + 1;
    this.ids[0] = asyncId;
    this.ids[1] = triggerId;
    if (resource !== undefined) this.resources[depth] = resource;
  }

  /** Returns whether anything is left on the stack. */
  pop(asyncId: number): boolean {
    const depth = this.fields[asyncFields.kStackLength]!;
    if (depth === 0) return false;
    if (this.fields[asyncFields.kCheck]! > 0 && this.ids[0] !== asyncId) {
      throw new Error(`async hook stack has become corrupted (actual: ${this.ids[0]}, expected: ${asyncId})`);
    }
    const below = depth - 1;
    this.ids[0] = this.stack[2 * below]!;
    this.ids[1] = this.stack[2 * below + 1]!;
    this.fields[asyncFields.kStackLength] = below;
    if (this.resources.length > below) this.resources.length = below;
    return below > 0;
  }

  get depth(): number {
    return this.fields[asyncFields.kStackLength]!;
  }

  /** Takes away what a callback that threw has left, where the error goes on to a caller that may catch it. */
  unwind(depth: number): void {
    while (this.depth > depth) this.pop(this.ids[0]!);
  }

  clear(): void {
    this.ids[0] = 0;
    this.ids[1] = 0;
    this.fields[asyncFields.kStackLength] = 0;
    this.resources.length = 0;
  }

  /** `InternalMakeCallback`. An error leaves the stack as it is: the handler of uncaught errors clears it. */
  call(
    callback: Function,
    receiver: unknown,
    args: readonly unknown[],
    asyncId: number,
    triggerId: number,
    contextFrame: unknown,
  ): unknown {
    const frames = this.#realm.internalBinding('async_context_frame') as Untyped;
    const before: unknown = frames.getContinuationPreservedEmbedderData();
    if (before !== contextFrame) frames.setContinuationPreservedEmbedderData(contextFrame);
    this.push(asyncId, triggerId, receiver);
    const { kBefore, kAfter, kUsesExecutionAsyncResource } = asyncFields;
    const hooked = asyncId !== 0 && this.fields[kBefore]! + this.fields[kAfter]! + this.fields[kUsesExecutionAsyncResource]! > 0;
    try {
      const result: unknown =
        hooked && this.trampoline !== undefined
          ? Reflect.apply(this.trampoline, receiver, [asyncId, receiver, callback, ...args])
          : Reflect.apply(callback, receiver, args);
      this.pop(asyncId);
      return result;
    } finally {
      if (before !== contextFrame) frames.setContinuationPreservedEmbedderData(before);
    }
  }

  rejected(kind: 'unhandled' | 'handled', reported: unknown, reason: unknown): void {
    const promise = kind === 'unhandled' ? rejectedOriginal(reported as object) : reported;
    if (promise === undefined) return;
    if (kind === 'unhandled') noteState(promise as object, [promiseState.rejected, reason]);
    const context = asyncContextOf(this.#realm);
    const tell = (): void => this.rejectCallback?.(kind === 'unhandled' ? 0 : 1, promise, kind === 'unhandled' ? reason : undefined);
    context.run(context.originOf(promise as object), () => (this.#domain === undefined ? tell() : this.#inDomain(this.#domain, tell)));
  }

  #domain: Untyped;

  /**
   * The REPL lives on after rejections because they belong to its domain. Engines tell of a rejection after the domain was left, so
   * it counts for the domain that the callback was last in.
   */
  followDomains(): void {
    const prototype = this.#realm.requireBuiltin('domain').Domain.prototype as Untyped;
    const { enter } = prototype;
    // eslint-disable-next-line @typescript-eslint/no-this-alias -- the method's receiver is a domain
    const contexts = this;
    prototype.enter = {
      enter(this: Untyped): void {
        contexts.#domain = this;
        Reflect.apply(enter as Function, this, []);
      },
    }.enter;
  }

  /** A callback of the loop begins. */
  leaveDomain(): void {
    this.#domain = undefined;
  }

  #inDomain(domain: Untyped, callback: () => void): void {
    const { process } = this.#realm;
    const before: unknown = process.domain;
    process.domain = domain;
    try {
      callback();
    } finally {
      process.domain = before;
    }
  }
}
