/** The size budgets of what a page loads. A budget without its files fails. */
import { existsSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { gzipSync } from 'node:zlib';
import { init, parse } from 'es-module-lexer';
import { outcomeOf } from './report.ts';
import type { Outcome } from './report.ts';

interface Budget {
  readonly what: string;
  /** In `dist/`; a module counts with all that it imports statically. */
  readonly files: readonly string[];
  /** Entries whose files are there already. */
  readonly after?: readonly string[];
  /** What it imports dynamically counts, too. */
  readonly whole?: boolean;
  /** Of 1,000 bytes, after gzip. */
  readonly maxKilobytes: number;
}

/** The lazy chunks with code of `packageName`, as the last build recorded them. */
function chunksWith(packageName: string): string[] {
  if (!existsSync('.cache/chunks.json')) return [];
  const packages = JSON.parse(readFileSync('.cache/chunks.json', 'utf8')) as Record<string, string[]>;
  return Object.keys(packages).filter((file) => file.startsWith('chunks/') && packages[file]?.includes(packageName) === true);
}

/** The chunks of these names, as the last build recorded them. */
function chunksNamed(...names: readonly string[]): string[] {
  if (!existsSync('.cache/chunks.json')) return [];
  const packages = JSON.parse(readFileSync('.cache/chunks.json', 'utf8')) as Record<string, string[]>;
  return Object.keys(packages).filter((file) => names.includes(/^chunks\/(.+)-[\w-]{8}\.js$/.exec(file)?.[1] ?? ''));
}

/** From the API to the end of `node -e 0`: a browser is seen to ask for these and what they import (`host/first-process.e2e.test.ts`). */
const firstProcess = ['index.js', 'kernel.js', 'shared.js', 'process-node.js', 'node-library.tar.gz'];

export function filesOfFirstProcess(): Promise<Set<string>> {
  return closureOf(firstProcess);
}

function budgets(): readonly Budget[] {
  return [
    { what: 'npm with a lockfile', files: chunksNamed('npm'), after: ['shared.js'], maxKilobytes: 60 },
    { what: 'npm in all', files: chunksNamed('npm'), after: ['shared.js'], whole: true, maxKilobytes: 350 },
    { what: 'entry script', files: ['bavini.js'], maxKilobytes: 25 },
    { what: 'API alone', files: ['index.js'], maxKilobytes: 25 },
    { what: 'editor', files: chunksWith('@codemirror/view'), maxKilobytes: 170 },
    { what: 'files', files: chunksNamed('bv-files'), maxKilobytes: 15 },
    { what: 'output', files: chunksNamed('bv-output'), maxKilobytes: 10 },
    { what: 'layout', files: chunksNamed('bv-layout'), maxKilobytes: 6 },
    { what: 'terminal', files: chunksWith('@xterm/xterm'), maxKilobytes: 110 },
    { what: 'live code fences', files: chunksNamed('watch-fences'), maxKilobytes: 8 },
    { what: 'lessons', files: chunksNamed('bv-lesson'), maxKilobytes: 20 },
    { what: 'kernel', files: ['kernel.js'], whole: true, maxKilobytes: 60 },
    {
      what: 'what npm needs more to decide on a tree',
      files: chunksWith('@npmcli/arborist'),
      after: ['shared.js', ...chunksNamed('npm')],
      maxKilobytes: 150,
    },
    { what: 'all that node -e 0 needs', files: firstProcess, maxKilobytes: 550 },
  ];
}

/** The files and everything they import statically, or with `dynamic` at all, apart from what `loaded` has. */
export async function closureOf(
  files: readonly string[],
  loaded: ReadonlySet<string> = new Set(),
  options: { readonly dynamic?: boolean } = {},
): Promise<Set<string>> {
  await init;
  const found = new Set<string>();
  const queue = [...files];
  for (let file = queue.pop(); file !== undefined; file = queue.pop()) {
    if (found.has(file) || loaded.has(file)) continue;
    found.add(file);
    if (!file.endsWith('.js')) continue;
    // What workers import late is in parentheses (`tools/build/bundled.ts`), which the lexer does not look into.
    const [imports] = parse(readFileSync(`dist/${file}`, 'utf8').replace(/\bimport\(\(("[^"]+")\)\)/g, 'import($1)'));
    for (const { type, specifier } of imports) {
      if ((type !== 'dynamic' || options.dynamic === true) && specifier?.startsWith('.') === true)
        queue.push(posix.join(posix.dirname(file), specifier));
    }
  }
  return found;
}

export async function checkSizes(): Promise<Outcome> {
  const problems: string[] = [];
  const lines: string[] = [];
  const entry = existsSync('dist/bavini.js') ? await closureOf(['bavini.js']) : new Set<string>();
  for (const { what, files, maxKilobytes, after, whole } of budgets()) {
    const missing = files.filter((file) => !existsSync(`dist/${file}`));
    if (files.length === 0 || missing.length > 0) {
      problems.push(`${what}: not built (${missing.join(', ') || 'no such chunk'})`);
      continue;
    }
    // A lazy chunk is fetched by a page that has the entry already.
    const loaded = after === undefined ? (files.every((file) => file.startsWith('chunks/')) ? entry : undefined) : await closureOf(after);
    const all = await closureOf(files, loaded, whole === true ? { dynamic: true } : {});
    let bytes = 0;
    for (const file of all) {
      const content = readFileSync(`dist/${file}`);
      bytes += file.endsWith('.gz') ? content.length : gzipSync(content, { level: 9 }).length;
    }
    const line = `${what}: ${(bytes / 1000).toFixed(1)} kB of ${maxKilobytes} kB`;
    (bytes > maxKilobytes * 1000 ? problems : lines).push(bytes > maxKilobytes * 1000 ? `${line}, which is too much` : line);
  }
  return outcomeOf(problems, lines);
}
