/** `touch`. */
import { O_CREAT, O_WRONLY } from '../../base/open-flags.ts';
import { parseDateText } from './date-text.ts';
import { attempt, need, statOf } from './file-state.ts';
import { quoted } from './quoting.ts';
import { defineTool, ToolExit } from './tool.ts';

export const touch = defineTool('touch', async (tool) => {
  const options = tool.options({
    short: 'acmd:r:t:h',
    long: { 'no-create': 'c', 'date=': 'd', 'reference=': 'r', 'no-dereference': 'h', 'time=': 'time' },
  });
  need(tool, options.operands, 'missing file operand');
  let now = Date.now();
  const reference = options.value('r');
  const dateText = options.value('d');
  const stamp = options.value('t');
  if (dateText !== undefined) {
    const parsed = parseDateText(dateText, new Date(), tool.context.env.get('TZ') === 'UTC');
    if (parsed === undefined) throw new ToolExit(1, `touch: invalid date format '${dateText}'\n`);
    now = parsed;
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
        tool.files.close(tool.files.open(path, O_WRONLY | O_CREAT, 0o666));
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
