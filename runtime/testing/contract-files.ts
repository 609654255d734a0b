import { FileSystem } from '../fs/file-system.ts';
import { Replica } from '../fs/replica.ts';
import { Tree } from '../fs/tree.ts';
import type { ContractFiles } from './contract-line.ts';
import { readMemoryBlob } from './memory-blob.ts';

/** Our file system, empty, as the contract suite wants it. */
export function openContractFiles(): ContractFiles & { readonly system: FileSystem } {
  const tree = new Tree({ reader: readMemoryBlob, uid: 1000, gid: 1000 });
  const system = new FileSystem(new Replica(tree, 2 ** 31));
  return {
    system,
    mkdir: (path, mode) => system.mkdir(path, mode),
    rmdir: (path) => system.rmdir(path),
    unlink: (path) => system.unlink(path),
    rename: (from, to) => system.rename(from, to),
    link: (from, to) => system.link(from, to),
    symlink: (target, path) => system.symlink(target, path),
    readlink: (path) => system.readlink(path),
    realpath: (path) => system.realpath(path),
    readdir: (path) => system.readdir(path).map(({ name }) => name),
    truncate: (path, size) => system.truncate(path, size),
    chmod: (path, mode) => system.chmod(path, mode),
    access: (path, mode) => system.access(path, mode),
    utimes: (path, atimeMs, mtimeMs) => system.utimes(path, atimeMs, mtimeMs),
    copyFile: (from, to, exclusive) => system.copyFile(from, to, exclusive),
    stat: (path) => system.stat(path),
    lstat: (path) => system.lstat(path),
    open: (path, flags, mode) => {
      const file = system.open(path, flags, mode);
      return {
        read: (into, position) => file.read(into, position),
        write: (bytes, position) => file.write(bytes, position),
        truncate: (size) => file.truncate(size),
        stat: () => system.fstat(file),
        close: () => file.close(),
      };
    },
  };
}
