/** `uniq`. */
import { O_CREAT, O_TRUNC, O_WRONLY } from '../../base/open-flags.ts';
import { defineTool, ToolExit } from './tool.ts';

export const uniq = defineTool('uniq', async (tool) => {
  const options = tool.options({
    short: 'cdDuif:s:w:z',
    long: {
      count: 'c',
      repeated: 'd',
      unique: 'u',
      'ignore-case': 'i',
      'skip-fields=': 'f',
      'skip-chars=': 's',
      'check-chars=': 'w',
      'all-repeated': 'D',
    },
  });
  const [input, output] = options.operands;
  if (options.operands.length > 2)
    throw new ToolExit(1, `uniq: extra operand '${options.operands[2]}'\nTry 'uniq --help' for more information.\n`);
  const out = output === undefined ? undefined : tool.files.open(output, O_WRONLY | O_CREAT | O_TRUNC, 0o666);
  const skipFields = Number(options.value('f') ?? 0);
  const skipCharacters = Number(options.value('s') ?? 0);
  const width = Number(options.value('w') ?? Infinity);
  const key = (line: string) => {
    let text = line;
    for (let i = 0; i < skipFields; i++) text = text.replace(/^[ \t]*[^ \t]*/, '');
    text = [...text].slice(skipCharacters, skipCharacters + width).join('');
    return options.has('i') ? text.toLowerCase() : text;
  };
  const write = async (text: string) => {
    if (out === undefined) await tool.stdout.write(text);
    else await tool.context.calls.writeFd(out, new TextEncoder().encode(text));
  };
  let current: { line: string; key: string; count: number; all: string[] } | undefined;
  const finish = async () => {
    if (current === undefined) return;
    if (options.has('D')) {
      if (current.count > 1) for (const line of current.all) await write(`${line}\n`);
      return;
    }
    if ((options.has('d') && current.count === 1) || (options.has('u') && current.count > 1)) return;
    await write(`${options.has('c') ? `${String(current.count).padStart(7)} ` : ''}${current.line}\n`);
  };
  for await (const { reader } of tool.inputs(input === undefined ? [] : [input])) {
    for await (const lines of reader.lines()) {
      for (const line of lines) {
        const own = key(line);
        if (current !== undefined && current.key === own) {
          current.count++;
          if (options.has('D')) current.all.push(line);
        } else {
          await finish();
          current = { line, key: own, count: 1, all: [line] };
        }
      }
    }
  }
  await finish();
  if (out !== undefined) tool.files.close(out);
});
