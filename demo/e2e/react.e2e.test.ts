import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { build } from 'esbuild';
import { root, ServedBrowser } from '../../runtime/testing/served-browser.ts';

/** As a user of React writes it; what the test looks at is on `window`. */
const app = `
import { createElement as h } from 'react';
import { createRoot } from 'react-dom/client';
import { flushSync } from 'react-dom';
import { BvContainer, BvEditor, BvStatus, BvTerminal } from 'bavini/react';

const seen = [];
const root = createRoot(document.getElementById('app'));
const App = ({ text, label, listener }) =>
  h(BvContainer, { label, env: { GREETING: text }, onBvRun: () => seen.push('run ' + listener), onBvReady: ({ container }) => seen.push(typeof container.fs) },
    h('pre', { path: 'main.js' }, 'console.log(process.env.GREETING); setInterval(() => {}, 1000);'),
    h(BvEditor, { file: 'main.js', className: 'code' }),
    h(BvTerminal, { command: 'node main.js' }),
    h(BvStatus, { brief: true }));
window.app = {
  seen,
  render: (props) => flushSync(() => root.render(h(App, props))),
  unmount: () => flushSync(() => root.unmount()),
};`;

interface App {
  readonly app: {
    readonly seen: string[];
    render(props: object): void;
    unmount(): void;
  };
}

for (const name of ['chromium', 'firefox'] as const) {
  describe(`bavini/react, with React 19 in ${name}`, () => {
    it('renders, hears events, changes properties, and ends all with its tree', { timeout: 300_000 }, async () => {
      await build({
        stdin: { contents: app, resolveDir: root },
        absWorkingDir: root,
        bundle: true,
        format: 'esm',
        define: { 'process.env.NODE_ENV': '"development"' },
        // As a page has it that takes the elements from where they are hosted.
        plugins: [
          {
            name: 'hosted',
            setup: ({ onResolve }) => onResolve({ filter: /\/bavini\.js$/ }, () => ({ path: '/dist/bavini.js', external: true })),
          },
        ],
        outfile: join(root, '.cache/bundled/react.js'),
        logLevel: 'error',
      });
      const served = await ServedBrowser.open({ name });
      try {
        const page = await served.blankPage();
        const problems: string[] = [];
        page.on('pageerror', (error) => problems.push(String(error)));
        page.on('console', (message) => {
          const isIcon = message.location()?.url?.endsWith('/favicon.ico') === true;
          if (['error', 'warn'].includes(message.type()) && !isIcon) problems.push(message.text());
        });
        await page.setContent('<div id="app"></div><script type="module" src="/.cache/bundled/react.js"></script>');
        await page.waitForFunction(() => 'app' in window);
        await page.evaluate(() => (window as unknown as App).app.render({ text: 'hello', label: 'First', listener: 'a' }));
        // The late element has come, with the property it was given before.
        await page.waitForFunction(
          () => ((document.querySelector('bv-status') as Element | null)?.shadowRoot?.textContent.trim() ?? '') !== '',
        );
        const first = await page.evaluate(() => ({
          label: (document.querySelector('bv-container') as unknown as { label: string }).label,
          code: document.querySelector('bv-editor')!.className,
          brief: (document.querySelector('bv-status') as unknown as { brief: boolean }).brief,
        }));
        assert.deepEqual(first, { label: 'First', code: 'code', brief: true });

        await page.evaluate(() => (window as unknown as App).app.render({ text: 'hello again', label: 'Second', listener: 'b' }));
        await page.evaluate(() => (document.querySelector('bv-container') as unknown as { run(): Promise<void> }).run());
        await page.waitForFunction(() =>
          (document.querySelector('bv-terminal') as unknown as { text: string }).text.includes('hello again'),
        );
        const second = await page.evaluate(() => ({
          label: (document.querySelector('bv-container') as unknown as { label: string }).label,
          seen: (window as unknown as App).app.seen,
        }));
        assert.deepEqual(second, { label: 'Second', seen: ['run b', 'object'] });

        await page.evaluate(() => (window as unknown as App).app.unmount());
        await page.waitForFunction(() => document.querySelector('bv-container, iframe') === null);
        assert.deepEqual(problems, []);
      } finally {
        await served.close();
      }
    });
  });
}
