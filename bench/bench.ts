/** What every row needs: pages of a browser, a table to add to. */
import { existsSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Browser, type Page } from 'puppeteer-core';
import { chromiumArguments } from '../runtime/tools/browsers.ts';
import type { Registry } from './registry.ts';

export interface Row {
  readonly what: string;
  readonly value: string;
  readonly mustReach: string;
  readonly aim: string;
}

/** What one name of `--only` measures. */
export interface Measurement {
  readonly name: string;
  /** Packages are needed, which a fresh machine fetches first. */
  readonly needsRegistry?: true;
  measure(bench: Bench): Promise<readonly Row[]>;
}

export function ms(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}

/**
 * Chrome's own pages for its address bar, which nobody sees: a browser that has just started spends seconds of the processor on them, beside
 * whatever is measured first.
 */
const withoutOwnPages = '--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup,PreloadTopChromeWebUI';

/** A browser with a profile of its own, on disk as a reader's is. */
export class OwnBrowser {
  readonly browser: Browser;
  readonly #profile: string;
  readonly #origin: string;

  private constructor(browser: Browser, profile: string, origin: string) {
    this.browser = browser;
    this.#profile = profile;
    this.#origin = origin;
  }

  static async open(executablePath: string, origin: string): Promise<OwnBrowser> {
    const userDataDir = mkdtempSync(join(tmpdir(), 'bavini-bench-profile-'));
    const browser = await launch({ executablePath, args: [...chromiumArguments, withoutOwnPages], headless: true, userDataDir });
    return new OwnBrowser(browser, userDataDir, origin);
  }

  /** A fresh page, so that nothing is cached in memory; what the browser has on disk stays. */
  async onPage<T>(work: (page: Page) => Promise<T>): Promise<T> {
    const page = await this.browser.newPage();
    page.on('pageerror', (error) => console.error(`page: ${String(error)}`));
    page.setDefaultTimeout(180_000);
    await page.goto(this.#origin);
    try {
      return await work(page);
    } finally {
      await page.close();
    }
  }

  get pid(): number | undefined {
    return this.browser.process()?.pid;
  }

  /** What IndexedDB has on disk, Blobs and all. */
  indexedDbBytes(): number {
    return sizeOf(join(this.#profile, 'Default/IndexedDB'));
  }

  async close(): Promise<void> {
    await this.browser.close();
    rmSync(this.#profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

function sizeOf(path: string): number {
  if (!existsSync(path)) return 0;
  const found = lstatSync(path);
  if (!found.isDirectory()) return found.size;
  return readdirSync(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

export interface Bench {
  /** Fresh pages, or fresh browsers, for each number. */
  readonly runs: number;
  readonly origin: string;
  /** Ends with a slash. */
  readonly registryAddress: string;
  /** By path: what else the server answers with. */
  readonly answers: Map<string, Uint8Array>;
  readonly registry: Registry;
  readonly shared: OwnBrowser;
  /** Closes it when `work` is done. */
  withBrowser<T>(work: (own: OwnBrowser) => Promise<T>): Promise<T>;
}
