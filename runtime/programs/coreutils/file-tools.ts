/** Tools that change the file tree. */
import { PosixError } from '../../base/errors.ts';
import type { Stat } from '../../process/syscalls.ts';
import { errorText } from '../../process/strerror.ts';
import { baseName, defineTool, joinPath, quoted, ToolExit, type Tool } from './tool.ts';

const isDirectory = (stat: Stat | undefined) => stat !== undefined && (stat.mode & 0o170000) === 0o040000;
const isLink = (stat: Stat | undefined) => stat !== undefined && (stat.mode & 0o170000) === 0o120000;

function statOf(tool: Tool, path: string, follow = true): Stat | undefined {
  try {
    return follow ? tool.files.stat(path) : tool.files.lstat(path);
  } catch (error) {
    if (error instanceof PosixError) return undefined;
    throw error;
  }
}

function need(tool: Tool, operands: readonly string[], what = 'missing operand'): void {
  if (operands.length === 0) throw new ToolExit(1, `${tool.name}: ${what}\nTry '${tool.name} --help' for more information.\n`);
}

/** Carries out `act`; a failure is told as `cannot <verb> 'path': reason`. */
async function attempt(tool: Tool, what: string, act: () => void): Promise<boolean> {
  try {
    act();
    return true;
  } catch (error) {
    await tool.warnError(what, error);
    return false;
  }
}

/** The bits of a symbolic or octal mode applied to `mode`. Undefined if it is neither. */
export function applyMode(text: string, mode: number, umask: number, directory: boolean): number | undefined {
  if (/^[0-7]{1,5}$/.test(text)) return parseInt(text, 8) & 0o7777;
  let result = mode & 0o7777;
  for (const clause of text.split(',')) {
    const match = /^([ugoa]*)((?:[-+=](?:[rwxXst]*|[ugo]))+)$/.exec(clause);
    if (match === null) return undefined;
    const who = match[1] === '' ? 'a' : (match[1] as string);
    const masked = match[1] === '';
    for (const action of (match[2] as string).match(/[-+=][rwxXstugo]*/g) ?? []) {
      let bits = 0;
      for (const c of action.slice(1)) {
        if (c === 'r') bits |= 4;
        else if (c === 'w') bits |= 2;
        else if (c === 'x' || (c === 'X' && (directory || (result & 0o111) !== 0))) bits |= 1;
        else if (c === 'u') bits |= (result >> 6) & 7;
        else if (c === 'g') bits |= (result >> 3) & 7;
        else if (c === 'o') bits |= result & 7;
      }
      let change = 0;
      let field = 0;
      for (const [letter, shift] of [
        ['u', 6],
        ['g', 3],
        ['o', 0],
      ] as const) {
        if (!who.includes(letter) && !who.includes('a')) continue;
        change |= bits << shift;
        field |= 7 << shift;
      }
      if (action.includes('s'))
        change |= (who.includes('u') || who.includes('a') ? 0o4000 : 0) | (who.includes('g') || who.includes('a') ? 0o2000 : 0);
      if (action.includes('t')) change |= 0o1000;
      if (masked) change &= ~umask;
      if (action[0] === '+') result |= change;
      else if (action[0] === '-') result &= ~change;
      else result = (result & ~field) | change;
    }
  }
  return result;
}

