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
import { planClassic } from './layout.ts';
import { parseClassicLock, writeClassicLock } from './lockfile.ts';

const facts = await allFacts();

describe('Yarn 1, compared with the real one', () => {
  for (const { name } of projects) {
    const { steps } = readRecord('yarn', name);
    for (const { args, lockfile, manifest, tree, state } of steps) {
      if (lockfile === null) continue;
      const title = `${name}, after ${args.join(' ')}`;
      it(`reads and writes the lockfile: ${title}`, () => {
        assert.equal(writeClassicLock(parseClassicLock(lockfile)), lockfile);
      });

      it(`puts packages and commands where it does: ${title}`, () => {
        const project = fixtureProject(name, 'yarn', manifest);
        const folders = fixtureFolders(name, 'yarn');
        const { plan } = planClassic({
          project,
          lock: parseClassicLock(lockfile),
          facts,
          registry: fixtureRegistry,
          folders,
          flags: ['ignoreScripts'],
        });
        const manifests = (folder: string) => project.workspaces.find((each) => each.folder === folder)?.manifest ?? folders.get(folder);
        assert.deepEqual(treeOf(plan, manifests), comparableTree(tree));
        assert.equal(plan.files[0]?.text, state['node_modules/.yarn-integrity']);
      });
    }
  }
});
