/** Our managers' command lines against what the real ones did (`runtime/tools/record-manager-commands.ts`). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { NpmSystem } from '../testing/npm-in-node.ts';
import type { RecordedCase } from '../testing/records.ts';
import { startRegistry, type TestRegistry } from '../testing/registry.ts';
import { useBundledResolver } from '../testing/resolver-in-node.ts';
import { answerAsGitHub, serveLooseTarballs } from './testing/repositories.ts';
import { casesOf, commandPackages, filesOf, linesOf } from './testing/command-cases.ts';
import { isTold, lockfileOf, plainText } from './testing/command-records.ts';
import { realManagers } from './testing/projects.ts';

const network = globalThis.fetch;
let registry: TestRegistry;
before(async () => {
  await useBundledResolver();
  registry = await startRegistry(commandPackages);
  serveLooseTarballs(registry);
  globalThis.fetch = async (input, init) => {
    const address = input instanceof Request ? input.url : String(input);
    if (!/github/.test(new URL(address).hostname)) return network(input, init);
    const { status, type, body } = answerAsGitHub(address);
    return new Response(typeof body === 'string' ? body : Uint8Array.from(body), { status, headers: { 'content-type': type } });
  };
});
after(() => {
  globalThis.fetch = network;
  return registry.close();
});

for (const manager of realManagers) {
  const recorded = new Map(
    (JSON.parse(readFileSync(new URL(`fixtures/commands/${manager}.json`, import.meta.url), 'utf8')) as RecordedCase[]).map((one) => [
      one.name,
      one,
    ]),
  );
  describe(`${manager}'s command line, as the real one`, () => {
    for (const one of casesOf(manager)) {
      test(one.name, async (t) => {
        const steps = recorded.get(one.name)?.steps ?? [];
        assert.deepEqual(
          linesOf(one, manager),
          steps.map(({ line }) => line),
        );
        const plain = (text: string) => plainText(text, registry.address);
        const system = new NpmSystem(registry.address);
        t.after(() => system.close());
        const named = (text: string) => text.replaceAll('REGISTRY/', registry.address);
        await system.boot(
          Object.fromEntries(
            Object.entries(filesOf(one, manager)).map(([path, text]) => [path, typeof text === 'string' ? named(text) : text]),
          ),
          ['*.github.com', 'github.com'],
        );
        let tree: readonly string[] = [];
        const texts = new Map<string, string | null>();
        for (const step of steps) {
          const result = await system.run(named(step.line), { env: { LANG: 'en_US.UTF-8', npm_config_fetch_retries: '0' } });
          assert.deepEqual(
            { line: step.line, code: result.code, stdout: plain(result.stdout), stderr: plain(result.stderr) },
            { line: step.line, code: step.code, stdout: step.stdout, stderr: step.stderr },
          );
          if (step.tree !== undefined) tree = step.tree;
          const links = await system.run('for f in $(find . -type l); do echo "$f -> $(readlink $f)"; done');
          const files = await system.run('find . -type f');
          const found = [...links.stdout.split('\n'), ...files.stdout.split('\n')]
            .filter((path) => path !== '')
            .map((path) => plain(path.slice(2)))
            .filter(isTold);
          assert.deepEqual(found.sort(), [...tree].sort(), `the tree after ${step.line}`);
          for (const [path, text] of Object.entries(step.files)) texts.set(path, text);
          for (const path of ['package.json', lockfileOf[manager]]) {
            const now = await system.run(`cat ${path}`);
            assert.equal(now.code === 0 ? plain(now.stdout) : null, texts.get(path) ?? null, `${path} after ${step.line}`);
          }
        }
        assert.deepEqual(system.troubles, []);
      });
    }
  });
}
