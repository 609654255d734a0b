import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Harness, type Program, type ScriptedProcess } from './kernel-harness.ts';

const size = { columns: 80, rows: 24 };
const forever = () => new Promise<never>(() => {});
const idle: Program = forever;
const cat: Program = async (process) => {
  for (let part = await process.read(0); part !== ''; part = await process.read(0)) await process.write(1, part);
};
/** The innermost of a shell with job control: runs one command as a foreground job, tells how it stopped or ended, takes the terminal back. */
async function foreground(process: ScriptedProcess, file: string): Promise<string> {
  const tty = process.handle(0);
  const child = await process.spawn(file, [], { pgid: 0, foregroundOf: tty });
  const result = await process.call('wait', { child, untraced: true });
  await process.call('setForeground', { handle: tty, pgid: process.start.pgid });
  return `${result!.stopped ?? result!.signal ?? result!.code} `;
}
const shell: Program = async (process) => {
  for (const signal of ['SIGTTOU', 'SIGTTIN', 'SIGTSTP', 'SIGINT'] as const) process.ignores(signal);
  await process.write(1, '$ ');
  for (;;) {
    const line = (await process.read(0)).trim();
    if (line === '' || line === 'exit') return;
    if (line === 'fg') {
      const rows = (await process.call('processes', {})).rows;
      const job = rows.find(({ state }) => state === 'stopped')!;
      await process.call('setForeground', { handle: process.handle(0), pgid: job.pgid });
      await process.call('kill', { target: -job.pgid, signal: 'SIGCONT' });
      const result = await process.call('wait', { child: job.pid });
      await process.call('setForeground', { handle: process.handle(0), pgid: process.start.pgid });
      await process.write(1, `<${result!.signal ?? result!.code}>$ `);
    } else if (line.startsWith('bg ')) {
      await process.spawn(`/usr/bin/${line.slice(3)}`, [], { pgid: 0 });
      await process.write(1, '$ ');
    } else {
      await process.write(1, `<${(await foreground(process, `/usr/bin/${line}`)).trim()}>$ `);
    }
  }
};

async function open(more: Readonly<Record<string, Program>> = {}) {
  const harness = await Harness.open({ shared: { shell, idle, cat, ...more } });
  const { pid, stdin: tty } = await harness.spawn('shell', [], { tty: size });
  await harness.readUntil(tty, '$ ');
  const type = (text: string) => harness.write(tty, text);
  const until = (text: string) => harness.readUntil(tty, text);
  return { harness, pid, tty, type, until };
}

