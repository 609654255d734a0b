/** `mv`. */
import { PosixError } from '../../base/errors.ts';
import { copyOne } from './copy.ts';
import { destinations } from './destinations.ts';
import { attempt, isDirectory, statOf } from './file-state.ts';
import { removeAll } from './remove.ts';
import { quoted } from './quoting.ts';
import { defineTool } from './tool.ts';

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
  for (const [from, to] of await destinations(tool, options.operands, options.value('t'), options.has('T'))) {
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
    const ask = options.order.findLast(([key]) => 'fin'.includes(key))?.[0] === 'i';
    if (target !== undefined && ask && !(await tool.confirm(`overwrite ${quoted(to)}?`))) continue;
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
          ask: false,
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
