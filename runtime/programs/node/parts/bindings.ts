/** Bindings that nothing asks for before a program names a module that needs them. */
export { makeBlockList } from '../bindings/block-list.ts';
export { aresTextOf, serviceOf } from '../bindings/cares-names.ts';
export { makeCopies } from '../bindings/fs-copy.ts';
export { makeHttp2 } from '../bindings/http2.ts';
export { makeIpcSerdes } from '../bindings/ipc-serdes.ts';
export { makeJsStream } from '../bindings/js-stream.ts';
export { passHandles } from '../bindings/passed-handles.ts';
export { makeProcessWrap } from '../bindings/process-wrap.ts';
export { makeReport } from '../bindings/report.ts';
export { makeSerdes } from '../bindings/serdes/index.ts';
export { makeSpawnSync } from '../bindings/spawn-sync.ts';
export { makeTlsWrap } from '../bindings/tls-wrap.ts';
export { makeJsUdpWrap, makeUdpWrap } from '../bindings/udp-wrap.ts';
export { makeHistograms } from '../histogram.ts';
export { makeHeapUtils, makeInternalOnlyV8, makeV8 } from '../bindings/v8.ts';
export { guardBindings, permissionsOf } from '../permissions.ts';
export { limitProto } from '../proto-access.ts';
export { replaceProcess } from '../replace-process.ts';
