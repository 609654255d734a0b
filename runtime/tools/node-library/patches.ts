/**
 * What we change in Node's own library, each with its reason. A patch names the builtin, finds its places by a parse and fails
 * if the source is not what it was written for, so that an update of the pinned Node cannot pass it by silently.
 *
 * ## The protocol of the stepping patches
 *
 * A browser cannot run the microtask queue to its end from within a task, which Node's loops do between any two callbacks
 * (`runMicrotasks()`). Those loops become generators:
 *
 *     setTickCallback(processTicksAndRejections)        function* (): void
 *     setupTimers(processImmediate, processTimers)      function* (): void  ·  function* (now): number
 *     process._tickCallback (runNextTicks)              function* (): void
 *
 * Each `yield` (of `undefined`) means: *return to the engine with an empty stack, so that all microtasks run, including those
 * they queue, then resume with `next()`*. Nothing of the program may run between but microtasks. A generator that throws is
 * finished: the callback of the program threw. The driver then does what Node's C++ does: it raises the uncaught exception
 * and, if the process lives on, calls the function anew (`processImmediate` continues with its outstanding queue,
 * `processTimers` with the list it was in). The returned value of `processTimers` is that of Node's own.
 */
import { loaderHooks } from './loader-hooks.ts';
import { withoutTables } from './parser-tables.ts';
import { SourceEdit } from './source-edit.ts';

export interface Patch {
  /** The builtin it changes. */
  readonly id: string;
  readonly why: string;
  readonly apply: (source: string) => string;
}

