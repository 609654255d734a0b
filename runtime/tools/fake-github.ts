/**
 * GitHub for the real package managers, on this machine: a proxy that answers for its hosts, and git repositories that git takes for its.
 * What it has is in `programs/npm/managers/testing/repositories.ts`.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import path from 'node:path';
import { answerAsGitHub, isProgramFile, repositories } from '../programs/npm/managers/testing/repositories.ts';

const hosts = ['github.com', 'codeload.github.com', 'api.github.com', 'raw.githubusercontent.com'];

export interface FakeGitHub {
  /** For managers, in the place of the network. */
  readonly env: Readonly<Record<string, string>>;
  close(): void;
}

/** @param folder Of its own, for keys and repositories. */
export async function startGitHub(folder: string): Promise<FakeGitHub> {
  fs.mkdirSync(folder, { recursive: true });
  const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
  const names = hosts.map((host) => `DNS:${host}`).join(',');
  execFileSync(
    'openssl',
    [
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      '/CN=made',
      '-addext',
      `subjectAltName=${names}`,
      '-keyout',
      key,
      '-out',
      cert,
    ],
    { stdio: 'ignore' },
  );
  const secure = https.createServer({ key: fs.readFileSync(key), cert: fs.readFileSync(cert) }, (request, response) => {
    const { status, type, body } = answerAsGitHub(`https://${request.headers.host ?? ''}${request.url ?? ''}`);
    response.writeHead(status, { 'content-type': type });
    response.end(body);
  });
  await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
  const { port } = secure.address() as net.AddressInfo;
  const proxy = http.createServer((_, response) => {
    response.writeHead(502);
    response.end();
  });
  proxy.on('connect', (_, socket, head) => {
    const inner = net.connect(port, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      inner.write(head);
      inner.pipe(socket);
      socket.pipe(inner);
    });
    inner.on('error', () => socket.destroy());
    socket.on('error', () => inner.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(proxy.address() as net.AddressInfo).port}`;
  const config = path.join(folder, 'gitconfig');
  const prefixes = ['https://github.com/', 'ssh://git@github.com/', 'git@github.com:', 'git://github.com/'];
  fs.writeFileSync(
    config,
    `[url "file://${folder}/repositories/"]\n${prefixes.map((prefix) => `\tinsteadOf = ${prefix}\n`).join('')}[init]\n\tdefaultBranch = main\n`,
  );
  makeRepositories(path.join(folder, 'repositories'));
  return {
    env: {
      HTTPS_PROXY: address,
      https_proxy: address,
      npm_config_https_proxy: address,
      YARN_HTTPS_PROXY: address,
      YARN_HTTPS_CA_FILE_PATH: cert,
      NODE_EXTRA_CA_CERTS: cert,
      NO_PROXY: '127.0.0.1,localhost',
      no_proxy: '127.0.0.1,localhost',
      GIT_CONFIG_GLOBAL: config,
    },
    close: () => {
      for (const server of [proxy, secure]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

/** @throws {Error} where git gives a commit another hash than it is known by. */
function makeRepositories(folder: string): void {
  const wrong: string[] = [];
  for (const { name, commits } of repositories) {
    const work = path.join(folder, `${name}.work`);
    fs.mkdirSync(work, { recursive: true });
    const git = (...args: string[]) =>
      execFileSync('git', args, {
        cwd: work,
        encoding: 'utf8',
        env: {
          PATH: process.env['PATH'],
          GIT_CONFIG_GLOBAL: '/dev/null',
          GIT_AUTHOR_NAME: 'maker',
          GIT_AUTHOR_EMAIL: 'maker@example.org',
          GIT_AUTHOR_DATE: '2026-01-01T00:00:00Z',
          GIT_COMMITTER_NAME: 'maker',
          GIT_COMMITTER_EMAIL: 'maker@example.org',
          GIT_COMMITTER_DATE: '2026-01-01T00:00:00Z',
        },
      }).trim();
    git('init', '-q', '-b', 'main');
    for (const { hash, refs, files } of commits) {
      for (const [file, text] of Object.entries(files)) {
        fs.mkdirSync(path.dirname(path.join(work, file)), { recursive: true });
        fs.writeFileSync(path.join(work, file), text, { mode: isProgramFile(file) ? 0o755 : 0o644 });
      }
      git('add', '-A');
      git('commit', '-q', '-m', 'made');
      for (const ref of refs) if (ref.startsWith('refs/tags/')) git('tag', ref.slice('refs/tags/'.length));
      const made = git('rev-parse', 'HEAD');
      if (made !== hash) wrong.push(`${name}: ${hash} is ${made}`);
    }
    git('clone', '-q', '--bare', work, path.join(folder, `${name}.git`));
    git('-C', path.join(folder, `${name}.git`), 'config', 'uploadpack.allowAnySHA1InWant', 'true');
  }
  if (wrong.length > 0) throw new Error(`testing/repositories.ts names other commits than git makes:\n${wrong.join('\n')}`);
}
