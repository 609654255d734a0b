/** Programs that ask hosts outside of the page, as the author allowed it. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import { WebSocketServer } from 'ws';
import { ServedBrowser } from '../testing/served-browser.ts';
import { findBrowser } from '../tools/browsers.ts';

interface Holder {
  readonly container: import('../index.ts').Container;
}

for (const name of ['chromium', 'firefox'] as const) {
  if (findBrowser(name) === undefined) continue;
  describe(`A container with \`network\` in ${name}`, { timeout: 240_000 }, () => {
    const hosts = ['outside.test', 'a.outside.test', 'other.test'];
    let served: ServedBrowser;
    let page: Page;
    let port: string;
    before(async () => {
      served = await ServedBrowser.open({ name, hosts });
      ({ port } = new URL(served.origin));
      new WebSocketServer({ server: served.server }).on('connection', (socket) => {
        socket.on('message', (data: Buffer, binary) => socket.send(data, { binary }));
      });
      page = await served.blankPage();
      await page.evaluate(async () => {
        const element = document.createElement('bv-container');
        element.setAttribute('network', 'outside.test  *.outside.test');
        document.body.append(element);
        await import(new URL('/dist/bavini.js', location.href).href);
        await (element as unknown as { run(): Promise<void> }).run();
        Object.assign(globalThis, { told: [] });
        (element as unknown as Holder).container.on('limit', ({ message }) => {
          (globalThis as unknown as { told: string[] }).told.push(message);
        });
      });
    });
    after(() => served.close());

    const exec = async (source: string): Promise<string> => {
      const { stdout, stderr } = await page.evaluate(async (text) => {
        const { container } = document.querySelector('bv-container') as unknown as Holder;
        await container.fs.writeFile('main.mjs', text);
        return container.exec('node main.mjs');
      }, source);
      return stdout + stderr;
    };

    it('reaches the hosts that are named, by fetch and by http', async () => {
      const said = await exec(`
        import http from 'node:http';
        for (const host of ['outside.test', 'a.outside.test']) {
          const response = await fetch('http://' + host + ':${port}/runtime/testing/blank.html');
          console.log(response.status, response.headers.get('content-type'), (await response.text()).startsWith('<!doctype html>'));
        }
        http.get('http://outside.test:${port}/nowhere', (response) => {
          console.log(response.statusCode, response.headers['content-type']);
          response.resume();
        });`);
      assert.equal(said, '200 text/html; charset=utf-8 true\n200 text/html; charset=utf-8 true\n404 text/plain\n');
    });

    it('opens WebSockets to hosts that are named, and no others', async () => {
      const said = await exec(`
        const spoken = (url, protocols) => new Promise((resolve) => {
          const heard = [];
          const socket = new WebSocket(url, protocols);
          socket.binaryType = 'arraybuffer';
          socket.onopen = () => {
            heard.push('open ' + socket.protocol);
            socket.send('héllo');
            socket.send(new Uint8Array(100_000));
          };
          socket.onmessage = ({ data }) => {
            heard.push(typeof data === 'string' ? data : data.byteLength);
            if (heard.length === 3) socket.close(4001, 'done');
          };
          socket.onerror = () => heard.push('error');
          socket.onclose = ({ code, reason, wasClean }) => resolve([...heard, code, reason, wasClean].join(' '));
        });
        console.log(await spoken('ws://outside.test:${port}/', ['json', 'text']));
        console.log(await spoken('ws://other.test:${port}/'));`);
      assert.equal(said, 'open json héllo 100000 4001 done true\nerror 1006  false\n');
    });

    it('says in the answer which headers keep a WebSocket from being opened', async () => {
      const said = await exec(`
        import http from 'node:http';
        const headers = {
          Connection: 'Upgrade', Upgrade: 'websocket', Authorization: 'Bearer x',
          'Sec-WebSocket-Version': 13, 'Sec-WebSocket-Key': Buffer.alloc(16).toString('base64'),
        };
        http.get('http://outside.test:${port}/', { headers }, async (response) => {
          console.log(response.statusCode, (await response.toArray()).join(''));
        });`);
      assert.match(said, /^501 A browser cannot send authorization with a WebSocket: /);
      const told = await page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
      assert.match(told.at(-1) ?? '', /cannot send authorization/);
    });

    it('does not find others, and says why to the page', async () => {
      const said = await exec(`
        const { cause } = await fetch('http://other.test:${port}/').catch((error) => error);
        console.log(cause.code, cause.hostname);`);
      assert.equal(said, 'ENOTFOUND other.test\n');
      const told = await page.evaluate(() => (globalThis as unknown as { told: string[] }).told);
      assert.match(told.at(-1) ?? '', /may not reach "other\.test".*`network`/);
    });

    it('is told when the browser cannot make a request', async () => {
      const said = await exec(`
        const response = await fetch('https://outside.test:${port}/');
        console.log(response.status, await response.text());`);
      assert.match(said, /^502 The page's browser could not perform this request: /);
    });

    it('is not made with a rule that names no host', async () => {
      const failure = await page.evaluate(async () => {
        const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as typeof import('../index.ts');
        return Container.boot({ network: { allow: ['https://outside.test'] } }).then(
          () => 'it was made',
          ({ code, message }: Error & { code?: string }) => `${code} ${message}`,
        );
      });
      assert.equal(failure, 'ERR_BV_INVALID_ARGUMENT "https://outside.test" names no host: expected "example.com", "*.example.com" or "*"');
    });
  });
}