export const mkdir = defineTool('mkdir', async (tool) => {
  const options = tool.options({ short: 'pm:v', long: { parents: 'p', 'mode=': 'm', verbose: 'v' } });
  need(tool, options.operands);
  const modeText = options.value('m');
  const mode = modeText === undefined ? undefined : applyMode(modeText, 0o777, tool.files.umask(), true);
  if (modeText !== undefined && mode === undefined) throw new ToolExit(1, `mkdir: invalid mode '${modeText}'\n`);
  for (const path of options.operands) {
    const make = (target: string) => {
      tool.files.mkdir(target, 0o777);
      if (options.has('v')) void tool.stdout.write(`mkdir: created directory '${target}'\n`);
    };
    await attempt(tool, `cannot create directory ${quoted(path)}`, () => {
      if (options.has('p')) {
        let at = 0;
        do {
          const slash = path.indexOf('/', at + 1);
          at = slash < 0 ? path.length : slash;
          const piece = path.slice(0, at);
          if (piece === '' || /^\/+$/.test(piece)) continue;
          const stat = statOf(tool, piece);
          if (stat === undefined) make(piece);
          else if (!isDirectory(stat)) throw new PosixError(at >= path.length ? 'EEXIST' : 'ENOTDIR');
        } while (at < path.length);
      } else make(path);
      if (mode !== undefined) tool.files.chmod(path, mode);
    });
  }
});

export const rmdir = defineTool('rmdir', async (tool) => {
  const options = tool.options({ short: 'pv', long: { parents: 'p', verbose: 'v', 'ignore-fail-on-non-empty': 'i' } });
  need(tool, options.operands);
  for (const path of options.operands) {
    let current = path.replace(/\/+$/, '') || '/';
    for (;;) {
      const done = await attempt(tool, `failed to remove ${quoted(current === path.replace(/\/+$/, '') ? path : current)}`, () => {
        try {
          tool.files.rmdir(current);
        } catch (error) {
          if (!(options.has('i') && error instanceof PosixError && error.code === 'ENOTEMPTY')) throw error;
        }
      });
      if (!done || !options.has('p') || !current.includes('/')) break;
      current = current.slice(0, current.lastIndexOf('/'));
      if (current === '') break;
    }
  }
});

export const rm = defineTool('rm', async (tool) => {
  const options = tool.options({
    short: 'rRfdiIv',
    long: {
      recursive: 'r',
      force: 'f',
      dir: 'd',
      verbose: 'v',
      'preserve-root': 'preserve',
      'no-preserve-root': 'nopreserve',
      interactive: 'i',
    },
  });
  const force = options.has('f');
  const recursive = options.has('r') || options.has('R');
  if (!force) need(tool, options.operands);
  const remove = async (path: string): Promise<void> => {
    await tool.context.calls.check();
    const stat = statOf(tool, path, false);
    if (stat === undefined) {
      if (force) return;
      await attempt(tool, `cannot remove ${quoted(path)}`, () => void tool.files.lstat(path));
      return;
    }
    if (!isDirectory(stat)) {
      if ((await attempt(tool, `cannot remove ${quoted(path)}`, () => tool.files.unlink(path))) && options.has('v'))
        await tool.stdout.write(`removed ${quoted(path)}\n`);
      return;
    }
    if (!recursive) {
      if (options.has('d')) await attempt(tool, `cannot remove ${quoted(path)}`, () => tool.files.rmdir(path));
      else await tool.warn(`cannot remove ${quoted(path)}: Is a directory`);
      return;
    }
    for (const entry of tool.files.readdir(path)) await remove(joinPath(path, entry.name));
    if ((await attempt(tool, `cannot remove ${quoted(path)}`, () => tool.files.rmdir(path))) && options.has('v'))
      await tool.stdout.write(`removed directory ${quoted(path)}\n`);
  };
  for (const path of options.operands) {
    const base = baseName(path);
    if (recursive && (base === '.' || base === '..')) await tool.warn(`refusing to remove '.' or '..' directory: skipping ${quoted(path)}`);
    else if (recursive && /^\/+$/.test(path) && !options.has('nopreserve')) {
      await tool.warn("it is dangerous to operate recursively on '/'");
      await tool.warn('use --no-preserve-root to override this failsafe');
    } else await remove(path);
  }
});

