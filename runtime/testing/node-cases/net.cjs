const net = require('net');
const log = (...a) => console.log(...a);
// refused
net.connect(1, '127.0.0.1').on('error', (e) => log(e.code, e.message, e.syscall, e.port));
// in use
const a = net.createServer().listen(0, '127.0.0.1', () => {
  const { port } = a.address();
  const b = net.createServer().listen(port, '127.0.0.1');
  b.on('error', (e) => {
    log(e.code, e.message.replace(port, 'PORT'));
    // half open
    const h = net
      .createServer({ allowHalfOpen: true }, (s) => {
        s.on('end', () => {
          log('got end');
          setTimeout(() => s.end('late'), 10);
        });
        s.resume();
      })
      .listen(0, () => {
        log(h.address().address, h.address().family);
        const c = net.connect({ port: h.address().port, allowHalfOpen: true });
        c.end('x');
        c.on('data', (d) => log('late data', String(d)));
        c.on('close', () => {
          log('c closed');
          h.close();
          a.close();
          big();
        });
      });
  });
});
function big() {
  const N = 3e6;
  const s = net
    .createServer((s) => {
      s.end(Buffer.alloc(N, 97));
    })
    .listen(0, () => {
      const c = net.connect(s.address().port);
      let n = 0;
      c.on('data', (d) => {
        n += d.length;
        if (n > 5e5 && !c.p) {
          c.p = 1;
          c.pause();
          setTimeout(() => c.resume(), 20);
        }
      });
      c.on('end', () => {
        log('big', n === N);
        s.close();
        unix();
      });
    });
}
function unix() {
  const p = '/tmp/s' + process.pid + '.sock';
  const s = net
    .createServer((c) => c.end('hi from unix'))
    .listen(p, () => {
      log(s.address() === p);
      const c = net.connect(p);
      c.on('data', (d) => log(String(d)));
      c.on('close', () => {
        s.close(() => {
          log('exists', require('fs').existsSync(p));
          miss();
        });
      });
    });
}
function miss() {
  net.connect('/tmp/none.sock').on('error', (e) => {
    log(e.code, e.message);
    tmo();
  });
}
function tmo() {
  const s = net
    .createServer((c) => {
      c.setTimeout(30, () => {
        log('timeout');
        c.destroy();
        s.close();
      });
    })
    .listen(0, () =>
      net.connect(s.address().port).on('close', () => {
        log('closed by timeout');
        lookup();
      }),
    );
}
function lookup() {
  require('dns').lookup('localhost', { all: true }, (e, r) => {
    log(e && e.code, r && r.length > 0);
    require('dns').lookup('no.such.host.invalid', (e) => {
      log(e.code, e.syscall, e.hostname, e.message);
    });
  });
}
