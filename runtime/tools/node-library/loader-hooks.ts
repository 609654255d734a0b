/**
 * Hooks of `module.register()` and `--experimental-loader` on the thread whose modules they load. Node gives them a thread and waits for
 * it, which a worker without shared memory cannot; here the loader is the one that Node's own hooks thread has, whose every step may be
 * awaited. What is synchronous cannot pass through functions that may be asynchronous: `require()` and `import.meta.resolve()` do not.
 */
export const loaderHooks = `
function resolveByDefault(specifier, context) {
  const { resolveHooks, resolveWithHooks } = require('internal/modules/customization_hooks');
  if (resolveHooks.length === 0) return defaultResolve(specifier, context);
  return resolveWithHooks(specifier, context.parentURL, context.importAttributes, context.conditions, defaultResolve);
}

function loadByDefault(url, context) {
  const { loadHooks, loadWithHooks, validateLoadSloppy } = require('internal/modules/customization_hooks');
  const { defaultLoad, defaultLoadSync } = require('internal/modules/esm/load');
  if (loadHooks.length === 0) return defaultLoad(url, context);
  return loadWithHooks(url, context.format, context.importAttributes, context.conditions ?? getDefaultConditions(),
                       defaultLoadSync, validateLoadSloppy);
}

class AsyncLoaderHooksOnThisThread {
  allowImportMetaResolve = true;

  isForAsyncLoaderHookWorker = true;

  #hooks = new AsyncLoaderHooksOnLoaderHookWorker();

  /** Of the command line, not registered yet. */
  #waiting = [...require('internal/options').getOptionValue('--experimental-loader')];

  /** Settles when every initialize() has; undefined once there is nothing to wait for. */
  #ready;

  /** Set in what an initialize() does, which must not wait for itself. */
  #initializing = new (require('async_hooks').AsyncLocalStorage)();

  register(specifier, parentURL, data, transferList, isInternal) {
    this.waitForLoaderHookInitialization();
    this.#register(specifier, parentURL, data, transferList, isInternal);
  }

  #register(specifier, parentURL, data, transferList, isInternal) {
    const { structuredClone } = internalBinding('messaging');
    const { MessagePort } = require('internal/worker/io');
    const sent = { data, ports: (transferList ?? []).filter((one) => one instanceof MessagePort) };
    const { data: given, ports } = structuredClone(sent, { transfer: transferList ?? [] });
    // No thread of hooks keeps a program alive.
    for (const port of ports) { port.unref(); port.ref = () => {}; }
    let exported;
    if (isInternal) {
      exported = require(specifier);
    } else {
      const loader = require('internal/modules/esm/loader').getOrInitializeCascadedLoader();
      const { requestTypes: { kImportInRequiredESM } } = require('internal/modules/esm/utils');
      const { kEvaluationPhase } = internalBinding('module_wrap');
      const request = { __proto__: null, specifier, phase: kEvaluationPhase, attributes: kEmptyObject };
      exported = loader.getOrCreateModuleJob(parentURL, request, kImportInRequiredESM).runSync().namespace;
    }
    const result = this.#initializing.run(true, () => this.#hooks.addCustomLoader(specifier, exported, given));
    if (typeof result?.then !== 'function') { return; }
    const before = this.#ready;
    const ready = (async () => {
      await before;
      await result;
      if (this.#ready === ready) { this.#ready = undefined; }
    })();
    this.#ready = ready;
  }

  async resolve(specifier, parentURL, importAttributes) {
    this.waitForLoaderHookInitialization();
    if (this.#ready !== undefined && this.#initializing.getStore() === undefined) { await this.#ready; }
    return this.#hooks.resolve(specifier, parentURL, importAttributes);
  }

  async load(url, context) {
    if (this.#ready !== undefined && this.#initializing.getStore() === undefined) { await this.#ready; }
    return this.#hooks.load(url, context);
  }

  importMetaInitialize(meta, context, loader) {
    return this.#hooks.importMetaInitialize(meta, context, loader);
  }

  waitForLoaderHookInitialization() {
    if (this.#waiting.length === 0) { return; }
    const parentURL = require('internal/util').getCWDURL().href;
    for (const specifier of this.#waiting.splice(0)) { this.#register(specifier, parentURL); }
  }
}

exports.AsyncLoaderHooksProxiedToLoaderHookWorker = AsyncLoaderHooksOnThisThread;
`;
