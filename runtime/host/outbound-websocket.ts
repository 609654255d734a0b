/**
 * A program's WebSocket to a host outside, carried by the page's own: the browser speaks to the host, and what the program reads and
 * writes is translated to frames here. The kernel has seen that the host is allowed, and has read the request.
 */
import { sha1 } from '@noble/hashes/legacy.js';
import { encodeClose, encodeFrame, opcodes, WebSocketProtocolError, WebSocketReader } from '../base/websocket-frames.ts';

/** Bytes of one message, and of those that the program has not read yet. */
const maxMessageBytes = 64 * 1024 * 1024;
/** Bytes that the browser has not sent yet; the program's further messages wait meanwhile. */
const maxUnsentBytes = 4 * 1024 * 1024;
/** How often it is looked how many those are: a browser tells of nothing. */
const unsentPollMs = 20;

/** What says nothing of its own where a browser opens the socket, or is said by it in its own words. */
const ofBrowser =
  /^(host|connection|upgrade|origin|user-agent|accept|accept-language|accept-encoding|cache-control|pragma|content-length|sec-fetch-.*|sec-websocket-.*)$/i;

export interface OutboundWebSocketOptions {
  readonly url: string;
  /** Of the program's request. */
  readonly headers: readonly (readonly [string, string])[];
  /** The program's connection, behind that request. */
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** A request that no browser can make, in words for the reader. */
  readonly onRefused: (message: string) => void;
  /** In place of the browser's. */
  readonly open?: (url: string, protocols: readonly string[]) => WebSocket;
}

/** Answers the handshake and carries messages until one side closes. Resolves when the program's connection is closed. */
export async function carryWebSocket(options: OutboundWebSocketOptions): Promise<void> {
  const reader = options.readable.getReader();
  const writer = options.writable.getWriter();
  try {
    const key = valueOf(options, 'sec-websocket-key');
    const foreign = options.headers.map(([name]) => name.toLowerCase()).filter((name) => !ofBrowser.test(name));
    if (key === undefined || valueOf(options, 'sec-websocket-version') !== '13') {
      await writer.write(answer('400 Bad Request', 'The request is not that of a WebSocket of version 13\n'));
    } else if (foreign.length > 0) {
      const message = `A browser cannot send ${foreign.join(', ')} with a WebSocket: put what ${options.url} is to know into the address or the protocols`;
      options.onRefused(message);
      await writer.write(answer('501 Not Implemented', `${message}\n`));
    } else {
      await new Carrier(reader, writer, options).run(key);
    }
  } catch {
    // The program's end of the connection is gone, with whoever could be told.
  }
  // Cancelling the reading side closes the connection, behind what was written.
  await reader.cancel().catch(() => undefined); // Already broken.
}

class Carrier {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #options: OutboundWebSocketOptions;
  readonly #messages = new WebSocketReader({ maxMessageBytes, from: 'client' });
  #unread = 0;
  #closeReceived = false;
  /** The program broke the protocol, and was told. */
  #failed = false;

  constructor(
    reader: ReadableStreamDefaultReader<Uint8Array>,
    writer: WritableStreamDefaultWriter<Uint8Array>,
    options: OutboundWebSocketOptions,
  ) {
    this.#reader = reader;
    this.#writer = writer;
    this.#options = options;
  }

  async run(key: string): Promise<void> {
    const { url } = this.#options;
    const protocols = (valueOf(this.#options, 'sec-websocket-protocol') ?? '')
      .split(',')
      .map((name) => name.trim())
      .filter((name) => name !== '');
    let socket: WebSocket;
    try {
      socket = this.#options.open?.(url, protocols) ?? new WebSocket(url, protocols);
    } catch (error) {
      // The page is secure and the address is not, or a protocol has no such name.
      await this.#writer.write(answer('502 Bad Gateway', `The page's browser opens no WebSocket to ${url}: ${String(error)}\n`));
      return;
    }
    socket.binaryType = 'arraybuffer';
    let opened = false;
    const closed = new Promise<CloseEvent>((resolve) => socket.addEventListener('close', resolve));
    socket.addEventListener('open', () => {
      opened = true;
      this.#write(handshake(key, socket.protocol), socket);
    });
    socket.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) => {
      const isText = typeof data === 'string';
      const payload = isText ? new TextEncoder().encode(data) : new Uint8Array(data);
      this.#write(encodeFrame(isText ? opcodes.text : opcodes.binary, payload, undefined), socket);
    });
    const heard = this.#listen(socket);
    const { code, reason } = await closed;
    if (!opened) {
      await this.#writer.write(answer('502 Bad Gateway', `The page's browser could not open a WebSocket to ${url}\n`));
      return;
    }
    // A connection that broke has no last word.
    if (code === 1006 || code === 1015 || this.#failed) return;
    await this.#writer.write(encodeClose(code === 1005 ? null : code, reason, undefined));
    // The program answers, unless it spoke first, and waits for the connection's end.
    if (!this.#closeReceived) await heard;
  }

  #write(bytes: Uint8Array, socket: WebSocket): void {
    this.#unread += bytes.length;
    this.#writer.write(bytes).then(
      () => (this.#unread -= bytes.length),
      () => socket.close(),
    );
    if (this.#unread > maxMessageBytes) socket.close();
  }

  /** Hands on what the program sends, until it closes its side. */
  async #listen(socket: WebSocket): Promise<void> {
    try {
      for (;;) {
        const { done, value } = await this.#reader.read();
        if (done) break;
        for (const event of this.#messages.push(value)) {
          switch (event.kind) {
            case 'message':
              if (socket.readyState === WebSocket.OPEN) socket.send(event.data);
              break;
            // The browser has its own pings with the host, and shows nobody those of either side.
            case 'ping':
              this.#write(encodeFrame(opcodes.pong, event.payload, undefined), socket);
              break;
            case 'pong':
              break;
            case 'close':
              this.#closeReceived = true;
              close(socket, event.code, event.reason);
              return;
          }
        }
        while (socket.readyState === WebSocket.OPEN && socket.bufferedAmount > maxUnsentBytes) {
          await new Promise((resolve) => setTimeout(resolve, unsentPollMs));
        }
      }
    } catch (error) {
      if (error instanceof WebSocketProtocolError) {
        this.#failed = true;
        this.#write(encodeClose(error.closeCode, error.message, undefined), socket);
      }
    }
    socket.close();
  }
}

/** Browsers close with 1000 and codes of applications alone; others are left out. */
function close(socket: WebSocket, code: number, reason: string): void {
  if (code === 1000 || code >= 3000) socket.close(code, reason);
  else socket.close();
}

function valueOf({ headers }: OutboundWebSocketOptions, name: string): string | undefined {
  const values = headers.filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
  return values.length === 0 ? undefined : values.join(', ');
}

function handshake(key: string, protocol: string): Uint8Array {
  const digest = sha1(new TextEncoder().encode(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`));
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${btoa(String.fromCharCode(...digest))}`,
    ...(protocol === '' ? [] : [`Sec-WebSocket-Protocol: ${protocol}`]),
  ];
  return new TextEncoder().encode(`${lines.join('\r\n')}\r\n\r\n`);
}

function answer(status: string, text: string): Uint8Array {
  const { length } = new TextEncoder().encode(text);
  return new TextEncoder().encode(
    `HTTP/1.1 ${status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${text}`,
  );
}
