/** What we say of peers against what the real Yarn 4 said (`runtime/tools/record-managers.ts`). */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fixtureProject, readRecord } from '../../testing/fixture-project.ts';
import { projects } from '../../testing/projects.ts';
import { parseBerryLock } from './lockfile.ts';
import { peerLines, peerWarnings } from './peer-warnings.ts';

describe("Yarn 4's warnings of peers, compared with the real one", () => {
  for (const { name } of projects) {
    test(name, () => {
      const [step] = readRecord('berry', name).steps;
      const lock = parseBerryLock(step?.lockfile ?? '');
      const theirs = [...(step?.stdout ?? '').matchAll(/^➤ YN00(02|60|86): │ (.*)$/gm)].map(([, code, text]) => [Number(code), text]);
      assert.deepEqual(peerLines(peerWarnings(lock, fixtureProject(name, 'berry', step?.manifest))), theirs);
    });
  }
});