/** In order; several may change one builtin. */
export const patches: readonly Patch[] = [
  {
    id: 'internal/per_context/messageport',
    why: 'out of its startup snapshot V8 has no name for this function, which engines infer where they read it',
    apply(source) {
      const edit = new SourceEdit(source);
      edit.replaceText('emitMessage = function(data', 'emitMessage = Object(function(data');
      edit.replaceText('      this.onmessageerror(event);\n  }\n};', '      this.onmessageerror(event);\n  }\n});');
      return edit.toString();
    },
  },
  {
    id: 'internal/process/task_queues',
    why: 'microtasks cannot be run to the end within a task of a browser: the tick loop yields instead',
    apply(source) {
      const edit = new SourceEdit(source);
      const run = edit.functionNamed('runNextTicks');
      edit.makeGenerator(run);
      edit.replaceCalls(run, 'runMicrotasks', 1, () => 'yield');
      edit.replaceCalls(run, 'processTicksAndRejections', 1, (call) => `yield* ${call}`);
      const ticks = edit.functionNamed('processTicksAndRejections');
      edit.makeGenerator(ticks);
      edit.replaceCalls(ticks, 'runMicrotasks', 1, () => 'yield');
      return edit.toString();
    },
  },
  {
    id: 'internal/timers',
    why: 'ticks and microtasks run between two timers or immediates, so these loops yield too',
    apply(source) {
      const edit = new SourceEdit(source);
      for (const name of ['processImmediate', 'processTimers', 'listOnTimeout']) {
        const declaration = edit.functionNamed(name);
        edit.makeGenerator(declaration);
        edit.replaceCalls(declaration, 'runNextTicks', 1, (call) => `yield* ${call}`);
        if (name === 'processTimers') edit.replaceCalls(declaration, 'listOnTimeout', 1, (call) => `yield* ${call}`);
      }
      // The added `yield*` takes the place of indentation, so that columns in stacks stay Node's.
      return edit.toString().replace(/ {6}yield\* (?=(?:listOnTimeout|runNextTicks)\()/g, 'yield*');
    },
  },
  {
    id: 'internal/worker/messaging',
    why: 'threads share no memory here, by which a receiver tells the sender of its message: a port carries the answer',
    apply(source) {
      // Each replacement has as many lines as what it stands for.
      const edits: readonly (readonly [string, string])[] = [
        ['  AtomicsNotify,\n  AtomicsStore,\n  AtomicsWaitAsync,\n  Int32Array,\n', '  Promise,\n\n\n\n'],
        [
          `    const status = new Int32Array(memory);
    AtomicsStore(status, WORKER_MESSAGING_RESULT_INDEX, WORKER_MESSAGING_RESULT_NO_LISTENERS);
    AtomicsStore(status, WORKER_MESSAGING_STATUS_INDEX, 1);
    AtomicsNotify(status, WORKER_MESSAGING_STATUS_INDEX, 1);
`,
          '    memory.postMessage(WORKER_MESSAGING_RESULT_NO_LISTENERS);\n    memory.close();\n\n\n',
        ],
        ['      memory,\n    },\n    transferList,\n', '      memory,\n    },\n    [...(transferList ?? []), memory],\n'],
        [
          `  const status = new Int32Array(memory);
  AtomicsStore(status, WORKER_MESSAGING_RESULT_INDEX, response);
  AtomicsStore(status, WORKER_MESSAGING_STATUS_INDEX, 1);
  AtomicsNotify(status, WORKER_MESSAGING_STATUS_INDEX, 1);
`,
          '  memory.postMessage(response);\n  memory.close();\n\n\n',
        ],
        [
          `  const memory = constructSharedArrayBuffer(WORKER_MESSAGING_SHARED_DATA);
  const status = new Int32Array(memory);
  const promise = AtomicsWaitAsync(status, WORKER_MESSAGING_STATUS_INDEX, 0, timeout).value;
`,
          `  const { port1: answers, port2: memory } = new MessageChannel();
  const timer = timeout === undefined ? undefined : require('timers').setTimeout(() => answers.emit('message', 'timed-out'), timeout);
  const promise = new Promise((resolve) => answers.on('message', resolve));
`,
        ],
        [
          '    mainThreadPort.postMessage(message, transferList);\n',
          '    mainThreadPort.postMessage(message, [...(transferList ?? []), memory]);\n',
        ],
        [
          '  // Wait for the response\n  const response = await promise;\n\n',
          "  const response = await promise;\n  answers.close();\n  require('timers').clearTimeout(timer);\n",
        ],
        ['status[WORKER_MESSAGING_RESULT_INDEX] === WORKER_MESSAGING_RESULT_NO', 'response === WORKER_MESSAGING_RESULT_NO'],
        ['status[WORKER_MESSAGING_RESULT_INDEX] === WORKER_MESSAGING_RESULT_LISTENER', 'response === WORKER_MESSAGING_RESULT_LISTENER'],
      ];
      const edit = new SourceEdit(source);
      for (const [before, after] of edits) edit.replaceText(before, after);
      return edit.toString();
    },
  },
  {
    id: 'internal/modules/esm/hooks',
    why: 'a thread of their own would have to be waited for: hooks of modules run on the thread that loads them',
    apply(source) {
      const edit = new SourceEdit(source);
      edit.replaceText('        fn: defaultResolve,\n', '        fn: resolveByDefault,\n');
      edit.replaceText("        fn: require('internal/modules/esm/load').defaultLoad,\n", '        fn: loadByDefault,\n');
      edit.replaceText('exports.AsyncLoaderHooksProxiedToLoaderHookWorker = AsyncLoaderHooksProxiedToLoaderHookWorker;\n', loaderHooks);
      return edit.toString();
    },
  },
  {
    id: 'internal/test_runner/coverage',
    why: 'no engine tells a page which code has run: who asks for coverage, with or without thresholds, is told so and fails',
    apply(source) {
      const edit = new SourceEdit(source);
      edit.replaceText(
        '  if (!enabled) {\n    return null;\n',
        "  if (!enabled) {\n    throw new Error('coverage is not available in bavini: a browser does not tell a page which code ran');\n",
      );
      return edit.toString();
    },
  },
  {
    id: 'internal/http2/core',
    why: 'sessions need nghttp2: what would make one fails by name, the rest (names, constants, classes) is there for who imports it',
    apply(source) {
      const edit = new SourceEdit(source);
      for (const [name, parameters] of [
        ['connect', 'authority, options, listener'],
        ['createSecureServer', 'options, handler'],
        ['createServer', 'options, handler'],
        ['performServerHandshake', 'socket, options = {}'],
      ]) {
        const head = `\nfunction ${name}(${parameters}) {`;
        edit.replaceText(head, `${head}\n  binding.refuse('${name}');`);
      }
      return edit.toString();
    },
  },
  {
    id: 'internal/console/constructor',
    why: 'what an engine does not tell of a promise is known when a text is written, not when it is made',
    apply(source) {
      const edit = new SourceEdit(source);
      edit.replaceText(
        '      const groupIndent = this[kGroupIndentationString];\n\n      const useStdout',
        "      const groupIndent = this[kGroupIndentationString];\n      internalBinding('util').willWrite(string, groupIndent);\n      const useStdout",
      );
      for (const name of ['_stdout', '_stderr']) {
        edit.replaceText(
          `      const opts = this[kGetInspectOptions](this.${name});
      ArrayPrototypeUnshift(args, opts);
      return ReflectApply(formatWithOptions, null, args);
`,
          `      const opts = this[kGetInspectOptions](this.${name});
      ArrayPrototypeUnshift(args, opts);
      return internalBinding('util').watchedText(formatWithOptions, null, args);
`,
        );
      }
      edit.replaceText(
        `kUseStdout, inspect(object, {
      customInspect: false,
      ...this[kGetInspectOptions](this._stdout),
      ...options,
    }));`,
        `kUseStdout, internalBinding('util').watchedText(inspect, null, [object, {
      customInspect: false,
      ...this[kGetInspectOptions](this._stdout),
      ...options,
    }]));`,
      );
      return edit.toString();
    },
  },
  {
    id: 'internal/tls/wrap',
    why: 'a certificate that only the browser sees, and has verified, cannot be shown to anybody',
    apply(source) {
      const edit = new SourceEdit(source);
      edit.replaceText(
        `const cert = this.getPeerCertificate(true);
    verifyError = options.checkServerIdentity(
      getSessionServerIdentity(options),
      cert,
    );`,
        `if (options.checkServerIdentity !== tls.checkServerIdentity)
      verifyError = tls_wrap.cannotCheckIdentity(this._handle) ??
        options.checkServerIdentity(getSessionServerIdentity(options), this.getPeerCertificate(true));

`,
      );
      return edit.toString();
    },
  },
  {
    id: 'internal/util/inspect',
    why: 'nothing tells what a WeakMap or a WeakSet holds: with `showHidden`, too, it is unknown',
    apply(source) {
      const edit = new SourceEdit(source);
      for (const name of ['formatWeakSet', 'formatWeakMap'])
        edit.replaceText(`ctx.showHidden ? ${name} : formatWeakCollection`, 'formatWeakCollection');
      return edit.toString();
    },
  },
  {
    id: 'internal/repl/utils',
    why: 'what completes a line is previewed without an inspector, too; what it would give is not',
    apply(source) {
      const edit = new SourceEdit(source);
      edit.replaceText(
        '        !repl.isCompletionEnabled ||\n        !process.features.inspector) {',
        '        !repl.isCompletionEnabled) {\n',
      );
      return edit.toString();
    },
  },
  {
    id: 'internal/repl/completion',
    why: 'no inspector tells what `const`, `let` and `class` have declared: the binding that keeps them does',
    apply(source) {
      const edit = new SourceEdit(source);
      edit.replaceText('getGlobalLexicalScopeNames(this[kContextId])', "internalBinding('contextify').lexicalNames(this.context)");
      return edit.toString();
    },
  },
  {
    id: 'internal/deps/acorn/acorn/dist/acorn',
    why: 'every first program would wait for tables that the engine has, too',
    apply: withoutTables,
  },
  {
    id: 'internal/deps/undici/undici',
    why:
      'an engine without WebAssembly runs its HTTP parser elsewhere; a worker has half the stack of a process, which its longest lists ' +
      'of arguments do not fit (`fetch` of a long `data:` URL then never ends)',
    apply(source) {
      const edit = new SourceEdit(source);
      edit.replaceText(
        'function lazyllhttp() {\n',
        "function lazyllhttp() { const WebAssembly = globalThis.WebAssembly ?? internalBinding('http_parser').webAssembly;\n",
      );
      for (const place of ['if ((2 << 15) - 1 > length) {', 'let addition = (2 << 15) - 1;'])
        edit.replaceText(place, place.replace('2 << 15', '2 << 12'));
      return edit.toString();
    },
  },
  {
    id: 'internal/util',
    why: 'types are stripped without WebAssembly here, which programs of the second engine do not have',
    apply(source) {
      const edit = new SourceEdit(source);
      edit.replaceText("  if (globalThis.WebAssembly === undefined)\n    throw new ERR_WEBASSEMBLY_NOT_SUPPORTED('TypeScript');\n", '\n\n');
      return edit.toString();
    },
  },
  {
    id: 'v8',
    why: 'nothing is covered without an inspector: what writes or ends that does nothing, as where no coverage is asked for',
    apply(source) {
      const edit = new SourceEdit(source);
      edit.replaceText('let profiler = {};\n', 'let profiler = { takeCoverage() {}, stopCoverage() {} };\n');
      return edit.toString();
    },
  },
  {
    id: 'wasi',
    why: 'what stands for a native addon loads it, which in Node warns of nothing',
    apply(source) {
      const edit = new SourceEdit(source);
      edit.replaceText(
        "emitExperimentalWarning('WASI');",
        "if (!internalBinding('wasi').standsForAddon()) emitExperimentalWarning('WASI');",
      );
      return edit.toString();
    },
  },
  {
    id: 'repl',
    why: 'as of the console: what a promise is that a line gave',
    apply(source) {
      const edit = new SourceEdit(source);
      edit.replaceText(
        "        self.output.write(self.writer(ret) + '\\n');\n",
        "        { const { watchedText, willWrite } = internalBinding('util'); const shown = watchedText(self.writer, self, [ret]); willWrite(shown, ''); self.output.write(shown + '\\n'); }\n",
      );
      return edit.toString();
    },
  },
];
