import { assert } from 'chai';
import { bootContainer, endContainers, hangMs, within } from '../testing/page-container.ts';
import { watchPage } from '../testing/watch-page.ts';
import type { Container } from '../index.ts';

const firefox = navigator.userAgent.includes('Firefox');

/**
 * Chromium gives each container a process, whose heap is full at 4 GB. Firefox has no limit and shares the page's process:
 * there the silence of the program is what ends it (README.md, "Memory").
 */
const silentMs = 3000;

/** A program that answers what it is told, for as long as it runs. */
async function startEcho(container: Container): Promise<{ answer(text: string): Promise<string>; end(): Promise<void> }> {
  const process = await container.spawn('node', ['-e', 'process.stdin.on("data", (data) => process.stdout.write(data))'], { tty: false });
  const writer = process.stdin.getWriter();
  const reader = process.stdout.getReader();
  return {
    async answer(text) {
      await writer.write(new TextEncoder().encode(text));
      const { value } = await reader.read();
      return new TextDecoder().decode(value);
    },
    async end() {
      await process.kill('SIGKILL');
      await process.status;
    },
  };
}

describe('A program that uses up the memory', function () {
  this.timeout(120_000);
  let container: Container;
  let other: Container;
  before(async () => {
    other = await bootContainer();
    container = await bootContainer(firefox ? { limits: { silentMs } } : {});
  });
  after(() => endContainers());

  const bombs: Readonly<Record<string, string>> = {
    arrays: 'const a = []; for (;;) a.push(new Array(1e6).fill(1));',
    strings: 'const a = []; for (let n = 0; ; n++) { a.push(`${"x".repeat(1e6)}${n}`); a[n].charCodeAt(1); }',
    'microtasks without end': 'const a = []; (function more() { a.push(new Array(1e6).fill(1)); Promise.resolve().then(more); })()',
  };

  for (const [name, bomb] of Object.entries(bombs)) {
    it(`${name}: it dies and says why; the page, the program of another container and the next of this one live`, async () => {
      const echo = await startEcho(other);
      assert.equal(await echo.answer('before'), 'before');
      const turns = watchPage();
      const process = await container.spawn('node', ['-e', bomb], { tty: false });
      const said = new Response(process.stderr).text();
      let over = false;
      const status = process.status.finally(() => (over = true));
      let answers = 0;
      while (!over) {
        const text = `answer ${answers++}`;
        assert.equal(await within(hangMs, () => `${text} of the other container`, echo.answer(text)), text);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      assert.deepEqual(await status, { code: null, signal: firefox ? 'SIGXCPU' : 'SIGKILL' });
      assert.include(await said, 'FATAL ERROR: ');
      assert.isAbove(answers, 0);
      assert.equal(await echo.answer('after'), 'after');
      assert.equal((await container.exec('node -p 1+1')).stdout, '2\n');
      await echo.end();
      assert.isAbove(turns(), 2, 'turns that the page had');
    });
  }

  it('in a thread and in a child: what started them goes with its worker or is told', async () => {
    const { stdout } = await container.exec(
      `node -e "
        const { spawn } = require('child_process');
        const child = spawn('node', ['-e', process.env.BOMB], { stdio: 'ignore' });
        child.on('exit', (code, signal) => console.log('child', code, signal));
      "; node -p 1+1`,
      { env: { BOMB: bombs['arrays']! } },
    );
    if (firefox) assert.equal(stdout, 'child null SIGXCPU\n2\n');
    else assert.equal(stdout, '2\n', 'parent and child share the process of their container');
  });
});
