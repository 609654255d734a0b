const cp = require('child_process');
const log = (...a) => console.log(...a);
if (process.argv[2] === 'child') {
  const m = process.argv[3];
  if (m === 'exit') process.exit(3);
  if (m === 'echo') {
    process.stdin.pipe(process.stdout);
  }
  if (m === 'out') {
    console.log('out');
    console.error('err');
  }
  if (m === 'env') {
    console.log(process.env.FOO, process.cwd());
  }
  if (m === 'sleep') setInterval(() => {}, 1000);
  if (m === 'ipc') {
    process.on('message', (m) => {
      process.send({ got: m, arr: [1, 2] });
      if (m === 'bye') process.disconnect();
    });
    process.send('ready');
  }
  return;
}
const S = (args, opts) => cp.spawn(process.execPath, [__filename, 'child', ...args], opts);
const done = (c) =>
  new Promise((ok) => {
    const ev = [];
    c.on('error', (e) => {
      ev.push('error ' + e.code + ' ' + e.message + ' ' + e.syscall + ' ' + e.path + ' ' + JSON.stringify(e.spawnargs));
      if (!c.pid) ok(ev.join(';'));
    });
    let o = '',
      e2 = '';
    c.stdout && c.stdout.on('data', (d) => (o += d));
    c.stderr && c.stderr.on('data', (d) => (e2 += d));
    c.on('exit', (a, b) => ev.push(`exit ${a} ${b}`));
    c.on('close', (a, b) => {
      ev.push(`close ${a} ${b} ${JSON.stringify(o)} ${JSON.stringify(e2)}`);
      ok(ev.join(';'));
    });
  });
(async () => {
  log('exit', await done(S(['exit'])));
  log('out', await done(S(['out'])));
  const e = S(['echo']);
  e.stdin.write('abc');
  e.stdin.end('def');
  log('echo', await done(e), e.pid > 0, e.exitCode);
  log('env', await done(S(['env'], { env: { FOO: 'bar' }, cwd: '/tmp' })));
  const s = S(['sleep']);
  setTimeout(() => log('kill', s.kill()), 200);
  log('killed', await done(s), s.killed, s.signalCode);
  log('enoent', await done(cp.spawn('nonesuch', ['a'])));
  log(
    'badcwd',
    await done(S(['exit'], { cwd: '/nonexistent' })).then((x) => x.replaceAll(process.execPath, 'NODE').replaceAll(__filename, 'F')),
  );
  log('ignore', await done(S(['out'], { stdio: 'ignore' })));
  log('inherit', await done(S(['out'], { stdio: ['ignore', 'inherit', 'ignore'] })));
  const f = cp.fork(__filename, ['child', 'ipc']);
  f.on('message', (m) => {
    log('msg', JSON.stringify(m));
    if (m === 'ready') {
      f.send({ a: 1 });
      f.send('bye');
    }
  });
  f.on('disconnect', () => log('disconnect'));
  await new Promise((ok) =>
    f.on('close', (c, s) => {
      log('fork close', c, s, f.connected);
      ok();
    }),
  );
  cp.execFile(process.execPath, ['-p', '1+1'], (er, so, se) => {
    log('execFile', er, JSON.stringify(so), JSON.stringify(se));
    cp.execFile(process.execPath, ['-e', 'process.exit(7)'], (er, so, se) => {
      log('execFile', er.code, er.killed, er.signal, er.message.replace(process.execPath, 'NODE'));
      const ac = new AbortController();
      const c = S(['sleep'], { signal: ac.signal });
      c.on('error', (e) => log('abort', e.name, e.code));
      c.on('close', (a, b) => {
        log('aborted', a, b);
        cp.execFile(process.execPath, ['-e', 'setInterval(()=>{},100)'], { timeout: 300 }, (er) => {
          log('timeout', er.killed, er.signal, er.code);
          const d = cp.spawn(process.execPath, ['-e', 'console.log(1)'], { stdio: ['pipe', 'pipe', 'pipe', 'pipe'] });
          d.on('close', () => log('4 pipes', d.stdio.length));
          d.stdout.resume();
          d.stderr.resume();
          d.stdio[3].resume();
        });
      });
      setTimeout(() => ac.abort(), 100);
    });
  });
})();
