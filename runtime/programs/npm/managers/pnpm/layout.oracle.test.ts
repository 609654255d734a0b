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
} from '../testing/fixture-project.ts';
import { projects } from '../testing/projects.ts';
import { planPnpm } from './layout.ts';
import { parsePnpmLock, writePnpmLock } from './lockfile.ts';
import { workspaceFilePatterns } from './workspace-file.ts';

const facts = await allFacts();

/** pnpm links these at the top only in the install that chose the peers, and no longer when the lockfile is there. */
const commandsOfHoistedPeers: Readonly<Record<string, readonly string[]>> = {
  'missing-peers': ['node_modules/.bin/acorn'],
  'create-vite': ['node_modules/.bin/browserslist'],
};

describe('pnpm, compared with the real one', () => {
  for (const { name, files } of projects) {
    const { steps, frozen } = readRecord('pnpm', name);
    for (const { args, lockfile, manifest, tree, state } of steps) {
      if (lockfile === null) continue;
      const title = `${name}, after ${args.join(' ')}`;
      it(`reads and writes the lockfile: ${title}`, () => {
        assert.equal(writePnpmLock(parsePnpmLock(lockfile)), lockfile);
      });

      it(`puts packages, links and commands where it does: ${title}`, () => {
        const patterns = workspaceFilePatterns(files('pnpm')['pnpm-workspace.yaml'] as string | undefined);
        const project = fixtureProject(name, 'pnpm', manifest, patterns ?? []);
        const folders = fixtureFolders(name, 'pnpm');
        const plan = planPnpm({ project, lock: parsePnpmLock(lockfile), facts, registry: fixtureRegistry, folders });
        const manifests = (folder: string) => {
          const link = plan.nodes.find((node) => node.place === folder);
          if (link?.kind === 'link') return { bin: link.bin };
          return project.workspaces.find((each) => each.folder === folder)?.manifest ?? folders.get(folder);
        };
        const mine = treeOf(plan, manifests);
        const theirs = comparableTree(tree);
        const leftovers = leftFromBefore(theirs, steps.indexOf(steps.find((step) => step.args === args) ?? steps[0]!) > 0, mine);
        for (const place of commandsOfHoistedPeers[name] ?? []) delete leftovers[place];
        assert.deepEqual(mine, leftovers);
        if (steps.at(-1)?.args === args) {
          const again = planPnpm({ project, lock: parsePnpmLock(lockfile), facts, registry: fixtureRegistry, folders, frozen: true });
          assert.deepEqual(treeOf(again, manifests), comparableTree(frozen.tree ?? tree));
        }
        const note = state['node_modules/.modules.yaml'];
        if (note === undefined) return;
        const [own, real] = [plan.files[0]?.text ?? '{}', note].map((text) => JSON.parse(text) as Record<string, unknown>) as [
          Record<string, unknown>,
          Record<string, unknown>,
        ];
        for (const field of ['hoistedDependencies', 'skipped', 'included', 'layoutVersion', 'packageManager'])
          assert.deepEqual(own[field], real[field], field);
      });
    }
  }
});

/** pnpm leaves what it no longer needs below `.pnpm` for a week; that is not part of the tree. */
function leftFromBefore(theirs: Record<string, string>, isLater: boolean, mine: Record<string, string>): Record<string, string> {
  if (!isLater) return theirs;
  return Object.fromEntries(Object.entries(theirs).filter(([place]) => !/^node_modules\/\.pnpm\/[^/]+@/.test(place) || place in mine));
}
