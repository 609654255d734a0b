/** Projects that real npm was asked to install (`node runtime/tools/record-npm-trees.ts`), and what our resolver is asked for the same. */
import type { ResolveConfig, ResolveRequest } from '../request.ts';

export interface Step {
  /** Behind `npm`. */
  readonly args: readonly string[];
  /** The same, as a request. */
  readonly request?: Pick<
    ResolveRequest,
    'task' | 'add' | 'remove' | 'update' | 'saveType' | 'workspaces' | 'includeWorkspaceRoot' | 'workspacesEnabled'
  >;
  readonly config?: Partial<ResolveConfig>;
  /** Written before, over what is there; null is removed, with all that is in it. */
  readonly files?: Files;
}

/** By path; objects are written as JSON. `tarball:` makes a tarball of one `package.json`. */
export type Files = Readonly<Record<string, string | object | null>>;

export interface NpmProject {
  readonly name: string;
  readonly files: Files;
  readonly steps: readonly Step[];
}

const install: Step = { args: ['install'] };
const root = (fields: object) => ({ 'package.json': { name: 'project', version: '1.0.0', ...fields } });
const simple = (name: string, fields: object, steps: readonly Step[] = [install]): NpmProject => ({ name, files: root(fields), steps });
const add = (...specs: readonly string[]): Step => ({ args: ['install', ...specs], request: { add: specs } });

const monorepo: Files = {
  ...root({ workspaces: ['packages/*', 'tools/builder'], dependencies: { ms: '^2.1.0' } }),
  'packages/a/package.json': {
    name: '@mono/a',
    version: '1.0.0',
    dependencies: { ms: '2.0.0', '@mono/b': '^1.0.0' },
    bin: { 'mono-a': 'cli.js' },
  },
  'packages/a/cli.js': '#!/usr/bin/env node\n',
  'packages/b/package.json': { name: '@mono/b', version: '1.2.0', dependencies: { debug: '^4.3.0' }, devDependencies: { chalk: '^4.1.0' } },
  'packages/no-package/readme.md': 'Not a package\n',
  'tools/builder/package.json': {
    name: 'builder',
    version: '0.1.0',
    private: true,
    dependencies: { '@mono/a': '*', commander: '^11.0.0' },
  },
};

