/**
 * `npm run build`: makes `dist/`.
 *
 *     npm run build                     everything
 *     npm run build -- --quick          scripts only, not minified: for trying things out
 *     npm run build -- --only kernel    only these entries (comma-separated), not minified
 *     npm run build -- --watch          scripts, again whenever a source changes, not minified
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { rollup, watch } from 'rollup';
import type { OutputOptions, RollupBuild, RollupOptions } from 'rollup';
import { writeAssets } from './assets.ts';
import { workerCode, workers, writeBundled } from './bundled.ts';
import { bundledPackages, licenceText } from './licences.ts';
import { takeLock } from './lock.ts';
import { writeFrameworks } from './frameworks.ts';
import { writeManifest } from './manifest.ts';
import { Output } from './output.ts';
import { writeQuickJsLayer } from './quickjs-layer.ts';
import { writeDemoTemplates } from './demo-templates.ts';
import { partName } from './node-parts.ts';
import { writeTypes } from './types.ts';
import { writeNodeLibrary } from '../node-library/build.ts';
import { nodeLicence, pinnedVersion } from '../node-library/pinned-node.ts';

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

/** Which packages each script has code of: the size check finds lazy chunks by it. */
const packagesOf: Record<string, string[]> = {};

/** Those of the `process-node.js` that was built last. */
const parts = new Map<string, string>();

async function writeBundle(bundle: RollupBuild, form: OutputOptions, output: Output): Promise<void> {
  const { output: files } = await bundle.generate(form);
  // Chunks first: nobody may find an entry whose chunks are not there yet.
  files.sort((a, b) => Number(a.type === 'chunk' && a.isEntry) - Number(b.type === 'chunk' && b.isEntry));
  for (const file of files) {
    if (file.type !== 'chunk') continue;
    const names = file.moduleIds.map((id) => /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(id.replaceAll('\\', '/'))?.[1]);
    packagesOf[file.fileName] = [...new Set(names.filter((name) => name !== undefined))].sort();
  }
  const isWorkers = files.some((file) => workers.includes(file.fileName));
  for (const file of files) {
    const part = partName(file.fileName);
    if (part !== undefined && file.type === 'chunk') parts.set(part, file.code);
    else await output.write(file.fileName, file.type === 'chunk' ? (isWorkers ? workerCode(file) : file.code) : file.source);
  }
}

/** Steps that failed do not hold up the others: who works on one part needs what there is of the rest. */
const failures: string[] = [];

async function attempt(name: string, work: () => Promise<unknown>): Promise<void> {
  try {
    await step(name, work);
  } catch (error) {
    console.error(`failed   ${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    failures.push(name);
  }
}

async function buildOnce(): Promise<void> {
  const output = new Output('dist');
  for (const one of await loadConfig()) {
    await attempt(`bundle   ${Object.keys(one.input as object).join(', ')}`, async () => {
      const bundle = await rollup(one);
      await writeBundle(bundle, one.output as OutputOptions, output);
      await bundle.close();
    });
  }
  // Its parts fit no other build of the script.
  if (parts.size > 0) await attempt('node library', () => writeNodeLibrary(output, { parts, quick }));
  if (options.only !== undefined) return;
  await attempt('assets', () => writeAssets(output));
  await attempt('demo templates', () => writeDemoTemplates(new Output('demo/templates')));
  await attempt('quickjs layer', () => writeQuickJsLayer(output));
  if (quick) return;
  await attempt('types', () => writeTypes(output));
  await attempt('manifest', () => writeManifest(output));
  await attempt('frameworks', () => writeFrameworks(output));
  await attempt('bundled', () => writeBundled(output));
  bundledPackages.set('node', { name: 'Node.js', version: pinnedVersion ?? '', licence: 'MIT', text: nodeLicence() });
  await output.write('THIRD-PARTY-LICENSES.txt', licenceText(bundledPackages.values()));
  if (failures.length === 0) await output.deleteOthers();
  await writeFile('.cache/chunks.json', JSON.stringify(packagesOf, null, 1));
}

async function watchAll(): Promise<void> {
  const output = new Output('dist');
  for (const one of await loadConfig()) {
    const name = Object.keys(one.input as object).join(', ');
    watch({ ...one, watch: { skipWrite: true, buildDelay: 100 } }).on('event', (event) => {
      if (event.code === 'ERROR') console.error(`failed   ${event.error.message}`);
      if (event.code !== 'BUNDLE_END') return;
      writeBundle(event.result, one.output as OutputOptions, output)
        .then(() => event.result.close())
        .then(() => (parts.size > 0 && name === 'process-node' ? writeNodeLibrary(output, { parts, quick }) : undefined))
        .then(() => console.log(`bundle   ${name.padEnd(23)} ${(event.duration / 1000).toFixed(1)} s`))
        .catch((error: unknown) => console.error(`failed   ${name}: ${String(error)}`));
    });
  }
}

await mkdir('.cache', { recursive: true });
const release = await takeLock('.cache/build.lock');
const start = performance.now();
try {
  await buildOnce();
  const { version } = JSON.parse(await readFile('package.json', 'utf8')) as { version: string };
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  if (failures.length === 0) console.log(`built    bavini ${version} in ${seconds} s`);
  else
    console.error(
      `Cannot build all of bavini ${version}: ${failures.length} steps failed (${failures.map((name) => name.replace(/ +/g, ' ')).join('; ')})`,
    );
  if (failures.length > 0) process.exitCode = 1;
} finally {
  await release();
}
if (options.watch === true) await watchAll();
