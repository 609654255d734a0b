/** `npm cache npx`: the folders that `npx` keeps for packages that are in no project. */
import { abbreviations } from '../config/flags.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { resolvePath } from '../paths.ts';
import type { Session } from '../session.ts';
import { usageFailure } from './help.ts';

interface Kept {
  readonly hash: string;
  readonly path: string;
  readonly isValid: boolean;
  /** As they were asked for. */
  readonly packages: readonly string[] | undefined;
}

function keptFolders(session: Session, keys: readonly string[]): Kept[] | undefined {
  const { disk, cacheFolder } = session;
  const folder = resolvePath(cacheFolder, '_npx');
  if (!disk.isFolder(folder)) return undefined;
  const all = disk.list(folder).map(({ name: hash }): Kept => {
    const path = resolvePath(folder, hash);
    const manifest = disk.readText(resolvePath(path, 'package.json')) === undefined ? undefined : tryReadManifest(disk, path);
    const text = manifest === undefined ? undefined : disk.readText(resolvePath(path, 'package.json'));
    const { _npx: own } = JSON.parse(text ?? '{}') as { _npx?: { packages?: string[] } };
    return { hash, path, isValid: manifest !== undefined, packages: own?.packages };
  });
  all.sort((a, b) => (a.hash < b.hash ? -1 : 1));
  if (keys.length === 0) return all;
  const known = abbreviations(all.map(({ hash }) => hash));
  return keys.map((key) => {
    const found = all.find(({ hash }) => hash === known.get(key));
    if (found === undefined) throw usageFailure('cache', `Invalid npx key ${key}`);
    return found;
  });
}

function list(session: Session): void {
  const kept = keptFolders(session, []);
  if (kept === undefined) session.display.output('npx cache does not exist');
  for (const { hash, isValid, packages } of kept ?? []) {
    session.display.output(`${hash}: ${isValid ? (packages?.join(', ') ?? '(unknown)') : '(empty/invalid)'}`);
  }
}

function remove(session: Session, keys: readonly string[]): void {
  const { config, disk, display, cacheFolder } = session;
  const dryRun = config.flag('dry-run');
  if (keys.length === 0 && !config.flag('force')) throw usageFailure('cache', 'Please use --force to remove entire npx cache');
  if (keys.length === 0 && !dryRun) {
    disk.remove(resolvePath(cacheFolder, '_npx'));
    return;
  }
  for (const { path } of keptFolders(session, keys) ?? []) {
    display.output(`Removing npx key at ${path}`);
    if (!dryRun) disk.remove(path);
  }
}

function info(session: Session, keys: readonly string[]): void {
  const { disk, display } = session;
  const { cyan, blue, green, red } = display.colors;
  if (keys.length === 0) throw usageFailure('cache');
  for (const { hash, path, isValid, packages } of keptFolders(session, keys) ?? []) {
    display.output(`${isValid ? green('valid') : red('invalid')} npx cache entry with key ${blue(hash)}`);
    display.output(`location: ${blue(path)}`);
    if (isValid) {
      const lines = (packages ?? []).map((text) => {
        const name = text.replace(/(?!^)@.*$/, '');
        const version = tryReadManifest(disk, resolvePath(path, 'node_modules', name))?.version;
        return `- ${cyan(text)}${version === undefined ? '' : ` (${blue(`${name}@${version}`)})`}`;
      });
      display.output([packages === undefined ? 'packages: (unknown)' : 'packages:', ...lines].join('\n'));
    }
    display.output();
  }
}

export function npxCache(session: Session, [action, ...keys]: readonly string[]): Promise<void> {
  if (action === 'ls') list(session);
  else if (action === 'rm') remove(session, keys);
  else if (action === 'info') info(session, keys);
  else throw usageFailure('cache');
  return Promise.resolve();
}
