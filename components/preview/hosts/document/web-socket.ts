/** `WebSocket` to the container's servers, over the bridge. Any other URL gets the browser's own. */
import type { Bridge } from './bridge.ts';
import { addHandlers } from './handlers.ts';

export interface WebSocketPlace {
  /** The URL a server is to be asked by; undefined for sockets that are not ours to carry. */
  serverUrl(url: URL): string | undefined;
  /** The document's origin as the server knows it. */
  origin(): string;
  base(): string;
}

const maxReasonBytes = 123;

export function installWebSocket(bridge: Bridge, place: WebSocketPlace): void {
  const Native = window.WebSocket;

  class BridgedWebSocket extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSING = 2;
    static readonly CLOSED = 3;
    readonly CONNECTING = 0;
    readonly OPEN = 1;
    readonly CLOSING = 2;
    readonly CLOSED = 3;
    readonly url: string;
    readonly extensions = '';
    #binaryType: BinaryType = 'blob';
    #readyState = 0;
    #protocol = '';
    #bufferedAmount = 0;
    readonly #socket: number;
    /** Blobs that are being read, and what was sent after them. */
    #sending: Promise<void> = Promise.resolve();
    #queued = 0;

    constructor(url: URL, target: string, protocols: readonly string[]) {
      super();
      this.url = url.href;
      const { socket, opened } = bridge.openSocket(
        { url: target, protocols, origin: place.origin() },
        {
          onMessage: (data) => this.#onMessage(data),
          onSent: (bytes) => {
            this.#bufferedAmount = Math.max(0, this.#bufferedAmount - bytes);
          },
          onClosed: (code, reason, clean) => this.#onClosed(code, reason, clean),
        },
      );
      this.#socket = socket;
      opened.then(
        ({ protocol }) => {
          if (this.#readyState !== 0) return;
          this.#protocol = protocol;
          this.#readyState = 1;
          this.dispatchEvent(new Event('open'));
        },
        () => {
          // Scripts are told no more than that it failed.
          if (this.#readyState === 3) return;
          this.dispatchEvent(new Event('error'));
          this.#onClosed(1006, '', false);
        },
      );
    }

    get readyState(): number {
      return this.#readyState;
    }
    get protocol(): string {
      return this.#protocol;
    }
    get bufferedAmount(): number {
      return this.#bufferedAmount;
    }
    get binaryType(): BinaryType {
      return this.#binaryType;
    }
    set binaryType(type: BinaryType) {
      if (type === 'blob' || type === 'arraybuffer') this.#binaryType = type;
    }

    send(data: string | ArrayBufferLike | Blob | ArrayBufferView): void {
      if (this.#readyState === 0) throw new DOMException('The WebSocket is not open yet', 'InvalidStateError');
      if (data instanceof Blob) {
        this.#bufferedAmount += data.size;
        // Later messages must not overtake it.
        this.#queued += 1;
        this.#sending = this.#sending.then(async () => {
          this.#post(new Uint8Array(await data.arrayBuffer()));
          this.#queued -= 1;
        });
        return;
      }
      const content =
        data instanceof ArrayBuffer
          ? new Uint8Array(data.slice(0))
          : ArrayBuffer.isView(data)
            ? new Uint8Array(data.buffer, data.byteOffset, data.byteLength).slice()
            : String(data);
      this.#bufferedAmount += typeof content === 'string' ? new TextEncoder().encode(content).length : content.length;
      if (this.#readyState !== 1) return;
      if (this.#queued > 0) this.#sending = this.#sending.then(() => this.#post(content));
      else this.#post(content);
    }

    #post(data: string | Uint8Array): void {
      if (this.#readyState === 3) return;
      bridge.notify({ kind: 'socketSend', socket: this.#socket, data });
    }

    close(code?: number, reason = ''): void {
      if (code !== undefined && code !== 1000 && !(code >= 3000 && code <= 4999)) {
        throw new DOMException(`The close code must be 1000, or in the range 3000 to 4999, not ${code}`, 'InvalidAccessError');
      }
      if (new TextEncoder().encode(reason).length > maxReasonBytes)
        throw new DOMException('The reason for closing is too long', 'SyntaxError');
      if (this.#readyState >= 2) return;
      const connecting = this.#readyState === 0;
      this.#readyState = 2;
      void this.#sending.then(() => bridge.notify({ kind: 'socketClose', socket: this.#socket, code: code ?? null, reason }));
      if (!connecting) return;
      queueMicrotask(() => {
        this.dispatchEvent(new Event('error'));
        this.#onClosed(1006, '', false);
      });
    }

    #onMessage(data: string | Uint8Array<ArrayBuffer>): void {
      if (this.#readyState !== 1 && this.#readyState !== 2) return;
      const content = typeof data === 'string' ? data : this.#binaryType === 'blob' ? new Blob([data]) : data.slice().buffer;
      this.dispatchEvent(new MessageEvent('message', { data: content, origin: new URL(this.url).origin }));
    }

    #onClosed(code: number, reason: string, clean: boolean): void {
      if (this.#readyState === 3) return;
      this.#readyState = 3;
      this.dispatchEvent(new CloseEvent('close', { code, reason, wasClean: clean }));
    }
  }
  addHandlers(BridgedWebSocket.prototype, ['open', 'message', 'error', 'close']);

  function make(address: string | URL, protocols: string | string[] = []): unknown {
    let url: URL;
    try {
      url = new URL(address, place.base());
    } catch {
      throw new DOMException(`The URL "${String(address)}" is invalid`, 'SyntaxError');
    }
    if (url.protocol === 'http:') url.protocol = 'ws:';
    if (url.protocol === 'https:') url.protocol = 'wss:';
    if (url.protocol !== 'ws:' && url.protocol !== 'wss:')
      throw new DOMException(`The URL's scheme must be "ws" or "wss", not "${url.protocol}"`, 'SyntaxError');
    url.hash = '';
    const list = typeof protocols === 'string' ? [protocols] : [...protocols];
    if (new Set(list).size !== list.length || list.some((one) => !/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(one))) {
      throw new DOMException('A subprotocol is invalid or given twice', 'SyntaxError');
    }
    const target = place.serverUrl(url);
    return target === undefined ? new Native(url, list) : new BridgedWebSocket(url, target, list);
  }
  const proxy = new Proxy(BridgedWebSocket, {
    construct: (_, [address, protocols]: [string | URL, string | string[] | undefined]) => make(address, protocols) as object,
  });
  Object.defineProperty(BridgedWebSocket, 'name', { value: 'WebSocket' });
  Object.defineProperty(BridgedWebSocket.prototype, 'constructor', { value: proxy, configurable: true, writable: true });
  Object.defineProperty(window, 'WebSocket', { value: proxy, configurable: true, writable: true });
}
