import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { PosixError } from '../base/errors.ts';
import { Authority } from './authority.ts';
import { findCommand, resolveExecutable } from './executable.ts';
import { FileSystem } from './file-system.ts';
import { Tree } from './tree.ts';

function open(files: Readonly<Record<string, string | Uint8Array>>, modes: Readonly<Record<string, number>> = {}): FileSystem {
  const noBlobs = (): never => {
    throw new TypeError('No Blob is read here');
  };
  const fs = new FileSystem(new Authority(new Tree({ reader: noBlobs, keepsOrphans: true })), { uid: 0 });
  for (const [path, data] of Object.entries(files)) {
    fs.mkdirp(path.slice(0, path.lastIndexOf('/')) || '/', 0o755);
    fs.writeFile(path, typeof data === 'string' ? new TextEncoder().encode(data) : data);
    fs.chmod(path, modes[path] ?? 0o755);
  }
  return fs.as({ uid: 1000, gid: 1000, umask: 0o022 });
}

const isProgram = (name: string) => ['node', 'sh', 'env'].includes(name);
const system = { '/usr/bin/node': '#!/dev/bavini/node\n', '/usr/bin/env': '#!/dev/bavini/env\n', '/bin/sh': '#!/dev/bavini/sh\n' };
const resolve = (fs: FileSystem, file: string, ...args: string[]) => resolveExecutable(fs, file, ['zero', ...args], isProgram);
const failsWith = (code: string, run: () => unknown) => assert.throws(run, (error) => error instanceof PosixError && error.code === code);

describe('resolveExecutable', () => {
  it('finds a built-in program by its own first line', () => {
    assert.deepEqual(resolve(open(system), '/usr/bin/node', 'a.js'), { program: 'node', file: '/usr/bin/node', argv: ['zero', 'a.js'] });
  });

  it('runs a script through its interpreter, with one argument at most', () => {
    const fs = open({ ...system, '/a.js': '#!/usr/bin/env node\nx', '/b': '#! /bin/sh  -e  -u \n', '/c': '#!/bin/sh' });
    assert.deepEqual(resolve(fs, '/a.js', 'x'), { program: 'env', file: '/usr/bin/env', argv: ['/usr/bin/env', 'node', '/a.js', 'x'] });
    assert.deepEqual(resolve(fs, '/b').argv, ['/bin/sh', '-e  -u', '/b']);
    assert.deepEqual(resolve(fs, '/c').argv, ['/bin/sh', '/c']);
  });

  it('follows interpreters of interpreters, four deep', () => {
    const chain = { ...system, '/1': '#!/bin/sh\n', '/2': '#!/1\n', '/3': '#!/2\n', '/4': '#!/3\n', '/5': '#!/4\n' };
    assert.deepEqual(resolve(open(chain), '/4').argv, ['/bin/sh', '/1', '/2', '/3', '/4']);
    failsWith('ELOOP', () => resolve(open(chain), '/5'));
    failsWith('ELOOP', () => resolve(open({ '/self': '#!/self\n' }), '/self'));
  });

  it('refuses what cannot be run, each with its errno', () => {
    const files = {
      ...system,
      '/text': 'echo no',
      '/wasm': new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]),
      '/elf': new Uint8Array([127, 69, 76, 70]),
      '/empty': '',
      '/plain': '#!/bin/sh\n',
      '/lost': '#!/bin/none\n',
      '/relative': '#!sh\n',
      '/blank': '#!  \n',
      '/unknown': '#!/dev/bavini/perl\n',
      '/long': `#!/${'x'.repeat(300)}\n`,
      '/dir/file': '',
    };
    const fs = open(files, { '/plain': 0o644 });
    failsWith('ENOENT', () => resolve(fs, '/none'));
    failsWith('ENOENT', () => resolve(fs, '/lost'));
    failsWith('ENOENT', () => resolve(fs, '/relative'));
    failsWith('ENOENT', () => resolve(fs, '/unknown'));
    failsWith('EACCES', () => resolve(fs, '/plain'));
    failsWith('EACCES', () => resolve(fs, '/dir'));
    failsWith('ENOTDIR', () => resolve(fs, '/plain/x'));
    for (const path of ['/text', '/wasm', '/elf', '/empty', '/blank', '/long']) failsWith('ENOEXEC', () => resolve(fs, path));
  });
});

describe('findCommand', () => {
  it('takes the first executable along the path', () => {
    const fs = open({ '/a/x': 'a', '/b/x': 'b', '/b/y': 'y' }, { '/a/x': 0o644 });
    assert.equal(findCommand(fs, 'x', '/none:/a:/b', '/'), '/b/x');
    assert.equal(findCommand(fs, './y', '/a', '/b'), '/b/./y');
    assert.equal(findCommand(fs, 'y', '', '/b'), '/b/y');
    failsWith('EACCES', () => findCommand(fs, 'x', '/a', '/'));
    failsWith('ENOENT', () => findCommand(fs, 'z', '/a:/b', '/'));
    failsWith('ENOENT', () => findCommand(fs, '', '/a', '/'));
  });
});
