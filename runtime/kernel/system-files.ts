/** The files that every container has before its author's: what a small Linux system has. */
import { PosixError } from '../base/errors.ts';
import { devices } from '../fs/devices.ts';
import type { FileSystem } from '../fs/file-system.ts';
import { S_IFCHR } from '../base/file-mode.ts';
import type { ProgramRow } from '../wires/host-wire.ts';
import { builtInPrefix } from '../fs/executable.ts';
import { hostName } from './network.ts';

const userName = 'user';
export const userId = 1000;
export const homeFolder = `/home/${userName}`;

const encoder = new TextEncoder();

/** Makes what is missing; what is there, from an earlier session or a layer, stays. `fs` acts for root. */
export function installSystemFiles(fs: FileSystem, programs: Iterable<ProgramRow>, workdir: string): void {
  for (const folder of ['/usr/bin', '/usr/lib', '/etc', '/dev/pts', '/proc/sys/kernel', '/run', '/var', '/opt'])
    folderAt(fs, folder, 0o755);
  folderAt(fs, '/root', 0o700);
  for (const folder of ['/tmp', '/var/tmp']) folderAt(fs, folder, 0o1777);
  for (const [path, target] of [
    ['/bin', 'usr/bin'],
    ['/sbin', 'usr/bin'],
    ['/lib', 'usr/lib'],
  ] as const)
    if (!fs.exists(path)) fs.symlink(target, path);
  for (const { name, rdev, mode } of devices) {
    if (fs.exists(`/dev/${name}`)) continue;
    fs.mknod(`/dev/${name}`, S_IFCHR | mode, rdev);
    fs.chmod(`/dev/${name}`, mode);
  }
  fileAt(fs, '/etc/passwd', `root:x:0:0:root:/root:/bin/sh\n${userName}:x:${userId}:${userId}:${userName}:${homeFolder}:/bin/sh\n`);
  fileAt(fs, '/etc/group', `root:x:0:\n${userName}:x:${userId}:\n`);
  fileAt(fs, '/etc/hosts', `127.0.0.1\tlocalhost ${hostName}\n::1\tlocalhost ip6-localhost\n`);
  for (const path of ['/etc/hostname', '/proc/sys/kernel/hostname']) fileAt(fs, path, `${hostName}\n`);
  fileAt(fs, '/etc/os-release', 'NAME="bavini"\nID=bavini\nPRETTY_NAME="bavini"\n');
  fileAt(fs, '/etc/shells', '/bin/sh\n');
  for (const { name, commands } of programs)
    for (const command of commands) fileAt(fs, `/usr/bin/${command}`, `#!${builtInPrefix}${name}\n`, 0o755);
  // Commands of global packages: nobody else uses this system.
  for (const folder of ['/usr/local/bin', '/usr/local/lib']) ownFolder(fs, folder);
  ownFolder(fs, homeFolder);
  ownFolder(fs, workdir);
}

/** A folder of the user's, with whatever leads to it. */
function ownFolder(fs: FileSystem, path: string): void {
  const first = fs.mkdirp(path, 0o755);
  if (first === undefined) return;
  for (let at = path; at.startsWith(first); at = at.slice(0, at.lastIndexOf('/'))) fs.chown(at, userId, userId);
}

function folderAt(fs: FileSystem, path: string, mode: number): void {
  if (fs.mkdirp(path, 0o755) !== undefined && mode !== 0o755) fs.chmod(path, mode);
}

function fileAt(fs: FileSystem, path: string, text: string, mode = 0o644): void {
  try {
    fs.lstat(path);
  } catch (error) {
    if (!(error instanceof PosixError) || error.code !== 'ENOENT') throw error;
    fs.writeFile(path, encoder.encode(text), mode);
  }
}

/** The environment of a program that the page starts, before the author's and the caller's variables. */
export function defaultEnvironment(workdir: string): ReadonlyMap<string, string> {
  return new Map([
    ['PATH', `${workdir}/node_modules/.bin:/usr/local/bin:/usr/bin:/bin`],
    ['HOME', homeFolder],
    ['USER', userName],
    ['LOGNAME', userName],
    ['SHELL', '/bin/sh'],
    ['TERM', 'xterm-256color'],
    ['LANG', 'C.UTF-8'],
    ['HOSTNAME', hostName],
    ['TMPDIR', '/tmp'],
  ]);
}
