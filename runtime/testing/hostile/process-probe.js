/**
 * Stands for a program that has taken over its whole worker: no library of ours runs here, every global of the platform is
 * there. Each probe tries one way out and must fail; what it says is `blocked: <error>` or `escaped: <what it got>`.
 */
const page = () => self.pageOrigin;
const second = () => self.secondOrigin;

const later = (promise, limitMs = 3000) =>
  Promise.race([promise, new Promise((_, reject) => setTimeout(() => reject(new Error('no answer')), limitMs))]);

/** Rejects when `target` fires one of `bad`, resolves when it fires one of `good`. */
const fires = (target, good, bad) =>
  new Promise((resolve, reject) => {
    for (const type of good) target.addEventListener(type, () => resolve(type));
    for (const type of bad) target.addEventListener(type, () => reject(new Error(`${type} event`)));
  });

const nested = (source) => {
  const url = URL.createObjectURL(new Blob([source], { type: 'text/javascript' }));
  const worker = new Worker(url);
  return new Promise((resolve, reject) => {
    worker.onmessage = ({ data }) => (data.escaped === undefined ? reject(new Error(data.blocked)) : resolve(data.escaped));
    worker.onerror = (event) => reject(new Error(event.message || 'the worker did not start'));
  });
};

const probes = {
  'fetch of the page': () => fetch(`${page()}/package.json`),
  'fetch of the page without CORS': () => fetch(`${page()}/package.json`, { mode: 'no-cors' }),
  'fetch with credentials': () => fetch(`${page()}/package.json`, { credentials: 'include', mode: 'no-cors' }),
  'fetch of an origin that allows everyone': () => fetch(`${second()}/package.json`),
  'fetch kept alive': () => fetch(`${page()}/package.json`, { method: 'POST', body: 'x', keepalive: true, mode: 'no-cors' }),
  'fetch of a data URL': () => fetch('data:text/plain,x'),
  XMLHttpRequest: () => {
    const request = new XMLHttpRequest();
    request.open('GET', `${page()}/package.json`);
    const end = fires(request, ['load'], ['error', 'abort']);
    request.send();
    return end;
  },
  'synchronous XMLHttpRequest': () => {
    const request = new XMLHttpRequest();
    request.open('GET', `${second()}/package.json`, false);
    request.send();
    return request.responseText.slice(0, 20);
  },
  WebSocket: () => fires(new WebSocket(page().replace('http', 'ws')), ['open'], ['error', 'close']),
  EventSource: () => fires(new EventSource(`${second()}/package.json`), ['open', 'message'], ['error']),
  WebTransport: () => new WebTransport(page().replace('http:', 'https:')).ready,
  importScripts: () => importScripts(`${second()}/package.json`),
  'importScripts of a data URL': () => {
    importScripts('data:text/javascript,self.reached=1');
    return self.reached;
  },
  'dynamic import': () => import(`${page()}/runtime/base/disposers.ts`),
  'dynamic import of an origin that allows everyone': () => import(`${second()}/runtime/base/disposers.ts`),
  'dynamic import of a data URL': () => import('data:text/javascript,export default 1'),
  'nested worker of the page': () => fires(new Worker(`${page()}/runtime/testing/hostile/process-probe.js`), ['message'], ['error']),
  'nested worker of a data URL': () => fires(new Worker('data:text/javascript,postMessage(1)'), ['message'], ['error']),
  'fetch from a nested worker': () =>
    nested(
      `fetch(${JSON.stringify(`${second()}/package.json`)}).then((r) => postMessage({ escaped: r.status }), (e) => postMessage({ blocked: String(e) }))`,
    ),
  'import from a nested worker': () =>
    nested(
      `import(${JSON.stringify(`${second()}/runtime/base/disposers.ts`)}).then(() => postMessage({ escaped: 1 }), (e) => postMessage({ blocked: String(e) }))`,
    ),
  SharedWorker: () => fires(new SharedWorker(`${page()}/runtime/testing/hostile/process-probe.js`).port, ['message'], ['error']),
  indexedDB: () => fires(indexedDB.open('bavini'), ['success', 'upgradeneeded'], ['error', 'blocked']),
  'indexedDB.databases': () => indexedDB.databases(),
  // WebKit gives an opaque origin caches of its own; the page's, which the test fills, are not among them.
  caches: async () => {
    const found = await caches.match(`${page()}/bavini-hostile`);
    if (found === undefined) throw new Error('none of the page');
    return found;
  },
  localStorage: () => localStorage.length,
  sessionStorage: () => sessionStorage.length,
  'document.cookie': () => document.cookie,
  cookieStore: () => cookieStore.getAll(),
  'file system of the origin': () => navigator.storage.getDirectory(),
  'service worker': () => navigator.serviceWorker.register(`${page()}/sw.js`),
  locks: () =>
    later(
      navigator.locks.request('bavini-hostile', { ifAvailable: true }, (lock) => {
        // The page holds this lock: getting it means a lock space of our own, which is no way out.
        if (lock !== null) throw new Error('a lock space of its own');
        return 'the page’s locks';
      }),
    ),
  BroadcastChannel: () => {
    const channel = new BroadcastChannel('bavini-hostile');
    channel.postMessage('from the sandbox');
    return fires(channel, ['message'], []);
  },
  'parent window': () => parent.document.title,
  'top window': () => top.document.title,
  opener: () => opener.document.title,
  'window of the frame': () => window.parent,
  document: () => document.body,
  'client of a service worker': () => clients.matchAll(),
  'permission to notify': async () => {
    const answer = await Notification.requestPermission();
    if (answer !== 'granted') throw new Error(answer);
    return answer;
  },
  'peer connection': () => new RTCPeerConnection(),
  'a port of the platform to the page': () => {
    // Goes to the frame, which listens to nothing.
    postMessage({ kind: 'failed', worker: 0, message: 'forged' });
    throw new Error('nobody listens');
  },
};

self.addEventListener('message', async ({ data }) => {
  const { port } = data;
  port.onmessage = async ({ data: { name, origin, other } }) => {
    self.pageOrigin = origin;
    self.secondOrigin = other;
    let result;
    try {
      const got = await later(Promise.resolve(probes[name]()));
      result = got === undefined ? 'blocked: undefined' : `escaped: ${String(got)}`;
    } catch (error) {
      result = `blocked: ${String(error)}`;
    }
    port.postMessage({ name, result });
  };
  port.postMessage({ names: Object.keys(probes) });
});
