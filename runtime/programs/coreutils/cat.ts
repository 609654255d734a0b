/** `cat`. */
import { S_IFMT, S_IFREG } from '../../base/file-mode.ts';
import { encodeText } from '../../process/text.ts';
import { quotedBefore } from './quoting.ts';
import { defineTool } from './tool.ts';

export const cat = defineTool('cat', async (tool) => {
  const options = tool.options({
    short: 'AbeEnstTuv',
    long: {
      'show-all': 'A',
      'number-nonblank': 'b',
      'show-ends': 'E',
      number: 'n',
      'squeeze-blank': 's',
      'show-tabs': 'T',
      'show-nonprinting': 'v',
    },
  });
  const has = (letters: string) => [...letters].some((letter) => options.has(letter));
  const number = has('n') && !has('b');
  const nonblank = has('b');
  const ends = has('AeE');
  const tabs = has('AtT');
  const visible = has('Aetv');
  const plain = !number && !nonblank && !ends && !tabs && !visible && !has('s');
  let line = 1;
  let blanks = 0;
  let partial = false;
  const output = tool.context.calls.handleOf(1) === undefined ? tool.files.fstat(1) : undefined;
  for await (const { name, reader } of tool.inputs(options.operands)) {
    if (output !== undefined && tool.context.calls.handleOf(reader.fd) === undefined) {
      const input = tool.files.fstat(reader.fd);
      if (input.ino === output.ino && input.dev === output.dev && (input.mode & S_IFMT) === S_IFREG && input.size > 0) {
        await tool.warn(`${quotedBefore(name)}: input file is output file`);
        continue;
      }
    }
    try {
      if (plain) {
        for (;;) {
          const bytes = await reader.read();
          if (bytes.length === 0) break;
          const written = tool.stdout.write(bytes);
          if (written !== undefined) await written;
        }
        continue;
      }
      for await (const lines of reader.lines()) {
        for (let i = 0; i < lines.length; i++) {
          let text = lines[i] as string;
          const whole = i < lines.length - 1 || reader.endsWithNewline;
          const blank = text === '' && !partial;
          blanks = blank ? blanks + 1 : 0;
          if (has('s') && blanks > 1) continue;
          if (visible) text = showNonprinting(text);
          if (tabs) text = text.replaceAll('\t', '^I');
          const prefix = partial ? '' : number || (nonblank && !blank) ? `${String(line++).padStart(6)}\t` : '';
          const written = tool.stdout.write(`${prefix}${text}${whole ? (ends ? '$\n' : '\n') : ''}`);
          if (written !== undefined) await written;
          partial = !whole;
        }
      }
    } catch (error) {
      await tool.warnError(quotedBefore(name), error);
    }
  }
});

function showNonprinting(text: string): string {
  const bytes = encodeText(text);
  let result = '';
  for (const byte of bytes) {
    const low = byte & 127;
    const prefix = byte >= 128 ? 'M-' : '';
    if (byte === 9) result += '\t';
    else result += prefix + (low < 32 ? `^${String.fromCharCode(low + 64)}` : low === 127 ? '^?' : String.fromCharCode(low));
  }
  return result;
}
