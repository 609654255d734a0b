/**
 * The first script of a document that a service worker serves. The platform is the browser's own; this carries WebSockets, which
 * a worker cannot, keeps navigation below the preview's root, and tells the page what happens.
 */
import { Bridge } from '../document/bridge.ts';
import { installConsole, installErrorReporter } from '../document/console-reporter.ts';
import { installWebSocket } from '../document/web-socket.ts';

const script = document.currentScript;
const { session = '', port = '80', root = '/' } = script?.dataset ?? {};
script?.remove();
const rootUrl = new URL(root, location.href);
const serverOrigin = `http://localhost:${port}`;
const { port1, port2 } = new MessageChannel();
const bridge = new Bridge(port1);
parent.postMessage({ kind: 'bv-preview-boot', session }, location.origin, [port2]);

/** The URL that the server knows this document by. */
function serverUrl(href: string = location.href): string {
  const url = new URL(href);
  const path = url.pathname.startsWith(rootUrl.pathname) ? `/${url.pathname.slice(rootUrl.pathname.length)}` : url.pathname;
  return `${serverOrigin}${path}${url.search}${url.hash}`;
}

/** Where a URL that the server's documents use is on this origin; the URL itself if it is none of theirs. */
function hosted(url: URL): URL {
  const isServer = url.origin === serverOrigin;
  if (!isServer && (url.origin !== location.origin || url.pathname.startsWith(rootUrl.pathname))) return url;
  return new URL(`${rootUrl.pathname}${url.pathname.slice(1)}${url.search}${url.hash}`, rootUrl);
}

bridge.notify({ kind: 'history', action: 'replace', url: serverUrl(), state: null });
installConsole(bridge);
installErrorReporter(bridge);
installWebSocket(bridge, {
  serverUrl: (url) => {
    if (url.host === location.host && location.origin !== serverOrigin) {
      const mapped = new URL(serverUrl(url.href.replace(/^ws/, 'http')));
      return mapped.href.replace(/^http/, 'ws');
    }
    return /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(url.hostname) && url.protocol === 'ws:' ? url.href : undefined;
  },
  origin: () => serverOrigin,
  base: () => document.baseURI,
});

for (const action of ['push', 'replace'] as const) {
  const native = history[`${action}State`].bind(history);
  history[`${action}State`] = (state: unknown, unused: string, target?: string | URL | null) => {
    native(state, unused, target === undefined || target === null ? target : hosted(new URL(target, document.baseURI)));
    bridge.notify({ kind: 'history', action, url: serverUrl(), state: null });
  };
}
addEventListener('popstate', () => bridge.notify({ kind: 'history', action: 'replace', url: serverUrl(), state: null }));

addEventListener(
  'click',
  (event) => {
    const link = event.composedPath().find((one): one is HTMLAnchorElement => one instanceof HTMLAnchorElement && one.hasAttribute('href'));
    if (link === undefined || !URL.canParse(link.href)) return;
    const target = hosted(new URL(link.href));
    if (target.href !== link.href) link.href = target.href;
    if (target.origin !== location.origin && /^https?:$/.test(target.protocol)) {
      link.target = '_blank';
      link.rel = 'noopener';
    } else if (link.target === '_top' || link.target === '_parent') link.target = '_self';
  },
  true,
);
addEventListener(
  'submit',
  (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement)) return;
    const action = new URL(form.getAttribute('action') ?? '', document.baseURI);
    const target = hosted(action);
    if (target.href !== action.href) form.setAttribute('action', target.href);
  },
  true,
);

/** A frame whose path is absolute would leave the worker's scope. */
function lead(frame: Element): void {
  const src = frame.getAttribute('src');
  if (src === null || !URL.canParse(src, document.baseURI)) return;
  const url = new URL(src, document.baseURI);
  const target = hosted(url);
  if (target.href !== url.href) frame.setAttribute('src', target.href);
}
new MutationObserver((records) => {
  for (const { type, target, addedNodes } of records) {
    if (type === 'attributes' && target instanceof HTMLIFrameElement) lead(target);
    for (const node of addedNodes) {
      if (!(node instanceof Element)) continue;
      if (node instanceof HTMLIFrameElement) lead(node);
      for (const frame of node.querySelectorAll('iframe')) lead(frame);
    }
  }
}).observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ['src'] });

let title = '';
function reportTitle(): void {
  if (document.title === title) return;
  title = document.title;
  bridge.notify({ kind: 'title', title });
}
new MutationObserver(reportTitle).observe(document, { subtree: true, childList: true, characterData: true });
addEventListener('load', () => bridge.notify({ kind: 'loaded', url: serverUrl(), title: document.title }));
void bridge.hello().catch(() => undefined); // The page says what is wrong.
