/** A real browser and a static server of this folder, for end-to-end tests. The build must be there: `npm run build`. */
import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import { join } from 'node:path';
import { launch, type Browser, type LaunchOptions, type Page } from 'puppeteer-core';
import { chromiumArguments, findBrowser, type BrowserName } from '../tools/browsers.ts';
import { serve, type ServeOptions } from '../tools/serve.ts';
import { watchEnd } from './browser-end.ts';

/** The project's folder. */
export const root = join(import.meta.dirname, '../..');

/**
 * Its `close()` throws if it ended by itself, or if a page crashed, which ends it.
 *
 * @throws {AssertionError} if it is not installed.
 */
export async function launchBrowser(
  name: BrowserName = 'chromium',
  {
    hosts = [],
    extraPrefsFirefox = {},
    mayCrash = false,
    ...options
  }: Pick<LaunchOptions, 'userDataDir' | 'extraPrefsFirefox'> & {
    /** Names that stand for this machine. */ hosts?: readonly string[];
    /** The test itself kills pages. */ mayCrash?: boolean;
  } = {},
): Promise<Browser> {
  const executablePath = findBrowser(name);
  assert.ok(executablePath, `${name} is installed`);
  const rules = hosts.map((host) => `MAP ${host} 127.0.0.1`).join();
  const args = [...chromiumArguments, ...(hosts.length === 0 ? [] : [`--host-resolver-rules=${rules}`])];
  // An idle service worker is stopped at once, so that it is started anew by most requests.
  const preferences = {
    'dom.serviceWorkers.idle_timeout': 100,
    'dom.serviceWorkers.idle_extended_timeout': 100,
    'network.dns.localDomains': hosts.join(),
    ...extraPrefsFirefox,
  };
  const own = name === 'chromium' ? { args } : { browser: name, extraPrefsFirefox: preferences };
  const browser = await launch({ executablePath, headless: true, ...own, ...options });
  await watchEnd(browser, { mayCrash });
  return browser;
}

export function closeServer(server: Server): void {
  server.closeAllConnections();
  server.close();
}

/** Until `close()`. */
export class ServedBrowser {
  readonly browser: Browser;
  readonly server: Server;
  readonly origin: string;

  private constructor(browser: Browser, { server, origin }: Awaited<ReturnType<typeof serve>>) {
    this.browser = browser;
    this.server = server;
    this.origin = origin;
  }

  static async open({
    name,
    hosts = [],
    extraPrefsFirefox = {},
    ...options
  }: { readonly name?: BrowserName; readonly hosts?: readonly string[] } & Pick<LaunchOptions, 'extraPrefsFirefox'> &
    Partial<ServeOptions> = {}): Promise<ServedBrowser> {
    const browser = await launchBrowser(name, { hosts, extraPrefsFirefox });
    return new ServedBrowser(browser, await serve({ root, port: 0, cors: true, ...options }));
  }

  /** A page without anything, from which the package can be imported. */
  async blankPage(context: Pick<Browser, 'newPage'> = this.browser): Promise<Page> {
    const page = await context.newPage();
    await page.goto(`${this.origin}/runtime/testing/blank.html`);
    return page;
  }

  async close(): Promise<void> {
    closeServer(this.server);
    await this.browser.close();
  }
}
