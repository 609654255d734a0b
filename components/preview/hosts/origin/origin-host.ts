/** Previews on an origin of their own, where a service worker gives them the whole platform without touching the page's. */
import { BvError } from '../../../../runtime/index.ts';
import type { PreviewHost, PreviewHostOptions } from '../../preview-interface.ts';
import { newPreviewFrame } from '../served/preview-frame.ts';
import { newSession, ServedHost } from '../served/served-host.ts';
import { PreviewState } from '../server/preview-state.ts';

/** From the frame's insertion to its worker's being in charge. */
const readyTimeoutMs = 15_000;

export async function createOriginHost(options: PreviewHostOptions): Promise<PreviewHost> {
  if (options.origin === undefined) {
    throw new BvError(
      'ERR_BV_UNSUPPORTED',
      'Cannot use the preview host "origin": no URL of a folder preview-host/ on another origin was given',
    );
  }
  const folder = new URL(options.origin.endsWith('/') ? options.origin : `${options.origin}/`, document.baseURI);
  if (folder.origin === location.origin) {
    throw new BvError(
      'ERR_BV_UNSUPPORTED',
      `Cannot use the preview host "origin": ${folder.href} is on the page's own origin; use the host "service-worker", or another origin`,
    );
  }
  const state = await PreviewState.of(options.container);
  options.signal.throwIfAborted();
  const session = newSession();
  const host = new ServedHost(options, state);
  const ended = new AbortController();
  const frame = newPreviewFrame(options.title);
  frame.src = new URL(`index.html?bv-own=${session}:${options.port}`, folder).href;

  let path = options.path;
  let ready = false;
  /** It said why it cannot show anything, or nothing at all: the next call loads it again. */
  let failed = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const post = (message: object, transfer: Transferable[] = []) =>
    frame.contentWindow?.postMessage({ session, ...message }, folder.origin, transfer);
  frame.addEventListener('load', () => {
    ready = false;
    clearTimeout(timer);
    timer = setTimeout(() => {
      if (ready) return;
      failed = true;
      host.fail(
        new BvError(
          'ERR_BV_ASSET',
          `Cannot show the preview: ${folder.href} did not answer; expected the folder preview-host/ there, allowed by frame-src`,
        ),
      );
    }, readyTimeoutMs);
  });
  window.addEventListener(
    'message',
    (event) => {
      const data = event.data as { kind?: unknown; session?: unknown; role?: unknown; reason?: unknown; message?: unknown } | null;
      if (event.source !== frame.contentWindow || event.origin !== folder.origin || data?.session !== session) return;
      if (data.kind === 'bv-preview-ready') {
        ready = true;
        clearTimeout(timer);
        post({ kind: 'bv-preview-show', path });
      } else if (data.kind === 'bv-preview-want' && data.role === 'worker') {
        const { port1, port2 } = new MessageChannel();
        host.connectWorker(port1);
        post({ kind: 'bv-preview-port', role: 'worker' }, [port2]);
      } else if (data.kind === 'bv-preview-want' && data.role === 'document' && event.ports[0] !== undefined) {
        host.connectDocument(event.ports[0]);
      } else if (data.kind === 'bv-preview-failed') {
        clearTimeout(timer);
        failed = true;
        const code = data.reason === 'asset' ? 'ERR_BV_ASSET' : 'ERR_BV_UNSUPPORTED';
        host.fail(new BvError(code, `Cannot show the preview on ${folder.origin}: ${String(data.message).slice(0, 500)}`));
      }
    },
    { signal: ended.signal },
  );
  host.attach({
    frame,
    can: { isolated: true, wholePlatform: true, newTabUrl: undefined },
    show: (next) => {
      path = next;
      if (failed) {
        failed = false;
        frame.src = String(frame.src);
      } else if (ready) post({ kind: 'bv-preview-show', path });
    },
    go: (delta) => void post({ kind: 'bv-preview-go', delta }),
    // The folder is another's to update; its page fetches the newest worker by being loaded again.
    update: () => {
      frame.src = String(frame.src);
      return Promise.reject(new BvError('ERR_BV_WIRE_VERSION', `The folder ${folder.href} is of another version than the page`));
    },
    dispose: () => {
      ended.abort();
      clearTimeout(timer);
    },
  });
  return host;
}
