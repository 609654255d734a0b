/** Package managers as children of programs that wait for them, on real Node's threads. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { KernelInNode } from '../../testing/kernel-in-node.ts';

const project = {
  name: 'p',
  version: '1.2.3',
  scripts: { hello: 'echo "$npm_lifecycle_event of $npm_package_name"', fails: 'exit 3' },
  dependencies: { tool: '1' },
};

const prelude = `
const { spawnSync, execSync } = require('node:child_process');
const fs = require('node:fs');
fs.writeFileSync('package.json', ${JSON.stringify(JSON.stringify(project, null, 2))});
fs.mkdirSync('node_modules/tool', { recursive: true });
fs.mkdirSync('node_modules/.bin', { recursive: true });
fs.writeFileSync('node_modules/tool/package.json', '{"name":"tool","version":"1.0.0","bin":"cli.js"}');
fs.writeFileSync('node_modules/tool/cli.js', '#!/usr/bin/env node\\nconsole.log("tool", ...process.argv.slice(2))\\n', { mode: 0o755 });
fs.symlinkSync('../tool/cli.js', 'node_modules/.bin/tool');
const run = (line) => { const { status, stdout, stderr } = spawnSync(line, { shell: true }); return [status, String(stdout).trim(), String(stderr).split('\\n')[0]]; };
`;

const instead = "With `stdio: 'inherit'` it works, as it does in the terminal, with exec() or with spawn()";

const expected: Readonly<Record<string, readonly [number, string, string?]>> = {
  'npm --version': [0, '11.19.1'],
  'npm root': [0, '/home/app/node_modules'],
  'npm pkg get name scripts.hello': [0, '{\n  "name": "p",\n  "scripts.hello": "echo \\"$npm_lifecycle_event of $npm_package_name\\""\n}'],
  'npm run hello --silent': [0, 'hello of p'],
  'npm run fails --silent': [3, ''],
  'npm ls --no-unicode': [0, 'p@1.2.3 /home/app\n`-- tool@1.0.0'],
  'npx tool a "b c"': [0, 'tool a b c'],
  'npm version minor': [0, 'v1.3.0'],
  'npm config get save-prefix': [0, '^'],
  'npm install plain': [
    1,
    '',
    'npm error `npm install` may need the network, which nothing can wait for here: a program asks for its output with execSync() or spawnSync(). ' +
      instead,
  ],
  'npx nothing': [
    1,
    '',
    'npm error `npx nothing`, which is not installed, needs the network, which nothing can wait for here: a program asks for its output with execSync() or spawnSync(). ' +
      instead,
  ],
  'pnpm install': [1, '', 'pnpm: cannot run while a program waits for its output, with execSync() or spawnSync(). ' + instead],
};

let kernel: KernelInNode;
before(async () => {
  kernel = new KernelInNode('quickjs');
  await kernel.boot();
});
after(() => kernel.close());

test('npm, while a program waits for it', async () => {
  const lines = Object.keys(expected);
  const code = `${prelude}console.log(JSON.stringify(${JSON.stringify(lines)}.map(run)))`;
  const { stdout, stderr } = await kernel.run(['-e', code], { cwd: '/home/app' });
  assert.equal(stderr, '');
  const found = JSON.parse(stdout) as [number, string, string][];
  lines.forEach((line, i) => assert.deepEqual([line, found[i]], [line, [...(expected[line] as [number, string]), ''].slice(0, 3)], line));
});
