/** npm in a page, end to end: over the built package, a registry of the test server, IndexedDB and the browser's own streams. */
import { assert } from 'chai';
import type { Container } from '../../index.ts';
import { bootContainer, endContainers, Typist } from '../../testing/page-container.ts';

const manifest = JSON.stringify({
  name: 'app',
  version: '1.0.0',
  scripts: { hello: 'node hello.js' },
  dependencies: { plain: '^1.0.0', tool: '1', nested: '1' },
});

describe('npm', function () {
  this.timeout(60_000);
  let registry = '';
  let container: Container;
  before(async () => {
    registry = await (await fetch('/__npm-registry')).text();
    container = await bootContainer({ registry });
    await container.fs.writeFile('package.json', manifest);
    await container.fs.writeFile('hello.js', 'console.log(require("plain"), process.env.npm_lifecycle_event, process.argv[2]);');
  });
  after(endContainers);

  const run = (line: string) => container.exec(line);
  const snapshot = async () => (await run('find . -type f -o -type l | sort; cat package.json package-lock.json')).stdout;

  it('`npm config get registry` is the page’s', async () => {
    assert.equal((await run('npm config get registry')).stdout.trim(), registry);
  });

  it('`npm install` resolves, fetches, mounts and writes a lockfile', async () => {
    const { stdout, stderr, code } = await run('npm install');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^\nadded 5 packages in \d+m?s\n\n1 package is looking for funding\n/);
    const lock = JSON.parse(await container.fs.readFile('package-lock.json', 'utf-8')) as { packages: object };
    assert.deepEqual(Object.keys(lock.packages), [
      '',
      'node_modules/@scope/inner',
      'node_modules/nested',
      'node_modules/nested/node_modules/plain',
      'node_modules/plain',
      'node_modules/tool',
    ]);
  });

  it('what is installed can be required, run as a command and by a script', async () => {
    assert.equal((await run("node -p \"require('plain') + require('@scope/inner')\"")).stdout, 'plain@1.1.0@scope/inner@1.2.3\n');
    assert.equal((await run('npx tool a "b c"')).stdout, 'tool a b c plain@1.1.0\n');
    assert.match((await run('npm run hello -- x')).stdout, /\nplain@1\.1\.0 hello x\n$/);
  });

  it('`npm ci` makes the same tree again, from the store of this browser', async () => {
    const before = await snapshot();
    const { stdout, stderr, code } = await run('npm ci');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^\nadded 5 packages in /);
    assert.equal(await snapshot(), before);
    const other = await bootContainer({ registry: `${registry}nothing-is-here/` });
    await other.fs.writeFile('package.json', manifest);
    await other.fs.writeFile('package-lock.json', await container.fs.readFile('package-lock.json', 'utf-8'));
    const offline = await other.exec('npm ci && node -p "require(\'plain\')"');
    assert.match(offline.stdout, /added 5 packages[^]*\nplain@1\.1\.0\n$/, offline.stderr);
  });

  it('a tarball with another hash leaves everything as it was', async () => {
    const before = await snapshot();
    const { stderr, code } = await run('npm install plain@2 wrong');
    assert.equal(code, 1);
    assert.match(stderr, /^npm error code EINTEGRITY$/m);
    assert.match(stderr, /wanted sha512-\S+ but got sha512-\S+/);
    assert.equal(await snapshot(), before);
  });

  it('Ctrl-C while it fetches takes the spinner away and leaves everything as it was', async () => {
    const before = await snapshot();
    const typist = new Typist(await container.spawn('sh', [], { terminal: { cols: 60, rows: 10 } }));
    await typist.type('npm install hangs\n');
    await typist.until(/fetching [█░#.]{20} 0\/1/);
    await typist.type('\x03');
    await typist.type('echo "code $?"\n');
    assert.match(await typist.until(/code \d+/), /\x1b\[1G\x1b\[0K(?!.*fetching)/s);
    await typist.type('exit\n');
    assert.equal(await snapshot(), before);
  });

  it('a package that nobody has is told as npm tells it', async () => {
    const { stderr, code } = await run('npm install nobody-has-this');
    assert.equal(code, 1);
    assert.match(stderr, /^npm error code E404\nnpm error 404 Not Found - GET /);
    assert.match(stderr, /The requested resource 'nobody-has-this@\*' could not be found/);
  });
});
