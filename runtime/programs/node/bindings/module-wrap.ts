/** `internalBinding('module_wrap')`: ES modules as Node's loader handles them. */
import { asyncContextOf } from '../modules/async-context.ts';
import type { CompiledModule, Place } from '../modules/compile.ts';
import { dynamicImport, loaderCallbacks } from '../modules/dynamic-import.ts';
import { arrowText, decorate, isParseFailure, parse, sourceLine, syntaxError, withoutFramesAbove } from '../modules/parser.ts';
import { moduleStatus, SyntheticModule, type ModuleRecord } from '../modules/record.ts';
import { sourcesOf } from '../modules/sources.ts';
import { addStringHelpers, noteReferrer } from '../modules/strings.ts';
import { SourceTextModule, type ModuleHost } from '../modules/source-text-module.ts';
import { isV8 } from '../modules/is-v8.ts';
import { addAwaiting } from '../stack/awaiting.ts';
import { adoptError } from '../stack/index.ts';
import { raiseLimit } from '../stack/whole-stacks.ts';
import type { NodeRealm, Untyped } from '../realm.ts';

const { defineProperty, freeze } = Object;
const wrapTag = Symbol('ModuleWrap');

interface Wrap {
  readonly url: string;
  [wrapTag]: ModuleRecord;
}

/** An error of Node's C++ side: a code beside a plain message. */
function coded(code: string, message: string, above: Function): Error {
  return withoutFramesAbove(Object.assign(new Error(message), { code }), above);
}

