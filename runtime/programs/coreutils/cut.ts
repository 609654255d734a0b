/** `cut`. */
import { defineTool, ToolExit } from './tool.ts';

export const cut = defineTool('cut', async (tool) => {
  const options = tool.options({
    short: 'b:c:d:f:sn',
    long: {
      'bytes=': 'b',
      'characters=': 'c',
      'delimiter=': 'd',
      'fields=': 'f',
      'only-delimited': 's',
      complement: 'complement',
      'output-delimiter=': 'output',
    },
  });
  const list = options.value('f') ?? options.value('c') ?? options.value('b');
  if (list === undefined)
    throw new ToolExit(1, "cut: you must specify a list of bytes, characters, or fields\nTry 'cut --help' for more information.\n");
  const ranges = list.split(',').map((piece) => {
    const match = /^(\d*)(-?)(\d*)$/.exec(piece);
    if (match === null || piece === '' || piece === '-')
      throw new ToolExit(
        1,
        `cut: invalid ${options.has('f') ? 'field' : 'byte/character'} ${/^\d*-?\d*$/.test(piece) ? 'range' : `value '${piece}'`}\nTry 'cut --help' for more information.\n`,
      );
    const from = Number(match[1] || 1);
    if (from === 0)
      throw new ToolExit(
        1,
        `cut: ${options.has('f') ? 'fields' : 'byte/character positions'} are numbered from 1\nTry 'cut --help' for more information.\n`,
      );
    return [from, match[2] === '' ? from : Number(match[3] || Infinity)] as const;
  });
  const complement = options.has('complement');
  const chosen = (n: number) => ranges.some(([from, to]) => n >= from && n <= to) !== complement;
  const delimiter = options.value('d') ?? '\t';
  if ([...delimiter].length !== 1 && options.has('d'))
    throw new ToolExit(1, "cut: the delimiter must be a single character\nTry 'cut --help' for more information.\n");
  for await (const { reader } of tool.inputs(options.operands)) {
    for await (const lines of reader.lines()) {
      for (const line of lines) {
        let text: string;
        if (!options.has('f')) {
          const characters = [...line];
          text = characters.filter((_, i) => chosen(i + 1)).join('');
        } else if (!line.includes(delimiter)) {
          if (options.has('s')) continue;
          text = line;
        } else
          text = line
            .split(delimiter)
            .filter((_, i) => chosen(i + 1))
            .join(options.value('output') ?? delimiter);
        const written = tool.stdout.write(`${text}\n`);
        if (written !== undefined) await written;
      }
    }
  }
});
