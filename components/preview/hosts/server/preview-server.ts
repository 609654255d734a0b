/** The page's end of a preview's connection: answers its calls, owns what they opened, and checks all that it says. */
import { BvError, type Container } from '../../../../runtime/index.ts';
import { Transferring, Peer, type HandlersOf, type PortLike } from '../../../../runtime/wires/rpc.ts';
import {
  PREVIEW_WIRE_VERSION,
  type DocumentNotice,
  type DocumentOps,
  type PageNotice,
  type PreviewOps,
  type PreviewPart,
  type WireAnswer,
  type WireConsole,
  type WireDocument,
  type WireFault,
  type WireNavigation,
  type WireQuestion,
  type WireRequest,
  type WireResponse,
} from '../../../../runtime/wires/preview-wire.ts';
import * as guard from './guard.ts';
import { requestServer, type ClientResponse } from './http-client.ts';
import { previewScript } from './preview-script.ts';
import type { PreviewState } from './preview-state.ts';
import { WebSocketClient } from './websocket-client.ts';

/** What the host of a connection adds to it. */
export interface PreviewServerEvents {
  /** What the connection is for; null for a service worker, which serves documents itself. */
  document(): WireDocument | null;
  part(name: PreviewPart): Promise<string>;
  onNavigate(navigation: WireNavigation): void;
  onHistory(action: 'push' | 'replace', url: string, state: unknown): void;
  onTraverse(delta: number): void;
  onUnloading(): void;
  onTitle(title: string): void;
  onLoaded(url: string, title: string): void;
  onConsole(message: WireConsole): void;
  onFault(fault: WireFault): void;
  /** The other side broke the wire's rules, or speaks another version; the connection is over. */
  onBroken(error: Error): void;
}

export interface PreviewServerOptions {
  readonly container: Container;
  readonly state: PreviewState;
  /** The previewed document's URL at the time, for cookies and events of storage. */
  readonly url: () => URL;
  /** Entries of an origin's `sessionStorage`. */
  readonly session: (origin: string) => Map<string, string>;
  readonly events: PreviewServerEvents;
}

/** Sockets and bodies open at once on one connection. */
const maxOpen = 1000;
const levels = ['debug', 'log', 'info', 'warn', 'error'] as const;
const startBytes = 65_536;

export class PreviewServer {
  readonly #options: PreviewServerOptions;
  readonly #peer: Peer<DocumentOps, PreviewOps, PageNotice, DocumentNotice>;
  readonly #bodies = new Map<number, ReadableStreamDefaultReader<Uint8Array>>();
  readonly #sockets = new Map<number, WebSocketClient | null>();
  readonly #disposers: (() => void)[];
  #nextBody = 1;
  #greeted = false;

