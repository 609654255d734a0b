/**
 * The host's HTTP parsers for a program that has no WebAssembly, each known to it by a number. Their shapes are those of
 * `programs/node/natives`, which no engine knows: as far as they cross the boundary.
 */
import type { NativeModules } from '../../platform.ts';
import { parserOperations, rawParserOperations } from './operations.ts';

/** Calls the program's callback with that number back, in the middle of a call. */
export type Ask = (id: number, ...args: readonly unknown[]) => unknown;

interface ParserCallbacks {
  messageBegin(): number;
  headers(pairs: readonly string[], url: string): number;
  headersComplete(message: object): number;
  body(bytes: Uint8Array): number;
  messageComplete(): number;
}

interface HttpParsers {
  create(options: object, callbacks: ParserCallbacks): number;
  execute(parser: number, bytes: Uint8Array): unknown;
  finish(parser: number): unknown;
  pause(parser: number): void;
  resume(parser: number): void;
  free(parser: number): void;
}

interface RawHttpParsers {
  alloc(type: number, callback: (...args: unknown[]) => number): number;
  execute(parser: number, bytes: Uint8Array): number;
  finish(parser: number): number;
  resume(parser: number): void;
  errorPosition(parser: number): number;
  errorReason(parser: number): string;
  free(parser: number): void;
}

/** By the operation's name: plain data in, plain data out. */
export function hostParsers(native: () => NativeModules, ask: Ask): Record<string, (...args: never[]) => unknown> {
  const parsers = () => (native() as unknown as { readonly llhttp: HttpParsers }).llhttp;
  const rawParsers = () => (native() as unknown as { readonly rawLlhttp: RawHttpParsers }).rawLlhttp;
  const table: Record<string, (...args: never[]) => unknown> = {
    createParser: (options: object, id: number) =>
      parsers().create(options, {
        messageBegin: () => ask(id, 'messageBegin') as number,
        headers: (pairs, url) => ask(id, 'headers', pairs, url) as number,
        headersComplete: (message) => ask(id, 'headersComplete', message) as number,
        body: (bytes) => ask(id, 'body', bytes) as number,
        messageComplete: () => ask(id, 'messageComplete') as number,
      }),
    allocParser: (type: number, id: number) => rawParsers().alloc(type, (...args) => ask(id, ...args) as number),
  };
  for (const name of parserOperations) {
    table[`parser.${name}`] = (parser: number, bytes: Uint8Array) => parsers()[name](parser, bytes);
  }
  for (const name of rawParserOperations) {
    table[`rawParser.${name}`] = (parser: number, bytes: Uint8Array) => rawParsers()[name](parser, bytes);
  }
  return table;
}
