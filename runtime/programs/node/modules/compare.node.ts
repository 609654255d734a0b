/** Runs small programs in real Node and in ours, at the same paths, for the oracle tests of this folder. */
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { KernelInNode, type RunResult } from '../../../testing/kernel-in-node.ts';

export interface Case {
  readonly files: Readonly<Record<string, string>>;
  /** Arguments of `node`; the entry file if it is one word. */
  readonly args: readonly string[];
  readonly input?: string;
}

export type Outcome = Pick<RunResult, 'code' | 'stdout' | 'stderr'>;

/** Lines of the library's own frames differ where its text was packed; their columns are not compared. */
function comparable(text: string): string {
  return text.replace(/(node:[\w/.]+:\d+):\d+/g, '$1:*').replace(/\(node:\d+\)/g, '(node:pid)');
}

export async function compareCases<K extends string>(cases: Readonly<Record<K, Case>>): Promise<Map<K, { real: Outcome; ours: Outcome }>> {
  const root = mkdtempSync(join(tmpdir(), 'bv-oracle-'));
  const kernel = new KernelInNode();
  const results = new Map<K, { real: Outcome; ours: Outcome }>();
  try {
    await kernel.boot();
    let index = 0;
    for (const [title, one] of Object.entries(cases) as [K, Case][]) {
      const folder = join(root, `case${(index += 1)}`);
      mkdirSync(folder);
      for (const [name, text] of Object.entries(one.files)) {
        mkdirSync(dirname(join(folder, name)), { recursive: true });
        writeFileSync(join(folder, name), text);
      }
      await kernel.mount(folder, one.files);
      const real = await new Promise<Outcome>((resolve) => {
        const child = execFile(process.execPath, [...one.args], { cwd: folder, env: { PATH: '/bin' } }, (error, stdout, stderr) =>
          resolve({
            code: error === null ? 0 : Number((error as { code?: unknown }).code ?? -1),
            stdout: comparable(stdout),
            stderr: comparable(stderr),
          }),
        );
        // A program may end before it has read its input.
        child.stdin?.on('error', () => undefined);
        child.stdin?.end(one.input);
      });
      const ran = await kernel.run(one.args, { cwd: folder, input: one.input ?? '' });
      results.set(title, { real, ours: { code: ran.code, stdout: comparable(ran.stdout), stderr: comparable(ran.stderr) } });
    }
  } finally {
    await kernel.close();
    rmSync(root, { recursive: true, force: true });
  }
  return results;
}
