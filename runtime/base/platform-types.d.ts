/**
 * The few types of the platform that layers without a `lib` of their own name in their contracts. They pass such values on and never
 * make one; whoever does has the real declarations. Read only by the ES-only TypeScript project of `npm run verify`.
 */
interface Blob {
  readonly size: number;
  readonly type: string;
  slice(start?: number, end?: number, contentType?: string): Blob;
  arrayBuffer(): Promise<ArrayBuffer>;
  text(): Promise<string>;
}
type BlobPart = Blob | BufferSource | string;
declare var Blob: { prototype: Blob; new (parts?: readonly BlobPart[], options?: { readonly type?: string }): Blob };
type BufferSource = ArrayBufferView<ArrayBuffer> | ArrayBuffer;

interface Event {
  readonly type: string;
}
interface MessageEvent<T = unknown> extends Event {
  readonly data: T;
  readonly ports: readonly MessagePort[];
}
interface EventTarget {
  addEventListener(
    type: string,
    listener: (event: never) => void,
    options?: { readonly once?: boolean; readonly signal?: AbortSignal },
  ): void;
  removeEventListener(type: string, listener: (event: never) => void): void;
}
interface MessagePort extends EventTarget {
  onmessage: ((event: MessageEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
  postMessage(message: unknown, transfer?: Transferable[]): void;
  start(): void;
  close(): void;
}
type Transferable = ArrayBuffer | MessagePort;

interface AbortSignal extends EventTarget {
  readonly aborted: boolean;
  readonly reason: unknown;
  throwIfAborted(): void;
}

interface TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, into: Uint8Array): { read: number; written: number };
}
declare var TextEncoder: { prototype: TextEncoder; new (): TextEncoder };
interface TextDecoder {
  decode(bytes?: ArrayBufferView | ArrayBuffer, options?: { readonly stream?: boolean }): string;
}
declare var TextDecoder: {
  prototype: TextDecoder;
  new (label?: string, options?: { readonly fatal?: boolean; readonly ignoreBOM?: boolean }): TextDecoder;
};

declare function queueMicrotask(task: () => void): void;
declare function setTimeout(task: () => void, delayMs?: number): number;
declare function clearTimeout(timer: number | undefined): void;
declare var performance: { now(): number; readonly timeOrigin: number };
declare var console: { error(...values: unknown[]): void; warn(...values: unknown[]): void };
