/** Programs on QuickJS whose output must be what real Node's is: what that engine itself lacks, and its host has. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { KernelInNode } from '../../testing/kernel-in-node.ts';
import { comparable, type NodeProgramCase } from './fixtures/case.ts';
import { intlPrograms } from './fixtures/intl-programs.ts';
import { nodePrograms } from './fixtures/node-programs.ts';
import { waitingPrograms } from './fixtures/waiting-programs.ts';

const cases: readonly NodeProgramCase[] = [
  ...nodePrograms.filter(({ name, files }) => /fetch/.test(name) && files !== undefined),
  ...intlPrograms,
  ...waitingPrograms,
];

describe('programs on QuickJS', () => {
  let kernel: KernelInNode;
  let real: string;
  before(async () => {
    real = mkdtempSync(join(tmpdir(), 'bavini-quickjs-'));
    kernel = new KernelInNode('quickjs');
    await kernel.boot();
  });
  after(async () => {
    rmSync(real, { recursive: true });
    await kernel.close();
  });

  for (const { name, command, files = {} } of cases) {
    const main = /^node (\S+\.m?js)/.exec(command)![1]!;
    it(name, { timeout: 300_000 }, async () => {
      const folder = name.replace(/\W+/g, '-');
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(join(real, folder, dirname(path)), { recursive: true });
        writeFileSync(join(real, folder, path), text);
      }
      await kernel.mount(`/home/app/${folder}`, files);
      const expected = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
        execFile(process.execPath, [main], { cwd: join(real, folder) }, (error, stdout, stderr) => {
          resolve({
            code: Number(error?.code ?? 0),
            stdout: comparable(stdout, join(real, folder)),
            stderr: comparable(stderr, join(real, folder)),
          });
        });
      });
      const { code, stdout, stderr } = await kernel.run([main], { cwd: `/home/app/${folder}` });
      const path = `/home/app/${folder}`;
      assert.deepEqual({ code, stdout: comparable(stdout, path), stderr: comparable(stderr, path) }, expected);
      assert.deepEqual(kernel.troubles, []);
    });
  }
});
