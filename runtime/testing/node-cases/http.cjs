const http = require('http');
const log = (...a) => console.log(...a);
const server = http.createServer((req, res) => {
  let body = '';
  req.on('data', (d) => (body += d));
  req.on('end', () => {
    log(req.method, req.url, req.httpVersion, JSON.stringify(body), req.headers['x-test']);
    if (req.url === '/chunked') {
      res.write('a');
      res.write('b');
      res.addTrailers({ 'X-T': '1' });
      res.end('c');
    } else if (req.url === '/json') {
      res.writeHead(201, 'Made', { 'Content-Type': 'application/json', 'Set-Cookie': ['a=1', 'b=2'] });
      res.end(JSON.stringify({ ok: 1 }));
    } else if (req.url === '/abort') {
      res.write('x');
      setImmediate(() => res.destroy());
    } else res.end('ok ' + req.url);
  });
});
server.on('connection', () => log('conn'));
function get(opts, body) {
  return new Promise((ok) => {
    const r = http.request({ port: server.address().port, host: '127.0.0.1', ...opts }, (res) => {
      let b = '';
      res.setEncoding('utf8');
      res.on('data', (d) => (b += d));
      res.on('aborted', () => log('aborted'));
      res.on('error', (e) => {
        log('res error', e.code, e.message);
      });
      res.on('close', () => {
        const h = { ...res.headers };
        delete h.date;
        log(res.statusCode, res.statusMessage, JSON.stringify(h), JSON.stringify(b), JSON.stringify(res.trailers), res.complete);
        ok();
      });
    });
    r.on('error', (e) => {
      log('req error', e.code, e.message);
      ok();
    });
    r.end(body);
  });
}
server.listen(0, '127.0.0.1', async () => {
  await get({ path: '/' });
  await get({ path: '/chunked' });
  await get({ path: '/json', method: 'POST', headers: { 'X-Test': 't' } }, 'data');
  await get({ path: '/h', method: 'HEAD' });
  await get({ path: '/abort' });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  await get({ path: '/k1', agent });
  await get({ path: '/k2', agent });
  agent.destroy();
  await get({ path: '/big', method: 'PUT' }, 'z'.repeat(100000).slice(0, 5));
  const net = require('net');
  await new Promise((ok) => {
    const c = net.connect(server.address().port, '127.0.0.1');
    c.end('GET /p1 HTTP/1.1\r\nHost: a\r\n\r\nGET /p2 HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
    let s = '';
    c.on('data', (d) => (s += d));
    c.on('close', () => {
      log(s.replace(/Date: .*\r\n/g, ''));
      ok();
    });
  });
  await new Promise((ok) => {
    const c = net.connect(server.address().port, '127.0.0.1');
    c.write('GARBAGE\r\n\r\n');
    let s = '';
    c.on('data', (d) => (s += d));
    c.on('close', () => {
      log(JSON.stringify(s));
      ok();
    });
  });
  await new Promise((ok) => {
    const c = net.connect(server.address().port, '127.0.0.1');
    c.write('GET / HTTP/1.1\r\nX: ' + 'a'.repeat(20000) + '\r\n\r\n');
    let s = '';
    c.on('error', () => {});
    c.on('data', (d) => (s += d));
    c.on('close', () => {
      log(JSON.stringify(s));
      ok();
    });
  });
  server.on('upgrade', (req, s, head) => {
    log('upgrade', req.headers.upgrade, String(head));
    s.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n');
    s.on('data', (d) => {
      s.end('echo ' + d);
    });
  });
  await new Promise((ok) => {
    const r = http.request({ port: server.address().port, host: '127.0.0.1', headers: { Connection: 'Upgrade', Upgrade: 'x' } });
    r.on('upgrade', (res, s, h) => {
      log(res.statusCode, h.length);
      s.write('ping');
      s.on('data', (d) => log(String(d)));
      s.on('close', ok);
    });
    r.end();
  });
  server.on('clientError', (e, s) => {
    log('clientError', e.code, e.message, e.bytesParsed, e.rawPacket.length);
    s.destroy();
  });
  await new Promise((ok) => {
    const c = net.connect(server.address().port, '127.0.0.1');
    c.write('GET / HTTP/7\r\n\r\n');
    c.on('error', () => {});
    c.on('close', () => ok());
  });
  server.closeAllConnections();
  server.close(() => log('server closed'));
});
