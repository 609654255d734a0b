/** `xargs`. */
import { decodeText } from '../../process/text.ts';
import { runCommand } from './commands.ts';
import { splitArguments } from './split-arguments.ts';
import { defineTool } from './tool.ts';

export const xargs = defineTool('xargs', async (tool) => {
  const options = tool.options({
    short: '0d:I:L:n:P:rtx',
    stopAtOperand: true,
    usage: '[OPTION]... COMMAND [INITIAL-ARGS]...',
    long: {
      null: '0',
      'delimiter=': 'd',
      'replace=': 'I',
      'max-lines=': 'L',
      'max-args=': 'n',
      'max-procs=': 'P',
      'no-run-if-empty': 'r',
      verbose: 't',
      exit: 'x',
    },
  });
  const text = decodeText(await tool.context.stdin.readAll());
  const command = options.operands.length === 0 ? ['echo'] : options.operands;
  const replace = options.value('I');
  const delimiter = options.has('0') ? '\0' : options.value('d')?.replace('\\n', '\n').replace('\\t', '\t');
  const lines = () =>
    text
      .split('\n')
      .map((line) => line.trimStart())
      .filter((line) => line !== '');
  const items =
    delimiter !== undefined
      ? text.split(delimiter).filter((item, i, all) => i < all.length - 1 || item !== '')
      : replace !== undefined
        ? lines()
        : splitArguments(text);
  const groups: string[][] = [];
  if (replace !== undefined) for (const item of items) groups.push(command.map((word) => word.replaceAll(replace, item)));
  else if (options.has('L') && delimiter === undefined) {
    const size = Number(options.value('L'));
    const all = lines();
    for (let i = 0; i < all.length; i += size) groups.push([...command, ...all.slice(i, i + size).flatMap(splitArguments)]);
  } else {
    const size = options.has('n') ? Number(options.value('n')) : 5000;
    for (let i = 0; i < items.length; i += size) groups.push([...command, ...items.slice(i, i + size)]);
  }
  if (groups.length === 0 && replace === undefined && !options.has('r')) groups.push(command);
  let status = 0;
  for (const argv of groups) {
    if (options.has('t')) await tool.context.stderr.write(`${argv.join(' ')}\n`);
    const code = await runCommand(tool, argv, (name) => name);
    if (code === 126 || code === 127) return code;
    if (code === 255) {
      await tool.warn(`${argv[0]}: exited with status 255; aborting`);
      return 124;
    }
    if (code > 128) {
      await tool.warn(`${argv[0]}: terminated by signal ${code - 128}`);
      return 125;
    }
    if (code !== 0) status = 123;
  }
  return status;
});
