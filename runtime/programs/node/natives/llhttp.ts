/**
 * llhttp, the HTTP parser of Node, as the WebAssembly that `undici` ships. Collects what comes in pieces (URL, header names and
 * values) as `node_http_parser.cc` does, so that few calls leave WebAssembly.
 */
export interface LlhttpMessage {
  readonly versionMajor: number;
  readonly versionMinor: number;
  /** Names and values in turn; null if they were all given to `headers` before. */
  readonly headers: readonly string[] | null;
  /** Of a request, an index of `allMethods` by llhttp's numbers. */
  readonly method: number;
  readonly url: string;
  /** Of a response. */
  readonly statusCode: number;
  readonly statusMessage: string;
  readonly upgrade: boolean;
  readonly shouldKeepAlive: boolean;
}

/** A negative result ends the parse. Must not throw. */
export interface LlhttpCallbacks {
  messageBegin(): number;
  /** A batch of headers that did not fit, or trailers. */
  headers(pairs: readonly string[], url: string): number;
  /** 1: the message has no body; 2: nothing of this message or after it is HTTP. */
  headersComplete(message: LlhttpMessage): number;
  body(bytes: Uint8Array): number;
  messageComplete(): number;
}

export interface LlhttpResult {
  /** Bytes consumed. */
  readonly read: number;
  /** The connection speaks another protocol from here on. */
  readonly upgrade: boolean;
  readonly error: { readonly code: string; readonly reason: string } | null;
}

export interface Llhttp {
  /** `type` 1: requests, 2: responses. `maxHeaderSize` in bytes; `lenient` as `HTTPParser.kLenient…`. */
  create(options: { readonly type: number; readonly maxHeaderSize: number; readonly lenient: number }, callbacks: LlhttpCallbacks): number;
  execute(parser: number, bytes: Uint8Array): LlhttpResult;
  finish(parser: number): LlhttpResult;
  pause(parser: number): void;
  resume(parser: number): void;
  free(parser: number): void;
}

declare module '../../../process/platform.ts' {
  interface NativeModules {
    readonly llhttp: Llhttp;
  }
}

const HPE_OK = 0;
const HPE_PAUSED_UPGRADE = 22;
const HPE_USER = 24;
const REQUEST = 1;
/** As `node_http_parser.cc` has it: 16 kB of extensions, and what else a chunk's first line and the end of the one before take. */
const maxChunkLine = 16384 + 24;
/** Header pairs per call of `headers`. */
const batchSize = 32;

/** In the order of the bits of `HTTPParser.kLenient…`. */
const lenientSetters = [
  'llhttp_set_lenient_headers',
  'llhttp_set_lenient_chunked_length',
  'llhttp_set_lenient_keep_alive',
  'llhttp_set_lenient_transfer_encoding',
  'llhttp_set_lenient_version',
  'llhttp_set_lenient_data_after_close',
  'llhttp_set_lenient_optional_lf_after_cr',
  'llhttp_set_lenient_optional_crlf_after_chunk',
  'llhttp_set_lenient_optional_cr_before_lf',
  'llhttp_set_lenient_spaces_after_chunk_size',
] as const;

type Exports = Readonly<Record<string, (...numbers: number[]) => number>> & { readonly memory: WebAssembly.Memory };

class Parser {
  readonly callbacks: LlhttpCallbacks;
  readonly type: number;
  readonly maxHeaderSize: number;
  headerBytes = 0;
  url = '';
  statusMessage = '';
  pairs: string[] = [];
  /** The last of `pairs` is a name whose value has not begun. */
  nameOpen = false;
  flushed = false;
  /** Why a callback ended the parse, if it was not the program. */
  overflow: { readonly code: string; readonly reason: string } | undefined;
  /** Within a body, the bytes since the last of it: llhttp does not tell of chunk extensions here. */
  #between = 0;
  /** Where the piece of the input that was told last ends. */
  #told = 0;
  inBody = false;

  constructor(type: number, maxHeaderSize: number, callbacks: LlhttpCallbacks) {
    this.type = type;
    this.maxHeaderSize = maxHeaderSize;
    this.callbacks = callbacks;
  }