export const touch = defineTool('touch', async (tool) => {
  const options = tool.options({ short: 'acmd:r:t:h', long: { 'no-create': 'c', 'date=': 'd', 'reference=': 'r' } });
  need(tool, options.operands, 'missing file operand');
  let now = Date.now();
  const reference = options.value('r');
  const dateText = options.value('d');
  const stamp = options.value('t');
  if (dateText !== undefined) {
    now = /^@/.test(dateText) ? Number(dateText.slice(1)) * 1000 : Date.parse(dateText);
    if (Number.isNaN(now)) throw new ToolExit(1, `touch: invalid date format '${dateText}'\n`);
  }
  if (stamp !== undefined) {
    const match = /^(\d{2})?(\d{2})?(\d{2})(\d{2})(\d{2})(\d{2})(?:\.(\d{2}))?$/.exec(stamp);
    if (match === null) throw new ToolExit(1, `touch: invalid date format '${stamp}'\n`);
    const year =
      match[2] === undefined && match[1] === undefined
        ? new Date().getFullYear()
        : Number(`${match[1] ?? '20'}${match[2] ?? ''}`.padEnd(4, '0'));
    now = new Date(
      match[2] === undefined && match[1] !== undefined ? 2000 + Number(match[1]) : year,
      Number(match[3]) - 1,
      Number(match[4]),
      Number(match[5]),
      Number(match[6]),
      Number(match[7] ?? 0),
    ).getTime();
  }
  for (const path of options.operands) {
    await attempt(tool, `cannot touch ${quoted(path)}`, () => {
      let stat = statOf(tool, path);
      if (stat === undefined) {
        if (options.has('c')) return;
        tool.files.close(tool.files.open(path, 1 | 0o100, 0o666));
        stat = tool.files.stat(path);
        if (reference === undefined && dateText === undefined && stamp === undefined) return;
      }
      const like = reference === undefined ? undefined : tool.files.stat(reference);
      const only = options.has('a') !== options.has('m');
      tool.files.utimes(
        path,
        only && options.has('m') ? stat.atimeMs : (like?.atimeMs ?? now),
        only && options.has('a') ? stat.mtimeMs : (like?.mtimeMs ?? now),
      );
    });
  }
});

interface CopyOptions {
  readonly recursive: boolean;
  readonly preserve: boolean;
  readonly keepLinks: boolean;
  readonly noClobber: boolean;
  readonly update: boolean;
  readonly force: boolean;
  readonly verbose: boolean;
}

async function copyOne(tool: Tool, from: string, to: string, options: CopyOptions): Promise<boolean> {
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
    if (`${files.realpath(to.slice(0, Math.max(0, to.lastIndexOf('/'))) || '.')}/`.startsWith(`${files.realpath(from)}/`)) {
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
    if ((source.mode & 0o170000) === 0o100000) files.copyFile(from, to, false);
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

/** The pairs of source and destination that the operands of `cp`, `mv` and `ln` mean. */
async function pairs(tool: Tool, operands: readonly string[], target: string | undefined, noTarget: boolean): Promise<[string, string][]> {
  if (operands.length === 0) throw new ToolExit(1, `${tool.name}: missing file operand\nTry '${tool.name} --help' for more information.\n`);
  const sources = target === undefined ? operands.slice(0, -1) : operands;
  const destination = target ?? (operands.at(-1) as string);
  if (sources.length === 0)
    throw new ToolExit(
      1,
      `${tool.name}: missing destination file operand after ${quoted(destination)}\nTry '${tool.name} --help' for more information.\n`,
    );
  const into = !noTarget && isDirectory(statOf(tool, destination));
  if (!into && (sources.length > 1 || target !== undefined))
    throw new ToolExit(
      1,
      `${tool.name}: target ${quoted(destination)}${statOf(tool, destination) === undefined && tool.name !== 'cp' ? '' : ''}: ${statOf(tool, destination) === undefined ? 'No such file or directory' : 'Not a directory'}\n`,
    );
  if (
    !into &&
    destination.endsWith('/') &&
    statOf(tool, destination) === undefined &&
    tool.name === 'cp' &&
    !isDirectory(statOf(tool, sources[0] as string))
  )
    throw new ToolExit(1, `cp: cannot create regular file ${quoted(destination)}: Not a directory\n`);
  return sources.map((source) => [source, into ? joinPath(destination, baseName(source)) : destination]);
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
    verbose: options.has('v'),
  };
  for (const [from, to] of await pairs(tool, options.operands, options.value('t'), options.has('T'))) {
    if (options.has('l')) await attempt(tool, `cannot create hard link ${quoted(to)} to ${quoted(from)}`, () => tool.files.link(from, to));
    else if (options.has('s'))
      await attempt(tool, `cannot create symbolic link ${quoted(to)} to ${quoted(from)}`, () => tool.files.symlink(from, to));
    else await copyOne(tool, from, to, copy);
  }
});

