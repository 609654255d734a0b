import { concatBytes } from '../../../base/bytes.ts';
import { showAsNative } from '../modules/function-texts.ts';
import type { Untyped } from '../realm.ts';

/** `internalBinding('wasm_web_api')`: the library's `WebAssembly.compileStreaming`, over its own `Response`. */
export function makeWasmWebApi(): Untyped {
  return {
    setImplementation(implementation: (state: WasmStream, source: unknown) => void) {
      const stream = (source: unknown) => {
        const state = new WasmStream();
        Promise.resolve(source).then(
          (value) => implementation(state, value),
          (error: unknown) => state.abort(error),
        );
        return state.bytes;
      };
      const wasm = (globalThis as Untyped).WebAssembly;
      if (wasm === undefined) return;
      const { compile, instantiate } = wasm;
      const methods = {
        compileStreaming: (source: unknown) => stream(source).then((bytes) => compile(bytes)),
        instantiateStreaming: (source: unknown, ...[imports]: object[]) => stream(source).then((bytes) => instantiate(bytes, imports)),
      };
      showAsNative(methods);
      for (const [name, value] of Object.entries(methods))
        Object.defineProperty(wasm, name, { value, writable: true, configurable: true, enumerable: true });
    },
  };
}

class WasmStream {
  readonly #chunks: Uint8Array[] = [];
  #resolve!: (bytes: Uint8Array) => void;
  #reject!: (error: unknown) => void;
  readonly bytes = new Promise<Uint8Array>((resolve, reject) => {
    this.#resolve = resolve;
    this.#reject = reject;
  });

  push(chunk: ArrayBuffer | ArrayBufferView): void {
    const view = ArrayBuffer.isView(chunk) ? new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength) : new Uint8Array(chunk);
    this.#chunks.push(view.slice());
  }

  finish(): void {
    this.#resolve(concatBytes(this.#chunks));
  }

  abort(error: unknown): void {
    this.#reject(error);
  }

  setURL(): void {}
}
