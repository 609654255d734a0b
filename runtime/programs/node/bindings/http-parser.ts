import type { Llhttp, LlhttpMessage, LlhttpResult } from '../natives/llhttp.ts';
import { llhttpWebAssembly } from '../natives/llhttp-exports.ts';
import type { Realm } from '../boot.ts';
import type { MakeBinding, Untyped } from '../realm.ts';
import { asyncWraps, type AsyncWrap } from '../wraps/async-wrap.ts';
import { streamBase } from '../wraps/stream-base.ts';

const REQUEST = 1;
const RESPONSE = 2;
const kOnMessageBegin = 0;
const kOnHeaders = 1;
const kOnHeadersComplete = 2;
const kOnBody = 3;
const kOnMessageComplete = 4;
const kOnExecute = 5;
const kOnTimeout = 6;

/** By llhttp's numbers. */
const methodNumbers: readonly string[] =
  'DELETE GET HEAD POST PUT CONNECT OPTIONS TRACE COPY LOCK MKCOL MOVE PROPFIND PROPPATCH SEARCH UNLOCK BIND REBIND UNBIND ACL REPORT MKACTIVITY CHECKOUT MERGE M-SEARCH NOTIFY SUBSCRIBE UNSUBSCRIBE PATCH PURGE MKCALENDAR LINK UNLINK SOURCE PRI DESCRIBE ANNOUNCE SETUP PLAY PAUSE TEARDOWN GET_PARAMETER SET_PARAMETER REDIRECT RECORD FLUSH QUERY'.split(
    ' ',
  );
const notHttp = new Set('PRI DESCRIBE ANNOUNCE SETUP PLAY PAUSE TEARDOWN GET_PARAMETER SET_PARAMETER REDIRECT RECORD FLUSH'.split(' '));

const lenientFlags = {
  kLenientNone: 0,
  kLenientHeaders: 1,
  kLenientChunkedLength: 2,
  kLenientKeepAlive: 4,
  kLenientTransferEncoding: 8,
  kLenientVersion: 16,
  kLenientDataAfterClose: 32,
  kLenientOptionalLFAfterCR: 64,
  kLenientOptionalCRLFAfterChunk: 128,
  kLenientOptionalCRBeforeLF: 256,
  kLenientSpacesAfterChunkSize: 512,
  kLenientHeaderValueRelaxed: 1024,
  kLenientAll: 1023,
};

/** What a server's list of connections knows of one parser. */
interface Connection {
  readonly parser: object;
  /** Milliseconds of the platform's clock; 0 between messages. */
  messageStart: number;
  headersCompleted: boolean;
}

