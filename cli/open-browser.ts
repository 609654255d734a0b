import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser } from 'puppeteer-core';
import { chromiumArguments, findBrowser } from '../runtime/tools/browsers.ts';

type Puppeteer = typeof import('puppeteer-core');

/** Of the author's project, or of the package's own surroundings. It is theirs to install: most commands do without. */
async function puppeteer(): Promise<Puppeteer> {
  for (const from of [pathToFileURL(join(process.cwd(), 'package.json')).href, import.meta.url]) {
    let path: string;
    try {
      path = createRequire(from).resolve('puppeteer-core');
    } catch {
      continue; // Looked for in the next place.
    }
    return (await import(pathToFileURL(path).href)) as Puppeteer;
  }
  throw Object.assign(new Error('Cannot open a browser: puppeteer-core is not installed'), {
    advice: ['npm install --save-dev puppeteer-core'],
  });
}

/** @param path Of the browser's program. Default: Chrome or Chromium, then Firefox, where this machine has them. */
export async function openBrowser(path: string | undefined): Promise<Browser> {
  const executablePath = path ?? findBrowser('chromium') ?? findBrowser('firefox');
  if (executablePath === undefined)
    throw Object.assign(new Error('Cannot find a browser on this machine'), {
      advice: ['Name one with --browser, CHROME_PATH or FIREFOX_PATH'],
    });
  const { launch } = await puppeteer();
  if (/firefox/i.test(executablePath)) return launch({ browser: 'firefox', executablePath, headless: true });
  // Chromium's own sandbox needs a user other than root, as machines of CI rarely have.
  const args = chromiumArguments.filter((one) => one !== '--no-sandbox' || process.getuid?.() === 0);
  return launch({ executablePath, args, headless: true });
}