export const npmProjects: readonly NpmProject[] = [
  simple('empty', {}),
  {
    name: 'express-generator',
    files: {
      'package.json': {
        name: 'myapp',
        version: '0.0.0',
        private: true,
        scripts: { start: 'node ./bin/www' },
        dependencies: {
          'cookie-parser': '~1.4.4',
          debug: '~2.6.9',
          express: '~4.16.1',
          'http-errors': '~1.6.3',
          jade: '~1.11.0',
          morgan: '~1.9.1',
        },
      },
    },
    steps: [install],
  },
  simple('express-5', { dependencies: { express: '^5.0.0', 'socket.io': '^4.7.0', ws: '^8.0.0' } }),
  simple('eslint-and-mocha', { devDependencies: { eslint: '^9.30.0', mocha: '^11.0.0', prettier: '^3.0.0', typescript: '~5.8.3' } }),
  simple('jest', { devDependencies: { jest: '^29.7.0' } }),
  simple('webpack', { devDependencies: { webpack: '^5.99.0', 'webpack-cli': '^6.0.0' } }),
  simple('vite-7', {
    type: 'module',
    devDependencies: { vite: '^7.0.0', vitest: '^3.2.0', '@vitejs/plugin-vue': '^6.0.0' },
    dependencies: { vue: '^3.5.0' },
  }),
  { name: 'monorepo', files: monorepo, steps: [install] },
  {
    name: 'monorepo-one',
    files: monorepo,
    steps: [
      { args: ['install', '-w', '@mono/b'], request: { workspaces: ['@mono/b'] } },
      { args: ['install', 'picocolors', '-w', '@mono/a'], request: { workspaces: ['@mono/a'], add: ['picocolors'] } },
      { args: ['uninstall', 'ms', '-w', '@mono/a'], request: { workspaces: ['@mono/a'], remove: ['ms'] } },
      { args: ['install', '--no-workspaces', 'nanoid@^3'], request: { workspacesEnabled: false, add: ['nanoid@^3'] } },
      install,
    ],
  },
  simple('peers', { dependencies: { react: '^18.2.0', 'react-dom': '^18.2.0', zustand: '^4.5.0', 'framer-motion': '^11.0.0' } }),
  simple('peers-alone', { dependencies: { 'react-dom': '^18.2.0', 'acorn-jsx': '^5.3.0' } }),
  simple('peer-conflict', { dependencies: { react: '^19.0.0', 'react-dom': '^17.0.2' } }, [
    install,
    { args: ['install', '--legacy-peer-deps'], config: { legacyPeerDeps: true } },
  ]),
  simple('peer-conflict-forced', { dependencies: { react: '^19.0.0', 'react-dom': '^17.0.2' } }, [
    { args: ['install', '--force'], config: { force: true } },
  ]),
  simple('peer-conflict-added', { dependencies: { react: '^18.2.0', 'react-dom': '^18.2.0' } }, [
    install,
    add('@testing-library/react-hooks@8'),
    add('react@17'),
  ]),
  simple('peer-conflict-nested', { dependencies: { 'eslint-plugin-react-hooks': '^4.6.0', eslint: '^9.0.0' } }),
  simple('peer-conflict-overriding', { dependencies: { '@material-ui/core': '4.12.4', react: '^18.0.0', 'react-dom': '^18.0.0' } }, [
    install,
    { args: ['install', '--strict-peer-deps'], config: { strictPeerDeps: true } },
  ]),
  simple('overrides', {
    dependencies: { debug: '^4.3.0', chalk: '^4.1.0', send: '0.18.0' },
    overrides: { ms: '2.0.0', chalk: { 'supports-color': '7.1.0' }, send: { debug: '$debug' }, 'has-flag@4': '3.0.0' },
  }),
  simple('override-conflict', { dependencies: { chalk: '^4.1.0' }, overrides: { chalk: '4.1.1' } }),
  simple('aliases', { dependencies: { lodash3: 'npm:lodash@3', 'strip-6': 'npm:strip-ansi@^6.0.0', 'strip-ansi': '^7.1.0' } }, [
    install,
    add('seven@npm:strip-ansi@7.0.1'),
  ]),
  simple('tags', { dependencies: { react: 'latest', typescript: 'latest', '@fixture/tagged': 'next' } }),
  simple('optional', {
    dependencies: { chokidar: '^3.6.0' },
    optionalDependencies: { fsevents: '^2.3.0', 'is-number': '^7.0.0', 'not-a-package-at-all': '^1.0.0' },
  }),
  simple('bundled', { dependencies: { '@fixture/bundles': '^1.0.0', ms: '^2.1.0' } }, [
    install,
    { args: ['uninstall', 'ms'], request: { remove: ['ms'] } },
  ]),
  simple('lockfile-1', { dependencies: { debug: '^4.3.0', chalk: '^4.1.0' }, devDependencies: { 'has-flag': '^3.0.0' } }, [
    { args: ['install', '--lockfile-version=1'], config: { lockfileVersion: 1 } },
    { args: ['install'], files: { node_modules: null } },
    add('ms@2.0.0'),
  ]),
  simple('lockfile-2', { dependencies: { debug: '^4.3.0', chalk: '^4.1.0' }, devDependencies: { 'has-flag': '^3.0.0' } }, [
    { args: ['install', '--lockfile-version=2'], config: { lockfileVersion: 2 } },
    { args: ['install'], files: { node_modules: null } },
    add('ms@2.0.0'),
    { args: ['install', '--lockfile-version=3'], config: { lockfileVersion: 3 } },
  ]),
  simple('lock-disagrees', { dependencies: { debug: '4.3.4', chalk: '^4.1.0', 'strip-ansi': '^6.0.0' } }, [
    install,
    {
      args: ['install'],
      files: root({ dependencies: { debug: '^4.4.0', 'strip-ansi': '^7.0.0', nanoid: '^3.3.0' }, devDependencies: { ms: '2.0.0' } }),
    },
  ]),
  simple('lock-is-kept', { dependencies: { debug: '4.3.4' } }, [
    install,
    { args: ['install'], files: root({ dependencies: { debug: '^4.3.0' } }) },
    { args: ['install'], files: { node_modules: null } },
  ]),
  {
    name: 'file-folder',
    files: {
      ...root({ dependencies: { inner: 'file:libs/inner', outer: 'file:./libs/outer' } }),
      'libs/inner/package.json': { name: 'inner', version: '2.0.0', dependencies: { ms: '^2.1.0' }, bin: 'run.js' },
      'libs/inner/run.js': '#!/usr/bin/env node\n',
      'libs/outer/package.json': { name: 'outer', version: '0.0.1', dependencies: { inner: 'file:../inner' } },
    },
    steps: [install, add('./libs/more')].map((step, index) =>
      index === 1 ? { ...step, files: { 'libs/more/package.json': { name: 'more', version: '3.0.0' } } } : step,
    ),
  },
  {
    name: 'file-tarball',
    files: {
      ...root({ dependencies: { packed: 'file:packed-1.0.0.tgz' } }),
      'packed-1.0.0.tgz': { tarball: { name: 'packed', version: '1.0.0', dependencies: { ms: '^2.1.0' }, bin: { packed: 'cli.js' } } },
    },
    steps: [install, { ...add('./second-2.0.0.tgz'), files: { 'second-2.0.0.tgz': { tarball: { name: 'second', version: '2.0.0' } } } }],
  },
  {
    name: 'install-links',
    files: {
      ...root({ dependencies: { outside: 'file:../outside' } }),
      '../outside/package.json': { name: 'outside', version: '1.0.0', dependencies: { ms: '^2.1.0', further: 'file:../further' } },
      '../further/package.json': { name: 'further', version: '1.0.0' },
    },
    steps: [{ args: ['install', '--install-links'], config: { installLinks: true } }],
  },
  {
    name: 'links-in-a-circle',
    files: {
      ...root({ dependencies: { a: 'file:a' } }),
      'a/package.json': { name: 'a', version: '1.0.0', dependencies: { b: 'file:../b' } },
      'b/package.json': { name: 'b', version: '1.0.0', dependencies: { a: 'file:../a', project: 'file:..' } },
    },
    steps: [install],
  },
  simple('tarball-address', { dependencies: { ms: 'http://packages.test/ms/-/ms-2.1.2.tgz', debug: '4.3.4' } }),
  simple('update', { dependencies: { debug: '4.3.1', ms: '2.0.0' }, devDependencies: { chalk: '4.0.0' } }, [
    install,
    { args: ['install'], files: root({ dependencies: { debug: '^4.3.1', ms: '^2.0.0' }, devDependencies: { chalk: '^4.0.0' } }) },
    { args: ['update', 'debug'], request: { update: ['debug'] }, config: { save: false } },
    { args: ['update'], request: { update: true }, config: { save: false } },
    { args: ['update', '--save'], request: { update: true }, config: { save: true } },
  ]),
  simple('add-and-remove', {}, [
    add('debug'),
    { args: ['install', '-D', 'chalk@4', 'has-flag@^3.0.0'], request: { add: ['chalk@4', 'has-flag@^3.0.0'], saveType: 'dev' } },
    { args: ['install', '-E', 'ms@2.0.0'], request: { add: ['ms@2.0.0'] }, config: { saveExact: true } },
    { args: ['install', '-O', 'nanoid@3'], request: { add: ['nanoid@3'], saveType: 'optional' } },
    { args: ['install', '--save-peer', 'picocolors@~1.0.0'], request: { add: ['picocolors@~1.0.0'], saveType: 'peer' } },
    { args: ['install', '--no-save', 'commander@11'], request: { add: ['commander@11'] }, config: { save: false } },
    { args: ['install', '-P', 'chalk'], request: { add: ['chalk'], saveType: 'prod' } },
    { args: ['uninstall', 'debug', 'ms'], request: { remove: ['debug', 'ms'] } },
    { args: ['uninstall', 'not-there'], request: { remove: ['not-there'] } },
  ]),
  simple('dedupe', { dependencies: { 'is-odd': '0.1.0', 'is-number': '3.0.0', chalk: '2.0.0' } }, [
    install,
    { args: ['install'], files: root({ dependencies: { 'is-odd': '*', 'is-number': '*', chalk: '^2.0.0', 'ansi-styles': '^3.0.0' } }) },
    { args: ['dedupe'], request: { task: 'dedupe' } },
  ]),
  simple('prefer-dedupe', { dependencies: { 'strip-ansi': '6.0.0', 'ansi-regex': '5.0.0', 'string-width': '^4.2.0' } }, [
    { args: ['install', '--prefer-dedupe'], config: { preferDedupe: true } },
  ]),
  simple('omit-dev', { dependencies: { debug: '^4.3.0' }, devDependencies: { chalk: '^4.1.0', ms: '^2.1.0' } }, [
    { args: ['install', '--omit=dev'], config: { omit: ['dev'] } },
    install,
    { args: ['prune', '--omit=dev'], request: { task: 'prune' }, config: { omit: ['dev'] } },
  ]),
  simple('extraneous', { dependencies: { debug: '^4.3.0', chalk: '^4.1.0' } }, [
    install,
    { args: ['prune'], request: { task: 'prune' }, files: root({ dependencies: { debug: '^4.3.0' } }) },
  ]),
  simple('nested', { dependencies: { debug: '^4.3.0', chalk: '^4.1.0' } }, [
    { args: ['install', '--install-strategy=nested'], config: { installStrategy: 'nested' } },
  ]),
  simple('shallow', { dependencies: { debug: '^4.3.0', chalk: '^4.1.0' } }, [
    { args: ['install', '--install-strategy=shallow'], config: { installStrategy: 'shallow' } },
  ]),
  simple('no-lock', { dependencies: { debug: '4.3.1' } }, [
    { args: ['install', '--no-package-lock'], config: { packageLock: false } },
    { args: ['install', '--no-package-lock', 'chalk@4'], request: { add: ['chalk@4'] }, config: { packageLock: false } },
  ]),
  simple('lock-lost', { dependencies: { debug: '4.3.1' } }, [
    install,
    { args: ['install'], files: { ...root({ dependencies: { debug: '^4.3.0' } }), 'package-lock.json': null } },
  ]),
  simple('resolved-left-out', { dependencies: { debug: '^4.3.0' } }, [
    { args: ['install', '--omit-lockfile-registry-resolved'], config: { omitLockfileRegistryResolved: true } },
    add('chalk@4'),
  ]),
  simple('engines', { dependencies: { '@fixture/old-engine': '1.0.0' } }, [
    install,
    { args: ['install', '--engine-strict'], config: { engineStrict: true } },
  ]),
  simple('platform', { dependencies: { '@fixture/other-platform': '1.0.0' } }),
  simple('deprecated', { dependencies: { '@fixture/old': '^1.0.0', request: '^2.88.0' } }, [install, add('@fixture/old@1.0.0')]),
  simple('no-such-version', { dependencies: { ms: '^99.0.0' } }),
  simple('no-such-tag', { dependencies: { ms: 'nightly' } }),
  simple('no-such-package', { dependencies: { 'not-a-package-at-all': '^1.0.0' } }),
  simple('bad-name', { dependencies: { 'not a package': '^1.0.0' } }),
  simple('bad-range', { dependencies: { ms: '^^1' } }),
  { name: 'bad-json', files: { 'package.json': '{\n  "name": "x",\n  "dependencies": {\n    "ms": "2",\n  }\n}\n' }, steps: [install] },
  {
    name: 'same-workspace-twice',
    files: {
      ...root({ workspaces: ['a', 'b'] }),
      'a/package.json': { name: 'same', version: '1.0.0' },
      'b/package.json': { name: 'same', version: '1.0.0' },
    },
    steps: [install],
  },
  {
    name: 'indented-by-tabs',
    files: { 'package.json': '{\n\t"name": "tabs",\n\t"dependencies": {\n\t\t"ms": "^2.0.0"\n\t}\n}' },
    steps: [install, add('debug@4')],
  },
  {
    name: 'yarn-lock',
    files: {
      ...root({ dependencies: { ms: '^2.0.0' } }),
      'yarn.lock': '# yarn lockfile v1\n\n\nms@^2.0.0:\n  version "2.1.2"\n  resolved "http://packages.test/ms/-/ms-2.1.2.tgz"\n',
    },
    steps: [install],
  },
];

