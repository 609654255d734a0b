/** Runs the same program in bavini's `node` and in the real Node that runs the test, for oracle tests of bindings. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { KernelInNode } from '../../../../testing/kernel-in-node.ts';

const run = promisify(execFile);

export class NodeOracle {
  readonly #kernel = new KernelInNode();

  async open(): Promise<void> {
    await this.#kernel.boot({});
  }

  async close(): Promise<void> {
    await this.#kernel.close();
  }

  /** `program`, run with `options` of the command line, prints the same, and nothing on standard error, in both. */
  async same(program: string, options: readonly string[] = []): Promise<void> {
    const [ours, real] = await Promise.all([
      this.#kernel.run([...options, '-e', program]),
      run(process.execPath, ['--no-warnings', ...options, '-e', program], { maxBuffer: 1 << 26 }),
    ]);
    assert.equal(ours.stderr, '');
    assert.equal(ours.stdout, real.stdout);
    assert.equal(ours.code, 0);
  }

  /** What `program` prints in bavini alone. */
  async output(program: string): Promise<string> {
    const { code, stdout, stderr } = await this.#kernel.run(['-e', program]);
    assert.equal(stderr, '');
    assert.equal(code, 0);
    return stdout;
  }
}
