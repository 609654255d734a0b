/** A frozen registry over HTTP, for real package managers. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { frozenAddress, type FrozenRegistry } from '../../programs/npm/resolve/testing/frozen-registry.ts';

export interface ServedRegistry extends AsyncDisposable {
  /** Ends with a slash. */
  readonly address: string;
  /** Names that were asked for in vain. */
  readonly missed: Set<string>;
}

export async function serveRegistry(registry: FrozenRegistry): Promise<ServedRegistry> {
  const missed = new Set<string>();
  let address = '';
  const answer = async (path: string): Promise<Uint8Array | string> => {
    if (path.endsWith('.tgz')) return registry.tarball(frozenAddress + path);
    return JSON.stringify(await registry.packument(decodeURIComponent(path))).replaceAll(frozenAddress, address);
  };
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').slice(1);
    answer(path).then(
      (body) =>
        response.writeHead(200, { 'content-type': typeof body === 'string' ? 'application/json' : 'application/octet-stream' }).end(body),
      () => {
        if (!path.endsWith('.tgz')) missed.add(decodeURIComponent(path));
        response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"Not found"}');
      },
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    address,
    missed,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}
