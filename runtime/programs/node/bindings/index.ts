/** The registry of `internalBinding(name)`: one line per binding. */
import type { MakeBinding, NodeRealm, Untyped } from '../realm.ts';
import { absentBinding } from './absent.ts';
import { makeAsyncContextFrame } from './async-context-frame.ts';
import { makeAsyncWrap } from './async-wrap.ts';
import { makeBlob } from './blob.ts';
import { makeBuffer } from './buffer.ts';
import { makeBuiltins } from './builtins.ts';
import { makeCaresWrap } from './cares-wrap.ts';
import { makeCjsLexer } from './cjs-lexer.ts';
import { makeConfig } from './config.ts';
import { makeConstants } from './constants.ts';
import { makeContextify } from './contextify.ts';
import { makeCredentials } from './credentials.ts';
import { makeDiagnosticsChannel } from './diagnostics-channel.ts';
import { makeEncodingBinding } from './encoding-binding.ts';
import { makeErrors } from './errors.ts';
import { makeFsDir } from './fs-dir.ts';
import { makeFsEventWrap } from './fs-event-wrap.ts';
import { makeFs } from './fs.ts';
import { makeIcu } from './icu.ts';
import { lazyBinding } from './lazy.ts';
import { makeMessaging } from './messaging.ts';
import { makeMksnapshot } from './mksnapshot.ts';
import { makeModuleWrap } from './module-wrap.ts';
import { makeModules } from './modules.ts';
import { makeOptions } from './options.ts';
import { makeOs } from './os.ts';
import { makePerformance } from './performance.ts';
import { makePermission } from './permission.ts';
import { makePipeWrap } from './pipe-wrap.ts';
import { makeProcessMethods } from './process-methods.ts';
import { makeSea } from './sea.ts';
import { makeSignalWrap } from './signal-wrap.ts';
import { makeStreamPipe } from './stream-pipe.ts';
import { makeStreamWrapBinding } from './stream-wrap.ts';
import { makeStringDecoder } from './string-decoder.ts';
import { makeSymbols } from './symbols.ts';
import { makeTaskQueue } from './task-queue.ts';
import { makeTcpWrap } from './tcp-wrap.ts';
import { makeTimers } from './timers.ts';
import { makeTraceEvents } from './trace-events.ts';
import { makeTtyWrap } from './tty-wrap.ts';
import { makeTypes } from './types.ts';
import { makeUrlPattern } from './url-pattern.ts';
import { makeUrl } from './url.ts';
import { makeUtil } from './util.ts';
import { makeUv } from './uv.ts';
import { makeWasmWebApi } from './wasm-web-api.ts';
import { makeWorker } from './worker.ts';

const bindings: Readonly<Record<string, MakeBinding>> = {
  async_context_frame: makeAsyncContextFrame,
  async_wrap: makeAsyncWrap,
  blob: makeBlob,
  block_list: (realm) => realm.library.part('bindings').makeBlockList(realm),
  buffer: makeBuffer,
  builtins: makeBuiltins,
  cares_wrap: makeCaresWrap,
  cjs_lexer: makeCjsLexer,
  config: makeConfig,
  constants: makeConstants,
  contextify: makeContextify,
  credentials: makeCredentials,
  diagnostics_channel: makeDiagnosticsChannel,
  crypto: lazyBinding('crypto'),
  encoding_binding: makeEncodingBinding,
  errors: makeErrors,
  fs: makeFs,
  fs_dir: makeFsDir,
  fs_event_wrap: makeFsEventWrap,
  heap_utils: (realm) => realm.library.part('bindings').makeHeapUtils(realm),
  http_parser: (realm) => realm.library.part('http').makeHttpParser(realm),
  icu: makeIcu,
  internal_only_v8: (realm) => realm.library.part('bindings').makeInternalOnlyV8(realm),
  ipc_serdes: (realm) => realm.library.part('bindings').makeIpcSerdes(realm),
  js_stream: (realm) => realm.library.part('bindings').makeJsStream(realm),
  js_udp_wrap: (realm) => realm.library.part('bindings').makeJsUdpWrap(realm),
  http2: (realm) => realm.library.part('bindings').makeHttp2(realm),
  messaging: makeMessaging,
  mksnapshot: makeMksnapshot,
  module_wrap: makeModuleWrap,
  modules: makeModules,
  options: makeOptions,
  os: makeOs,
  performance: makePerformance,
  permission: makePermission,
  pipe_wrap: makePipeWrap,
  process_methods: makeProcessMethods,
  process_wrap: (realm) => realm.library.part('bindings').makeProcessWrap(realm),
  report: (realm) => realm.library.part('bindings').makeReport(realm),
  sea: makeSea,
  serdes: (realm) => realm.library.part('bindings').makeSerdes(realm),
  signal_wrap: makeSignalWrap,
  spawn_sync: (realm) => realm.library.part('bindings').makeSpawnSync(realm),
  stream_pipe: makeStreamPipe,
  stream_wrap: makeStreamWrapBinding,
  string_decoder: makeStringDecoder,
  symbols: makeSymbols,
  task_queue: makeTaskQueue,
  tcp_wrap: makeTcpWrap,
  timers: makeTimers,
  tls_wrap: (realm) => realm.library.part('bindings').makeTlsWrap(realm),
  trace_events: makeTraceEvents,
  tty_wrap: makeTtyWrap,
  types: makeTypes,
  udp_wrap: (realm) => realm.library.part('bindings').makeUdpWrap(realm),
  url: makeUrl,
  url_pattern: makeUrlPattern,
  util: makeUtil,
  uv: makeUv,
  v8: (realm) => realm.library.part('bindings').makeV8(realm),
  wasi: lazyBinding('wasi'),
  wasm_web_api: makeWasmWebApi,
  worker: makeWorker,
  zlib: lazyBinding('zlib'),
};

export function makeBinding(realm: NodeRealm, name: string): Untyped {
  const make = Object.hasOwn(bindings, name) ? bindings[name] : undefined;
  return make === undefined ? absentBinding(name) : make(realm);
}
