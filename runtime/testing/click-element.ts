/** Clicks in elements that render by themselves. */
import type { Page } from 'puppeteer-core';

/**
 * Clicks what `selector` finds (`host >>> inside`) as soon as it is shown, stands still and is enabled.
 *
 * Puppeteer's locators look again when the document changes, and do not see what an element renders into its shadow root: where that is the
 * page's last change they wait for ever. Nor do they end with their page, where a page's waits have no limit of time.
 */
export async function clickElement(page: Page, selector: string): Promise<void> {
  const gone = new AbortController();
  const end = () => gone.abort(new Error(`The page was closed before "${selector}" could be clicked`));
  const { signal } = gone;
  const browser = page.browser();
  page.once('close', end);
  browser.once('disconnected', end);
  try {
    await page.waitForSelector(selector, { visible: true, signal }); // Looks at each frame.
    await page.locator(selector).click({ signal });
  } finally {
    page.off('close', end);
    browser.off('disconnected', end);
  }
}
