/**
 * Records what the real pnpm, Yarn 1, Yarn 4 and bun do with the lines of `programs/npm/managers/testing/command-cases.ts`: what they print,
 * the files they leave. `node runtime/tools/record-manager-commands.ts [--manager pnpm] [--only NAME]`; answers
 * `programs/npm/managers/commands.oracle.test.ts`. The registry is one of ours, in this process.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { casesOf, commandPackages, filesOf, linesOf, type CommandCase } from '../programs/npm/managers/testing/command-cases.ts';
import { isTold, lockfileOf, plainText } from '../programs/npm/managers/testing/command-records.ts';
import { realManagers, type RealManager } from '../programs/npm/managers/testing/projects.ts';
import { serveLooseTarballs } from '../programs/npm/managers/testing/repositories.ts';
import type { Record as RecordedStep, RecordedCase } from '../programs/npm/testing/records.ts';
import { startRegistry } from '../programs/npm/testing/registry.ts';
import { startGitHub } from './fake-github.ts';
import { commandOf, installManagers, managersCache } from './real-managers.ts';

const { values: options } = parseArgs({ options: { manager: { type: 'string' }, only: { type: 'string' } } });
const fixtures = path.join(import.meta.dirname, '../programs/npm/managers/fixtures/commands');
installManagers();
const registry = await startRegistry(commandPackages);
serveLooseTarballs(registry);
const { address } = registry;
const gitHubFolder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'github-'));
const gitHub = await startGitHub(gitHubFolder);

function treeOf(folder: string, prefix = ''): string[] {
  return fs.readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isSymbolicLink()) return [`${prefix}${entry.name} -> ${fs.readlinkSync(full)}`];
    return entry.isDirectory() ? treeOf(full, `${prefix}${entry.name}/`) : [`${prefix}${entry.name}`];
  });
}

function run(line: string, cwd: string, env: NodeJS.ProcessEnv): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-c', line], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
}

/** A folder whose commands start the manager. */
function commandsFolder(manager: RealManager, homes: string): { readonly folder: string; readonly env: Record<string, string> } {
  const { command, env } = commandOf(manager, address, homes);
  const folder = path.join(homes, 'bin');
  fs.mkdirSync(folder);
  const put = (name: string, words: readonly string[]) =>
    fs.writeFileSync(path.join(folder, name), `#!/bin/sh\nexec ${words.join(' ')} "$@"\n`, { mode: 0o755 });
  put(manager === 'berry' ? 'yarn' : manager, command);
  if (manager === 'bun') put('bunx', [path.join(managersCache, 'node_modules/.bin/bunx')]);
  Reflect.deleteProperty(env, 'YARN_ENABLE_SCRIPTS');
  Reflect.deleteProperty(env, 'YARN_NODE_LINKER');
  return {
    folder,
    env: {
      ...env,
      ...gitHub.env,
      npm_config_fetch_retries: '0',
      npm_config_package_import_method: 'copy',
      YARN_HTTP_RETRY: '0',
      YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
      BUN_CONFIG_HTTP_RETRY_COUNT: '0',
      PATH: `${folder}:${env['PATH'] ?? ''}`,
    },
  };
}

async function record(one: CommandCase, manager: RealManager): Promise<RecordedCase> {
  const base = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'commands-'));
  const root = path.join(base, 'app');
  const { env } = commandsFolder(manager, base);
  for (const [file, text] of Object.entries(filesOf(one, manager))) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), typeof text === 'string' ? text.replaceAll('REGISTRY/', address) : text);
  }
  const plain = (text: string) => plainText(text, address).replaceAll(root, '/home/app').replaceAll(base, '/base');
  const steps: RecordedStep[] = [];
  const seen = new Map<string, string | null>();
  let tree = '';
  for (const line of linesOf(one, manager)) {
    const { code, stdout, stderr } = await run(line.replaceAll('REGISTRY/', address), root, env);
    const now = treeOf(root).map(plain).filter(isTold).sort().join('\n');
    const files: Record<string, string | null> = {};
    for (const file of ['package.json', lockfileOf[manager]]) {
      const full = path.join(root, file);
      const text = fs.existsSync(full) ? plain(fs.readFileSync(full, 'utf8')) : null;
      if (text !== (seen.get(file) ?? null)) files[file] = text;
      seen.set(file, text);
    }
    steps.push({ line, code, stdout: plain(stdout), stderr: plain(stderr), ...(now === tree ? {} : { tree: now.split('\n') }), files });
    tree = now;
  }
  fs.rmSync(base, { recursive: true });
  return { name: one.name, steps };
}

fs.mkdirSync(fixtures, { recursive: true });
for (const manager of realManagers) {
  if (options.manager !== undefined && !options.manager.split(',').includes(manager)) continue;
  const file = path.join(fixtures, `${manager}.json`);
  const before = new Map(
    fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as RecordedCase[]).map((one) => [one.name, one]) : [],
  );
  const made: RecordedCase[] = [];
  for (const one of casesOf(manager)) {
    const kept = options.only === undefined || options.only.split(',').includes(one.name) ? undefined : before.get(one.name);
    made.push(kept ?? (await record(one, manager)));
    if (kept === undefined)
      console.log(
        `${manager} ${one.name}: ${made
          .at(-1)
          ?.steps.map(({ code }) => code)
          .join(', ')}`,
      );
  }
  fs.writeFileSync(file, `${JSON.stringify(made, null, 1)}\n`);
}
await registry.close();
gitHub.close();
fs.rmSync(gitHubFolder, { recursive: true });
