/**
 * The service worker of the folder `preview-host/` on an origin of its own: everything under its scope is the container's
 * server, at the paths the server knows. Files of ours are asked for with `?bv-own`.
 */
import { installWorker, type Routes } from '../install-worker.ts';
import type { Target } from '../serve-request.ts';
import type { WorkerScope } from '../worker-types.ts';

const scope = globalThis as unknown as WorkerScope;
const root = new URL(scope.registration.scope);
/** The one session this origin shows: the newest. After a restart, or when its page is gone, an open host's page tells it. */
let active: { readonly session: string; readonly port: number } | undefined;

function targetOf(url: URL): Target | undefined {
  if (active === undefined) return undefined;
  const isRoot = url.origin === root.origin;
  if (isRoot && url.pathname.startsWith(root.pathname))
    return { ...active, path: `/${url.pathname.slice(root.pathname.length)}${url.search}` };
  if (isRoot) return { ...active, path: url.pathname + url.search };
  if (/^(?:localhost|127\.0\.0\.1)$/.test(url.hostname) && url.protocol === 'http:')
    return { ...active, port: Number(url.port || 80), path: url.pathname + url.search };
  return undefined;
}

const routes: Routes = {
  route(event) {
    const url = new URL(event.request.url);
    if (url.searchParams.has('bv-own')) return undefined;
    if (active !== undefined) return targetOf(url);
    return url.origin === root.origin ? 'maybe' : undefined;
  },
  async whose(event) {
    // Restarted: the host's page, which is a client of ours, has the session in its URL. The newest was begun last.
    const clients = await scope.clients.matchAll({ type: 'window', includeUncontrolled: true });
    const open = clients.flatMap((client) => {
      const match = /[?&]bv-own=([\w-]+):(\d+)/.exec(client.url);
      return match === null ? [] : [{ session: match[1]!, port: Number(match[2]) }];
    });
    active = open.sort((a, b) => parseInt(a.session, 10) - parseInt(b.session, 10)).at(-1);
    return targetOf(new URL(event.request.url));
  },
  urlOf: ({ path, port }) => (port === active?.port ? new URL(path.slice(1), root).href : `http://localhost:${port}${path}`),
  onSession: (session, port) => {
    active = { session, port };
  },
  onGone: (session) => {
    if (active?.session === session) active = undefined;
  },
};

installWorker(scope, routes, 'client.js?bv-own');
