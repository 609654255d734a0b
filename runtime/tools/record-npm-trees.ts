/**
 * Runs real npm on the projects of `programs/npm/resolve/testing/projects.ts` and records what it makes of them.
 *
 *     node runtime/tools/record-npm-trees.ts              records again, from the frozen registry: needs no network but for npm itself, once
 *     node runtime/tools/record-npm-trees.ts --check      records again and compares; writes nothing
 *     node runtime/tools/record-npm-trees.ts --refresh    asks the configured registry for today's metadata first
 *     node runtime/tools/record-npm-trees.ts --only NAME  one project, printed
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';
import type { ResolvedPackument } from '../programs/npm/resolve/request.ts';
import { frozenAddress } from '../programs/npm/resolve/testing/frozen-registry.ts';
import type { NpmProject, Records, StepRecord } from '../programs/npm/resolve/testing/projects.ts';
import { allProjects, fixturePaths, frozenRegistry, readRecords } from './npm-oracle/fixtures.ts';
import { readFiles, readTree, writeFiles } from './npm-oracle/folder.ts';
import { freeze } from './npm-oracle/freeze.ts';
import { serveRegistry, type ServedRegistry } from './npm-oracle/serve.ts';

/** The release whose arborist is bundled: that of Node 24. */
const npmVersion = '11.21.2';
const cache = join(import.meta.dirname, '../../.cache/npm-oracle');
const { values: options } = parseArgs({ options: { refresh: { type: 'boolean' }, check: { type: 'boolean' }, only: { type: 'string' } } });

function npmItself(): string {
  const entry = join(cache, 'node_modules/npm/bin/npm-cli.js');
  if (!existsSync(entry)) {
    mkdirSync(cache, { recursive: true });
    writeFileSync(join(cache, 'package.json'), '{}\n');
    execFileSync('npm', ['install', '--prefix', cache, `npm@${npmVersion}`, '--no-save', '--no-audit'], { stdio: 'inherit' });
  }
  return entry;
}

function run(
  npm: string,
  folder: string,
  home: string,
  args: readonly string[],
  registry: string,
): Promise<{ code: number; stderr: string }> {
  const fixed = [
    '--no-audit',
    '--no-fund',
    '--ignore-scripts',
    '--no-update-notifier',
    '--no-progress',
    '--color=false',
    '--fetch-retries=0',
  ];
  const child = spawn(process.execPath, [npm, ...args, ...fixed, `--registry=${registry}`, `--cache=${home}/cache`], {
    cwd: folder,
    env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, HOME: home },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return new Promise((done) => child.on('close', (code) => done({ code: code ?? -1, stderr })));
}

/** Without what differs from run to run. */
function messagesOf(stderr: string, folder: string, registry: string): string[] {
  return stderr
    .replaceAll(registry, frozenAddress)
    .replaceAll(folder, '<project>')
    .trimEnd()
    .split('\n')
    .filter((line) => line !== '' && !/complete log of this run|_logs|eresolve-report|full report see/.test(line));
}

async function record(npm: string, project: NpmProject, registry: ServedRegistry): Promise<StepRecord[]> {
  const home = mkdtempSync(join(tmpdir(), 'npm-home-'));
  const parent = mkdtempSync(join(tmpdir(), 'npm-project-'));
  const folder = join(parent, 'project');
  mkdirSync(folder);
  const steps: StepRecord[] = [];
  try {
    writeFiles(folder, project.files, registry.address);
    for (const step of project.steps) {
      writeFiles(folder, step.files ?? {}, registry.address);
      const before = readFiles(folder, registry.address);
      const { code, stderr } = await run(npm, folder, home, step.args, registry.address);
      const after = readFiles(folder, registry.address);
      const files = Object.fromEntries(Object.entries(after).filter(([path, text]) => before[path] !== text));
      steps.push({ code, files, ...readTree(folder), messages: messagesOf(stderr, folder, registry.address) });
    }
  } finally {
    rmSync(home, { recursive: true });
    rmSync(parent, { recursive: true });
  }
  return steps;
}

/** Upstream's metadata, kept for the next time that the list of projects changes. */
async function upstream(name: string): Promise<ResolvedPackument | undefined> {
  const file = join(cache, 'metadata', `${name.replaceAll('/', '+')}.json`);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as ResolvedPackument;
  await turn();
  try {
    const response = await fetch(`${upstreamAddress}${name.replace('/', '%2f')}`);
    if (response.status === 404) return undefined;
    if (!response.ok) throw new Error(`Cannot get metadata of ${name}: ${response.status} ${response.statusText}`);
    const text = await response.text();
    writeFileSync(file, text);
    return JSON.parse(text) as ResolvedPackument;
  } finally {
    waiting.shift()?.();
    active--;
  }
}
const upstreamAddress = options.refresh === true ? execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8' }).trim() : '';
const waiting: (() => void)[] = [];
let active = 0;
async function turn(): Promise<void> {
  while (active >= 10) await new Promise<void>((go) => waiting.push(go));
  active++;
}

async function refresh(): Promise<void> {
  mkdirSync(join(cache, 'metadata'), { recursive: true });
  mkdirSync(dirname(fixturePaths.registry), { recursive: true });
  const templates = join(cache, 'templates');
  mkdirSync(templates, { recursive: true });
  execFileSync('npm', ['pack', 'create-vite@latest', '--silent', '--pack-destination', templates]);
  const tarball = readdirSync(templates).find((name) => name.endsWith('.tgz')) as string;
  execFileSync('tar', ['xzf', join(templates, tarball), '-C', templates]);
  const wanted = readdirSync(join(templates, 'package')).filter((name) =>
    /^template-(vanilla|vue|react|preact|lit|svelte|solid)(-ts)?$/.test(name),
  );
  const texts = Object.fromEntries(
    wanted.map((name) => [name.replace('template', 'vite'), readFileSync(join(templates, 'package', name, 'package.json'), 'utf8')]),
  );
  writeFileSync(fixturePaths.templates, `${JSON.stringify(texts, null, 1)}\n`);
  const packages = await freeze(allProjects(), [], upstream);
  writeFileSync(fixturePaths.registry, gzipSync(JSON.stringify(packages), { level: 9 }));
  console.log(`froze    ${Object.keys(packages).length} packages`);
}

if (options.refresh === true) await refresh();
const npm = npmItself();
await using registry = await serveRegistry(await frozenRegistry());
const known = existsSync(fixturePaths.records) ? readRecords() : {};
const records: Record<string, readonly StepRecord[]> = {};
let differences = 0;
for (const project of allProjects()) {
  if (options.only !== undefined && project.name !== options.only) continue;
  const steps = await record(npm, project, registry);
  records[project.name] = steps;
  const same = JSON.stringify(known[project.name]) === JSON.stringify(steps);
  if (!same) differences++;
  console.log(
    `${same ? 'same    ' : 'recorded'} ${project.name}: ${steps.map(({ code, tree }) => (code === 0 ? Object.keys(tree).length : `exit ${code}`)).join(', ')}`,
  );
}
if (options.only !== undefined) console.log(JSON.stringify(records, null, 1));
else if (options.check === true) process.exitCode = differences === 0 ? 0 : 1;
else writeFileSync(fixturePaths.records, gzipSync(JSON.stringify(records satisfies Records), { level: 9 }));
if (registry.missed.size > 0) console.log(`missed   ${[...registry.missed].join(', ')}`);
