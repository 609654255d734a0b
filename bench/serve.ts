/** Serves the built package, the bundled peers, the registry and a blank page on loopback. */
import { createServer, type Server } from 'node:http';
import { existsSync, readFileSync } from 'node:fs';
import { extname, join, resolve } from 'node:path';
import { Registry } from './registry.ts';

const root = resolve(import.meta.dirname, '..');
const types: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.js': 'text/javascript',
  '.html': 'text/html',
  '.wasm': 'application/wasm',
  '.json': 'application/json',
  '.gz': 'application/gzip',
};

/** @param answers By path; more may come later. */
export async function serve(
  answers: ReadonlyMap<string, Uint8Array>,
  registry: Registry | undefined,
): Promise<{ server: Server; origin: string }> {
  const server = createServer((request, response) => {
    const path = new URL(request.url ?? '/', 'http://localhost').pathname;
    const made = answers.get(path);
    const file = join(root, path.startsWith('/peers/') ? `bench/.cache${path}` : path);
    if (registry !== undefined && path.startsWith(Registry.path)) registry.answer(request, response);
    else if (path === '/') response.setHeader('content-type', 'text/html').end('<!doctype html><meta charset=utf-8><title>bench</title>');
    else if (made !== undefined) response.end(made);
    else if (!file.startsWith(root) || !existsSync(file)) response.writeHead(404).end();
    else response.setHeader('content-type', types[extname(file)] ?? 'application/octet-stream').end(readFileSync(file));
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port');
  return { server, origin: `http://127.0.0.1:${address.port}` };
}
