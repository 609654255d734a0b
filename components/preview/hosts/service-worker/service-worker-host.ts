/**
 * Previews by a service worker on the page's own origin. The document shares the page's origin: for code that the page's author
 * trusts as the page itself.
 */
import { Workbox } from 'workbox-window';
import { BvError } from '../../../../runtime/index.ts';
import { assetUrl } from '../../../../runtime/host/assets.ts';
import type { PreviewHost, PreviewHostOptions } from '../../preview-interface.ts';
import { newSession, ServedHost } from '../served/served-host.ts';
import { PreviewState } from '../server/preview-state.ts';

/** From registration to a worker in charge. */
const activationTimeoutMs = 10_000;

interface Registered {
  readonly workbox: Workbox;
  readonly registration: ServiceWorkerRegistration;
}
const registered = new Map<string, Promise<Registered>>();

async function register(script: string, scope: string | undefined): Promise<Registered> {
  const { serviceWorker } = navigator as Partial<Navigator>;
  if (serviceWorker === undefined) {
    throw new BvError(
      'ERR_BV_UNSUPPORTED',
      'Cannot use the preview host "service-worker": service workers need https (or localhost) and no private window',
    );
  }
  if (new URL(script).origin !== location.origin) {
    throw new BvError(
      'ERR_BV_UNSUPPORTED',
      `Cannot use the preview host "service-worker": ${script} is on another origin; put sw.js and preview-client.js on the page's own and name their folder in "scope"`,
    );
  }
  const workbox = new Workbox(script, scope === undefined ? {} : { scope });
  let registration: ServiceWorkerRegistration | undefined;
  try {
    registration = await workbox.register({ immediate: true });
  } catch (cause) {
    throw new BvError(
      'ERR_BV_ASSET',
      `Cannot register the service worker ${script}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  }
  if (registration === undefined) throw new BvError('ERR_BV_UNSUPPORTED', 'Cannot register the service worker in this window');
  return { workbox, registration };
}

/** The worker that is in charge of `registration`'s scope; one that has been unregistered is registered anew. */
async function activeWorker(registration: ServiceWorkerRegistration): Promise<ServiceWorker> {
  const worker = registration.active;
  if (worker?.state === 'activated') return worker;
  const coming = worker ?? registration.waiting ?? registration.installing;
  if (coming === null || coming === undefined) throw new BvError('ERR_BV_ASSET', 'The service worker is gone');
  await new Promise<void>((resolve, reject) => {
    const signal = AbortSignal.timeout(activationTimeoutMs);
    const check = () => {
      if (coming.state === 'activated') resolve();
      if (coming.state === 'redundant') reject(new BvError('ERR_BV_ASSET', 'The service worker could not be installed'));
    };
    coming.addEventListener('statechange', check, { signal });
    signal.addEventListener('abort', () => reject(new BvError('ERR_BV_ASSET', 'The service worker did not start in time')));
    check();
  });
  return coming;
}

export async function createServiceWorkerHost(options: PreviewHostOptions): Promise<PreviewHost> {
  const folder =
    options.scope === undefined
      ? undefined
      : new URL(options.scope.endsWith('/') ? options.scope : `${options.scope}/`, document.baseURI).href;
  const script = folder === undefined ? assetUrl('sw.js') : new URL('sw.js', folder).href;
  const obtain = async () => {
    let known = registered.get(script);
    if (known === undefined) {
      known = register(script, folder);
      known.catch(() => registered.delete(script));
      registered.set(script, known);
    }
    const found = await known;
    // Unregistered behind our back: there is none in charge any more.
    if (
      (await navigator.serviceWorker.getRegistration(found.registration.scope))?.scope === found.registration.scope &&
      found.registration.active !== null
    )
      return found;
    if (found.registration.installing !== null || found.registration.waiting !== null) return found;
    registered.delete(script);
    const again = register(script, folder);
    registered.set(script, again);
    return again;
  };
  const [{ registration }, state] = await Promise.all([obtain(), PreviewState.of(options.container)]);
  await activeWorker(registration);
  options.signal.throwIfAborted();

  const session = newSession();
  const root = new URL(`bv-preview/${session}/${options.port}`, registration.scope).href;
  const host = new ServedHost(options, state);
  const ended = new AbortController();
  const frame = document.createElement('iframe');
  frame.title = options.title;
  frame.allow = 'fullscreen; clipboard-write; autoplay';
  frame.style.cssText = 'display:block;inline-size:100%;block-size:100%;border:0';

  const connect = (worker: Pick<ServiceWorker, 'postMessage'>) => {
    const { port1, port2 } = new MessageChannel();
    host.connectWorker(port1);
    worker.postMessage({ kind: 'bv-preview-connect', session, port: options.port }, [port2]);
  };
  // A worker that was stopped, or a new one, has no connection and asks all windows for it.
  navigator.serviceWorker.addEventListener(
    'message',
    (event) => {
      const data = event.data as { kind?: unknown; session?: unknown } | null;
      if (data?.kind === 'bv-preview-who' && data.session === session) connect(event.source as ServiceWorker);
    },
    { signal: ended.signal },
  );
  navigator.serviceWorker.startMessages();
  window.addEventListener(
    'message',
    (event) => {
      const data = event.data as { kind?: unknown; session?: unknown } | null;
      const [port] = event.ports;
      if (event.source !== frame.contentWindow || event.origin !== location.origin || data?.session !== session || port === undefined)
        return;
      if (data.kind === 'bv-preview-boot') host.connectDocument(port);
    },
    { signal: ended.signal },
  );

  let shown = 0;
  host.attach({
    frame,
    can: { isolated: false, wholePlatform: true, newTabUrl: `${root}/` },
    show: (path) => {
      const number = ++shown;
      void obtain()
        .then(async (current) => {
          await activeWorker(current.registration);
          if (ended.signal.aborted || number !== shown) return;
          const target = `${root}${path}`;
          // The same URL again is a reload; by `src` alone one with a hash would only scroll.
          if (frame.contentWindow !== null && frame.isConnected && frame.contentWindow.location.href === target)
            frame.contentWindow.location.reload();
          else frame.src = target;
        })
        .catch((error: unknown) => host.fail(error instanceof Error ? error : new Error(String(error))));
    },
    go: (delta) => frame.contentWindow?.history.go(delta),
    update: async () => {
      await registration.update();
      const coming = registration.installing ?? registration.waiting;
      if (coming === null) throw new BvError('ERR_BV_WIRE_VERSION', `The service worker ${script} is of another version than the page`);
      await activeWorker(registration);
    },
    dispose: () => ended.abort(),
  });
  await host.navigate(options.path);
  return host;
}
