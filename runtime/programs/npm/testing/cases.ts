/** Projects and what is done in them, by real npm and by ours. */
import { commandPackages } from './command-packages.ts';
import { installCases } from './install-cases.ts';
import { projectCases } from './project-cases.ts';
import { queryCases } from './query-cases.ts';
import type { NpmCase } from './records.ts';
import type { MadePackage } from './registry.ts';
import { runCases } from './run-cases.ts';

export const packages: readonly MadePackage[] = [
  { name: 'plain', version: '1.0.0' },
  { name: 'plain', version: '1.1.0' },
  {
    name: 'plain',
    version: '2.0.0',
    manifest: { funding: { type: 'x', url: 'https://example.org/plain' }, license: 'MIT', engines: { node: '>=4' } },
  },
  {
    name: 'tool',
    version: '1.0.0',
    manifest: { bin: { tool: 'bin/tool.js', 'tool-two': 'bin/tool.js' }, dependencies: { plain: '^1.0.0' } },
    files: { 'bin/tool.js': '#!/usr/bin/env node\nconsole.log("tool", ...process.argv.slice(2), require("plain"));\n' },
  },
  { name: 'nested', version: '1.0.0', manifest: { dependencies: { plain: '^2.0.0', '@scope/inner': '1.x' } } },
  {
    name: '@scope/inner',
    version: '1.2.3',
    manifest: { bin: 'bin/inner.js', license: 'ISC' },
    files: { 'bin/inner.js': '#!/usr/bin/env node\r\nconsole.log("inner");\n' },
  },
  { name: 'old', version: '0.1.0', deprecated: 'this is old; use plain', manifest: { funding: 'https://example.org/old' } },
  { name: 'picky', version: '1.0.0', manifest: { engines: { node: '>=99', npm: '>=1' } } },
  { name: 'foreign', version: '1.0.0', manifest: { os: ['darwin'], dependencies: { plain: '^1.0.0' } } },
  { name: 'needs-foreign', version: '1.0.0', manifest: { optionalDependencies: { foreign: '^1.0.0' } } },
  {
    name: 'scripted',
    version: '1.0.0',
    manifest: { scripts: { preinstall: 'echo pre > pre.txt', postinstall: 'echo "$npm_package_name $npm_lifecycle_event" > post.txt' } },
  },
  { name: 'failing', version: '1.0.0', manifest: { scripts: { install: 'echo out; echo err >&2; exit 7' } } },
  {
    name: 'bundler',
    version: '1.0.0',
    manifest: { dependencies: { inside: '1.0.0' }, bundleDependencies: ['inside'] },
    files: {
      'node_modules/inside/package.json': '{"name":"inside","version":"1.0.0","bin":"cli.js"}',
      'node_modules/inside/cli.js': '#!/usr/bin/env node\n',
    },
  },
  { name: 'inside', version: '1.0.0' },
  { name: 'peer-host', version: '2.0.0' },
  { name: 'peer-user', version: '1.0.0', manifest: { peerDependencies: { 'peer-host': '^2.0.0' } } },
];

