/** The recipes as the tests know them: what each builds, and how its readers move and switch colours. */
import type { Page } from 'puppeteer-core';

export interface Recipe {
  /** Its folder. */
  readonly name: string;
  /** The folder that its build writes. */
  readonly output: string;
  /** Makes that folder, in the recipe's own; without it the files are the site. */
  readonly build?: readonly [program: string, ...args: string[]];
  /** Has a package.json and a lockfile. */
  readonly installs: boolean;
  /** Only by `npm run test:recipes -- --all`: too heavy for CI. */
  readonly elsewhere?: boolean;
  /** A program that does not come from npm. Without it the recipe is skipped where it is not asked for. */
  readonly needs?: string;
  /** Another page of the site is shown without loading it. */
  readonly singlePage?: boolean;
  /** The page that its menu names beside the server's in place of one with fences, which a bundle cannot have. */
  readonly otherPage?: string;
  /** Has a lesson. */
  readonly lesson?: boolean;
  /** Presses the switch of the generator's own theme. Without it the site follows the system. */
  readonly goDark?: (page: Page) => Promise<unknown>;
}

const build = ['npm', 'run', 'build'] as const;

export const recipes: readonly Recipe[] = [
  { name: 'plain', output: '.', installs: false, lesson: true },
  { name: 'eleventy', output: '_site', installs: true, build },
  {
    name: 'vitepress',
    output: 'docs/.vitepress/dist',
    installs: true,
    build,
    singlePage: true,
    goDark: (page) => page.click('.VPNavBarAppearance .VPSwitchAppearance'),
  },
  { name: 'vite-react', output: 'dist', installs: true, build, singlePage: true, otherPage: 'About' },
  {
    name: 'starlight',
    output: 'dist',
    installs: true,
    build,
    goDark: (page) => page.select('header starlight-theme-select select', 'dark'),
  },
  {
    name: 'docusaurus',
    output: 'build',
    installs: true,
    build,
    elsewhere: true,
    singlePage: true,
    goDark: async (page) => {
      // From the system's colours to light ones, then to dark ones.
      while ((await page.evaluate(() => document.documentElement.dataset['theme'])) !== 'dark')
        await page.click('.navbar button[class*="toggleButton"]');
    },
  },
  { name: 'hugo', output: 'public', installs: false, needs: 'hugo', build: ['hugo'] },
  { name: 'jekyll', output: '_site', installs: false, needs: 'jekyll', build: ['jekyll', 'build'] },
  {
    name: 'mkdocs',
    output: 'site',
    installs: false,
    needs: 'mkdocs',
    build: ['mkdocs', 'build'],
    goDark: (page) => page.click('label[for="__palette_2"]'),
  },
];
