/**
 * Records what real npm does with the projects of `programs/npm/testing/cases.ts`: what it prints, the tree it leaves, the files it writes.
 * `node runtime/tools/record-npm.ts [name…]` with npm 11 on the path; answers `npm.oracle.test.ts`. With names it records these cases
 * again and keeps the others. The registry is one of ours, in this process.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, existsSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { cases, recordedPackages } from '../programs/npm/testing/cases.ts';
import { plainOutput, recordedFiles, registryPort, type Record, type RecordedCase } from '../programs/npm/testing/records.ts';
import { startRegistry } from '../programs/npm/testing/registry.ts';

function treeOf(folder: string, prefix = ''): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isSymbolicLink()) return [`${prefix}${entry.name} -> ${readlinkSync(path)}`];
    return entry.isDirectory() ? treeOf(path, `${prefix}${entry.name}/`) : [`${prefix}${entry.name}`];
  });
}

function run(line: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (stderr += data.toString()));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

const registry = await startRegistry(recordedPackages, registryPort);
const file = 'runtime/programs/npm/fixtures/npm.json';
const named = new Set(process.argv.slice(2));
const before = new Map((JSON.parse(readFileSync(file, 'utf8')) as RecordedCase[]).map((one) => [one.name, one]));
const records: RecordedCase[] = [];
for (const { name, files, lock, then = {}, lines } of cases) {
  const known = before.get(name);
  if (known !== undefined && named.size > 0 && !named.has(name)) {
    records.push(known);
    continue;
  }
  const base = mkdtempSync(join(tmpdir(), 'npm-'));
  const [root, user] = [join(base, 'home/app'), join(base, 'home/user')];
  mkdirSync(root, { recursive: true });
  mkdirSync(user, { recursive: true });
  const write = (all: Readonly<{ [path: string]: string }>) => {
    for (const [path, text] of Object.entries(all)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
  };
  write(files);
  const env = {
    PATH: process.env['PATH'],
    HOME: user,
    LANG: 'en_US.UTF-8',
    npm_config_registry: registry.address,
    npm_config_audit: 'false',
    npm_config_update_notifier: 'false',
    npm_config_globalconfig: '/dev/null',
    npm_config_fetch_retries: '0',
  };
  if (lock !== undefined) await run(`npm install --package-lock-only ${typeof lock === 'string' ? lock : ''}`, root, env);
  const lockText = existsSync(join(root, 'package-lock.json')) ? readFileSync(join(root, 'package-lock.json'), 'utf8') : undefined;
  write(then);
  const steps: Record[] = [];
  const seen = new Map<string, string>();
  let tree = '';
  for (const line of lines) {
    const { code, stdout, stderr } = await run(line, root, env);
    const now = treeOf(root).sort().join('\n');
    const changed: { [path: string]: string | null } = {};
    for (const path of recordedFiles) {
      const text = existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null;
      if (text !== (seen.get(path) ?? null)) changed[path] = text;
      if (text === null) seen.delete(path);
      else seen.set(path, text);
    }
    const plain = (text: string) => plainOutput(text.replaceAll(user, '/home/user').replaceAll(root, '/home/app'));
    steps.push({
      line,
      code,
      stdout: plain(stdout),
      stderr: plain(stderr),
      ...(now === tree ? {} : { tree: now.split('\n') }),
      files: changed,
    });
    tree = now;
  }
  records.push({ name, ...(lockText === undefined ? {} : { lock: lockText }), steps });
  rmSync(base, { recursive: true });
}
await registry.close();
writeFileSync(file, `${JSON.stringify(records, null, 1)}\n`);
