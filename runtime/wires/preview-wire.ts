/**
 * What a previewed document, or the service worker that serves it, says to the page, and back.
 *
 * The page is the server: it owns cookies, storage, history and the sockets. The other side is a stranger's code: its
 * connection is its only capability, and every message is checked by `preview-guard.ts` before it is used.
 */

/** Raised whenever a message changes shape. Both sides send it in their hello and refuse a stranger. */
export const PREVIEW_WIRE_VERSION = 3;

export type HeaderRow = readonly [name: string, value: string];

export interface WireRequest {
  readonly method: string;
  /** Absolute, of a port of the container: `http://localhost:3000/a`. */
  readonly url: string;
  readonly headers: readonly HeaderRow[];
  readonly body: Uint8Array | null;
  /** `follow`: the page follows redirects within the container by the Fetch standard's rules for methods. */
  readonly redirect: 'follow' | 'manual' | 'error';
  /** Whether cookies are sent and kept. */
  readonly cookies: boolean;
  /** `whole`: the answer's `start` is all of the body. */
  readonly whole: boolean;
}

export interface WireResponse {
  /** After redirects. */
  readonly url: string;
  readonly redirected: boolean;
  readonly status: number;
  readonly statusText: string;
  /** Without `Set-Cookie`. */
  readonly headers: readonly HeaderRow[];
  /** The body's first bytes. */
  readonly start: Uint8Array;
  /** What `read` is given for the rest; null if `start` was all. */
  readonly body: number | null;
}

export type StorageArea = 'local' | 'session';

/** What `setPreviewScript` set: the first script of every document. */
export interface WireScript {
  /** As it may stand in markup, between `<script>` and `</script>`. */
  readonly text: string;
  /** The empty string for a classic script. */
  readonly type: '' | 'module' | 'importmap';
  readonly async: boolean;
  readonly defer: boolean;
}

/** What a document is made from. */
export interface WireDocument {
  readonly url: string;
  readonly referrer: string;
  /** Decoded. */
  readonly html: string;
  /** As `document.cookie` reads. */
  readonly cookies: string;
  readonly localStorage: readonly HeaderRow[];
  readonly sessionStorage: readonly HeaderRow[];
  readonly history: { readonly length: number; readonly state: unknown };
  readonly script: WireScript | null;
  /** Hosts of the real network it may reach. */
  readonly allowHosts: readonly string[];
}

/** Scripts of ours that a document loads only if it needs them. */
export type PreviewPart = 'modules' | 'source';

/** What the page does for the other side. */
export interface PreviewOps {
  /** The first call. Fails with `ERR_BV_WIRE_VERSION`. */
  hello: { args: { readonly version: number }; result: { readonly document: WireDocument | null } };
  /** Fails with `ERR_BV_PORT_CLOSED` if nothing listens, `ERR_BV_UNSUPPORTED` for a URL outside of the container. */
  request: { args: WireRequest; result: WireResponse };
  /** The next bytes of a body; empty at its end. */
  read: { args: { readonly body: number }; result: { readonly bytes: Uint8Array } };
  /** Opens a WebSocket: resolves after the server's handshake. The caller chooses `socket`, unused before. */
  openSocket: {
    args: { readonly socket: number; readonly url: string; readonly protocols: readonly string[]; readonly origin: string };
    result: { readonly protocol: string };
  };
  /** For a service worker, which makes documents itself. */
  script: { args: Record<never, never>; result: { readonly script: WireScript | null } };
  /** The text of a part. */
  part: { args: { readonly name: PreviewPart }; result: { readonly text: string } };
}

/** What is done to the first element of a selector, as a reader would. */
export type WireAction =
  { readonly kind: 'click'; readonly selector: string } | { readonly kind: 'fill'; readonly selector: string; readonly text: string };

export interface WireQuestion {
  readonly selector: string;
  /** Its value is asked for, too. */
  readonly attribute: string | null;
  /** Done first, in order. */
  readonly actions: readonly WireAction[];
}

export interface WireAnswer {
  /** Elements that match. */
  readonly count: number;
  /** Of the first one: whether it is shown, its text or its value, and the attribute's. */
  readonly visible: boolean;
  readonly text: string;
  readonly attribute: string | null;
  /** The selector of an action that no element matches: neither it nor those after it were done. */
  readonly missing: string | null;
}

/** What a document does for the page. */
export interface DocumentOps {
  /** Fails with `ERR_BV_INVALID_ARGUMENT` for what is no selector. */
  query: { args: WireQuestion; result: WireAnswer };
}

/** Where a document wants to go. */
export interface WireNavigation {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly contentType: string;
  readonly body: Uint8Array | null;
  readonly replace: boolean;
  /** A file name to save under, the empty string for the server's choice; null shows what comes. */
  readonly download: string | null;
}

export interface WireConsole {
  readonly level: 'debug' | 'log' | 'info' | 'warn' | 'error';
  readonly args: readonly unknown[];
  /** The same with their parts, where one of them has parts. */
  readonly values?: readonly WireValue[];
}

/** A value of a console: plain ones as they are, others described, with their first parts and how many were left out. */
export type WireValue =
  | string
  | number
  | boolean
  | null
  | { readonly text: string; readonly parts?: readonly (readonly [name: string, value: WireValue])[]; readonly more?: number };

export interface WireFault {
  readonly fault: 'exception' | 'rejection';
  readonly name: string;
  readonly message: string;
  readonly stack: string;
}

/** What nobody replies to, from the document. */
export type DocumentNotice =
  | { readonly kind: 'closeBody'; readonly body: number }
  | { readonly kind: 'socketSend'; readonly socket: number; readonly data: string | Uint8Array }
  | { readonly kind: 'socketClose'; readonly socket: number; readonly code: number | null; readonly reason: string }
  | { readonly kind: 'setCookie'; readonly text: string }
  /** A null key clears the area, a null value removes the key. */
  | { readonly kind: 'setStorage'; readonly area: StorageArea; readonly key: string | null; readonly value: string | null }
  | ({ readonly kind: 'navigate' } & WireNavigation)
  /** The document changed its own URL, without being loaded. */
  | { readonly kind: 'history'; readonly action: 'push' | 'replace'; readonly url: string; readonly state: unknown }
  | { readonly kind: 'traverse'; readonly delta: number }
  /** The frame's document goes away, whoever asked for that. */
  | { readonly kind: 'unloading' }
  | { readonly kind: 'title'; readonly title: string }
  | { readonly kind: 'loaded'; readonly url: string; readonly title: string }
  | ({ readonly kind: 'console' } & WireConsole)
  | ({ readonly kind: 'fault' } & WireFault);

/** What nobody replies to, from the page. */
export type PageNotice =
  | { readonly kind: 'cookies'; readonly text: string }
  | {
      readonly kind: 'storage';
      readonly key: string | null;
      readonly oldValue: string | null;
      readonly value: string | null;
      readonly url: string;
    }
  | { readonly kind: 'popState'; readonly url: string; readonly state: unknown; readonly length: number }
  | { readonly kind: 'socketMessage'; readonly socket: number; readonly data: string | Uint8Array }
  /** So many bytes of what the document sent are on their way. */
  | { readonly kind: 'socketSent'; readonly socket: number; readonly bytes: number }
  | { readonly kind: 'socketClosed'; readonly socket: number; readonly code: number; readonly reason: string; readonly clean: boolean }
  /** The last message: what is pending will not be answered. A port does not tell everywhere that its other end is gone. */
  | { readonly kind: 'bye' };
