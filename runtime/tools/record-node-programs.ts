/**
 * `node runtime/tools/record-node-programs.ts [TEXT]`: runs the programs of `node-programs.ts` with the Node that runs this, and records
 * what they say. With TEXT, only those whose names contain it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { comparable } from '../programs/node/fixtures/case.ts';
import { nodePrograms } from '../programs/node/fixtures/node-programs.ts';

type Recorded = Readonly<Record<string, { readonly code: number | null; readonly stdout: string; readonly stderr: string }>>;
const file = join(import.meta.dirname, '../programs/node/fixtures/node-programs.json');
const before = JSON.parse(readFileSync(file, 'utf8')) as Recorded;
const [text] = process.argv.slice(2);

const recorded: Record<string, Recorded[string]> = {};
for (const { name, command, files = {}, input = '' } of nodePrograms) {
  const kept = before[name];
  if (text !== undefined && !name.includes(text) && kept !== undefined) {
    recorded[name] = kept;
    continue;
  }
  const folder = mkdtempSync(join(tmpdir(), 'node-program-'));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const { status, stdout, stderr } = spawnSync('sh', ['-c', command], {
    cwd: folder,
    input,
    encoding: 'utf8',
    timeout: 30_000,
    env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: '/root' },
  });
  recorded[name] = { code: status, stdout: comparable(stdout, folder), stderr: comparable(stderr, folder) };
  rmSync(folder, { recursive: true });
}
writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
console.log(`recorded ${Object.keys(recorded).length} programs`);
