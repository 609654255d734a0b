/** A registry that asks who is there: what one container has to say to it is found nowhere else in its page. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import type { Container } from '../../runtime/index.ts';
import { startRegistry, type TestRegistry } from '../../runtime/programs/npm/testing/registry.ts';
import { ServedBrowser } from '../../runtime/testing/served-browser.ts';
import { findBrowser } from '../../runtime/tools/browsers.ts';

const token = 'npm_the-token-of-one-container';
const wrongToken = 'npm_a-token-that-has-expired';
/** As the registry is told, as a file has it, and as Base64 of any beginning. */
const forms = [token, wrongToken].flatMap((one) => [
  one,
  ...[0, 1, 2].map((offset) =>
    Buffer.from('x'.repeat(offset) + one)
      .toString('base64')
      .slice(4, -6),
  ),
]);
const found = (text: string) => forms.filter((form) => text.includes(form));

const privatePackages = ['pnpm', 'yarn', 'bun', 'npm'].map((name) => ({ name: `@private/of-${name}`, version: '1.0.0' }));

/** Sends back all that it was sent. */
const echo = `
require('http').createServer(async (request, response) => {
  let body = '';
  for await (const chunk of request) body += chunk;
  const told = JSON.stringify([request.method, request.url, request.rawHeaders, body]);
  response.setHeader('content-type', 'text/html').end('<!doctype html><title>Echo</title><p id="told"></p><script>document.getElementById("told").textContent = ' + JSON.stringify(told).replaceAll('<', '\\\\u003c') + '</script>');
}).listen(3000, () => console.log('ready'));
`;

interface Kept {
  readonly containers: Record<string, Container>;
  readonly told: string[];
}

