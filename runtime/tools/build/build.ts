/**
 * `npm run build`: makes `dist/`.
 *
 *     npm run build                     everything
 *     npm run build -- --quick          scripts only, not minified: for trying things out
 *     npm run build -- --only kernel    only these entries (comma-separated), not minified
 *     npm run build -- --watch          scripts, again whenever a source changes, not minified
 */
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rollup, watch } from 'rollup';
import type { OutputOptions, RollupBuild, RollupOptions } from 'rollup';
import { writeAssets } from './assets.ts';
import { licenceText, bundledPackages } from './licences.ts';
import { takeLock } from './lock.ts';
import { Output } from './output.ts';

process.chdir(fileURLToPath(new URL('../../..', import.meta.url)));
const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, watch: { type: 'boolean' }, only: { type: 'string' } },
});
const quick = options.quick === true || options.watch === true || options.only !== undefined;

async function step(name: string, work: () => Promise<unknown>): Promise<void> {
  const start = performance.now();
  await work();
  console.log(`${name.padEnd(32)} ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

async function loadConfig(): Promise<RollupOptions[]> {
  const { default: config } = (await import('../../../rollup.config.mjs' as string)) as { default: (args: object) => RollupOptions[] };
  return config({ configQuick: quick, configOnly: options.only });
}

async function writeBundle(bundle: RollupBuild, form: OutputOptions, output: Output): Promise<void> {
  const { output: files } = await bundle.generate(form);
  // Chunks first: nobody may find an entry whose chunks are not there yet.
  files.sort((a, b) => Number(a.type === 'chunk' && a.isEntry) - Number(b.type === 'chunk' && b.isEntry));
  for (const file of files) await output.write(file.fileName, file.type === 'chunk' ? file.code : file.source);
}

async function bundleAll(output: Output): Promise<void> {
  const failures: unknown[] = [];
  for (const one of await loadConfig()) {
    const name = Object.keys(one.input as object).join(', ');
    try {
      await step(`bundle   ${name}`, async () => {
        const bundle = await rollup(one);
        await writeBundle(bundle, one.output as OutputOptions, output);
        await bundle.close();
      });
    } catch (error) {
      console.error(`failed   ${name}: ${String(error)}`);
      failures.push(error);
    }
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} of the bundles failed`);
}

async function buildOnce(): Promise<void> {
  const output = new Output('dist');
  await bundleAll(output);
  if (options.only !== undefined) return;
  await step('assets', () => writeAssets(output));
  if (existsSync('runtime/tools/node-library/build.ts')) {
    const { writeNodeLibrary } = (await import('../node-library/build.ts' as string)) as { writeNodeLibrary: (output: Output) => Promise<void> };
    await step('node library', () => writeNodeLibrary(output));
  }
  if (quick) return;
  await output.write('THIRD-PARTY-LICENSES.txt', licenceText(bundledPackages.values()));
  await output.deleteOthers();
}

async function watchAll(): Promise<void> {
  const output = new Output('dist');
  const configs = await loadConfig();
  const watcher = watch(configs.map((one) => ({ ...one, watch: { skipWrite: true, buildDelay: 100 } })));
  watcher.on('event', (event) => {
    if (event.code === 'ERROR') console.error(`failed   ${event.error.message}`);
    if (event.code !== 'BUNDLE_END') return;
    const one = configs.find((config) => JSON.stringify(config.input) === JSON.stringify(event.input));
    const name = Object.keys(event.input as object).join(', ');
    writeBundle(event.result, one?.output as OutputOptions, output)
      .then(() => event.result.close())
      .then(() => console.log(`bundle   ${name.padEnd(23)} ${(event.duration / 1000).toFixed(1)} s`))
      .catch((error: unknown) => console.error(`failed   ${name}: ${String(error)}`));
  });
}

await mkdir('.cache', { recursive: true });
const release = await takeLock('.cache/build.lock');
const start = performance.now();
try {
  await buildOnce();
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  console.log(`built    bavini ${version} in ${((performance.now() - start) / 1000).toFixed(1)} s`);
} catch (error) {
  console.error(error instanceof AggregateError ? error.message : error);
  process.exitCode = 1;
} finally {
  await release();
}
if (options.watch === true) await watchAll();
