/** `cp`. */
import { PosixError } from '../../base/errors.ts';
import { S_IFMT, S_IFREG } from '../../base/file-mode.ts';
import { destinations } from './destinations.ts';
import { attempt, isDirectory, isLink, statOf } from './file-state.ts';
import { quoted } from './quoting.ts';
import { defineTool, joinPath, type Tool } from './tool.ts';

interface CopyOptions {
  readonly recursive: boolean;
  readonly preserve: boolean;
  readonly keepLinks: boolean;
  readonly noClobber: boolean;
  readonly update: boolean;
  readonly force: boolean;
  readonly ask: boolean;
  readonly verbose: boolean;
}

export async function copyOne(tool: Tool, from: string, to: string, options: CopyOptions): Promise<boolean> {
  tool.context.calls.check();
  const { files } = tool;
  const source = statOf(tool, from, !options.keepLinks);
  if (source === undefined) return attempt(tool, `cannot stat ${quoted(from)}`, () => void files.stat(from));
  const target = statOf(tool, to);
  if (isDirectory(source)) {
    if (!options.recursive) {
      await tool.warn(`-r not specified; omitting directory ${quoted(from)}`);
      return false;
    }
    if (target !== undefined && !isDirectory(target)) {
      await tool.warn(`cannot overwrite non-directory ${quoted(to)} with directory ${quoted(from)}`);
      return false;
    }
    const entries = files.readdir(from);
    const parent = to.slice(0, Math.max(0, to.replace(/\/+$/, '').lastIndexOf('/'))) || (to.startsWith('/') ? '/' : '.');
    if (statOf(tool, parent) !== undefined && `${files.realpath(parent)}/`.startsWith(`${files.realpath(from)}/`)) {
      await tool.warn(`cannot copy a directory, ${quoted(from)}, into itself, ${quoted(to)}`);
      return false;
    }
    if (target === undefined && !(await attempt(tool, `cannot create directory ${quoted(to)}`, () => files.mkdir(to, source.mode & 0o777))))
      return false;
    if (options.verbose) await tool.stdout.write(`${quoted(from)} -> ${quoted(to)}\n`);
    let good = true;
    for (const entry of entries) good = (await copyOne(tool, joinPath(from, entry.name), joinPath(to, entry.name), options)) && good;
    if (options.preserve) files.utimes(to, source.atimeMs, source.mtimeMs);
    return good;
  }
  if (isDirectory(target)) {
    await tool.warn(`cannot overwrite directory ${quoted(to)} with non-directory`);
    return false;
  }
  if (target !== undefined && target.ino === source.ino && target.dev === source.dev) {
    await tool.warn(`${quoted(from)} and ${quoted(to)} are the same file`);
    return false;
  }
  if (target !== undefined && (options.noClobber || (options.update && target.mtimeMs >= source.mtimeMs))) return true;
  if (target !== undefined && options.ask && !(await tool.confirm(`overwrite ${quoted(to)}?`))) return false;
  if (isLink(source)) {
    return attempt(tool, `cannot create symbolic link ${quoted(to)}`, () => {
      if (statOf(tool, to, false) !== undefined) files.unlink(to);
      files.symlink(files.readlink(from), to);
    });
  }
  let good: boolean;
  try {
    files.access(from, 4);
    good = true;
  } catch (error) {
    await tool.warnError(`cannot open ${quoted(from)} for reading`, error);
    return false;
  }
  good = await attempt(tool, `cannot create regular file ${quoted(to)}`, () => {
    if (options.force && target !== undefined) {
      try {
        files.access(to, 2);
      } catch {
        files.unlink(to); // -f: make way for the copy.
      }
    }
    if ((source.mode & S_IFMT) === S_IFREG) files.copyFile(from, to, false);
    else throw new PosixError('EINVAL');
    if (target === undefined) files.chmod(to, source.mode & 0o7777 & (options.preserve ? 0o7777 : ~files.umask()));
    if (options.preserve) {
      files.chmod(to, source.mode & 0o7777);
      files.utimes(to, source.atimeMs, source.mtimeMs);
    }
  });
  if (good && options.verbose) await tool.stdout.write(`${quoted(from)} -> ${quoted(to)}\n`);
  return good;
}

export const cp = defineTool('cp', async (tool) => {
  const options = tool.options({
    short: 'rRadfipnuvTt:PLlsH',
    long: {
      recursive: 'r',
      archive: 'a',
      force: 'f',
      preserve: 'p',
      'preserve?': 'p',
      'no-clobber': 'n',
      update: 'u',
      verbose: 'v',
      'no-target-directory': 'T',
      'target-directory=': 't',
      'no-dereference': 'P',
      dereference: 'L',
      link: 'l',
      'symbolic-link': 's',
      interactive: 'i',
    },
  });
  const archive = options.has('a');
  const recursive = options.has('r') || options.has('R') || archive;
  const copy: CopyOptions = {
    recursive,
    preserve: archive || options.has('p'),
    keepLinks: (recursive || options.has('P') || options.has('d')) && !options.has('L'),
    noClobber: options.has('n'),
    update: options.has('u'),
    force: options.has('f'),
    ask: options.order.findLast(([key]) => 'in'.includes(key))?.[0] === 'i',
    verbose: options.has('v'),
  };
  for (const [from, to] of await destinations(tool, options.operands, options.value('t'), options.has('T'))) {
    if (options.has('l')) await attempt(tool, `cannot create hard link ${quoted(to)} to ${quoted(from)}`, () => tool.files.link(from, to));
    else if (options.has('s'))
      await attempt(tool, `cannot create symbolic link ${quoted(to)} to ${quoted(from)}`, () => tool.files.symlink(from, to));
    else await copyOne(tool, from, to, copy);
  }
});
