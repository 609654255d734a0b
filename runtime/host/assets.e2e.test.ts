/** What a reader is told when the runtime's own files cannot be loaded: missing, blocked by the page's policy, or offline. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ServedBrowser } from '../testing/served-browser.ts';
import { findBrowser } from '../tools/browsers.ts';

type Api = typeof import('../index.ts');

for (const name of ['chromium', 'firefox'] as const) {
  if (findBrowser(name) === undefined) continue;
  describe(`The runtime’s assets, when they fail to load, in ${name}`, () => {
    let served: ServedBrowser;
    let policy = '';
    let missing: RegExp | undefined;

    before(async () => {
      served = await ServedBrowser.open({
        name,
        has: (path) => missing?.test(path) !== true,
        headers: (path): Record<string, string> => (path.endsWith('.html') && policy !== '' ? { 'content-security-policy': policy } : {}),
      });
    });
    after(() => served.close());

    /** What a page gets that boots and runs `line`; `block` are assets that the server does not have. */
    async function run(
      line: string,
      options: { readonly csp?: string; readonly block?: RegExp; readonly offline?: boolean } = {},
    ): Promise<{ stdout?: string; code?: string; message?: string; engine?: string }> {
      policy = options.csp ?? '';
      missing = undefined;
      const page = await served.blankPage();
      try {
        await page.evaluate(async () => {
          (globalThis as { api?: Api }).api = (await import(new URL('/dist/index.js', location.href).href)) as Api;
        });
        missing = options.block;
        if (options.offline === true) await page.setOfflineMode(true);
        return await page.evaluate(async (commandLine: string) => {
          const { Container } = (globalThis as unknown as { api: Api }).api;
          const errors: { message: string; code?: string }[] = [];
          try {
            const container = await Container.boot();
            container.on('error', (error) => errors.push(error));
            const { engine } = container;
            try {
              const { stdout, stderr } = await container.exec(commandLine, { timeoutMs: 20_000 });
              return { stdout: stdout + stderr, engine, ...errors[0] };
            } finally {
              container.teardown();
            }
          } catch (error) {
            const { message, code } = error as { message: string; code?: string };
            return {
              ...(code === undefined ? {} : { code }),
              ...errors[0],
              message: [message, ...errors.map((one) => one.message)].join('\n'),
            };
          }
        }, line);
      } finally {
        await page.close();
      }
    }

    it('works where nothing is in the way', { timeout: 180_000 }, async () => {
      assert.equal((await run('echo ok')).stdout, 'ok\n');
    });

    it('names the asset that the server does not have', { timeout: 180_000 }, async () => {
      const { code, message } = await run('echo ok', { block: /kernel\.js/ });
      assert.equal(code, 'ERR_BV_ASSET', message);
      assert.match(message ?? '', /kernel\.js/);
    });

    for (const [asset, line] of [
      ['shared.js', 'echo ok'],
      ['process-node.js', 'node -p 1'],
      ['node-library.tar.gz', 'node -p 1'],
    ] as const) {
      it(`names ${asset} when the server does not have it`, { timeout: 180_000 }, async () => {
        const { message, stdout } = await run(line, { block: new RegExp(asset.replaceAll('.', '\\.')) });
        assert.ok(`${message} ${stdout}`.includes(asset), `${message} ${stdout}`);
      });
    }

    it('says that the rest of the library will not come', { timeout: 180_000 }, async () => {
      const { message, stdout } = await run('node -e "require(\'http2\')"', { block: /node-library-rest\.tar\.gz/ });
      const text = `${message} ${stdout}`;
      assert.match(text, /node-library-rest\.tar\.gz/);
      assert.match(text, /404/);
    });

    it('names it when the browser is offline', { timeout: 180_000 }, async () => {
      const { code, message } = await run('echo ok', { offline: true });
      assert.equal(code, 'ERR_BV_ASSET', message);
      assert.match(message ?? '', /offline/);
    });

    for (const [what, csp, directive] of [
      [
        'workers',
        "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; worker-src 'none'; connect-src 'self'",
        'worker-src',
      ],
      [
        'all that is not named',
        "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; child-src 'none'",
        '(worker|child)-src',
      ],
    ] as const) {
      it(`names the directive of a policy that blocks ${what}`, { timeout: 180_000 }, async () => {
        const { code, message } = await run('echo ok', { csp });
        assert.equal(code, 'ERR_BV_ASSET', message);
        assert.match(message ?? '', new RegExp(`Content Security Policy.*${directive}`, 's'));
      });
    }

    it('names connect-src where that blocks what node needs', { timeout: 180_000 }, async () => {
      const { message, stdout } = await run('node -p 1', {
        csp: "default-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; connect-src 'none'",
      });
      assert.match(`${message} ${stdout}`, /connect-src/);
    });
  });
}
