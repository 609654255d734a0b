import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Facts } from '../../facts.ts';
import { fixtureFolders, fixtureProject, fixtureSource, readRecord } from '../../testing/fixture-project.ts';
import { projects } from '../../testing/projects.ts';
import { parseBerryLock, writeBerryLock, type BerryLock } from './lockfile.ts';
import { resolveBerry } from './resolve.ts';

/** What stands for the zips that Yarn makes. */
const withoutChecksums = (text: string) => text.replace(/^ {2}checksum: .*\n/gm, '').replace(/hash=[0-9a-f]{6}&locator/g, 'locator');

describe('Yarn 4 choosing versions, compared with the real one', () => {
  for (const { name } of projects) {
    const { steps } = readRecord('berry', name);
    let before: BerryLock | undefined;
    for (const { args, lockfile, manifest } of steps) {
      const lock = before;
      if (lockfile === null) continue;
      before = parseBerryLock(lockfile);
      it(`writes the same lockfile but for checksums: ${name}, after ${args.join(' ')}`, async () => {
        const project = fixtureProject(name, 'berry', manifest);
        const { lock: made } = await resolveBerry({
          project,
          facts: new Facts(fixtureSource),
          folders: fixtureFolders(name, 'berry') as never,
          ...(lock === undefined ? {} : { lock }),
        });
        assert.equal(withoutChecksums(writeBerryLock(made)), withoutChecksums(lockfile));
      });
    }
  }
});
