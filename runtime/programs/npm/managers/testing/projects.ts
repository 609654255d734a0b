/** Projects that the real package managers were asked to install (`node runtime/tools/record-managers.ts`). */

export type RealManager = 'pnpm' | 'yarn' | 'berry' | 'bun';
export const realManagers: readonly RealManager[] = ['pnpm', 'yarn', 'berry', 'bun'];

export type Manifest = Readonly<Record<string, unknown>>;

export interface Project {
  readonly name: string;
  /** By path; objects are written as JSON. */
  readonly files: (manager: RealManager) => Readonly<Record<string, string | Manifest>>;
  /** Commands after the first install, by their arguments. Each leaves a record of its own. */
  readonly steps?: readonly (readonly string[])[];
}

const root = (fields: Manifest): Manifest => ({ name: 'project', version: '1.0.0', private: true, ...fields });
const simple = (name: string, fields: Manifest, steps?: Project['steps']): Project => ({
  name,
  files: () => ({ 'package.json': root(fields) }),
  ...(steps === undefined ? {} : { steps }),
});

/** `workspace:` where the manager knows it. */
const workspaceRange = (manager: RealManager, range: string) => (manager === 'yarn' ? '1.0.0' : `workspace:${range}`);
const workspaceFile = (manager: RealManager, globs: readonly string[]): Record<string, string> =>
  manager === 'pnpm' ? { 'pnpm-workspace.yaml': `packages:\n${globs.map((glob) => `  - ${glob}\n`).join('')}` } : {};

export const projects: readonly Project[] = [
  simple('empty', {}),
  simple('simple', { dependencies: { chalk: '^4.1.0', ms: '2.1.2', 'is-odd': 'latest' }, devDependencies: { commander: '~11.1.0' } }, [
    ['add', 'nanoid@^3.3.0'],
    ['add', '-D', 'picocolors'],
    ['remove', 'chalk'],
  ]),
  simple('scoped', { dependencies: { '@babel/code-frame': '^7.24.0', '@sindresorhus/is': '^4.0.0' } }),
  simple('aliases', { dependencies: { lodash3: 'npm:lodash@3', strip6: 'npm:strip-ansi@^6.0.0', 'strip-ansi': '^7.1.0' } }),
  simple('peers', { dependencies: { react: '^18.2.0', 'react-dom': '^18.2.0', 'use-sync-external-store': '^1.2.0', zustand: '^4.5.0' } }),
  simple('missing-peers', { dependencies: { 'react-dom': '^18.2.0', 'acorn-jsx': '^5.3.0' } }),
  simple('peer-conflict', { dependencies: { ajv: '^8.12.0', 'ajv-keywords': '^3.5.2', 'acorn-jsx': '^5.3.0', acorn: '^8.0.0' } }),
  simple('optional', { dependencies: { chokidar: '^3.6.0' }, optionalDependencies: { fsevents: '^2.3.0', 'is-number': '^7.0.0' } }),
  simple('bundled', { dependencies: { bundling: '^1.0.0', ms: '^2.1.0' } }),
  {
    name: 'workspaces',
    files: (manager) => ({
      'package.json': root({ workspaces: ['packages/*'], devDependencies: { ms: '^2.1.0' } }),
      ...workspaceFile(manager, ['packages/*']),
      'packages/a/package.json': {
        name: '@scope/a',
        version: '1.0.0',
        dependencies: { ms: '2.0.0', debug: '^4.3.0' },
        bin: { 'tool-a': 'cli.js' },
      },
      'packages/a/cli.js': '#!/usr/bin/env node\n',
      'packages/b/package.json': {
        name: 'b',
        version: '1.0.0',
        dependencies: { '@scope/a': workspaceRange(manager, '*'), debug: '2.6.9' },
        devDependencies: { 'is-odd': '^3.0.0' },
      },
    }),
  },
  {
    name: 'monorepo-peers',
    files: (manager) => ({
      'package.json': root({ workspaces: ['apps/*', 'libs/*'] }),
      ...workspaceFile(manager, ['apps/*', 'libs/*']),
      'apps/one/package.json': {
        name: 'one',
        version: '1.0.0',
        dependencies: { react: '^17.0.0', zustand: '^4.5.0', ui: workspaceRange(manager, '^') },
      },
      'apps/two/package.json': {
        name: 'two',
        version: '1.0.0',
        dependencies: { react: '^18.2.0', zustand: '^4.5.0', ui: workspaceRange(manager, '1.0.0') },
      },
      'libs/ui/package.json': {
        name: 'ui',
        version: '1.0.0',
        peerDependencies: { react: '>=17' },
        devDependencies: { react: '^18.2.0' },
        dependencies: { clsx: '^2.0.0' },
      },
    }),
  },
  simple('overrides', {
    dependencies: { chalk: '^4.1.0', 'is-odd': '^3.0.0' },
    overrides: { 'ansi-styles': '5.2.0', 'is-number': '^7.0.0' },
    resolutions: { 'ansi-styles': '5.2.0', 'is-number': '^7.0.0' },
    pnpm: { overrides: { 'ansi-styles': '5.2.0', 'is-number': '^7.0.0' } },
  }),
  simple('native', { devDependencies: { esbuild: '0.21.5' } }),
  simple('cyclic', { devDependencies: { browserslist: '^4.23.0' } }),
  simple('deprecated', { dependencies: { glob: '^7.2.0', rimraf: '^3.0.0', uuid: '^3.4.0' } }),
  simple('express', { dependencies: { express: '^4.19.0', debug: '^4.3.0' } }),
  simple('mocha', { devDependencies: { mocha: '^10.4.0', yargs: '^17.7.0', 'wrap-ansi': '^8.1.0' } }),
  simple('create-vite', {
    type: 'module',
    dependencies: { react: '^18.2.0', 'react-dom': '^18.2.0' },
    devDependencies: { '@vitejs/plugin-react': '^4.2.0', vite: '^5.2.0' },
  }),
  {
    name: 'local',
    files: () => ({
      'package.json': root({ dependencies: { local: 'file:./local', linked: 'link:./linked' } }),
      'local/package.json': { name: 'local', version: '0.1.0', dependencies: { ms: '^2.1.0' }, bin: 'cli.js' },
      'local/cli.js': '#!/usr/bin/env node\n',
      'linked/package.json': { name: 'linked', version: '0.2.0' },
    }),
  },
];