export const mv = defineTool('mv', async (tool) => {
  const options = tool.options({
    short: 'finuvTt:',
    long: {
      force: 'f',
      'no-clobber': 'n',
      update: 'u',
      verbose: 'v',
      'no-target-directory': 'T',
      'target-directory=': 't',
      interactive: 'i',
    },
  });
  const { files } = tool;
  for (const [from, to] of await pairs(tool, options.operands, options.value('t'), options.has('T'))) {
    const source = statOf(tool, from, false);
    if (source === undefined) {
      await attempt(tool, `cannot stat ${quoted(from)}`, () => void files.lstat(from));
      continue;
    }
    const target = statOf(tool, to, false);
    if (target !== undefined && target.ino === source.ino && target.dev === source.dev) {
      await tool.warn(`${quoted(from)} and ${quoted(to)} are the same file`);
      continue;
    }
    if (target !== undefined && (options.has('n') || (options.has('u') && target.mtimeMs >= source.mtimeMs))) continue;
    if (isDirectory(target) && !isDirectory(source)) {
      await tool.warn(`cannot overwrite directory ${quoted(to)} with non-directory`);
      continue;
    }
    if (target !== undefined && !isDirectory(target) && isDirectory(source)) {
      await tool.warn(`cannot overwrite non-directory ${quoted(to)} with directory ${quoted(from)}`);
      continue;
    }
    try {
      files.rename(from, to);
    } catch (error) {
      if (error instanceof PosixError && error.code === 'EXDEV') {
        const copied = await copyOne(tool, from, to, {
          recursive: true,
          preserve: true,
          keepLinks: true,
          noClobber: false,
          update: false,
          force: true,
          verbose: false,
        });
        if (copied) await removeAll(tool, from);
      } else if (error instanceof PosixError && error.code === 'EINVAL')
        await tool.warn(`cannot move ${quoted(from)} to a subdirectory of itself, ${quoted(to)}`);
      else await tool.warnError(`cannot move ${quoted(from)} to ${quoted(to)}`, error);
      continue;
    }
    if (options.has('v')) await tool.stdout.write(`renamed ${quoted(from)} -> ${quoted(to)}\n`);
  }
});

async function removeAll(tool: Tool, path: string): Promise<void> {
  if (!isDirectory(statOf(tool, path, false))) tool.files.unlink(path);
  else {
    for (const entry of tool.files.readdir(path)) await removeAll(tool, joinPath(path, entry.name));
    tool.files.rmdir(path);
  }
}

export const ln = defineTool('ln', async (tool) => {
  const options = tool.options({ short: 'sfnvTt:r', long: { symbolic: 's', force: 'f', 'no-dereference': 'n', verbose: 'v' } });
  const operands = options.operands.length === 1 ? [...options.operands, baseName(options.operands[0] as string)] : options.operands;
  const symbolic = options.has('s');
  for (const [from, to] of await pairs(
    tool,
    operands,
    options.value('t'),
    options.has('T') || (options.has('n') && isLink(statOf(tool, operands.at(-1) ?? '', false))),
  )) {
    if (options.has('f') && statOf(tool, to, false) !== undefined) tool.files.unlink(to);
    const what = symbolic
      ? `failed to create symbolic link ${quoted(to)}`
      : statOf(tool, from, false) === undefined
        ? `failed to access ${quoted(from)}`
        : isDirectory(statOf(tool, from))
          ? ''
          : `failed to create hard link ${quoted(to)}`;
    if (what === '') await tool.warn(`${from}: hard link not allowed for directory`);
    else await attempt(tool, what, () => (symbolic ? tool.files.symlink(from, to) : tool.files.link(from, to)));
  }
});

