/** What `undici` uses of `WebAssembly` to run its llhttp, over a llhttp that runs elsewhere. */
import type { RawLlhttp } from './raw-llhttp.ts';

type Imports = { readonly env: Readonly<Record<string, (...numbers: number[]) => number>> };

/** Positions of the texts that llhttp makes itself, and of the input: `undici` has one at a time. */
const reasonAt = 8;
const inputAt = 512;
const errorOfUser = 24;

export function llhttpWebAssembly(raw: RawLlhttp): { readonly Module: Function; readonly Instance: Function } {
  class Instance {
    readonly exports: object;

    constructor(_module: unknown, { env }: Imports) {
      const memory = { buffer: new ArrayBuffer(inputAt) };
      let thrown: { readonly error: unknown } | undefined;
      const callback = (name: string, parser: number, ...numbers: number[]): number => {
        // The first of two that follow the parser is a position, but for the three numbers of the end of the headers.
        if (numbers.length === 2) numbers[0]! += inputAt;
        try {
          return env[name]!(parser, ...numbers);
        } catch (error) {
          thrown ??= { error };
          return errorOfUser;
        }
      };
      const checked = (result: number): number => {
        if (thrown === undefined) return result;
        const { error } = thrown;
        thrown = undefined;
        throw error;
      };
      this.exports = {
        memory,
        malloc(size: number) {
          memory.buffer = new ArrayBuffer(inputAt + size);
          return inputAt;
        },
        free() {},
        llhttp_alloc: (type: number) => raw.alloc(type, callback),
        llhttp_execute: (parser: number, at: number, length: number) =>
          checked(raw.execute(parser, new Uint8Array(memory.buffer, at, length))),
        llhttp_finish: (parser: number) => checked(raw.finish(parser)),
        llhttp_resume: (parser: number) => raw.resume(parser),
        llhttp_get_error_pos: (parser: number) => raw.errorPosition(parser) + inputAt,
        llhttp_get_error_reason(parser: number) {
          const reason = raw.errorReason(parser);
          if (reason === '') return 0;
          const bytes = new Uint8Array(memory.buffer, reasonAt, inputAt - reasonAt);
          for (let at = 0; at < reason.length; at++) bytes[at] = reason.charCodeAt(at);
          bytes[reason.length] = 0;
          return reasonAt;
        },
        llhttp_free: (parser: number) => raw.free(parser),
      };
    }
  }
  return { Module: class Module {}, Instance };
}
