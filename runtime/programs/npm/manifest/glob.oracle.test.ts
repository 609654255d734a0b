import assert from 'node:assert/strict';
import { test } from 'node:test';
import { minimatch } from 'minimatch';
import { matchesPath } from './glob.ts';

test('matchesPath(): as npm’s own matcher, for what patterns of workspaces have', () => {
  const patterns = [
    'packages/*',
    'packages/**',
    '**/lib',
    '*',
    'a?c',
    'packages/{a,b}',
    '{apps,packages}/*/x',
    'packages/[ab]*',
    'packages/[!a]*',
    './packages/*',
    'packages/a',
    'a.b/*',
    'packages/{a,b{c,d}}',
    'x{y',
  ];
  const paths = [
    'packages',
    'packages/a',
    'packages/b',
    'packages/.hidden',
    'packages/a/b',
    'packages/bc',
    'packages/bd',
    './packages/a',
    'abc',
    'ac',
    'lib',
    'a/lib',
    'a/.b/lib',
    'apps/one/x',
    'packages/two/x',
    'a.b/c',
    'axb/c',
    'x{y',
    '.dot',
  ];
  for (const pattern of patterns) {
    for (const path of paths) assert.equal(matchesPath(path, pattern), minimatch(path, pattern), `${path} by ${pattern}`);
  }
});
