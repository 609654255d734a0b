/** What moves on a terminal while our managers work, against the real ones (`runtime/tools/record-manager-progress.ts`). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { NpmSystem } from '../testing/npm-in-node.ts';
import { startRegistry, tarballOf } from '../testing/registry.ts';
import { movingColumns, movingLines, movingPackages } from './testing/moving-lines.ts';

const recorded = JSON.parse(readFileSync(new URL('fixtures/progress.json', import.meta.url), 'utf8')) as Record<string, string[]>;

/** Of lines that are seen while packages are asked for, and while tarballs come. */
const expected: Readonly<Record<string, readonly [resolving: RegExp, fetching: RegExp]>> = {
  pnpm: [/^Progress: /, /^Progress: /],
  yarn: [/^⠿ PACKAGE$/, /^\[-{8}\] 0\/0$/],
  berry: [/^➤ YN: ⠿ PACKAGE$/, /^➤ YN: ⠿ -{80}$/],
  bun: [/^🔍 Resolving \[0\/0\]$/u, /^🚚 PACKAGE \[0\/0\]$/u],
};

describe('lines that move', () => {
  for (const [manager, [resolving, fetching]] of Object.entries(expected)) {
    test(`of ${manager} are the real one's`, async (t) => {
      const registry = await startRegistry(movingPackages);
      t.after(() => registry.close());
      const system = new NpmSystem(registry.address);
      t.after(() => system.close());
      const dependencies = Object.fromEntries(movingPackages.map(({ name }) => [name, '^1.0.0']));
      await system.boot({
        'package.json': JSON.stringify({ name: 'app', version: '1.0.0', license: 'MIT', dependencies }),
        ...(manager === 'berry' ? { '.yarnrc.yml': 'nodeLinker: node-modules\n' } : {}),
      });
      // One package's answers are held back until the line has been seen: the install ends only if it is.
      const [late, ...others] = movingPackages;
      assert.ok(late !== undefined && others.length > 0);
      let [isResolved, isFetched] = [false, false];
      const held: { readonly isTarball: boolean; readonly answer: () => void }[] = [];
      const release = () => {
        for (const one of held) if (one.isTarball ? isFetched : isResolved) one.answer();
      };
      registry.intercept = (path, response) => {
        if (!path.startsWith(`/${late.name}`)) return false;
        const isTarball = path.endsWith('.tgz');
        if (isTarball ? isFetched : isResolved) return false;
        const answer = isTarball
          ? () => response.end(tarballOf(late))
          : () => void fetch(new URL(path, registry.address)).then(async (found) => response.end(await found.text()));
        held.push({ isTarball, answer });
        return true;
      };
      const env = { LANG: 'en_US.UTF-8', TERM: 'xterm-256color', npm_config_fetch_retries: '0' };
      const { code, written } = await system.runOnTerminal(`${manager === 'berry' ? 'yarn' : manager} install`, {
        columns: movingColumns,
        env,
        onOutput: (text) => {
          const lines = movingLines(text);
          if (!isResolved) isResolved = lines.some((line) => resolving.test(line));
          else if (!isFetched && held.some(({ isTarball }) => isTarball)) isFetched = lines.some((line) => fetching.test(line));
          else return;
          release();
        },
      });
      assert.equal(code, 0, written);
      assert.deepEqual(
        movingLines(written).filter((line) => !recorded[manager]?.includes(line)),
        [],
      );
      assert.deepEqual(system.troubles, []);
    });
  }
});
