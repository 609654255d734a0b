/** The first script of an inline preview's frame: gets its connection from the page, makes the environment, writes the document. */
import { Bridge } from '../../document/bridge.ts';
import { installConsole, installErrorReporter } from '../../document/console-reporter.ts';
import { installWebSocket } from '../../document/web-socket.ts';
import { installBlockedStyles } from './blocked-styles.ts';
import { LoadingElements } from './elements.ts';
import { installEventSource } from './event-source.ts';
import { installFetch } from './fetch.ts';
import { Navigator } from './history.ts';
import { installLinks } from './links.ts';
import { installLocation } from './location-face.ts';
import { installMadeCode } from './made-code.ts';
import { Modules } from './modules.ts';
import { observe } from './observer.ts';
import { isServerUrl, PageLocation } from './page-location.ts';
import { Resources } from './resources.ts';
import { Scripts } from './scripts.ts';
import { SourceRewriter } from './source-rewriter.ts';
import { installStorage } from './storage.ts';
import { installWorkers } from './workers.ts';
import { Writer } from './writer.ts';
import { installXhr } from './xhr.ts';
import type { WireDocument } from '../../../../../runtime/wires/preview-wire.ts';

async function show(bridge: Bridge, source: WireDocument): Promise<void> {
  const location = new PageLocation(source.url, source.allowHosts);
  const navigator = new Navigator(bridge, location, source.history);
  const resources = new Resources(bridge, location);
  const elements = new LoadingElements(location, resources);
  const rewriter = new SourceRewriter(bridge);
  const fetchBridged = installFetch(bridge, location);
  const modules = new Modules({ bridge, location, resources, rewriter, fetch: fetchBridged });
  const scripts = new Scripts({ location, resources, modules, rewriter, elements });
  installXhr(bridge, location, fetchBridged);
  installEventSource(bridge, location);
  installWebSocket(bridge, {
    serverUrl: (url) => (isServerUrl(url) ? url.href : undefined),
    origin: () => location.url.origin,
    base: () => document.baseURI,
  });
  const onStorage = installStorage(bridge, source);
  bridge.listener = {
    onNotice: (notice) => {
      if (notice.kind === 'popState') navigator.onPopState(notice.url, notice.state, notice.length);
      else onStorage(notice);
    },
  };
  installConsole(bridge);
  installWorkers(resources, location);
  elements.install();
  scripts.install();
  navigator.install();
  installLocation(navigator, (specifier, parent, options) => modules.import(specifier, parent, options));
  installMadeCode(rewriter);
  Object.defineProperty(document, 'referrer', { value: source.referrer, configurable: true });
  // There are none in an opaque origin; a document that looks first finds that out without an exception.
  Reflect.deleteProperty(globalThis.Navigator.prototype, 'serviceWorker');
  Reflect.deleteProperty(globalThis, 'SharedWorker');

  const writer = new Writer({ location, navigator, resources, elements, scripts, modules, rewriter, script: source.script });
  await writer.write(source.html, () => {
    // What was installed on the window and the document before is gone by now.
    installBlockedStyles(resources);
    installErrorReporter(bridge);
    installLinks(navigator, location);
    observe({ elements, scripts, onTitle: (title) => bridge.notify({ kind: 'title', title }) });
    addEventListener('pagehide', () => bridge.notify({ kind: 'unloading' }));
  });
  bridge.notify({ kind: 'loaded', url: location.url.href, title: document.title });
}

/**
 * Documents use plain strings as markup and scripts. Where the page requires trusted types, the frame inherits that, and gets a
 * policy named `default` that lets them: false if the page's policy does not allow the name.
 */
function stringsAreTrusted(): boolean {
  const parses = () => {
    try {
      new DOMParser().parseFromString('', 'text/html');
      return true;
    } catch {
      return false;
    }
  };
  if (parses()) return true;
  interface Policies {
    createPolicy(name: string, rules: Readonly<Record<'createHTML' | 'createScript' | 'createScriptURL', (text: string) => string>>): void;
  }
  const same = (text: string) => text;
  try {
    (globalThis as unknown as { trustedTypes: Policies }).trustedTypes.createPolicy('default', {
      createHTML: same,
      createScript: same,
      createScriptURL: same,
    });
  } catch {
    return false;
  }
  return parses();
}

const session = document.currentScript?.dataset.session ?? '';
document.currentScript?.remove();
addEventListener(
  'message',
  (event) => {
    const [port] = event.ports;
    if (event.source !== parent || port === undefined) return;
    event.stopImmediatePropagation();
    const bridge = new Bridge(port);
    void bridge.hello().then(({ document: source }) => {
      if (source !== null) return show(bridge, source);
    });
  },
  { once: true },
);
parent.postMessage({ kind: stringsAreTrusted() ? 'bv-preview-boot' : 'bv-preview-untrusted', session }, '*');
