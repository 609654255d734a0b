/** Our npm against what real npm did with the same projects and the same registry (`runtime/tools/record-npm.ts`). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { cases, recordedPackages } from './testing/cases.ts';
import { NpmSystem } from './testing/npm-in-node.ts';
import { plainOutput, recordedFiles, registryPort, type RecordedCase } from './testing/records.ts';
import { startRegistry, type TestRegistry } from './testing/registry.ts';
import { useBundledResolver } from './testing/resolver-in-node.ts';

const recorded = new Map(
  (JSON.parse(readFileSync(new URL('fixtures/npm.json', import.meta.url), 'utf8')) as RecordedCase[]).map((one) => [one.name, one]),
);
const recordedAddress = `http://127.0.0.1:${registryPort}/`;

describe('npm, as real npm', () => {
  let registry: TestRegistry;
  before(async () => {
    await useBundledResolver();
    registry = await startRegistry(recordedPackages);
  });
  after(() => registry.close());

  test('every case has a record', () => {
    assert.deepEqual(
      cases.map(({ name, lines }) => [name, lines]),
      [...recorded.values()].map(({ name, steps }) => [name, steps.map(({ line }) => line)]),
    );
  });

  for (const { name, files, then = {} } of cases) {
    test(name, async (t) => {
      const { lock, steps } = recorded.get(name) as RecordedCase;
      const ours = (text: string) => text.replaceAll(recordedAddress, registry.address);
      const theirs = (text: string) => plainOutput(text.replaceAll(registry.address, recordedAddress));
      const system = new NpmSystem(registry.address);
      t.after(() => system.close());
      await system.boot({ ...files, ...(lock === undefined ? {} : { 'package-lock.json': ours(lock) }), ...then });
      let tree: readonly string[] = [];
      const texts = new Map<string, string | null>();
      for (const step of steps) {
        const result = await system.run(step.line, { env: { LANG: 'en_US.UTF-8', npm_config_fetch_retries: '0' } });
        assert.deepEqual(
          { line: step.line, code: result.code, stdout: theirs(result.stdout), stderr: theirs(result.stderr) },
          { line: step.line, code: step.code, stdout: step.stdout, stderr: step.stderr },
        );
        if (step.tree !== undefined) tree = step.tree;
        const links = await system.run('for f in $(find . -type l); do echo "$f -> $(readlink $f)"; done');
        const plain = await system.run('find . -type f');
        const found = [...links.stdout.split('\n'), ...plain.stdout.split('\n')].filter((path) => path !== '').map((path) => path.slice(2));
        assert.deepEqual(found.sort(), [...tree].sort(), `the tree after ${step.line}`);
        for (const [path, text] of Object.entries(step.files)) texts.set(path, text);
        for (const path of recordedFiles) {
          const text = texts.get(path) ?? null;
          const now = await system.run(`cat ${path}`);
          assert.equal(now.code === 0 ? theirs(now.stdout) : null, text, `${path} after ${step.line}`);
        }
      }
      assert.deepEqual(system.troubles, []);
    });
  }
});
