/** `npm version`, without git. */
import clean from 'semver/functions/clean.js';
import inc from 'semver/functions/inc.js';
import valid from 'semver/functions/valid.js';
import { Failure } from '../failure.ts';
import { formatJson, parseJson } from '../manifest/json.ts';
import { normalizeManifest } from '../manifest/manifest.ts';
import { readManifestFile, tryReadManifest } from '../manifest/read-manifest.ts';
import { lockNames } from '../lockfile/lock.ts';
import { resolvePath } from '../paths.ts';
import { inspect } from '../progress/inspect.ts';
import { runScript } from '../scripts/run-script.ts';
import { nodeVersion, npmVersion, type Session } from '../session.ts';
import { usageFailure } from './help.ts';
import { workspacesOf } from './run.ts';
import type { Command } from './command.ts';

const releases = ['major', 'minor', 'patch', 'premajor', 'preminor', 'prepatch', 'prerelease', 'release'] as const;

/** `process.versions` of our `node` beside its own. */
const parts = {
  acorn: '8.18.0',
  ada: '4.0.0',
  amaro: '1.1.11',
  ares: '1.34.8',
  brotli: '1.2.0',
  cldr: '48.0',
  icu: '78.3',
  llhttp: '9.4.3',
  merve: '1.2.2',
  modules: '137',
  napi: '10',
  nbytes: '0.1.4',
  ncrypto: '0.0.1',
  nghttp2: '1.70.0',
  nghttp3: '',
  ngtcp2: '',
  openssl: '3.5.8',
  simdjson: '4.6.7',
  simdutf: '6.4.0',
  sqlite: '3.53.4',
  tz: '2026c',
  undici: '7.29.1',
  unicode: '17.0',
  uv: '1.52.1',
  uvwasi: '0.0.23',
  v8: '13.6.233.17-node.53',
  zlib: '1.3.2.1-motley-8002e91',
  zstd: '1.5.7',
};

async function change(session: Session, word: string, path: string): Promise<string> {
  const { disk, config } = session;
  const file = readManifestFile(disk, path, '');
  const before = normalizeManifest(file.content);
  const current = typeof file.content['version'] === 'string' && file.content['version'] !== '' ? file.content['version'] : '0.0.0';
  if (word === 'from-git') throw new Failure('`npm version from-git` is not available in a page: there is no git.');
  const given = valid(word, true);
  const release = releases.find((one) => one === word);
  const next = given ?? (release === undefined ? null : inc(clean(current) ?? '', release, { loose: true }, config.text('preid') ?? ''));
  if (next === null) throw new Failure(`Invalid version: ${word}`);
  if (next === clean(current) && !config.flag('allow-same-version')) throw new Failure('Version not changed');
  const env = { npm_old_version: current, npm_new_version: next };
  const run = async (event: string) => {
    const manifest = tryReadManifest(disk, path) ?? before;
    if (!config.flag('ignore-scripts') && manifest.scripts?.[event] !== undefined)
      await runScript(session, { event, path, manifest, stdio: 'inherit', env, named: false });
  };
  await run('preversion');
  const now = readManifestFile(disk, path);
  now.content['version'] = next;
  disk.write(now.path, formatJson(now.content, now.format));
  for (const name of lockNames) {
    const lockPath = resolvePath(path, name);
    const text = disk.readText(lockPath);
    if (text === undefined) continue;
    const { value, format } = parseJson(text);
    const lock = value as { version?: string; packages?: Record<string, { version?: string }> };
    lock.version = next;
    if (lock.packages?.[''] !== undefined) lock.packages[''].version = next;
    disk.write(lockPath, formatJson(lock, format));
  }
  await run('version');
  await run('postversion');
  return next;
}

function show(session: Session, results: Record<string, string>): void {
  const { display, config, disk } = session;
  const own = tryReadManifest(disk, config.localPrefix);
  if (own?.name !== undefined && own.version !== undefined) results[own.name] = own.version;
  results['npm'] = npmVersion;
  results['node'] = nodeVersion.slice(1);
  Object.assign(results, parts);
  if (display.json) {
    display.buffer(results);
    return;
  }
  display.output(inspect(results, { paint: display.colors }));
}

/** @param update After workspaces have another version. */
export const versionCommand = (update: (session: Session, names: readonly string[]) => Promise<void>): Command => ({
  forWorkspaces: true,
  run: async (session, args, forWorkspaces) => {
    const { config, display } = session;
    const prefix = String(config.get('tag-version-prefix') ?? 'v');
    const [word] = args;
    if (args.length > 1) throw usageFailure('version');
    if (!forWorkspaces) {
      if (word === undefined) show(session, {});
      else display.output(`${prefix}${await change(session, word, config.prefix)}`);
      return;
    }
    const results: Record<string, string> = {};
    const changed: string[] = [];
    for (const [name, path] of workspacesOf(session)) {
      if (word === undefined) {
        const manifest = tryReadManifest(session.disk, path);
        if (manifest?.name !== undefined && manifest.version !== undefined) results[manifest.name] = manifest.version;
        continue;
      }
      display.output(name);
      display.output(`${prefix}${await change(session, word, path)}`);
      changed.push(name);
    }
    if (word === undefined) show(session, results);
    else if (config.flag('workspaces-update') && changed.length > 0) {
      await update(session, changed);
    }
  },
});
