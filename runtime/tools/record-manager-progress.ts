/**
 * Records which lines move on a terminal while the real pnpm, Yarn 1, Yarn 4 and bun install from a registry that takes its time:
 * `node runtime/tools/record-manager-progress.ts [--manager NAME]`. Several rounds, since they draw by the clock. Needs python3, which knows
 * terminals.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { movingColumns, movingLines, movingPackages } from '../programs/npm/managers/testing/moving-lines.ts';
import { startRegistry } from '../programs/npm/testing/registry.ts';
import { commandOf, installManagers } from './real-managers.ts';

const answerMs = 400;
const rounds = 3;
const managers = ['pnpm', 'yarn', 'berry', 'bun'] as const;
const { values: options } = parseArgs({ options: { manager: { type: 'string' } } });
const fixture = path.join(import.meta.dirname, '../programs/npm/managers/fixtures/progress.json');
installManagers();
const registry = await startRegistry(movingPackages);

const slow = http.createServer((request, response) => {
  const answer = async () => {
    const { port } = slow.address() as AddressInfo;
    const found = await fetch(new URL(request.url ?? '/', registry.address));
    const isJson = (found.headers.get('content-type') ?? '').includes('json');
    const body = isJson ? (await found.text()).replaceAll(new URL(registry.address).host, `127.0.0.1:${port}`) : await found.bytes();
    response.writeHead(found.status, { 'content-type': found.headers.get('content-type') ?? '' }).end(body);
  };
  setTimeout(() => void answer(), answerMs * (0.5 + Math.random()));
});
await new Promise<void>((listening) => slow.listen(0, '127.0.0.1', listening));
const address = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/`;

const onTerminal = `
import fcntl, os, pty, struct, sys, termios
pid, master = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 60, ${movingColumns}, 0, 0))
    os.execvp('sh', ['sh', '-c', sys.argv[1]])
while True:
    try:
        part = os.read(master, 65536)
    except OSError:
        break
    if not part:
        break
    os.write(1, part)
`;

function written(line: string, cwd: string, env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', ['-c', onTerminal, line], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.on('error', reject);
    child.on('close', () => resolve(text));
  });
}

const all = fs.existsSync(fixture) ? (JSON.parse(fs.readFileSync(fixture, 'utf8')) as Record<string, string[]>) : {};
for (const manager of managers) {
  if (options.manager !== undefined && options.manager !== manager) continue;
  const forms = new Set<string>();
  for (let round = 0; round < rounds; round++) {
    const base = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'progress-'));
    const { command, env } = commandOf(manager, address, base);
    Reflect.deleteProperty(env, 'NO_COLOR');
    const root = path.join(base, 'app');
    fs.mkdirSync(root);
    const dependencies = Object.fromEntries(movingPackages.map(({ name }) => [name, '^1.0.0']));
    fs.writeFileSync(path.join(root, 'package.json'), JSON.stringify({ name: 'app', version: '1.0.0', license: 'MIT', dependencies }));
    if (manager === 'berry') fs.writeFileSync(path.join(root, '.yarnrc.yml'), 'nodeLinker: node-modules\nenableTelemetry: false\n');
    const text = await written(`${command.join(' ')} install`, root, {
      ...env,
      PATH: `${env['PATH'] ?? ''}:${process.env['PATH'] ?? ''}`,
      TERM: 'xterm-256color',
      YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
    });
    for (const form of movingLines(text)) forms.add(form);
    fs.rmSync(base, { recursive: true });
  }
  all[manager] = [...forms].sort();
  console.log(`${manager}: ${forms.size} forms`);
}
fs.writeFileSync(fixture, `${JSON.stringify(all, null, 1)}\n`);
slow.close();
slow.closeAllConnections();
await registry.close();