/** `internalBinding('http_parser')`: `node_http_parser.cc` over llhttp. */
export const makeHttpParser: MakeBinding = (realm) => {
  const { AsyncWrap, makeCallback, emitDestroy } = asyncWraps(realm);
  const { setConsumer, passOn } = streamBase(realm);
  // Made at first use: a program that never speaks HTTP does not pay for it.
  const llhttp = (): Llhttp => realm.platform.native.llhttp;
  const raw = realm.platform.native.rawLlhttp;
  const now = () => realm.platform.now() + 1;
  const bufferOf = (bytes: Uint8Array): Untyped =>
    realm.requireBuiltin('buffer').Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

  class ConnectionsList {
    #all = new Set<Connection>();
    #active = new Set<Connection>();

    all(): object[] {
      return [...this.#all].map((each) => each.parser);
    }

    idle(): object[] {
      return [...this.#all].filter((each) => each.messageStart === 0).map((each) => each.parser);
    }

    active(): object[] {
      return [...this.#active].map((each) => each.parser);
    }

    /** Connections whose headers or whole request take longer than allowed (milliseconds, 0: no limit). Told once. */
    expired(headersTimeout: number, requestTimeout: number): object[] {
      let headersLimit = headersTimeout;
      let requestLimit = requestTimeout;
      if (requestLimit > 0 && headersLimit > requestLimit) [headersLimit, requestLimit] = [requestLimit, headersLimit];
      const time = now();
      const late = [...this.#active].filter(
        (each) =>
          (!each.headersCompleted && headersLimit > 0 && each.messageStart < time - headersLimit) ||
          (requestLimit > 0 && each.messageStart < time - requestLimit),
      );
      for (const each of late) this.#active.delete(each);
      return late.map((each) => each.parser);
    }

    static add(list: ConnectionsList, connection: Connection, active: boolean): void {
      list.#all.delete(connection);
      list.#active.delete(connection);
      list.#all.add(connection);
      if (active) list.#active.add(connection);
    }

    static remove(list: ConnectionsList, connection: Connection): void {
      list.#all.delete(connection);
      list.#active.delete(connection);
    }
  }
  const { add, remove } = ConnectionsList;
  for (const name of ['add', 'remove'] as const) Reflect.deleteProperty(ConnectionsList, name);

  class HTTPParser extends AsyncWrap {
    #id: number | undefined;
    #type = REQUEST;
    #depth = 0;
    #pendingPause: boolean | undefined;
    #thrown: { readonly error: unknown } | undefined;
    #stream: AsyncWrap | undefined;
    #current: Uint8Array | undefined;
    #list: ConnectionsList | undefined;
    #connection: Connection = { parser: this, messageStart: 0, headersCompleted: false };

    constructor() {
      super('NONE');
    }

    initialize(type: number, resource: object, maxHeaderSize = 0, lenient = 0, list: ConnectionsList | null | undefined = undefined): void {
      if (type !== REQUEST && type !== RESPONSE) throw new TypeError('Illegal invocation');
      this.asyncReset(resource, type === REQUEST ? 'HTTPINCOMINGMESSAGE' : 'HTTPCLIENTREQUEST');
      this.#release();
      this.#type = type;
      this.#pendingPause = undefined;
      this.#id = llhttp().create(
        { type, maxHeaderSize: maxHeaderSize > 0 ? maxHeaderSize : this.#defaultHeaderSize(), lenient },
        {
          messageBegin: () => this.#guard(() => this.#onMessageBegin()),
          headers: (pairs, url) => this.#guard(() => this.#call(kOnHeaders, [[...pairs], url])),
          headersComplete: (message) => this.#guard(() => this.#onHeadersComplete(message)),
          body: (bytes) => this.#guard(() => this.#call(kOnBody, [bufferOf(bytes)])),
          messageComplete: () => this.#guard(() => this.#onMessageComplete()),
        },
      );
      this.#list = list ?? undefined;
      this.#connection.headersCompleted = false;
      if (this.#list !== undefined) {
        this.#connection.messageStart = now();
        add(this.#list, this.#connection, true);
      }
    }

    #defaultHeaderSize(): number {
      return Number(realm.requireBuiltin('internal/options').getOptionValue('--max-http-header-size')) || 16384;
    }

    #call(slot: number, args: readonly unknown[]): unknown {
      return makeCallback(this, (this as Untyped)[slot], args);
    }

    /** An exception of the program ends the parse and is thrown again by `execute`. */
    #guard(run: () => unknown): number {
      const { contexts } = realm as Realm;
      const depth = contexts.depth;
      try {
        const result = run();
        return typeof result === 'number' && result > 0 ? result : 0;
      } catch (error) {
        contexts.unwind(depth);
        this.#thrown = { error };
        return -1;
      }
    }

    #onMessageBegin(): void {
      this.#connection.headersCompleted = false;
      this.#connection.messageStart = now();
      if (this.#list !== undefined) add(this.#list, this.#connection, true);
      this.#call(kOnMessageBegin, []);
    }

    #onHeadersComplete(message: LlhttpMessage): unknown {
      this.#connection.headersCompleted = true;
      const request = this.#type === REQUEST;
      return this.#call(kOnHeadersComplete, [
        message.versionMajor,
        message.versionMinor,
        message.headers === null ? undefined : [...message.headers],
        request ? message.method : undefined,
        request && message.headers !== null ? message.url : undefined,
        request ? undefined : message.statusCode,
        request ? undefined : message.statusMessage,
        message.upgrade,
        message.shouldKeepAlive,
      ]);
    }

    #onMessageComplete(): void {
      this.#connection.messageStart = 0;
      if (this.#list !== undefined) add(this.#list, this.#connection, false);
      this.#call(kOnMessageComplete, []);
    }

    /** Bytes consumed, or an error object: parse errors are returned, not thrown. */
    execute(data: ArrayBufferView): unknown {
      return this.#execute(new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength));
    }

    finish(): unknown {
      const id = this.#id;
      if (id === undefined) return undefined;
      const result = this.#run(() => llhttp().finish(id));
      return result.error === null ? undefined : this.#error(result);
    }

    #execute(bytes: Uint8Array): unknown {
      const id = this.#id;
      if (id === undefined) return undefined;
      this.#current = bytes;
      try {
        const result = this.#run(() => llhttp().execute(id, bytes));
        return result.error === null ? result.read : this.#error(result);
      } finally {
        this.#current = undefined;
      }
    }

    #run(run: () => LlhttpResult): LlhttpResult {
      this.#depth++;
      let result: LlhttpResult;
      try {
        result = run();
      } finally {
        this.#depth--;
      }
      if (this.#pendingPause !== undefined && this.#depth === 0) {
        const pause = this.#pendingPause;
        this.#pendingPause = undefined;
        if (pause) this.pause();
      }
      const thrown = this.#thrown;
      this.#thrown = undefined;
      if (thrown !== undefined) throw thrown.error;
      return result;
    }

    #error(result: LlhttpResult): Error {
      const error = new Error('Parse Error') as Error & { bytesParsed?: number; code?: string; reason?: string };
      error.bytesParsed = result.read;
      error.code = result.error?.code ?? '';
      error.reason = result.error?.reason ?? '';
      return error;
    }

    pause(): void {
      if (this.#depth > 0) this.#pendingPause = true;
      else if (this.#id !== undefined) llhttp().pause(this.#id);
    }

    resume(): void {
      if (this.#depth > 0) this.#pendingPause = false;
      else if (this.#id !== undefined) llhttp().resume(this.#id);
    }

    /** Reads from the native stream directly, without a call into the program per chunk. */
    consume(stream: AsyncWrap): void {
      const taken = setConsumer(stream, {
        onRead: (bytes, errno) => {
          if (bytes === undefined) {
            passOn(stream, undefined, errno);
            return;
          }
          const result = this.#execute(bytes);
          if (result === undefined) return;
          this.#current = bytes;
          try {
            this.#call(kOnExecute, [result]);
          } finally {
            this.#current = undefined;
          }
        },
      });
      if (!taken) throw new TypeError('Illegal invocation');
      this.#stream = stream;
    }

    unconsume(): void {
      if (this.#stream !== undefined) setConsumer(this.#stream, undefined);
      this.#stream = undefined;
    }

    getCurrentBuffer(): unknown {
      return bufferOf((this.#current ?? new Uint8Array(0)).slice());
    }

    remove(): void {
      if (this.#list !== undefined) remove(this.#list, this.#connection);
    }

    free(): void {
      emitDestroy(this);
    }

    close(): void {
      this.unconsume();
      this.remove();
      this.#release();
      emitDestroy(this);
    }

    #release(): void {
      const id = this.#id;
      this.#id = undefined;
      if (id === undefined) return;
      if (this.#depth === 0) llhttp().free(id);
      // Its own callback closes it: the parser is still on the stack.
      else realm.platform.queueMicrotask(() => llhttp().free(id));
    }
  }

  Object.assign(HTTPParser, {
    REQUEST,
    RESPONSE,
    kOnMessageBegin,
    kOnHeaders,
    kOnHeadersComplete,
    kOnBody,
    kOnMessageComplete,
    kOnExecute,
    kOnTimeout,
    ...lenientFlags,
  });

  return {
    HTTPParser,
    ConnectionsList,
    methods: methodNumbers.filter((name) => !notHttp.has(name)),
    allMethods: [...methodNumbers],
    /** For `undici`, where the program has no WebAssembly of its own. */
    webAssembly: raw === undefined ? undefined : llhttpWebAssembly(raw),
  };
};
