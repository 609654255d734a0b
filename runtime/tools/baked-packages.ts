/**
 * Bakes real packages for tests into `.cache/baked`, from the configured registry, once per machine; what is there already needs no network.
 *
 *     node runtime/tools/baked-packages.ts                  the group `basic`
 *     node runtime/tools/baked-packages.ts tools bundlers   these too
 *     node runtime/tools/baked-packages.ts all
 *
 * Beside the baked folder's own files: `projects/<name>/package.json` and the `package-lock.json` that npm would write for it.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type * as bakeModule from '../../cli/bake.ts';
import type { Registries } from '../../cli/registries.ts';
import { takeLock } from './build/lock.ts';
import { bundleFile } from './build/npm-resolver.ts';
import { bakedProjects, manifestOf, type BakedGroup, type BakedProject } from './baked-projects.ts';

const folder = fileURLToPath(new URL('../../.cache/baked', import.meta.url));
const groups = Object.keys(bakedProjects) as BakedGroup[];

function textOf(name: string, project: BakedProject): string {
  return `${JSON.stringify(manifestOf(name, project), null, 2)}\n`;
}

/** What is baked depends on the project and on the table of native packages. */
function keyOf(name: string, project: BakedProject): string {
  const table = readFileSync(new URL('../programs/npm/install/substitutions.ts', import.meta.url));
  return createHash('sha256').update(textOf(name, project)).update(table).digest('hex');
}

function isBaked(name: string, project: BakedProject): boolean {
  const key = join(folder, 'projects', name, '.baked');
  return existsSync(key) && readFileSync(key, 'utf8') === keyOf(name, project);
}

/**
 * Makes sure that the groups are baked and resolves with the folder.
 *
 * @param names Only these projects of the groups.
 */
export async function ensureBaked(
  wanted: readonly BakedGroup[],
  say: (line: string) => void = () => undefined,
  names?: readonly string[],
): Promise<string> {
  const missing = wanted
    .flatMap((group) => Object.entries<BakedProject>(bakedProjects[group]))
    .filter(([name, project]) => names?.includes(name) !== false && !isBaked(name, project));
  if (missing.length === 0) return folder;
  mkdirSync(folder, { recursive: true });
  const release = await takeLock(join(folder, '../baked.lock'));
  try {
    const bundled = await bundleFile('bake', 'runtime/tools/build/bake-entry.ts');
    const { bake, openRegistries } = (await import(pathToFileURL(bundled).href)) as typeof bakeModule & {
      openRegistries: (folder: string, registry: string | undefined) => Registries;
    };
    const registry = execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8', shell: process.platform === 'win32' }).trim();
    if (missing.every(([name, project]) => isBaked(name, project))) return folder; // Another process did it meanwhile.
    // They share metadata: npm would take versions that came with one of them for all others, too.
    const before = Object.values(bakedProjects)
      .flatMap((group) => Object.entries<BakedProject>(group))
      .filter(([name]) => existsSync(join(folder, 'projects', name, '.baked')) && !missing.some(([one]) => one === name));
    for (const [name, project] of [...missing, ...before]) {
      const at = join(folder, 'projects', name);
      mkdirSync(at, { recursive: true });
      rmSync(join(at, 'package-lock.json'), { force: true });
      writeFileSync(join(at, 'package.json'), textOf(name, project));
      const { lock } = await bake({ folder: at, registries: openRegistries(at, registry), out: folder, also: [], omitDev: false, say });
      writeFileSync(join(at, 'package-lock.json'), lock ?? '');
      writeFileSync(join(at, '.baked'), keyOf(name, project));
    }
  } finally {
    await release();
  }
  return folder;
}

if (process.argv[1] === import.meta.filename) {
  const names = process.argv.slice(2);
  const unknown = names.filter((name) => name !== 'all' && !(groups as string[]).includes(name));
  if (unknown.length > 0) {
    console.error(`There are no groups ${unknown.join(', ')}; there are ${groups.join(', ')}`);
    process.exitCode = 1;
  } else {
    const wanted = names.includes('all') ? groups : names.length === 0 ? (['basic'] as const) : (names as BakedGroup[]);
    console.log(`baked    ${await ensureBaked(wanted, (line) => console.log(`         ${line}`))}`);
  }
}
