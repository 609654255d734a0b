/** A static server for the demo pages and tests. No special headers: the runtime needs none. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.gz': 'application/gzip',
  '.html': 'text/html; charset=utf-8',
  '.ico': 'image/x-icon',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.md': 'text/markdown; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.tar': 'application/x-tar',
  '.ts': 'text/plain; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.woff2': 'font/woff2',
  '.zip': 'application/zip',
};

export interface ServeOptions {
  /** What `/` shows. */
  readonly root: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Answers to pages of every origin, as a CDN does. */
  readonly cors: boolean;
  /** Added to each answer: for pages that try a Content-Security-Policy. */
  readonly headers?: (path: string) => Readonly<Record<string, string>>;
  /** Whether there is such a file, for now: for pages that try what happens when one is late or missing. */
  readonly has?: (path: string) => boolean | Promise<boolean>;
}

/** Listens on 127.0.0.1. Close the server when done. */
export async function serve({
  root,
  port,
  cors,
  headers,
  has,
}: ServeOptions): Promise<{ readonly server: Server; readonly origin: string }> {
  const server = createServer((request, response) => {
    void (async () => {
      const { pathname } = new URL(request.url ?? '/', 'http://localhost');
      const common = { 'cache-control': 'no-cache', ...(cors ? { 'access-control-allow-origin': '*' } : {}), ...headers?.(pathname) };
      // normalize() of an absolute path cannot climb above its root.
      let path = join(root, normalize(decodeURIComponent(pathname)));
      let found = (await has?.(pathname)) === false ? undefined : await stat(path).catch(() => undefined);
      if (found?.isDirectory() === true) {
        if (!pathname.endsWith('/')) {
          response.writeHead(301, { ...common, location: `${pathname}/` }).end();
          return;
        }
        path = join(path, 'index.html');
        found = await stat(path).catch(() => undefined);
      }
      if (found === undefined || (request.method !== 'GET' && request.method !== 'HEAD')) {
        response.writeHead(found === undefined ? 404 : 405, { ...common, 'content-type': 'text/plain' }).end('not found\n');
        return;
      }
      const etag = `"${found.size.toString(36)}-${found.mtimeMs.toString(36)}"`;
      if (request.headers['if-none-match'] === etag) {
        response.writeHead(304, { ...common, etag }).end();
        return;
      }
      const type = types[extname(path)] ?? 'application/octet-stream';
      response.writeHead(200, { ...common, etag, 'content-type': type, 'content-length': found.size });
      if (request.method === 'HEAD') response.end();
      else createReadStream(path).pipe(response);
    })().catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(400);
      response.end(String(error));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}
