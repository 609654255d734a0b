import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Facts } from '../facts.ts';
import { fixtureFolders, fixtureProject, fixtureRegistry, fixtureSource, readRecord } from '../testing/fixture-project.ts';
import { projects } from '../testing/projects.ts';
import { parseBunLock, writeBunLock, type BunLock } from './lockfile.ts';
import { resolveBun } from './resolve.ts';

describe('bun choosing versions, compared with the real one', () => {
  for (const { name } of projects) {
    const { steps } = readRecord('bun', name);
    let before: BunLock | undefined;
    for (const { args, lockfile, manifest } of steps) {
      const lock = before;
      if (lockfile === null) continue;
      before = parseBunLock(lockfile);
      it(`writes the same lockfile: ${name}, after ${args.join(' ')}`, async () => {
        const project = fixtureProject(name, 'bun', manifest);
        const made = await resolveBun({
          project,
          facts: new Facts(fixtureSource),
          folders: fixtureFolders(name, 'bun'),
          registry: fixtureRegistry,
          ...(lock === undefined ? {} : { lock }),
        });
        // bun read it in the tarball: the recorded metadata does not have it.
        assert.equal(writeBunLock(made), lockfile.replaceAll('"hasInstallScript": true, ', ''));
      });
    }
  }
});
