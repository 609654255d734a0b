import { WasiError } from './abi.ts';
import type { Descriptor } from './descriptors.ts';

/** What is asked of the real files. */
export interface Links {
  /** The target of a link; undefined for what is none, or is not there. */
  readlink(path: string): string | undefined;
}

const maxLinks = 32;

/**
 * Where a path of the program really is. Nothing above the directory can be named, neither by `..`, nor by an absolute path, nor
 * through a symbolic link: that fails with `ENOTCAPABLE`.
 */
export function resolveIn(directory: Descriptor, path: string, follow: boolean, links: Links): string {
  const { realPath } = directory;
  if (realPath === undefined) throw new WasiError('ENOTDIR');
  if (path.includes('\0')) throw new WasiError('EILSEQ');
  const slash = path.endsWith('/');
  let waiting = relative(path).split('/');
  const done: string[] = [];
  let count = 0;
  while (waiting.length > 0) {
    const part = waiting.shift() as string;
    if (part === '' || part === '.') continue;
    if (part === '..') {
      if (done.pop() === undefined) throw new WasiError('ENOTCAPABLE');
      continue;
    }
    const isLast = waiting.every((rest) => rest === '' || rest === '.');
    const target = !isLast || follow || slash ? links.readlink(joined(realPath, [...done, part])) : undefined;
    if (target === undefined) {
      done.push(part);
      continue;
    }
    if (++count > maxLinks) throw new WasiError('ELOOP');
    waiting = [...relative(target).split('/'), ...waiting];
  }
  return `${joined(realPath, done)}${slash && done.length > 0 ? '/' : ''}`;
}

function joined(realPath: string, parts: readonly string[]): string {
  return parts.length === 0 ? realPath : `${realPath === '/' ? '' : realPath}/${parts.join('/')}`;
}

/** As uvwasi has it, a program that knows its directory names things by their place in it. */
function relative(path: string): string {
  if (path.startsWith('/')) throw new WasiError('ENOTCAPABLE');
  return path;
}
