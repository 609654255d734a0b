/**
 * Records what the real package managers make of the projects of `programs/npm/managers/testing/projects.ts`:
 * `node runtime/tools/record-managers.ts [--collect] [--only <project>,…] [--manager <name>,…]`; with `--isolated`, the trees of bun's other
 * layout alone.
 *
 * The managers talk to a registry of this program. It serves the metadata of `fixtures/registry.json`, so that a record stays the same
 * whatever is published meanwhile; with `--collect` it asks the registry that npm is configured for and writes that file anew, cut down to
 * the versions that were chosen and some of their neighbours. The managers and tarballs are kept in `.cache/managers`.
 */
import { execFileSync, spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import semver from 'semver';
import { commandOf, installManagers, managersCache } from './real-managers.ts';
import { projects, realManagers, type Project, type RealManager } from '../programs/npm/managers/testing/projects.ts';
import {
  placeholder,
  readTree,
  type ManagerRecord,
  type RecordedStep,
  type RecordedTree,
} from '../programs/npm/managers/testing/records.ts';

const { values: options } = parseArgs({
  options: { collect: { type: 'boolean' }, isolated: { type: 'boolean' }, only: { type: 'string' }, manager: { type: 'string' } },
});
const here = path.join(import.meta.dirname, '../..');
const fixtures = path.join(here, 'runtime/programs/npm/managers/fixtures');
const upstream = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
  .trim()
  .replace(/\/*$/, '/');

interface Packument {
  name: string;
  'dist-tags': Record<string, string>;
  versions: Record<string, { version: string; dist: { tarball: string; integrity: string; shasum: string } }>;
}
const registryFile = path.join(fixtures, 'registry.json');
const packed = JSON.parse(fs.readFileSync(path.join(fixtures, 'packed.json'), 'utf8')) as {
  packuments: Packument[];
  tarballs: Record<string, string>;
};
const served = new Map<string, Packument>(
  options.collect ? [] : (JSON.parse(fs.readFileSync(registryFile, 'utf8')) as Packument[]).map((each) => [each.name, each]),
);
for (const each of packed.packuments) served.set(each.name, each);
const chosen = new Map<string, Set<string>>();
const usedTags = new Set(['latest']);

/** Newer ones lack packages for some platforms in some registries; Yarn asks for all of them. */
const lastVersions: Readonly<Record<string, string>> = { rollup: '4.67.4' };

async function packumentOf(name: string): Promise<Packument | undefined> {
  const held = served.get(name);
  if (held !== undefined || !options.collect) return held;
  const response = await fetch(upstream + name.replace('/', '%2f'), { headers: { accept: 'application/vnd.npm.install-v1+json' } });
  if (!response.ok) return undefined;
  const packument = (await response.json()) as Packument;
  const last = lastVersions[name];
  if (last !== undefined) {
    packument.versions = Object.fromEntries(Object.entries(packument.versions).filter(([version]) => semver.lte(version, last)));
    packument['dist-tags'] = { latest: last };
  }
  served.set(name, packument);
  return packument;
}

async function tarball(name: string, file: string): Promise<Buffer | undefined> {
  const own = packed.tarballs[file];
  if (own !== undefined) return Buffer.from(own, 'base64');
  const kept = path.join(managersCache, 'tarballs', `${name.replace('/', '+')}+${file}`);
  if (!fs.existsSync(kept)) {
    const response = await fetch(`${upstream}${name}/-/${file}`);
    if (!response.ok) return undefined;
    fs.mkdirSync(path.dirname(kept), { recursive: true });
    fs.writeFileSync(kept, Buffer.from(await response.arrayBuffer()));
  }
  return fs.readFileSync(kept);
}

const server = http.createServer((request, response) => {
  void answer(decodeURIComponent(request.url ?? '/').slice(1)).then((body) => {
    response.statusCode = body === undefined ? 404 : 200;
    if (typeof body === 'string') response.setHeader('content-type', 'application/json');
    response.end(body ?? '{"error":"Not found"}');
  });
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const registry = `http://localhost:${(server.address() as { port: number }).port}/`;

async function answer(url: string): Promise<string | Buffer | undefined> {
  const [, name, file] = /^((?:@[^/]+\/)?[^/]+)(?:\/-\/(?:@[^/]+\/)?(.+\.tgz))?$/.exec(url.replace(/[?#].*$/, '')) ?? [];
  if (name === undefined) return undefined;
  if (file !== undefined) {
    const version = file.slice(name.replace(/^@[^/]+\//, '').length + 1, -4);
    (chosen.get(name) ?? chosen.set(name, new Set()).get(name))?.add(version);
    return tarball(name, file);
  }
  const packument = await packumentOf(name);
  if (packument === undefined) return undefined;
  return JSON.stringify(packument, (key, value: unknown) =>
    key === 'tarball' && typeof value === 'string' ? value.replace(/^.*?(?=(?:@[^/]+\/)?[^/]+\/-\/)/, registry) : value,
  );
}

/** The versions that were chosen, the latest, and two around each: enough that choosing still means something. */
function cutDown(packument: Packument): Packument {
  const all = Object.keys(packument.versions)
    .filter((version) => semver.valid(version) !== null)
    .sort(semver.compare);
  const keep = new Set<string>();
  for (const version of chosen.get(packument.name) ?? []) {
    const at = all.indexOf(version);
    for (const near of all.slice(Math.max(0, at - 1), at + 2)) keep.add(near);
  }
  const tags = Object.entries(packument['dist-tags']).filter(([tag]) => usedTags.has(tag));
  for (const [, version] of tags) keep.add(version);
  const stable = all.filter((version) => keep.has(version) && packument.versions[version] !== undefined);
  return {
    name: packument.name,
    'dist-tags': Object.fromEntries(tags),
    versions: Object.fromEntries(
      stable.map((version) => {
        const { dist, ...rest } = packument.versions[version] as Packument['versions'][string];
        const { integrity, shasum, tarball } = dist;
        const kept = { ...rest, dist: { integrity, shasum, tarball: tarball.replace(/^.*?(?=(?:@[^/]+\/)?[^/]+\/-\/)/, placeholder) } };
        for (const unwanted of [
          'directories',
          '_hasShrinkwrap',
          'devDependencies',
          'funding',
          'license',
          'publishConfig',
          'repository',
          'author',
          'maintainers',
          'contributors',
          'keywords',
          'homepage',
          'bugs',
          'description',
          'scripts',
        ])
          delete (kept as Record<string, unknown>)[unwanted];
        return [version, kept];
      }),
    ),
  };
}

const homes = fs.mkdtempSync(path.join(os.tmpdir(), 'managers-'));

function run(
  command: readonly string[],
  cwd: string,
  env: Record<string, string>,
): Promise<{ stdout: string; stderr: string; code: number }> {
  return new Promise((resolve) => {
    const child = spawn(command[0] ?? '', command.slice(1), { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 240_000 });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('close', (code) => resolve({ stdout, stderr, code: code ?? 128 }));
  });
}

/** What each manager needs said so that no script runs. */
const quiet: Readonly<Record<RealManager, readonly string[]>> = {
  pnpm: ['--ignore-scripts'],
  yarn: ['--ignore-scripts'],
  berry: [],
  bun: ['--ignore-scripts', `--linker=${options.isolated === true ? 'isolated' : 'hoisted'}`],
};

const frozenFlag: Readonly<Record<RealManager, string>> = {
  pnpm: '--frozen-lockfile',
  yarn: '--frozen-lockfile',
  berry: '--immutable',
  bun: '--frozen-lockfile',
};

const lockfiles: Readonly<Record<RealManager, string>> = { pnpm: 'pnpm-lock.yaml', yarn: 'yarn.lock', berry: 'yarn.lock', bun: 'bun.lock' };
const stateFiles = [
  'node_modules/.modules.yaml',
  'node_modules/.yarn-integrity',
  'node_modules/.yarn-state.yml',
  'node_modules/.pnpm-workspace-state-v1.json',
];

async function record(project: Project, manager: RealManager): Promise<ManagerRecord> {
  const cwd = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'project-'));
  for (const [file, content] of Object.entries(project.files(manager))) {
    const full = path.join(cwd, file);
    fs.mkdirSync(path.dirname(full), { recursive: true });
    fs.writeFileSync(full, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  }
  const { command, env } = commandOf(manager, registry, homes);
  // Berry looks for the project's root above a folder that has no lockfile.
  if (manager === 'berry') fs.writeFileSync(path.join(cwd, 'yarn.lock'), '');
  const clean = (text: string) =>
    text
      .replaceAll(registry, placeholder)
      .replaceAll(registry.slice(0, -1), placeholder.slice(0, -1))
      .replaceAll(encodeURIComponent(registry), encodeURIComponent(placeholder))
      .replaceAll(registry.replace('http:', ''), placeholder.replace('https:', ''))
      .replaceAll(`https://${['npm', 'jsr', 'io'].join('.')}/`, 'https://jsr.example/')
      .replaceAll(cwd, '/project')
      .replaceAll(path.join(homes, manager), '/home');
  const read = (file: string) => (fs.existsSync(path.join(cwd, file)) ? clean(fs.readFileSync(path.join(cwd, file), 'utf8')) : null);
  const steps: RecordedStep[] = [];
  for (const args of [['install'], ...(project.steps ?? [])]) {
    const { stdout, stderr, code } = await run(
      [...command, ...args, ...(args[0] === 'remove' && manager === 'pnpm' ? [] : quiet[manager])],
      cwd,
      env,
    );
    steps.push({
      args,
      stdout: clean(stdout),
      stderr: clean(stderr),
      code,
      manifest: read('package.json') ?? '',
      lockfile: read(lockfiles[manager]),
      tree: readTree(cwd),
      state: Object.fromEntries(
        stateFiles.flatMap((file) => {
          const text = read(file);
          return text === null ? [] : [[file, text]];
        }),
      ),
    });
  }
  for (const modules of fs.globSync('**/node_modules', { cwd, exclude: (name) => /node_modules\/.*node_modules/.test(String(name)) })) {
    fs.rmSync(path.join(cwd, modules), { recursive: true, force: true });
  }
  const again = await run([...command, 'install', frozenFlag[manager], ...quiet[manager]], cwd, env);
  const tree = readTree(cwd);
  const isSame = JSON.stringify(tree) === JSON.stringify(steps.at(-1)?.tree);
  const frozen = { stdout: clean(again.stdout), stderr: clean(again.stderr), code: again.code, ...(isSame ? {} : { tree }) };
  fs.rmSync(cwd, { recursive: true, force: true });
  return { project: project.name, manager, steps, frozen };
}

installManagers();
const wanted = <T extends string>(list: string | undefined, all: readonly T[]) =>
  list === undefined ? all : all.filter((each) => list.split(',').includes(each));
const names = wanted(
  options.only,
  projects.map(({ name }) => name),
);
/** In the one file for bun's isolated layout: the tree after each project's first install. */
async function recordIsolated(): Promise<void> {
  const trees: Record<string, RecordedTree> = {};
  for (const project of projects) {
    const { steps } = await record({ ...project, steps: [] }, 'bun');
    trees[project.name] = steps[0]?.tree ?? {};
  }
  fs.writeFileSync(path.join(fixtures, 'bun-isolated.json'), `${JSON.stringify(trees, null, 1)}\n`);
}

if (options.isolated === true) await recordIsolated();
for (const manager of options.isolated === true ? [] : wanted(options.manager, realManagers)) {
  for (const project of projects.filter(({ name }) => names.includes(name))) {
    const made = await record(project, manager);
    if (!options.collect) {
      const folder = path.join(fixtures, manager);
      fs.mkdirSync(folder, { recursive: true });
      fs.writeFileSync(path.join(folder, `${project.name}.json`), `${JSON.stringify(made, null, 1)}\n`);
    }
    console.log(`${manager} ${project.name}: ${made.steps.map(({ code, tree }) => `${code} (${Object.keys(tree).length})`).join(', ')}`);
  }
}
/** What chosen versions depend on is chosen too, installed here or not: all that is asked for can be answered. */
function chooseDependencies(): void {
  const todo = [...chosen].flatMap(([name, versions]) => [...versions].map((version) => [name, version] as const));
  for (let next = todo.pop(); next !== undefined; next = todo.pop()) {
    const version = served.get(next[0])?.versions[next[1]] as
      { dependencies?: Record<string, string>; optionalDependencies?: Record<string, string> } | undefined;
    for (const [name, range] of Object.entries({ ...version?.dependencies, ...version?.optionalDependencies })) {
      const best = semver.maxSatisfying(Object.keys(served.get(name)?.versions ?? {}), range, { loose: true });
      const had = chosen.get(name) ?? chosen.set(name, new Set()).get(name);
      if (best === null || had?.has(best)) continue;
      had?.add(best);
      todo.push([name, best]);
    }
  }
}

if (options.collect) {
  chooseDependencies();
  const own = new Set(packed.packuments.map(({ name }) => name));
  const cut = [...served.values()]
    .filter(({ name }) => !own.has(name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(cutDown);
  fs.writeFileSync(registryFile, `[\n${cut.map((each) => JSON.stringify(each)).join(',\n')}\n]\n`);
}
server.close();
fs.rmSync(homes, { recursive: true, force: true });
