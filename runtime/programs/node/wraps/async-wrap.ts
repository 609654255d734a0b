import type { Realm } from '../boot.ts';
import { asyncFields } from '../async-contexts.ts';
import { lazyParts } from '../stack/ours.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { perRealm } from './per-realm.ts';

const kExecutionAsyncId = 0;
const kDefaultTriggerAsyncId = 3;

/** The id that a new resource is triggered by: what the library set for this scope, else what is running. */
function triggerAsyncId(realm: NodeRealm): number {
  const fields = realm.internalBinding('async_wrap').async_id_fields as Float64Array;
  const preset = fields[kDefaultTriggerAsyncId] ?? -1;
  return preset >= 0 ? preset : (fields[kExecutionAsyncId] ?? 0);
}

/** Tells `async_hooks`, if anyone listens, of a new native resource. */
export function emitAsyncInit(realm: NodeRealm, asyncId: number, type: string, triggerId: number, resource: object): void {
  const { contexts } = realm as Realm;
  if ((contexts.fields[asyncFields.kInit] ?? 0) > 0) contexts.hooks?.init(asyncId, type, triggerId, resource);
}

/** Tells it, later, of the end of one. */
export function emitAsyncDestroy(realm: NodeRealm, asyncId: number): void {
  (realm as Realm).contexts.queueDestroy?.(asyncId);
}

/**
 * The base of all native objects that Node's library knows: an async id, a provider name for `async_hooks`, and the way
 * back into the program with the right async context.
 */
/** As `process.getActiveResourcesInfo()` names them: the C++ classes. */
const requestNames: Readonly<Record<string, string>> = {
  TCPConnectWrap: 'ConnectWrap',
  PipeConnectWrap: 'ConnectWrap',
  ShutdownWrap: 'SimpleShutdownWrap',
  WriteWrap: 'SimpleWriteWrap',
};

/** Of requests that begin when they are under way, and not at all where what they ask for is done at once; 'NONE' is a pooled resource's before its first life. */
const lateProviders: ReadonlySet<string> = new Set(['NONE', 'PIPECONNECTWRAP', 'SHUTDOWNWRAP', 'TCPCONNECTWRAP', 'WRITEWRAP']);