/** What a registry does not give, or not as it should. */
export const troublesome: readonly MadePackage[] = [
  { name: 'needs-peer', version: '1.0.0', manifest: { peerDependencies: { plain: '^1.0.0' } } },
  // As of Jest and Babel: what some need besides a new version of a peer accepts only the old one.
  { name: 'core', version: '7.0.0' },
  { name: 'core', version: '8.0.0' },
  { name: 'runner', version: '1.0.0', manifest: { dependencies: { core: '^7.0.0', transform: '1' } } },
  { name: 'transform', version: '1.0.0', manifest: { dependencies: { syntaxes: '1' }, peerDependencies: { core: '7 || 8' } } },
  { name: 'syntaxes', version: '1.0.0', manifest: { dependencies: { syntax: '1' }, peerDependencies: { core: '7 || 8' } } },
  { name: 'syntax', version: '1.0.0', manifest: { peerDependencies: { core: '7' } } },
  { name: 'preset', version: '8.0.0', manifest: { peerDependencies: { core: '8' } } },
  // A peer that nobody has to bring leads to one that does not fit the project.
  { name: 'view', version: '1.0.0' },
  { name: 'view', version: '2.0.0' },
  { name: 'native', version: '1.0.0', manifest: { peerDependencies: { view: '2' } } },
  { name: 'native-bytes', version: '1.0.0', manifest: { peerDependencies: { native: '*', view: '*' } } },
  {
    name: 'bytes',
    version: '1.0.0',
    manifest: { peerDependencies: { 'native-bytes': '*' }, peerDependenciesMeta: { 'native-bytes': { optional: true } } },
  },
  { name: 'stream', version: '1.0.0', manifest: { dependencies: { bytes: '1' } } },
  { name: 'wrong-hash', version: '1.0.0', wrongIntegrity: true },
  { name: 'cut', version: '1.0.0', truncated: true },
  { name: 'unauthorized', version: '1.0.0', status: 401 },
  { name: 'forbidden', version: '1.0.0', status: 403 },
  { name: 'busy', version: '1.0.0', status: 429 },
  { name: 'broken', version: '1.0.0', status: 500 },
  { name: 'html', version: '1.0.0', html: true },
];

/** All that the registry of these cases has. */
export const recordedPackages: readonly MadePackage[] = [...packages, ...commandPackages, ...troublesome];

/** What the tests in browsers install. */
export const browserPackages: readonly MadePackage[] = [
  ...packages,
  { name: 'wrong', version: '1.0.0', wrongIntegrity: true },
  { name: 'hangs', version: '1.0.0', hangs: true },
];

const project = (fields: object) => `${JSON.stringify({ name: 'project', version: '1.0.0', ...fields }, null, 2)}\n`;

