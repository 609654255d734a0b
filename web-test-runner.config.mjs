import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { esbuildPlugin } from '@web/dev-server-esbuild';
import { defaultReporter } from '@web/test-runner';
import { puppeteerLauncher } from '@web/test-runner-puppeteer';
import { chromiumArguments, findBrowser } from './runtime/tools/browsers.ts';
import { browserPackages } from './runtime/programs/npm/testing/cases.ts';
import { startRegistry } from './runtime/programs/npm/testing/registry.ts';
import { serve } from './runtime/tools/serve.ts';
import { whyNoWebKit } from './runtime/tools/webkit/webkit-driver.ts';
import { webkitLauncher } from './runtime/tools/webkit/webkit-launcher.ts';

const root = fileURLToPath(new URL('.', import.meta.url));
/** `BROWSERS=chromium npx wtr …` picks one, `webkit` too; without it, Chromium and Firefox where they are installed. */
const wanted = process.env.BROWSERS?.split(',') ?? ['chromium', 'firefox'];

const launchers = {
  chromium: (executablePath) => puppeteerLauncher({ concurrency: 1, launchOptions: { executablePath, args: chromiumArguments } }),
  firefox: (executablePath) => puppeteerLauncher({ concurrency: 1, launchOptions: { browser: 'firefox', executablePath, headless: true } }),
};

const browsers = wanted.flatMap((name) => {
  if (name === 'webkit') {
    const why = whyNoWebKit();
    if (why !== undefined) throw new Error(`Cannot test in WebKitGTK: ${why}`);
    return [webkitLauncher()];
  }
  if (!(name in launchers)) throw new Error(`Cannot test in "${name}": known are ${[...Object.keys(launchers), 'webkit'].join(', ')}`);
  const path = findBrowser(name);
  if (path === undefined) console.log(`There is no ${name} on this machine: its tests are left out`);
  return path === undefined ? [] : [launchers[name](path)];
});
if (browsers.length === 0) throw new Error(`Cannot run browser tests: none of ${wanted.join(', ')} is installed (see CONTRIBUTING.md)`);

/** A second origin with CORS, as a CDN is one: `fetch('/__second-origin')` says where. */
function secondOrigin() {
  let running;
  return {
    name: 'second-origin',
    async serverStart() {
      running = await serve({ root, port: 0, cors: true });
    },
    async serverStop() {
      running?.server.closeAllConnections();
      running?.server.close();
    },
    serve(context) {
      if (context.path === '/__second-origin') return { body: running.origin, type: 'text' };
    },
  };
}

/** A registry with made packages: `fetch('/__npm-registry')` says where. */
function npmRegistry() {
  let running;
  return {
    name: 'npm-registry',
    async serverStart() {
      running = await startRegistry(browserPackages);
    },
    async serverStop() {
      await running?.close();
    },
    serve(context) {
      if (context.path === '/__npm-registry') return { body: running.address, type: 'text' };
    },
  };
}

/** Leaves the counts for `npm run verify`. */
function countReporter() {
  const counts = {};
  const add = (browser, suite) => {
    for (const test of suite?.tests ?? []) {
      const count = (counts[browser] ??= { passed: 0, failed: 0, skipped: 0 });
      if (test.skipped) count.skipped += 1;
      else if (test.passed) count.passed += 1;
      else count.failed += 1;
    }
    for (const inner of suite?.suites ?? []) add(browser, inner);
  };
  return {
    stop({ sessions }) {
      for (const session of sessions) {
        add(session.browser.name, session.testResults);
        // A file that could not be loaded, or that reported errors outside of a test, is a failure of its own.
        if (!session.passed && (session.errors.length > 0 || session.testResults === undefined)) {
          (counts[session.browser.name] ??= { passed: 0, failed: 0, skipped: 0 }).failed += 1;
        }
      }
      mkdirSync('.cache', { recursive: true });
      writeFileSync('.cache/browser-tests.json', JSON.stringify(counts));
    },
  };
}

export default {
  rootDir: root,
  files: ['{runtime,components,sw}/**/*.test.ts', '!**/*.{node,oracle,e2e}.test.ts', '!runtime/tools/**'],
  nodeResolve: { browser: true, exportConditions: ['browser', 'production'] },
  concurrency: 1,
  concurrentBrowsers: 1,
  browsers,
  // Only what hangs is cut off by these: a busy machine may be ten times slower than a quiet one.
  browserStartTimeout: 180_000,
  testsStartTimeout: 180_000,
  testsFinishTimeout: 900_000,
  testFramework: { config: { timeout: 120_000 } },
  plugins: [
    esbuildPlugin({ ts: true, target: 'es2022', tsconfig: fileURLToPath(new URL('tsconfig.json', import.meta.url)) }),
    secondOrigin(),
    npmRegistry(),
  ],
  reporters: [defaultReporter({ reportTestResults: true, reportTestProgress: process.stdout.isTTY === true }), countReporter()],
};
