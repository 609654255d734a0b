/**
 * Writes `programs/npm/managers/yarn/berry/builtin-patches.ts`: the packages that Yarn 4 patches by itself, for which versions, and the hash
 * that it notes of each patch. `node runtime/tools/record-yarn-patches.ts` asks the real Yarn about one version of each range.
 */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { brotliDecompressSync } from 'node:zlib';
import semver from 'semver';
import { startRegistry } from '../programs/npm/testing/registry.ts';
import { commandOf, installManagers, managersCache } from './real-managers.ts';

installManagers();
const source = fs.readFileSync(path.join(managersCache, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js'), 'utf8');
const texts = [...source.matchAll(/brotliDecompressSync\(Buffer\.from\("([^"]+)","base64"\)\)/g)].map(([, text = '']) =>
  brotliDecompressSync(Buffer.from(text, 'base64')).toString(),
);

/** A file that only one of the patches changes. */
const files: Readonly<Record<string, string>> = { fsevents: 'fsevents.js', resolve: 'lib/normalize-options.js', typescript: 'lib/tsc.js' };
const rangesOf = (name: string) => {
  const patch = texts.find((text) => text.includes(`diff --git a/${files[name] ?? ''} `)) ?? '';
  return [...new Set([...patch.matchAll(/^semver exclusivity (.*)$/gm)].map(([, range = '']) => range))];
};

const wanted = Object.keys(files).flatMap((name) => [
  ...rangesOf(name).map((range) => ({ name, range, version: someVersion(range) })),
  { name, range: '', version: '0.0.1' },
]);

function someVersion(range: string): string {
  const lowest = semver.minVersion(range)?.version ?? '';
  return lowest.includes('-') ? lowest : (semver.maxSatisfying([lowest, `${lowest.replace(/\d+$/, '')}9`], range) ?? lowest);
}

const registry = await startRegistry(wanted.map(({ name, version }) => ({ name, version })));
const rows: string[] = [];
for (const { name, range, version } of wanted) {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'patches-'));
  const { command, env } = commandOf('berry', registry.address, folder);
  const cwd = path.join(folder, 'project');
  fs.mkdirSync(cwd);
  fs.writeFileSync(path.join(cwd, 'package.json'), JSON.stringify({ name: 'project', dependencies: { [name]: version } }));
  fs.writeFileSync(path.join(cwd, 'yarn.lock'), '');
  await promisify(execFile)(command[0] ?? '', [...command.slice(1), 'install', '--mode', 'update-lockfile'], {
    cwd,
    env: { ...env, YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1' },
  });
  const hash = /::version=[^&]*&hash=([0-9a-f]{6})"/.exec(fs.readFileSync(path.join(cwd, 'yarn.lock'), 'utf8'))?.[1] ?? '';
  rows.push(`  { name: '${name}', range: ${range === '' ? 'undefined' : `'${range}'`}, hash: '${hash}' },\n`);
  console.log(rows.at(-1)?.trim());
  fs.rmSync(folder, { recursive: true });
}
await registry.close();
fs.writeFileSync(
  path.join(import.meta.dirname, '../programs/npm/managers/yarn/berry/builtin-patches.ts'),
  `/** What Yarn 4 patches by itself. Made by \`node runtime/tools/record-yarn-patches.ts\`. */

/** Versions without a range are patched with nothing. */
export const builtinPatches: readonly { readonly name: string; readonly range: string | undefined; readonly hash: string }[] = [
${rows.join('')}];
`,
);
