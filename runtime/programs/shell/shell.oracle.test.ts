import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { NodeSystem } from '../../testing/node-system.ts';
import { trustedPrograms } from '../shared-programs.ts';
import { makeFixtureFolder, type ShellRecord } from './fixtures/fixture.ts';

const folder = path.join(import.meta.dirname, 'fixtures');
const records = JSON.parse(fs.readFileSync(path.join(folder, 'records.json'), 'utf8')) as ShellRecord[];
/** Differences that are known, with their reason. A command listed here that passes fails the run. */
const expectations = JSON.parse(fs.readFileSync(path.join(folder, 'expectations.json'), 'utf8')) as Record<string, string>;

describe('sh and the coreutils, as bash and GNU have them', () => {
  for (const record of records) {
    const reason = expectations[record.command];
    it(`${record.command}${reason === undefined ? '' : ` (differs: ${reason})`}`, { timeout: 10_000 }, async () => {
      const cwd = makeFixtureFolder();
      try {
        const system = new NodeSystem(trustedPrograms(() => import('../npm/main.ts')));
        const result = await system.exec(['bash', '-c', record.command, 'sh'], {
          cwd,
          env: { PATH: '/usr/bin:/bin', HOME: '/root', LC_ALL: 'C.UTF-8', TZ: 'UTC' },
        });
        const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8').replaceAll(cwd, '/cwd');
        const found = { stdout: text(result.stdout), stderr: text(result.stderr), code: result.code };
        // GNU's tools quote with curly marks in a UTF-8 locale; ours as in the C locale.
        const wanted = { stdout: record.stdout, stderr: record.stderr.replaceAll(/[‘’]/g, "'"), code: record.code };
        if (reason === undefined) assert.deepEqual(found, wanted);
        else assert.notDeepEqual(found, wanted, 'passes now: remove it from expectations.json');
      } finally {
        fs.rmSync(cwd, { recursive: true, force: true });
      }
    });
  }
});
