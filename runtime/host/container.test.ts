import { assert } from 'chai';
import { bootContainer, endContainers, Typist, within, hangMs } from '../testing/page-container.ts';
import type { Container } from '../index.ts';

const decoder = new TextDecoder();

async function rejects(work: Promise<unknown>, code: string): Promise<Error & { code?: string }> {
  try {
    await work;
  } catch (error) {
    assert.equal((error as { code?: string }).code, code, String(error));
    return error as Error;
  }
  throw new Error(`Nothing failed; expected ${code}`);
}

async function text(stream: ReadableStream<Uint8Array>): Promise<string> {
  let all = '';
  const reader = stream.getReader();
  const utf8 = new TextDecoder();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return all;
    all += utf8.decode(value, { stream: true });
  }
}

/** The first event, whatever it was called with. */
function event<T>(listen: (resolve: (value: T) => void) => void, what: string): Promise<T> {
  return within(hangMs, () => what, new Promise<T>(listen));
}

const server = `
const http = require('node:http');
http.createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/stream') {
    response.write('first\\n');
    globalThis.more = () => response.end('last\\n');
    response.on('close', () => console.log('closed'));
  } else if (pathname === '/more') { globalThis.more(); response.end(); }
  else if (pathname === '/crash') throw new Error('crashed');
  else if (pathname === '/hang') { console.log('hanging'); request.on('close', () => console.log('gone')); }
  else if (pathname === '/redirect') response.writeHead(302, { location: '/' }).end();
  else if (pathname === '/big') response.end(Buffer.alloc(3000000, 'x'));
  else {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      response.setHeader('set-cookie', ['a=1', 'b=2']);
      response.setHeader('x-method', request.method);
      response.end(request.url + ' ' + (request.headers['x-asked'] ?? '-') + ' ' + Buffer.concat(parts));
    });
  }
}).listen(Number(process.argv[2]), () => console.log('listening'));
`;

