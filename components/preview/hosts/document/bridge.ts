/** The document's end of its connection to the page. */
import { Peer } from '../../../../runtime/wires/rpc.ts';
import {
  PREVIEW_WIRE_VERSION,
  type DocumentNotice,
  type DocumentOps,
  type PageNotice,
  type PreviewOps,
  type PreviewPart,
  type WireDocument,
  type WireRequest,
  type WireResponse,
} from '../../../../runtime/wires/preview-wire.ts';
import { answerTo } from './query.ts';

export interface SocketListener {
  onMessage(data: string | Uint8Array<ArrayBuffer>): void;
  onSent(bytes: number): void;
  onClosed(code: number, reason: string, clean: boolean): void;
}

export interface BridgeListener {
  onNotice(notice: PageNotice): void;
}

/** A response whose body has not been read. */
export interface BridgeResponse extends Omit<WireResponse, 'start' | 'body'> {
  /** May be called once. */
  stream(signal?: AbortSignal): ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Drops the body unread. */
  cancel(): void;
}

export interface WholeResponse extends Omit<WireResponse, 'start' | 'body'> {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** In lower case, without parameters. */
  readonly contentType: string;
}

export class Bridge {
  readonly #peer: Peer<PreviewOps, DocumentOps, DocumentNotice, PageNotice>;
  readonly #sockets = new Map<number, SocketListener>();
  #nextSocket = 1;
  listener: BridgeListener | undefined;

  constructor(port: MessagePort) {
    this.#peer = new Peer<PreviewOps, DocumentOps, DocumentNotice, PageNotice>(port, {
      handlers: { query: answerTo },
      onNotice: (notice) => this.#onNotice(notice),
    });
  }

  hello(): Promise<{ readonly document: WireDocument | null }> {
    return this.#peer.call('hello', { version: PREVIEW_WIRE_VERSION });
  }

  notify(notice: DocumentNotice): void {
    this.#peer.notify(notice);
  }

  async part(name: PreviewPart): Promise<string> {
    return (await this.#peer.call('part', { name })).text;
  }

  async request(request: Omit<WireRequest, 'whole'>, signal?: AbortSignal): Promise<BridgeResponse> {
    const { start, body, ...head } = await this.#peer.call('request', { ...request, whole: false }, { signal });
    return {
      ...head,
      stream: (bodySignal) => this.#stream(start as Uint8Array<ArrayBuffer>, body, bodySignal),
      cancel: () => {
        if (body !== null) this.notify({ kind: 'closeBody', body });
      },
    };
  }

  /** A whole resource by GET. A status that is no success is no error. */
  async load(url: string, accept = '*/*'): Promise<WholeResponse> {
    const { start, body, ...head } = await this.#peer.call('request', {
      method: 'GET',
      url,
      headers: [...ordinaryHeaders(), ['Accept', accept]],
      body: null,
      redirect: 'follow',
      cookies: true,
      whole: true,
    });
    const type = head.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
    return { ...head, bytes: start as Uint8Array<ArrayBuffer>, contentType: type.split(';', 1)[0]!.trim().toLowerCase() };
  }

  #stream(start: Uint8Array<ArrayBuffer>, body: number | null, signal: AbortSignal | undefined): ReadableStream<Uint8Array<ArrayBuffer>> {
    const close = () => {
      if (body !== null) this.notify({ kind: 'closeBody', body });
      body = null;
    };
    const source = {
      start: (controller: ReadableByteStreamController | ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
        if (start.length > 0) controller.enqueue(start);
        if (body === null) controller.close();
        signal?.addEventListener(
          'abort',
          () => {
            if (body === null) return;
            close();
            controller.error(signal.reason);
          },
          { once: true },
        );
      },
      pull: async (controller: ReadableByteStreamController | ReadableStreamDefaultController<Uint8Array<ArrayBuffer>>) => {
        if (body === null) return;
        const { bytes } = await this.#peer.call('read', { body });
        if (body === null) return; // Aborted meanwhile.
        if (bytes.length > 0) controller.enqueue(bytes as Uint8Array<ArrayBuffer>);
        else {
          body = null;
          controller.close();
          if ('byobRequest' in controller) controller.byobRequest?.respond(0);
        }
      },
      cancel: close,
    };
    // WebKit has no byte streams: there `getReader({ mode: 'byob' })` of a body fails, as for every body of its own.
    return typeof ReadableByteStreamController === 'undefined'
      ? new ReadableStream<Uint8Array<ArrayBuffer>>(source)
      : new ReadableStream({ type: 'bytes', ...source });
  }

  /** `listener` hears nothing before the handshake is done. */
  openSocket(
    options: { readonly url: string; readonly protocols: readonly string[]; readonly origin: string },
    listener: SocketListener,
  ): { readonly socket: number; readonly opened: Promise<{ readonly protocol: string }> } {
    const socket = this.#nextSocket++;
    this.#sockets.set(socket, listener);
    const opened = this.#peer.call('openSocket', { socket, ...options });
    opened.catch(() => this.#sockets.delete(socket));
    return { socket, opened };
  }

  #onNotice(notice: PageNotice): void {
    switch (notice.kind) {
      case 'socketMessage':
        this.#sockets.get(notice.socket)?.onMessage(notice.data as string | Uint8Array<ArrayBuffer>);
        return;
      case 'socketSent':
        this.#sockets.get(notice.socket)?.onSent(notice.bytes);
        return;
      case 'socketClosed': {
        const listener = this.#sockets.get(notice.socket);
        this.#sockets.delete(notice.socket);
        listener?.onClosed(notice.code, notice.reason, notice.clean);
        return;
      }
      case 'bye':
        this.#peer.close();
        return;
      default:
        this.listener?.onNotice(notice);
    }
  }
}

/** What a browser sends with every request. */
export function ordinaryHeaders(): (readonly [string, string])[] {
  return [
    ['User-Agent', navigator.userAgent],
    ['Accept-Language', navigator.languages.join(',') || 'en'],
  ];
}
