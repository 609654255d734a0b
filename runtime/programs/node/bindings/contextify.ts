/** `internalBinding('contextify')`: scripts, function bodies and `vm` contexts. */
import { magicComment } from '../modules/compile.ts';
import { isEsmInstead } from '../modules/detect.ts';
import { makeFunction } from '../modules/functions.ts';
import { globalLexicalNames, isTimeLimit, readyInThisContext } from '../modules/global-script.ts';
import { sourcesOf } from '../modules/sources.ts';
import { noteReferrer } from '../modules/strings.ts';
import { checkScript } from '../modules/vm-script.ts';
import type { Realm } from '../boot.ts';
import { arrowOf } from '../fatal-error.ts';
import { isV8 } from '../modules/is-v8.ts';
import { decorate, decorateStack } from '../modules/parser.ts';
import type { NodeRealm, Untyped } from '../realm.ts';
import { adoptError } from '../stack/index.ts';
import { raiseLimit } from '../stack/whole-stacks.ts';

const cjsParameters = ['exports', 'require', 'module', '__filename', '__dirname'] as const;
const { defineProperty } = Object;

const isRepl = (realm: NodeRealm): boolean => (realm as Realm).mainId === 'internal/main/repl';

export function makeContextify(realm: NodeRealm): Untyped {
  const { host_defined_option_symbol: idKey } = realm.privateSymbols as { host_defined_option_symbol: symbol };
  const { vm_dynamic_import_default_internal: defaultImport } = realm.symbols;
  const contexts = () => realm.library.part('contexts');

  const compileCommonJs = (source: string, name: string): Function =>
    makeFunction(realm, {
      source,
      name,
      parameters: cjsParameters,
      referrer: { id: defaultImport, name },
      above: binding.compileFunctionForCJSLoader,
    });

  /** Compiles only to see whether it can be done. */
  const isModuleSyntax = (source: string, name: string, parameters: readonly string[]): boolean => {
    if (!/\b(?:import|export|await|const|let|class|function)\b/.test(source)) return false;
    try {
      makeFunction(realm, { source, name, parameters, referrer: { id: defaultImport, name } });
      return false;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      return isEsmInstead(realm, source, error);
    }
  };

  /** Once per error: what was thrown in a script shows where, in its stack. */
  const tellPlace = (error: Error): void => {
    if ((error as Untyped)[realm.privateSymbols['decorated_private_symbol']!] === true) return;
    if (isTimeLimit(error)) return;
    adoptError(realm, error);
    const arrow = arrowOf(realm as Realm, error, undefined, '');
    if (arrow === undefined) return;
    decorate(realm, error, arrow);
    decorateStack(realm, error);
  };

  class ContextifyScript {
    declare sourceMapURL: string | undefined;
    declare sourceURL: string | undefined;
    declare cachedDataRejected?: boolean;
    readonly #source: string;
    readonly #name: string;
    readonly #lineOffset: number;
    readonly #columnOffset: number;

    constructor(
      code: string,
      filename: string,
      lineOffset = 0,
      columnOffset = 0,
      cachedData?: Uint8Array,
      produceCachedData?: boolean,
      context?: unknown,
      id?: unknown,
    ) {
      this.#source = code;
      this.#name = filename;
      this.#lineOffset = lineOffset;
      this.#columnOffset = columnOffset;
      defineProperty(this, idKey, {
        value: typeof id === 'symbol' ? id : typeof context === 'symbol' ? context : Symbol(filename),
        configurable: true,
      });
      checkScript(realm, { source: code, name: filename, lineOffset, columnOffset }, ContextifyScript);
      if (cachedData !== undefined) this.cachedDataRejected = true;
      if (produceCachedData === true) Object.assign(this, { cachedDataProduced: false });
      this.sourceURL = magicComment(code, 'sourceURL');
      this.sourceMapURL = magicComment(code, 'sourceMappingURL');
    }

    /**
     * `timeout` is kept by checks that are compiled into the script's own loops and functions: what it calls of others is not
     * interrupted. Nothing can break into it from outside, so `breakOnSigint` is refused where the program asks for it; the REPL, which
     * always does, goes on and leaves an endless loop to the kernel, which ends the process.
     */
    runInContext(contextified: object | null, timeout: number, displayErrors: boolean, breakOnSigint: boolean): unknown {
      if (breakOnSigint && !isRepl(realm)) {
        const { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } = realm.requireBuiltin('internal/errors').codes as Untyped;
        throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('breakOnSigint');
      }
      const request = {
        source: this.#source,
        name: this.#name,
        lineOffset: this.#lineOffset,
        columnOffset: this.#columnOffset,
        referrer: { id: (this as Untyped)[idKey] as symbol, name: this.#name },
        ...(timeout > 0 ? { timeoutMs: timeout } : {}),
      };
      noteReferrer(realm, request.referrer);
      const script =
        contextified === null
          ? readyInThisContext(realm, request)
          : contexts().readyIn(realm, contexts().contextOf(realm, contextified), request);
      // Called from here, for every frame of ours would take one of the program's from `Error.stackTraceLimit`.
      const { start } = script;
      const lower = isV8(realm) && !this.#source.includes('stackTraceLimit') ? raiseLimit(4) : undefined;
      try {
        return start(script.code);
      } catch (error) {
        if (displayErrors && error instanceof Error) tellPlace(error);
        throw error;
      } finally {
        lower?.();
        script.end?.();
      }
    }

    /** An empty one: there is no code of the engine's own that could be kept. */
    createCachedData(): Uint8Array {
      return realm.requireBuiltin('buffer').Buffer.alloc(0) as Uint8Array;
    }
  }

  const binding = {
    ContextifyScript,
    /** The text that was evaluated as `name`, for who prints where an error was thrown; lines count as in stacks. */
    sourceOf(name: string): string | undefined {
      const script = sourcesOf(realm).get(name);
      return script === undefined ? undefined : '\n'.repeat(Math.max(0, script.lineOffset)) + script.text;
    },
    /** How far right of its file's line the text begins, if it begins in it. */
    columnOffsetOf(name: string, line: number): number {
      const script = sourcesOf(realm).get(name);
      return script !== undefined && line === script.lineOffset + 1 ? script.columnOffset : 0;
    },
    makeContext: (...args: never[]) => (contexts().makeContext as Function)(realm, ...args) as unknown,
    compileFunction(
      code: string,
      filename: string,
      lineOffset: number,
      columnOffset: number,
      cachedData: Uint8Array | undefined,
      produceCachedData: boolean,
      parsingContext: object | undefined,
      contextExtensions: readonly object[] | undefined,
      parameters: readonly string[] | undefined,
      id: symbol | undefined,
    ) {
      const symbol = id ?? Symbol(filename);
      const request = {
        source: code,
        name: filename,
        parameters: parameters ?? [],
        lineOffset,
        columnOffset,
        referrer: { id: symbol, name: filename },
        above: binding.compileFunction,
      };
      const isPlain = parsingContext === undefined && (contextExtensions ?? []).length === 0;
      const made = isPlain
        ? makeFunction(realm, request)
        : contexts().compileFunctionIn(realm, parsingContext, contextExtensions ?? [], request);
      defineProperty(made, idKey, { value: symbol, configurable: true });
      return {
        function: made,
        sourceMapURL: magicComment(code, 'sourceMappingURL'),
        sourceURL: magicComment(code, 'sourceURL'),
        ...(cachedData === undefined ? {} : { cachedDataRejected: true }),
        ...(produceCachedData ? { cachedDataProduced: false } : {}),
      };
    },
    compileFunctionForCJSLoader(source: string, filename: string, isSeaMain: boolean, detectModule: boolean) {
      let made: Function | undefined;
      let canParseAsESM = false;
      try {
        made = compileCommonJs(source, filename);
      } catch (error) {
        if (!(error instanceof SyntaxError) || !isEsmInstead(realm, source, error)) throw error;
        if (!detectModule) {
          realm
            .requireBuiltin('internal/process/warning')
            .emitWarningSync(
              `Failed to load the ES module: ${filename}. Make sure to set "type": "module" in the nearest package.json file or use the .mjs extension.`,
            );
          throw error;
        }
        canParseAsESM = true;
      }
      void isSeaMain;
      return {
        cachedDataRejected: false,
        canParseAsESM,
        function: made,
        sourceMapURL: magicComment(source, 'sourceMappingURL'),
        sourceURL: magicComment(source, 'sourceURL'),
      };
    },
    // The loader hands over a `URL`, which Node's own binding takes for none.
    containsModuleSyntax: (source: string, filename: string, resourceName?: string | URL, withoutCjs?: string) =>
      isModuleSyntax(source, typeof resourceName === 'string' ? resourceName : filename, withoutCjs === undefined ? cjsParameters : []),
    shouldRetryAsESM: (source: string, filename: string) => isModuleSyntax(source, filename, cjsParameters),
    lexicalNames: (sandbox: object) =>
      sandbox === globalThis ? globalLexicalNames(realm) : contexts().contextOf(realm, sandbox).lexicalNames,
    // Code that runs cannot be broken into: Ctrl-C then ends the worker. The REPL only wants to know that it may go on.
    startSigintWatchdog: () => true,
    stopSigintWatchdog: () => false,
    watchdogHasPendingSigint: () => false,
    measureMemory() {
      const { ERR_FEATURE_UNAVAILABLE_ON_PLATFORM } = realm.requireBuiltin('internal/errors').codes as Untyped;
      throw new ERR_FEATURE_UNAVAILABLE_ON_PLATFORM('vm.measureMemory()');
    },
    constants: { measureMemory: { mode: { SUMMARY: 0, DETAILED: 1 }, execution: { DEFAULT: 0, EAGER: 1 } } },
  };
  return binding;
}
