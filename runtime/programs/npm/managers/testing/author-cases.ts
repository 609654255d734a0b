/** An author's first hours: what scripts are told, settings in files, flags that are none. */
import type { CommandCase } from './command-cases.ts';

const project = (fields: object) => `${JSON.stringify({ name: 'project', version: '1.0.0', license: 'MIT', ...fields }, null, 2)}\n`;
const two = { dependencies: { tool: '1', nested: '1' } };
/** Without what depends on the machine. */
const told = `const { env } = process;
const names = Object.keys(env).filter((name) => /^npm_(command|lifecycle|package)/.test(name)).sort();
for (const name of names) if (name !== 'npm_lifecycle_script' || env[name].length < 99) console.log(name + '=' + env[name]);
console.log(env.npm_config_user_agent?.split(' ', 2).join(' '), env.INIT_CWD, JSON.stringify(process.argv.slice(2)));
`;
const scripts = { prebuild: 'echo before', build: 'node told.js build', postbuild: 'echo after' };

export const authorCases: readonly CommandCase[] = [
  {
    name: 'what scripts are told',
    files: { 'package.json': project({ scripts, config: { port: '80' }, bin: 'x.js', engines: { node: '>=1' } }), 'told.js': told },
    lines: (manager) => [
      ...(manager === 'berry' ? ['M install'] : []),
      'M run build',
      ...(manager === 'berry' || manager === 'pnpm' ? [] : ['M run build -- x y']),
      'M run build x --flag',
      ...(manager === 'bun' ? ['M run --if-present nothing', 'bunx node told.js'] : ['M exec node told.js a']),
    ],
  },
  {
    name: 'settings: how ranges are saved',
    only: ['pnpm'],
    files: { 'package.json': project({}), '.npmrc': 'save-exact=true\n' },
    lines: ['M add plain', 'M add tool@^1', 'M add -D nested@1'],
  },
  {
    name: 'settings: the prefix of what is saved',
    only: ['pnpm'],
    files: { 'package.json': project({}), '.npmrc': 'save-prefix=~\n' },
    lines: ['M add plain', 'M add tool@^1'],
  },
  {
    name: 'settings: no prefix',
    only: ['pnpm'],
    files: { 'package.json': project({}), 'pnpm-workspace.yaml': "savePrefix: ''\n" },
    lines: ['M add plain', 'M add tool@^1'],
  },
  {
    name: 'settings: overrides decide on what is saved',
    only: ['pnpm'],
    files: { 'package.json': project(two), 'pnpm-workspace.yaml': 'overrides:\n  plain: 1.0.0\n' },
    lines: ['M install', 'M install --frozen-lockfile', 'M add plain'],
  },
  {
    name: 'settings: what is offered to all',
    only: ['pnpm'],
    files: { 'package.json': project(two), '.npmrc': 'shamefully-hoist=true\n' },
    lines: ['M install'],
  },
  {
    name: 'settings: patterns of what is offered',
    only: ['pnpm'],
    files: { 'package.json': project(two), 'pnpm-workspace.yaml': 'publicHoistPattern:\n  - "*inner*"\nhoistPattern:\n  - plain\n' },
    lines: ['M install', 'ls node_modules/.pnpm/node_modules'],
  },
  {
    name: 'settings: peers that are not there',
    only: ['pnpm'],
    files: { 'package.json': project({ dependencies: { 'peer-user': '1' } }), 'pnpm-workspace.yaml': 'autoInstallPeers: false\n' },
    lines: ['M install'],
  },
  {
    name: 'settings: strict peers',
    only: ['pnpm'],
    files: {
      'package.json': project({ dependencies: { 'needs-peer': '1', plain: '2' } }),
      'pnpm-workspace.yaml': 'strictPeerDependencies: true\n',
    },
    lines: ['M install'],
  },
  {
    name: 'settings: scripts of packages that may run',
    only: ['pnpm'],
    files: {
      'package.json': project({ dependencies: { scripted: '1' } }),
      'pnpm-workspace.yaml': 'onlyBuiltDependencies:\n  - scripted\n',
    },
    lines: ['M install'],
  },
  {
    name: 'settings: all scripts may run',
    only: ['pnpm'],
    files: { 'package.json': project({ dependencies: { scripted: '1' } }), 'pnpm-workspace.yaml': 'dangerouslyAllowAllBuilds: true\n' },
    lines: ['M install'],
  },
  {
    name: 'settings: scripts that nobody asks about',
    only: ['pnpm'],
    files: {
      'package.json': project({ dependencies: { scripted: '1' } }),
      'pnpm-workspace.yaml': 'ignoredBuiltDependencies:\n  - scripted\n',
    },
    lines: ['M install'],
  },
  {
    name: 'settings: engines',
    only: ['pnpm'],
    files: { 'package.json': project({ dependencies: { plain: '1' }, engines: { node: '>=99' } }) },
    lines: ['M install', 'M add tool'],
  },
  {
    name: 'settings: strict engines',
    only: ['pnpm'],
    files: { 'package.json': project({ dependencies: { picky: '1' } }), '.npmrc': 'engine-strict=true\n' },
    lines: ['M install'],
  },
  {
    name: 'catalogs',
    only: ['pnpm'],
    files: {
      'package.json': project({ private: true }),
      'pnpm-workspace.yaml': 'packages:\n  - packages/*\ncatalog:\n  plain: ^1.0.0\ncatalogs:\n  two:\n    plain: ^2.0.0\n',
      'packages/a/package.json': project({ name: 'a', dependencies: { b: 'workspace:*' } }),
      'packages/b/package.json': project({ name: 'b', dependencies: { plain: 'catalog:' } }),
    },
    lines: ['M install', 'M --filter a add plain@catalog:two', 'M install --frozen-lockfile', 'M --filter b add plain'],
  },
  {
    name: 'ranges of the command line decide',
    only: ['pnpm'],
    files: { 'package.json': project({}) },
    lines: ['M add plain@1', 'M add plain@~1.0.0', 'M add "plain@>=1 <2"', 'M add -E nested'],
  },
  {
    name: 'frozen by the environment',
    only: ['pnpm'],
    files: { 'package.json': project({ dependencies: { plain: '2.0.0' } }) },
    lines: [
      'M install',
      'echo \'{"dependencies":{"plain":"1.0.0"}}\' > package.json',
      'CI=1 pnpm install',
      'M install --frozen-lockfile',
      'M install',
    ],
  },
  {
    name: 'again and without a lockfile',
    only: ['pnpm'],
    files: { 'package.json': project({ dependencies: { plain: '1' } }) },
    lines: [
      'M install',
      'M install --force',
      'rm -r node_modules',
      'M install --no-lockfile',
      "echo '{}' > package.json",
      'M install --force',
    ],
  },
  {
    name: 'options that are none',
    only: ['pnpm'],
    files: { 'package.json': project({ dependencies: { plain: '1' }, scripts: { a: 'echo a' } }) },
    lines: [
      'M install --nonsense',
      'M install --nonsense --other=3',
      'M add plain --nonsense',
      'M run a --nonsense',
      'M run --nonsense a',
      'M dlx --nonsense tool',
      'M install --frozen-lockfle',
      'M install --no-frozen-lockfle',
      'M install --save-dev',
      'M add plain --dev',
      'M install --auto-install-peers',
      'M ci --ignore-scripts',
      'M --filter project dlx tool',
      'M install --ca',
      'M install -f',
      'M install -p',
      'M install -q --offl',
      'M install -a -S',
      'M install plain -S',
      'M run --if-pres nothing',
      'M list --nonsense',
    ],
  },
  {
    name: 'what a workspace no longer keeps for itself',
    only: ['yarn', 'berry'],
    files: {
      'package.json': project({ private: true, workspaces: ['packages/*'] }),
      'packages/a/package.json': project({ name: 'a', dependencies: { plain: '2' } }),
      'packages/b/package.json': project({ name: 'b', dependencies: { plain: '1' } }),
    },
    lines: ['M install', 'M workspace a add plain@1', 'M workspace a add plain@2', 'M workspace b add plain@2'],
  },
  {
    name: 'bun: what is only tried',
    only: ['bun'],
    files: { 'package.json': project({ dependencies: { plain: '1', nested: '1' } }) },
    lines: [
      'M install',
      'M install --dry-run',
      'M add tool --dry-run',
      'M remove plain --dry-run',
      'M install --frozen-lockfile',
      'M add plain@^1',
      'M add plain@~1.0.0',
    ],
  },
  {
    name: 'yarn: flags',
    only: ['yarn'],
    files: { 'package.json': project({ dependencies: { plain: '1' }, devDependencies: { tool: '1' } }) },
    lines: [
      'M install',
      'M add -P nested',
      'M upgrade',
      'M upgrade plain',
      'M install --force',
      'M install --nonsense',
      'rm -r node_modules yarn.lock',
      'M install --no-lockfile',
    ],
  },
  {
    name: 'yarn 4: catalogs',
    only: ['berry'],
    files: {
      'package.json': project({ private: true, workspaces: ['packages/*'] }),
      '.yarnrc.yml': 'nodeLinker: node-modules\ncatalog:\n  plain: ^1.0.0\ncatalogs:\n  two:\n    plain: ^2.0.0\n',
      'packages/a/package.json': project({ name: 'a', dependencies: { plain: 'catalog:two' } }),
      'packages/b/package.json': project({ name: 'b', dependencies: { plain: 'catalog:' } }),
    },
    lines: ['M install', 'M install --immutable', 'M workspace a add tool', 'M workspace a add plain@catalog:'],
  },
  {
    name: 'yarn 4: a catalog that is not there',
    only: ['berry'],
    files: {
      'package.json': project({ dependencies: { plain: 'catalog:none' } }),
      '.yarnrc.yml': 'nodeLinker: node-modules\n',
    },
    lines: ['M install'],
  },
  {
    name: 'yarn 4: packages that are told more of',
    only: ['berry'],
    files: {
      'package.json': project({ dependencies: { nested: '1' } }),
      '.yarnrc.yml': 'nodeLinker: node-modules\npackageExtensions:\n  "nested@*":\n    dependencies:\n      tool: "1"\n',
    },
    lines: ['M install', 'M install --immutable'],
  },
  {
    name: 'yarn 4: commands that are fetched',
    only: ['berry'],
    files: { 'package.json': project({}) },
    lines: [
      'M dlx -q -p tool -p plain tool-two x -p y',
      'M dlx -q --package tool tool-two',
      'M dlx tool',
      'M dlx -p @scope/inner -p tool tool-two',
    ],
  },
  {
    name: 'yarn 4: options that are none',
    only: ['berry'],
    files: { 'package.json': project({ dependencies: { plain: '1' } }) },
    lines: [
      'M install --nonsense',
      'M install -z',
      'M add plain --nonsense',
      'M add --nonsense plain',
      'M add plain tool -Dz',
      'M remove --nonsense plain',
      'M remove plain --nonsense=1',
      'M up plain --nonsense',
      'M dlx --nonsense tool',
      'M dlx -q tool --nonsense',
      'M why plain --nonsense',
      'M install --check-cache --mode update-lockfile',
      'M install --frozen-lockfile',
      'M install --silent --network-timeout 100',
      'M install --production',
      'M install --ignore-engines --non-interactive',
      'M install --prefer-offline',
      'M install --cache-folder x',
      'M install --frozen-lockfile plain',
    ],
  },
];
