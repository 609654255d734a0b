/**
 * Previews by a service worker on the page's own origin. The document shares the page's origin: for code that the page's author
 * trusts as the page itself.
 */
import { Workbox } from 'workbox-window';
import { BvError } from '../../../../runtime/index.ts';
import { trustedScriptUrl } from '../../../../runtime/base/trusted-types.ts';
import { assetUrl } from '../../../../runtime/host/assets.ts';
import type { PreviewHost, PreviewHostOptions } from '../../preview-interface.ts';
import { newPreviewFrame } from '../served/preview-frame.ts';
import { newSession, ServedHost } from '../served/served-host.ts';
import { PreviewState } from '../server/preview-state.ts';

/** From registration to a worker in charge. */
const activationTimeoutMs = 10_000;

const registered = new Map<string, Promise<ServiceWorkerRegistration>>();

async function register(script: string, scope: string | undefined): Promise<ServiceWorkerRegistration> {
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
  const workbox = new Workbox(trustedScriptUrl(script), scope === undefined ? {} : { scope });
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
  return registration;
}

async function current(scope: string): Promise<ServiceWorkerRegistration | undefined> {
  const found = await navigator.serviceWorker.getRegistration(scope);
  return found?.scope === scope && (found.active ?? found.waiting ?? found.installing) !== null ? found : undefined;
}

/** Registered by the first call, and anew if somebody unregistered it. */
async function obtainRegistration(script: string, folder: string | undefined): Promise<ServiceWorkerRegistration> {
  const known = registered.get(script);
  if (known !== undefined) {
    const there = await current((await known).scope);
    if (there !== undefined) return there;
    if (registered.get(script) === known) registered.delete(script);
  }
  const registering = registered.get(script) ?? register(script, folder);
  registered.set(script, registering);
  registering.catch(() => {
    if (registered.get(script) === registering) registered.delete(script); // The next call tries again.
  });
  return registering;
}

/** Whether `frame` shows a document below `root`. */
function isBelow(frame: HTMLIFrameElement, root: string): boolean {
  try {
    return frame.contentWindow?.location.href.startsWith(root) === true;
  } catch {
    return false; // A document of another origin.
  }
}

/** Resolves when the worker in charge of `registration`'s scope, or the one that is to follow it, is active. */
async function activated(
  registration: ServiceWorkerRegistration,
  coming = registration.active ?? registration.waiting ?? registration.installing,
): Promise<void> {
  if (coming === null) throw new BvError('ERR_BV_ASSET', 'The service worker is gone');
  if (coming.state === 'activated') return;
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
}

export async function createServiceWorkerHost(options: PreviewHostOptions): Promise<PreviewHost> {
  const folder =
    options.scope === undefined
      ? undefined
      : new URL(options.scope.endsWith('/') ? options.scope : `${options.scope}/`, document.baseURI).href;
  const script = folder === undefined ? assetUrl('sw.js') : new URL('sw.js', folder).href;
  const obtain = () => obtainRegistration(script, folder);
  const [registration, state] = await Promise.all([obtain(), PreviewState.of(options.container)]);
  await activated(registration);
  options.signal.throwIfAborted();

  const session = newSession();
  const root = new URL(`bv-preview/${session}/${options.port}`, registration.scope).href;
  const host = new ServedHost(options, state);
  const ended = new AbortController();
  const frame = newPreviewFrame(options.title);

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

  const fail = (error: unknown) => host.fail(error instanceof Error ? error : new Error(String(error)));
  let shown = 0;
  /** Once a worker is in charge, unless something else is to be shown by then. */
  const withWorker = (act: (view: Window | null) => void) => {
    const number = ++shown;
    obtain()
      .then((registration) => activated(registration))
      .then(() => {
        if (!ended.signal.aborted && number === shown) act(frame.contentWindow);
      })
      .catch(fail);
  };
  /** Loading once more did not help. */
  let again = false;
  // A document that was loaded while there is no worker is none of the container's: somebody unregistered it.
  const recover = async () => {
    const isPast = isBelow(frame, root) && (await current(registration.scope)) === undefined;
    if (isPast && again) throw new BvError('ERR_BV_ASSET', `Cannot show the preview: the service worker ${script} does not stay`);
    again = isPast;
    if (isPast) withWorker((view) => view?.location.reload());
  };
  frame.addEventListener('load', () => void recover().catch(fail));
  host.attach({
    frame,
    can: { isolated: false, wholePlatform: true, newTabUrl: `${root}/` },
    show: (path) =>
      withWorker((view) => {
        const target = `${root}${path}`;
        let current: string | undefined;
        try {
          current = view?.location.href;
        } catch {
          // A document of another origin.
        }
        // The same URL again is a reload; by `src` alone one with a hash would only scroll.
        if (current === target) view?.location.reload();
        else frame.src = target;
      }),
    go: (delta) => frame.contentWindow?.history.go(delta),
    update: async () => {
      const found = await obtain();
      await found.update();
      const coming = found.installing ?? found.waiting;
      if (coming === null) throw new BvError('ERR_BV_WIRE_VERSION', `The service worker ${script} is of another version than the page`);
      await activated(found, coming);
    },
    dispose: () => ended.abort(),
  });
  await host.navigate(options.path);
  return host;
}
