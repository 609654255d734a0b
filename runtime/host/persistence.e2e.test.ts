/**
 * Kills a real page at random moments while it writes: nothing acknowledged may be lost, and the store must open. The kill of a whole
 * browser is another thing, which Chromium's own storage does not always survive (`runtime/fs/README.md`).
 */
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Browser } from 'puppeteer-core';
import { closeServer, launchBrowser, root } from '../testing/served-browser.ts';
import { findBrowser } from '../tools/browsers.ts';
import { serve } from '../tools/serve.ts';

type Api = typeof import('../index.ts');

/** Each of the page that was opened after the one before. */
const kills = 20;

/** Of all that Chromium shows: the page, the frames in it, and their workers. */
async function killRenderers(browser: Browser): Promise<void> {
  const session = await browser.target().createCDPSession();
  const renderers = async () => {
    const { processInfo } = await session.send('SystemInfo.getProcessInfo');
    return processInfo.flatMap(({ type, id }) => (type === 'renderer' ? [id] : []));
  };
  const killed = new Set(await renderers());
  for (const id of killed) process.kill(id, 'SIGKILL');
  // One was kept ready for the next page: only once the browser knows that it died, it does not use it.
  while ((await renderers()).some((id) => killed.has(id)));
  await session.detach();
}

/** Firefox names no processes to those who drive it: the system has them, with what they are for as their names. */
function contentProcesses(browser: Browser): number[] {
  const parents = new Map<number, number>();
  const contents: number[] = [];
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [, purpose, parent] = /^\d+ \((.*)\) \w (\d+)/s.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))!;
      parents.set(Number(name), Number(parent));
      if (/^(?:Isolated )?Web Co/.test(purpose!)) contents.push(Number(name));
    } catch {
      continue; // It ended meanwhile.
    }
  }
  const own = browser.process()?.pid;
  const isOwn = (pid: number | undefined): boolean => pid !== undefined && pid > 1 && (pid === own || isOwn(parents.get(pid)));
  return contents.filter(isOwn);
}

/** Of all that Firefox shows. */
async function killContents(browser: Browser): Promise<void> {
  const killed = new Set(contentProcesses(browser));
  assert.notEqual(killed.size, 0, 'Firefox has processes for its pages');
  for (const id of killed) process.kill(id, 'SIGKILL');
  while (contentProcesses(browser).some((id) => killed.has(id))) await new Promise((later) => setTimeout(later, 5));
}

const browsers = [
  ['chromium', killRenderers],
  ['firefox', killContents],
] as const;

for (const [name, killPages] of browsers) {
  if (findBrowser(name) === undefined || (name === 'firefox' && !existsSync('/proc/self/stat'))) continue;
  describe(`A container that persists, in a page of ${name} that is killed`, () => {
    let served: Awaited<ReturnType<typeof serve>>;
    let browser: Browser | undefined;
    const profile = mkdtempSync(join(tmpdir(), 'bavini-kill-'));

    before(async () => {
      served = await serve({ root, port: 0, cors: false });
      browser = await launchBrowser(name, { userDataDir: profile, mayCrash: true });
    });
    after(async () => {
      closeServer(served.server);
      await browser?.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    });

    it(`keeps all that sync() acknowledged, ${kills} times in a row`, { timeout: 240_000 }, async () => {
      let acknowledged = -1;
      for (let round = 0; round < kills; round++) {
        const page = await browser!.newPage();
        await page.goto(`${served.origin}/runtime/testing/blank.html`);
        const killAt = Math.random() * 400;
        const crashed = name === 'chromium' ? new Promise<void>((done) => page.once('error', () => done())) : undefined;
        await page.exposeFunction('acknowledge', (count: number) => {
          acknowledged = Math.max(acknowledged, count);
        });
        const found = await page.evaluate(async (from: number) => {
          const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
          const container = await Container.boot({ persist: 'kill-test' });
          (globalThis as { container?: unknown }).container = container;
          const missing: string[] = [];
          const errors: string[] = [];
          container.on('error', ({ message }) => void errors.push(message));
          for (let index = 0; index <= from; index++) {
            const text = await container.fs.readFile(`n${index}.txt`, 'utf8').catch((error: Error) => error.message);
            if (text !== `${index} ${'x'.repeat(index % 997)}`) missing.push(`n${index}.txt: ${text.slice(0, 80)}`);
          }
          return { missing, errors, restored: container.restored, elsewhere: container.storedElsewhere };
        }, acknowledged);
        const told = `restored ${found.restored}, stored elsewhere ${found.elsewhere}, errors: ${found.errors.join('; ')}`;
        assert.deepEqual(found.missing, [], `after kill ${round}, with ${acknowledged + 1} files acknowledged; ${told}`);
        assert.equal(found.restored, acknowledged >= 0 || found.restored);
        assert.equal(found.elsewhere, false, 'the killed tab no longer holds the name');
        page
          .evaluate(async (from: number) => {
            const { container, acknowledge } = globalThis as unknown as {
              container: Awaited<ReturnType<Api['Container']['boot']>>;
              acknowledge(count: number): Promise<void>;
            };
            for (let index = from; ; index++) {
              await container.fs.writeFile(`n${index}.txt`, `${index} ${'x'.repeat(index % 997)}`);
              await container.sync();
              void acknowledge(index);
            }
          }, acknowledged + 1)
          .catch(() => undefined); // The page was killed, which is the point.
        await new Promise((later) => setTimeout(later, killAt));
        await killPages(browser!);
        await crashed;
        await page.close();
      }
      assert.ok(acknowledged >= kills, `only ${acknowledged + 1} writes were acknowledged in ${kills} rounds`);
    });
  });
}
