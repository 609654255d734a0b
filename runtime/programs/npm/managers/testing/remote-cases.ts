/** Lines about packages that no registry has: tarballs by address, repositories of GitHub, files and folders of the project. */
import type { CommandCase } from './command-cases.ts';
import type { RealManager } from './projects.ts';
import { packedFile } from './repositories.ts';

const project = (fields: object) => `${JSON.stringify({ name: 'project', version: '1.0.0', license: 'MIT', ...fields }, null, 2)}\n`;
const frozen = (manager: RealManager) => (manager === 'berry' ? 'M install --immutable' : 'M install --frozen-lockfile');
const again = (manager: RealManager) => ['M install', 'rm -rf node_modules', frozen(manager)];
/** Yarn 4 takes no other repositories. */
const approved = { '.yarnrc.yml': 'nodeLinker: node-modules\napprovedGitRepositories:\n  - "https://github.com/maker/*"\n' };
const hash = 'd9d55036bd96177b88756186bf0ed6a24ec77ecb';

export const remoteCases: readonly CommandCase[] = [
  {
    name: 'tarballs by address',
    files: { 'package.json': project({ dependencies: { loose: 'REGISTRY/files/loose-2.0.0.tgz' } }) },
    lines: again,
  },
  {
    name: 'tarballs by address that are added',
    files: { 'package.json': project({}) },
    lines: (manager) => [
      manager === 'berry' ? 'M add loose@REGISTRY/files/loose-2.0.0.tgz' : 'M add REGISTRY/files/loose-2.0.0.tgz',
      manager === 'berry' ? 'M add @made/simple@REGISTRY/files/simple.tar.gz' : 'M add REGISTRY/files/simple.tar.gz',
      'M remove loose',
    ],
  },
  {
    name: 'tarballs by address that are not there',
    files: { 'package.json': project({ dependencies: { loose: 'REGISTRY/files/missing.tgz' } }) },
    lines: ['M install'],
  },
  {
    name: 'repositories',
    files: { 'package.json': project({ dependencies: { kit: 'maker/kit#main' } }), ...approved },
    lines: again,
  },
  {
    name: 'repositories that nobody approved',
    only: ['berry'],
    files: { 'package.json': project({ dependencies: { kit: 'maker/kit#main' } }) },
    lines: ['M install', 'M add kit@maker/kit#v1.0.0'],
  },
  {
    name: 'packages without names',
    only: ['berry'],
    files: { 'package.json': project({}) },
    lines: ['M add REGISTRY/files/loose-2.0.0.tgz', 'M add maker/kit#v1.0.0'],
  },
  {
    name: 'repositories by tag and hash',
    files: {
      'package.json': project({ dependencies: { kit: 'github:maker/kit#v1.0.0', one: `maker/kit#${hash}`, two: 'github:maker/kit' } }),
      ...approved,
    },
    lines: ['M install'],
  },
  {
    name: 'repositories by address',
    files: { 'package.json': project({ dependencies: { kit: 'git+https://github.com/maker/kit.git#main' } }), ...approved },
    lines: again,
  },
  {
    name: 'repositories that are added',
    files: { 'package.json': project({}), ...approved },
    lines: (manager) => (manager === 'berry' ? ['M add kit@maker/kit#v1.0.0', 'M remove kit'] : ['M add maker/kit#v1.0.0', 'M remove kit']),
  },
  {
    name: 'files of the project',
    files: { 'package.json': project({ dependencies: { packed: 'file:./packed.tgz' } }), 'packed.tgz': packedFile },
    lines: again,
  },
  {
    name: 'files of the project that are added',
    files: { 'package.json': project({}), 'packed.tgz': packedFile },
    lines: ['M add ./packed.tgz'],
  },
  {
    name: 'folders of the project',
    files: {
      'package.json': project({ dependencies: { local: 'file:./local', linked: 'link:./linked' } }),
      'local/package.json': '{"name":"local","version":"0.0.1","bin":{"local":"run.js"},"dependencies":{"plain":"1"}}\n',
      'local/run.js': '#!/usr/bin/env node\nconsole.log("local", require("plain"))\n',
      'linked/package.json': '{"name":"linked","version":"0.2.0","dependencies":{"plain":"2"}}\n',
    },
    lines: again,
  },
  {
    name: 'portals',
    only: ['berry'],
    files: {
      'package.json': project({ dependencies: { local: 'portal:./local' } }),
      'local/package.json': '{"name":"local","version":"0.0.1","bin":{"local":"run.js"},"dependencies":{"plain":"1"}}\n',
      'local/run.js': '#!/usr/bin/env node\nconsole.log("local", require("plain"))\n',
    },
    lines: again,
  },
];
