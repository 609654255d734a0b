import type { MadePackage } from './registry.ts';

/** Packages of `command-cases.ts` only. */
export const commandPackages: readonly MadePackage[] = [
  {
    name: 'create-thing',
    version: '1.0.0',
    manifest: { bin: { 'create-thing': 'bin/create.js' } },
    files: { 'bin/create.js': '#!/usr/bin/env node\nconsole.log("thing 1", ...process.argv.slice(2));\n' },
  },
  {
    name: 'create-thing',
    version: '2.0.0',
    manifest: { bin: { 'create-thing': 'bin/create.js' } },
    files: {
      'bin/create.js':
        '#!/usr/bin/env node\nconsole.log("thing 2", ...process.argv.slice(2), process.env.npm_lifecycle_event, process.env.npm_command, process.cwd());\n',
    },
  },
  {
    name: '@scope/create',
    version: '1.0.0',
    manifest: { bin: 'bin/create.js' },
    files: { 'bin/create.js': '#!/usr/bin/env node\nconsole.log("scoped", ...process.argv.slice(2));\n' },
  },
  {
    name: 'funds',
    version: '1.0.0',
    manifest: {
      funding: [{ type: 'patreon', url: 'https://example.org/patreon' }, 'https://example.org/plain', 'not an address'],
      dependencies: { plain: '^2.0.0', old: '*', kin: '1' },
    },
  },
  { name: 'kin', version: '1.0.0', manifest: { funding: { url: 'https://example.org/plain' }, description: 'One of a kind' } },
  {
    name: 'many-bins',
    version: '1.0.0',
    manifest: { bin: { one: 'bin/one.js', two: 'bin/two.js' } },
    files: { 'bin/one.js': '', 'bin/two.js': '' },
  },
];
