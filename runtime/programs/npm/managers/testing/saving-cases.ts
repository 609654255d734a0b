/** How flags and what is there already decide on what manifests get, and what is left out of installs. */
import type { CommandCase } from './command-cases.ts';

const project = (fields: object) => `${JSON.stringify({ name: 'project', version: '1.0.0', license: 'MIT', ...fields }, null, 2)}\n`;
const both = { 'package.json': project({ dependencies: { tool: '^1.0.0' }, devDependencies: { plain: '2.0.0' } }) };

export const savingCases: readonly CommandCase[] = [
  {
    name: 'saving: ranges and prefixes',
    only: ['pnpm'],
    files: { 'package.json': project({}) },
    lines: [
      'M add plain@1.0',
      'M add plain@^1',
      'M add "plain@>=1 <2"',
      'M add tool --save-prefix=~',
      'M add -E nested@^1.0.0',
      'M add -O old --save-exact',
      'M add plain@2',
      'M add plain',
    ],
  },
  {
    name: 'saving: peers',
    only: ['pnpm'],
    files: { 'package.json': project({ dependencies: { tool: '1' } }) },
    lines: ['M install', 'M add --save-peer peer-host', 'M add --save-peer tool@1', 'M add plain -D'],
  },
  {
    name: 'saving: somewhere else',
    only: ['pnpm'],
    files: both,
    lines: ['M install', 'M add -P plain', 'M add -D tool@1'],
  },
  {
    name: 'installs of a part',
    only: ['pnpm'],
    files: {
      'package.json': project({
        dependencies: { tool: '^1.0.0' },
        devDependencies: { plain: '2.0.0' },
        optionalDependencies: { old: '*' },
      }),
    },
    lines: [
      'M install',
      'rm -rf node_modules; pnpm install --prod',
      'M install --dev',
      'M install',
      'rm -rf node_modules; pnpm i -P',
      'rm -rf node_modules; pnpm i -D',
      'rm -rf node_modules; pnpm i --no-optional',
      'M install --frozen-lockfile',
      'M install --lockfile-only',
    ],
  },
  {
    name: 'without a lockfile, frozen',
    only: ['yarn'],
    files: both,
    lines: ['M install --frozen-lockfile', 'M install --frozen-lockfile', 'M install'],
  },
  {
    name: 'packages for development keep their places free',
    only: ['yarn'],
    files: both,
    lines: ['M install --production', 'M install', 'M install --production'],
  },
  {
    name: 'production by the environment',
    only: ['yarn'],
    files: { 'package.json': project({ dependencies: { plain: '1' }, devDependencies: { old: '*' } }) },
    lines: ['NODE_ENV=production yarn', 'yarn', 'NODE_ENV=production yarn install --production=false'],
  },
  {
    name: 'foreach',
    only: ['berry'],
    files: {
      'package.json': project({ private: true, workspaces: ['packages/*'], scripts: { build: 'echo root', 'all:it': 'echo it' } }),
      'packages/a/package.json': project({
        name: 'a',
        dependencies: { '@s/b': '1.1.0' },
        scripts: { build: 'echo build a; echo more; echo failing >&2', fail: 'exit 3' },
      }),
      'packages/b/package.json': project({
        name: '@s/b',
        version: '1.1.0',
        private: true,
        scripts: { build: 'echo build b', fail: 'exit 2' },
      }),
      'packages/c/package.json': project({
        name: 'c',
        dependencies: { '@s/b': '1.1.0' },
        scripts: { build: 'echo build c', fail: 'exit 4' },
      }),
    },
    lines: [
      'M install',
      'M workspaces foreach -A run build',
      'M workspaces foreach -A --no-private run build',
      'M workspaces foreach -A run fail',
      'M workspaces list --json',
    ],
  },
  {
    name: 'peers without a range',
    only: ['berry'],
    files: { 'package.json': project({}) },
    lines: ['M add -P peer-host', 'M add -P plain@^1'],
  },
  {
    name: 'frozen and left out',
    only: ['bun'],
    files: {
      'package.json': project({
        dependencies: { tool: '^1.0.0' },
        devDependencies: { plain: '2.0.0' },
        optionalDependencies: { old: '*' },
      }),
    },
    lines: ['M install --frozen-lockfile', 'M install', 'rm -rf node_modules; bun install --omit dev --omit optional', 'bunx --bun tool y'],
  },
];
