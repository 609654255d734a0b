/** Threads of WebAssembly. */
export { WasmThreads } from '../wasm/threads.ts';
