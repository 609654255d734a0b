import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  allFacts,
  comparableTree,
  fixtureFolders,
  fixtureProject,
  fixtureRegistry,
  readRecord,
  treeOf,
} from '../../testing/fixture-project.ts';
import { projects } from '../../testing/projects.ts';
import { planBerry } from './layout.ts';
import { parseBerryLock, writeBerryLock } from './lockfile.ts';

const facts = await allFacts();

describe('Yarn 4, compared with the real one', () => {
  for (const { name } of projects) {
    const { steps } = readRecord('berry', name);
    for (const { args, lockfile, manifest, tree, state } of steps) {
      if (lockfile === null) continue;
      const title = `${name}, after ${args.join(' ')}`;
      it(`reads and writes the lockfile: ${title}`, () => {
        assert.equal(writeBerryLock(parseBerryLock(lockfile)), lockfile);
      });

      it(`puts packages and commands where it does: ${title}`, () => {
        const project = fixtureProject(name, 'berry', manifest);
        const folders = fixtureFolders(name, 'berry');
        const plan = planBerry({ project, lock: parseBerryLock(lockfile), facts, registry: fixtureRegistry, folders });
        const manifests = (place: string) => {
          const node = plan.nodes.find((each) => each.place === place);
          return node?.kind === 'link' ? { bin: node.bin } : project.workspaces.find((each) => each.folder === place)?.manifest;
        };
        assert.deepEqual(treeOf(plan, manifests), comparableTree(tree));
        // Commands come in the order in which packages were first met, which says nothing.
        const lines = (text = '') => text.split('\n').sort();
        assert.deepEqual(lines(plan.files[0]?.text), lines(state['node_modules/.yarn-state.yml']));
      });
    }
  }
});
