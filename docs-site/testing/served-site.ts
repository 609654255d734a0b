/** The site as a reader gets it: built, below a path of a static host, in the browser that `BROWSER` names (`chromium`, `firefox`). */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import { root, ServedBrowser } from '../../runtime/testing/served-browser.ts';
import { buildSite } from '../build/run.ts';

/** No page knows it. */
const path = 'some/where';

const ownPage = '/own.html';

/** That the tests run in. */
export const browser = process.env['BROWSER'] === 'firefox' ? 'firefox' : 'chromium';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export class ServedSite {
  readonly folder: string;
  /** Ends with a slash. */
  readonly address: string;
  readonly #host: string;
  readonly #served: ServedBrowser;
  /** What went wrong on any page: uncaught errors, errors of the console, requests beside the site. */
  readonly problems: string[] = [];
  /** Of the pages that {@link pageOf} makes. */
  #policy = '';

  private constructor(host: string, served: ServedBrowser) {
    this.#host = host;
    this.#served = served;
    this.folder = join(host, path);
    this.address = `${served.origin}/${path}/`;
  }

  static async open(): Promise<ServedSite> {
    process.chdir(root);
    mkdirSync('.cache', { recursive: true });
    const host = mkdtempSync(join('.cache', 'docs-site-'));
    await buildSite(join(host, path));
    const headers = (path: string): Record<string, string> =>
      path === ownPage && site.#policy !== '' ? { 'content-security-policy': site.#policy } : {};
    const site: ServedSite = new ServedSite(host, await ServedBrowser.open({ name: browser, root: join(root, host), headers }));
    return site;
  }

  /** A page of somebody else, beside the site: `html` names the package as `/bavini/`. Under `policy`, if there is one. */
  async pageOf(html: string, policy = ''): Promise<Page> {
    this.#policy = policy;
    writeFileSync(join(root, this.#host, ownPage), html.replaceAll('"/bavini/', `"/${path}/bavini/`));
    const page = await this.page();
    await page.goto(new URL(ownPage, this.address).href);
    return page;
  }

  async page(): Promise<Page> {
    const page = await this.#served.browser.newPage();
    page.setDefaultTimeout(0); // The test's own limit is the only one.
    // Firefox tells here what programs in workers throw, too, and what a policy refuses of scripts that only ask.
    const tellsErrors = browser === 'chromium';
    page.on('pageerror', (error) => {
      if (tellsErrors) this.problems.push(`${page.url()}: ${String(error)}`);
    });
    page.on('console', (message) => {
      const { url = '' } = message.location();
      // A preview's document inherits the page's policy, and what it breaks of it is its own; nobody gave such a page an icon.
      if (page.url().endsWith(ownPage) && (url === 'about:srcdoc' || url.endsWith('/favicon.ico'))) return;
      if (tellsErrors && message.type() === 'error') this.problems.push(`${page.url()}: ${message.text()} ${url}`);
    });
    page.on('request', (request) => {
      const url = request.url();
      if (/^https?:/.test(url) && !url.startsWith(this.address) && !url.endsWith(ownPage) && !url.endsWith('/favicon.ico'))
        this.problems.push(`${page.url()} asks for ${url}`);
    });
    return page;
  }

  async close(): Promise<void> {
    rmSync(this.#host, { recursive: true, force: true });
    await this.#served.close();
  }
}

/** What WCAG 2.2 AA and the good habits of axe find on the page. Documents in previews are their authors'. */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(axe);
  return page.evaluate(async (only) => {
    interface Found {
      readonly id: string;
      readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
    }
    const { axe: checker } = globalThis as unknown as { axe: { run(what: Document, options: object): Promise<{ violations: Found[] }> } };
    const runOnly = only === undefined ? undefined : { type: 'rule', values: only };
    const found = await checker.run(document, {
      resultTypes: ['violations'],
      iframes: false,
      ...(runOnly === undefined ? {} : { runOnly }),
    });
    return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html} ${node.failureSummary}`));
  }, rules);
}
