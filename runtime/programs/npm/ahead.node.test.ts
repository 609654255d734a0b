/** Programs that wait for an install (`execSync`, `spawnSync`) whose output is not theirs: they go on, and nobody can tell. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NpmSystem } from './testing/npm-in-node.ts';
import { startRegistry, type TestRegistry } from './testing/registry.ts';
import { useBundledResolver } from './testing/resolver-in-node.ts';

const prelude = `
const { execSync, spawnSync } = require('node:child_process');
const fs = require('node:fs');
const inherit = { stdio: 'inherit' };
`;

describe('a program that waits for what needs the network', () => {
  let registry: TestRegistry;
  const systems: NpmSystem[] = [];
  before(async () => {
    await useBundledResolver();
    registry = await startRegistry([
      {
        name: 'good',
        version: '1.0.0',
        manifest: { bin: { good: 'cli.js' } },
        files: { 'cli.js': '#!/usr/bin/env node\nconsole.log("good runs")\n' },
      },
      {
        name: 'create-kit',
        version: '1.0.0',
        manifest: { bin: { 'create-kit': 'cli.js' } },
        files: {
          'cli.js':
            '#!/usr/bin/env node\nconst { status, error } = require("child_process").spawnSync(process.execPath, [require.resolve("./make.js"), ...process.argv.slice(2)], { stdio: "inherit" });\nconsole.log("made", status, error);\n',
          'make.js':
            'require("child_process").spawn("npm", ["install", "--silent", "--no-fund"], { stdio: "inherit" }).on("exit", (code) => { console.log(process.argv[2], code, require("fs").readdirSync("node_modules").join()); process.exitCode = Number(process.argv[3] ?? 0); });\n',
        },
      },
    ]);
  });
  after(async () => {
    await Promise.all(systems.map((system) => system.close()));
    await registry.close();
  });

  async function run(program: string, line = 'node setup.js') {
    const system = new NpmSystem(registry.address);
    systems.push(system);
    await system.boot({ 'package.json': '{"name":"p","version":"1.0.0","dependencies":{"good":"1"}}', 'setup.js': prelude + program });
    const result = await system.run(line);
    const read = async (path: string) => (await system.run(`cat ${path}`)).stdout;
    assert.deepEqual(system.troubles, []);
    return { ...result, read };
  }

  test('what it does after an install happens after it', async () => {
    const { code, stdout, stderr, read } = await run(`
      console.log('before');
      execSync('npm install --no-fund', inherit);
      console.log('between');
      fs.writeFileSync('made', 'x');
      const { status, error } = spawnSync('npm', ['exec', 'good'], inherit);
      console.log('after', status, error);
      process.exitCode = 3;
      setTimeout(() => console.log(require('good/package.json').version, fs.readdirSync('node_modules')), 0);
    `);
    assert.equal(stderr, '');
    assert.equal(
      stdout.replace(/ in \d+\w+/, ''),
      "before\n\nadded 1 package\nbetween\ngood runs\nafter 0 undefined\n1.0.0 [ '.bin', '.package-lock.json', 'good' ]\n",
    );
    assert.equal(code, 3);
    assert.equal(await read('made'), 'x');
  });

  test('what makes a project may do so in a program of its own', async () => {
    const { code, stdout, stderr } = await run('', 'npm create kit it --silent; npm create kit that 3 --silent; echo $?');
    assert.equal(stdout, 'it 0 .bin,.package-lock.json,good\nmade 0 undefined\nthat 0 .bin,.package-lock.json,good\n3\n');
    assert.match(stderr, /^node: "node \S+make\.js that 3" ended with code 3, and so does the program that waited for it\n$/);
    assert.equal(code, 0);
  });

  test('a process that ends meanwhile ends after it', async () => {
    const { code, stdout } = await run(
      `
      const { status } = spawnSync('npm', ['install', '--no-fund', '--silent'], inherit);
      spawnSync('ls', ['node_modules'], inherit);
      process.exit(4 + status);
    `,
      'node setup.js; echo $?',
    );
    assert.equal(stdout, 'good\n4\n');
    assert.equal(code, 0);
  });

  test('where it fails, the program has not gone on', async () => {
    const { code, stdout, stderr, read } = await run(
      `
      console.log('before');
      execSync('npm install nothing-there --silent', inherit);
      console.log('after');
      fs.writeFileSync('made', 'x');
      process.exit(0);
    `,
      'node setup.js; echo $?; ls',
    );
    assert.equal(stderr, 'node: "npm install nothing-there --silent" ended with code 1, and so does the program that waited for it\n');
    assert.equal(stdout, 'before\n1\npackage.json\nsetup.js\n');
    assert.equal(code, 0);
    assert.equal(await read('made'), '');
  });

  test('what it looks at meanwhile must be as the install leaves it', async () => {
    const { code, stdout, stderr } = await run(`
      fs.readFileSync('package.json');
      execSync('npm install --silent', inherit);
      fs.readFileSync('setup.js');
      console.log(fs.existsSync('node_modules/good'));
    `);
    assert.equal(stdout, '');
    assert.equal(
      stderr,
      'node: The program went on while "npm install --silent" ran, which nothing here can wait for, and looked at what that has changed: /home/app/node_modules/good. spawn() and exec() need not wait\n',
    );
    assert.equal(code, 1);
  });
});
