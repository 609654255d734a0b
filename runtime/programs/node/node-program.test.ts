/** The `node` program in real browsers, compared with what Node itself said of the same programs. */
import { assert } from 'chai';
import type { Container } from '../../index.ts';
import { bootContainer, endContainers } from '../../testing/page-container.ts';
import { comparable } from './fixtures/case.ts';
import { nodePrograms } from './fixtures/node-programs.ts';

interface Recorded {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('the node program', () => {
  let container: Container;
  let recorded: Readonly<Record<string, Recorded>>;

  before(async () => {
    recorded = (await (await fetch(new URL('./fixtures/node-programs.json', import.meta.url))).json()) as typeof recorded;
    container = await bootContainer();
  });

  after(endContainers);

  async function run(name: string, command: string, files: Readonly<Record<string, string>> = {}, input = '') {
    const folder = name.replace(/\W+/g, '-');
    await container.fs.mkdir(folder);
    for (const [path, text] of Object.entries(files)) {
      const file = `${folder}/${path}`;
      await container.fs.mkdir(file.slice(0, file.lastIndexOf('/')), { recursive: true });
      await container.fs.writeFile(file, text);
    }
    const { code, stdout, stderr } = await container.exec(command, { cwd: folder, input, timeoutMs: 110_000 });
    const path = `${container.workdir}/${folder}`;
    return { code, stdout: comparable(stdout, path), stderr: comparable(stderr, path) };
  }

  for (const { name, command, files, input } of nodePrograms) {
    it(`does as Node does: ${name}`, async () => {
      const { [name]: expected } = recorded;
      assert.isDefined(expected, 'record it: node runtime/tools/record-node-programs.ts');
      assert.deepEqual(await run(name, command, files, input), expected);
    });
  }

  it('has URLPattern where the browser has it, and says so where it has not', async () => {
    const { stdout, stderr } = await run(
      'URLPattern',
      `node -p "new URLPattern({ pathname: '/books/:id' }).exec('https://x/books/12').pathname.groups.id"`,
    );
    if ('URLPattern' in globalThis) assert.equal(stdout, '12\n');
    else assert.include(stderr, 'URLPattern is not available');
  });

  it('refuses by name what a browser cannot give', async () => {
    const uses = {
      dgram: "require('dgram').createSocket('udp4').bind(0, () => {})",
      http2: "require('http2').createServer()",
      cluster: "require('cluster').fork()",
      inspector: "require('inspector').open()",
      addons: "process.dlopen({ exports: {} }, '/tmp/a.node')",
    };
    for (const [name, use] of Object.entries(uses)) {
      const { code, stderr } = await run(`refused ${name}`, `node -e "${use}"`);
      assert.equal(code, 1, use);
      assert.match(stderr, new RegExp(`Error: .*(?:${name})`), use);
    }
  });

  it('gives its options to the test runner in a worker that was ready before they were known', async () => {
    const files = { 'a.test.js': "require('node:test')('one', () => {});" };
    for (const time of ['1', '2', '3', '4', '5']) {
      const { stdout } = await run(`options ${time}`, 'node --test --test-reporter=tap a.test.js', files);
      assert.match(stdout, /^TAP version 13\n/, time);
    }
  });

  it('takes no byte of standard input from the program after it', async () => {
    const { stdout } = await run('bytes given back', `printf 'one\\ntwo\\n' | (node -e "require('fs').readSync(0, Buffer.alloc(4))"; cat)`);
    assert.equal(stdout, 'two\n');
  });
});
