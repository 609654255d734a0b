import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import GitHost from 'hosted-git-info';
import fromUrl from 'hosted-git-info/lib/from-url.js';
import fromAddress from './modules/from-url.ts';

/** What npm may be asked for behind a name. */
const ranges = [
  '^19.0.0',
  '1',
  '',
  '*',
  'x',
  '>=1.2 <3 || ~4.5.6-beta.1',
  'latest',
  'next#1',
  '1.0.0+build',
  '.',
  '..',
  '~',
  '\\a',
  'v1?x=1',
  ' ^1 ',
];
const addresses = [
  'npm/cli',
  'github:npm/cli#v1',
  'git@github.com:npm/cli.git',
  'https://gitlab.com/a/b',
  'a@b',
  'npm:react@^19',
  'file:../a',
  '//a',
  ':',
];

/** The hosts that npm knows, as it hands them on. */
function known(): object {
  const byShortcut = { 'github:': 'github' };
  const byDomain = { 'github.com': 'github', 'gitlab.com': 'gitlab' };
  const host = { protocols: ['git+ssh:', 'https:', 'github:'], extract: ({ pathname }: URL) => ({ user: 'u', project: pathname }) };
  return {
    gitHosts: { byShortcut, byDomain, github: host, gitlab: host },
    protocols: { 'git+ssh:': {}, 'https:': { auth: true }, 'github:': {} },
  };
}

describe('fromUrl() of hosted-git-info', () => {
  it('answers as npm’s own, whatever stands behind a name', () => {
    for (const text of [...ranges, ...addresses]) assert.deepEqual(fromAddress(text, {}, known()), fromUrl(text, {}, known()), text);
  });

  it('is not asked of what has no sign of an address, which npm’s own refuses', () => {
    for (const text of ranges) assert.equal(GitHost.fromUrl(text), undefined, text);
    assert.ok(GitHost.fromUrl('npm/cli'));
  });
});