function makeAsyncWrap(realm: NodeRealm) {
  let numbers: Readonly<Record<string, number>> | undefined;
  const currentFrame = (): unknown => realm.internalBinding('async_context_frame').getContinuationPreservedEmbedderData();

  class AsyncWrap {
    #provider: string;
    #asyncId = -1;
    #triggerId = -1;
    #frame: unknown;

    constructor(provider: string) {
      this.#provider = provider;
      if (!lateProviders.has(provider)) this.#begin(triggerAsyncId(realm));
    }

    #begin(triggerId: number, resource: unknown = this): void {
      this.#asyncId = realm.newAsyncId();
      this.#triggerId = triggerId;
      this.#frame = currentFrame();
      emitAsyncInit(realm, this.#asyncId, this.#provider, triggerId, resource as object);
    }

    getAsyncId(): number {
      return this.#asyncId;
    }

    getProviderType(): number {
      numbers ??= realm.internalBinding('async_wrap').Providers as Readonly<Record<string, number>>;
      return numbers[this.#provider] ?? 0;
    }

    /** A pooled resource starts a new life: a new id, told to `async_hooks` like a new object. */
    asyncReset(resource: unknown = this, provider = this.#provider): void {
      destroyed(this);
      this.#provider = provider;
      if (resource !== this) (this as Untyped)[realm.internalBinding('symbols').resource_symbol] = resource;
      this.#begin(triggerAsyncId(realm), resource);
    }

    getAsyncContextFrameForDebuggingOnly(): unknown {
      return this.#frame;
    }

    static call(wrap: AsyncWrap, callback: Untyped, args: readonly unknown[]): unknown {
      if (typeof callback !== 'function') return undefined;
      return realm.makeCallback(callback as Function, wrap, args, wrap.#asyncId, wrap.#triggerId, wrap.#frame);
    }

    static beginFor(wrap: AsyncWrap, handle: AsyncWrap): void {
      if (wrap.#asyncId < 0) wrap.#begin(handle.#asyncId);
    }

    static destroyed(wrap: AsyncWrap): void {
      if (wrap.#asyncId >= 0) emitAsyncDestroy(realm, wrap.#asyncId);
      wrap.#asyncId = -1;
    }
  }

  const { call, beginFor, destroyed } = AsyncWrap;
  for (const name of ['call', 'beginFor', 'destroyed'] as const) Reflect.deleteProperty(AsyncWrap, name);

  /** A request: keeps the process alive from `dispatched` to `finish`, which calls `oncomplete`. */
  class ReqWrap extends AsyncWrap {
    declare oncomplete?: Untyped;
  }
  /** Those under way, with what takes them off the list. */
  const open = new Map<ReqWrap, (() => void) | undefined>();
  const end = (request: ReqWrap): boolean => {
    open.get(request)?.();
    return open.delete(request);
  };

  return {
    AsyncWrap,
    ReqWrap,
    /** What `make` makes was triggered by `wrap`. */
    triggeredBy<T>(wrap: AsyncWrap, make: () => T): T {
      const fields = realm.internalBinding('async_wrap').async_id_fields as Float64Array;
      const before = fields[kDefaultTriggerAsyncId]!;
      fields[kDefaultTriggerAsyncId] = wrap.getAsyncId();
      try {
        return make();
      } finally {
        fields[kDefaultTriggerAsyncId] = before;
      }
    },
    /** `MakeCallback`: a missing callback is no error, as in Node. */
    makeCallback: call,
    emitDestroy: destroyed,
    /** The request, of `handle`, is under way: the process stays alive until {@link finish}. */
    dispatched(request: ReqWrap, handle?: AsyncWrap): void {
      if (open.has(request)) return;
      if (handle !== undefined) beginFor(request, handle);
      open.set(request, realm.resources?.addRequest(request, requestNames[request.constructor.name] ?? request.constructor.name));
      realm.loop.ref();
    },
    /** Runs in the poll phase, or in the closing one. */
    finish(request: ReqWrap, args: readonly unknown[] | (() => readonly unknown[]), phase: 'enqueue' | 'enqueueClose' = 'enqueue'): void {
      const listed = open.get(request);
      if (!open.delete(request)) return;
      realm.loop[phase](() => {
        realm.loop.unref();
        call(request, request.oncomplete, typeof args === 'function' ? args() : args);
        listed?.();
        destroyed(request);
      });
    },
    /** The request ends without a call into the program. */
    drop(request: ReqWrap): void {
      if (end(request)) realm.loop.unref();
    },
  };
}

export const asyncWraps = perRealm(makeAsyncWrap);
export type AsyncWraps = ReturnType<typeof makeAsyncWrap>;
export type AsyncWrap = InstanceType<AsyncWraps['AsyncWrap']>;
export type ReqWrap = InstanceType<AsyncWraps['ReqWrap']>;

/** A class of requests with a name and a provider of its own. */
export function requestClass(realm: NodeRealm, name: string, provider: string): new () => ReqWrap {
  return namedClass(realm, name, asyncWraps(realm).ReqWrap, provider) as new () => ReqWrap;
}

/**
 * A class over `Base`, whose constructor is given `provider` alone if there is one. Stacks show the name that its text has, whatever it
 * is given later. Its text spreads nothing: programs may have changed how arrays are iterated.
 */
export function namedClass(realm: NodeRealm, name: string, Base: Function, provider?: string): Function {
  const body = provider === undefined ? '' : ' constructor() { super(provider); } ';
  const text = `(Base, provider) => class ${name} extends Base {${body}}`;
  const make = realm.platform.evaluate(text, `${lazyParts}${name}`) as (base: Function, provider?: string) => Function;
  return make(Base, provider);
}
