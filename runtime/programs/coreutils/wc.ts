/** `wc`. */
import { quotedBefore } from './quoting.ts';
import { defineTool } from './tool.ts';

export const wc = defineTool('wc', async (tool) => {
  const options = tool.options({ short: 'clmwL', long: { bytes: 'c', chars: 'm', lines: 'l', words: 'w', 'max-line-length': 'L' } });
  const all = options.order.length === 0;
  const wanted = ['l', 'w', 'm', 'c', 'L'].filter((letter) => (all ? 'lwc'.includes(letter) : options.has(letter)));
  const rows: { counts: Record<string, number>; name: string | undefined }[] = [];
  const total: Record<string, number> = { l: 0, w: 0, m: 0, c: 0, L: 0 };
  let regular = true;
  let sizes = 0;
  tool.directoryInput = async (name) => {
    await tool.warn(`${quotedBefore(name)}: Is a directory`);
    rows.push({ counts: { l: 0, w: 0, m: 0, c: 0, L: 0 }, name });
    regular = false;
  };
  for await (const { name, reader } of tool.inputs(options.operands)) {
    const counts: Record<string, number> = { l: 0, w: 0, m: 0, c: 0, L: 0 };
    let inWord = false;
    let column = 0;
    if (tool.context.calls.handleOf(reader.fd) !== undefined) regular = false;
    for (;;) {
      const bytes = await reader.read();
      if (bytes.length === 0) break;
      counts.c = (counts.c as number) + bytes.length;
      let lines = 0;
      let words = 0;
      let characters = 0;
      for (let i = 0; i < bytes.length; i++) {
        const byte = bytes[i] as number;
        if ((byte & 0xc0) !== 0x80) {
          characters++;
          column += byte === 9 ? 8 - (column % 8) : byte < 32 ? 0 : 1;
        }
        if (byte === 10) {
          lines++;
          counts.L = Math.max(counts.L as number, column);
          column = 0;
        }
        if (byte === 32 || (byte >= 9 && byte <= 13)) inWord = false;
        else if (!inWord && byte > 32) {
          inWord = true;
          words++;
        }
      }
      counts.l = (counts.l as number) + lines;
      counts.w = (counts.w as number) + words;
      counts.m = (counts.m as number) + characters;
    }
    counts.L = Math.max(counts.L as number, column);
    sizes += counts.c as number;
    for (const key of 'lwmc') total[key] = (total[key] as number) + (counts[key] as number);
    total.L = Math.max(total.L as number, counts.L as number);
    rows.push({ counts, name: name === '-' && options.operands.length === 0 ? undefined : name });
  }
  if (options.operands.length > 1) rows.push({ counts: total, name: 'total' });
  const width = wanted.length === 1 && rows.length === 1 ? 1 : !regular ? 7 : String(sizes).length;
  for (const { counts, name } of rows)
    await tool.stdout.write(
      `${wanted.map((key) => String(counts[key]).padStart(width)).join(' ')}${name === undefined ? '' : ` ${name}`}\n`,
    );
});
