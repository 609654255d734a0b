/** `mkdir` and `rmdir`. */
import { PosixError } from '../../base/errors.ts';
import type { Stat } from '../../process/syscalls.ts';
import { attempt, isDirectory, need, statOf } from './file-state.ts';
import { applyMode } from './mode.ts';
import { quoted } from './quoting.ts';
import { defineTool, ToolExit } from './tool.ts';

const isBlocking = (stat: Stat | undefined) => stat !== undefined && !isDirectory(stat);

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
    // With -p it is the part that fails that is told.
    const blocked = options.has('p')
      ? path
          .split('/')
          .map((_, i, parts) => parts.slice(0, i + 1).join('/'))
          .find((piece) => piece !== '' && isBlocking(statOf(tool, piece)))
      : undefined;
    await attempt(tool, `cannot create directory ${quoted(blocked ?? path)}`, () => {
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
    let current = path === '' ? '' : path.replace(/\/+$/, '') || '/';
    for (;;) {
      const done = await attempt(tool, `failed to remove ${quoted(current === path.replace(/\/+$/, '') ? path : current)}`, () => {
        if (options.has('v')) void tool.stdout.write(`rmdir: removing directory, ${quoted(current)}\n`);
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
