import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { after, describe, it } from 'node:test';
import { openContractFiles } from '../testing/contract-files.ts';
import { runContractLine, type ContractFiles } from '../testing/contract-line.ts';
import { describeFileSystem } from '../testing/file-system-contract.ts';
import { Random } from '../testing/random.ts';

const made: string[] = [];
// As root nobody is refused anything: the real file system is asked as a plain user.
const isRoot = process.getuid?.() === 0;
const plainUser = 65534;

/** Node's own `fs` below a new folder. */
function openNodeFiles(): ContractFiles {
  if (isRoot) process.seteuid?.(0);
  const root = fs.realpathSync(fs.mkdtempSync(`${tmpdir()}/contract-`));
  made.push(root);
  fs.chmodSync(root, 0o755);
  if (isRoot) {
    fs.chownSync(root, plainUser, plainUser);
    process.seteuid?.(plainUser);
  }
  const at = (path: string) => root + path;
  return {
    mkdir: (path, mode) => fs.mkdirSync(at(path), mode),
    rmdir: (path) => fs.rmdirSync(at(path)),
    unlink: (path) => fs.unlinkSync(at(path)),
    rename: (from, to) => fs.renameSync(at(from), at(to)),
    link: (from, to) => fs.linkSync(at(from), at(to)),
    symlink: (target, path) => fs.symlinkSync(target, at(path)),
    readlink: (path) => fs.readlinkSync(at(path)),
    realpath: (path) => fs.realpathSync.native(at(path)).slice(root.length) || '/',
    readdir: (path) => fs.readdirSync(at(path)),
    truncate: (path, size) => fs.truncateSync(at(path), size),
    chmod: (path, mode) => fs.chmodSync(at(path), mode),
    // access(2) goes by the real uid, so a process that is root underneath asks by opening.
    access: (path, mode) => accessAs(at(path), mode),
    utimes: (path, atimeMs, mtimeMs) => fs.utimesSync(at(path), atimeMs / 1000, mtimeMs / 1000),
    copyFile: (from, to, exclusive) => fs.copyFileSync(at(from), at(to), exclusive ? fs.constants.COPYFILE_EXCL : 0),
    stat: (path) => fs.statSync(at(path)),
    lstat: (path) => fs.lstatSync(at(path)),
    open: (path, flags, mode) => {
      const fd = fs.openSync(at(path), flags, mode);
      return {
        read: (into, position) => fs.readSync(fd, into, 0, into.length, position),
        write: (bytes, position) => fs.writeSync(fd, bytes, 0, bytes.length, position),
        truncate: (size) => fs.ftruncateSync(fd, size),
        stat: () => fs.fstatSync(fd),
        close: () => fs.closeSync(fd),
      };
    },
  };
}

function accessAs(path: string, mode: number): void {
  if (!isRoot) return fs.accessSync(path, mode);
  const { mode: bits } = fs.statSync(path);
  if (((bits >> 6) & 7 & mode) !== mode) throw Object.assign(new Error('EACCES'), { code: 'EACCES' });
}

after(() => {
  if (isRoot) process.seteuid?.(0);
  for (const root of made) fs.rmSync(root, { recursive: true, force: true });
});

describeFileSystem('node:fs', openNodeFiles, { permissions: true }, { describe, it });
describeFileSystem('FileSystem', openContractFiles, { permissions: true }, { describe, it });

describe('FileSystem', () => {
  it('comes to what node:fs comes to, in 150 random sessions of 120 calls', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = new Random(seed);
      const [ours, theirs] = [openContractFiles(), openNodeFiles()];
      const name = () => random.pick(['a', 'b', 'c', 'd', '.', '..']);
      const path = () => {
        let result = '';
        for (let depth = 1 + random.below(3); depth > 0; depth--) result += `/${depth === 3 && random.chance(0.7) ? 'd' : name()}`;
        // A path that climbs out of the folder means something else to Node.
        const parts = result.split('/');
        let level = 0;
        for (const part of parts) if ((level += part === '..' ? -1 : part === '' || part === '.' ? 0 : 1) < 0) return '/a';
        return random.chance(0.08) ? `${result}/` : result;
      };
      for (let i = 0; i < 120; i++) {
        const line = random.pick([
          () => `mkdir ${path()}`,
          () => `mkdir ${path()}`,
          () => `rmdir ${path()}`,
          () => `unlink ${path()}`,
          () => `rename ${path()} ${path()}`,
          () => `rename ${path()} ${path()}`,
          () => `link ${path()} ${path()}`,
          () => `symlink ${random.pick(['a', 'b/c', 'd', './b'])} ${path()}`,
          () => `readlink ${path()}`,
          () => `ls ${path()}`,
          () => `put ${path()} ${seed}-${i}`,
          () => `put ${path()} ${seed}-${i}`,
          () => `read ${path()}`,
          () => `stat ${path()} ${random.pick(['nlink', 'type', 'mode'])}`,
          () => `lstat ${path()} ${random.pick(['nlink', 'type'])}`,
          () => `truncate ${path()} ${random.below(9)}`,
          () => `copy ${path()} ${path()} ${random.chance(0.3) ? 'x' : ''}`.trim(),
          () =>
            `open ${path()} ${random.pick(['r', 'rw', 'creat,rw', 'creat,excl,w', 'creat,trunc,w', 'nofollow,r', 'directory,r', 'append,w'])}`,
          () => `realpath ${path()}`,
          () => `chmod ${path()} ${random.pick(['755', '700', '750'])}`,
        ])();
        // No symbolic link climbs: one that left the folder would mean something else to Node.
        // Asked to copy a directory over a file, libuv fails and removes the file; ours only fails.
        if (line.startsWith('copy') && runContractLine(theirs, `stat ${line.split(' ')[1]} type`) === '40000') continue;
        const wanted = runContractLine(theirs, line);
        const found = runContractLine(ours, line);
        assert.equal(found, wanted, `Seed ${seed}, call ${i}: ${line}`);
      }
    }
  });
});