export function makeModuleWrap(realm: NodeRealm): Untyped {
  const callbacks = loaderCallbacks(realm);
  const sources = sourcesOf(realm);
  const context = asyncContextOf(realm);
  /** Between a module's code and the library are our frames, of V8's generators among them. */
  const raisedFor = (module: ModuleRecord | undefined): (() => void) | undefined => {
    if (!isV8(realm) || !(module instanceof SourceTextModule)) return undefined;
    const text = sources.get(module.compiled.sourceUrl ?? module.url)?.text;
    return text?.includes('stackTraceLimit') === true ? undefined : raiseLimit(4);
  };
  const { host_defined_option_symbol: idKey } = realm.privateSymbols as { host_defined_option_symbol: symbol };
  const texts = new WeakMap<ModuleRecord, string>();

  const host: ModuleHost = {
    noteAwaited: (error, { url }, place) => isV8(realm) && addAwaiting(error, `${url}:${place.line}:${place.column}`),
    context,
    addStringHelpers: (helper) => addStringHelpers(realm, helper),
    evaluate(code, module) {
      noteReferrer(realm, { id: (module.owner as Untyped)[idKey] as symbol, name: module.url }, module.compiled.sourceUrl);
      return realm.platform.evaluate(code, module.compiled.sourceUrl ?? module.url);
    },
    importDynamically: (module, specifier, options) =>
      dynamicImport(callbacks, { id: (module.owner as Untyped)[idKey] as symbol, name: module.url }, specifier, options),
    initializeMeta: (module, meta) => callbacks.initializeMeta?.((module.owner as Untyped)[idKey] as symbol, meta, module.owner!),
  };
  /** For modules of a `vm` context. */
  const hostIn = (contextified: object): ModuleHost => {
    const contexts = realm.library.part('contexts');
    const within = contexts.contextOf(realm, contextified);
    return {
      ...host,
      addStringHelpers(helper) {
        addStringHelpers(realm, helper);
        defineProperty(helper, 'peek', { value: (asked: string) => within.peek(asked) });
      },
      evaluate(code, module) {
        const name = module.compiled.sourceUrl ?? module.url;
        noteReferrer(realm, { id: (module.owner as Untyped)[idKey] as symbol, name: module.url }, name);
        return contexts.evaluateModuleIn(realm, within, code, name);
      },
    };
  };

  const parts = () => realm.library.part('modules');
  const compile = (url: string, source: string, above: Function, inContext: boolean): CompiledModule => {
    try {
      return parts().compileModule(source, (text, options) => parse(realm, text, options), {
        keepContext: true,
        showCaught: !isV8(realm),
        inContext,
      });
    } catch (error) {
      throw isParseFailure(error) ? withoutFramesAbove(syntaxError(realm, error, source, { name: url, strict: true }), above) : error;
    }
  };

  const linkFailure = (message: string, module: ModuleRecord, place: Place | undefined): Error => {
    const error = withoutFramesAbove(new SyntaxError(message), ModuleWrap.prototype.instantiate);
    const text = texts.get(module);
    if (place !== undefined && text !== undefined) {
      const line = sourceLine(text, place.line);
      const name = /^[$\w]+|^\*|^"[^"]*"|^'[^']*'/.exec(line.slice(place.column - 1))?.[0] ?? ' ';
      decorate(realm, error, arrowText(module.url, place, line, name.length));
    }
    return error;
  };

  const recordOf = (wrap: Untyped): ModuleRecord => {
    const record: ModuleRecord | undefined = wrap?.[wrapTag];
    if (record === undefined) throw new TypeError('Illegal invocation');
    return record;
  };

  class ModuleWrap {
    declare readonly url: string;
    declare [wrapTag]: ModuleRecord;
    #sourceObject: unknown;

    /** `(url, context, source, lineOffset, columnOffset, id or cached data)` or `(url, context, exportNames, steps)`. */
    constructor(
      url: string,
      contextified: object | undefined,
      source: string | readonly string[],
      third?: unknown,
      fourth?: unknown,
      id?: unknown,
    ) {
      const hidden = (key: PropertyKey, value: unknown): void =>
        void defineProperty(this, key, { value, writable: true, enumerable: false, configurable: true });
      const shown = (key: PropertyKey, value: unknown): void =>
        void defineProperty(this, key, { value, writable: true, enumerable: true, configurable: true });
      let record: ModuleRecord;
      const graph = (): boolean => {
        if (record.status < moduleStatus.instantiated) throw coded('ERR_MODULE_NOT_INSTANTIATED', 'Module is not instantiated', graph);
        return parts().isGraphAsync(record);
      };
      defineProperty(this, 'hasAsyncGraph', { get: graph, enumerable: true, configurable: true });
      if (typeof source !== 'string') {
        const steps = third as Function;
        record = new SyntheticModule(url, source, () => Reflect.apply(steps, this, [this]) as unknown);
      } else {
        const inContext = typeof contextified === 'object';
        const compiled = compile(url, source, ModuleWrap, inContext);
        const text = new SourceTextModule(url, compiled, inContext ? hostIn(contextified) : host);
        record = text;
        texts.set(record, source);
        sources.add(compiled.sourceUrl ?? url, {
          text: source,
          columns: compiled.columns,
          code: () => compiled.code,
          lineOffset: Number(third ?? 0),
          columnOffset: Number(fourth ?? 0),
        });
        shown('hasTopLevelAwait', compiled.hasTopLevelAwait);
        shown('sourceURL', compiled.sourceUrl);
        shown('sourceMapURL', compiled.sourceMapUrl);
        hidden(idKey, typeof id === 'symbol' ? id : Symbol(url));
      }
      shown('synthetic', typeof source !== 'string');
      shown('url', url);
      hidden(wrapTag, record);
      hidden(realm.privateSymbols['contextify_context_private_symbol']!, contextified);
      record.owner = this;
    }

    getModuleRequests(): readonly object[] {
      const record = recordOf(this);
      if (!(record instanceof SourceTextModule)) return [];
      return freeze(
        record.compiled.requests.map(({ specifier, attributes, phase }) =>
          freeze(
            Object.assign(Object.create(null) as object, {
              specifier,
              attributes: Object.assign(Object.create(null) as object, attributes),
              phase,
            }),
          ),
        ),
      );
    }

    /** `modules` may be a mere array-like object. */
    link(modules: ArrayLike<Wrap>): void {
      const record = recordOf(this);
      if (record instanceof SourceTextModule) record.linked = Array.from(modules, recordOf);
    }

    instantiate(): void {
      const record = recordOf(this);
      const pending = [record];
      const seen = new Set<ModuleRecord>(pending);
      for (const module of pending) {
        if (!(module instanceof SourceTextModule) || module.status !== moduleStatus.uninstantiated) continue;
        if (module.linked.length !== module.compiled.requests.length)
          throw coded('ERR_VM_MODULE_LINK_FAILURE', 'module is not linked', ModuleWrap.prototype.instantiate);
        for (const next of module.linked) {
          if (seen.has(next)) continue;
          pending.push(next);
          seen.add(next);
        }
      }
      parts().linkGraph(record, linkFailure);
    }

    evaluateSync(filename?: unknown, parentFilename?: unknown): object {
      const record = recordOf(this);
      const evaluation = new (parts().Evaluation)(record);
      while (evaluation.code !== undefined) {
        let result: unknown;
        const lower = raisedFor(evaluation.module);
        try {
          result = evaluation.code.next();
        } catch (error) {
          adoptError(realm, error); // Whom the library tells more by the words of the message.
          evaluation.threw(error);
          continue;
        } finally {
          lower?.();
        }
        evaluation.returned(result);
      }
      context.then(evaluation.promise, null, () => undefined);
      if (record.status === moduleStatus.errored) throw record.error;
      if (parts().isGraphAsync(record)) {
        const { ERR_REQUIRE_ASYNC_MODULE } = realm.requireBuiltin('internal/errors').codes as Untyped;
        throw new ERR_REQUIRE_ASYNC_MODULE(filename, parentFilename);
      }
      return record.namespace;
    }

    /** `timeout` and `breakOnSigint` cannot interrupt code of the engine's own; Ctrl-C ends the process instead. */
    evaluate(timeout: number): Promise<unknown> {
      void timeout;
      const evaluation = new (parts().Evaluation)(recordOf(this));
      while (evaluation.code !== undefined) {
        let result: unknown;
        const lower = raisedFor(evaluation.module);
        try {
          result = evaluation.code.next();
        } catch (error) {
          evaluation.threw(error);
          continue;
        } finally {
          lower?.();
        }
        evaluation.returned(result);
      }
      return evaluation.promise;
    }

    setExport(name: string, value: unknown): void {
      const record = recordOf(this);
      if (record instanceof SyntheticModule) record.setExport(name, value);
    }

    setModuleSourceObject(value: unknown): void {
      this.#sourceObject = value;
    }

    getModuleSourceObject(): unknown {
      if (this.#sourceObject !== undefined) return this.#sourceObject;
      const { ERR_SOURCE_PHASE_NOT_DEFINED } = realm.requireBuiltin('internal/errors').codes as Untyped;
      throw new ERR_SOURCE_PHASE_NOT_DEFINED(this.url);
    }

    /** There is no code cache to give: an empty one, which every reader rejects and compiles again. */
    createCachedData(): Uint8Array {
      return realm.requireBuiltin('buffer').Buffer.alloc(0) as Uint8Array;
    }

    getNamespace(): object {
      const record = recordOf(this);
      if (record.status < moduleStatus.instantiated)
        throw coded(
          'ERR_MODULE_NOT_INSTANTIATED',
          'cannot get namespace, module has not been instantiated',
          ModuleWrap.prototype.getNamespace,
        );
      return record.namespace;
    }

    getStatus(): number {
      return recordOf(this).status;
    }

    getError(): unknown {
      return recordOf(this).error;
    }
  }
  // Node makes these in C++, where they are enumerable.
  for (const name of Object.getOwnPropertyNames(ModuleWrap.prototype)) {
    if (name !== 'constructor') defineProperty(ModuleWrap.prototype, name, { enumerable: true });
  }

  const entry = (): ModuleRecord | undefined =>
    (globalThis as Untyped)[realm.privateSymbols['entry_point_module_private_symbol']!]?.[wrapTag];
  /** The module of the entry's graph that waits and whose own dependencies do not. */
  const waiting = (module: ModuleRecord | undefined, seen = new Set<ModuleRecord>()): SourceTextModule | undefined => {
    if (
      !(module instanceof SourceTextModule) ||
      seen.has(module) ||
      typeof module.asyncOrder !== 'number' ||
      module.status !== moduleStatus.evaluated
    )
      return undefined;
    seen.add(module);
    for (const next of module.linked) {
      const found = waiting(next, seen);
      if (found !== undefined) return found;
    }
    return module;
  };

  return {
    ModuleWrap,
    /** Whether the program is about to end while its entry point still waits at its top level. */
    isEntryUnsettled: () => waiting(entry()) !== undefined,
    describeUnsettledTopLevelAwait(): string {
      const module = waiting(entry());
      const at = module?.suspendedAt();
      if (module === undefined || at === undefined) return '';
      const text = texts.get(module) ?? '';
      return `Warning: Detected unsettled top-level await at ${arrowText(module.url, at, sourceLine(text, at.line), 1)}\n\n\n`;
    },
    setImportModuleDynamicallyCallback(callback: never) {
      callbacks.importDynamically = callback;
    },
    setInitializeImportMetaObjectCallback(callback: never) {
      callbacks.initializeMeta = callback;
    },
    /** What `require()` of an ES module with a default export gives: its names and `__esModule`. */
    createRequiredModuleFacade(wrap: Wrap): object {
      const facade = new ModuleWrap(
        'node:internal/require_module_default_facade',
        undefined,
        "export * from 'original'; export { default } from 'original'; export const __esModule = true;",
        0,
        0,
      );
      facade.link([wrap]);
      facade.instantiate();
      return facade.evaluateSync();
    },
    throwIfPromiseRejected(promise: unknown): void {
      const { getPromiseDetails } = realm.internalBinding('util') as Untyped;
      const details: readonly unknown[] | undefined = getPromiseDetails(promise);
      if (details?.[0] === 2) throw details[1];
    },
    kUninstantiated: moduleStatus.uninstantiated,
    kInstantiating: moduleStatus.instantiating,
    kInstantiated: moduleStatus.instantiated,
    kEvaluating: moduleStatus.evaluating,
    kEvaluated: moduleStatus.evaluated,
    kErrored: moduleStatus.errored,
    kSourcePhase: 1,
    kEvaluationPhase: 2,
  };
}
