import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { allFacts, fixtureFolders, fixtureProject, fixtureRegistry, readRecord, treeOf } from '../testing/fixture-project.ts';
import { projects } from '../testing/projects.ts';
import { planBun } from './layout.ts';
import { parseBunLock, writeBunLock } from './lockfile.ts';

const facts = await allFacts();

describe('bun, compared with the real one', () => {
  for (const { name } of projects) {
    const { steps } = readRecord('bun', name);
    for (const { args, lockfile, manifest, tree } of steps) {
      if (lockfile === null) continue;
      const title = `${name}, after ${args.join(' ')}`;
      it(`reads and writes the lockfile: ${title}`, () => {
        assert.equal(writeBunLock(parseBunLock(lockfile)), lockfile);
      });

      it(`puts packages and commands where it does: ${title}`, () => {
        const project = fixtureProject(name, 'bun', manifest);
        const folders = fixtureFolders(name, 'bun');
        const plan = planBun({ project, lock: parseBunLock(lockfile), facts, registry: fixtureRegistry, folders });
        const manifests = (place: string) => {
          const node = plan.nodes.find((each) => each.place === place);
          return node?.kind === 'link' ? { bin: node.bin } : project.workspaces.find((each) => each.folder === place)?.manifest;
        };
        // bun links the program of the platform's own package past the script of esbuild; no page could run it.
        const { 'node_modules/.bin/esbuild': _, ...expected } = tree;
        const { 'node_modules/.bin/esbuild': own, ...actual } = treeOf(plan, manifests);
        assert.deepEqual(actual, Object.fromEntries(Object.entries(expected).sort(([a], [b]) => (a < b ? -1 : 1))));
        assert.equal(own !== undefined, 'node_modules/.bin/esbuild' in tree);
      });
    }
  }
});
