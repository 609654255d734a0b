/** Which files of a folder belong to its package: `npm-packlist`'s rules. */
import { minimatch } from 'minimatch';
import { S_IFDIR, S_IFREG } from '../../../base/file-mode.ts';
import { compareNames } from '../compare-names.ts';
import type { Disk } from '../disk.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { tryReadManifest } from '../manifest/read-manifest.ts';
import { resolvePath } from '../paths.ts';

/** In every folder, whatever the package says. */
const neverPacked = [
  '**/.npmignore',
  '**/.gitignore',
  '**/.git',
  '**/.git/**',
  '**/.svn',
  '**/.svn/**',
  '**/.hg',
  '**/.hg/**',
  '**/CVS',
  '**/CVS/**',
  '/archived-packages',
  '/archived-packages/**',
  '**/.lock-wscript',
  '/.wafpickle-*',
  '/build/config.gypi',
  '**/npm-debug.log',
  '**/.npmrc',
  '**/.*.swp',
  '**/.DS_Store',
  '**/._*',
  '**/*.orig',
  '/package-lock.json',
  '/yarn.lock',
  '/pnpm-lock.yaml',
  '/bun.lockb',
];

interface Rule {
  readonly negated: boolean;
  readonly pattern: string;
  readonly onlyFolders: boolean;
  /** The folder the rule was written in; empty for the root. */
  readonly base: string;
}

function rulesOf(text: string, base: string): Rule[] {
  return text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const negated = line.startsWith('!');
      let pattern = negated ? line.slice(1) : line;
      const onlyFolders = pattern.endsWith('/');
      pattern = pattern.replace(/\/+$/, '');
      // A pattern without a slash counts at every depth.
      pattern = pattern.startsWith('/') ? pattern.slice(1) : pattern.includes('/') ? pattern : `**/${pattern}`;
      return { negated, pattern, onlyFolders, base };
    });
}

const options = { dot: true, nocase: true, nonegate: true, nocomment: true, flipNegate: true } as const;

/** Whether the last fitting rule takes a path out. A folder that is out takes everything in it with it. */
function isIgnored(path: string, isFolder: boolean, rules: readonly Rule[]): boolean {
  let ignored = false;
  for (const { negated, pattern, onlyFolders, base } of rules) {
    if (onlyFolders && !isFolder) continue;
    if (base !== '' && !path.startsWith(`${base}/`)) continue;
    const inside = base === '' ? path : path.slice(base.length + 1);
    if (minimatch(inside, pattern, options)) ignored = !negated;
  }
  return ignored;
}

const isFixed = (path: string) =>
  neverPacked.some((pattern) => minimatch(path, pattern.startsWith('/') ? pattern.slice(1) : pattern, { dot: true }));

/** All files and folders by `files` of the manifest, before what is always and never there. */
function matcher(files: readonly string[]): (path: string) => boolean {
  const patterns = files.flatMap((entry) => {
    const negated = entry.startsWith('!');
    const clean = entry
      .replace(/^!/, '')
      .replace(/^\.?\/+/, '')
      .replace(/\/+$/, '')
      .replace(/\/\*$/, '/**');
    if (clean === '' || clean === '.') return [{ negated, patterns: ['**'] }];
    return [{ negated, patterns: [clean, `${clean}/**`] }];
  });
  return (path) => {
    let kept = false;
    for (const { negated, patterns: all } of patterns) {
      if (all.some((pattern) => minimatch(path, pattern, { dot: true, nocase: true }))) kept = !negated;
    }
    return kept;
  };
}

/** Relative paths, sorted as npm sorts them: `package.json` is where its name puts it. */
export function packedFiles(disk: Disk, root: string, manifest: Manifest): string[] {
  const found: string[] = [];
  const always = (path: string) => {
    if (/^(?:package\.json)$/.test(path) || path === 'npm-shrinkwrap.json') return true;
    if (/^(?:readme|licen[cs]e|copying)(?:\.[^/]*[^~$]|)$/i.test(path)) return true;
    const main = (manifest.main ?? '').replace(/^\.\//, '');
    const browser = typeof manifest['browser'] === 'string' ? manifest['browser'].replace(/^\.\//, '') : '';
    return path === main || path === browser || Object.values(manifest.bin ?? {}).includes(path);
  };
  const listed = manifest.files === undefined ? undefined : matcher(manifest.files);
  const walk = (folder: string, inherited: readonly Rule[]) => {
    const entries = disk.list(resolvePath(root, folder));
    const names = new Set(entries.map(({ name }) => name));
    const rules = [...inherited];
    // The root's own ignore files count only where `files` does not decide.
    const ignoreFile = names.has('.npmignore') ? '.npmignore' : names.has('.gitignore') ? '.gitignore' : undefined;
    if (ignoreFile !== undefined && (folder !== '' || listed === undefined)) {
      rules.push(...rulesOf(disk.readText(resolvePath(root, folder, ignoreFile)) ?? '', folder));
    }
    for (const { name, type } of entries) {
      const path = folder === '' ? name : `${folder}/${name}`;
      if (type === S_IFDIR) {
        if (name === 'node_modules') continue;
        if (isFixed(path) || isIgnored(path, true, rules)) {
          // Something that is always packed may be in it.
          if (![...Object.values(manifest.bin ?? {}), manifest.main ?? ''].some((file) => file.replace(/^\.\//, '').startsWith(`${path}/`)))
            continue;
          walk(path, [...rules, { negated: false, pattern: '**', onlyFolders: false, base: path }]);
        } else walk(path, rules);
      } else if (type === S_IFREG) {
        if (always(path)) found.push(path);
        else if (!isFixed(path) && !isIgnored(path, false, rules) && (listed === undefined || listed(path))) found.push(path);
      }
    }
  };
  walk('', []);
  for (const name of bundledNames(disk, root, manifest)) found.push(...bundledFiles(disk, root, `node_modules/${name}`));
  return sortFiles([...new Set(found)]);
}

/** Packages that travel inside, and what they need. */
function bundledNames(disk: Disk, root: string, manifest: Manifest): Set<string> {
  const names = new Set(manifest.bundleDependencies ?? []);
  for (const name of names) {
    const { dependencies = {} } = tryReadManifest(disk, resolvePath(root, 'node_modules', name)) ?? {};
    for (const inner of Object.keys(dependencies)) if (disk.isFolder(resolvePath(root, 'node_modules', inner))) names.add(inner);
  }
  return names;
}

function bundledFiles(disk: Disk, root: string, folder: string): string[] {
  return disk.list(resolvePath(root, folder)).flatMap(({ name, type }) => {
    const path = `${folder}/${name}`;
    if (type === S_IFDIR) return bundledFiles(disk, root, path);
    return type === S_IFREG ? [path] : [];
  });
}

/** By extension, then by name, then by folder: what is alike is packed side by side. */
function sortFiles(paths: readonly string[]): string[] {
  const extension = (path: string) => /(?<=[^/])(\.[^./]*)$/.exec(path)?.[1]?.toLowerCase() ?? '';
  const base = (path: string) => path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  return [...paths].sort((a, b) => compareNames(extension(a), extension(b)) || compareNames(base(a), base(b)) || compareNames(a, b));
}
