/** Programs in folders of their own, run in bavini's `node` and in the real Node that runs the test: the same outputs, the same end. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KernelInNode } from './kernel-in-node.ts';

/** A program and how it is run. */
export interface ComparedProgram {
  readonly name: string;
  /** Becomes `main.js`. */
  readonly code?: string;
  readonly files?: Readonly<Record<string, string>>;
  /** What follows `node`; `['main.js']` by default. */
  readonly args?: readonly string[];
  /** Its standard input, which is empty by default. */
  readonly input?: string;
}

/** What differs between two runs of one program: its pid and the milliseconds of a timer's start. */
const stable = (text: string): string => text.replace(/\(node:\d+\)/g, '(node:PID)').replace(/_idleStart: \d+/g, '_idleStart: N');

/** One test for each program: the same bytes on both outputs, the same exit code and signal. */
export function describeAgainstNode(title: string, programs: readonly ComparedProgram[]): void {
  describe(`${title}, against real Node`, () => {
    const root = mkdtempSync(join(tmpdir(), 'against-node-'));
    let kernel: KernelInNode;
    before(async () => {
      kernel = new KernelInNode();
      await kernel.boot();
    });
    after(async () => {
      await kernel.close();
      rmSync(root, { recursive: true });
    });

    programs.forEach(({ name, code, files, args = ['main.js'], input }, index) => {
      it(name, async () => {
        const folder = join(root, String(index));
        const all = { ...files, ...(code === undefined ? {} : { 'main.js': code }) };
        mkdirSync(folder);
        for (const [path, text] of Object.entries(all)) {
          mkdirSync(dirname(join(folder, path)), { recursive: true });
          writeFileSync(join(folder, path), text);
        }
        await kernel.mount(folder, { ...all, '.keep': '' });
        const env = { PATH: '/usr/bin', HOME: '/root' };
        const real = spawnSync(process.execPath, args, { cwd: folder, env, encoding: 'utf8', input: input ?? '', argv0: 'node' });
        const ours = await kernel.run(args, { cwd: folder, env, ...(input === undefined ? {} : { input }) });
        assert.deepEqual(
          { stdout: stable(ours.stdout), stderr: stable(ours.stderr), code: ours.code, signal: ours.signal },
          { stdout: stable(real.stdout), stderr: stable(real.stderr), code: real.status, signal: real.signal },
        );
      });
    });
  });
}
