/** Synchronous reads of standard input whose writer is slow, compared with real Node, on both engines. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KernelInNode } from '../../testing/kernel-in-node.ts';

const files: Readonly<Record<string, string>> = {
  'helper.js': `module.exports = () => require('fs').readFileSync(0, 'utf8');`,
  'required.js': `console.log('before'); const text = require('./helper.js')(); console.log(text.length, text.slice(0, 5));`,
  'module.mjs': `import { readFileSync } from 'fs'; console.log('a'); await 1; console.log(readFileSync('/dev/stdin', 'utf8'));`,
  'bytes.js': `const fs = require('fs'); const one = Buffer.alloc(1); while (fs.readSync(0, one) > 0) console.log(one.toString()); console.log('end');`,
  'folder.js': `const fs = require('fs'); fs.mkdirSync('made-by-' + process.pid); console.log(fs.readFileSync(0, 'utf8'), fs.readdirSync('.').filter((name) => name.startsWith('made-by')).length);`,
  'late.js': `setTimeout(() => console.log(require('fs').readFileSync(0, 'utf8')), 20); console.error('waiting'); console.log(Object.keys(process.env).filter((name) => name.startsWith('BAVINI')));`,
  'parent.js': `const { stdin, stdout } = require('child_process').spawn(process.execPath, ['required.js'], { stdio: ['pipe', 'inherit', 'inherit'] }); setTimeout(() => stdin.end('to the child'), 100);`,
};
const big = 'x'.repeat(200_000);
const cases: readonly (readonly [args: readonly string[], input: readonly string[]])[] = [
  [
    ['-p', `require('fs').readFileSync(0, 'utf8')`],
    ['one\n', 'two\n', 'three\n'],
  ],
  [['required.js'], ['']],
  [['required.js'], [big, big]],
  [['module.mjs'], ['one ', 'two']],
  [['bytes.js'], ['ab', 'c', 'd']],
  [['folder.js'], ['one', 'two']],
  [['late.js'], ['one', 'two']],
  [['parent.js'], ['']],
];

for (const engine of ['native', 'quickjs'] as const) {
  describe(`standard input, read synchronously (${engine})`, () => {
    const root = mkdtempSync(join(tmpdir(), 'node-stdin-'));
    const kernel = new KernelInNode(engine);
    before(() => kernel.boot());
    after(async () => {
      await kernel.close();
      rmSync(root, { recursive: true });
    });

    cases.forEach(([args, input], index) => {
      it(`${args.join(' ')} waits for ${input.length} pieces`, async () => {
        const folder = join(root, String(index));
        mkdirSync(folder);
        for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
        await kernel.mount(folder, files);
        const env = { HOME: '/root' };
        // A pipe, as a shell makes it: that of `spawnSync()` is a socket, which has no `/dev/stdin`.
        const shell = ['-c', '/bin/cat | "$0" "$@"', process.execPath, ...args];
        const real = spawnSync('/bin/sh', shell, { cwd: folder, env, encoding: 'utf8', input: input.join('') });
        const ours = await kernel.run(args, { cwd: folder, env, input });
        assert.deepEqual(ours, { code: real.status, signal: real.signal, stdout: real.stdout, stderr: real.stderr });
        assert.deepEqual(kernel.troubles, []);
      });
    });

    it('says why it cannot wait after others have seen what the program did', async () => {
      const code = `const fs = require('fs'); fs.writeFileSync('seen', ''); console.log('seen'); try { fs.readFileSync(0) } catch (error) { console.log(error.code, error.message) }`;
      const { stdout } = await kernel.run(['-e', code], { cwd: '/tmp', input: 'a', inputAfterOutput: true });
      assert.match(stdout, /^seen\nERR_BV_UNSUPPORTED Cannot wait for standard input: .* because it has changed files\. Read it/);
    });

    it('ends a program that does not repeat what it wrote', async () => {
      const code = `console.log(process.hrtime.bigint()); console.log(require('fs').readFileSync(0, 'utf8'))`;
      const { code: status, stdout, stderr } = await kernel.run(['-e', code], { cwd: '/tmp', input: 'a', inputAfterOutput: true });
      assert.match(stdout, /^\d+n\n$/);
      assert.match(stderr, /wrote something else than before/);
      assert.equal(status, 1);
    });
  });
}
