/**
 * `npm run verify`: everything that must hold before a commit is shared. All checks run, so one run shows everything.
 *
 *     npm run verify -- --only types,layers     some of the checks
 *     npm run verify -- --browser chromium      browser tests in one browser
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkCommittedTexts, checkDependencyReasons, checkReadmes } from './documents.ts';
import { projectFiles } from './files.ts';
import { checkLayers } from './imports.ts';
import { checkPackage } from './package.ts';
import { linesOf, outcomeOf, run } from './report.ts';
import type { Check, Outcome } from './report.ts';
import { checkSizes } from './sizes.ts';
import { runBrowserTests, runEndToEndTests, runNodeTests } from './tests.ts';
import { checkLayerTypes, checkProjectTypes } from './types.ts';

process.chdir(fileURLToPath(new URL('../../..', import.meta.url)));
const { values: options } = parseArgs({ options: { only: { type: 'string' }, browser: { type: 'string' } } });

async function runTool(command: string, args: readonly string[]): Promise<Outcome> {
  const { code, output } = await run(process.execPath, [command, ...args]);
  return outcomeOf(code === 0 ? [] : linesOf(output));
}

function checkFormat(): Promise<Outcome> {
  const files = projectFiles().filter((file) => /\.(ts|mjs|json|css|html|md)$/.test(file) || file.startsWith('.prettierrc'));
  return runTool('node_modules/prettier/bin/prettier.cjs', ['--list-different', '--ignore-unknown', ...files]);
}

const checks: readonly Check[] = [
  { name: 'format', run: checkFormat },
  { name: 'lint', run: () => runTool('node_modules/eslint/bin/eslint.js', ['--max-warnings=0', '--format=stylish', '.']) },
  { name: 'types: language only', run: () => checkLayerTypes('es') },
  { name: 'types: worker', run: () => checkLayerTypes('worker') },
  { name: 'types: page', run: () => checkLayerTypes('dom') },
  { name: 'types: tests', run: () => checkProjectTypes('tsconfig.json') },
  { name: 'types: tools', run: () => checkProjectTypes('tsconfig.node.json') },
  { name: 'layers', run: checkLayers },
  { name: 'docs', run: checkReadmes },
  { name: 'dependencies', run: checkDependencyReasons },
  { name: 'texts', run: checkCommittedTexts },
  { name: 'build', run: () => runTool('runtime/tools/build/build.ts', []) },
  { name: 'sizes', run: checkSizes },
  { name: 'package', run: checkPackage },
  { name: 'node tests', run: runNodeTests },
  { name: 'browser tests', run: () => runBrowserTests(options.browser) },
  { name: 'end-to-end tests', run: runEndToEndTests },
];

const only = options.only?.split(',');
const chosen = checks.filter(({ name }) => only === undefined || only.some((word) => name === word || name.startsWith(`${word}:`)));
if (chosen.length === 0) throw new Error(`Cannot check "${options.only ?? ''}": known are ${checks.map(({ name }) => name).join(', ')}`);

let passed = 0;
let failed = 0;
for (const check of chosen) {
  const start = performance.now();
  const outcome = await check
    .run()
    .catch((error: unknown) => outcomeOf([error instanceof Error ? (error.stack ?? error.message) : String(error)]));
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${outcome.failed === 0 ? 'ok    ' : 'FAILED'} ${check.name.padEnd(24)} ${seconds.padStart(6)} s`);
  const shown = outcome.lines.slice(0, 200);
  for (const line of shown) console.log(`         ${line}`);
  if (shown.length < outcome.lines.length) console.log(`         … and ${outcome.lines.length - shown.length} lines more`);
  passed += outcome.passed;
  failed += outcome.failed;
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
