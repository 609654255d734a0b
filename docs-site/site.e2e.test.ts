/** The pages of the site: links, accessibility, room, search, colours, what is loaded when; all below a path that no page knows. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'puppeteer-core';
import { photograph } from '../demo/e2e/demo-page.ts';
import { root } from '../runtime/testing/served-browser.ts';
import { commandHelp } from './build/command-line.ts';
import { browser, ServedSite, violations } from './testing/served-site.ts';

/** An address below the root of the site, with the file behind it. */
interface Built {
  readonly url: string;
  readonly html: string;
}

describe('The documentation site', () => {
  let site: ServedSite;
  let built: readonly Built[] = [];

  before(async () => {
    site = await ServedSite.open();
    built = readdirSync(site.folder, { recursive: true, encoding: 'utf8' })
      .map((file) => file.replaceAll('\\', '/'))
      .filter((file) => file.endsWith('index.html') && !file.startsWith('bavini/'))
      .map((file) => ({ url: file.replace(/index\.html$/, ''), html: readFileSync(join(site.folder, file), 'utf8') }));
  });
  after(() => site.close());

  /** On a page of its own, which is the one that is shown: timers of others are slowed down. */
  const onPage = async (act: (page: Page) => Promise<void>) => {
    const page = await site.page();
    await act(page);
    await page.close();
  };

  it('has no link that leads nowhere, and none that knows where the site is', () => {
    const broken: string[] = [];
    const ids = new Map(built.map(({ url, html }) => [url, new Set([...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]!))]));
    for (const { url, html } of built) {
      for (const [, link = ''] of html
        .replaceAll(/<pre[\s\S]*?<\/pre>|<script type="bv-file"[\s\S]*?<\/script>/g, '')
        .matchAll(/ (?:href|src)="([^"]*)"/g)) {
        if (/^(?:https?|data|mailto):/.test(link)) continue;
        if (link.startsWith('/') || link.includes('site:')) broken.push(`${url}: ${link} is not relative`);
        const [path = '', hash] = link.split('#');
        const target = posix.normalize(posix.join('/', url, path)).slice(1);
        const file = target === '' || target.endsWith('/') ? `${target}index.html` : target;
        if (path !== '' && !existsSync(join(site.folder, file))) broken.push(`${url}: ${link}`);
        if (hash !== undefined && ids.get(path === '' ? url : target)?.has(decodeURIComponent(hash)) !== true)
          broken.push(`${url}: ${link} has no such anchor`);
      }
    }
    assert.deepEqual(broken, []);
  });

  it('has every page in its menu', () => {
    const front = built.find(({ url }) => url === '')!;
    const [menu = ''] = /<nav class="menu"[\s\S]*?<\/nav>/.exec(front.html) ?? [];
    const listed = new Set([...menu.matchAll(/href="([^"]+)"/g)].map((match) => posix.join('.', match[1]!).replace(/^\.\/?$/, '')));
    assert.deepEqual(
      built.map(({ url }) => url).filter((url) => !listed.has(url)),
      [],
    );
  });

  it('names no element, attribute, event, property, option or export that does not exist', () => {
    const wrong: string[] = [];
    interface Named {
      readonly name?: string;
    }
    interface Declared {
      readonly tagName?: string;
      readonly attributes?: readonly Named[];
      readonly events?: readonly Named[];
    }
    const manifest = JSON.parse(readFileSync(join(root, 'dist/custom-elements.json'), 'utf8')) as {
      readonly modules: readonly { readonly declarations: readonly Declared[] }[];
    };
    const elements = manifest.modules.flatMap(({ declarations }) => declarations).filter(({ tagName }) => tagName !== undefined);
    const namesOf = (all: readonly Named[] = []) => all.map(({ name = '' }) => name);
    const attributes = new Map(elements.map((one) => [one.tagName!, new Set(namesOf(one.attributes))]));
    const known = new Set([...attributes.keys(), ...elements.flatMap(({ events }) => namesOf(events)), 'bv-file', 'bv-patch', 'bv-state']);
    const global = /^(?:id|class|style|slot|lang|dir|hidden|title|tabindex|data-[\w-]+|aria-[\w-]+)$/;
    // Panels and panes of these take any element, whose label is theirs.
    const ofPlace = new Set(['label']);
    const scripts = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })
      .filter((file) => /^(?:bavini\.\w+|chunks\/[^/]+\.js)$/.test(file.replaceAll('\\', '/')))
      .map((file) => readFileSync(join(root, 'dist', file), 'utf8'))
      .join('\n');
    const exported = (file: string) => {
      const lists = [...readFileSync(join(root, 'dist', file), 'utf8').matchAll(/export\s*\{([^}]*)\}/g)];
      return new Set(lists.flatMap(([, list = '']) => list.split(',').map((one) => one.trim().replace(/^.* as /, ''))));
    };
    const help = commandHelp();
    const plain = (html: string) =>
      html
        .replaceAll(/<[^>]+>/g, '')
        .replaceAll(/&(lt|gt|quot|amp);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"', amp: '&' })[name]!);
    for (const { url, html } of built) {
      const say = (what: string) => wrong.push(`${url}: ${what}`);
      const [, article = ''] = /<article>([\s\S]*)<\/article>/.exec(html) ?? [];
      const code = [...article.matchAll(/<code[^>]*>([\s\S]*?)<\/code>/g)].map((match) => plain(match[1]!));
      for (const text of [...code, article.replaceAll(/<code[\s\S]*?<\/code>/g, '')]) {
        for (const [, tag = '', list = ''] of text.matchAll(/<(bv-[a-z]+)((?:\s+[\w-]+(?:=(?:"[^"]*"|'[^']*'|[^\s>]+))?)*)\s*\/?>/g)) {
          if (!attributes.has(tag)) say(`there is no <${tag}>`);
          for (const [, name = ''] of list.matchAll(/([\w-]+)(?:=(?:"[^"]*"|'[^']*'|[^\s>]+))?/g))
            if (attributes.get(tag)?.has(name) !== true && !global.test(name) && !ofPlace.has(name))
              say(`<${tag}> has no attribute "${name}"`);
        }
        for (const [, name = ''] of text.matchAll(/(?<![-\w])(bv-[a-z]+(?:-[a-z]+)*)(?![\w-])/g))
          if (!known.has(name) && !attributes.has(name)) say(`"${name}" is neither an element nor an event`);
        for (const [name] of text.matchAll(/--bv-[a-z-]*[a-z]/g)) if (!scripts.includes(name)) say(`nothing reads ${name}`);
        for (const [, names = '', file = ''] of text.matchAll(/import \{([^}]*)\} from '\/(?:\w+\/)*((?:bavini|index)\.js)'/g))
          for (const name of names.split(',').map((one) => one.trim())) if (!exported(file).has(name)) say(`${file} exports no ${name}`);
        for (const [line] of text.matchAll(/npx bavini .*/g))
          for (const [option] of line.matchAll(/--[a-z-]+/g)) if (!help.includes(`${option} `)) say(`bavini has no option ${option}`);
      }
    }
    assert.deepEqual([...new Set(wrong)], []);
  });

  it('fits from right to left, too', () =>
    onPage(async (page) => {
      for (const url of ['', 'guides/authoring/', 'reference/bv-container/']) {
        await page.goto(site.address + url);
        const over = await page.evaluate(() => {
          document.documentElement.dir = 'rtl';
          return document.documentElement.scrollWidth - document.documentElement.clientWidth;
        });
        assert.ok(over <= 0, `${url} is ${over} px too wide`);
      }
    }));

  it('moves nothing while pages load', () =>
    onPage(async (page) => {
      await page.evaluateOnNewDocument(() => {
        const shifts: number[] = [];
        (globalThis as unknown as { shifts: number[] }).shifts = shifts;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) shifts.push((entry as unknown as { value: number }).value);
        }).observe({ type: 'layout-shift', buffered: true });
      });
      for (const width of [360, 1280]) {
        await page.setViewport({ width, height: 800 });
        for (const url of ['', 'examples/rest-api/', 'start/quick-start/', 'guides/authoring/', 'migration/sandpack/']) {
          await page.goto(site.address + url, { waitUntil: 'networkidle0' });
          const shifts = await page.evaluate(() => (globalThis as unknown as { shifts: number[] }).shifts);
          assert.deepEqual(shifts, [], `${url} at ${width} px`);
        }
      }
    }));

  it('loads nothing of the runtime before Run', () =>
    onPage(async (page) => {
      const paths: string[] = [];
      page.on('request', (request) => paths.push(request.url().replace(site.address, '')));
      await page.goto(site.address, { waitUntil: 'networkidle0' });
      assert.deepEqual(
        paths.filter((path) => /kernel|process|node-library|shared|quickjs|preview-/.test(path) || path.endsWith('search.json')),
        [],
      );
      assert.ok(paths.includes('bavini/bavini.js'));
    }));

  it('is searched with the keyboard', () =>
    onPage(async (page) => {
      await page.setViewport({ width: 1280, height: 800 });
      await page.goto(`${site.address}guides/hosting/`);
      await page.focus('.search-button');
      await page.keyboard.press('/');
      await page.waitForSelector('dialog.search[open] input:focus');
      await page.keyboard.type('terminal keyb');
      // What it says before a word is typed speaks of results, too.
      await page.waitForFunction(() =>
        /^(?:\d+ results?|The best \d+ of \d+ results)$/.test(document.querySelector('.search-status')?.textContent ?? ''),
      );
      await photograph(page, 'docs-site-search');
      assert.deepEqual(await violations(page), []);
      await page.keyboard.press('Escape');
      await page.waitForSelector('dialog.search:not([open])');
      assert.ok(await page.$eval('.search-button', (button) => button === document.activeElement), 'the focus is back');
      await page.keyboard.press('/');
      await page.waitForSelector('dialog.search[open] input:focus');
      await page.keyboard.type('zzzz');
      await page.waitForFunction(() => /^Nothing found/.test(document.querySelector('.search-status')?.textContent ?? ''));
      await page.keyboard.down('Control');
      await page.keyboard.press('a');
      await page.keyboard.up('Control');
      await page.keyboard.type('sandpack');
      await page.waitForFunction(() => document.querySelector('.search-results a b')?.textContent.includes('Sandpack') === true);
      await page.keyboard.press('ArrowDown');
      await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
      assert.match(page.url(), /migration\/sandpack\//);
    }));

  it('keeps the colours that a reader chose', () =>
    onPage(async (page) => {
      // Firefox cannot be told which colours the system has: it begins with light ones.
      if (browser === 'chromium') await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
      await page.goto(site.address);
      const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      const name = () => page.$eval('.theme-button', (button) => button.getAttribute('aria-label'));
      assert.equal(await name(), 'Colours: as the system');
      const light = await background();
      await page.click('.theme-button');
      await page.click('.theme-button');
      assert.equal(await name(), 'Colours: dark');
      const dark = await background();
      assert.notEqual(dark, light);
      await page.goto(`${site.address}guides/network/`);
      assert.equal(await background(), dark);
      await page.waitForFunction(() => document.querySelector('bv-container')?.matches(':state(dark)') === true);
      await photograph(page, 'docs-site-dark');
      await page.click('.theme-button');
      assert.equal(await background(), light);
    }));

  it('has a menu on a phone that opens, closes and gives the focus back', () =>
    onPage(async (page) => {
      await page.setViewport({ width: 360, height: 740 });
      await page.goto(`${site.address}guides/network/`);
      const isOpen = () => page.$eval('nav.menu', (menu) => getComputedStyle(menu).display !== 'none');
      assert.equal(await isOpen(), false);
      await page.click('.menu-button');
      assert.equal(await isOpen(), true);
      await photograph(page, 'docs-site-menu');
      await page.keyboard.press('Escape');
      assert.equal(await isOpen(), false);
      assert.ok(await page.$eval('.menu-button', (button) => button === document.activeElement));
      await page.setViewport({ width: 1280, height: 800 });
    }));

  it('finds the way back from an address that does not exist, at any depth', () =>
    onPage(async (page) => {
      const missing = readFileSync(join(site.folder, '404.html'), 'utf8');
      await page.setRequestInterception(true);
      page.on('request', (request) => {
        const isPage = request.isNavigationRequest() && request.url().includes('/no/such/');
        void (isPage ? request.respond({ status: 404, contentType: 'text/html', body: missing }) : request.continue());
      });
      await page.goto(`${site.address}no/such/page/`);
      await page.waitForSelector('a[data-to]:not([hidden])');
      const links = await page.$$eval('a[data-to]', (all) => all.map(({ href }) => href));
      assert.deepEqual(links, [site.address, `${site.address}sitemap/`]);
      assert.deepEqual(await violations(page), []);
      // The search for the root, and the page itself, were answered 404: that is what it is about.
      for (let index = site.problems.length - 1; index >= 0; index -= 1)
        if (site.problems[index]!.includes('/no/such/')) site.problems.splice(index, 1);
    }));

  // What only Chromium can be told: to be a phone, which colours the system has, to run no scripts.
  if (browser === 'chromium') {
    it('breaks no rule of accessibility on any page, in light and dark, and is as wide as the window at 360 px', { timeout: 240_000 }, () =>
      onPage(async (page) => {
        const found: string[] = [];
        await page.setViewport({ width: 360, height: 740 });
        for (const { url } of built) {
          await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'light' }]);
          await page.goto(site.address + url);
          const [wide, room] = await page.evaluate(() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]);
          if (wide! > room!) found.push(`${url} is ${wide} px wide`);
          found.push(...(await violations(page)).map((violation) => `${url}: ${violation}`));
          await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }]);
          found.push(...(await violations(page, ['color-contrast'])).map((violation) => `${url} in the dark: ${violation}`));
        }
        assert.deepEqual(found, []);
      }),
    );

    it('loads no editor on a phone before the reader touches the page', () =>
      onPage(async (page) => {
        await page.setViewport({ width: 360, height: 740, isMobile: true, hasTouch: true });
        for (const url of ['', 'examples/rest-api/']) {
          await page.goto(site.address + url, { waitUntil: 'networkidle0' });
          const hasEditor = () =>
            page.evaluate(() => document.querySelector('bv-editor')!.shadowRoot!.querySelector('.cm-content') !== null);
          assert.equal(await hasEditor(), false, `${url} has plain code`);
          assert.match(await page.$eval('bv-editor', ({ shadowRoot }) => shadowRoot!.querySelector('pre')!.innerText), /import/);
          await page.evaluate(() => document.querySelector('bv-editor')!.scrollIntoView());
          await page.waitForFunction(() => document.querySelector('bv-editor')!.shadowRoot!.querySelector('.cm-content') !== null);
        }
      }));

    it('can be read without scripts', () =>
      onPage(async (page) => {
        await page.setJavaScriptEnabled(false);
        await page.goto(`${site.address}examples/front-end/`);
        const text = await page.evaluate(() => document.body.innerText);
        assert.match(text, /Quick start/);
        assert.match(text, /The HTML of this example/);
      }));
  }

  it('needs nothing but itself, and puts no error on the console', () => {
    assert.deepEqual(site.problems, []);
  });
});
