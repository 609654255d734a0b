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
