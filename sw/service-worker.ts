/**
 * `sw.js` on the page's own origin. A preview is at `<scope>bv-preview/<session>/<port>/<path>`; what its documents load by
 * absolute path is known by the URL of the document that asks.
 */
import { installWorker, type Routes } from './install-worker.ts';
import type { Target } from './serve-request.ts';
import type { WorkerScope } from './worker-types.ts';

const scope = globalThis as unknown as WorkerScope;
const root = new URL('bv-preview/', scope.registration.scope);
/** Clients that were seen not to be previews: their requests are left alone at once. */
const others = new Set<string>();

function targetOf(url: URL): Target | undefined {
  if (!url.href.startsWith(root.href)) return undefined;
  const match = /^([\w-]+)\/(\d+)(\/.*)?$/.exec(url.pathname.slice(root.pathname.length));
  if (match === null) return undefined;
  return { session: match[1]!, port: Number(match[2]), path: (match[3] ?? '/') + url.search };
}

const routes: Routes = {
  route(event) {
    const url = new URL(event.request.url);
    const target = targetOf(url);
    if (target !== undefined) return target;
    if (event.request.mode === 'navigate' || event.clientId === '' || others.has(event.clientId)) return undefined;
    return 'maybe';
  },
  async whose(event) {
    // `clients.get()` waits for a worker whose imports these are to have loaded them, which Firefox does for good.
    const clients = await scope.clients.matchAll({ includeUncontrolled: true, type: 'all' });
    const client = clients.find(({ id }) => id === event.clientId);
    // What a starting worker of a preview imports names that worker as its referrer.
    const from = client?.url ?? event.request.referrer;
    const owner = from === '' ? undefined : targetOf(new URL(from, scope.location.href));
    if (owner === undefined) {
      if (client === undefined) return undefined;
      if (others.size > 1000) others.clear();
      others.add(event.clientId);
      return undefined;
    }
    const url = new URL(event.request.url);
    if (/^(?:localhost|127\.0\.0\.1)$/.test(url.hostname) && url.protocol === 'http:' && url.origin !== root.origin) {
      return { ...owner, port: Number(url.port || 80), path: url.pathname + url.search };
    }
    return url.origin === root.origin ? { ...owner, path: url.pathname + url.search } : undefined;
  },
  urlOf: ({ session, port, path }) => `${root.href}${session}/${port}${path}`,
  onSession: () => undefined,
  onGone: () => undefined,
};

installWorker(scope, routes, 'preview-client.js');
