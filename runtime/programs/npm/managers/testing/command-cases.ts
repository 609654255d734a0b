/** Lines that the real managers and ours are given in the same small projects (`node runtime/tools/record-manager-commands.ts`). */
import { packages as madePackages, troublesome } from '../../testing/cases.ts';
import type { MadePackage } from '../../testing/registry.ts';
import { authorCases } from './author-cases.ts';
import { realManagers, type RealManager } from './projects.ts';
import { remoteCases } from './remote-cases.ts';
import { savingCases } from './saving-cases.ts';
import { workspaceCases } from './workspace-cases.ts';

export interface CommandCase {
  readonly name: string;
  /** Absent: all. */
  readonly only?: readonly RealManager[];
  /** Texts by path; `REGISTRY/` in them stands for the registry's address. */
  readonly files: Readonly<Record<string, string | Uint8Array>>;
  /** In a shell; `M` at the start of a line is the manager. */
  readonly lines: readonly string[] | ((manager: RealManager) => readonly string[]);
}

/** Names of packages that Yarn 4 patches, and who needs them. */
const patchedPackages: readonly MadePackage[] = [
  { name: 'typescript', version: '5.4.5', manifest: { bin: { tsc: 'bin/tsc' } }, files: { 'bin/tsc': '#!/usr/bin/env node\n' } },
  { name: 'typescript', version: '5.9.3', manifest: { bin: { tsc: 'bin/tsc' } }, files: { 'bin/tsc': '#!/usr/bin/env node\n' } },
  { name: 'typescript', version: '7.0.2' },
  { name: 'resolve', version: '1.8.1', manifest: { dependencies: { plain: '1' } }, files: { 'lib/z.js': '', 'lib.js': '', 'a/b.js': '' } },
  { name: 'resolve', version: '1.22.8', manifest: { dependencies: { plain: '1' } } },
  { name: 'needs-resolve', version: '1.0.0', manifest: { dependencies: { resolve: '~1.8.0' }, peerDependencies: { typescript: '*' } } },
];

/** Who needs what a registry does not give. */
const failingPackages: readonly MadePackage[] = [
  { name: 'needs-broken', version: '1.0.0', manifest: { dependencies: { broken: '1' } } },
  { name: 'needs-html', version: '1.0.0', manifest: { dependencies: { html: '1' } } },
];

export const commandPackages: readonly MadePackage[] = [...madePackages, ...troublesome, ...patchedPackages, ...failingPackages];

/** The word for what each calls a run without an install. */
const dlx: Readonly<Record<RealManager, string>> = { pnpm: 'pnpm dlx', yarn: '', berry: 'yarn dlx -q', bun: 'bunx' };
const project = (fields: object) => `${JSON.stringify({ name: 'project', version: '1.0.0', license: 'MIT', ...fields }, null, 2)}\n`;
const frozen = (manager: RealManager) => (manager === 'berry' ? 'M install --immutable' : 'M install --frozen-lockfile');

