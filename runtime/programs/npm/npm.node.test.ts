/** What must hold whatever happens while packages are installed. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NpmSystem } from './testing/npm-in-node.ts';
import { startRegistry, tarballOf, type MadePackage, type TestRegistry } from './testing/registry.ts';
import { resolutionCount, useBundledResolver } from './testing/resolver-in-node.ts';

const packages: readonly MadePackage[] = [
  { name: 'good', version: '1.0.0' },
  { name: 'good', version: '2.0.0' },
  { name: 'noted', version: '1.0.0' },
  // Only of the test that interrupts its download: packages are stored once for all containers.
  { name: 'slow', version: '1.0.0' },
  { name: 'wrong', version: '1.0.0', wrongIntegrity: true },
  { name: 'compiled', version: '1.0.0', manifest: { scripts: { install: 'prebuild-install || node-gyp rebuild' } } },
  { name: 'sqlite3', version: '1.0.0', manifest: { scripts: { install: 'exit 1' } } },
  { name: 'breaks', version: '1.0.0', manifest: { scripts: { install: 'exit 1' } } },
  { name: 'spoils', version: '1.0.0', manifest: { scripts: { install: 'mkdir -p ../good/own && echo > ../good/own/file; exit 1' } } },
  {
    name: 'nests',
    version: '1.0.0',
    manifest: { scripts: { install: 'cd ../.. && npm install --no-fund > /tmp/nested.txt 2>&1; exit 1' } },
  },
  {
    name: 'maybe',
    version: '1.0.0',
    manifest: { bin: { maybe: 'cli.js' }, scripts: { install: 'exit 1' } },
    files: { 'cli.js': '#!/usr/bin/env node\n' },
  },
  { name: 'waits', version: '1.0.0', manifest: { scripts: { install: 'echo started > /tmp/started; sleep 60' } } },
  {
    name: 'installs',
    version: '1.0.0',
    manifest: { scripts: { install: 'cd /tmp/other && npm install good@1 --no-fund > out.txt 2>&1' } },
  },
  {
    name: 'rusty',
    version: '1.0.0',
    manifest: { optionalDependencies: { '@rusty/core-linux-x64-gnu': '1.0.0', '@rusty/core-wasm32-wasi': '1.0.0' } },
  },
  {
    name: 'lonely',
    version: '1.0.0',
    manifest: { peerDependencies: { nobody: '1' }, peerDependenciesMeta: { nobody: { optional: true } } },
  },
  { name: 'fast', version: '1.0.0', manifest: { optionalDependencies: { '@fast/linux-64': '1.0.0' } } },
  { name: '@fast/linux-64', version: '1.0.0', manifest: { os: ['linux'], cpu: ['x64'] } },
  {
    name: 'rusty',
    version: '1.9.0',
    manifest: { optionalDependencies: { '@rusty/core-linux-x64-gnu': '1.0.0', '@rusty/core-wasm32-wasi': '1.9.0' } },
  },
  {
    name: 'rusty',
    version: '2.0.0',
    manifest: { optionalDependencies: { '@rusty/core-linux-x64-gnu': '1.0.0', '@rusty/core-wasm32-wasi': '2.0.0' } },
  },
  { name: 'on-rusty', version: '1.0.0', manifest: { optionalDependencies: { '@rusty/core-wasm32-wasi': '1.0.0' } } },
  { name: '@rusty/core-linux-x64-gnu', version: '1.0.0', manifest: { os: ['linux'], cpu: ['x64'] } },
  { name: '@rusty/core-wasm32-wasi', version: '1.0.0', manifest: { cpu: ['wasm32'] } },
  {
    name: 'esbuild',
    version: '0.25.0',
    manifest: {
      bin: { esbuild: 'bin/esbuild' },
      optionalDependencies: { '@esbuild/linux-x64': '0.25.0' },
      scripts: { postinstall: 'exit 1' },
    },
    files: { 'bin/esbuild': 'native' },
  },
  { name: '@esbuild/linux-x64', version: '0.25.0', manifest: { os: ['linux'], cpu: ['x64'] }, files: { 'bin/esbuild': 'native' } },
  {
    name: 'esbuild-wasm',
    version: '0.25.0',
    manifest: { bin: { esbuild: 'bin/esbuild' } },
    files: { 'bin/esbuild': '#!/usr/bin/env node\nconsole.log("wasm")\n' },
  },
];

const manifest = (dependencies: Readonly<Record<string, string>>) => JSON.stringify({ name: 'p', version: '1.0.0', dependencies });

describe('npm install', () => {
  let registry: TestRegistry;
  const systems: NpmSystem[] = [];
  before(async () => {
    await useBundledResolver();
    registry = await startRegistry(packages);
  });
  after(async () => {
    await Promise.all(systems.map((system) => system.close()));
    await registry.close();
  });

  async function boot(files: Readonly<Record<string, string>>): Promise<NpmSystem> {
    const system = new NpmSystem(registry.address);
    systems.push(system);
    await system.boot(files);
    return system;
  }
  const snapshot = async (system: NpmSystem) =>
    (await system.run('find . -type f -o -type l | sort; cat package.json package-lock.json 2>/dev/null')).stdout;

  test('a wrong hash fails with both hashes and leaves everything as it was', async () => {
    const system = await boot({ 'package.json': manifest({ good: '1' }) });
    assert.equal((await system.run('npm install')).code, 0);
    const before = await snapshot(system);
    const failed = await system.run('npm install good@2 wrong');
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /^npm error code EINTEGRITY$/m);
    assert.match(failed.stderr, /integrity checksum failed when using sha512: wanted sha512-\S+ but got sha512-\S+\. \(\d+ bytes\)/);
    assert.equal(await snapshot(system), before);
  });

  test('what was decided on is not decided on again, as long as nothing has changed that it depends on', async () => {
    const decided = async (system: NpmSystem, command: string) => {
      const before = resolutionCount();
      const result = await system.run(command);
      assert.equal(result.code, 0, result.stderr);
      return { result: result.stdout.replace(/ in \S+/, ''), times: resolutionCount() - before };
    };
    const files = { 'package.json': manifest({ good: '^1.0.0', 'esbuild-wasm': '*' }) };
    const [first, second, third] = [await boot(files), await boot(files), await boot(files)];
    const one = await decided(first, 'npm install');
    assert.equal(one.times, 1);
    assert.deepEqual(await decided(second, 'npm install'), { ...one, times: 0 });
    assert.equal(await snapshot(second), await snapshot(first));
    // With a tree that is there, npm's own code looks at all of it.
    assert.equal((await decided(second, 'rm package-lock.json && npm install')).times, 1);
    assert.equal((await decided(second, 'rm package-lock.json && npm install')).times, 1);
    assert.equal((await decided(second, 'rm -r package-lock.json node_modules && npm install')).times, 0);
    assert.equal((await decided(second, 'rm -r package-lock.json node_modules && npm install --omit=dev')).times, 1);
    // Nobody has the optional peer, and it is asked for all the same.
    const lonely = { 'package.json': manifest({ lonely: '1' }) };
    assert.equal((await decided(await boot(lonely), 'npm install')).times, 1);
    registry.requests.length = 0;
    assert.equal((await decided(await boot(lonely), 'npm install')).times, 0);
    assert.ok(registry.requests.includes('/nobody'), registry.requests.join(' '));
    registry.intercept = (path, response) => {
      if (path !== '/esbuild-wasm') return false;
      response.writeHead(404, { 'content-type': 'application/json' }).end('{}');
      return true;
    };
    const failed = await third.run('npm install');
    assert.match(failed.stderr, /^npm error code E404$/m);
    registry.intercept = undefined;
    await third.run(`echo '${manifest({ good: '1' })}' > package.json`);
    assert.equal((await decided(third, 'npm install')).times, 1);
  });

  test('a failing script of a package takes everything back', async () => {
    const system = await boot({ 'package.json': manifest({ good: '1' }) });
    await system.run('npm install');
    const before = await snapshot(system);
    const failed = await system.run('npm install good@2 breaks');
    assert.equal(failed.code, 1);
    assert.match(failed.stderr, /^npm error path \/home\/app\/node_modules\/breaks$/m);
    assert.match(failed.stderr, /^npm error command sh -c exit 1$/m);
    assert.equal(await snapshot(system), before);
    assert.equal((await system.run('node -p "require(\'good\')"')).stdout, 'good@1.0.0\n');
  });

  test('what a script does with the folders of packages that went is taken back, too', async () => {
    const system = await boot({ 'package.json': manifest({ good: '1' }) });
    await system.run('npm install');
    const installed = await system.run('cat node_modules/good/package.json');
    await system.run(`echo '${manifest({ spoils: '1' })}' > package.json`);
    assert.equal((await system.run('npm install')).code, 1);
    assert.deepEqual(await system.run('cat node_modules/good/package.json'), installed);
    assert.equal((await system.run('ls -A node_modules node_modules/good')).stdout.includes('own'), false);
  });

  test('an install that a script starts in the same project leaves what is put aside', async () => {
    const system = await boot({ 'package.json': manifest({ good: '1' }) });
    await system.run('npm install');
    const before = await snapshot(system);
    assert.equal((await system.run('npm install good@2 nests')).code, 1);
    assert.match((await system.run('cat /tmp/nested.txt')).stdout, /^\n(?:added|changed|removed) .* in /);
    assert.equal(await snapshot(system), before);
    assert.equal((await system.run('node -p "require(\'good\')"')).stdout, 'good@1.0.0\n');
  });

  test('an optional package whose script fails goes with its commands', async () => {
    const project = { name: 'p', version: '1.0.0', dependencies: { good: '1' }, optionalDependencies: { maybe: '1' } };
    const system = await boot({ 'package.json': JSON.stringify(project) });
    const result = await system.run('npm install');
    assert.equal(result.code, 0, result.stderr);
    assert.equal((await system.run('ls -AR node_modules')).stdout.includes('maybe'), false);
  });

  test('interrupted while it fetches: as it was, and it ends by the signal', async () => {
    const system = await boot({ 'package.json': manifest({ good: '1' }) });
    await system.run('npm install');
    const before = await snapshot(system);
    let asked: (() => void) | undefined;
    const hanging = new Promise<void>((resolve) => (asked = resolve));
    registry.intercept = (path) => {
      if (!path.endsWith('slow-1.0.0.tgz')) return false;
      asked?.();
      return true; // Never answered.
    };
    let pid = 0;
    const running = system.run('npm install slow', { onStart: (started) => (pid = started) });
    await hanging;
    await system.kill(pid, 'SIGINT');
    const result = await running;
    registry.intercept = undefined;
    assert.equal(result.signal, 'SIGINT');
    assert.equal(await snapshot(system), before);
    assert.equal((await system.run('npm install slow')).code, 0);
    assert.equal((await system.run('node -p "require(\'slow\')"')).stdout, 'slow@1.0.0\n');
  });

  test('killed while a script runs: the next install repairs what is there', async () => {
    const system = await boot({ 'package.json': manifest({ good: '1' }) });
    await system.run('npm install');
    let pid = 0;
    const running = system.run('npm install waits', { onStart: (started) => (pid = started) });
    // All of the container is microtasks of this thread: its network needs a turn, too.
    while ((await system.run('cat /tmp/started')).code !== 0) await new Promise((resolve) => setImmediate(resolve));
    await system.kill(pid, 'SIGKILL');
    await running;
    const repaired = await system.run('npm ci');
    assert.equal(repaired.code, 0, repaired.stderr);
    assert.equal((await system.run('ls -A node_modules')).stdout, '.package-lock.json\ngood\n');
  });

  test('two at once: the second waits for the first, and begins with what that one left', async () => {
    const system = await boot({ 'package.json': manifest({}) });
    const results = await Promise.all([system.run('npm install good@1'), system.run('npm install slow')]);
    assert.deepEqual(
      results.map(({ code }) => code),
      [0, 0],
    );
    const { dependencies } = JSON.parse((await system.run('cat package.json')).stdout) as { dependencies: object };
    assert.deepEqual(dependencies, { good: '^1.0.0', slow: '^1.0.0' });
    assert.equal((await system.run('npm ls')).code, 0);
  });

  test('many at once, of all managers: no part of one is between the beginning and the end of another', async () => {
    const project = JSON.stringify({
      name: 'p',
      version: '1.0.0',
      dependencies: { good: '1' },
      scripts: { preinstall: 'echo "begin $PWD" >> /tmp/order', postinstall: 'echo "end $PWD" >> /tmp/order' },
    });
    const names = ['npm', 'pnpm', 'yarn', 'bun', 'npm-again', 'berry'];
    const system = await boot(Object.fromEntries(names.map((name) => [`${name}/package.json`, project])));
    await system.run('printf "nodeLinker: node-modules\\nenableScripts: true\\n" > berry/.yarnrc.yml; touch berry/yarn.lock');
    const programs: Record<string, string> = { 'npm-again': 'npm', berry: 'yarn' };
    // Some as of two terminals, some as of one shell.
    const [two, three] = [names.slice(0, 3), names.slice(3)].map((some) =>
      some.map((name) => `(cd ${name} && ${programs[name] ?? name} install) &`).join(' '),
    );
    const results = await Promise.all([system.run(`${two} wait`), system.run(`${three} wait`)]);
    const order = (await system.run('cat /tmp/order')).stdout.trim().split('\n');
    assert.equal(order.length, 2 * names.length, results.map(({ stdout, stderr }) => stdout + stderr).join());
    for (let at = 0; at < order.length; at += 2) assert.equal(order[at + 1], order[at]?.replace('begin', 'end'), order.join('\n'));
    for (const name of names) assert.equal((await system.run(`cd ${name} && node -p "require('good')"`)).stdout, 'good@1.0.0\n', name);
  });

  test('a manifest that is no object leaves all as it is', async () => {
    for (const [text, message] of [
      ['null', 'Can not normalize without content'],
      ['5', "Cannot use 'in' operator to search for 'bundleDependencies' in 5"],
    ] as const) {
      const system = await boot({ 'package.json': text });
      for (const line of ['npm install', 'npm init -y', 'npm version patch']) {
        const { code, stderr } = await system.run(line);
        assert.equal(code, 1, line);
        assert.ok(stderr.startsWith(`npm error ${message}\n`), stderr);
      }
      assert.equal((await system.run('ls -A; cat package.json')).stdout, `package.json\n${text}`);
    }
  });

  test('tokens and passwords are sent, and not noted', async (t) => {
    const asked: (string | undefined)[] = [];
    registry.intercept = (_, response) => {
      asked.push(response.req.headers.authorization);
      return false;
    };
    t.after(() => (registry.intercept = undefined));
    const { host } = new URL(registry.address);
    for (const line of [
      `//${host}/:_authToken=secret-token`,
      `//${host}/:username=reader\n//${host}/:_password=${btoa('secret-password')}`,
      `registry=http://writer:secret-word@${host}/`,
    ]) {
      const system = await boot({ 'package.json': manifest({ noted: '1' }), '.npmrc': `${line}\n` });
      assert.equal((await system.run('npm install --prefer-online && npm view noted')).code, 0);
      assert.ok(
        system.noted.some((text) => text.startsWith('request ') && text.endsWith('/noted')),
        system.noted.join('\n'),
      );
      assert.doesNotMatch(system.noted.join('\n'), /secret|c2VjcmV0|reader|writer/);
      assert.doesNotMatch((await system.run('cat package-lock.json')).stdout, /secret|writer/);
    }
    assert.ok(asked.includes('Bearer secret-token'));
    assert.ok(asked.includes(`Basic ${btoa('reader:secret-password')}`), asked.join());
    assert.ok(asked.includes(`Basic ${btoa('writer:secret-word')}`), asked.join());
  });

  test('`strict-ssl=false` is said to change nothing', async () => {
    const note = 'npm warn strict-ssl=false has no effect: the browser checks every certificate\n';
    const system = await boot({ 'package.json': manifest({ good: '1' }), '.npmrc': 'strict-ssl=false\n' });
    const installed = await system.run('npm install');
    assert.equal(installed.code, 0);
    assert.equal(installed.stderr, note);
    assert.equal((await system.run('rm .npmrc; npm install')).stderr, '');
    assert.equal((await system.run('npm install --no-strict-ssl')).stderr, note);
  });

  test('an install of a script that runs beside an install waits for that', async () => {
    const scripts = {
      preinstall: 'echo "begin $PWD" >> /tmp/order; touch /tmp/begun; while [ ! -e /tmp/go ]; do sleep 0; done',
      postinstall: 'echo "end $PWD" >> /tmp/order',
    };
    const system = await boot({
      'package.json': JSON.stringify({
        name: 'p',
        version: '1.0.0',
        scripts: { ...scripts, more: 'touch /tmp/go; cd other && npm install' },
      }),
      'other/package.json': JSON.stringify({ name: 'o', version: '1.0.0', scripts: { preinstall: scripts.postinstall } }),
    });
    const first = system.run('npm install');
    while ((await system.run('cat /tmp/begun')).code !== 0) await new Promise((resolve) => setImmediate(resolve));
    const { code, stderr } = await system.run('npm run more');
    assert.equal(code, 0, stderr);
    await first;
    assert.equal((await system.run('cat /tmp/order')).stdout, 'begin /home/app\nend /home/app\nend /home/app/other\n');
  });

  test('an install that a script of an install starts does not wait for it', async () => {
    const system = await boot({ 'package.json': manifest({ installs: '1' }) });
    await system.run('mkdir -p /tmp/other && echo "{}" > /tmp/other/package.json');
    const result = await system.run('npm install');
    assert.equal(result.code, 0, result.stderr);
    assert.match((await system.run('cat /tmp/other/out.txt')).stdout, /added 1 package/);
  });

  test('what is there already is neither fetched nor mounted again', async () => {
    const system = await boot({ 'package.json': manifest({ good: '1' }) });
    await system.run('npm install');
    registry.requests.length = 0;
    const again = await system.run('npm install');
    assert.match(again.stdout, /^\nup to date in /);
    await system.run('rm -rf node_modules/good');
    assert.match((await system.run('npm install')).stdout, /^\nadded 1 package in /);
    assert.deepEqual(registry.requests, []);
  });

  test('native packages: another is mounted in their place, the tree stays npm’s', async () => {
    const system = await boot({ 'package.json': manifest({ esbuild: '0.25.0' }) });
    const result = await system.run('npm install');
    assert.equal(result.code, 0, result.stderr);
    assert.match(
      result.stderr,
      /^npm notice bavini esbuild-wasm@0\.25\.0 takes the place of esbuild@0\.25\.0, whose native code no browser runs$/m,
    );
    assert.match(result.stdout, /added 2 packages/);
    const lock = JSON.parse((await system.run('cat package-lock.json')).stdout) as { packages: Record<string, { version: string }> };
    assert.deepEqual(Object.keys(lock.packages), ['', 'node_modules/@esbuild/linux-x64', 'node_modules/esbuild']);
    assert.equal((await system.run('npx esbuild')).stdout, 'wasm\n');
    // Loading the binary's package fails and says why.
    assert.equal(
      (await system.run('cd node_modules/@esbuild/linux-x64 && ls && cat index.js')).stdout,
      'index.js\npackage.json\n' +
        'throw Object.assign(new Error("@esbuild/linux-x64@0.25.0 is native code, which no browser runs: esbuild-wasm is there for it"), ' +
        "{ code: 'ERR_DLOPEN_FAILED' });\n",
    );
    assert.match((await system.run('npm ls')).stdout, /└── esbuild@0\.25\.0\n/);
  });

  for (const when of ['resolved', 'locked'])
    test(`native packages: their own build for WebAssembly is mounted in them, ${when}`, async () => {
      const system = await boot({ 'package.json': manifest({ rusty: '1.0.0' }) });
      if (when === 'locked') assert.equal((await system.run('npm install --package-lock-only')).code, 0);
      const result = await system.run('npm install');
      assert.equal(result.code, 0, result.stderr);
      assert.match(
        result.stderr,
        /^npm notice bavini @rusty\/core-wasm32-wasi@1\.0\.0 takes the place of rusty@1\.0\.0, whose native code no browser runs$/m,
      );
      assert.equal((await system.run('ls node_modules/rusty/node_modules/@rusty')).stdout, 'core-wasm32-wasi\n');
      assert.match(
        (await system.run('cat node_modules/@rusty/core-linux-x64-gnu/index.js')).stdout,
        /is native code, which no browser runs: @rusty\/core-wasm32-wasi is there for it/,
      );
    });

  test('native packages: one whose build for WebAssembly nobody published is named', async () => {
    const system = await boot({ 'package.json': manifest({ rusty: '2' }) });
    const result = await system.run('npm install');
    assert.equal(result.code, 0, result.stderr);
    assert.match(
      result.stderr,
      /^npm warn bavini rusty@2\.0\.0 does not run in a page: no version of @rusty\/core-wasm32-wasi was found that fits$/m,
    );
    assert.equal((await system.run('ls node_modules')).stdout, '@rusty\nrusty\n');
  });

  test('native packages: one that uses another’s build for WebAssembly has none itself', async () => {
    const system = await boot({ 'package.json': manifest({ 'on-rusty': '1' }) });
    const result = await system.run('npm install');
    assert.equal(result.code, 0, result.stderr);
    assert.doesNotMatch(result.stderr, /bavini/);
  });

  test('native packages: a build for WebAssembly that is published late is the nearest earlier one', async () => {
    const system = await boot({ 'package.json': manifest({ rusty: '1.9.0' }) });
    const result = await system.run('npm install');
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stderr, /^npm notice bavini @rusty\/core-wasm32-wasi@1\.0\.0 takes the place of rusty@1\.9\.0, /m);
  });

  test('native packages: a build of the platform alone is named, and says why when it is loaded', async () => {
    const system = await boot({ 'package.json': manifest({ fast: '1' }) });
    const result = await system.run('npm install --no-fund');
    assert.equal(result.code, 0, result.stderr);
    assert.match(
      result.stderr,
      /^npm warn bavini @fast\/linux-64@1\.0\.0 does not run in a page: it is native code, which no browser runs$/m,
    );
    assert.match((await system.run('cat node_modules/@fast/linux-64/index.js')).stdout, /it is native code, which no browser runs/);
    assert.match((await system.run('cat package-lock.json')).stdout, /@fast\/linux-64/);
  });

  test('native packages without a twin are named, and stay without what their scripts would build', async () => {
    const system = await boot({ 'package.json': manifest({ compiled: '1', sqlite3: '1' }) });
    const result = await system.run('npm install --no-fund');
    assert.equal(result.code, 0, result.stderr);
    assert.deepEqual(
      result.stderr.split('\n').filter((line) => line.startsWith('npm warn bavini')),
      [
        'npm warn bavini sqlite3@1.0.0 does not run in a page: sql.js is SQLite as WebAssembly',
        'npm warn bavini compiled@1.0.0 does not run in a page: its script "prebuild-install || node-gyp rebuild" would build native code, which no browser runs',
      ],
    );
    assert.equal((await system.run('ls node_modules')).stdout, 'compiled\nsqlite3\n');
  });

  test('authors add substitutions, and take them away', async () => {
    const own = {
      name: 'p',
      version: '1.0.0',
      dependencies: { good: '1', esbuild: '0.25.0' },
      bavini: { substitutions: { good: 'esbuild-wasm@0.25.0', esbuild: true } },
    };
    const system = await boot({ 'package.json': JSON.stringify(own) });
    const result = await system.run('npm install --ignore-scripts');
    assert.equal(result.code, 0, result.stderr);
    assert.match((await system.run('cat node_modules/good/package.json')).stdout, /"name": "esbuild-wasm"/);
    assert.match((await system.run('cat node_modules/esbuild/package.json')).stdout, /"name": "esbuild"/);
  });

  test('global packages: their commands come and go', async () => {
    const system = await boot({ 'package.json': manifest({}) });
    const added = await system.run('npm install -g esbuild-wasm && esbuild && npm ls -g');
    assert.match(added.stdout, /added 1 package[^]*\nwasm\n\/usr\/local\/lib\n└── esbuild-wasm@0\.25\.0\n/, added.stderr);
    const removed = await system.run('npm uninstall -g esbuild-wasm; ls /usr/local/bin');
    assert.match(removed.stdout, /^\nremoved 1 package in \d+m?s\n$/, removed.stderr);
  });

  test('a lock of npm 6 is enough for `npm ci`', async () => {
    const { createHash } = await import('node:crypto');
    const integrity = `sha512-${createHash('sha512')
      .update(tarballOf(packages[0] as MadePackage))
      .digest('base64')}`;
    const lock = {
      name: 'p',
      version: '1.0.0',
      lockfileVersion: 1,
      requires: true,
      dependencies: { good: { version: '1.0.0', resolved: `${registry.address}good/-/good-1.0.0.tgz`, integrity } },
    };
    const system = await boot({ 'package.json': manifest({ good: '^1.0.0' }), 'package-lock.json': JSON.stringify(lock) });
    const result = await system.run('npm ci');
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stderr, /npm warn old lockfile The package-lock\.json file was created with an old version of npm,/);
    assert.equal((await system.run('node -p "require(\'good\')"')).stdout, 'good@1.0.0\n');
  });
});
