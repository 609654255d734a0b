/**
 * The page `preview-host/index.html`: registers the service worker, shows the preview in a frame of its own origin, and passes
 * ports from the embedding page to both. It talks to its parent only, and holds nothing itself.
 */

const match = /^\?bv-own=([\w-]+):(\d+)$/.exec(location.search);
const session = match?.[1] ?? '';
const port = Number(match?.[2] ?? 0);
const frame = document.createElement('iframe');
frame.style.cssText = 'position:fixed;inset:0;inline-size:100%;block-size:100%;border:0';
frame.allow = 'fullscreen; clipboard-write; autoplay';
/** The embedding page's origin: the first that answers as one. Later messages must be from it. */
let embedder: string | undefined;

function askParent(message: object, transfer: Transferable[] = []): void {
  parent.postMessage(message, embedder ?? '*', transfer);
}

function fail(reason: 'asset' | 'unsupported', message: string): void {
  askParent({ kind: 'bv-preview-failed', session, reason, message });
}

async function registered(container: ServiceWorkerContainer): Promise<ServiceWorkerRegistration | undefined> {
  const found = await container.getRegistration('./');
  return found?.scope === new URL('./', location.href).href && found.active !== null ? found : undefined;
}

/** The worker in charge: registered if it is not, or not any more. */
async function obtainWorker(container: ServiceWorkerContainer): Promise<ServiceWorker> {
  const registration = (await registered(container)) ?? (await container.register('sw.js?bv-own', { scope: './' }));
  const worker = registration.active ?? registration.waiting ?? registration.installing;
  if (worker === null) throw new Error('The service worker is gone');
  await new Promise<void>((resolve, reject) => {
    const check = () => {
      if (worker.state === 'activated') resolve();
      if (worker.state === 'redundant') reject(new Error(`The service worker ${worker.scriptURL} could not be installed`));
    };
    worker.addEventListener('statechange', check);
    check();
  });
  return worker;
}

async function start(): Promise<void> {
  if (match === null || parent === window) throw new Error('This page shows previews for pages that embed it');
  const { serviceWorker } = navigator as Partial<Navigator>;
  if (serviceWorker === undefined)
    throw new Error('Service workers are not available here; the folder must be served over https, and not in a private window');
  let worker: ServiceWorker;
  let ready = false;
  /** Loading once more did not help. */
  let again = false;
  const lost = (error: unknown) => fail('asset', error instanceof Error ? error.message : String(error));
  const want = () => askParent({ kind: 'bv-preview-want', session, role: 'worker' });
  const go = (url: URL) => {
    let current: string | undefined;
    try {
      current = frame.contentWindow?.location.href;
    } catch {
      // A document of another origin.
    }
    // The same URL again is a reload; by `src` alone one with a hash would only scroll.
    if (current === url.href) frame.contentWindow?.location.reload();
    else frame.src = url.href;
  };
  serviceWorker.addEventListener('message', (event) => {
    const data = event.data as { kind?: unknown; session?: unknown } | null;
    if (data?.session !== session) return;
    if (data.kind === 'bv-preview-who') {
      worker = event.source as ServiceWorker;
      want();
    } else if (data.kind === 'bv-preview-connected' && !ready) {
      ready = true;
      document.body.append(frame);
      askParent({ kind: 'bv-preview-ready', session });
    }
  });
  serviceWorker.startMessages();
  addEventListener('message', (event) => {
    const data = event.data as { kind?: unknown; session?: unknown; role?: unknown; path?: unknown } | null;
    if (event.source === frame.contentWindow && data?.kind === 'bv-preview-boot') {
      const [own] = event.ports;
      if (event.origin === location.origin && data.session === session && own !== undefined)
        askParent({ kind: 'bv-preview-want', session, role: 'document' }, [own]);
      return;
    }
    if (event.source !== parent || data?.session !== session) return;
    embedder ??= event.origin;
    if (event.origin !== embedder) return;
    const [given] = event.ports;
    if (data.kind === 'bv-preview-port' && given !== undefined) {
      worker.postMessage({ kind: 'bv-preview-connect', session, port }, [given]);
    } else if (data.kind === 'bv-preview-show' && typeof data.path === 'string') {
      const url = new URL(`.${data.path}`, new URL('./', location.href));
      if (url.origin === location.origin) obtainWorker(serviceWorker).then(() => go(url), lost);
    } else if (data.kind === 'bv-preview-go') {
      frame.contentWindow?.history.go(Number((event.data as { delta?: unknown }).delta) || 0);
    }
  });
  const isElsewhere = () => {
    try {
      return frame.contentWindow?.location.origin !== location.origin;
    } catch {
      return true; // A document of another origin.
    }
  };
  // A document that was loaded while there is no worker is none of the container's: somebody unregistered it.
  const recover = async () => {
    const isPast = !isElsewhere() && (await registered(serviceWorker)) === undefined;
    if (isPast && again) throw new Error('The service worker does not stay');
    again = isPast;
    if (!isPast) return;
    await obtainWorker(serviceWorker);
    frame.contentWindow?.location.reload();
  };
  frame.addEventListener('load', () => void recover().catch(lost));
  try {
    worker = await obtainWorker(serviceWorker);
  } catch (error) {
    lost(error);
    return;
  }
  serviceWorker.addEventListener('controllerchange', () => {
    if (serviceWorker.controller === null || serviceWorker.controller === worker) return;
    worker = serviceWorker.controller;
    want();
  });
  want();
}

start().catch((error: unknown) => fail('unsupported', error instanceof Error ? error.message : String(error)));
