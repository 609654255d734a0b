/**
 * Real packages, installed in a page from a baked folder and run: the same lockfile as npm's, and what real Node says of their programs.
 * The group `basic`, or those in `PACKAGE_GROUPS` (`npm run test:packages`), in the browsers of `BROWSERS`.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { packagePrograms } from '../../testing/package-programs.ts';
import { ServedBrowser } from '../../testing/served-browser.ts';
import { ensureBaked } from '../../tools/baked-packages.ts';
import { bakedProjects, type BakedGroup } from '../../tools/baked-projects.ts';
import type { BrowserName } from '../../tools/browsers.ts';

type Api = typeof import('../../index.ts');

const groups = (process.env['PACKAGE_GROUPS']?.split(',') ?? ['basic']) as BakedGroup[];
const browsers = (process.env['BROWSERS']?.split(',') ?? ['chromium', 'firefox']) as BrowserName[];

/** In the page: installs and runs, in a container of its own. */
async function installAndRun(files: Readonly<Record<string, string>>, command: string) {
  const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as Api;
  const container = await Container.boot({ registry: `${location.origin}/.cache/baked/` });
  try {
    for (const [path, text] of Object.entries(files)) {
      if (path.includes('/')) await container.fs.mkdir(path.slice(0, path.lastIndexOf('/')), { recursive: true });
      await container.fs.writeFile(path, text);
    }
    const install = await container.exec('npm install', { timeoutMs: 60_000 });
    const lock = await container.fs.readFile('package-lock.json', 'utf8').catch(() => '');
    const run = await container.exec(command, { timeoutMs: 120_000 });
    return { install, lock, run };
  } finally {
    container.teardown();
  }
}

for (const browser of browsers) {
  describe(`Real packages in ${browser}`, () => {
    let served: ServedBrowser;
    let baked: string;
    before(async () => {
      baked = await ensureBaked(groups);
      served = await ServedBrowser.open({ name: browser });
    });
    after(() => served.close());

    for (const name of groups.flatMap((group) => Object.keys(bakedProjects[group]))) {
      const program = packagePrograms[name];
      if (program === undefined) continue; // Baked to be looked at by hand.
      it(`installs and runs: ${name}`, async () => {
        const project = join(baked, 'projects', name);
        const files = { ...program.files, 'package.json': readFileSync(join(project, 'package.json'), 'utf8') };
        const page = await served.blankPage();
        try {
          const { install, lock, run } = await page.evaluate(installAndRun, files, program.command);
          assert.equal(install.code, 0, install.stdout + install.stderr);
          assert.equal(lock, readFileSync(join(project, 'package-lock.json'), 'utf8'));
          if (program.warns !== undefined) assert.match(install.stderr, program.warns);
          assert.match(run.stdout + run.stderr, program.says);
          assert.equal(run.code, program.code ?? 0, run.stdout + run.stderr);
        } finally {
          await page.close();
        }
      });
    }
  });
}
