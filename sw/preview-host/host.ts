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

function fail(message: string): void {
  askParent({ kind: 'bv-preview-failed', session, message });
}

async function start(): Promise<void> {
  if (match === null || parent === window) throw new Error('This page shows previews for pages that embed it');
  const { serviceWorker } = navigator as Partial<Navigator>;
  if (serviceWorker === undefined)
    throw new Error('Service workers are not available here; the folder must be served over https, and not in a private window');
  const worker = () => serviceWorker.controller;
  serviceWorker.addEventListener('message', (event) => {
    const data = event.data as { kind?: unknown; session?: unknown } | null;
    if (data?.kind === 'bv-preview-who' && data.session === session) askParent({ kind: 'bv-preview-want', session, role: 'worker' });
  });
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
      worker()?.postMessage({ kind: 'bv-preview-connect', session, port }, [given]);
    } else if (data.kind === 'bv-preview-show' && typeof data.path === 'string') {
      const url = new URL(`.${data.path}`, new URL('./', location.href));
      if (url.origin !== location.origin) return;
      // The same URL again is a reload; by `src` alone one with a hash would only scroll.
      if (frame.contentWindow?.location.href === url.href) frame.contentWindow.location.reload();
      else frame.src = url.href;
    } else if (data.kind === 'bv-preview-go') {
      frame.contentWindow?.history.go(Number((event.data as { delta?: unknown }).delta) || 0);
    }
  });
  await serviceWorker.register('sw.js?bv-own', { scope: './' });
  await serviceWorker.ready;
  if (worker() === null) await new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve, { once: true }));
  serviceWorker.addEventListener('controllerchange', () => askParent({ kind: 'bv-preview-want', session, role: 'worker' }));
  document.body.append(frame);
  askParent({ kind: 'bv-preview-want', session, role: 'worker' });
  askParent({ kind: 'bv-preview-ready', session });
}

start().catch((error: unknown) => fail(error instanceof Error ? error.message : String(error)));
