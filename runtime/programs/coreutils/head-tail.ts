/** `head` and `tail`. */
import { quoted, quotedBefore } from './quoting.ts';
import { defineTool, parseSize, ToolExit, type Tool } from './tool.ts';

export const head = defineTool('head', (tool) => headOrTail(tool, 'head'));

export const tail = defineTool('tail', (tool) => headOrTail(tool, 'tail'));

async function headOrTail(tool: Tool, name: 'head' | 'tail'): Promise<void> {
  const options = tool.options({
    short: name === 'head' ? 'n:c:qvz' : 'n:c:qvfFs:z',
    long: {
      'lines=': 'n',
      'bytes=': 'c',
      quiet: 'q',
      silent: 'q',
      verbose: 'v',
      'zero-terminated': 'z',
      ...(name === 'tail' ? { 'follow?': 'f', retry: 'F' } : {}),
    },
    digits: 'n',
  });
  // As tails of old: `tail +2`.
  if (name === 'tail' && /^\+\d+$/.test(options.operands[0] ?? '')) options.order.push(['n', options.operands.shift() as string]);
  const delimiter = options.has('z') ? 0 : 10;
  const last = options.order.findLast(([key]) => key === 'n' || key === 'c');
  const byBytes = last?.[0] === 'c';
  let text = last?.[1] ?? '10';
  const sign = /^[-+]/.exec(text)?.[0] ?? '';
  text = text.slice(sign.length);
  const count = parseSize(text);
  if (count === undefined) throw new ToolExit(1, `${name}: invalid number of ${byBytes ? 'bytes' : 'lines'}: '${last?.[1]}'\n`);
  const headers = options.has('v') || (options.operands.length > 1 && !options.has('q'));
  let firstFile = true;
  const { stdout } = tool;
  const opened: { name: string; offset: number }[] = [];
  tool.directoryInput = async (directory) => {
    if (headers) await stdout.write(`${firstFile ? '' : '\n'}==> ${directory} <==\n`);
    firstFile = false;
    await tool.warn(`error reading ${quoted(directory)}: Is a directory`);
  };
  tool.openFailed = (name, error, status) => tool.warnError(`cannot open ${quoted(name)} for reading`, error, status);
  for await (const { name: file, reader } of tool.inputs(options.operands)) {
    if (headers) await stdout.write(`${firstFile ? '' : '\n'}==> ${file === '-' ? 'standard input' : file} <==\n`);
    firstFile = false;
    const fromStart = name === 'head' ? sign !== '-' : sign === '+';
    if (name === 'head' && fromStart) {
      let left = count;
      while (left > 0) {
        const bytes = await reader.read(byBytes ? Math.min(left, 65536) : 65536);
        if (bytes.length === 0) break;
        if (byBytes) {
          await stdout.write(bytes);
          left -= bytes.length;
          continue;
        }
        let end = -1;
        while (left > 0 && (end = bytes.indexOf(delimiter, end + 1)) >= 0) left--;
        await stdout.write(left === 0 ? bytes.subarray(0, end + 1) : bytes);
      }
    } else if (name === 'tail' && fromStart) {
      let skip = Math.max(0, count - 1);
      for (;;) {
        let bytes = await reader.read();
        if (bytes.length === 0) break;
        if (byBytes) {
          const cut = Math.min(skip, bytes.length);
          skip -= cut;
          bytes = bytes.subarray(cut);
        } else {
          while (skip > 0) {
            const end = bytes.indexOf(delimiter);
            if (end < 0) {
              bytes = bytes.subarray(bytes.length);
              break;
            }
            bytes = bytes.subarray(end + 1);
            skip--;
          }
        }
        await stdout.write(bytes);
      }
    } else {
      const all = await reader.readAll();
      let cut: number;
      if (byBytes) cut = Math.max(0, all.length - count);
      else {
        cut = all.length;
        let left = count;
        if (all.at(-1) === delimiter) cut--;
        if (count === 0) cut = all.length;
        else {
          while (left > 0 && cut >= 0) {
            cut = cut === 0 ? -1 : all.lastIndexOf(delimiter, cut - 1);
            left--;
          }
          cut++;
        }
      }
      await stdout.write(name === 'tail' ? all.subarray(cut) : all.subarray(0, cut));
      if (file !== '-') opened.push({ name: file, offset: all.length });
    }
  }
  if (name === 'tail' && (options.has('f') || options.has('F'))) await follow(tool, opened);
}

async function follow(tool: Tool, opened: { name: string; offset: number }[]): Promise<void> {
  await tool.stdout.flush();
  let wake: () => void = () => undefined;
  const disposers = opened.map((file) => tool.files.watch(file.name, { recursive: false }, () => wake()));
  try {
    for (;;) {
      for (const file of opened) {
        const all = tool.files.readFile(file.name);
        if (all.length < file.offset) {
          await tool.warn(`${quotedBefore(file.name)}: file truncated`, 0);
          file.offset = 0;
        }
        if (all.length > file.offset) await tool.stdout.write(all.slice(file.offset));
        file.offset = all.length;
      }
      await tool.stdout.flush();
      const cancel = new AbortController();
      wake = () => cancel.abort();
      await tool.context.calls.sleep(1000, cancel.signal);
    }
  } finally {
    for (const dispose of disposers) dispose();
  }
}
