/** What `yarn pack` makes of a repository: Yarn notes the checksum of that, not of what the host sends. */
import { minimatch } from 'minimatch';
import { decodeText, encodeText } from '../../../../../process/text.ts';
import type { ProjectManifest } from '../../project.ts';
import type { ArchiveFile } from './archive.ts';

/** Patterns; what begins with `!` takes a pattern before it back. */
interface Patterns {
  readonly accept: string[];
  readonly reject: string[];
}

const everywhere: Patterns = {
  accept: ['/package.json', ...['readme', 'license', 'licence', 'changelog'].flatMap((name) => [`/${name}`, `/${name}.*`])],
  reject: [
    '/package.tgz',
    '.github',
    '.git',
    '.hg',
    'node_modules',
    '.npmignore',
    '.gitignore',
    '.#*',
    '.DS_Store',
    '.yarnrc.yml',
    '/yarn.lock',
    '/.yarn/install-state.gz',
    '/.yarn/__virtual__',
    '/.pnp.cjs',
    '/.pnp.data.json',
    '/.pnp.loader.mjs',
  ],
};

/** Fields that `publishConfig` replaces. */
const publishFields = ['type', 'main', 'browser', 'module', 'exports', 'imports', 'bin'];

export function packRepository(files: readonly ArchiveFile[], manifest: ProjectManifest): readonly ArchiveFile[] {
  const publish = (manifest['publishConfig'] ?? {}) as Readonly<Record<string, unknown>>;
  const published: Record<string, unknown> = { ...manifest };
  for (const field of publishFields) if (publish[field] !== undefined) published[field] = publish[field];
  const { bin } = published as ProjectManifest;
  const programs = Object.values(typeof bin === 'string' ? [bin] : (bin ?? {}));
  const entryPoints = [published['main'], published['module'], published['browser'], ...programs].filter(
    (each) => typeof each === 'string',
  );
  const own: Patterns = { accept: entryPoints.map((path) => absolute('/', path)), reject: [] };
  const listed = manifest['files'] as readonly string[] | undefined;
  if (listed !== undefined) {
    own.reject.push('/*');
    for (const pattern of listed) add(own.accept, pattern, '/');
  }
  const isProgram = new Set([...programs, ...((publish['executableFiles'] ?? []) as string[])].map((path) => absolute('/', path)));
  return chosen(files, own, listed !== undefined)
    .sort((a, b) => (a.path < b.path ? -1 : 1))
    .map(({ path, data }) => ({
      path,
      data: path === 'package.json' ? encodeText(JSON.stringify(published, null, 2)) : data,
      mode: isProgram.has(`/${path}`) ? 0o755 : 0o644,
    }));
}

function chosen(files: readonly ArchiveFile[], own: Patterns, hasList: boolean): ArchiveFile[] {
  const found: ArchiveFile[] = [];
  const walk = (folder: string, above: readonly Patterns[]): void => {
    if (isOut(folder, null)) return;
    const prefix = folder === '/' ? '' : folder.slice(1) + '/';
    const within = files.filter(({ path }) => path.startsWith(prefix));
    const here = new Map(within.map((file) => [file.path.slice(prefix.length), file]));
    const ignore = hasList && folder === '/' ? undefined : (here.get('.npmignore') ?? here.get('.gitignore'));
    let lists = ignore === undefined ? above : [patternsOf(ignore, folder), ...above];
    if (isOut(folder, above)) lists = [...above, { accept: [], reject: ['**/*'] }];
    for (const name of new Set([...here.keys()].map((path) => path.replace(/\/.*$/s, '')))) {
      const path = absolute(folder, name);
      const file = here.get(name);
      if (file === undefined) walk(path, lists);
      else if (!isOut(path, lists)) found.push(file);
    }
  };
  walk('/', [own]);
  return found;
}

function patternsOf({ data }: ArchiveFile, folder: string): Patterns {
  const patterns: Patterns = { accept: [], reject: [] };
  for (const line of decodeText(data).split('\n')) add(patterns.reject, line, folder);
  return patterns;
}

function add(into: string[], line: string, folder: string): void {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return;
  const isTakenBack = text.startsWith('!');
  const pattern = isTakenBack ? text.slice(1) : text;
  into.push(`${isTakenBack ? '!' : ''}${pattern.includes('/') ? absolute(folder, pattern) : pattern}`);
}

function absolute(folder: string, path: string): string {
  const parts = path.startsWith('/') ? [] : folder.split('/').filter((part) => part !== '');
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}

/** @param lists Null where only what counts everywhere is asked. */
function isOut(path: string, lists: readonly Patterns[] | null): boolean {
  for (const { accept, reject } of [everywhere, ...(lists ?? [])]) {
    const accepted = match(path, accept);
    if (accepted !== 'no') return accepted === 'taken back';
    const rejected = match(path, reject);
    if (rejected !== 'no') return rejected === 'yes';
  }
  return false;
}

function match(path: string, patterns: readonly string[]): 'yes' | 'no' | 'taken back' {
  const some = (list: readonly string[]) =>
    list.some((pattern) => minimatch(path, pattern, { dot: true, nocase: true, matchBase: !pattern.includes('/') }));
  if (some(patterns.filter((pattern) => pattern.startsWith('!')).map((pattern) => pattern.slice(1)))) return 'taken back';
  return some(patterns.filter((pattern) => !pattern.startsWith('!'))) ? 'yes' : 'no';
}