  constructor(port: PortLike, options: PreviewServerOptions) {
    this.#options = options;
    const { state } = options;
    this.#disposers = [
      state.onCookies(() => this.notify({ kind: 'cookies', text: state.cookies.visible(options.url()) })),
      state.onStorage((change, by) => {
        if (by === this || change.origin !== options.url().origin) return;
        this.notify({ kind: 'storage', key: change.key, oldValue: change.oldValue, value: change.value, url: change.url });
      }),
    ];
    this.#peer = new Peer(port, {
      handlers: this.#handlers(),
      onNotice: (notice) => this.#onNotice(notice),
      onBadMessage: (error) => {
        this.dispose();
        options.events.onBroken(error);
      },
    });
  }

  notify(notice: PageNotice): void {
    if (this.#greeted) this.#peer.notify(notice);
  }

  /**
   * Asks the document. A malformed answer ends the connection.
   *
   * @throws {BvError} `ERR_BV_INVALID_ARGUMENT` for what is no selector, `ERR_BV_PEER_GONE` if the document goes away,
   *   `ERR_BV_BAD_MESSAGE`.
   */
  async query(question: WireQuestion, signal: AbortSignal | undefined): Promise<WireAnswer> {
    const answer = await this.#peer.call('query', question, { signal });
    try {
      return guard.answer(answer);
    } catch (error) {
      this.dispose();
      this.#options.events.onBroken(error as Error);
      throw error;
    }
  }

  dispose(): void {
    for (const dispose of this.#disposers.splice(0)) dispose();
    this.notify({ kind: 'bye' });
    this.#peer.close();
    for (const reader of this.#bodies.values()) void reader.cancel().catch(() => undefined); // Its server went away first.
    this.#bodies.clear();
    for (const socket of this.#sockets.values()) socket?.destroy();
    this.#sockets.clear();
  }

  #handlers(): HandlersOf<PreviewOps> {
    return {
      hello: ({ version }) => {
        if (version !== PREVIEW_WIRE_VERSION) {
          const error = new BvError(
            'ERR_BV_WIRE_VERSION',
            `The preview speaks version ${String(version).slice(0, 20)} of its wire, the page ${PREVIEW_WIRE_VERSION}`,
          );
          this.#options.events.onBroken(error);
          throw error;
        }
        this.#greeted = true;
        return { document: this.#options.events.document() };
      },
      request: async (args, context) => {
        const cancelled = new AbortController();
        context.onCancel(() => cancelled.abort());
        return this.#request(args, cancelled.signal);
      },
      read: async ({ body }) => {
        const reader = this.#bodies.get(guard.integer(body, 'body'));
        if (reader === undefined) return { bytes: new Uint8Array(0) };
        const { done, value } = await reader.read();
        if (done) this.#bodies.delete(body);
        const bytes = done ? new Uint8Array(0) : value;
        return new Transferring({ bytes }, [bytes.buffer]) as never;
      },
      openSocket: (args) => this.#openSocket(args),
      script: () => ({ script: previewScript(this.#options.container) }),
      part: async ({ name }) => ({ text: await this.#options.events.part(guard.oneOf(name, 'part', ['modules', 'source'])) }),
    };
  }

  async #request(args: WireRequest, signal: AbortSignal): Promise<WireResponse> {
    const url = guard.text(args.url, 'URL', 4 * 1024 * 1024);
    if (!URL.canParse(url))
      throw new BvError('ERR_BV_UNSUPPORTED', `Cannot load ${JSON.stringify(url.slice(0, 200))}: it is no absolute URL`);
    const answer = await requestServer(this.#options.container, this.#options.state.cookies, {
      method: guard.text(args.method, 'method', 50),
      url: new URL(url),
      headers: guard.headers(args.headers),
      body: guard.bytesOrNull(args.body, 'body'),
      redirect: guard.oneOf(args.redirect, 'redirect mode', ['follow', 'manual', 'error']),
      cookies: guard.boolean(args.cookies, 'cookies'),
      signal,
    });
    const result = await this.#answer(answer, guard.boolean(args.whole, 'whole'));
    return new Transferring(result, [result.start.buffer]) as never;
  }

  async #answer({ response, url, redirected, headers }: ClientResponse, whole: boolean): Promise<WireResponse> {
    const head = { url: url.href, redirected, status: response.status, statusText: response.statusText, headers };
    if (whole || response.body === null) return { ...head, start: new Uint8Array(await response.arrayBuffer()), body: null };
    // The first bytes travel with the head if the body is known to be short: most answers then take one message.
    const length = Number(response.headers.get('content-length') ?? NaN);
    if (length <= startBytes) return { ...head, start: new Uint8Array(await response.arrayBuffer()), body: null };
    if (this.#bodies.size >= maxOpen) {
      await response.body.cancel();
      throw new BvError('ERR_BV_LIMIT', `Cannot open more than ${maxOpen} answers at once in a preview`);
    }
    const body = this.#nextBody++;
    this.#bodies.set(body, response.body.getReader());
    return { ...head, start: new Uint8Array(0), body };
  }

  async #openSocket(args: PreviewOps['openSocket']['args']): Promise<{ protocol: string }> {
    const socket = guard.integer(args.socket, 'socket');
    const url = guard.text(args.url, 'URL');
    const protocols = guard.texts(args.protocols, 'protocols', 50);
    const origin = guard.text(args.origin, 'origin', 300);
    if (this.#sockets.has(socket) || !URL.canParse(url) || /[\r\n]/.test(origin + protocols.join(''))) {
      throw new BvError('ERR_BV_BAD_MESSAGE', 'A WebSocket that cannot be opened');
    }
    if (this.#sockets.size >= maxOpen)
      throw new BvError('ERR_BV_LIMIT', `Cannot open more than ${maxOpen} WebSockets at once in a preview`);
    const { cookies } = this.#options.state;
    const target = new URL(url);
    const cookieUrl = new URL(target.href.replace(/^ws/, 'http'));
    this.#sockets.set(socket, null);
    try {
      const client = await WebSocketClient.open(this.#options.container, {
        url: target,
        protocols,
        origin,
        cookie: cookies.header(cookieUrl),
        onSetCookie: (text) => void cookies.set(text, cookieUrl, { fromScript: false }),
        onMessage: (data) =>
          this.#peer.notify({ kind: 'socketMessage', socket, data }, typeof data === 'string' ? undefined : [data.buffer]),
        onSent: (bytes) => this.#peer.notify({ kind: 'socketSent', socket, bytes }),
        onClose: ({ code, reason, clean }) => {
          if (this.#sockets.delete(socket)) this.#peer.notify({ kind: 'socketClosed', socket, code, reason, clean });
        },
      });
      if (!this.#sockets.has(socket))
        client.destroy(); // Closed by the document meanwhile, or the connection is over.
      else this.#sockets.set(socket, client);
      return { protocol: client.protocol };
    } catch (error) {
      this.#sockets.delete(socket);
      throw error;
    }
  }

  /** Whatever it throws counts as a bad message. */
  #onNotice(notice: DocumentNotice): void {
    const { events, state } = this.#options;
    switch (notice.kind) {
      case 'closeBody': {
        const reader = this.#bodies.get(guard.integer(notice.body, 'body'));
        this.#bodies.delete(notice.body);
        void reader?.cancel().catch(() => undefined); // Its server went away first.
        return;
      }
      case 'socketSend': {
        const data =
          typeof notice.data === 'string' ? guard.text(notice.data, 'message', guard.maxBodyBytes) : guard.bytes(notice.data, 'message');
        this.#sockets.get(guard.integer(notice.socket, 'socket'))?.send(data);
        return;
      }
      case 'socketClose': {
        const socket = this.#sockets.get(guard.integer(notice.socket, 'socket'));
        if (socket === null) this.#sockets.delete(notice.socket);
        socket?.close(
          notice.code === null ? null : guard.integer(notice.code, 'close code') & 0xffff,
          guard.text(notice.reason, 'reason', 123),
        );
        return;
      }
      case 'setCookie':
        state.cookies.set(guard.text(notice.text, 'cookie'), this.#options.url(), { fromScript: true });
        return;
      case 'setStorage': {
        const kind = guard.oneOf(notice.area, 'storage area', ['local', 'session']);
        const key = notice.key === null ? null : guard.text(notice.key, 'key', guard.maxBodyBytes);
        const value = notice.value === null ? null : guard.text(notice.value, 'value', guard.maxBodyBytes);
        const { origin, href } = this.#options.url();
        const area = kind === 'local' ? state.local(origin) : this.#options.session(origin);
        const oldValue = key === null ? null : (area.get(key) ?? null);
        state.change(area, kind, { origin, key, oldValue, value, url: href }, this);
        return;
      }
      case 'navigate':
        events.onNavigate({
          url: guard.text(notice.url, 'URL', 4 * 1024 * 1024),
          method: guard.oneOf(notice.method, 'method', ['GET', 'POST']),
          contentType: guard.text(notice.contentType, 'content type', 500),
          body: guard.bytesOrNull(notice.body, 'body'),
          replace: guard.boolean(notice.replace, 'replace'),
          download: notice.download === null ? null : guard.text(notice.download, 'file name', 500),
        });
        return;
      case 'history':
        events.onHistory(
          guard.oneOf(notice.action, 'action', ['push', 'replace']),
          guard.text(notice.url, 'URL', 4 * 1024 * 1024),
          notice.state,
        );
        return;
      case 'traverse':
        events.onTraverse(guard.integer(notice.delta, 'delta'));
        return;
      case 'unloading':
        events.onUnloading();
        return;
      case 'title':
        events.onTitle(guard.text(notice.title, 'title').slice(0, 1000));
        return;
      case 'loaded':
        events.onLoaded(guard.text(notice.url, 'URL', 4 * 1024 * 1024), guard.text(notice.title, 'title').slice(0, 1000));
        return;
      case 'console': {
        const values = guard.consoleValues(notice.values);
        const said = { level: guard.oneOf(notice.level, 'level', levels), args: guard.consoleArgs(notice.args) };
        events.onConsole(values === undefined ? said : { ...said, values });
        return;
      }
      case 'fault':
        events.onFault({
          fault: guard.oneOf(notice.fault, 'fault', ['exception', 'rejection']),
          name: guard.text(notice.name, 'name').slice(0, 200),
          message: guard.text(notice.message, 'message'),
          stack: guard.text(notice.stack, 'stack'),
        });
        return;
      default:
        throw new BvError('ERR_BV_BAD_MESSAGE', 'a notice of no known kind');
    }
  }
}
