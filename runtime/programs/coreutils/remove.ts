/** `rm`. */
import { attempt, isDirectory, isLink, need, statOf } from './file-state.ts';
import { quoted } from './quoting.ts';
import { baseName, defineTool, joinPath, type Tool } from './tool.ts';

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
  const asking = options.order.findLast(([key]) => 'fiI'.includes(key))?.[0];
  const asks = asking === 'i';
  /** What `rm -i` says of what it is about to remove. */
  const confirmed = async (what: string, path: string, size = -1) =>
    !asks ||
    (await tool.confirm(
      `${what} ${size === 0 ? 'regular empty file' : size > 0 ? 'regular file' : ''}${size < 0 ? '' : ' '}${quoted(path)}?`,
    ));
  const remove = async (path: string): Promise<void> => {
    await tool.context.calls.check();
    const stat = statOf(tool, path, false);
    if (stat === undefined) {
      if (force) return;
      await attempt(tool, `cannot remove ${quoted(path)}`, () => void tool.files.lstat(path));
      return;
    }
    if (!isDirectory(stat)) {
      if (!(await confirmed(isLink(stat) ? 'remove symbolic link' : 'remove', path, isLink(stat) ? -1 : stat.size))) return;
      if ((await attempt(tool, `cannot remove ${quoted(path)}`, () => tool.files.unlink(path))) && options.has('v'))
        await tool.stdout.write(`removed ${quoted(path)}\n`);
      return;
    }
    if (!recursive) {
      if (options.has('d')) await attempt(tool, `cannot remove ${quoted(path)}`, () => tool.files.rmdir(path));
      else await tool.warn(`cannot remove ${quoted(path)}: Is a directory`);
      return;
    }
    // A package that was installed goes in one change.
    if (!asks && !options.has('v') && tool.files.mounted(path) !== undefined)
      await attempt(tool, `cannot remove ${quoted(path)}`, () => tool.files.unmount(path));
    const entries = tool.files.readdir(path);
    if (entries.length > 0 && !(await confirmed('descend into directory', path))) return;
    for (const entry of entries) await remove(joinPath(path, entry.name));
    if (!(await confirmed('remove directory', path))) return;
    if ((await attempt(tool, `cannot remove ${quoted(path)}`, () => tool.files.rmdir(path))) && options.has('v'))
      await tool.stdout.write(`removed directory ${quoted(path)}\n`);
  };
  if (asking === 'I' && (recursive || options.operands.length > 3)) {
    const count = `${options.operands.length} argument${options.operands.length > 1 ? 's' : ''}`;
    if (!(await tool.confirm(`remove ${count}${recursive ? ' recursively' : ''}?`))) return;
  }
  for (const path of options.operands) {
    const base = baseName(path);
    if (recursive && (base === '.' || base === '..')) await tool.warn(`refusing to remove '.' or '..' directory: skipping ${quoted(path)}`);
    else if (recursive && /^\/+$/.test(path) && !options.has('nopreserve')) {
      await tool.warn("it is dangerous to operate recursively on '/'");
      await tool.warn('use --no-preserve-root to override this failsafe');
    } else await remove(path);
  }
});

export async function removeAll(tool: Tool, path: string): Promise<void> {
  if (!isDirectory(statOf(tool, path, false))) tool.files.unlink(path);
  else {
    for (const entry of tool.files.readdir(path)) await removeAll(tool, joinPath(path, entry.name));
    tool.files.rmdir(path);
  }
}
