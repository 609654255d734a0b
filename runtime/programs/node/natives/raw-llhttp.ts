/**
 * llhttp as `undici` calls its WebAssembly, for an engine that has none: calls and callbacks are passed on, memory is not. Positions in
 * the input are offsets in the bytes that were given.
 */

/** Of each callback: its name, the parser, and the numbers that llhttp gives it. Must not throw. */
export type RawCallback = (name: string, parser: number, ...numbers: number[]) => number;

export interface RawLlhttp {
  /** `type` 2: responses. */
  alloc(type: number, callback: RawCallback): number;
  /** llhttp's number of an error, 0 for none. */
  execute(parser: number, bytes: Uint8Array): number;
  finish(parser: number): number;
  resume(parser: number): void;
  /** Where the last input stopped. */
  errorPosition(parser: number): number;
  /** Empty if there is none. */
  errorReason(parser: number): string;
  free(parser: number): void;
}

declare module '../../../process/platform.ts' {
  interface NativeModules {
    /** Where the program itself has no WebAssembly. */
    readonly rawLlhttp?: RawLlhttp;
  }
}

type Exports = Readonly<Record<string, (...numbers: number[]) => number>> & { readonly memory: WebAssembly.Memory };

const spans = ['wasm_on_url', 'wasm_on_status', 'wasm_on_header_field', 'wasm_on_header_value', 'wasm_on_body'];
const events = ['wasm_on_message_begin', 'wasm_on_headers_complete', 'wasm_on_message_complete'];

/** Compiles and starts another llhttp; `wasm` is the module or its bytes. */
export function makeRawLlhttp(wasm: WebAssembly.Module | BufferSource): RawLlhttp {
  const callbacks = new Map<number, RawCallback>();
  let inputAt = 0;
  let inputLength = 0;
  const env: Record<string, (...numbers: number[]) => number> = {};
  for (const name of spans) env[name] = (parser, at, length) => callbacks.get(parser!)!(name, parser!, at! - inputAt, length!);
  for (const name of events) env[name] = (parser, ...numbers) => callbacks.get(parser!)!(name, parser!, ...numbers);
  const module = wasm instanceof WebAssembly.Module ? wasm : new WebAssembly.Module(wasm);
  const llhttp = new WebAssembly.Instance(module, { env }).exports as unknown as Exports;
  llhttp['_initialize']?.();
  const run = (name: string, ...numbers: number[]): number => llhttp[name]!(...numbers);
  return {
    alloc(type, callback) {
      const parser = run('llhttp_alloc', type);
      callbacks.set(parser, callback);
      return parser;
    },
    execute(parser, bytes) {
      if (bytes.length > inputLength) {
        if (inputAt !== 0) run('free', inputAt);
        inputLength = Math.max(65536, bytes.length);
        inputAt = run('malloc', inputLength);
      }
      new Uint8Array(llhttp.memory.buffer).set(bytes, inputAt);
      return run('llhttp_execute', parser, inputAt, bytes.length);
    },
    finish: (parser) => run('llhttp_finish', parser),
    resume: (parser) => void run('llhttp_resume', parser),
    errorPosition: (parser) => run('llhttp_get_error_pos', parser) - inputAt,
    errorReason(parser) {
      const at = run('llhttp_get_error_reason', parser);
      if (at === 0) return '';
      const memory = new Uint8Array(llhttp.memory.buffer);
      return String.fromCharCode(...memory.subarray(at, memory.indexOf(0, at)));
    },
    free(parser) {
      if (callbacks.delete(parser)) run('llhttp_free', parser);
    },
  };
}
