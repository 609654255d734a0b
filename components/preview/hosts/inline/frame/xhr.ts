/** `XMLHttpRequest` over the bridge's `fetch`. */
import { addHandlers } from '../../document/handlers.ts';
import { requestHeaders } from './fetch.ts';
import { isServerUrl, type PageLocation } from './page-location.ts';
import type { Bridge, BridgeResponse } from '../../document/bridge.ts';

const eventNames = ['loadstart', 'progress', 'abort', 'error', 'load', 'timeout', 'loadend'] as const;
class UploadTarget extends EventTarget {}
addHandlers(UploadTarget.prototype, eventNames);

const forbiddenMethods = new Set(['CONNECT', 'TRACE', 'TRACK']);
const forbiddenHeaders =
  /^(?:accept-charset|accept-encoding|access-control-request-.*|connection|content-length|cookie|date|dnt|expect|host|keep-alive|origin|referer|te|trailer|transfer-encoding|upgrade|via|proxy-.*|sec-.*)$/i;

export function installXhr(bridge: Bridge, location: PageLocation, fetchBridged: typeof fetch): void {
  class BridgedXMLHttpRequest extends EventTarget {
    static readonly UNSENT = 0;
    static readonly OPENED = 1;
    static readonly HEADERS_RECEIVED = 2;
    static readonly LOADING = 3;
    static readonly DONE = 4;
    readonly UNSENT = 0;
    readonly OPENED = 1;
    readonly HEADERS_RECEIVED = 2;
    readonly LOADING = 3;
    readonly DONE = 4;
    readonly upload = new UploadTarget();
    withCredentials = false;
    timeout = 0;
    #responseType: XMLHttpRequestResponseType = '';
    #readyState = 0;
    #method = 'GET';
    #url: URL | undefined;
    #headers = new Headers();
    #status = 0;
    #statusText = '';
    #responseUrl = '';
    #responseHeaders: readonly (readonly [string, string])[] = [];
    #mime: string | undefined;
    #bytes = new Uint8Array(0);
    #response: unknown;
    #sending: AbortController | undefined;

    get readyState(): number {
      return this.#readyState;
    }
    get status(): number {
      return this.#status;
    }
    get statusText(): string {
      return this.#statusText;
    }
    get responseURL(): string {
      return this.#responseUrl.split('#', 1)[0]!;
    }
    get responseType(): XMLHttpRequestResponseType {
      return this.#responseType;
    }
    set responseType(type: XMLHttpRequestResponseType) {
      if (this.#readyState >= 3) throw new DOMException('The response is already loading', 'InvalidStateError');
      if (['', 'arraybuffer', 'blob', 'document', 'json', 'text'].includes(type)) this.#responseType = type;
    }
    get responseText(): string {
      if (this.#responseType !== '' && this.#responseType !== 'text')
        throw new DOMException(`The response is of type "${this.#responseType}"`, 'InvalidStateError');
      return this.#readyState < 3 ? '' : this.#text();
    }
    get responseXML(): Document | null {
      if (this.#responseType !== '' && this.#responseType !== 'document')
        throw new DOMException(`The response is of type "${this.#responseType}"`, 'InvalidStateError');
      return this.#readyState === 4 ? this.#document() : null;
    }
    get response(): unknown {
      if (this.#responseType === '' || this.#responseType === 'text') return this.#readyState < 3 ? '' : this.#text();
      if (this.#readyState !== 4) return null;
      this.#response ??= this.#convert();
      return this.#response;
    }

    open(method: string, url: string | URL, async = true, user?: string | null, password?: string | null): void {
      if (!/^[!#$%&'*+.^_`|~0-9a-z-]+$/i.test(method)) throw new DOMException(`"${method}" is no method`, 'SyntaxError');
      if (forbiddenMethods.has(method.toUpperCase())) throw new DOMException(`"${method}" is not allowed`, 'SecurityError');
      const target = location.resolve(String(url));
      if (target === undefined) throw new DOMException(`"${String(url)}" is no URL`, 'SyntaxError');
      if (!async) {
        throw new DOMException(
          'Cannot open a synchronous XMLHttpRequest: an inline preview cannot block; make it asynchronous, or use the preview host "origin"',
          'InvalidAccessError',
        );
      }
      this.#sending?.abort();
      this.#sending = undefined;
      this.#method = /^(?:get|head|post|put|delete|options)$/i.test(method) ? method.toUpperCase() : method;
      this.#url = target;
      this.#headers = new Headers();
      if (typeof user === 'string' || typeof password === 'string')
        this.#headers.set('Authorization', `Basic ${btoa(`${user ?? ''}:${password ?? ''}`)}`);
      this.#reset();
      this.#setReadyState(1);
    }

    setRequestHeader(name: string, value: string): void {
      if (this.#readyState !== 1 || this.#sending !== undefined) throw new DOMException('The request is not open', 'InvalidStateError');
      if (!forbiddenHeaders.test(name)) this.#headers.append(name, value);
    }

    getResponseHeader(name: string): string | null {
      const values = this.#responseHeaders.filter(([one]) => one.toLowerCase() === name.toLowerCase()).map(([, value]) => value);
      return values.length === 0 ? null : values.join(', ');
    }

    getAllResponseHeaders(): string {
      const names = [...new Set(this.#responseHeaders.map(([name]) => name.toLowerCase()))].sort();
      return names.map((name) => `${name}: ${this.getResponseHeader(name)}\r\n`).join('');
    }

    overrideMimeType(mime: string): void {
      if (this.#readyState >= 3) throw new DOMException('The response is already loading', 'InvalidStateError');
      this.#mime = mime;
    }

    send(body?: Document | XMLHttpRequestBodyInit | null): void {
      if (this.#readyState !== 1 || this.#sending !== undefined || this.#url === undefined)
        throw new DOMException('The request is not open', 'InvalidStateError');
      this.#sending = new AbortController();
      const content = body instanceof Document ? new XMLSerializer().serializeToString(body) : (body ?? null);
      void this.#run(this.#sending, content, this.#url);
    }

    abort(): void {
      const sending = this.#sending;
      this.#sending = undefined;
      sending?.abort();
      if (sending !== undefined && this.#readyState !== 4) this.#fail('abort');
      if (this.#readyState === 4) this.#readyState = 0;
    }

    async #run(sending: AbortController, body: XMLHttpRequestBodyInit | null, url: URL): Promise<void> {
      const isCurrent = () => this.#sending === sending;
      const timer =
        this.timeout > 0
          ? setTimeout(() => {
              if (!isCurrent()) return;
              this.#sending = undefined;
              sending.abort();
              this.#fail('timeout');
            }, this.timeout)
          : undefined;
      try {
        this.#progress(this, 'loadstart', 0, 0);
        const method = this.#method;
        const bodiless = method === 'GET' || method === 'HEAD';
        const request = new Request(url, { method, headers: this.#headers, body: bodiless ? null : body });
        const sent = bodiless || body === null ? null : new Uint8Array(await request.arrayBuffer());
        if (!isCurrent()) return;
        if (sent !== null) this.#progress(this.upload, 'loadstart', 0, sent.length);
        const answer = await this.#ask(url, request, sent, sending.signal);
        if (!isCurrent()) return;
        if (sent !== null) for (const name of ['progress', 'load', 'loadend']) this.#progress(this.upload, name, sent.length, sent.length);
        this.#status = answer.status;
        this.#statusText = answer.statusText;
        this.#responseUrl = answer.url;
        this.#responseHeaders = answer.headers;
        this.#setReadyState(2);
        await this.#receive(answer, isCurrent, sending.signal);
        if (!isCurrent()) return;
        this.#sending = undefined;
        this.#setReadyState(4);
        this.#progress(this, 'load', this.#bytes.length, this.#total());
        this.#progress(this, 'loadend', this.#bytes.length, this.#total());
      } catch {
        if (!isCurrent()) return;
        this.#sending = undefined;
        this.#fail('error');
      } finally {
        clearTimeout(timer);
      }
    }

    async #ask(
      url: URL,
      request: Request,
      body: Uint8Array | null,
      signal: AbortSignal,
    ): Promise<Pick<BridgeResponse, 'url' | 'status' | 'statusText' | 'headers' | 'stream'>> {
      if (!isServerUrl(url)) {
        const response = await fetchBridged(new Request(request, body === null ? { signal } : { body: body as BodyInit, signal }));
        return {
          url: response.url,
          status: response.status,
          statusText: response.statusText,
          headers: [...response.headers],
          stream: () => response.body ?? new Blob([]).stream(),
        };
      }
      const cookies = this.withCredentials || url.origin === location.url.origin;
      const headers = requestHeaders(request.headers, url, request.method, location.url);
      return bridge.request({ method: request.method, url: url.href, headers, body, redirect: 'follow', cookies }, signal);
    }

    async #receive(answer: Pick<BridgeResponse, 'stream'>, isCurrent: () => boolean, signal: AbortSignal): Promise<void> {
      const parts: Uint8Array[] = [];
      const reader = answer.stream(signal).getReader();
      let length = 0;
      for (;;) {
        const { done, value } = await reader.read();
        if (!isCurrent() || done) break;
        parts.push(value);
        length += value.length;
        if (this.#responseType === '' || this.#responseType === 'text') this.#join(parts.splice(0), length);
        this.#setReadyState(3);
        this.#progress(this, 'progress', length, this.#total());
      }
      if (parts.length > 0) this.#join(parts, length);
    }

    #join(parts: readonly Uint8Array[], length: number): void {
      const joined = new Uint8Array(length);
      joined.set(this.#bytes);
      let at = this.#bytes.length;
      for (const part of parts) {
        joined.set(part, at);
        at += part.length;
      }
      this.#bytes = joined;
    }

    #total(): number {
      return Number(this.getResponseHeader('content-encoding') === null ? (this.getResponseHeader('content-length') ?? 0) : 0);
    }

    #reset(): void {
      this.#status = 0;
      this.#statusText = '';
      this.#responseUrl = '';
      this.#responseHeaders = [];
      this.#bytes = new Uint8Array(0);
      this.#response = undefined;
    }

    #fail(name: 'abort' | 'error' | 'timeout'): void {
      this.#reset();
      this.#setReadyState(4);
      this.#progress(this, name, 0, 0);
      this.#progress(this, 'loadend', 0, 0);
    }

    #setReadyState(state: number): void {
      this.#readyState = state;
      this.dispatchEvent(new Event('readystatechange'));
    }

    #progress(target: EventTarget, name: string, loaded: number, total: number): void {
      target.dispatchEvent(new ProgressEvent(name, { lengthComputable: total > 0, loaded, total }));
    }

    #type(): string {
      return this.#mime ?? this.getResponseHeader('content-type') ?? '';
    }

    #text(): string {
      const charset = /charset="?([^;"]+)/i.exec(this.#type())?.[1] ?? 'utf-8';
      let decoder: TextDecoder;
      try {
        decoder = new TextDecoder(charset);
      } catch {
        decoder = new TextDecoder();
      }
      return decoder.decode(this.#bytes);
    }

    #document(): Document | null {
      const type = this.#type().split(';', 1)[0]!.trim().toLowerCase() || 'text/xml';
      if (this.#bytes.length === 0) return null;
      if (type === 'text/html')
        return this.#responseType === 'document' ? new DOMParser().parseFromString(this.#text(), 'text/html') : null;
      if (!/^(?:text\/xml|application\/xml|.*\+xml)$/.test(type)) return null;
      const parsed = new DOMParser().parseFromString(this.#text(), 'application/xml');
      return parsed.getElementsByTagName('parsererror').length > 0 ? null : parsed;
    }

    #convert(): unknown {
      switch (this.#responseType) {
        case 'arraybuffer':
          return this.#bytes.slice().buffer;
        case 'blob':
          return new Blob([this.#bytes], { type: this.#type() });
        case 'document':
          return this.#document();
        case 'json':
          try {
            return JSON.parse(new TextDecoder().decode(this.#bytes)) as unknown;
          } catch {
            return null;
          }
        default:
          return this.#text();
      }
    }
  }
  addHandlers(BridgedXMLHttpRequest.prototype, [...eventNames, 'readystatechange']);
  Object.defineProperty(BridgedXMLHttpRequest, 'name', { value: 'XMLHttpRequest' });
  Object.defineProperty(window, 'XMLHttpRequest', { value: BridgedXMLHttpRequest, configurable: true, writable: true });
}
