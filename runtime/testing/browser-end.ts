/** A browser that ends by itself fails its tests by name, and at once. */
import type { Browser } from 'puppeteer-core';

/** Characters of what it wrote to its standard error that are told. */
const toldCharacters = 2000;

/**
 * What waits for a browser that ends is rejected by Puppeteer, with "Target closed": the reason is what `browser.close()` throws then, with
 * how the process ended and the last that it wrote. A page that crashes, or its frames or workers, would leave who waits for it without any
 * answer: the browser is ended, too, unless `mayCrash`. Of Firefox only the end of the whole browser is noticed.
 */
export async function watchEnd(browser: Browser, { mayCrash }: { readonly mayCrash: boolean }): Promise<void> {
  const process = browser.process()!;
  let written = '';
  process.stderr?.on('data', (bytes: Buffer) => {
    written = (written + bytes.toString()).slice(-toldCharacters);
  });
  let crash: string | undefined;
  const close = browser.close.bind(browser);
  browser.close = async () => {
    const wasEnded = !browser.connected;
    await close();
    if (!wasEnded) return;
    const how = process.signalCode ?? `exit code ${String(process.exitCode)}`;
    const last = written.trim();
    throw new Error(`${crash ?? `The browser ended by itself: ${how}`}${last === '' ? '' : `, after it wrote ${JSON.stringify(last)}`}`);
  };
  if (mayCrash || !(await browser.version()).includes('Chrome')) return;
  const session = await browser.target().createCDPSession();
  session.on('Target.targetCrashed', ({ targetId, status, errorCode }) => {
    void (async () => {
      const { targetInfos } = await session.send('Target.getTargets');
      const { type = 'target', url = '' } = targetInfos.find((target) => target.targetId === targetId) ?? {};
      if (type === 'browser_ui') return; // No page of a test.
      crash ??= `The ${type} "${url}" crashed: ${status}, ${errorCode}`;
      process.kill('SIGKILL');
    })().catch(() => undefined); // The browser has ended meanwhile.
  });
  await session.send('Target.setDiscoverTargets', { discover: true });
}