  track(at: number, length: number): number {
    this.tell(at, length);
    this.headerBytes += length;
    if (this.headerBytes < this.maxHeaderSize) return 0;
    this.overflow = { code: 'HPE_HEADER_OVERFLOW', reason: 'Header overflow' };
    return HPE_USER;
  }

  /** The input starts at `at`. */
  begin(at: number): void {
    this.#told = at;
  }

  /** A piece of the input that llhttp tells of. */
  tell(at: number, length: number): number {
    const result = this.passOver(at);
    this.#between = 0;
    this.#told = at + length;
    return result;
  }

  /** Nothing was told of the input up to `end`. */
  passOver(end: number): number {
    this.#between += end - this.#told;
    this.#told = end;
    if (!this.inBody || this.#between <= maxChunkLine) return 0;
    this.overflow = { code: 'HPE_CHUNK_EXTENSIONS_OVERFLOW', reason: 'Chunk extensions overflow' };
    return HPE_USER;
  }

  flush(): number {
    const pairs = this.takePairs();
    this.flushed = true;
    const url = this.url;
    this.url = '';
    return code(this.callbacks.headers(pairs, url));
  }

  name(text: string): number {
    if (this.nameOpen) {
      this.pairs[this.pairs.length - 1] += text;
      return 0;
    }
    let result = 0;
    if (this.pairs.length === 2 * (batchSize - 1)) result = this.flush();
    this.pairs.push(text);
    this.nameOpen = true;
    return result;
  }

  value(text: string): number {
    if (this.nameOpen) {
      this.pairs.push(text);
      this.nameOpen = false;
    } else this.pairs[this.pairs.length - 1] += text;
    return 0;
  }

  /** A name without a value has an empty one. */
  endPairs(): void {
    if (this.nameOpen) this.pairs.push('');
    this.nameOpen = false;
  }

  /** White space after a value is no part of it; before it, llhttp has skipped it. */
  takePairs(): string[] {
    const { pairs } = this;
    this.pairs = [];
    for (let i = 1; i < pairs.length; i += 2) pairs[i] = (pairs[i] as string).replace(/[ \t]+$/, '');
    return pairs;
  }
}

function code(result: number): number {
  return result < 0 ? HPE_USER : 0;
}

/** Compiles and starts llhttp; `wasm` is the module or its bytes. */
export function makeLlhttp(wasm: WebAssembly.Module | BufferSource): Llhttp {
  const parsers = new Map<number, Parser>();
  const module = wasm instanceof WebAssembly.Module ? wasm : new WebAssembly.Module(wasm);
  let heap = new Uint8Array(0);
  const bytes = () =>
    heap.byteLength === 0 || heap.buffer !== llhttp.memory.buffer ? (heap = new Uint8Array(llhttp.memory.buffer)) : heap;

  function latin1(at: number, length: number): string {
    const memory = bytes();
    let text = '';
    for (let i = at; i < at + length; i++) text += String.fromCharCode(memory[i] ?? 0);
    return text;
  }

  function cString(at: number): string {
    if (at === 0) return '';
    const memory = bytes();
    let end = at;
    while (memory[end] !== 0) end++;
    return latin1(at, end - at);
  }

  const tracked = (handle: (parser: Parser, text: string) => number) => (pointer: number, at: number, length: number) => {
    const parser = parsers.get(pointer) as Parser;
    return parser.track(at, length) || handle(parser, latin1(at, length));
  };

  const env = {
    wasm_on_message_begin(pointer: number): number {
      const parser = parsers.get(pointer) as Parser;
      parser.url = '';
      parser.statusMessage = '';
      parser.pairs = [];
      parser.nameOpen = false;
      parser.flushed = false;
      return code(parser.callbacks.messageBegin());
    },
    wasm_on_url: tracked((parser, text) => {
      parser.url += text;
      return 0;
    }),
    wasm_on_status: tracked((parser, text) => {
      parser.statusMessage += text;
      return 0;
    }),
    wasm_on_header_field: tracked((parser, text) => parser.name(text)),
    wasm_on_header_value: tracked((parser, text) => parser.value(text)),
    wasm_on_headers_complete(pointer: number, statusCode: number, upgrade: number, shouldKeepAlive: number): number {
      const parser = parsers.get(pointer) as Parser;
      parser.headerBytes = 0;
      parser.inBody = true;
      parser.endPairs();
      let headers: readonly string[] | null = null;
      if (parser.flushed) {
        const result = parser.flush();
        if (result !== 0) return result;
      } else headers = parser.takePairs();
      const result = parser.callbacks.headersComplete({
        versionMajor: llhttp['llhttp_get_http_major']!(pointer),
        versionMinor: llhttp['llhttp_get_http_minor']!(pointer),
        headers,
        method: parser.type === REQUEST ? llhttp['llhttp_get_method']!(pointer) : 0,
        url: parser.url,
        statusCode,
        statusMessage: parser.statusMessage,
        upgrade: upgrade !== 0,
        shouldKeepAlive: shouldKeepAlive !== 0,
      });
      return result < 0 ? HPE_USER : result;
    },
    wasm_on_body(pointer: number, at: number, length: number): number {
      if (length === 0) return 0;
      const parser = parsers.get(pointer) as Parser;
      return parser.tell(at, length) || code(parser.callbacks.body(bytes().slice(at, at + length)));
    },
    wasm_on_message_complete(pointer: number): number {
      const parser = parsers.get(pointer) as Parser;
      parser.endPairs();
      if (parser.pairs.length > 0) {
        const result = parser.flush();
        if (result !== 0) return result;
      }
      parser.headerBytes = 0;
      parser.inBody = false;
      return code(parser.callbacks.messageComplete());
    },
  };
  const llhttp = new WebAssembly.Instance(module, { env }).exports as unknown as Exports;
  llhttp['_initialize']?.();

  /** One piece of memory per level of nesting: a callback may run another parser. */
  const scratch: { at: number; length: number }[] = [];
  let depth = 0;

  function scratchFor(length: number): number {
    const level = (scratch[depth] ??= { at: 0, length: 0 });
    if (level.length < length) {
      if (level.at !== 0) llhttp['free']!(level.at);
      level.length = Math.max(65536, length);
      level.at = llhttp['malloc']!(level.length);
    }
    return level.at;
  }

  function result(pointer: number, error: number, start: number, length: number): LlhttpResult {
    const parser = parsers.get(pointer);
    const upgrade = llhttp['llhttp_get_upgrade']!(pointer) !== 0;
    let read = length;
    if (error !== HPE_OK) {
      read = llhttp['llhttp_get_error_pos']!(pointer) - start;
      if (error === HPE_PAUSED_UPGRADE) {
        llhttp['llhttp_resume_after_upgrade']!(pointer);
        return { read, upgrade, error: null };
      }
    }
    if (error === HPE_OK || upgrade) return { read, upgrade, error: null };
    if (parser?.overflow) return { read, upgrade, error: parser.overflow };
    const reason = cString(llhttp['llhttp_get_error_reason']!(pointer));
    return { read, upgrade, error: { code: cString(llhttp['llhttp_errno_name']!(error)), reason } };
  }

  return {
    create({ type, maxHeaderSize, lenient }, callbacks) {
      const pointer = llhttp['llhttp_alloc']!(type);
      lenientSetters.forEach((setter, bit) => {
        if ((lenient & (1 << bit)) !== 0) llhttp[setter]!(pointer, 1);
      });
      parsers.set(pointer, new Parser(type, maxHeaderSize, callbacks));
      return pointer;
    },
    execute(pointer, input) {
      const at = scratchFor(input.length);
      bytes().set(input, at);
      depth++;
      const parser = parsers.get(pointer);
      parser?.begin(at);
      let error: number;
      try {
        error = llhttp['llhttp_execute']!(pointer, at, input.length);
      } finally {
        depth--;
      }
      const { read, upgrade, error: failure } = result(pointer, error, at, input.length);
      const isTooLong = error === HPE_OK && parser !== undefined && parser.passOver(at + input.length) !== 0;
      return { read, upgrade, error: isTooLong ? parser.overflow! : failure };
    },
    finish(pointer) {
      return result(pointer, llhttp['llhttp_finish']!(pointer), 0, 0);
    },
    pause(pointer) {
      llhttp['llhttp_pause']!(pointer);
    },
    resume(pointer) {
      llhttp['llhttp_resume']!(pointer);
    },
    free(pointer) {
      if (parsers.delete(pointer)) llhttp['llhttp_free']!(pointer);
    },
  };
}
