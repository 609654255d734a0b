import { assert } from 'chai';
import { setAssetBase } from '../../../../runtime/index.ts';
import { createPreviewHost, type PreviewConsoleEvent, type PreviewErrorEvent, type PreviewHost } from '../../preview-host.ts';
import { FakeContainer, nextEvent, type FakeResponse, type FakeServer } from '../testing/fake-container.ts';
import { echoWebSocket } from '../testing/fake-web-socket-server.ts';
import { wideFont } from '../testing/wide-font.ts';

setAssetBase('/dist/');

/** A GIF of 2 × 3 pixels; Firefox takes back the size of one whose data end early. */
const pixel = Uint8Array.from(atob('R0lGODlhAgADAIAAAP8AAP///ywAAAAAAgADAAACAoRfADs='), (character) => character.charCodeAt(0));

/** Reports from the document: `console.log('name', value)`. */
class Opened {
  readonly logs: unknown[][] = [];
  readonly errors: PreviewErrorEvent[] = [];
  readonly container: FakeContainer;
  readonly host: PreviewHost;
  readonly #stop: AbortController;

  constructor(container: FakeContainer, host: PreviewHost, stop: AbortController) {
    this.container = container;
    this.host = host;
    this.#stop = stop;
    host.addEventListener('bv-preview-console', (event) => this.logs.push([...(event as PreviewConsoleEvent).args]));
    host.addEventListener('bv-preview-error', (event) => this.errors.push(event as PreviewErrorEvent));
  }

  /** What was logged after `name`. */
  log(name: string): unknown {
    return this.logs.find(([first]) => first === name)?.[1];
  }

  async logged(name: string, timeoutMs = 8000): Promise<unknown> {
    const end = performance.now() + timeoutMs;
    while (!this.logs.some(([first]) => first === name)) {
      const left = end - performance.now();
      if (left <= 0)
        throw new Error(
          `"${name}" was not logged; but ${JSON.stringify(this.logs)}; errors: ${this.errors.map((one) => one.error.message).join(', ')}`,
        );
      await nextEvent(this.host, 'bv-preview-console', { timeoutMs: left }).catch(() => undefined);
    }
    return this.log(name);
  }

  get names(): unknown[] {
    return this.logs.map(([first]) => first);
  }

  close(): void {
    this.#stop.abort();
  }
}

let opened: Opened | undefined;

async function open(
  server: FakeServer | Record<string, string | FakeResponse>,
  { path = '/', wait = true, container = new FakeContainer(server), allowHosts = [] as string[] } = {},
) {
  const stop = new AbortController();
  const host = await createPreviewHost('inline', {
    container: container.asContainer,
    port: 3000,
    path,
    title: 'Test',
    signal: stop.signal,
    allowHosts,
  });
  opened = new Opened(container, host, stop);
  const loaded = nextEvent(host, 'bv-preview-load');
  loaded.catch(() => undefined);
  document.body.append(host.frame);
  if (wait)
    await loaded.catch((error: unknown) => {
      throw new Error(`${String(error)}: ${JSON.stringify(opened?.logs)} ${opened?.errors.map((one) => one.error.stack).join('; ')}`);
    });
  return opened;
}