export const cases: readonly NpmCase[] = [
  {
    name: 'ci: plain',
    files: { 'package.json': project({ dependencies: { plain: '^1.0.0' } }) },
    lock: true,
    lines: ['npm ci', 'npm ls', 'npm ci --silent'],
  },
  {
    name: 'ci: commands, nested versions, scopes',
    files: { 'package.json': project({ dependencies: { tool: '*', nested: '^1.0.0' }, devDependencies: { 'peer-user': '1' } }) },
    lock: true,
    lines: [
      'npm ci',
      'npm ls',
      'npm ls --all',
      'npm ls plain',
      'npm ls --json',
      'npm ls --parseable --long',
      'npm explain plain',
      'node_modules/.bin/tool a',
      'npx tool b "c d"',
      'npm exec -- tool-two',
      'npm ls nothing',
    ],
  },
  {
    name: 'ci: omit',
    files: {
      'package.json': project({ dependencies: { plain: '1.0.0' }, devDependencies: { nested: '1' }, optionalDependencies: { old: '*' } }),
    },
    lock: true,
    lines: ['npm ci --omit=dev', 'npm ls', 'npm install', 'npm ci --omit=optional --omit=dev', 'npm prune --omit=dev'],
  },
  {
    name: 'ci: out of sync',
    files: { 'package.json': project({ dependencies: { plain: '^1.0.0' } }) },
    lock: true,
    then: { 'package.json': project({ dependencies: { plain: '^2.0.0', old: '*' } }) },
    lines: ['npm ci'],
  },
  { name: 'ci: no lock', files: { 'package.json': project({}) }, lines: ['npm ci'] },
  {
    name: 'install: deprecated, engines, funding',
    files: { 'package.json': project({ dependencies: { old: '*', picky: '1', plain: '^2' } }) },
    lock: true,
    lines: ['npm install', 'npm install', 'npm fund', 'npm install --json'],
  },
  {
    name: 'install: peers of packages that go around',
    files: { 'package.json': project({ devDependencies: { runner: '1', preset: '8' } }) },
    lines: ['npm install', 'npm ls'],
  },
  {
    name: 'install: without a lock',
    files: { 'package.json': project({ dependencies: { nested: '1' } }) },
    lines: [
      'npm install',
      'npm install plain@1',
      'npm outdated',
      'npm update',
      'npm uninstall nested',
      'npm add -D tool',
      'npm add old --save-exact',
      'npm rm old tool',
      'npm ls',
    ],
  },
  {
    name: 'install: optional of another platform',
    files: { 'package.json': project({ dependencies: { 'needs-foreign': '1' } }) },
    lock: true,
    lines: ['npm ci', 'npm ls --all'],
  },
  {
    name: 'install: another platform',
    files: { 'package.json': project({ dependencies: { foreign: '1' } }) },
    lock: '--force',
    lines: ['npm ci'],
  },
  {
    name: 'install: scripts',
    files: { 'package.json': project({ dependencies: { scripted: '1' }, scripts: { postinstall: 'echo mine', prepare: 'echo ready' } }) },
    lock: true,
    lines: ['npm ci', 'cat node_modules/scripted/post.txt', 'npm install --ignore-scripts'],
  },
  {
    name: 'install: a failing script',
    files: { 'package.json': project({ dependencies: { plain: '1', failing: '1' } }) },
    lock: true,
    lines: ['npm ci', 'ls -a'],
  },
  {
    name: 'install: bundled',
    files: { 'package.json': project({ dependencies: { bundler: '1' } }) },
    lock: true,
    lines: ['npm ci', 'npm ls --all'],
  },
  {
    name: 'install: aliases',
    files: { 'package.json': project({ dependencies: { other: 'npm:plain@^1.0.0', plain: '2' } }) },
    lock: true,
    lines: ['npm ci', 'npm ls'],
  },
  {
    name: 'workspaces',
    files: {
      'package.json': project({ workspaces: ['packages/*'], scripts: { build: 'echo root' } }),
      'packages/a/package.json': '{"name":"a","version":"1.0.0","dependencies":{"b":"^1.0.0","plain":"1"},"scripts":{"build":"echo a"}}\n',
      'packages/b/package.json':
        '{"name":"b","version":"1.0.0","bin":"b.js","dependencies":{"plain":"2"},"scripts":{"build":"echo b; exit 2"}}\n',
      'packages/b/b.js': '#!/usr/bin/env node\r\nconsole.log("b runs");\n',
    },
    lock: true,
    lines: [
      'npm ci',
      'npm ls',
      'npm ls --all',
      'npm run build -w a',
      'npm run build --workspaces',
      'npm run build -ws --if-present',
      'npm run -w packages/a',
      'npx b',
      'npm install',
      'npm run x -w a',
      'npm run x -w nope',
      'cd packages/a && npm prefix',
      'cd packages/a && npm run build',
      'npm install plain@2 -w a',
    ],
  },
  {
    name: 'failures',
    files: { 'package.json': project({ dependencies: { nothing: '1' } }) },
    lines: [
      'npm install',
      'npm install plain@9',
      'npm view nothing',
      'npm view plain@9',
      'npm install nothing',
      'npm explain nothing',
      'npm exec nothing-at-all --yes',
      'npm ls --json',
    ],
  },
  {
    name: 'registries that fail',
    files: { 'package.json': project({}) },
    // What npm says of a page for people is less than ours.
    lines: ['npm install unauthorized', 'npm install forbidden', 'npm install busy', 'npm install broken'],
  },
  {
    name: 'tarballs that are not what they should be',
    files: { 'package.json': project({ dependencies: { plain: '^1.0.0' } }) },
    lines: ['npm install wrong-hash', 'npm install cut', 'npm install other@npm:wrong-hash'],
  },
  {
    name: 'folders in a circle',
    files: {
      'package.json': project({ dependencies: { a: 'file:./a' } }),
      'a/package.json': '{"name":"a","version":"1.0.0","dependencies":{"b":"file:../b"}}\n',
      'b/package.json': '{"name":"b","version":"1.0.0","dependencies":{"a":"file:../a"}}\n',
    },
    lines: ['npm install', 'npm ls --all'],
  },
  {
    name: 'malformed',
    files: { 'package.json': '{\n  "name": "a",\n  "version" "1"\n}\n' },
    lines: ['npm install', 'npm run x', 'npm ls', 'npm test', 'npm ci', 'npm pkg get name', 'npm version patch', 'npm view . version'],
  },
  {
    name: 'view',
    files: { 'package.json': project({}) },
    lines: [
      'npm view plain',
      'npm view plain version',
      'npm view plain versions',
      'npm view plain versions --json',
      'npm view plain@1 version',
      'npm view plain@1 name version',
      'npm view tool bin',
      'npm view tool dependencies --json',
      'npm view plain dist-tags',
      'npm view plain nothing',
      'npm view old deprecated',
    ],
  },
  {
    name: 'pkg, init, version, config',
    files: { 'package.json': project({ scripts: { test: 'x' }, files: ['a', 'b'] }) },
    lines: [
      'npm pkg get name version',
      'npm pkg get name',
      'npm pkg get scripts.test files[0]',
      'npm pkg set description=hello scripts.build="tsc -p ." && cat package.json',
      'npm pkg set private=true --json && cat package.json',
      'npm pkg delete scripts.test && cat package.json',
      'npm version patch && cat package.json',
      'npm version 1.0.1',
      'npm version nonsense',
      'npm version prerelease --preid beta',
      'npm root',
      'npm prefix',
      'npm config get save-prefix',
      'npm config set save-prefix ~ && npm config get save-prefix',
      'npm config get save-prefix omit',
      'npm config set nonsense=1',
      'npm config delete save-prefix && npm config get save-prefix',
      'npm config get //x/:_authToken',
      'mkdir -p new-thing && cd new-thing && npm init -y',
      'cd new-thing && npm init -y && cat package.json',
      'npm run nothing --if-present',
      'npm --version',
      'npm ci --help',
      'npm -h ls',
      'npm unknowncommand',
      'npm tets',
    ],
  },
  {
    name: 'run',
    files: {
      'package.json': project({
        scripts: {
          env: 'echo $npm_lifecycle_event $npm_package_name $npm_package_version $npm_command $npm_lifecycle_script',
          prehello: 'echo before',
          hello: 'echo hello',
          posthello: 'echo after',
          fail: 'exit 3',
          args: 'node -p "JSON.stringify(process.argv.slice(1))"',
          config: 'echo "[$npm_config_foo] $npm_config_loglevel"',
          stop: 'echo stopping',
          start: 'echo starting',
        },
      }),
    },
    lines: [
      'npm run env',
      'npm run hello -- more words',
      'npm run hello --silent',
      'npm run -s hello',
      'npm run hello --ignore-scripts',
      'npm run fail',
      'npm run fail --json',
      "npm run args -- a 'b c' '$x' \"it's\" ''",
      'npm run config --foo=1 --loglevel=warn',
      'npm restart',
      'npm run',
      'npm run --json',
      'npm run --parseable',
      'npm t',
      'npm stop',
      'npm exec -c "echo in exec"',
      'npm x -- nothing-here --no',
    ],
  },
  {
    name: 'local folders and tarballs',
    files: {
      'package.json': project({ dependencies: { local: 'file:./local', packed: 'file:packed-1.0.0.tgz' } }),
      'local/package.json': '{"name":"local","version":"0.0.1","bin":{"local":"run.js"},"dependencies":{"plain":"1"}}\n',
      'local/run.js': '#!/usr/bin/env node\nconsole.log("local", require("plain"))\n',
      'src/package.json': '{"name":"packed","version":"1.0.0","files":["lib"],"bin":"./lib/cli.js","main":"lib/main.js"}\n',
      'src/lib/main.js': 'module.exports = 1\n',
      'src/lib/cli.js': '#!/usr/bin/env node\n',
      'src/README.md': '# packed\n',
      'src/other.js': '0\n',
      'src/lib/.npmignore': '*.log\n',
      'src/lib/a.log': 'log\n',
    },
    lines: ['npm pack ./src', 'npm pack ./src --dry-run --json', 'npm install', 'npm ls --all', 'node_modules/.bin/local', 'npm ci'],
  },
  ...installCases,
  ...queryCases,
  ...projectCases,
  ...runCases,
];
