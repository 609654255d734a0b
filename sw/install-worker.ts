/** The life of both service workers: they take over at once, hand out connections and answer requests of previews. */
import { PreviewConnections } from './preview-connections.ts';
import { serveRequest, type Serving, type Target } from './serve-request.ts';
import type { ExtendableEvent, FetchEvent, WorkerClient, WorkerScope } from './worker-types.ts';

/** How a worker knows which requests are whose. */
export interface Routes {
  /** At once: `undefined` leaves the request to the network, `maybe` asks `whose`. */
  route(event: FetchEvent): Target | 'maybe' | undefined;
  /** What only the client's URL tells. */
  whose(event: FetchEvent): Promise<Target | undefined>;
  urlOf(target: Target): string;
  /** A page runs this session now. */
  onSession(session: string, port: number): void;
  /** No page runs this session any more. */
  onGone(session: string): void;
}

export function installWorker(scope: WorkerScope, routes: Routes, clientScript: string): void {
  const connections = new PreviewConnections(scope);
  let text: Promise<string> | undefined;
  const serving: Serving = {
    connections,
    urlOf: (target) => routes.urlOf(target),
    injected: async (target) => {
      text ??= fetch(new URL(clientScript, scope.location.href)).then((response) => response.text());
      text.catch(() => (text = undefined)); // Asked for again by the next document.
      const script = (await text).replaceAll('</script', '<\\/script');
      return `<script data-session="${target.session}" data-port="${target.port}" data-root="${routes.urlOf({ ...target, path: '/' })}">${script}</script>`;
    },
  };

  scope.addEventListener('install', (event) => (event as ExtendableEvent).waitUntil(scope.skipWaiting()));
  scope.addEventListener('activate', (event) => (event as ExtendableEvent).waitUntil(scope.clients.claim()));
  scope.addEventListener('message', (event) => {
    const { data, ports, source } = event as MessageEvent<{ kind?: unknown; session?: unknown; port?: unknown } | null>;
    if (data?.kind !== 'bv-preview-connect' || typeof data.session !== 'string' || typeof data.port !== 'number') return;
    const [port] = ports;
    if (port === undefined) return;
    const { session } = data;
    routes.onSession(session, data.port);
    // Only then a request finds its way; one that is sent before could meet the session that was shown last.
    const connected = connections.accept(session, port).then(
      () => (source as WorkerClient | null)?.postMessage({ kind: 'bv-preview-connected', session }),
      () => undefined, // The page knows why it was refused, or is gone.
    );
    (event as ExtendableEvent).waitUntil(connected);
  });
  scope.addEventListener('fetch', (received) => {
    const event = received as FetchEvent;
    const target = routes.route(event);
    if (target === undefined) return;
    const serve = (known: Target) =>
      serveRequest(event.request, known, serving, async () => {
        routes.onGone(known.session);
        const other = routes.route(event);
        return other === 'maybe' ? routes.whose(event) : other;
      });
    if (target === 'maybe')
      event.respondWith(routes.whose(event).then((found) => (found === undefined ? fetch(event.request) : serve(found))));
    else event.respondWith(serve(target));
  });
}
