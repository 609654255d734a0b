/** A registry in this process, with packages made for tests: for ours and for real npm alike. */
import { createHash } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { writeTar } from '../pack/tar.ts';

/** What a package has beside its name and version; `files` are added to a `package.json` and an `index.js`. */
export interface MadePackage {
  readonly name: string;
  readonly version: string;
  readonly manifest?: Readonly<Record<string, unknown>>;
  readonly files?: Readonly<Record<string, string>>;
  readonly deprecated?: string;
  /** Another hash than the tarball's. */
  readonly wrongIntegrity?: boolean;
  /** Its tarball is never sent. */
  readonly hangs?: boolean;
  /** Only half of its tarball is sent. */
  readonly truncated?: boolean;
  /** What its metadata is answered with in the place of it. */
  readonly status?: number;
  /** Its metadata is a page for people. */
  readonly html?: boolean;
}

export interface TestRegistry {
  readonly address: string;
  /** Paths that were asked for. */
  readonly requests: string[];
  /** Answers in the place of ours, while it is set. */
  intercept: ((path: string, response: ServerResponse) => boolean) | undefined;
  close(): Promise<void>;
}

const encoder = new TextEncoder();

export function tarballOf({ name, version, manifest = {}, files = {} }: MadePackage): Buffer {
  const all: Record<string, string> = {
    'package.json': `${JSON.stringify({ name, version, main: 'index.js', ...manifest }, null, 2)}\n`,
    'index.js': `module.exports = ${JSON.stringify(`${name}@${version}`)};\n`,
    ...files,
  };
  const tar = writeTar(
    Object.entries(all).map(([path, text]) => ({
      path: `package/${path}`,
      data: encoder.encode(text),
      mode: path.startsWith('bin/') ? 0o755 : 0o644,
    })),
  );
  return gzipSync(tar, { level: 6 });
}

/** Serves them until it is closed. */
export async function startRegistry(packages: readonly MadePackage[], port = 0): Promise<TestRegistry> {
  const tarballs = new Map<string, Buffer>();
  const requests: string[] = [];
  let address = '';
  const base = (name: string) => name.slice(name.indexOf('/') + 1);
  for (const made of packages) tarballs.set(`/${made.name}/-/${base(made.name)}-${made.version}.tgz`, tarballOf(made));
  const packument = (name: string): object | undefined => {
    const all = packages.filter((made) => made.name === name);
    if (all.length === 0) return undefined;
    const versions = Object.fromEntries(
      all.map((made) => {
        const path = `/${name}/-/${base(name)}-${made.version}.tgz`;
        const bytes = tarballs.get(path) as Buffer;
        const { scripts, ...rest } = (made.manifest ?? {}) as { scripts?: Record<string, string> };
        const hasInstallScript = ['preinstall', 'install', 'postinstall'].some((event) => scripts?.[event] !== undefined);
        return [
          made.version,
          {
            name,
            version: made.version,
            main: 'index.js',
            ...rest,
            ...(scripts === undefined ? {} : { scripts }),
            ...(hasInstallScript ? { hasInstallScript } : {}),
            ...(made.deprecated === undefined ? {} : { deprecated: made.deprecated }),
            dist: {
              tarball: `${address.replace(/\/$/, '')}${path}`,
              shasum: createHash('sha1').update(bytes).digest('hex'),
              integrity: `sha512-${createHash('sha512')
                .update(made.wrongIntegrity === true ? 'something else' : bytes)
                .digest('base64')}`,
            },
          },
        ];
      }),
    );
    const latest =
      all
        .map((made) => made.version)
        .filter((version) => !version.includes('-'))
        .at(-1) ?? all.at(-1)?.version;
    return { _id: name, name, 'dist-tags': { latest }, versions, modified: '2026-01-01T00:00:00.000Z' };
  };
  const registry: TestRegistry = {
    address: '',
    requests,
    intercept: undefined,
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '').split('?')[0] ?? '');
    requests.push(path);
    response.setHeader('connection', 'close');
    response.setHeader('access-control-allow-origin', '*');
    if (request.method === 'OPTIONS') {
      response.setHeader('access-control-allow-headers', request.headers['access-control-request-headers'] ?? '*');
      response.end();
      return;
    }
    if (registry.intercept?.(path, response) === true) return;
    if (packages.some(({ name, hangs }) => hangs === true && path.startsWith(`/${name}/-/`))) return;
    const tarball = tarballs.get(path);
    if (tarball !== undefined) {
      response.setHeader('content-type', 'application/octet-stream');
      const isCut = packages.some(({ name, truncated }) => truncated === true && path.startsWith(`/${name}/-/`));
      response.end(isCut ? tarball.subarray(0, tarball.length >> 1) : tarball);
      return;
    }
    const named = packages.find(({ name }) => name === path.slice(1));
    if (named?.html === true) {
      response.setHeader('content-type', 'text/html');
      response.end('<!doctype html><title>Sign in</title>');
      return;
    }
    if (named?.status !== undefined) {
      response.statusCode = named.status;
      response.setHeader('content-type', 'application/json');
      response.end('{"error":"No"}');
      return;
    }
    const found = packument(path.slice(1));
    response.setHeader('content-type', 'application/json');
    if (found === undefined) {
      response.statusCode = 404;
      response.end('{"error":"Not found"}');
    } else response.end(JSON.stringify(found));
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const { port: listening } = server.address() as { port: number };
  address = `http://127.0.0.1:${listening}/`;
  (registry as { address: string }).address = address;
  return registry;
}
