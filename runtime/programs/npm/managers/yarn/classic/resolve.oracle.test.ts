import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Facts } from '../../facts.ts';
import { fixtureFolders, fixtureProject, fixtureSource, readRecord } from '../../testing/fixture-project.ts';
import { projects } from '../../testing/projects.ts';
import { parseClassicLock, writeClassicLock } from './lockfile.ts';
import { LockNeedsUpdate, resolveClassic } from './resolve.ts';

describe('Yarn 1 choosing versions, compared with the real one', () => {
  for (const { name } of projects) {
    const { steps } = readRecord('yarn', name);
    let before = '';
    for (const { args, lockfile, manifest } of steps) {
      const lock = parseClassicLock(before);
      before = lockfile ?? '';
      if (lockfile === null) continue;
      it(`writes the same lockfile: ${name}, after ${args.join(' ')}`, async () => {
        const project = fixtureProject(name, 'yarn', manifest);
        const made = await resolveClassic({ project, lock, facts: new Facts(fixtureSource), folders: fixtureFolders(name, 'yarn') });
        assert.equal(writeClassicLock(made), lockfile);
      });
    }
  }

  it('refuses a frozen lockfile that lacks a pattern', async () => {
    const project = fixtureProject('simple', 'yarn');
    await assert.rejects(resolveClassic({ project, lock: new Map(), facts: new Facts(fixtureSource), frozen: true }), LockNeedsUpdate);
  });
});