describe('Container', function () {
  this.timeout(120_000);
  let container: Container;

  before(async () => {
    container = await bootContainer({
      files: { 'server.js': server, 'a.txt': 'apple\n', 'src/b.txt': 'banana\n', 'data.bin': new Uint8Array([0, 255, 128]) },
      env: { GREETING: 'hello' },
    });
  });
  after(() => endContainers());

  describe('boot()', () => {
    it('puts the author’s files into the working directory, as text and as bytes', async () => {
      assert.equal(container.workdir, '/home/project');
      assert.equal(await container.fs.readFile('a.txt', 'utf8'), 'apple\n');
      assert.equal(await container.fs.readFile('/home/project/src/b.txt', 'utf8'), 'banana\n');
      assert.deepEqual([...(await container.fs.readFile('data.bin'))], [0, 255, 128]);
    });

    it('takes a tree, a name for the working directory, variables and limits', async () => {
      const other = await bootContainer({
        files: { folder: { directory: { 'x.txt': { file: { contents: 'x' } } } } },
        workdirName: 'elsewhere',
        env: { A: '1' },
        limits: { processes: 3 },
      });
      assert.equal(other.workdir, '/home/elsewhere');
      assert.equal((await other.exec('cat folder/x.txt; echo $A; pwd')).stdout, 'x1\n/home/elsewhere\n');
      await rejects(bootContainer({ limits: { nonsense: 1 } }), undefined as never);
      other.teardown();
    });

    it('stops when its signal aborts', async () => {
      const reason = new Error('no longer wanted');
      let seen: unknown;
      await bootContainer({ signal: AbortSignal.abort(reason) }).catch((error: unknown) => (seen = error));
      assert.equal(seen, reason);
    });
  });

  describe('exec()', () => {
    it('gives the status and both outputs', async () => {
      assert.deepEqual(await container.exec('echo out; echo err >&2; exit 3'), {
        code: 3,
        signal: null,
        stdout: 'out\n',
        stderr: 'err\n',
        truncated: false,
      });
    });

    it('takes a directory, variables and input', async () => {
      const { stdout } = await container.exec('pwd; echo $GREETING $MORE; cat', { cwd: 'src', env: { MORE: 42 }, input: 'typed' });
      assert.equal(stdout, '/home/project/src\nhello 42\ntyped');
      assert.equal((await container.exec('wc -c', { input: new Uint8Array(200_000) })).stdout.trim(), '200000');
    });

    it('says which signal ended it', async () => {
      const { code, signal } = await container.exec('kill -TERM $$');
      assert.deepEqual({ code, signal }, { code: null, signal: 'SIGTERM' });
    });

    it('becomes the program, where the line is one simple command', async () => {
      const { stdout } = await container.exec('node -p "process.ppid"');
      assert.equal(stdout, '1\n', 'no shell is between the page and the program');
    });

    it('ends at its time limit, and when its signal aborts, with all that it started', async () => {
      let seen: unknown;
      await container.exec('sleep 100 | sleep 101', { timeoutMs: 50 }).catch((error: unknown) => (seen = error));
      assert.equal((seen as Error).name, 'TimeoutError');
      const controller = new AbortController();
      const running = container.exec('node -e "for(;;);"', { signal: controller.signal });
      controller.abort();
      await running.catch((error: unknown) => (seen = error));
      assert.equal((seen as Error).name, 'AbortError');
      await within(
        hangMs,
        () => 'processes are left',
        (async () => {
          while ((await container.ps()).length > 0) continue;
        })(),
      );
    });

    it('keeps no more output than it is told', async () => {
      const { stdout, truncated } = await container.exec('yes | head -c 100000', { maxBytes: 1000 });
      assert.lengthOf(stdout, 1000);
      assert.isTrue(truncated);
    });

    it('reports a command that is not there, as the shell does', async () => {
      assert.deepEqual(await container.exec('nothing-of-that-name'), {
        code: 127,
        signal: null,
        stdout: '',
        stderr: 'sh: line 1: nothing-of-that-name: command not found\n',
        truncated: false,
      });
    });

    it('gives a reader every byte that another has not read', async () => {
      assert.equal((await container.exec('printf "1\\n2\\n3\\n" | (read x; cat)')).stdout, '2\n3\n');
    });

    it('runs a script through #!/usr/bin/env, whose process it is that signals reach', async () => {
      await container.fs.writeFile(
        'script',
        '#!/usr/bin/env node\nconsole.log(process.argv.slice(2).join());\nsetInterval(() => {}, 1000);\n',
      );
      const script = await container.exec('chmod +x script').then(() => container.spawn('./script', ['a', 'b'], { tty: false }));
      const reader = script.stdout.getReader();
      assert.equal(decoder.decode((await reader.read()).value), 'a,b\n');
      assert.deepEqual(
        (await container.ps()).map(({ pid, command }) => [pid, command]),
        [[script.pid, 'node /home/project/./script a b']],
      );
      await script.kill('SIGTERM');
      assert.deepEqual(await script.status, { code: null, signal: 'SIGTERM' });
    });
  });

  describe('spawn()', () => {
    it('gives a terminal', async () => {
      const person = new Typist(
        await container.spawn('node', ['-p', 'process.stdout.isTTY + " " + process.stdout.columns'], { terminal: { cols: 33, rows: 10 } }),
      );
      await person.until('true 33\r\n');
      assert.equal(await person.process.exit, 0);
    });

    it('gives three byte streams and a pid', async () => {
      const process = await container.spawn('sh', ['-c', 'cat; echo done >&2; exit 5'], { tty: false });
      assert.isAbove(process.pid, 1);
      const writer = process.stdin.getWriter();
      await writer.write(new Uint8Array([104, 105]));
      await writer.close();
      assert.deepEqual(await Promise.all([text(process.stdout), text(process.stderr), process.exit]), ['hi', 'done\n', 5]);
    });

    it('drops the output that nobody wants', async () => {
      const process = await container.spawn('sh', ['-c', 'yes | head -c 1000000; exit 4'], { output: false });
      assert.equal(await process.exit, 4);
    });

    it('lets a program wait while nobody reads', async () => {
      const process = await container.spawn('sh', ['-c', 'yes'], { tty: false });
      const reader = process.stdout.getReader();
      assert.isTrue(decoder.decode((await reader.read()).value).startsWith('y\ny\n'));
      await reader.cancel();
      assert.deepEqual(await process.status, { code: null, signal: 'SIGPIPE' });
    });

    it('kills with the signal that is asked for, also a program that never waits', async () => {
      const process = await container.spawn('node', ['-e', 'console.log("on"); for(;;);'], { tty: false });
      await process.stdout.getReader().read();
      await process.kill('SIGKILL');
      assert.deepEqual(await process.status, { code: null, signal: 'SIGKILL' });
    });

    it('ends what handles SIGTERM and loops, where no signal is asked for, and leaves it alone where one is', async () => {
      const program = 'process.on("SIGTERM", () => console.log("handled")); setImmediate(() => { console.log("on"); for (;;); })';
      const piped = await container.spawn('node', ['-e', program], { tty: false });
      await piped.stdout.getReader().read();
      await piped.kill('SIGTERM');
      assert.include(
        (await container.ps()).map(({ pid }) => pid),
        piped.pid,
      );
      await piped.kill();
      assert.deepEqual(await piped.status, { code: null, signal: 'SIGKILL' });
      const shown = await container.spawn('node', ['-e', program]);
      await new Typist(shown).until('on');
      shown.kill();
      assert.deepEqual(await shown.status, { code: null, signal: 'SIGKILL' });
    });

    it('ends with its signal', async () => {
      const controller = new AbortController();
      const process = await container.spawn('sleep', ['100'], { signal: controller.signal, tty: false });
      controller.abort();
      assert.deepEqual(await process.status, { code: null, signal: 'SIGKILL' });
    });

    it('fails for what is not there and for what is no program', async () => {
      const missing = await rejects(container.spawn('nothing-of-that-name'), 'ENOENT');
      assert.include(missing.message, "spawn 'nothing-of-that-name'");
      await rejects(container.spawn('/home'), 'EACCES');
      await rejects(container.spawn('./a.txt'), 'EACCES');
      assert.match((await rejects(container.spawn('ls', { cwd: 'nowhere' }), 'ENOENT')).message, /chdir '.*\/nowhere'$/);
      assert.match((await rejects(container.exec('pwd', { cwd: 'a.txt' }), 'ENOTDIR')).message, /chdir '.*\/a\.txt'$/);
    });
  });

  describe('fetch()', () => {
    let stop: () => Promise<number>;
    let output: Typist;
    before(async () => {
      const open = event<[number, string]>((resolve) => container.on('server-ready', (port, url) => resolve([port, url])), 'no server');
      const process = await container.spawn('node', ['server.js', '3000']);
      output = new Typist(process);
      assert.deepEqual((await open)[0], 3000);
      await output.until('listening');
      stop = () => {
        process.kill('SIGTERM');
        return process.exit;
      };
    });
    after(async () => {
      assert.equal(await stop(), 143);
    });

    it('asks a server, with method, headers and body', async () => {
      const response = await container.fetch(3000, '/path?q=1', { method: 'PUT', body: 'the body', headers: { 'x-asked': 'yes' } });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('x-method'), 'PUT');
      assert.equal(await response.text(), '/path?q=1 yes the body');
      const { rawHeaders } = await container.fetchRaw(3000, '/');
      assert.deepEqual(
        rawHeaders.filter(([name]) => name.toLowerCase() === 'set-cookie').map(([, value]) => value),
        ['a=1', 'b=2'],
      );
      assert.equal(await (await container.fetch(3000, new Request('http://localhost:3000/from-request'))).text(), '/from-request - ');
    });

    it('follows no redirect', async () => {
      const response = await container.fetch(3000, '/redirect');
      assert.equal(response.status, 302);
      assert.equal(response.headers.get('location'), '/');
    });

    it('streams the body, as the server sends it', async () => {
      const reader = (await container.fetch(3000, '/stream')).body!.getReader();
      assert.equal(decoder.decode((await reader.read()).value), 'first\n');
      await container.fetch(3000, '/more');
      assert.equal(decoder.decode((await reader.read()).value), 'last\n');
      assert.isTrue((await reader.read()).done);
    });

    it('carries a large body whole', async () => {
      assert.equal((await (await container.fetch(3000, '/big')).arrayBuffer()).byteLength, 3_000_000);
    });

    it('is aborted by its signal, which the server sees', async () => {
      const controller = new AbortController();
      const asking = container.fetch(3000, '/hang', { signal: controller.signal });
      await output.until('hanging');
      controller.abort();
      let seen: unknown;
      await asking.catch((error: unknown) => (seen = error));
      assert.equal((seen as Error).name, 'AbortError');
      await output.until('gone');
    });

    it('says that nothing listens', async () => {
      assert.include((await rejects(container.fetch(4321), 'ERR_BV_PORT_CLOSED')).message, 'port 4321');
    });

    it('answers a port that is taken with EADDRINUSE', async () => {
      const { code, stderr } = await container.exec('node server.js 3000');
      assert.equal(code, 1);
      assert.include(stderr, 'EADDRINUSE: address already in use :::3000');
    });

    it('tells of a server that crashes during a request', async () => {
      const opened = event<number>((resolve) => container.on('server-ready', (port) => resolve(port)), 'no second server');
      const closed = event<number>(
        (resolve) => container.on('port', (port, type) => type === 'close' && resolve(port)),
        'the port stays open',
      );
      const process = await container.spawn('node', ['server.js', '3001'], { tty: false });
      assert.equal(await opened, 3001);
      await rejects(container.fetch(3001, '/crash'), 'ECONNRESET');
      assert.equal(await closed, 3001);
      assert.equal(await process.exit, 1);
      assert.include(await text(process.stderr), 'Error: crashed');
      await rejects(container.fetch(3001), 'ERR_BV_PORT_CLOSED');
    });
  });

  describe('fs', () => {
    it('writes and reads text and bytes, in the encodings of Node', async () => {
      await container.fs.writeFile('w.txt', 'aé€');
      assert.equal(await container.fs.readFile('w.txt', 'utf-8'), 'aé€');
      assert.equal(await container.fs.readFile('w.txt', 'hex'), '61c3a9e282ac');
      await container.fs.writeFile('w.bin', '/w8=', 'base64');
      assert.deepEqual([...(await container.fs.readFile('w.bin'))], [255, 15]);
    });

    it('makes, lists, renames and removes', async () => {
      assert.equal(await container.fs.mkdir('t/u/v', { recursive: true }), 't/u/v');
      await container.fs.writeFile('t/f', '');
      await container.fs.symlink('f', 't/l');
      assert.equal(await container.fs.readlink('t/l'), 'f');
      assert.deepEqual((await container.fs.readdir('t')).sort(), ['f', 'l', 'u']);
      const kinds = (await container.fs.readdir('t', { withFileTypes: true }))
        .map((entry) => `${entry.name} ${entry.isFile()} ${entry.isDirectory()} ${entry.isSymbolicLink()}`)
        .sort();
      assert.deepEqual(kinds, ['f true false false', 'l false false true', 'u false true false']);
      await container.fs.rename('t/f', 't/g');
      assert.equal((await container.fs.stat('t/g')).type, 'file');
      await rejects(container.fs.stat('t/l'), 'ENOENT');
      await rejects(container.fs.rm('t'), 'EISDIR');
      await container.fs.rm('t', { recursive: true });
      await rejects(container.fs.rm('t'), 'ENOENT');
      await container.fs.rm('t', { force: true });
    });

    it('fails as Node does, saying what and where', async () => {
      assert.equal(
        (await rejects(container.fs.readFile('none.txt'), 'ENOENT')).message,
        "ENOENT: no such file or directory, open '/home/project/none.txt'",
      );
      await rejects(container.fs.readFile('src'), 'EISDIR');
      await rejects(container.fs.readdir('a.txt'), 'ENOTDIR');
      await rejects(container.fs.mkdir('src'), 'EEXIST');
      await rejects(container.fs.writeFile('/usr/lib/x', ''), 'EACCES');
    });

    it('tells a watcher of what programs do, until it is closed', async () => {
      const seen: string[] = [];
      let wake: (() => void) | undefined;
      const watcher = container.fs.watch('src', (kind, name) => {
        seen.push(`${kind} ${String(name)}`);
        wake?.();
      });
      await container.exec('echo x > src/new.txt');
      await within(
        hangMs,
        () => seen.join(),
        (async () => {
          while (!seen.includes('rename new.txt')) await new Promise<void>((resolve) => (wake = resolve));
        })(),
      );
      watcher.close();
      seen.length = 0;
      await container.exec('rm src/new.txt');
      assert.deepEqual(seen, []);
    });

    it('shows what a program writes while it never returns to its event loop', async () => {
      const seen = event<string>((resolve) => {
        void container.fs.mkdir('endless').then(() =>
          container.fs.watch('endless', (_kind, name) => {
            if (name === 'file-600') resolve(name);
          }),
        );
      }, 'the file did not appear');
      const endless = `for (let i = 0; ; i++) if (i < 2000) require('node:fs').writeFileSync('endless/file-' + i, 'x'); else require('node:fs').statSync('.')`;
      const process = await container.spawn('node', ['-e', endless], { tty: false });
      await seen;
      process.kill('SIGKILL');
      await process.exit;
    });

    it('shows programs and page the same files at once', async () => {
      const process = await container.spawn('sh', ['-c', 'while read f; do cat $f; echo from program > answer; echo wrote; done'], {
        tty: false,
      });
      const reader = process.stdout.getReader();
      const writer = process.stdin.getWriter();
      for (let round = 0; round < 20; round++) {
        await container.fs.writeFile('question', `${round}\n`);
        await writer.write(new TextEncoder().encode('question\n'));
        let seen = '';
        while (!seen.endsWith('wrote\n')) seen += decoder.decode((await reader.read()).value);
        assert.equal(seen, `${round}\nwrote\n`);
        assert.equal(await container.fs.readFile('answer', 'utf8'), 'from program\n');
      }
      await writer.close();
      assert.equal(await process.exit, 0);
    });
  });

  describe('mount() and export()', () => {
    it('round-trips a tree, a zip and a tar', async () => {
      const tree = {
        'a.txt': { file: { contents: 'a' } },
        sub: { directory: { 'b.txt': { file: { contents: 'b' } }, ln: { file: { symlink: 'b.txt' } } } },
      };
      await container.mount(tree, { mountPoint: 'mounted' });
      assert.deepEqual(await container.export('mounted'), tree);
      for (const format of ['zip', 'binary'] as const) {
        const bytes = await container.export('mounted', { format });
        assert.instanceOf(bytes, Uint8Array);
        await container.mount(bytes, { mountPoint: `again-${format}` });
        assert.deepEqual(await container.export(`again-${format}`, { format: 'json' }), tree);
      }
      assert.deepEqual(await container.export('mounted', { excludes: ['sub/**', 'sub'] }), { 'a.txt': { file: { contents: 'a' } } });
    });

    it('refuses what is no tree, and what leads out of it', async () => {
      await rejects(container.mount({ 'x.txt': 'text' } as never), 'ERR_BV_BAD_TREE');
      await rejects(container.mount({ '../x.txt': { file: { contents: '' } } }), 'ERR_BV_BAD_TREE');
      await rejects(container.mount(new Uint8Array([1, 2, 3])), 'ERR_BV_BAD_ARCHIVE');
      await rejects(bootContainer({ files: { '../../etc/passwd': 'x' } }), 'ERR_BV_PATH_ESCAPE');
    });
  });

  describe('snapshot() and restore()', () => {
    it('go back to what was, and make another container of it', async () => {
      const first = await bootContainer({ files: { 'keep.txt': 'kept', 'run.sh': '#!/bin/sh\necho ran\n' } });
      await first.exec('chmod +x run.sh; ln -s keep.txt link; mkdir empty');
      const blob = await first.snapshot();
      assert.equal(blob.type, 'application/gzip');
      await first.exec('rm -r empty keep.txt; echo new > new.txt');
      await first.restore(blob);
      assert.equal((await first.exec('ls; cat link; ./run.sh')).stdout, 'empty\nkeep.txt\nlink\nrun.sh\nkeptran\n');
      const second = await bootContainer({ snapshot: blob });
      assert.equal((await second.exec('cat link; ./run.sh')).stdout, 'keptran\n');
      await rejects(first.restore(new Blob([new Uint8Array([0x1f, 0x8b, 1, 2, 3])])), 'ERR_BV_BAD_ARCHIVE');
      assert.equal(await first.fs.readFile('keep.txt', 'utf8'), 'kept');
      first.teardown();
      second.teardown();
    });
  });

  describe("on('output')", () => {
    it('tells what programs print that the page started, while somebody listens', async () => {
      const told: string[] = [];
      let heard = () => {};
      const stop = container.on('output', ({ pid, stream, text: piece }) => {
        told.push(`${pid} ${stream} ${piece}`);
        heard();
      });
      const piped = await container.spawn('sh', ['-c', "printf '\\303'; printf '\\244\\n'; echo bad >&2"], { tty: false });
      await Promise.all([text(piped.stdout), text(piped.stderr)]);
      const of = (from: string) => told.flatMap((one) => (one.startsWith(from) ? [one.slice(from.length)] : [])).join('');
      assert.deepEqual([of(`${piped.pid} stdout `), of(`${piped.pid} stderr `)], ['ä\n', 'bad\n']);
      const unread = await container.spawn('sh', ['-c', 'echo on a terminal'], { output: false });
      // A terminal is read beside its programs, and may be read to its end after theirs.
      await new Promise<void>((resolve) => {
        heard = () => {
          if (of(`${unread.pid} terminal `) === 'on a terminal\r\n') resolve();
        };
        heard();
      });
      await unread.exit;
      stop();
      const count = told.length;
      assert.equal((await container.exec('echo more')).stdout, 'more\n');
      assert.lengthOf(told, count);
    });
  });

  describe('ps() and stats()', () => {
    it('tell how long programs were busy, and on QuickJS what their engine holds', async () => {
      const program = `const until = performance.now() + 200; while (performance.now() < until); setTimeout(() => {
        console.log('idled'); setInterval(() => {}, 1000); }, 400);`;
      for (const engine of ['native', 'quickjs'] as const) {
        const process = await container.spawn('node', ['-e', program], { tty: false, engine });
        const reader = process.stdout.getReader();
        await reader.read();
        let row = (await container.ps()).find(({ pid }) => pid === process.pid)!;
        while (row.activeMs === undefined || row.activeMs < 200) row = (await container.ps()).find(({ pid }) => pid === process.pid)!;
        assert.isAtMost(row.activeMs, Date.now() - row.startedMs - 350, `the wait does not count: ${engine}`);
        if (engine === 'quickjs') assert.isAtLeast(row.memoryBytes ?? 0, 1 << 20);
        else assert.isUndefined(row.memoryBytes);
        await process.kill('SIGKILL');
        await process.exit;
      }
    });

    it('tell what runs and what is there', async () => {
      const process = await container.spawn('sh', ['-c', 'sleep 100 | sleep 101'], { tty: false });
      await within(
        hangMs,
        () => 'not all run',
        (async () => {
          while ((await container.ps()).length < 3) continue;
        })(),
      );
      const rows = await container.ps();
      assert.sameMembers(
        rows.map(({ command }) => command),
        ['sh -c sleep 100 | sleep 101', 'sleep 100', 'sleep 101'],
      );
      assert.isTrue(rows.every(({ state, pgid }) => state === 'running' && pgid === process.pid));
      const stats = await container.stats();
      assert.equal(stats.processes, 3);
      assert.isAtLeast(stats.files, 10);
      assert.equal(stats.unsavedChanges, 0);
      assert.deepEqual(stats.openPorts, []);
      await process.kill('SIGKILL');
      await container.exec('kill -9 -1 2>/dev/null');
      await process.exit;
    });
  });

  describe('Several containers', () => {
    it('take turns with the workers of those in which nothing runs, and keep what is theirs', async () => {
      const containers: Container[] = [];
      for (const name of ['a', 'b', 'c', 'd']) containers.push(await bootContainer({ files: { 'name.txt': name } }));
      const [first] = containers as [Container];
      const looping = await first.spawn('sh', ['-c', 'while :; do :; done']);
      const told: string[] = [];
      for (let turn = 0; turn < 2; turn++) {
        for (const container of containers) {
          const { stdout } = await container.exec('cat name.txt; cat turn.txt 2>/dev/null; echo x >> turn.txt');
          told.push(`${stdout.replaceAll('\n', ' ')}${(await container.ps()).length}`);
        }
      }
      assert.deepEqual(told, ['a1', 'b0', 'c0', 'd0', 'ax 1', 'bx 0', 'cx 0', 'dx 0']);
      looping.kill('SIGKILL');
      assert.isAbove(await looping.exit, 0);
    });

    it('see nothing of each other', async () => {
      const [one, two] = await Promise.all([
        bootContainer({ files: { 'mine.txt': 'one', 'server.js': server } }),
        bootContainer({ files: { 'server.js': server } }),
      ]);
      await rejects(two.fs.readFile('mine.txt'), 'ENOENT');
      const ports: string[] = [];
      one.on('port', (port, type) => ports.push(`one ${port} ${type}`));
      two.on('port', (port, type) => ports.push(`two ${port} ${type}`));
      const ready = event<void>((resolve) => one.on('server-ready', () => resolve()), 'no server');
      const process = await one.spawn('node', ['server.js', '3000'], { output: false });
      await ready;
      await rejects(two.fetch(3000), 'ERR_BV_PORT_CLOSED');
      assert.equal(
        (await two.exec('node -e "fetch(\'http://localhost:3000\').catch((e) => console.log(e.cause.code))"')).stdout,
        'ECONNREFUSED\n',
      );
      assert.deepEqual(await two.ps(), []);
      assert.include((await two.exec(`kill -9 ${process.pid}`)).stderr, 'No such process');
      assert.equal((await two.exec('kill -9 -1; echo')).code ?? 137, 0);
      const readyToo = event<void>((resolve) => two.on('server-ready', () => resolve()), 'no server of the second');
      await two.spawn('node', ['server.js', '3000'], { output: false });
      await readyToo;
      assert.deepEqual(ports, ['one 3000 open', 'two 3000 open']);
      assert.equal(await (await one.fetch(3000)).text(), '/ - ');
      two.teardown();
      assert.equal(await (await one.fetch(3000)).text(), '/ - ', 'the end of the other changes nothing');
      one.teardown();
      await rejects(one.ps(), 'ERR_BV_TORN_DOWN');
    });
  });
});
