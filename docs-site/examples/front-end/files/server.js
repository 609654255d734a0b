/** A static server: the front-end is plain files. */
import { createReadStream } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };

createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const file = join('public', normalize(pathname === '/' ? 'index.html' : pathname));
  const stream = createReadStream(file);
  stream.on('open', () => response.setHeader('content-type', `${types[extname(file)] ?? 'text/plain'}; charset=utf-8`));
  stream.on('error', () => response.writeHead(404).end('Not found'));
  stream.pipe(response);
}).listen(8000, () => console.log('http://localhost:8000'));