export const chmod = defineTool('chmod', async (tool) => {
  const args = tool.args;
  let recursive = false;
  let quiet = false;
  const operands: string[] = [];
  for (const arg of args) {
    if (/^-R$|^--recursive$/.test(arg)) recursive = true;
    else if (/^-f$/.test(arg)) quiet = true;
    else if (/^-[vc]$/.test(arg)) continue;
    else operands.push(arg);
  }
  const [mode, ...paths] = operands;
  if (mode === undefined) throw new ToolExit(1, "chmod: missing operand\nTry 'chmod --help' for more information.\n");
  if (paths.length === 0) throw new ToolExit(1, `chmod: missing operand after '${mode}'\nTry 'chmod --help' for more information.\n`);
  if (applyMode(mode, 0, 0, false) === undefined)
    throw new ToolExit(1, `chmod: invalid mode: '${mode}'\nTry 'chmod --help' for more information.\n`);
  const change = async (path: string): Promise<void> => {
    const stat = statOf(tool, path);
    if (stat === undefined) {
      if (!quiet) await tool.warn(`cannot access ${quoted(path)}: No such file or directory`);
      return;
    }
    await attempt(tool, `changing permissions of ${quoted(path)}`, () =>
      tool.files.chmod(path, applyMode(mode, stat.mode, tool.files.umask(), isDirectory(stat)) ?? 0),
    );
    if (recursive && isDirectory(stat))
      for (const entry of tool.files.readdir(path))
        if (!isLink(statOf(tool, joinPath(path, entry.name), false))) await change(joinPath(path, entry.name));
  };
  for (const path of paths) await change(path);
});

export const readlink = defineTool('readlink', async (tool) => {
  const options = tool.options({ short: 'fenmqsvz', long: { canonicalize: 'f', 'canonicalize-existing': 'e', 'no-newline': 'n' } });
  need(tool, options.operands);
  for (const path of options.operands) {
    try {
      const text = options.has('f') || options.has('e') ? resolve(tool, path, options.has('f')) : tool.files.readlink(path);
      await tool.stdout.write(`${text}${options.has('n') ? '' : '\n'}`);
    } catch (error) {
      if (!(error instanceof PosixError)) throw error;
      tool.status = 1;
      if (options.has('v')) await tool.warn(`${path}: ${errorText(error)}`);
    }
  }
});

export const realpath = defineTool('realpath', async (tool) => {
  const options = tool.options({
    short: 'emsqLPz',
    long: { 'canonicalize-existing': 'e', 'canonicalize-missing': 'm', 'no-symlinks': 's', quiet: 'q' },
  });
  need(tool, options.operands);
  for (const path of options.operands) {
    try {
      await tool.stdout.write(`${resolve(tool, path, !options.has('e'))}\n`);
    } catch (error) {
      await tool.warnError(path, error);
    }
  }
});

/** The last component may be missing. */
function resolve(tool: Tool, path: string, missing: boolean): string {
  try {
    return tool.files.realpath(path);
  } catch (error) {
    if (!missing || !(error instanceof PosixError) || error.code !== 'ENOENT') throw error;
    const trimmed = path.replace(/\/+$/, '');
    const slash = trimmed.lastIndexOf('/');
    return joinPath(tool.files.realpath(slash < 0 ? '.' : trimmed.slice(0, slash) || '/'), trimmed.slice(slash + 1));
  }
}
