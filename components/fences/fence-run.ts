import type { Container, PipedProcess } from '../../runtime/index.ts';
import type { FenceKind } from './fence-markup.ts';

/** What a program printed, in pieces of one stream each. */
export interface OutputPiece {
  readonly text: string;
  readonly error: boolean;
}

export interface RunRequest {
  readonly kind: FenceKind;
  readonly path: string;
  /** Of a page: where it is served. */
  readonly port: number;
  /** What was printed; programs that print much are told in larger pieces. */
  readonly onOutput: (piece: OutputPiece) => void;
  /** Something listens on `port`. */
  readonly onPort: (port: number) => void;
}

/** Serves the files of the working directory, and `argv[2]` as the folder's page. In the container: it may use nothing of ours. */
const pageServer = `
const { createServer } = require('node:http');
const { readFile } = require('node:fs');
const types = { html: 'text/html', css: 'text/css', js: 'text/javascript', mjs: 'text/javascript', json: 'application/json', svg: 'image/svg+xml' };
createServer((request, response) => {
  const { pathname } = new URL(request.url, 'http://localhost');
  const path = pathname === '/' ? process.argv[2] : '.' + decodeURIComponent(pathname);
  readFile(path, (error, data) => {
    if (error) return response.writeHead(404, { 'content-type': 'text/plain' }).end(pathname + ' is not there');
    const type = types[path.split('.').pop()] ?? 'application/octet-stream';
    response.writeHead(200, { 'content-type': type + '; charset=utf-8', 'cache-control': 'no-store' }).end(data);
  });
}).listen(Number(process.argv[1]));
`;

function commandOf({ kind, path, port }: RunRequest): readonly [string, string[]] {
  switch (kind) {
    case 'node':
      return ['node', [path]];
    case 'shell':
      return ['sh', [path]];
    case 'page':
    case 'style':
      return ['node', ['-e', pageServer, String(port), path]];
    case 'file':
      throw new TypeError(`${path} is no program`);
  }
}

/** Colours and other escape codes of terminals: the output is plain text. */
// eslint-disable-next-line no-control-regex -- Escape codes begin with one.
const escapeCodes = /\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])/g;

async function read(stream: ReadableStream<Uint8Array<ArrayBuffer>>, tell: (text: string) => void): Promise<void> {
  const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    tell(value.replace(escapeCodes, '').replaceAll('\r\n', '\n'));
  }
}

/**
 * Runs a fence to its end. Gives its exit code, 128 + n for a signal. Ends it when `signal` aborts.
 *
 * @throws {PosixError} as `Container.spawn`.
 */
export async function runFence(container: Container, request: RunRequest, signal: AbortSignal): Promise<number> {
  const { onOutput, onPort } = request;
  const [command, args] = commandOf(request);
  const before = new Set(container.openPorts);
  const forget = container.on('port', (port, state) => {
    if (state === 'open' && !before.has(port)) onPort(port);
  });
  let process: PipedProcess | undefined;
  const end = () => void process?.kill().catch(() => undefined); // The runtime went first.
  try {
    process = await container.spawn(command, args, { tty: false });
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
    await process.stdin.close().catch(() => undefined); // It ended without reading.
    const told = [
      read(process.stdout, (text) => onOutput({ text, error: false })),
      read(process.stderr, (text) => onOutput({ text, error: true })),
    ];
    const code = await process.exit;
    // What it started may hold its outputs open; what it printed itself has arrived, or comes while that runs.
    await Promise.race([Promise.all(told), new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))]);
    return code;
  } finally {
    signal.removeEventListener('abort', end);
    forget();
  }
}
