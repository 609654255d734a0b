/**
 * Records what the real pnpm, Yarn 1, Yarn 4, bun and npm (11, on the path) leave on a terminal after the lines of
 * `programs/npm/managers/testing/terminal-cases.ts`: `node runtime/tools/record-manager-terminals.ts [--manager NAME]`. Needs python3, which
 * knows terminals.
 */
import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { commandPackages } from '../programs/npm/managers/testing/command-cases.ts';
import { plainScreen } from '../programs/npm/managers/testing/screen.ts';
import {
  terminalColumns,
  terminalFiles,
  terminalLines,
  terminalManagers,
  type RecordedScreen,
  type TerminalManager,
} from '../programs/npm/managers/testing/terminal-cases.ts';
import { startRegistry } from '../programs/npm/testing/registry.ts';
import { commandOf, installManagers } from './real-managers.ts';

const { values: options } = parseArgs({ options: { manager: { type: 'string' } } });
const fixture = path.join(import.meta.dirname, '../programs/npm/managers/fixtures/terminals.json');
installManagers();
const registry = await startRegistry(commandPackages);

const onTerminal = `
import fcntl, os, pty, struct, sys, termios
go_read, go_write = os.pipe()
pid, master = pty.fork()
if pid == 0:
    os.read(go_read, 1)
    os.execvp('sh', ['sh', '-c', sys.argv[1]])
fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack('HHHH', 60, ${terminalColumns}, 0, 0))
os.write(go_write, b'x')
while True:
    try:
        part = os.read(master, 65536)
    except OSError:
        break
    if not part:
        break
    os.write(1, part)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
`;

function run(line: string, cwd: string, env: Readonly<Record<string, string>>): Promise<{ code: number | null; written: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn('python3', ['-c', onTerminal, line], { cwd, env, stdio: ['ignore', 'pipe', 'inherit'] });
    let written = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (written += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, written }));
  });
}

async function record(manager: TerminalManager): Promise<RecordedScreen[]> {
  const base = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), 'terminals-'));
  // Of npm the one on the path runs, with what any other is given.
  const { command, env } = commandOf(manager === 'npm' ? 'yarn' : manager, registry.address, base);
  Reflect.deleteProperty(env, 'NO_COLOR');
  const [root, bin] = [path.join(base, 'app'), path.join(base, 'bin')];
  fs.mkdirSync(root);
  fs.mkdirSync(bin);
  if (manager !== 'npm')
    fs.writeFileSync(path.join(bin, manager === 'berry' ? 'yarn' : manager), `#!/bin/sh\nexec ${command.join(' ')} "$@"\n`, {
      mode: 0o755,
    });
  for (const [file, text] of Object.entries(terminalFiles(manager))) fs.writeFileSync(path.join(root, file), text);
  const made: RecordedScreen[] = [];
  for (const line of terminalLines(manager)) {
    const { code, written } = await run(line, root, {
      ...env,
      PATH: `${bin}:${env['PATH'] ?? ''}:${process.env['PATH'] ?? ''}`,
      npm_config_audit: 'false',
      npm_config_cache: path.join(base, 'cache'),
      TERM: 'xterm-256color',
      COLORTERM: 'truecolor',
      npm_config_fetch_retries: '0',
      ...(manager === 'npm' ? {} : { npm_config_package_import_method: 'copy' }),
      YARN_HTTP_RETRY: '0',
      YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
      YARN_ENABLE_SCRIPTS: 'true',
    });
    const screen = plainScreen(
      written.replaceAll(root, '/home/app').replaceAll(path.join(base, 'cache'), '/home/user/.npm'),
      registry.address,
    );
    made.push({ line, code, screen });
    console.log(`${line}: ${code}`);
  }
  fs.rmSync(base, { recursive: true });
  return made;
}

const all: Record<string, RecordedScreen[]> = fs.existsSync(fixture)
  ? (JSON.parse(fs.readFileSync(fixture, 'utf8')) as Record<string, RecordedScreen[]>)
  : {};
for (const manager of terminalManagers)
  if (options.manager === undefined || options.manager === manager) all[manager] = await record(manager);
fs.writeFileSync(fixture, `${JSON.stringify(all, null, 1)}\n`);
await registry.close();