/** Packages that exist nowhere else. */
export const madeUpPackages = {
  '@fixture/bundles': {
    name: '@fixture/bundles',
    'dist-tags': { latest: '1.0.0' },
    versions: {
      '1.0.0': {
        name: '@fixture/bundles',
        version: '1.0.0',
        dependencies: { debug: '^4.3.0', ms: '^2.0.0' },
        bundleDependencies: ['debug'],
        bundled: {
          'node_modules/debug/package.json': { name: 'debug', version: '4.3.2', license: 'MIT', dependencies: { ms: '2.1.2' } },
          'node_modules/debug/node_modules/ms/package.json': { name: 'ms', version: '2.1.2', license: 'MIT' },
        },
      },
    },
  },
  '@fixture/old-engine': {
    name: '@fixture/old-engine',
    'dist-tags': { latest: '1.0.0' },
    versions: { '1.0.0': { name: '@fixture/old-engine', version: '1.0.0', engines: { node: '<10', npm: '>=3' } } },
  },
  '@fixture/old': {
    name: '@fixture/old',
    'dist-tags': { latest: '1.1.0' },
    versions: {
      '1.0.0': { name: '@fixture/old', version: '1.0.0', deprecated: 'has been too old for years' },
      '1.1.0': { name: '@fixture/old', version: '1.1.0', deprecated: 'use something else' },
    },
  },
  '@fixture/tagged': {
    name: '@fixture/tagged',
    'dist-tags': { latest: '1.0.0', next: '2.0.0-beta.1' },
    versions: {
      '1.0.0': { name: '@fixture/tagged', version: '1.0.0' },
      '2.0.0-beta.1': { name: '@fixture/tagged', version: '2.0.0-beta.1' },
    },
  },
  '@fixture/other-platform': {
    name: '@fixture/other-platform',
    'dist-tags': { latest: '1.0.0' },
    versions: { '1.0.0': { name: '@fixture/other-platform', version: '1.0.0', os: ['darwin', 'win32'], cpu: ['arm64'] } },
  },
};

/** What a step left: recorded of npm, made again by us. */
export interface StepRecord {
  readonly code: number;
  /** `package.json`s and lockfiles, by path: those that the step changed. */
  readonly files: Readonly<Record<string, string>>;
  /** `place` → `name@version`, of links `-> target`. */
  readonly tree: Readonly<Record<string, string>>;
  /** Path of each command → what the link says. */
  readonly bins: Readonly<Record<string, string>>;
  /** Standard error, with the placeholder for the registry; without times and paths of the machine. */
  readonly messages: readonly string[];
}
export type Records = Readonly<Record<string, readonly StepRecord[]>>;