describe('Job control', () => {
  it('Ctrl-C ends the foreground job and gives the shell its terminal back', async () => {
    const { harness, type, until } = await open();
    await type('idle\r');
    await until('\n');
    await harness.settle();
    await type('\x03');
    assert.match(await until('$ '), /\^C<SIGINT>\$ $/);
    await type('cat\r');
    await until('cat\r\n');
    await harness.settle();
    await type('one\r\x04');
    assert.match(await until('$ '), /one\r\none\r\n<0>\$ $/);
    await harness.close();
  });

  it('Ctrl-Z stops the job, which loses no typing, and fg continues it', async () => {
    const { harness, type, until } = await open();
    await type('cat\r');
    await until('cat\r\n');
    await harness.settle();
    await type('\x1a');
    assert.match(await until('$ '), /\^Z<SIGTSTP>\$ $/);
    await type('fg\r');
    await until('fg\r\n');
    await harness.settle();
    await type('again\r');
    await until('again\r\nagain\r\n');
    await type('\x04');
    assert.match(await until('$ '), /<0>\$ $/);
    await harness.close();
  });

  it('a background job that reads the terminal is stopped', async () => {
    const { harness, type, until } = await open();
    await type('bg cat\r');
    await until('$ ');
    let stopped = false;
    while (!stopped)
      stopped = (await harness.peer.call('processes', { container: harness.container })).rows.some(
        ({ state, command }) => state === 'stopped' && command.includes('cat'),
      );
    await type('fg\r');
    await until('fg\r\n');
    await harness.settle();
    await type('x\r\x04');
    assert.match(await until('$ '), /x\r\nx\r\n<0>\$ $/);
    await harness.close();
  });

  it('closing the terminal hangs up the session', async () => {
    const { harness, pid, tty } = await open();
    harness.peer.notify({ kind: 'close', handle: tty });
    assert.deepEqual(await harness.wait(pid), { pid, code: null, signal: 'SIGHUP' });
    await harness.close();
  });

  it('the end of the leader hangs up the foreground job', async () => {
    const { harness, pid, type, until } = await open();
    await type('idle\r');
    await until('\n');
    await harness.settle();
    await harness.peer.call('kill', { container: harness.container, pid, signal: 'SIGKILL', group: false });
    await harness.wait(pid);
    await harness.settle();
    assert.deepEqual((await harness.peer.call('processes', { container: harness.container })).rows, []);
    await harness.close();
  });

  it('tells the foreground group of another size, and only then', async () => {
    const seen: string[] = [];
    const watch: Program = async (process) => {
      process.onSignal = (signal) => void seen.push(signal);
      process.handles('SIGWINCH');
      await process.write(1, 'ready');
      await process.read(0);
      const { size: now } = await process.call('getTty', { handle: process.handle(0) });
      seen.push(`${now.columns}x${now.rows}`);
    };
    const { harness, tty, type, until } = await open({ watch });
    await type('watch\r');
    await until('ready');
    await harness.peer.call('setTtySize', { handle: tty, size });
    await harness.peer.call('setTtySize', { handle: tty, size: { columns: 100, rows: 30 } });
    await type('\r');
    await until('<0>');
    assert.deepEqual(seen, ['SIGWINCH', '100x30']);
    await harness.close();
  });

  it('a stopped process of the page, whose group is an orphan, is not stopped by the keys', async () => {
    const harness = await Harness.open({ shared: { cat } });
    const { pid, stdin: tty } = await harness.spawn('cat', [], { tty: size });
    await harness.write(tty, '\x1a');
    await harness.write(tty, 'on\r\x04');
    assert.deepEqual(await harness.wait(pid), { pid, code: 0, signal: null });
    await harness.close();
  });

  it('reads of a stopped process wait until it continues', async () => {
    const harness = await Harness.open({ shared: { cat } });
    const { pid, stdin, stdout } = await harness.spawn('cat');
    await harness.peer.call('kill', { container: harness.container, pid, signal: 'SIGSTOP', group: false });
    await harness.write(stdin, 'a');
    await harness.settle();
    const [row] = (await harness.peer.call('processes', { container: harness.container })).rows;
    assert.equal(row?.state, 'stopped');
    await harness.peer.call('kill', { container: harness.container, pid, signal: 'SIGCONT', group: false });
    assert.equal(await harness.read(stdout), 'a');
    await harness.close();
  });
});

