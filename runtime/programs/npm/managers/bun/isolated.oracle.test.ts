/** bun's isolated layout, against what bun itself made of the same projects. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import {
  allFacts,
  comparableTree,
  fixtureFolders,
  fixtureProject,
  fixtureRegistry,
  readRecord,
  treeOf,
} from '../testing/fixture-project.ts';
import { projects } from '../testing/projects.ts';
import type { RecordedTree } from '../testing/records.ts';
import { planIsolated } from './isolated.ts';
import { parseBunLock } from './lockfile.ts';

const facts = await allFacts();
const trees = JSON.parse(readFileSync(new URL('../fixtures/bun-isolated.json', import.meta.url), 'utf8')) as Record<string, RecordedTree>;

describe("bun's isolated layout, compared with the real one", () => {
  for (const { name } of projects) {
    it(`puts packages, links and commands where it does: ${name}`, () => {
      const { lockfile, manifest } = readRecord('bun', name).steps[0] ?? {};
      if (lockfile === undefined || lockfile === null) {
        assert.deepEqual(trees[name], {});
        return;
      }
      const project = fixtureProject(name, 'bun', manifest);
      const folders = fixtureFolders(name, 'bun');
      const plan = planIsolated({ project, lock: parseBunLock(lockfile), facts, registry: fixtureRegistry, folders });
      const manifests = (place: string) => {
        const node = plan.nodes.find((each) => each.place === place);
        return node?.kind === 'link' ? { bin: node.bin } : undefined;
      };
      // bun links the program of the platform's own package past the script of esbuild, which no page could run; and commands of a package
      // for one that it depends on itself only where it had them in time.
      const own = (tree: RecordedTree) =>
        Object.fromEntries(
          Object.entries(tree).filter(([place]) => !/\.bin\/esbuild$|update-browserslist-db.*\.bin\/browserslist$/.test(place)),
        );
      assert.deepEqual(own(treeOf(plan, manifests)), own(comparableTree(trees[name] ?? {})));
    });
  }
});
