/**
 * `npm run bench`: medians, and ratios against peers, in one run in Chromium. Nothing here passes or fails; it prints what
 * it measured and the machine it measured on. `--only boot,install` picks rows, `--runs 5` sets the number of fresh pages.
 */
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { ensureBaked } from '../runtime/tools/baked-packages.ts';
import { findBrowser } from '../runtime/tools/browsers.ts';
import { OwnBrowser, type Bench, type Row } from './bench.ts';
import { bundlePeers } from './peers.ts';
import { Registry } from './registry.ts';
import { containers, further } from './rows/elements.ts';
import { lesson } from './rows/lessons.ts';
import { disk, installs, peak, required, small } from './rows/npm.ts';
import { ends, get, key, memory, tasks, template } from './rows/page.ts';
import { boot, node, pipe, require } from './rows/runtime.ts';
import { serve } from './serve.ts';

const all = [
  boot,
  node,
  pipe,
  require,
  get,
  key,
  ends,
  tasks,
  template,
  memory,
  containers,
  further,
  lesson,
  installs,
  required,
  small,
  peak,
  disk,
];
const { values } = parseArgs({ options: { only: { type: 'string' }, runs: { type: 'string', default: '7' } } });
const names = values.only?.split(',') ?? all.map(({ name }) => name);
const chosen = all.filter(({ name }) => names.includes(name));
const unknown = names.filter((name) => !all.some((one) => one.name === name));
if (unknown.length > 0) throw new Error(`There are no rows ${unknown.join(', ')}; there are ${all.map(({ name }) => name).join(', ')}`);

await bundlePeers();
const baked = chosen.some(({ needsRegistry }) => needsRegistry === true)
  ? new Registry(await ensureBaked(['basic', 'bundlers', 'bench']))
  : undefined;
const answers = new Map<string, Uint8Array>();
const { server, origin } = await serve(answers, baked);
const executablePath = findBrowser('chromium');
if (executablePath === undefined) throw new Error('Cannot find Chromium: install it, or set CHROME_PATH');
const openBrowser = () => OwnBrowser.open(executablePath, origin);
const shared = await openBrowser();
const bench: Bench = {
  runs: Number(values.runs),
  origin,
  answers,
  shared,
  registryAddress: `${origin}${Registry.path}`,
  get registry() {
    if (baked === undefined) throw new Error('These rows were not said to need the registry');
    return baked;
  },
  async withBrowser(work) {
    const own = await openBrowser();
    try {
      return await work(own);
    } finally {
      await own.close();
    }
  },
};
const rows: Row[] = [];
for (const { measure } of chosen) rows.push(...(await measure(bench)));

const version = await shared.browser.version();
await shared.close();
server.close();

const date = new Date().toISOString().slice(0, 10);
console.log(
  `\n${version}, ${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}, ${date}; medians of ${bench.runs} fresh pages\n`,
);
console.log('| what | measured | must reach | aim |\n| --- | --- | --- | --- |');
for (const { what, value, mustReach, aim } of rows) {
  console.log(`| ${[what, value, mustReach, aim].map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`);
}
