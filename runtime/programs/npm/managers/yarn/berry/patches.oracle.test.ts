/** What the real Yarn 4 writes of packages that it patches (seen with made packages of these names). */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { changesVersion, patchedLocator, patchedRange, patchedSource } from './patches.ts';

it('patches are named as Yarn names them, by the version', () => {
  const suffix = '#optional!builtin<compat/typescript>';
  assert.equal(patchedRange('typescript', 'npm:^5.0.0'), `patch:typescript@npm%3A^5.0.0${suffix}`);
  assert.equal(patchedSource(`patch:typescript@npm%3A^5.0.0${suffix}`), 'npm:^5.0.0');
  for (const [version, hash] of [
    ['5.9.3', '5786d5'],
    ['5.4.5', '5adc0c'],
    ['7.0.2', '3bafbf'],
  ] as const)
    assert.equal(
      patchedLocator('typescript', version),
      `typescript@patch:typescript@npm%3A${version}${suffix}::version=${version}&hash=${hash}`,
    );
  assert.deepEqual(
    ['5.9.3', '7.0.2'].map((version) => changesVersion('typescript', version)),
    [true, false],
  );
  assert.equal(patchedRange('react', 'npm:^18.0.0'), undefined);
  assert.equal(patchedRange('typescript', 'workspace:*'), undefined);
});
