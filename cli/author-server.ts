/** Serves an author's folder, with the package under `/bavini/`. */
import { createReadStream, existsSync, readFileSync, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isLessonFolder, packLesson } from './lesson/pack-lesson.ts';
import { lessonPage } from './lesson/skeleton.ts';

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.gif': 'image/gif',
  '.gz': 'application/gzip',
  '.html': 'text/html; charset=utf-8',
  '.jpg': 'image/jpeg',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webp': 'image/webp',
  '.woff2': 'font/woff2',
};

/** Where the package's own scripts are: beside the built command line, or where the build puts them when it runs from source. */
export function packageFolder(): string {
  const places = ['../bavini.js', '../dist/bavini.js'].map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const found = places.find((path) => existsSync(path));
  if (found === undefined) throw new Error('Cannot find the scripts of bavini: the package is not complete');
  return dirname(found);
}

const reloadScript = `new EventSource('/__bavini/changes').addEventListener('change', () => location.reload());\n`;
const reloadTag = '<script src="/__bavini/reload.js"></script>';

/** Editors write a file in several steps: they count as one change. In milliseconds. */
const settleMs = 30;

export interface AuthorServerOptions {
  readonly folder: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Pages load again when a file of the folder changes. */
  readonly reload: boolean;
}

/** Listens on 127.0.0.1 until `close()`. */
export class AuthorServer {
  readonly #options: AuthorServerOptions;
  readonly #package = packageFolder();
  readonly #pages = new Set<ServerResponse>();
  readonly #server: Server;
  #stopWatching = () => {};

  private constructor(options: AuthorServerOptions) {
    this.#options = options;
    this.#server = createServer((request, response) => {
      this.#answer(request.url ?? '/', response).catch((error: unknown) => {
        if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain; charset=utf-8' });
        response.end(`${error instanceof Error ? error.message : String(error)}\n`);
      });
    });
  }

  static async open(options: AuthorServerOptions): Promise<AuthorServer> {
    const server = new AuthorServer(options);
    await new Promise<void>((resolve, reject) => {
      server.#server.once('error', reject);
      server.#server.listen(options.port, '127.0.0.1', resolve);
    });
    if (options.reload) server.#watch();
    return server;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#stopWatching();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #watch(): void {
    let settling: NodeJS.Timeout | undefined;
    const watcher = watch(this.#options.folder, { recursive: true }, (_event, name) => {
      if (name !== null && /(^|[\\/])(node_modules|\.git)([\\/]|$)/.test(name)) return;
      clearTimeout(settling);
      settling = setTimeout(() => {
        for (const page of this.#pages) page.write('event: change\ndata:\n\n');
      }, settleMs);
    });
    this.#stopWatching = () => {
      clearTimeout(settling);
      watcher.close();
    };
  }

  async #answer(url: string, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(url, 'http://localhost');
    if (pathname === '/__bavini/changes') return this.#follow(response);
    if (pathname === '/__bavini/reload.js') return send(response, types['.js'] as string, reloadScript);
    const own = pathname.startsWith('/bavini/');
    // normalize() of an absolute path cannot climb above its root.
    const path = normalize(decodeURIComponent(own ? pathname.slice('/bavini'.length) : pathname));
    const file = join(own ? this.#package : this.#options.folder, path);
    const found = await stat(file).catch(() => undefined);
    if (found?.isDirectory() === true) {
      if (!pathname.endsWith('/')) return void response.writeHead(301, { location: `${pathname}/` }).end();
      return this.#page(join(file, 'index.html'), response);
    }
    if (found === undefined && !own && basename(file) === 'lesson.json' && isLessonFolder(dirname(file)))
      return send(response, types['.json'] as string, JSON.stringify(packLesson(dirname(file))));
    if (extname(file) === '.html' && !own) return this.#page(file, response);
    if (found === undefined) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
    const type = types[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type, 'content-length': found.size, 'cache-control': 'no-cache' });
    createReadStream(file).pipe(response);
  }

  #page(file: string, response: ServerResponse): void {
    const folder = dirname(file);
    const made = !existsSync(file) && basename(file) === 'index.html' && isLessonFolder(folder);
    if (!made && !existsSync(file)) return void response.writeHead(404, { 'content-type': 'text/plain' }).end('not found\n');
    const text = made ? lessonPage(packLesson(folder).label ?? basename(folder)) : readFileSync(file, 'utf8');
    if (!this.#options.reload) return send(response, types['.html'] as string, text);
    const end = text.search(/<\/body>/i);
    send(response, types['.html'] as string, end < 0 ? text + reloadTag : text.slice(0, end) + reloadTag + text.slice(end));
  }

  #follow(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    response.write(': open\n\n');
    this.#pages.add(response);
    response.once('close', () => this.#pages.delete(response));
  }
}

function send(response: ServerResponse, type: string, text: string): void {
  response.writeHead(200, { 'content-type': type, 'cache-control': 'no-cache' }).end(text);
}
