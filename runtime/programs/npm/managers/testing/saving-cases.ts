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
  {
    name: 'options of bun',
    only: ['bun'],
    files: both,
    lines: [
      'M install --lockfile-only',
      'M install --lockfile-only',
      'M install --no-summary',
      'M install --no-summary',
      'M add --lockfile-only nested@1',
      'M install --force',
      'M add -d one@npm:plain@1.0.0 --save-prod',
      'M add --save-prod old',
      'M add old -d --no-summary',
      'M remove old --no-summary',
      'M remove --silent nested',
      'M add nested@1 --no-save',
      'M remove --lockfile-only tool',
    ],
  },
  {
    name: 'bun: what is frozen',
    only: ['bun'],
    files: {
      ...both,
      'edit.cjs': `const fs = require('fs');
const manifest = JSON.parse(fs.readFileSync('now.json'));
Function('manifest', process.argv[2])(manifest);
fs.writeFileSync('package.json', JSON.stringify(manifest));`,
    },
    lines: [
      'cp package.json now.json',
      'M install',
      ...[
        'manifest.dependencies.tool = "1"',
        'manifest.dependencies.tool = "1.0.0"',
        'manifest.devDependencies.plain = "1.0.0"',
        'delete manifest.dependencies.tool',
        'manifest.dependencies.old = "0.1.0"',
        'manifest.overrides = { plain: "1.0.0" }',
        'manifest.optionalDependencies = manifest.dependencies; delete manifest.dependencies',
        'manifest.name = "other"',
      ].flatMap((change) => [`node edit.cjs '${change}'`, 'M install --frozen-lockfile']),
    ],
  },
  {
    name: 'options that bun does not know',
    only: ['bun'],
    files: both,
    lines: [
      'M install --foo',
      'M ci --foo',
      'M add --foo plain',
      'M rm --foo plain',
      'M update --no-foo',
      'M why --foo plain',
      'M install --frozen-lockfile --backend=hardlink --network-concurrency 4 --no-progress --verbose=1 > /dev/null',
      'M add -Z plain > /dev/null',
      'M install --legacy-peer-deps --no-audit --no-fund --lockfile-only',
      'M add nested --save-dev --lockfile-only',
      'M install > /dev/null',
      'M add -D picky --save-exact --no-save',
      'M install --linker > /dev/null',
      'M install --frozen-lockfile=false > /dev/null',
    ],
  },
  {
    name: 'bunfig.toml',
    only: ['bun'],
    files: { ...both, 'bunfig.toml': '# ours\n[install]\nlinker = "isolated" # here\n\n[run]\nbun = true\n' },
    lines: ['M install', 'M add nested', 'M install --linker hoisted'],
  },
];
