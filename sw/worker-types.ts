/** What this folder uses of a service worker's globals, which the DOM's declarations leave out. */

export interface WorkerClient {
  readonly id: string;
  readonly url: string;
  postMessage(message: unknown, transfer?: Transferable[]): void;
}

export interface WorkerClients {
  matchAll(options: { readonly type: 'window' | 'all'; readonly includeUncontrolled: boolean }): Promise<readonly WorkerClient[]>;
  claim(): Promise<void>;
}

export interface ExtendableEvent extends Event {
  waitUntil(work: Promise<unknown>): void;
}

export interface FetchEvent extends ExtendableEvent {
  readonly request: Request;
  readonly clientId: string;
  readonly resultingClientId: string;
  respondWith(response: Promise<Response>): void;
}

export interface WorkerScope extends EventTarget {
  readonly clients: WorkerClients;
  readonly registration: { readonly scope: string; update(): Promise<unknown> };
  readonly location: { readonly href: string; readonly origin: string };
  skipWaiting(): Promise<void>;
}
