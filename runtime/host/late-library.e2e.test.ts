/** The second half of Node's library comes behind the first process: what needs it waits, what does not is done before. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ServedBrowser } from '../testing/served-browser.ts';
import { findBrowser } from '../tools/browsers.ts';

type Api = typeof import('../index.ts');

const late = 'node-library-rest.tar.gz';

for (const name of ['chromium', 'firefox'] as const) {
  if (findBrowser(name) === undefined) continue;
  describe(`Node’s library in ${name}, of which the second half is slow`, () => {
    let served: ServedBrowser;
    let release: 'after the end' | 'after 2 s' | 'never';
    let released: Promise<void>;
    let letThrough: () => void;

    before(async () => {
      served = await ServedBrowser.open({
        name,
        has: async (path) => {
          if (!path.endsWith(late)) return true;
          if (release === 'after 2 s') setTimeout(() => letThrough(), 2000);
          if (release !== 'never') await released;
          return release !== 'never';
        },
      });
    });
    after(() => served.close());

    /** Runs `line` in a new page, whose second half of the library comes when `when` says so. */
    async function run(line: string, when: typeof release): Promise<{ out: string; before: boolean }> {
      release = when;
      let isReleased = false;
      released = new Promise<void>((resolve) => {
        letThrough = () => {
          isReleased = true;
          resolve();
        };
      });
      const context = await served.browser.createBrowserContext();
      try {
        const page = await served.blankPage(context);
        const out = await page.evaluate(async (commandLine: string) => {
          const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
          const container = await Container.boot();
          const { stdout, stderr } = await container.exec(commandLine, { timeoutMs: 60_000 });
          container.teardown();
          return stdout + stderr;
        }, line);
        return { out, before: !isReleased };
      } finally {
        letThrough();
        await context.close();
      }
    }

    it('lets node -e end before it is there', async () => {
      const { out, before } = await run(`node -e "console.log(6 * 7, __filename, require('path').basename('/a/b'))"`, 'after the end');
      assert.equal(out, '42 [eval] b\n');
      assert.equal(before, true);
    });

    it('lets a script write a file only when it is there, and end as it meant to', async () => {
      const { out, before } = await run(
        `echo "require('fs').writeFileSync('a.txt', 'kept'); process.exitCode = 3" > a.js; node a.js; echo $?; cat a.txt`,
        'after 2 s',
      );
      assert.equal(out, '3\nkept');
      assert.equal(before, false);
    });

    it('makes a program wait that names what is in it', async () => {
      const { out, before } = await run(
        `node -e "console.log(require('zlib').gunzipSync(require('zlib').gzipSync('x')).toString())"`,
        'after 2 s',
      );
      assert.equal(out, 'x\n');
      assert.equal(before, false);
    });

    it('runs a program once as others see it that asks for it unforeseen', async () => {
      const { out, before } = await run(
        `node -e "console.log('once'); const name = 'zl' + 'ib'; console.log(typeof require(name).gzipSync); process.stderr.write('end')"`,
        'after 2 s',
      );
      assert.equal(out, 'once\nfunction\nend');
      assert.equal(before, false);
    });

    it('lets a program wait that could not write the same again', async () => {
      const { out, before } = await run(
        `node -e "console.log(Math.random() < 1, Math.random()); const name = 'zl' + 'ib'; console.log(typeof require(name).gzipSync)"`,
        'after 2 s',
      );
      assert.match(out, /^true 0\.\d+\nfunction\n$/);
      assert.equal(before, false);
    });

    it('tells of errors as Node does, for which other engines than V8 need it', async () => {
      const { out } = await run(
        `node -e "try { [1].map(() => null.x) } catch (error) { console.log(error.stack.split('\\n').slice(0, 3).join()) }"`,
        'after 2 s',
      );
      assert.equal(out, "TypeError: Cannot read properties of null (reading 'x'),    at [eval]:1:26,    at Array.map (<anonymous>)\n");
    });

    it('makes no file twice in a program that asks for it later', async () => {
      const { out } = await run(
        `node -e "fs.appendFileSync('log', 'a'); setTimeout(() => { console.log(typeof require('zl' + 'ib').gzipSync, fs.readFileSync('log', 'utf8')) }, 50)"`,
        'after 2 s',
      );
      assert.equal(out, 'function a\n');
    });

    it('fails by name where it cannot be loaded', async () => {
      const { out } = await run(`node -e "require('zl' + 'ib')" 2>&1 | grep -c "node-library-rest\\|node-rest"`, 'never');
      assert.notEqual(out.trim(), '0');
    });
  });
}
