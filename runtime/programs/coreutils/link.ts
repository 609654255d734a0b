/** `ln`. */
import { destinations } from './destinations.ts';
import { attempt, isDirectory, isLink, statOf } from './file-state.ts';
import { quoted } from './quoting.ts';
import { baseName, defineTool } from './tool.ts';

export const ln = defineTool('ln', async (tool) => {
  const options = tool.options({ short: 'sfnvTt:r', long: { symbolic: 's', force: 'f', 'no-dereference': 'n', verbose: 'v' } });
  const operands = options.operands.length === 1 ? [...options.operands, baseName(options.operands[0] as string)] : options.operands;
  const symbolic = options.has('s');
  for (const [from, to] of await destinations(
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
