import assert from 'node:assert/strict';
import { test } from 'node:test';
import { directOf, fundedCount } from './funding.ts';
import type { LockEntry } from './lock.ts';
import { buildTree } from './tree.ts';

const funding = 'https://example.org/';

// semantic-release brings a second copy of tinyglobby, within npm, and that a second picomatch: real npm does not count it.
test('fundedCount(): what only a second copy of a package has below it is not counted, as npm does it', () => {
  const packages: Record<string, LockEntry> = {
    'node_modules/globs': { version: '1.0.0', funding, dependencies: { match: '*' } },
    'node_modules/match': { version: '2.0.0', funding },
    'node_modules/tool': { version: '1.0.0', dependencies: { globs: '*' } },
    'node_modules/tool/node_modules/globs': { version: '1.0.0', funding, dependencies: { match: '*' } },
    'node_modules/tool/node_modules/globs/node_modules/match': { version: '1.0.0', funding },
  };
  const count = (dependencies: Record<string, string>) => {
    const request = { root: '/app', manifest: { dependencies }, workspaces: new Map<string, string>() };
    return fundedCount(directOf(buildTree({ packages: new Map(Object.entries(packages)) }, request).root));
  };
  assert.equal(count({ globs: '*', tool: '*' }), 2);
  // The copy of tool comes first: then the other one is not gone into.
  assert.equal(count({ tool: '*' }), 2);
  assert.equal(count({ match: '*', tool: '*' }), 3);
  assert.equal(count({}), 0);
});