describe('The inline preview host', () => {
  afterEach(() => {
    opened?.close();
    opened = undefined;
    assert.equal(document.querySelectorAll('iframe[sandbox]').length, 0, 'a disposed host leaves no frame');
  });

  it('shows a document with its title, URL and base', async () => {
    const page = await open(
      {
        '/a/page?x=1': `<!doctype html><title>Hello</title><p id=p>text</p><script>
        console.log('url', document.URL); console.log('base', document.baseURI); console.log('mode', document.compatMode);
        console.log('state', document.readyState); console.log('text', document.getElementById('p').textContent);</script>`,
      },
      { path: '/a/page?x=1' },
    );
    assert.equal(page.log('url'), 'http://localhost:3000/a/page?x=1');
    assert.equal(page.log('base'), 'http://localhost:3000/a/page?x=1');
    assert.equal(page.log('mode'), 'CSS1Compat');
    assert.equal(page.log('state'), 'loading');
    assert.equal(page.log('text'), 'text');
    assert.equal(page.host.title, 'Hello');
    assert.equal(page.host.url, 'http://localhost:3000/a/page?x=1');
  });

  it('a document that looks for shared and service workers finds none', async () => {
    const page = await open({
      '/': `<!doctype html><script>console.log('workers', [typeof SharedWorker, 'SharedWorker' in window, 'serviceWorker' in navigator].join());</script>`,
    });
    assert.equal(page.log('workers'), 'undefined,false,false');
  });

  it('runs classic scripts in order, deferred and async ones at their time', async () => {
    const page = await open({
      '/': `<!doctype html><script>
          document.addEventListener('DOMContentLoaded', () => console.log('dcl', document.readyState));
          window.addEventListener('load', () => console.log('load', document.readyState));
          document.addEventListener('readystatechange', () => console.log('state ' + document.readyState));</script>
        <script defer src="defer1.js"></script><script src="one.js"></script>
        <script>console.log('two', String(window.one) + ' ' + !!document.getElementById('later'))</script>
        <p id=later></p><script src="three.js"></script><script defer src="defer2.js"></script><script async src="async.js"></script>`,
      '/one.js': `window.one = 1; console.log('one', document.currentScript.src);`,
      '/three.js': `console.log('three', '</script> is text');`,
      '/defer1.js': `console.log('defer1', document.readyState);`,
      '/defer2.js': `console.log('defer2', !!document.getElementById('later'));`,
      '/async.js': `console.log('async', 1);`,
    });
    assert.deepEqual(
      page.names.filter((name) => name !== 'async'),
      ['one', 'two', 'three', 'state interactive', 'defer1', 'defer2', 'dcl', 'state complete', 'load'],
    );
    assert.equal(page.log('one'), 'http://localhost:3000/one.js');
    assert.equal(page.log('two'), '1 false');
    assert.equal(page.log('three'), '</script> is text');
    assert.equal(page.log('defer1'), 'interactive');
    assert.equal(page.log('defer2'), true);
    assert.equal(page.log('load'), 'complete');
    assert.include(page.names, 'async');
  });

  it('runs module graphs with cycles, import maps, JSON, dynamic import and top-level await, after the styles', async () => {
    const page = await open({
      '/': `<!doctype html><link rel=stylesheet href="/style.css"><script type="importmap">{"imports":{"lib":"/lib/index.js","lib/":"/lib/"}}</script>
        <script type="module" src="./main.js"></script>
        <script type="module">import { x } from 'lib/deep.js'; console.log('inline', x + ' ' + import.meta.url);</script><p id=p></p>`,
      '/style.css': '#p { color: rgb(1, 2, 3) }',
      '/main.js': `import { name } from 'lib'; import { a, readB } from './a.js'; import data from './data.json' with { type: 'json' };
        console.log('main', name + ' ' + a + ' ' + readB() + ' ' + data.n + ' ' + import.meta.url);
        console.log('color', getComputedStyle(document.getElementById('p')).color);
        const later = await import('./later.js?v=1'); console.log('later', later.default);
        await import('./missing.js').catch((error) => console.log('missing', error instanceof Error));`,
      '/lib/index.js': `export const name = 'lib';`,
      '/lib/deep.js': `export const x = 'deep';`,
      '/a.js': `import { b } from './b.js'; export const a = 'a'; export const readB = () => b;`,
      '/b.js': `import { a } from './a.js'; export const b = 'b'; export const readA = () => a;`,
      '/data.json': '{"n":7}',
      '/later.js?v=1': `await Promise.resolve(); export default import.meta.url;`,
    });
    await page.logged('missing');
    assert.equal(page.log('main'), 'lib a b 7 http://localhost:3000/main.js');
    assert.equal(page.log('color'), 'rgb(1, 2, 3)');
    assert.equal(page.log('later'), 'http://localhost:3000/later.js?v=1');
    assert.equal(page.log('inline'), 'deep http://localhost:3000/');
  });

  it('shows modules of a cycle only what they export, also one that imports itself', async () => {
    const page = await open({
      '/': `<!doctype html><script type="module" src="./self.js"></script>`,
      '/self.js': `import * as self from './self.js'; import * as other from './other.js'; export default function one() {}; export let two = 2;
        export { two as 'a name' }; two = 3;
        const tell = () => self.default ? console.log('self', Object.keys(self).join() + ' ' + self.two + ' ' + self.default.name + ' ' + other.seen()) : setTimeout(tell);
        tell();`,
      '/other.js': `import * as back from './self.js'; export const seen = () => Object.keys(back).join() + ' ' + back['a name'];`,
    });
    await page.logged('self');
    assert.equal(page.log('self'), 'a name,default,two 3 one a name,default,two 3');
  });

  it('carries style sheets with @import and url(), images with srcset, and inline styles', async () => {
    const page = await open((request) => {
      if (/\.gif/.test(request.path)) return { type: 'image/gif', body: pixel };
      return {
        body:
          {
            '/': `<!doctype html><link rel=stylesheet href="css/main.css" media="screen"><style>@import "/css/c.css"; h1 { background: url(/s.gif) }</style>
            <div id=d style="background-image: url('/i.gif')"></div><h1>x</h1>
            <img id=i src="a.gif" srcset="b.gif 2x, c.gif 3x"><picture><source srcset="/p.gif"><img id=pi src="q.gif"></picture><img id=bad src="/bad.png" onerror="console.log('onerror', 1)">
            <script>addEventListener('load', () => { const s = (e) => getComputedStyle(e);
              console.log('imported', s(d).color + s(d).backgroundColor + s(d).borderTopColor);
              console.log('bg', s(d).backgroundImage.startsWith('url("blob:')); console.log('h1', s(document.querySelector('h1')).backgroundImage.startsWith('url("blob:'));
              console.log('img', i.naturalWidth + ' ' + i.src + ' ' + i.complete + ' ' + i.getAttribute('src'));
              console.log('pic', pi.naturalWidth); console.log('sheets', document.styleSheets[0].href === document.querySelector('link').href || document.styleSheets.length);
            });</script>`,
            '/css/main.css': `/* @import "no.css" */ @import url(sub/a.css); @import 'b.css' screen; div::after { content: "url(x.gif)" } div { background-image: none }`,
            '/css/sub/a.css': `@import "../main.css"; div { color: rgb(1, 1, 1); list-style-image: url(dot.gif) }`,
            '/css/b.css': `div { background-color: rgb(2, 2, 2) }`,
            '/css/c.css': `div { border-top: 1px solid rgb(3, 3, 3) }`,
          }[request.path] ?? '',
        ...(request.path === '/bad.png' ? { status: 404 } : {}),
        ...(request.path.endsWith('.css') ? { type: 'text/css' } : {}),
      };
    });
    assert.equal(page.log('imported'), 'rgb(1, 1, 1)rgb(2, 2, 2)rgb(3, 3, 3)');
    assert.equal(page.log('bg'), true);
    assert.equal(page.log('h1'), true);
    assert.match(String(page.log('img')), /^[12] http:\/\/localhost:3000\/a\.gif true a\.gif$/);
    assert.equal(page.log('pic'), 2);
    assert.equal(await page.logged('onerror'), 1);
    const paths = page.container.requests.map((request) => request.path);
    assert.include(paths, '/css/sub/dot.gif');
    assert.include(paths, '/s.gif');
    assert.notInclude(paths, '/css/x.gif');
    assert.notInclude(paths, '/css/no.css');
  });

  it('carries fonts, of style sheets and of scripts', async () => {
    const page = await open((request) => {
      if (request.path.endsWith('.ttf')) return { type: 'font/ttf', body: wideFont() };
      if (request.path.endsWith('.css'))
        return { type: 'text/css', body: `@font-face { font-family: linked; src: url(../fonts/linked.ttf) format('truetype') }` };
      return {
        body: `<!doctype html><link rel=stylesheet href="/css/main.css"><style>@font-face { font-family: own; src: url("/own.ttf") } span { font-size: 20px }</style>
          <span id=linked style="font-family: linked, monospace">AAA</span><span id=own style="font-family: own, monospace">AAA</span>
          <span id=made style="font-family: made, monospace">AAA</span><span id=none style="font-family: none, monospace">AAA</span>
          <script>(async () => {
            document.fonts.add(await new FontFace('made', 'url(made.ttf)').load().catch((error) => (console.log('failed', String(error)), new FontFace('made', new ArrayBuffer(0)))));
            await Promise.all(['linked', 'own', 'made'].map((name) => document.fonts.load('20px ' + name, 'A')));
            console.log('widths', [linked, own, made].map((element) => element.getBoundingClientRect().width).join());
            console.log('other', none.getBoundingClientRect().width < 100);
          })()</script>`,
      };
    });
    await page.logged('other');
    assert.equal(page.log('failed'), undefined);
    assert.equal(page.log('widths'), '180,180,180');
    assert.equal(page.log('other'), true);
    assert.includeMembers(
      page.container.requests.map((request) => request.path),
      ['/fonts/linked.ttf', '/own.ttf', '/made.ttf'],
    );
  });

  it('carries fetch and XMLHttpRequest: bodies, headers, streams, aborts, redirects', async () => {
    const page = await open((request) => {
      const { method, body, headers } = request;
      if (request.path === '/echo') {
        const seen = { method, body, contentType: headers.get('content-type'), b: headers.get('x-b'), referer: headers.get('referer') };
        return { type: 'application/json', headers: [['X-A', '1']], body: JSON.stringify(seen) };
      }
      if (request.path === '/r1') return { status: 302, headers: [['Location', '/echo']] };
      if (request.path === '/r2') return { status: 307, headers: [['Location', '/echo']] };
      if (request.path === '/slow')
        return { body: new ReadableStream({ start: (stream) => stream.enqueue(new TextEncoder().encode('part')) }) };
      if (request.path === '/big') return { type: 'application/octet-stream', body: new Uint8Array(300_000).fill(7) };
      if (request.path !== '/') return undefined;
      return {
        body: `<!doctype html><script>(async () => {
        const r = await fetch('/echo', { method: 'POST', headers: { 'X-B': 'b' }, body: new URLSearchParams({ q: '1 2' }) });
        console.log('fetch', JSON.stringify({ ...await r.clone().json(), status: r.status, url: r.url, xa: r.headers.get('x-a'), redirected: r.redirected, type: r.type }));
        const f = await fetch('r1', { method: 'POST', body: 'x' }); console.log('r1', [(await f.json()).method, f.url, f.redirected].join());
        const g = await fetch('r2', { method: 'PUT', body: 'y' }); console.log('r2', [(await g.json()).method, g.redirected].join());
        const m = await fetch('r1', { redirect: 'manual' }); console.log('manual', m.type + m.status);
        console.log('redirect error', await fetch('r1', { redirect: 'error' }).catch((e) => e.name));
        const stop = new AbortController(); const s = await fetch('/slow', { signal: stop.signal }); const reader = s.body.getReader();
        console.log('part', new TextDecoder().decode((await reader.read()).value)); const next = reader.read(); stop.abort();
        console.log('abort', await next.catch((e) => e.name));
        console.log('big', (await (await fetch('/big')).arrayBuffer()).byteLength);
        console.log('external', await fetch('https://example.com/').catch((e) => e.name + ' ' + e.message.includes('allow-hosts')));
        console.log('closed', await fetch('http://localhost:4000/').catch((e) => e.name));
        console.log('beacon', navigator.sendBeacon('/echo', 'b'));
        const form = new FormData(); form.set('f', new File(['file'], 'n.txt', { type: 'text/plain' }));
        const x = new XMLHttpRequest(); const events = [];
        for (const n of ['loadstart', 'readystatechange', 'progress', 'load', 'loadend']) x.addEventListener(n, () => events.push(n + x.readyState));
        x.upload.onload = () => events.push('upload');
        x.open('POST', '/echo'); x.responseType = 'json'; x.setRequestHeader('x-b', 'q'); x.send(form);
        await new Promise((resolve) => x.onloadend = resolve);
        console.log('xhr', [x.status, x.response.method, x.response.b, x.response.contentType.startsWith('multipart/form-data; boundary='), x.response.body.includes('filename="n.txt"'), x.getResponseHeader('X-A'), x.responseURL].join());
        console.log('events', events.join());
        const z = new XMLHttpRequest(); try { z.open('GET', '/', false); } catch (e) { console.log('sync', e.name + ' ' + e.message.includes('synchronous')); }
        const y = new XMLHttpRequest(); y.onprogress = () => { console.log('text', y.responseText); y.abort(); };
        y.onabort = () => console.log('xhr abort', y.status); y.open('GET', '/slow'); y.send();
      })()</script>`,
      };
    });
    await page.logged('xhr abort');
    assert.deepEqual(JSON.parse(String(page.log('fetch'))), {
      method: 'POST',
      body: 'q=1+2',
      contentType: 'application/x-www-form-urlencoded;charset=UTF-8',
      b: 'b',
      referer: 'http://localhost:3000/',
      status: 200,
      url: 'http://localhost:3000/echo',
      xa: '1',
      redirected: false,
      type: 'basic',
    });
    assert.equal(page.log('r1'), 'GET,http://localhost:3000/echo,true');
    assert.equal(page.log('r2'), 'PUT,true');
    assert.equal(page.log('manual'), 'opaqueredirect0');
    assert.equal(page.log('redirect error'), 'TypeError');
    assert.equal(page.log('part'), 'part');
    assert.equal(page.log('abort'), 'AbortError');
    assert.equal(page.log('big'), 300_000);
    assert.equal(page.log('external'), 'TypeError true');
    assert.equal(page.log('closed'), 'TypeError');
    assert.equal(page.log('xhr'), '200,POST,q,true,true,1,http://localhost:3000/echo');
    assert.equal(
      page.log('events'),
      'readystatechange1,loadstart1,upload,readystatechange2,readystatechange3,progress3,readystatechange4,load4,loadend4',
    );
    assert.equal(page.log('sync'), 'InvalidAccessError true');
    assert.equal(page.log('text'), 'part');
    assert.equal(page.log('xhr abort'), 0);
  });

  it('follows links, forms and redirects, and keeps a history', async () => {
    const page = await open((request) => {
      if (request.path === '/old') return { status: 301, headers: [['Location', '/new']] };
      if (request.path === '/post')
        return {
          status: 303,
          headers: [
            [
              'Location',
              `/got?${encodeURIComponent(`${request.method} ${request.headers.get('content-type')?.split(';', 1)[0]} ${request.body}`)}`,
            ],
          ],
        };
      return {
        body: `<!doctype html><title>${request.url.pathname}</title><a id=link href="/old">x</a><a id=hash href="#part">x</a><p id=part></p>
          <form id=get action="/search"><input name=q value="a b"><button name=go value=1>x</button></form>
          <form id=post method=post action="/post"><input name=q value="é&"></form>
          <form id=file method=post action="/post" enctype="multipart/form-data"><input name=q value="v"></form>
          <script>console.log('at ' + document.URL, document.referrer + '|' + history.length);
            addEventListener('popstate', (e) => console.log('pop', JSON.stringify(e.state) + ' ' + document.URL));
            addEventListener('hashchange', (e) => console.log('hash', e.newURL));
            if (document.URL.endsWith('3000/')) { history.replaceState({ n: 0 }, ''); history.pushState({ n: 1 }, '', '/pushed'); history.pushState({ n: 2 }, '', '?x'); console.log('pushed', document.URL + ' ' + history.state.n + ' ' + history.length); history.back(); setTimeout(() => link.click(), 300) }
            if (document.URL.endsWith('/new')) { hash.click(); setTimeout(() => get.querySelector('button').click(), 50) }
            if (document.URL.includes('/search')) post.submit();
            if (document.URL.includes('/got?POST%20application')) file.requestSubmit();
            if (document.URL.includes('/got?POST%20multipart')) addEventListener('load', () => setTimeout(() => console.log('done', document.URL), 50))
          </script>`,
      };
    });
    const done = decodeURIComponent(String(await page.logged('done')));
    assert.include(page.names, 'at http://localhost:3000/new');
    assert.equal(page.log('at http://localhost:3000/new'), 'http://localhost:3000/pushed|3');
    assert.equal(page.log('pushed'), 'http://localhost:3000/pushed?x 2 3');
    assert.equal(page.log('pop'), '{"n":1} http://localhost:3000/pushed');
    assert.equal(page.log('hash'), 'http://localhost:3000/new#part');
    assert.include(page.names, 'at http://localhost:3000/search?q=a+b&go=1');
    assert.include(page.names, 'at http://localhost:3000/got?POST%20application%2Fx-www-form-urlencoded%20q%3D%25C3%25A9%2526');
    assert.match(done, /POST multipart\/form-data [^]*name="q"\r\n\r\nv/);
    const before = page.host.url;
    const back = nextEvent(page.host, 'bv-preview-load');
    page.host.back();
    await back;
    assert.notEqual(page.host.url, before);
    assert.include(page.host.url, '/got?POST%20application');
  });

  it('keeps cookies and storage per container, and tells other previews of changes', async () => {
    const routes: FakeServer = (request) => {
      if (request.path === '/cookies') return { type: 'text/plain', body: request.headers.get('x-cookie') ?? '' };
      const cookies: [string, string][] = [
        ['Set-Cookie', 'a=1; Path=/; Max-Age=1000'],
        ['Set-Cookie', 'secret=2; HttpOnly'],
        ['Set-Cookie', 'other=3; Path=/elsewhere'],
      ];
      return {
        headers: request.path === '/' ? cookies : [],
        body: `<!doctype html><script>(async () => {
          console.log('cookie', document.cookie); document.cookie = 'mine=4; path=/'; console.log('written', document.cookie);
          console.log('sent', await (await fetch('/cookies')).text());
          console.log('kept', localStorage.getItem('k') + ' ' + localStorage.length + ' ' + sessionStorage.s);
          addEventListener('storage', (e) => console.log('storage', e.key + e.oldValue + e.newValue));
          if (document.URL.endsWith('/')) { localStorage.k = 'v'; sessionStorage.setItem('s', 't'); localStorage.removeItem('none'); console.log('keys', Object.keys(localStorage).join() + localStorage.missing); }
          if (document.URL.endsWith('/writer')) { localStorage.k = 'w'; delete localStorage.k; }
          console.log('end', 1); })()</script>`,
      };
    };
    const first = await open(routes);
    await first.logged('end');
    assert.equal(first.log('cookie'), 'a=1');
    assert.equal(first.log('written'), 'a=1; mine=4');
    assert.equal(first.log('sent'), 'a=1; secret=2; mine=4');
    assert.equal(first.log('kept'), 'null 0 undefined');
    assert.equal(first.log('keys'), 'kundefined');
    const second = await open(routes, { path: '/writer', container: first.container });
    await second.logged('end');
    assert.equal(second.log('cookie'), 'a=1; mine=4');
    assert.equal(second.log('kept'), 'v 1 undefined');
    await first.logged('storage');
    assert.equal(first.log('storage'), 'kvw');
    second.close();
    const other = await open(routes, { path: '/writer' });
    await other.logged('end');
    assert.equal(other.log('cookie'), '', 'another container has cookies of its own');
    assert.equal(other.log('kept'), 'null 0 undefined');
    first.close();
  });

  it('forwards the console, uncaught errors and rejections, safely', async () => {
    const page = await open({
      '/': `<!doctype html><script>console.warn('n %s %d', 'x', 4.5, { a: [1, 'b'], get c() { throw 1 } }, null); const o = {}; o.self = o; console.error(o, () => 1, new Map([[1, document.body]]));
        setTimeout(() => { throw new TypeError('boom') }); Promise.reject(new Error('lost')); console.log('end');</script>`,
    });
    await page.logged('end');
    while (page.errors.length < 2) await nextEvent(page.host, 'bv-preview-error');
    assert.deepEqual(page.errors.map(({ kind, error }) => `${kind} ${error.name} ${error.message}`).sort(), [
      'exception TypeError boom',
      'rejection Error lost',
    ]);
    assert.deepEqual(page.logs[0]?.slice(0, 1), ['n x 4']);
    assert.equal(page.logs[1]?.[0], '{self: [Circular]}');
    assert.deepEqual(page.container.messages.map(({ type }) => type).sort(), [
      'PREVIEW_CONSOLE_ERROR',
      'PREVIEW_UNCAUGHT_EXCEPTION',
      'PREVIEW_UNHANDLED_REJECTION',
    ]);
  });

  it('handles what scripts add: scripts, modules, images, links, styles, workers', async () => {
    const page = await open((request) => {
      if (request.path.endsWith('.gif')) return { type: 'image/gif', body: pixel };
      const routes: Record<string, string> = {
        '/': `<!doctype html><body><script>
          const add = (tag, props, parent = document.body) => parent.appendChild(Object.assign(document.createElement(tag), props));
          add('script', { src: '/s1.js', async: false }); add('script', { src: '/s2.js', async: false, onload: () => console.log('onload', 1) });
          add('script', { type: 'module', src: '/m.js', onload: () => console.log('module loaded', 1) });
          add('script', { type: 'module', textContent: 'import { v } from "./m.js"; console.log("inline module", v)' });
          add('script', { src: '/missing.js', onerror: () => console.log('script error', 1) });
          const image = new Image(); image.onload = () => console.log('image', image.naturalWidth + image.src); image.src = '/x.gif';
          const box = add('div', {}); box.innerHTML = '<img src="/y.gif" onload="console.log(\\'markup image\\', this.naturalWidth)" onerror="console.log(\\'wrong\\', 1)"><p class=c>x</p>';
          add('link', { rel: 'stylesheet', href: '/l.css', onload: () => console.log('sheet', getComputedStyle(box).color) }, document.head);
          const w = new Worker('/w.js'); w.onmessage = (e) => console.log('worker', e.data); w.postMessage(20);
          box.style.backgroundImage = 'url(/z.gif)';
        </script>`,
        '/s1.js': `console.log('s1', 1)`,
        '/s2.js': `console.log('s2', 1)`,
        '/m.js': `export const v = 'm'; console.log('m', import.meta.url)`,
        '/l.css': 'div { color: rgb(9, 9, 9) }',
        '/w.js': 'onmessage = (e) => postMessage(e.data + 1)',
      };
      const body = routes[request.path];
      return body === undefined ? undefined : { body };
    });
    for (const name of ['onload', 'module loaded', 'inline module', 'script error', 'image', 'markup image', 'sheet', 'worker'])
      await page.logged(name);
    assert.isBelow(page.names.indexOf('s1'), page.names.indexOf('s2'));
    assert.equal(page.log('m'), 'http://localhost:3000/m.js');
    assert.equal(page.log('inline module'), 'm');
    assert.equal(page.names.filter((name) => name === 'm').length, 1);
    assert.equal(page.log('image'), '2http://localhost:3000/x.gif');
    assert.equal(page.log('markup image'), 2);
    assert.equal(page.log('sheet'), 'rgb(9, 9, 9)');
    assert.equal(page.log('worker'), 21);
    assert.notInclude(page.names, 'wrong');
  });

  it('gives scripts the location of the server', async () => {
    const page = await open({
      '/': `<!doctype html><script>console.log('inline', location.pathname + window.location.host + document.location.href);
          { const location = 'mine'; console.log('shadow', location); } ((location) => console.log('param', location))('p');
          console.log('member', ({ location: 'field' }).location); const { location: l } = window; console.log('destructured', l.origin);
          import('./m.js').then((m) => m.go())</script>`,
      '/m.js': `export const go = () => { console.log('module', String(location)); location.href = '/next?a#b'; }`,
      '/next?a': `<!doctype html><script>console.log('next', location.search + location.hash); window.location = 'last'</script>`,
      '/last': `<!doctype html><script>console.log('last', location.pathname); </script>`,
    });
    await page.logged('last');
    assert.equal(page.log('inline'), '/localhost:3000http://localhost:3000/');
    assert.equal(page.log('shadow'), 'mine');
    assert.equal(page.log('param'), 'p');
    assert.equal(page.log('member'), 'field');
    assert.equal(page.log('destructured'), 'http://localhost:3000');
    assert.equal(page.log('module'), 'http://localhost:3000/');
    assert.equal(page.log('next'), '?a#b');
    assert.equal(page.log('last'), '/last');
  });

  it('gives it to what scripts evaluate, too', async () => {
    const page = await open({
      '/': `<!doctype html><script>
          (function () { const near = 'near'; console.log('direct', eval('near + location.pathname')); })();
          console.log('strict', (function () { 'use strict'; return eval('var own = location.port; own') + typeof own; })());
          console.log('indirect', (0, eval)('typeof near + location.host'));
          console.log('function', new Function('a', 'b = 1', 'return a + b + location.pathname')('x') + Function('return this === window')());
          console.log('same', (() => {}).constructor === Function && (() => {}) instanceof Function && !(Function('') instanceof Array));
          const other = { eval: (text) => text + '!' };
          console.log('other', other.eval('location') + eval(7) + typeof eval());
          if (globalThis.trustedTypes) {
            const policy = trustedTypes.createPolicy('bundler', { createScript: (text) => text });
            console.log('trusted', eval(policy.createScript('location.pathname')));
          } else console.log('trusted', '/');
          eval("import('./m.js').then((m) => console.log('imported', m.here))");
          eval(\`//# sourceURL=webpack-internal:///x.js
            (() => { try { eval('new.target') } catch (error) { console.log('nested', error.name + eval('location.pathname')) } })()\`);
          try { eval('location = =') } catch (error) { console.log('error', error.name) }
          </script>`,
      '/m.js': `export const here = new URL(import.meta.url).pathname + eval('location.pathname')`,
    });
    await page.logged('imported');
    assert.equal(page.log('direct'), 'near/');
    assert.equal(page.log('strict'), '3000undefined');
    assert.equal(page.log('indirect'), 'undefinedlocalhost:3000');
    assert.equal(page.log('function'), 'x1/true');
    assert.equal(page.log('same'), true);
    assert.equal(page.log('other'), 'location!7undefined');
    assert.equal(page.log('trusted'), '/');
    assert.equal(page.log('imported'), '/m.js/');
    assert.equal(page.log('nested'), 'SyntaxError/');
    assert.equal(page.log('error'), 'SyntaxError');
  });

  it('keeps the document from the page and from the network', async () => {
    const page = await open({
      '/': `<!doctype html><script>
        const attempt = (name, run) => { try { console.log(name, String(run())) } catch (e) { console.log(name, 'throws ' + e.name) } };
        attempt('parent', () => parent.document.title); attempt('top', () => top.location.href); attempt('origin', () => self.origin);
        attempt('frame', () => frameElement);
        const img = document.createElement('img'); img.onerror = () => console.log('img', 'blocked'); img.onload = () => console.log('img', 'loaded'); img.src = new URL('/components/preview/hosts/testing/fake-container.ts', '${location.origin}').href;
        document.body.append(img);
        parent.postMessage({ kind: 'bv-preview-boot', session: 'guess' }, '*');
        </script>`,
    });
    await page.logged('img');
    assert.equal(page.log('parent'), 'throws SecurityError');
    assert.equal(page.log('top'), 'throws SecurityError');
    assert.equal(page.log('origin'), 'null');
    assert.equal(page.log('frame'), 'null');
    assert.equal(page.log('img'), 'blocked');
  });

  it('carries EventSource, with its reconnection', async () => {
    let count = 0;
    const page = await open((request) => {
      if (request.path !== '/events')
        return {
          body: `<!doctype html><script>const s = new EventSource('/events'); s.onopen = () => console.log('open', s.readyState); s.onmessage = (e) => console.log('message', e.data + e.lastEventId); s.addEventListener('x', (e) => { console.log('x ' + e.data, e.origin); if (e.data === '2') s.close(); });</script>`,
        };
      count += 1;
      const text = `:comment\nretry: 10\nid: ${count}\ndata: a\ndata: b\n\nevent: x\r\ndata: ${count}\r\n\r\n`;
      assert.equal(request.headers.get('last-event-id'), count === 1 ? null : '1');
      return { type: 'text/event-stream', body: text };
    });
    await page.logged('x 2');
    assert.equal(page.log('open'), 1);
    assert.equal(page.log('message'), 'a\nb1');
    assert.equal(page.log('x 1'), 'http://localhost:3000');
  });

  it('says what went wrong when nothing listens, and shows errors of the server as documents', async () => {
    const container = new FakeContainer({
      '/': { status: 500, body: '<!doctype html><title>Broken</title>' },
      '/data': { type: 'application/json', body: '{"a":"<b>"}' },
    });
    container.openPorts.length = 0;
    const page = await open({}, { container, wait: false });
    const event = await nextEvent<PreviewErrorEvent>(page.host, 'bv-preview-error');
    assert.equal(event.kind, 'document');
    assert.equal((event.error as Error & { code: string }).code, 'ERR_BV_PORT_CLOSED');
    container.openPorts.push(3000);
    const loaded = nextEvent(page.host, 'bv-preview-load');
    await page.host.reload();
    await loaded;
    assert.equal(page.host.title, 'Broken');
    const again = nextEvent(page.host, 'bv-preview-load');
    await page.host.navigate('/data');
    await again;
    assert.equal(page.host.title, '/data');
    let failed: unknown;
    container.openPorts.length = 0;
    await page.host.reload().catch((error: unknown) => (failed = error));
    assert.equal((failed as { code: string }).code, 'ERR_BV_PORT_CLOSED');
  });

  it('gives every document the preview script first', async () => {
    const container = new FakeContainer({
      '/': `<!doctype html><script>console.log('second', window.first)</script>`,
    });
    container.previewScript = { source: 'window.first = 1', options: {} };
    const page = await open({}, { container });
    assert.equal(page.log('second'), 1);
  });

  it('carries WebSockets', async () => {
    const container = new FakeContainer({
      '/': `<!doctype html><script>const s = new WebSocket('ws://localhost:3000/chat'); s.binaryType = 'arraybuffer'; const got = [];
        s.onopen = () => { s.send('text'); s.send(Uint8Array.of(1, 2)); s.send(new Blob(['blob'])); s.send('after'); };
        s.onmessage = (e) => { got.push(typeof e.data === 'string' ? e.data : new Uint8Array(e.data).join('')); if (got.length === 4) { console.log('got', got.join()); s.send('close'); } };
        s.onclose = (e) => { console.log('closed', [e.code, e.reason, e.wasClean, s.readyState, s instanceof WebSocket].join());
          const t = new WebSocket('/none'); t.onerror = () => console.log('error', t.url); t.onclose = (e) => console.log('refused', e.code); }</script>`,
    });
    let head = '';
    container.onConnect = (pipe) => {
      container.onConnect = undefined;
      void echoWebSocket(pipe, (text) => (head = text));
    };
    const page = await open({}, { container });
    await page.logged('refused');
    assert.equal(page.log('got'), `text,12,${[...'blob'].map((character) => character.charCodeAt(0)).join('')},after`);
    assert.equal(page.log('closed'), '4001,done,true,3,true');
    assert.equal(page.log('error'), 'ws://localhost:3000/none');
    assert.equal(page.log('refused'), 1006);
    assert.match(head, /Origin: http:\/\/localhost:3000\r/);
  });
});
