/** A WebSocket over a byte stream to a port of the container. */
import { BvError, type Container } from '../../../../runtime/index.ts';
import { maxBodyBytes } from './guard.ts';
import { portOf } from './http-client.ts';
import { encodeClose, encodeFrame, opcodes, WebSocketProtocolError, WebSocketReader } from '../../../../runtime/base/websocket-frames.ts';

/** Bytes of a handshake's head, as Node's servers and clients allow. */
const maxHeadBytes = 16_384;
/** After our close frame, how long the server's is waited for. */
const closeTimeoutMs = 3000;

export interface WebSocketOptions {
  readonly url: URL;
  readonly protocols: readonly string[];
  readonly origin: string;
  /** The `Cookie` header; empty for none. */
  readonly cookie: string;
  onSetCookie(text: string): void;
  onMessage(data: string | Uint8Array<ArrayBuffer>): void;
  /** So many bytes of messages have been handed to the server. */
  onSent(bytes: number): void;
  /** Called once. */
  onClose(close: { readonly code: number; readonly reason: string; readonly clean: boolean }): void;
}

async function acceptOf(key: string): Promise<string | undefined> {
  // Only secure contexts have `crypto.subtle`; elsewhere the server's proof goes unchecked, which protects no one here.
  const subtle = crypto.subtle as SubtleCrypto | undefined;
  if (subtle === undefined) return undefined;
  const hash = await subtle.digest('SHA-1', new TextEncoder().encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`));
  return btoa(String.fromCharCode(...new Uint8Array(hash)));
}

/** Reads up to the empty line that ends an HTTP head; what came after it is `rest`. */
async function readHead(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<{ lines: string[]; rest: Uint8Array }> {
  let text = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) throw new BvError('ERR_BV_PORT_CLOSED', 'Cannot open the WebSocket: the server closed the connection');
    for (const byte of value) text += String.fromCharCode(byte);
    const end = text.indexOf('\r\n\r\n');
    if (end >= 0) {
      const rest = Uint8Array.from(text.slice(end + 4), (character) => character.charCodeAt(0));
      return { lines: text.slice(0, end).split('\r\n'), rest };
    }
    if (text.length > maxHeadBytes) throw new BvError('ERR_BV_UNSUPPORTED', "Cannot open the WebSocket: the server's answer has no end");
  }
}

const newMask = () => crypto.getRandomValues(new Uint8Array(4));

export class WebSocketClient {
  readonly protocol: string;
  readonly #options: WebSocketOptions;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #messages = new WebSocketReader({ maxMessageBytes: maxBodyBytes, from: 'server' });
  #closeSent = false;
  #ended = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  private constructor(
    options: WebSocketOptions,
    protocol: string,
    reader: ReadableStreamDefaultReader<Uint8Array>,
    writer: WritableStreamDefaultWriter<Uint8Array>,
  ) {
    this.#options = options;
    this.protocol = protocol;
    this.#reader = reader;
    this.#writer = writer;
  }

  /** Resolves after the handshake. @throws {BvError} if the server does not take part in it. */
  static async open(container: Container, options: WebSocketOptions): Promise<WebSocketClient> {
    const { url, protocols } = options;
    const port = portOf(url);
    if (port === undefined)
      throw new BvError('ERR_BV_UNSUPPORTED', `Cannot open ${url.href} in a preview: it is not a server of the container`);
    const { readable, writable } = await container.connect(port);
    const [reader, writer] = [readable.getReader(), writable.getWriter()];
    try {
      const key = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
      const head = [
        `GET ${url.pathname}${url.search} HTTP/1.1`,
        `Host: ${url.host}`,
        'Upgrade: websocket',
        'Connection: Upgrade',
        `Sec-WebSocket-Key: ${key}`,
        'Sec-WebSocket-Version: 13',
        `Origin: ${options.origin}`,
        `User-Agent: ${navigator.userAgent}`,
        ...(protocols.length === 0 ? [] : [`Sec-WebSocket-Protocol: ${protocols.join(', ')}`]),
        ...(options.cookie === '' ? [] : [`Cookie: ${options.cookie}`]),
      ];
      await writer.write(new TextEncoder().encode(`${head.join('\r\n')}\r\n\r\n`));
      const { lines, rest } = await readHead(reader);
      const status = /^HTTP\/1\.1 (\d+)/.exec(lines[0] ?? '')?.[1];
      const rows = lines
        .slice(1)
        .map((line) => [line.split(':', 1)[0]!.trim().toLowerCase(), line.slice(line.indexOf(':') + 1).trim()] as const);
      const value = (name: string) => rows.find(([one]) => one === name)?.[1];
      for (const [name, text] of rows) if (name === 'set-cookie') options.onSetCookie(text);
      if (status !== '101')
        throw new BvError('ERR_BV_UNSUPPORTED', `Cannot open ${url.href}: the server answered ${status ?? 'no HTTP'} in place of 101`);
      const accept = await acceptOf(key);
      if (accept !== undefined && value('sec-websocket-accept') !== accept) {
        throw new BvError('ERR_BV_UNSUPPORTED', `Cannot open ${url.href}: the server's handshake is not that of a WebSocket`);
      }
      const protocol = value('sec-websocket-protocol') ?? '';
      if (protocol !== '' && !protocols.includes(protocol)) {
        throw new BvError(
          'ERR_BV_UNSUPPORTED',
          `Cannot open ${url.href}: the server chose the protocol "${protocol}", which was not offered`,
        );
      }
      const client = new WebSocketClient(options, protocol, reader, writer);
      void client.#run(rest);
      return client;
    } catch (error) {
      void reader.cancel().catch(() => undefined); // Already broken.
      void writer.abort().catch(() => undefined);
      throw error;
    }
  }

  send(data: string | Uint8Array): void {
    if (this.#closeSent) return;
    const payload = typeof data === 'string' ? new TextEncoder().encode(data) : data;
    this.#write(encodeFrame(typeof data === 'string' ? opcodes.text : opcodes.binary, payload, newMask()), () =>
      this.#options.onSent(payload.length),
    );
  }

  /** Starts the closing handshake. A null code sends none. */
  close(code: number | null, reason: string): void {
    if (this.#closeSent || this.#ended) return;
    this.#closeSent = true;
    this.#write(encodeClose(code, reason, newMask()));
    this.#timer = setTimeout(() => this.#end({ code: 1006, reason: '', clean: false }), closeTimeoutMs);
  }

  /** Drops the connection at once, without a word. */
  destroy(): void {
    this.#end({ code: 1006, reason: '', clean: false });
  }

  #write(frame: Uint8Array, then: () => void = () => undefined): void {
    this.#writer.write(frame).then(then, () => undefined); // The reader meets the same end and tells of it.
  }

  async #run(rest: Uint8Array): Promise<void> {
    // One task after `open` resolves, so that its caller knows of the socket before the first message.
    await new Promise((resolve) => setTimeout(resolve, 0));
    try {
      if (rest.length > 0 && this.#take(rest)) return;
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done || this.#take(value)) break;
      }
    } catch (error) {
      if (error instanceof WebSocketProtocolError && !this.#closeSent) this.#write(encodeClose(error.closeCode, '', newMask()));
    }
    this.#end({ code: 1006, reason: '', clean: false });
  }

  /** True when the connection is over. */
  #take(bytes: Uint8Array): boolean {
    for (const event of this.#messages.push(bytes)) {
      switch (event.kind) {
        case 'message':
          if (!this.#ended) this.#options.onMessage(event.data);
          break;
        case 'ping':
          if (!this.#closeSent) this.#write(encodeFrame(opcodes.pong, event.payload, newMask()));
          break;
        case 'pong':
          break;
        case 'close':
          if (!this.#closeSent) {
            this.#closeSent = true;
            this.#write(encodeClose(event.code === 1005 ? null : event.code, '', newMask()));
          }
          this.#end({ code: event.code, reason: event.reason, clean: true });
          return true;
      }
    }
    return this.#ended;
  }

  #end(close: { readonly code: number; readonly reason: string; readonly clean: boolean }): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#timer);
    this.#options.onClose(close);
    // The stream stays open (`connect` keeps it for reading): cancelling the reading side closes the connection. What was
    // written before goes out first.
    this.#writer
      .close()
      .catch(() => undefined) // Already broken.
      .finally(() => this.#reader.cancel().catch(() => undefined))
      .catch(() => undefined);
  }
}
