import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { Notes } from './lib/notes.js';

const notes = new Notes('notes.json');
const types = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css' };

async function answer(request, response) {
  const { pathname } = new URL(request.url, 'http://localhost');
  if (pathname === '/api/notes' && request.method === 'POST') {
    let text = '';
    for await (const chunk of request.setEncoding('utf8')) text += chunk;
    await notes.add(JSON.parse(text).text);
  }
  if (pathname === '/api/notes') {
    response.setHeader('content-type', 'application/json');
    return response.end(JSON.stringify(await notes.all()));
  }
  const file = join('public', pathname === '/' ? 'index.html' : pathname);
  response.setHeader('content-type', types[extname(file)] ?? 'text/plain');
  response.end(await readFile(file));
}

createServer((request, response) => {
  answer(request, response).catch((error) => {
    response.statusCode = error.code === 'ENOENT' ? 404 : 500;
    response.end(error.message);
  });
}).listen(3000, () => console.log('Notes on http://localhost:3000'));