export const commandCases: readonly CommandCase[] = [
  {
    name: 'install',
    files: { 'package.json': project({ dependencies: { tool: '^1.0.0', nested: '1' }, devDependencies: { plain: '2.0.0' } }) },
    lines: (manager) => ['M install', 'M install', 'rm -rf node_modules', frozen(manager)],
  },
  { name: 'nothing to install', files: { 'package.json': project({}) }, lines: ['M install', 'M install'] },
  { name: 'no manifest', files: { 'readme.md': '' }, lines: ['M install'] },
  {
    name: 'add and remove',
    files: { 'package.json': project({ dependencies: { nested: '1' } }) },
    lines: (manager) => [
      'M add plain@1',
      'M add -D tool',
      'M add plain@latest',
      'M add one@npm:plain@1.0.0',
      'M remove nested',
      'M remove nested',
      ...(manager === 'bun' ? [] : ['M add', 'M remove']),
    ],
  },
  {
    name: 'deprecated, engines, platforms',
    files: { 'package.json': project({ dependencies: { old: '*' }, optionalDependencies: { 'needs-foreign': '1' } }) },
    // Yarn 4 gives what it did not install a checksum where it is asked for by name.
    lines: (manager) => ['M install', 'M add picky', ...(manager === 'berry' || manager === 'bun' ? [] : ['M add foreign'])],
  },
  {
    name: 'peers',
    files: { 'package.json': project({ dependencies: { 'needs-peer': '1', plain: '2', 'peer-user': '1' } }) },
    lines: ['M install'],
  },
  {
    name: 'scripts of the project',
    files: { 'package.json': project({ scripts: { preinstall: 'echo before', postinstall: 'echo after', prepare: 'echo ready' } }) },
    lines: ['M install'],
  },
  {
    name: 'scripts of packages',
    files: { 'package.json': project({ dependencies: { scripted: '1' } }) },
    lines: ['M install', 'ls node_modules/scripted/'],
  },
  {
    name: 'run',
    files: {
      'package.json': project({
        scripts: {
          prehello: 'echo before',
          hello: 'echo hello',
          posthello: 'echo after',
          fail: 'exit 3',
          test: 'exit 4',
          start: 'echo starting',
          args: 'node -p "JSON.stringify(process.argv.slice(1))"',
        },
      }),
    },
    lines: (manager) => [
      ...(manager === 'berry' ? ['M install'] : []),
      'M run hello',
      'M run args a "b c"',
      'M run fail',
      'M run nothing',
      'M nothing',
      ...(manager === 'bun' ? [] : ['M test', 'M run']),
      'M start',
    ],
  },
  {
    name: 'exec',
    files: { 'package.json': project({ dependencies: { tool: '1' } }) },
    lines: (manager) => [
      'M install',
      ...(manager === 'bun' ? ['bunx tool a', 'bunx tool b', 'M x tool c'] : ['M exec tool a "b c"', 'M exec nothing']),
      'M tool x',
      'M run tool y',
      ...(dlx[manager] === ''
        ? []
        : [`${dlx[manager]} ${manager === 'bun' ? '@scope/inner' : '@scope/inner z'}`, `${dlx[manager]} nothing-at-all`]),
    ],
  },
  {
    name: 'elsewhere and in silence',
    only: ['pnpm', 'yarn', 'bun'],
    files: {
      'package.json': project({ dependencies: { plain: '1' }, scripts: { build: 'echo built' } }),
      'sub/package.json': project({ name: 'sub', scripts: { build: 'echo sub' } }),
    },
    lines: (manager) => [
      ...{
        pnpm: [
          'M -C sub run build',
          'M add plain --dir sub',
          'M install --silent',
          'M -s build',
          'M run --silent build',
          'M install --reporter=silent',
        ],
        yarn: ['M --cwd sub run build', 'M add plain --cwd sub', 'M install --silent', 'M -s build', 'M run --silent build'],
        berry: [],
        bun: ['M run --cwd sub build', 'M add plain --cwd sub', 'M install --silent', 'M run --silent build'],
      }[manager],
      'cat sub/package.json',
    ],
  },
  {
    name: 'elsewhere',
    only: ['berry'],
    files: {
      'package.json': project({ workspaces: ['sub'] }),
      'sub/package.json': project({ name: 'sub', scripts: { build: 'echo sub' } }),
    },
    lines: ['M install', 'M --cwd sub run build', 'M --cwd sub add plain', 'M --cwd=sub build', 'cat sub/package.json'],
  },
  {
    name: 'without packages for development',
    // bun leaves them where they are, pnpm says more.
    only: ['yarn'],
    files: { 'package.json': project({ dependencies: { plain: '1' }, devDependencies: { tool: '1' } }) },
    lines: ['M install', 'M install --production', 'M install --production', 'M', 'M add -D plain', 'M add --peer tool'],
  },
  {
    name: 'what is a dependency already',
    only: ['berry'],
    files: { 'package.json': project({ dependencies: { plain: '1' } }) },
    lines: ['M install', 'M add -D plain', 'M add -P plain@2'],
  },
  { name: 'malformed', files: { 'package.json': '{\n  "name": "a",\n  "version" "1"\n}\n' }, lines: ['M install', 'M run x'] },
  {
    name: 'unknown packages',
    files: { 'package.json': project({}) },
    lines: ['M add nothing', 'M add plain@9', 'M add plain@nothing', 'M add @scope/nothing'],
  },
  {
    name: 'unknown packages of a manifest',
    files: { 'package.json': project({ dependencies: { nothing: '1' } }) },
    lines: ['M install'],
  },
  {
    name: 'unknown versions of a manifest',
    files: { 'package.json': project({ dependencies: { plain: '^9.0.0' } }) },
    lines: ['M install'],
  },
  {
    name: 'registries that fail',
    files: { 'package.json': project({}) },
    lines: (manager) => [
      'M add unauthorized',
      'M add forbidden',
      'M add busy',
      // Yarn 1 ends with the text of an exception.
      ...(manager === 'yarn' ? [] : ['M add broken']),
      ...(manager === 'bun' ? [] : ['M add html']),
      // Yarn 4 does not compare hashes of tarballs.
      ...(manager === 'berry' ? [] : ['M add wrong-hash']),
      ...(manager === 'pnpm' || manager === 'bun' ? ['M add cut'] : []),
    ],
  },
  {
    name: 'registries that say nothing',
    // bun has no such setting.
    only: ['pnpm', 'yarn', 'berry'],
    files: { 'package.json': project({}), '.yarnrc.yml': 'nodeLinker: node-modules\nhttpTimeout: 400\n' },
    lines: (manager) => [
      { pnpm: 'M add mute --fetch-timeout=400', yarn: 'M add mute --network-timeout 400', berry: 'M add mute', bun: '' }[manager],
    ],
  },
  {
    name: 'registries that fail further down',
    // Yarn 1 ends with the text of an exception.
    only: ['pnpm', 'berry', 'bun'],
    files: { 'package.json': project({ dependencies: { 'needs-broken': '1' } }) },
    lines: ['M install'],
  },
  {
    name: 'registries that show pages further down',
    only: ['pnpm', 'yarn', 'berry'],
    files: { 'package.json': project({ dependencies: { 'needs-html': '1' } }) },
    lines: ['M install'],
  },
  {
    name: 'folders',
    // Yarn 4 notes a hash of each.
    only: ['pnpm', 'yarn', 'bun'],
    files: {
      'package.json': project({ dependencies: { local: 'file:./local' } }),
      'local/package.json': '{"name":"local","version":"0.0.1","bin":{"local":"run.js"},"dependencies":{"plain":"1"}}\n',
      'local/run.js': '#!/usr/bin/env node\nconsole.log("local", require("plain"))\n',
    },
    lines: ['M install'],
  },
  {
    name: 'folders that are added',
    only: ['pnpm', 'yarn', 'bun'],
    files: { 'package.json': project({}), 'more/package.json': '{"name":"more","version":"0.0.2"}\n' },
    // pnpm makes a link to what is not there.
    lines: (manager) => ['M add ./more', ...(manager === 'pnpm' ? [] : ['M add ./missing'])],
  },
  {
    name: 'folders in a circle',
    // Yarn 4 follows them for ever, Yarn 1 writes places in its cache into the lockfile, bun nests them.
    only: ['pnpm'],
    files: {
      'package.json': project({ dependencies: { a: 'file:./a' } }),
      'a/package.json': '{"name":"a","version":"1.0.0","dependencies":{"b":"file:../b"}}\n',
      'b/package.json': '{"name":"b","version":"1.0.0","dependencies":{"a":"file:../a"}}\n',
    },
    lines: ['M install'],
  },
  {
    name: 'packages that are patched',
    only: ['berry'],
    files: {
      'package.json': project({
        dependencies: { 'needs-resolve': '1' },
        devDependencies: { typescript: '^7.0.0' },
        // The registry has no version for pages.
        bavini: { substitutions: { typescript: true } },
      }),
    },
    lines: [
      'M install',
      'rm -rf node_modules',
      'M install --immutable',
      'M up typescript',
      'M add ts5@npm:typescript@5',
      'M remove typescript',
    ],
  },
  {
    name: 'workspaces',
    files: {
      'package.json': project({ private: true, workspaces: ['packages/*'] }),
      'pnpm-workspace.yaml': 'packages:\n  - packages/*\n',
      'packages/a/package.json': '{"name":"a","version":"1.0.0","dependencies":{"plain":"1"},"scripts":{"build":"echo a"}}\n',
      'packages/b/package.json': '{"name":"b","version":"1.0.0","dependencies":{"plain":"2"},"scripts":{"build":"echo b"}}\n',
    },
    lines: (manager) => [
      'M install',
      'cd packages/a && M add tool',
      'cd packages/a && M run build',
      ...{
        pnpm: ['M --filter b run build'],
        yarn: ['M workspace b run build', 'M workspaces run build', 'M -s workspaces info'],
        berry: ['M workspace b run build', 'M workspaces foreach -A run build', 'M workspaces list'],
        bun: ['M install', 'M run --filter b build', 'M install --linker hoisted', 'M install --linker none'],
      }[manager],
    ],
  },
];

export const casesOf = (manager: RealManager) =>
  [...commandCases, ...remoteCases, ...workspaceCases, ...savingCases, ...authorCases].filter(({ only = realManagers }) =>
    only.includes(manager),
  );

/** A case's lines as `manager`'s user types them. */
export function linesOf({ lines }: CommandCase, manager: RealManager): readonly string[] {
  const word = manager === 'berry' ? 'yarn' : manager;
  return (typeof lines === 'function' ? lines(manager) : lines).map((line) => line.replace(/^((?:cd \S+ && )?)M(?= |$)/, `$1${word}`));
}

/** What other managers do not read. */
const settingsOf: Readonly<Record<string, RealManager>> = { 'pnpm-workspace.yaml': 'pnpm', '.yarnrc.yml': 'berry' };

/** A case's files for `manager`. */
export function filesOf({ files }: CommandCase, manager: RealManager): Readonly<Record<string, string | Uint8Array>> {
  const own = Object.entries(files).filter(([path]) => settingsOf[path] === undefined || settingsOf[path] === manager);
  return {
    ...(manager === 'berry' ? { '.yarnrc.yml': 'nodeLinker: node-modules\n', 'yarn.lock': '' } : {}),
    ...Object.fromEntries(own),
  };
}
