/** Serves the files of this folder. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';

createServer(async ({ url }, response) => {
  const file = url === '/' ? '/index.html' : url;
  response.setHeader('content-type', file.endsWith('.js') ? 'text/javascript' : 'text/html; charset=utf-8');
  response.end(await readFile(`.${file}`).catch(() => ''));
}).listen(8000);
