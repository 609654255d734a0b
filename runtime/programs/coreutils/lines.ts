/** `rev`, `tac` and `tee`. */
import { O_APPEND, O_CREAT, O_TRUNC, O_WRONLY } from '../../base/open-flags.ts';
import { quotedBefore } from './quoting.ts';
import { defineTool } from './tool.ts';

export const rev = defineTool('rev', async (tool) => {
  for await (const { reader } of tool.inputs(tool.options({ short: '' }).operands))
    for await (const lines of reader.lines()) for (const line of lines) await tool.stdout.write(`${[...line].reverse().join('')}\n`);
});

export const tac = defineTool('tac', async (tool) => {
  for await (const { reader } of tool.inputs(tool.options({ short: '' }).operands)) {
    const all: string[] = [];
    for await (const lines of reader.lines()) all.push(...lines);
    await tool.stdout.write(
      all
        .reverse()
        .map((line) => `${line}\n`)
        .join(''),
    );
  }
});

export const tee = defineTool('tee', async (tool) => {
  const options = tool.options({ short: 'aip', long: { append: 'a', 'ignore-interrupts': 'i' } });
  const fds: number[] = [];
  for (const name of options.operands) {
    try {
      fds.push(tool.files.open(name, O_WRONLY | O_CREAT | (options.has('a') ? O_APPEND : O_TRUNC), 0o666));
    } catch (error) {
      await tool.warnError(quotedBefore(name), error);
    }
  }
  for (;;) {
    const bytes = await tool.context.stdin.read();
    if (bytes.length === 0) break;
    for (const fd of fds) await tool.context.calls.writeFd(fd, bytes);
    await tool.stdout.write(bytes);
  }
});
