/**
 * `npm run test:packages`: bakes and tries real packages in the browsers.
 *
 *     npm run test:packages                      all groups of `baked-projects.ts`
 *     npm run test:packages -- tools bundlers    some; `BROWSERS=chromium` picks one browser
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { bakedProjects } from './baked-projects.ts';

const groups = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(bakedProjects);
const tests = ['../programs/npm/real-packages.e2e.test.ts'];
if (groups.some((group) => ['servers', 'bundlers', 'frameworks'].includes(group)))
  tests.push('../../components/preview/dev-servers.e2e.test.ts');
const files = tests.map((test) => join(import.meta.dirname, test));
const env = { ...process.env, PACKAGE_GROUPS: groups.join(',') };
const child = spawn(process.execPath, ['--test', '--test-concurrency=1', ...files], { stdio: 'inherit', env });
child.on('close', (code) => {
  process.exitCode = code ?? 1;
});
