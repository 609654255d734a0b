/** Records what real bash and GNU tools answer: `node runtime/tools/record-shell.ts`. The fixtures are its output. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { makeFixtureFolder, readCommands, type ShellRecord } from '../programs/shell/fixtures/fixture.ts';

const folder = path.join(import.meta.dirname, '../programs/shell/fixtures');
const records: ShellRecord[] = [];
for (const command of readCommands(fs.readFileSync(path.join(folder, 'commands.txt'), 'utf8'))) {
  const cwd = makeFixtureFolder();
  // Without --norc bash reads ~/.bashrc here: it takes Node's socket for a remote shell's.
  const result = spawnSync('bash', ['--norc', '-c', command, 'sh'], {
    cwd,
    env: { PATH: '/usr/bin:/bin', HOME: '/root', LC_ALL: 'C.UTF-8', TZ: 'UTC' },
    input: '',
    timeout: 20_000,
  });
  fs.rmSync(cwd, { recursive: true, force: true });
  const text = (bytes: Buffer) => bytes.toString('utf8').replaceAll(cwd, '/cwd');
  records.push({ command, stdout: text(result.stdout), stderr: text(result.stderr), code: result.status ?? 128 });
}
fs.writeFileSync(path.join(folder, 'records.json'), `${JSON.stringify(records, null, 1)}\n`);
console.log(`${records.length} commands recorded`);