for (const name of ['chromium', 'firefox'] as const) {
  if (findBrowser(name) === undefined) continue;
  describe(`A token of one container in ${name}`, { timeout: 240_000 }, () => {
    let served: ServedBrowser;
    let registry: TestRegistry;
    let page: Page;
    let key: string;
    /** What the registry was asked for, with who asked, and what the page says to the developer. */
    const addresses: string[] = [];
    const consoleTexts: string[] = [];
    /** Of requests that said who asks. */
    let believed = 0;

    before(async () => {
      registry = await startRegistry([...privatePackages, { name: 'public', version: '1.0.0' }]);
      registry.intercept = (path, response) => {
        addresses.push(response.req.url ?? '');
        if (!path.startsWith('/@private/')) return false;
        if (response.req.headers.authorization === `Bearer ${token}`) {
          believed += 1;
          return false;
        }
        response.writeHead(401, { 'content-type': 'application/json', 'www-authenticate': 'Bearer' });
        response.end('{"error":"authentication required"}');
        return true;
      };
      key = `//${new URL(registry.address).host}/:_authToken`;
      served = await ServedBrowser.open({ name });
      page = await served.blankPage();
      page.on('console', (message) => consoleTexts.push(message.text()));
      page.on('pageerror', (error) => consoleTexts.push(String(error)));
      await page.evaluate(
        async (address, program) => {
          const kept: Kept = { containers: {}, told: [] };
          Object.assign(globalThis, { kept });
          document.addEventListener('bv-error', (event) => {
            const { message, error } = event as Event & { message: string; error: Error };
            kept.told.push(`${message} ${String(error)} ${error.stack ?? ''}`);
          });
          const ready = new Promise<void>((resolve) => {
            document.addEventListener('bv-ready', (event) => {
              const { container } = event as Event & { container: Container };
              kept.containers[(event.target as Element).id] = container;
              if (Object.keys(kept.containers).length === 2) resolve();
            });
          });
          document.body.innerHTML = `
            <bv-container id="holder" registry="${address}"><script type="bv-file" path="echo.js"></script>
              <bv-terminal command="node echo.js"></bv-terminal><bv-preview port="3000"></bv-preview></bv-container>
            <bv-container id="other" registry="${address}"><pre path="a.txt">a</pre><bv-terminal command="sh"></bv-terminal></bv-container>`;
          document.querySelector('script')!.textContent = program;
          await import(new URL('/dist/bavini.js', location.href).href);
          for (const element of document.querySelectorAll('bv-container')) void (element as unknown as { run(): Promise<void> }).run();
          await ready;
        },
        registry.address,
        echo,
      );
    });
    after(async () => {
      await registry.close();
      await served.close();
    });

    async function run(id: 'holder' | 'other', line: string): Promise<{ readonly code: number | null; readonly text: string }> {
      return page.evaluate(
        async (container, text) => {
          const { stdout, stderr, code } = await (globalThis as unknown as { kept: Kept }).kept.containers[container]!.exec(text);
          return { code, text: `${stdout}\n${stderr}` };
        },
        id,
        line,
      );
    }

    it('lets it install, with each manager, what others may not have', async () => {
      const refused = await run('holder', 'npm install @private/of-npm');
      assert.equal(refused.code, 1);
      assert.match(refused.text, /^npm error code E401$/m);
      assert.equal((await run('holder', `npm config set ${key}=${token}`)).code, 0);
      for (const [manager, line] of [
        ['npm', 'npm install @private/of-npm --loglevel silly'],
        ['pnpm', 'mkdir -p /tmp/pnpm && cd /tmp/pnpm && echo {} > package.json && pnpm add @private/of-pnpm'],
        ['yarn', 'mkdir -p /tmp/yarn && cd /tmp/yarn && echo {} > package.json && yarn add --verbose @private/of-yarn'],
        ['bun', 'mkdir -p /tmp/bun && cd /tmp/bun && echo {} > package.json && bun add @private/of-bun'],
      ] as const) {
        const { code, text } = await run('holder', `${line} && node -p "require('@private/of-${manager}')"`);
        assert.equal(code, 0, text);
        assert.match(text, new RegExp(`^@private/of-${manager}@1\\.0\\.0$`, 'm'));
        assert.deepEqual(found(text), [], manager);
      }
      assert.ok(believed >= 8, `${believed} requests`);
    });

    it('is shown by none of its commands, and is in no file but that of its settings', async () => {
      const direct = await run('holder', `npm config get ${key}`);
      assert.equal(direct.code, 1);
      assert.match(direct.text, /The \S+:_authToken option is protected, and cannot be retrieved in this way/);
      const listed = await run('holder', 'npm config ls -l');
      assert.match(listed.text, /:_authToken = \(protected\)/);
      const lines = [
        'npm config ls -l',
        'npm config ls --json',
        'npm run env',
        'env',
        'npm exec -c env',
        'cat package-lock.json',
        'npm ls',
      ];
      for (const line of [...lines, `npm install none --loglevel silly`, `npm install none '--${key}=${wrongToken}' --loglevel silly`])
        assert.deepEqual(found((await run('holder', line)).text), [], line);
      const stale = await run('holder', `npm install @private/of-yarn '--${key}=${wrongToken}' --loglevel silly`);
      assert.match(stale.text, /code E401/);
      assert.deepEqual(found(stale.text), []);
      assert.deepEqual(await filesWithToken('holder'), ['/home/user/.npmrc']);
    });

    /** Paths below the root. */
    async function filesWithToken(id: 'holder' | 'other'): Promise<readonly string[]> {
      const search = `
        const fs = require('fs');
        const forms = JSON.parse(Buffer.from('${Buffer.from(JSON.stringify(forms)).toString('hex')}', 'hex').toString());
        const walk = (folder) => {
          let entries = [];
          try { entries = fs.readdirSync(folder, { withFileTypes: true }); } catch (error) { if (error.code !== 'EACCES') throw error; }
          for (const entry of entries) {
            const path = folder + (folder === '/' ? '' : '/') + entry.name;
            if (path === '/proc' || path === '/dev') continue;
            if (entry.isDirectory()) walk(path);
            else if (entry.isFile()) {
              const text = fs.readFileSync(path, 'latin1');
              if (forms.some((form) => text.includes(form))) console.log(path);
            }
          }
        };
        walk('/');`;
      const { code, text } = await run(id, `node -e ${JSON.stringify(search.replace(/\s*\n\s*/g, ' '))}`);
      assert.equal(code, 0, text);
      return text.split('\n').filter((line) => line !== '');
    }

    it('is not for the other container of the page', async () => {
      for (const line of ['env', 'npm config ls -l', 'npm config ls --json', 'npm run env', 'npm view @private/of-npm'])
        assert.deepEqual(found((await run('other', line)).text), [], line);
      const before = believed;
      for (const line of ['npm install @private/of-npm', 'npm view @private/of-npm', 'npm install --prefer-offline @private/of-npm'])
        assert.match((await run('other', line)).text, /code E401/, line);
      assert.equal((await run('other', 'npm install --offline @private/of-npm')).code, 1);
      assert.equal((await run('other', 'npm install public')).code, 0);
      assert.equal(believed, before);
      assert.deepEqual(await filesWithToken('other'), []);
    });

    it('is not for the page’s preview, whose own requests are asked who they are', async () => {
      const frameText = async () => {
        for (const frame of page.frames()) {
          const text = await frame.evaluate(() => document.querySelector('#told')?.textContent ?? '').catch(() => '');
          if (text !== '') return { frame, text };
        }
        return undefined;
      };
      let shown = await frameText();
      while (shown === undefined) shown = await frameText();
      assert.deepEqual(found(shown.text), []);
      const before = believed;
      const seen = await shown.frame.evaluate(async (address) => {
        const text: string[] = [document.documentElement.outerHTML, location.href, document.referrer];
        const status = await fetch(`${address}@private%2fof-npm`).then(
          (response) => response.status,
          (error: unknown) => String(error),
        );
        const echoed = await fetch('/again', { method: 'POST', body: 'body' }).then(
          (response) => response.text(),
          (error: unknown) => String(error),
        );
        text.push(String(status), echoed);
        try {
          text.push(document.cookie, JSON.stringify({ ...localStorage, ...sessionStorage }));
        } catch {
          // A frame without an origin of its own has none.
        }
        return { status, text };
      }, registry.address);
      assert.notEqual(seen.status, 200);
      assert.equal(believed, before);
      assert.match(seen.text.join('\n'), /POST/);
      assert.deepEqual(found(seen.text.join('\n')), []);
    });

    it('is kept in no store, shown in no terminal, and told in no error, address or console', async () => {
      const stored = await page.evaluate(async (secrets) => {
        let keeps = false;
        const leaks: string[] = [];
        const decoder = new TextDecoder('latin1');
        const look = (text: string): void => {
          keeps ||= text.includes('of-npm');
          leaks.push(...secrets.filter((secret) => text.includes(secret)));
        };
        const tell = async (value: unknown): Promise<void> => {
          if (value instanceof Blob) look(decoder.decode(await value.arrayBuffer()));
          else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) look(decoder.decode(value));
          else if (value instanceof Map || value instanceof Set || Array.isArray(value)) for (const one of value) await tell(one);
          else if (typeof value === 'object' && value !== null) for (const one of Object.entries(value)) await tell(one);
          else look(String(value));
        };
        for (const { name: database = '' } of await indexedDB.databases()) {
          const open = indexedDB.open(database);
          const opened = await new Promise<IDBDatabase>((resolve, reject) => {
            open.onsuccess = () => resolve(open.result);
            open.onerror = () => reject(open.error ?? new Error(database));
          });
          for (const store of opened.objectStoreNames) {
            const rows = opened.transaction(store).objectStore(store);
            const asked = [rows.getAll(), rows.getAllKeys()].map(
              (request) =>
                new Promise((resolve, reject) => {
                  request.onsuccess = () => resolve(request.result);
                  request.onerror = () => reject(request.error ?? new Error(store));
                }),
            );
            for (const rowsOrKeys of await Promise.all(asked)) await tell(rowsOrKeys);
          }
          opened.close();
        }
        for (const one of await caches.keys()) {
          const cache = await caches.open(one);
          for (const request of await cache.keys()) {
            await tell([request.url, [...request.headers], await (await cache.match(request))?.arrayBuffer()]);
          }
        }
        await tell([document.cookie, { ...localStorage }, { ...sessionStorage }]);
        await tell(performance.getEntries().map(({ name: entry }) => entry));
        const { kept } = globalThis as unknown as { kept: Kept };
        const terminals = [...document.querySelectorAll('bv-terminal')].map((one) => one.shadowRoot?.textContent ?? '');
        return { keeps, leaks, told: kept.told, terminals: terminals.join('\n'), document: document.documentElement.outerHTML };
      }, forms);
      const { keeps, leaks, ...shown } = stored;
      assert.equal(keeps, true, 'packages are kept');
      assert.deepEqual(leaks, []);
      for (const [what, text] of Object.entries({ ...shown, addresses, consoleTexts, requests: registry.requests }))
        assert.deepEqual(found(String(text)), [], what);
    });
  });
}
