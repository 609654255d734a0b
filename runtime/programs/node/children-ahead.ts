/**
 * Children that a process waits for and that need what a waiting worker cannot have: package managers that ask a registry, and servers.
 * Where their output goes elsewhere the process goes ahead of them (`process/ahead.ts`).
 */
import type { FdTransfer } from '../../wires/process-wire.ts';
import type { SyncSpawnAnswer, SyncSpawnRequest } from '../../process/nested/sync-spawner.ts';
import type { NodeRealm } from './realm.ts';
import { childPids } from './wraps/child-pids.ts';
import { KernelStream } from './wraps/kernel-stream.ts';

const shells = /^(?:ba|da)?sh$/;
const runners = /^(?:npx|pnpx|bunx)$/;
const managers = /^(?:pnpm|yarn|yarnpkg|bun)$/;
/** What npm does without a registry: it runs in the worker itself, and its results can be read at once. */
const quiet =
  /^(?:run|run-script|rum|urn|t|tst|test|stop|restart|ls|list|ll|la|config|c|get|set|why|explain|explore|help|pkg|prefix|root|version)$/;
/** Scripts that serve until they are ended, by the names they usually have. */
const servers = /^(?:dev|start|serve|server|watch|preview)(?:$|:)/;
const O_RDWR = 2;

const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const isFlag = (word: string) => word.startsWith('-');

function isInstalled(realm: NodeRealm, name: string, cwd: string): boolean {
  const { files } = realm.syscalls;
  for (let at = cwd; ; at = at.slice(0, at.lastIndexOf('/'))) {
    if (files.typeOf(`${at}/node_modules/.bin/${name}`) !== 0) return true;
    if (at === '') return false;
  }
}

/** Whether a command cannot be run in the worker of who waits for it. */
function needsKernel(realm: NodeRealm, words: readonly string[], cwd: string): boolean {
  const name = baseName(words[0] ?? '');
  if (managers.test(name)) return true;
  const [word, second] = words.slice(1).filter((one) => !isFlag(one));
  if (runners.test(name)) return word !== undefined && !isInstalled(realm, word, cwd);
  if (name !== 'npm' || word === undefined) return false;
  switch (word) {
    case 'exec':
    case 'x':
      return second !== undefined && !isInstalled(realm, second, cwd);
    case 'init':
    case 'create':
      return second !== undefined;
    case 'start':
      return true;
    default:
      return !quiet.test(word) || (/^r(?:un|un-script|um)$/.test(word) && servers.test(second ?? ''));
  }
}

/** The simple commands of a line, near enough to know what they run. */
function commandsOf(line: string): readonly (readonly string[])[] {
  return line.split(/[;&|()\n]+/).map((part) =>
    part
      .trim()
      .split(/\s+/)
      .map((word) => word.replace(/^["']|["']$/g, ''))
      .filter((word, i, all) => !all.slice(0, i + 1).every((one) => /^\w+=/.test(one))),
  );
}

const isShell = ({ file, args }: SyncSpawnRequest) => shells.test(baseName(file)) && args[1] === '-c' && args.length === 3;

/** What `npm create` runs makes projects and installs what they need, often by a program of its own (Angular's). */
const isOfInitializer = ({ file, env }: SyncSpawnRequest): boolean =>
  baseName(file) === 'node' && env.some(([name, value]) => name === 'npm_command' && value === 'init');

/** @returns undefined if the child is one that can run in the worker itself, or what it says is wanted. */
export function runAhead(realm: NodeRealm, spawn: SyncSpawnRequest): SyncSpawnAnswer | undefined {
  const { syscalls } = realm;
  if (syscalls.goAhead === undefined) return undefined;
  const { file, args, env, cwd, stdio } = spawn;
  const line = isShell(spawn) ? args[2]! : [baseName(file), ...args.slice(1)].join(' ');
  const command = `"${line}"`;
  // More of it is wanted than that it does its work.
  if (spawn.timeout > 0 || stdio.some((one, fd) => one.kind === 'pipe' && (fd > 0 || one.input !== null))) return undefined;
  const commands = isShell(spawn) ? commandsOf(line) : [[file, ...args.slice(1)]];
  const isShown = stdio.some((one, fd) => one.kind === 'inherit' && fd > 0);
  if (!(isShown && (syscalls.isAhead === true || isOfInitializer(spawn))) && !commands.some((words) => needsKernel(realm, words, cwd)))
    return undefined;
  const pid = childPids(realm).next();
  if (pid === undefined) return undefined;
  const { descriptors, files } = syscalls;
  const opened: number[] = [];
  const fds = stdio.map((one, fd): FdTransfer => {
    const from = one.kind === 'inherit' ? one.fd : files.open('/dev/null', O_RDWR, 0);
    if (one.kind !== 'inherit') opened.push(from);
    const info = descriptors.info(from);
    if (info?.kind === 'stream') KernelStream.yieldReads(realm, info.handle);
    return descriptors.transfer(from, fd);
  });
  const release = realm.loop.hold();
  syscalls.goAhead({
    command,
    spawn: { file, argv: args, env, cwd, umask: files.umask(), fds, childPid: pid },
    onPids: (range) => childPids(realm).add(range),
    onOver() {
      childPids(realm).ended(pid);
      release();
    },
  });
  for (const fd of opened) files.close(fd);
  return { pid, status: 0, signal: null, output: stdio.map(() => null) };
}