describe('Process table', () => {
  const run = async (program: Program, more: Readonly<Record<string, Program>> = {}) => {
    const harness = await Harness.open({ shared: { program, idle, cat, ...more } });
    const result = await harness.run('program');
    const rows = (await harness.peer.call('processes', { container: harness.container })).rows;
    await harness.close();
    assert.equal(result.stderr, '');
    return { ...result, rows };
  };
  const fails = (call: Promise<unknown>, code: string) => assert.rejects(call, (error: { code?: string }) => error.code === code);

  it('a zombie stays until it was waited for, and then is gone', async () => {
    await run(
      async (process) => {
        const child = await process.spawn('/usr/bin/seven');
        while ((await process.call('processes', {})).rows.find(({ pid }) => pid === child)?.state !== 'zombie');
        await process.call('kill', { target: child, signal: 0 });
        assert.deepEqual(await process.call('wait', { child: -1 }), { pid: child, code: 7, signal: null });
        await fails(process.call('wait', { child }), 'ECHILD');
        await fails(process.call('kill', { target: child, signal: 0 }), 'ESRCH');
      },
      { seven: () => Promise.resolve(7) },
    );
  });

  it('children whose parent ended belong to init and leave nothing behind', async () => {
    const { rows } = await run(async (process) => void (await process.spawn('/usr/bin/cat')));
    assert.deepEqual(
      rows.filter(({ state }) => state === 'zombie'),
      [],
    );
  });

  it('SIGCHLD is told to who handles it', async () => {
    const seen: string[] = [];
    await run(
      async (process) => {
        process.handles('SIGCHLD');
        const told = new Promise<void>((resolve) => {
          process.onSignal = (signal) => {
            seen.push(signal);
            resolve();
          };
        });
        await process.spawn('/usr/bin/done');
        await told;
      },
      { done: () => Promise.resolve() },
    );
    assert.deepEqual(seen, ['SIGCHLD']);
  });

  it('who ignores SIGCHLD has no zombies', async () => {
    await run(
      async (process) => {
        process.ignores('SIGCHLD');
        const child = await process.spawn('/usr/bin/done');
        await fails(process.call('wait', { child }), 'ECHILD');
      },
      { done: () => Promise.resolve() },
    );
  });

  it('waits for a group, without hanging, and fails without children', async () => {
    await run(async (process) => {
      await fails(process.call('wait', { child: -1 }), 'ECHILD');
      const child = await process.spawn('/usr/bin/idle', [], { pgid: 0 });
      assert.equal(await process.call('wait', { child: -child, noHang: true }), null);
      await fails(process.call('wait', { child: 0 }), 'ECHILD');
      await process.call('kill', { target: -child, signal: 'SIGUSR1' });
      assert.deepEqual(await process.call('wait', { child: -child }), { pid: child, code: null, signal: 'SIGUSR1' });
    });
  });

  it('tells stopping and continuing to who asked for it', async () => {
    await run(async (process) => {
      const child = await process.spawn('/usr/bin/idle');
      await process.call('kill', { target: child, signal: 'SIGSTOP' });
      assert.deepEqual(await process.call('wait', { child, untraced: true }), { pid: child, code: null, signal: null, stopped: 'SIGSTOP' });
      assert.equal(await process.call('wait', { child, untraced: true, noHang: true }), null);
      await process.call('kill', { target: child, signal: 'SIGCONT' });
      assert.deepEqual(await process.call('wait', { child, untraced: true }), { pid: child, code: null, signal: null, continued: true });
      await process.call('kill', { target: child, signal: 'SIGKILL' });
      assert.equal((await process.call('wait', { child }))!.signal, 'SIGKILL');
    });
  });

  it('nothing holds off SIGKILL', async () => {
    await run(
      async (process) => {
        const child = await process.spawn('/usr/bin/tough');
        await process.read(0);
        await process.call('kill', { target: child, signal: 'SIGTERM' });
        await process.call('kill', { target: child, signal: 'SIGKILL' });
        assert.equal((await process.call('wait', { child }))!.signal, 'SIGKILL');
      },
      {
        tough: async (process) => {
          process.ignores('SIGTERM');
          process.ignores('SIGKILL');
          await forever();
        },
      },
    );
  });

  it('processes find no group or session that is not theirs', async () => {
    await run(async (process) => {
      await fails(process.call('setProcessGroup', { target: 0, pgid: 0 }), 'EPERM');
      const child = await process.spawn('/usr/bin/idle');
      await fails(process.call('setProcessGroup', { target: child, pgid: 999_999 }), 'EPERM');
      await process.call('setProcessGroup', { target: child, pgid: 0 });
      assert.equal((await process.call('processes', {})).rows.find(({ pid }) => pid === child)!.pgid, child);
      await fails(process.spawn('/usr/bin/idle', [], { pgid: 999_999 }), 'EPERM');
      await fails(process.call('setSession', {}), 'EPERM');
      await process.call('kill', { target: child, signal: 'SIGKILL' });
    });
  });

  it('gives children the pids that were put aside for them, once', async () => {
    const harness = await Harness.open({
      own: {
        parent: async (process) => {
          const { first, count } = process.start.childPids!;
          assert.equal(await process.spawn('/usr/bin/leaf', [], { childPid: first + 1 }), first + 1);
          await fails(process.spawn('/usr/bin/leaf', [], { childPid: first + 1 }), 'EINVAL');
          await fails(process.spawn('/usr/bin/leaf', [], { childPid: first + count }), 'EINVAL');
          await fails(process.spawn('/usr/bin/leaf', [], { childPid: process.pid }), 'EINVAL');
        },
        leaf: () => Promise.resolve(),
      },
    });
    assert.deepEqual(await harness.run('parent'), { code: 0, signal: null, stdout: '', stderr: '' });
    await harness.close();
  });

  it('gives both ends of a socket pair in one spawn', async () => {
    const { stdout } = await run(async (process) => {
      const [, , stderr] = process.start.fds;
      const { pid: child, handles } = await process.call('spawn', {
        file: '/usr/bin/cat',
        argv: ['cat'],
        env: [],
        cwd: '/',
        umask: 0,
        fds: [stderr!],
        socketPairs: [0, 1],
      });
      const [stdin, out] = handles!;
      await process.call('write', { handle: stdin!, bytes: new TextEncoder().encode('through') });
      await process.call('shutdown', { handle: stdin! });
      const { bytes } = await process.call('read', { handle: out!, maxBytes: 100 });
      await process.write(1, new TextDecoder().decode(bytes));
      await process.call('wait', { child });
    });
    assert.equal(stdout, 'through');
  });
});
