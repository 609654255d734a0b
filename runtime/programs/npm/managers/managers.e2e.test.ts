/** Each manager in a page: it installs real packages from a baked folder, writes its lockfile, and what it installed runs. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ServedBrowser } from '../../../testing/served-browser.ts';
import { ensureBaked } from '../../../tools/baked-packages.ts';
import { findBrowser } from '../../../tools/browsers.ts';
import type * as api from '../../../index.ts';

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number;
}

const manifest = {
  name: 'project',
  version: '1.0.0',
  dependencies: { express: '^5.0.0' },
  scripts: { route: 'node program.cjs', answer: 'node answer.cjs' },
};
const program = `
const express = require('express');
const app = express();
app.get('/', (_, response) => response.send('served'));
const server = app.listen(0, async () => {
  const response = await fetch('http://localhost:' + server.address().port);
  console.log(await response.text());
  server.close();
});
`;

/** To add, use and remove a package. */
const more = (manager: string) => [
  `${manager} add lodash`,
  'node -p "require(\'lodash\').VERSION"',
  `${manager} remove lodash`,
  'test -e node_modules/lodash || echo gone',
];

const cases = [
  {
    name: 'pnpm',
    files: {},
    commands: [
      'pnpm install',
      'pnpm run route',
      'pnpm install --frozen-lockfile',
      'head -1 pnpm-lock.yaml',
      'ls -d node_modules/.pnpm/express@*',
      ...more('pnpm'),
      'pnpm exec node answer.cjs',
      'pnpm dlx uuid@11',
    ],
    first: /Packages: \+\d+[\s\S]*dependencies:\n\+ express 5[\s\S]*Done in .* using pnpm v10/,
    third: /Already up to date/,
    lock: /^lockfileVersion: '9\.0'/,
    tree: /express@5/,
  },
  {
    name: 'yarn',
    files: {},
    commands: [
      'yarn',
      'yarn run route',
      'yarn install --frozen-lockfile',
      'head -2 yarn.lock',
      'ls -d node_modules/accepts',
      ...more('yarn'),
      'yarn -s exec node answer.cjs',
      'yarn add uuid@11 && yarn -s uuid',
    ],
    first: /^yarn install v1[\s\S]*\[4\/4\] Building fresh packages\.\.\.\nsuccess Saved lockfile\.\nDone in/,
    third: /\[1\/4\] Resolving packages/,
    lock: /# yarn lockfile v1/,
    tree: /accepts/,
  },
  {
    name: 'Yarn 4',
    files: { '.yarnrc.yml': 'nodeLinker: node-modules\n' },
    commands: [
      'yarn install',
      'yarn route',
      'yarn install --immutable',
      'grep -m 1 checksum yarn.lock',
      'ls -d node_modules/accepts',
      ...more('yarn'),
      'yarn exec node answer.cjs',
      'yarn dlx -q uuid@11',
    ],
    first: /^➤ YN0000: · Yarn 4[\s\S]*YN0085: │ \+ express@npm:5[\s\S]*➤ YN0000: · Done in/,
    third: /➤ YN0000: · Done in/,
    lock: /checksum: 10c0\/[0-9a-f]{128}/,
    tree: /accepts/,
  },
  {
    name: 'bun',
    files: {},
    commands: [
      'bun install',
      'bun run route',
      'bun install --frozen-lockfile',
      'head -2 bun.lock',
      'ls -d node_modules/accepts',
      ...more('bun'),
      'bun run --silent answer',
      'bun x uuid@11',
    ],
    first: /^bun install v1[\s\S]*\+ express@5[\s\S]*packages installed \[/,
    third: /no changes/,
    lock: /"lockfileVersion": 2/,
    tree: /accepts/,
  },
] as const;

for (const browser of ['chromium', 'firefox'] as const) {
  if (findBrowser(browser) === undefined) continue;
  describe(`package managers in a page of ${browser}`, () => {
    let served: ServedBrowser;
    before(async () => {
      await ensureBaked(['basic']);
      served = await ServedBrowser.open({ name: browser });
    });
    after(() => served.close());

    /** What each command line of one fresh project says. */
    async function run(files: Readonly<Record<string, string>>, commands: readonly string[]): Promise<Ran[]> {
      const page = await served.blankPage();
      try {
        return await page.evaluate(
          async (tree, lines, registry) => {
            const { Container } = (await import(new URL('/dist/index.js', location.href).href)) as typeof api;
            const container = await Container.boot({ registry });
            const results: Ran[] = [];
            try {
              for (const [path, text] of Object.entries(tree)) await container.fs.writeFile(path, text);
              for (const line of lines) {
                const { stdout, stderr, code } = await container.exec(line, { timeoutMs: 60_000 });
                results.push({ stdout, stderr, exitCode: code ?? -1 });
              }
            } finally {
              container.teardown();
            }
            return results;
          },
          { 'package.json': JSON.stringify(manifest, null, 2), 'program.cjs': program, 'answer.cjs': 'console.log(42)', ...files },
          commands,
          `${served.origin}/.cache/baked/`,
        );
      } finally {
        await page.close();
      }
    }

    for (const { name, files, commands, first, third, lock, tree } of cases) {
      it(`${name} installs express, which then serves, adds, removes and starts packages`, async () => {
        const [installed, ran, again, lockfile, folder, added, used, removed, unused, answer, started] = await run(files, commands);
        assert.equal(installed?.exitCode, 0, `${installed?.stdout}${installed?.stderr}`);
        assert.match(installed.stdout, first);
        assert.equal(ran?.exitCode, 0, `${ran?.stdout}${ran?.stderr}`);
        assert.match(ran.stdout, /served/);
        assert.equal(again?.exitCode, 0, `${again?.stdout}${again?.stderr}`);
        assert.match(again.stdout, third);
        assert.match(lockfile?.stdout ?? '', lock);
        assert.match(folder?.stdout ?? '', tree);
        assert.equal(added?.exitCode, 0, `${added?.stdout}${added?.stderr}`);
        assert.match(used?.stdout ?? '', /^4\.\d+\.\d+\n$/);
        assert.equal(removed?.exitCode, 0, `${removed?.stdout}${removed?.stderr}`);
        assert.equal(unused?.stdout, 'gone\n');
        assert.equal(answer?.stdout, '42\n', answer?.stderr);
        assert.match(started?.stdout ?? '', /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/m, started?.stderr);
      });
    }

    it('a frozen install fails where the lockfile says something else', async () => {
      const changed = `node -e "const fs=require('fs');fs.writeFileSync('package.json',fs.readFileSync('package.json','utf8').replace('^5.0.0','5.0.0'))"`;
      const results = await run({}, [
        'pnpm install',
        'bun install',
        changed,
        'pnpm install --frozen-lockfile',
        'bun install --frozen-lockfile',
      ]);
      assert.equal(results[3]?.exitCode, 1);
      assert.match(results[3].stdout, /ERR_PNPM_OUTDATED_LOCKFILE/);
      assert.equal(results[4]?.exitCode, 1);
    });
  });
}
