/** `EventSource` over the bridge: the HTML standard's parsing and reconnection. */
import type { Bridge } from '../../document/bridge.ts';
import { addHandlers } from '../../document/handlers.ts';
import { requestHeaders } from './fetch.ts';
import { isServerUrl, type PageLocation } from './page-location.ts';

const defaultRetryMs = 3000;

export function installEventSource(bridge: Bridge, location: PageLocation): void {
  const Native = window.EventSource;

  class BridgedEventSource extends EventTarget {
    static readonly CONNECTING = 0;
    static readonly OPEN = 1;
    static readonly CLOSED = 2;
    readonly CONNECTING = 0;
    readonly OPEN = 1;
    readonly CLOSED = 2;
    readonly url: string;
    readonly withCredentials: boolean;
    #readyState = 0;
    #retryMs = defaultRetryMs;
    #lastEventId = '';
    readonly #closing = new AbortController();

    constructor(url: URL, withCredentials: boolean) {
      super();
      this.url = url.href;
      this.withCredentials = withCredentials;
      void this.#run(url);
    }

    get readyState(): number {
      return this.#readyState;
    }

    close(): void {
      this.#readyState = 2;
      this.#closing.abort();
    }

    async #run(url: URL): Promise<void> {
      while (this.#readyState !== 2) {
        let fatal = false;
        try {
          fatal = await this.#connect(url);
        } catch {
          // The server went away: tried again, as a browser does.
        }
        if (this.#closing.signal.aborted) return;
        this.#readyState = fatal ? 2 : 0;
        this.dispatchEvent(new Event('error'));
        if (fatal) return;
        await new Promise((resolve) => setTimeout(resolve, this.#retryMs));
      }
    }

    /** Reads one connection to its end; true if there must be no other. */
    async #connect(url: URL): Promise<boolean> {
      const { signal } = this.#closing;
      const headers = new Headers({ Accept: 'text/event-stream', 'Cache-Control': 'no-store' });
      if (this.#lastEventId !== '') headers.set('Last-Event-ID', this.#lastEventId);
      const cookies = this.withCredentials || url.origin === location.url.origin;
      const rows = requestHeaders(headers, url, 'GET', location.url);
      const answer = await bridge.request({ method: 'GET', url: url.href, headers: rows, body: null, redirect: 'follow', cookies }, signal);
      const type = answer.headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? '';
      if (answer.status !== 200 || !/^text\/event-stream\s*(?:;|$)/i.test(type)) {
        answer.cancel();
        return true;
      }
      if (signal.aborted) return true;
      this.#readyState = 1;
      this.dispatchEvent(new Event('open'));
      const reader = answer
        .stream(signal)
        .pipeThrough(new TextDecoderStream() as ReadableWritablePair<string, Uint8Array<ArrayBuffer>>)
        .getReader();
      const parser = new EventStreamParser(
        (event) => {
          this.#lastEventId = event.id;
          if (this.#readyState === 1)
            this.dispatchEvent(
              new MessageEvent(event.type, { data: event.data, lastEventId: event.id, origin: new URL(answer.url).origin }),
            );
        },
        (retryMs) => {
          this.#retryMs = retryMs;
        },
        this.#lastEventId,
      );
      for (;;) {
        const { done, value } = await reader.read();
        if (done) return false;
        parser.push(value);
      }
    }
  }
  addHandlers(BridgedEventSource.prototype, ['open', 'message', 'error']);
  Object.defineProperty(BridgedEventSource, 'name', { value: 'EventSource' });

  const proxy = new Proxy(BridgedEventSource, {
    construct: (_, [address, init]: [string | URL, EventSourceInit | undefined]) => {
      const url = location.resolve(String(address));
      if (url === undefined) throw new DOMException(`"${String(address)}" is no URL`, 'SyntaxError');
      return isServerUrl(url) ? new BridgedEventSource(url, init?.withCredentials === true) : new Native(url, init);
    },
  });
  Object.defineProperty(BridgedEventSource.prototype, 'constructor', { value: proxy, configurable: true, writable: true });
  Object.defineProperty(window, 'EventSource', { value: proxy, configurable: true, writable: true });
}

/** Lines of `text/event-stream`, cut anywhere. */
class EventStreamParser {
  readonly #onEvent: (event: { readonly type: string; readonly data: string; readonly id: string }) => void;
  readonly #onRetry: (retryMs: number) => void;
  #held = '';
  #type = '';
  #data = '';
  #id: string;

  constructor(
    onEvent: (event: { readonly type: string; readonly data: string; readonly id: string }) => void,
    onRetry: (retryMs: number) => void,
    lastId = '',
  ) {
    this.#onEvent = onEvent;
    this.#onRetry = onRetry;
    this.#id = lastId;
  }

  push(text: string): void {
    this.#held += text;
    for (;;) {
      const end = /\r\n|\n|\r(?!$)/.exec(this.#held);
      if (end === null) return;
      const line = this.#held.slice(0, end.index);
      this.#held = this.#held.slice(end.index + end[0].length);
      this.#line(line);
    }
  }

  #line(line: string): void {
    if (line === '') {
      if (this.#data !== '') this.#onEvent({ type: this.#type || 'message', data: this.#data.slice(0, -1), id: this.#id });
      this.#type = '';
      this.#data = '';
      return;
    }
    const colon = line.indexOf(':');
    if (colon === 0) return;
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') this.#type = value;
    else if (field === 'data') this.#data += `${value}\n`;
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    else if (field === 'retry' && /^\d+$/.test(value)) this.#onRetry(Number(value));
  }
}
