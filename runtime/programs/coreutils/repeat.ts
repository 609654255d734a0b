/** What is made from nothing: `yes`, `seq`. */
import { encodeText } from '../../process/text.ts';
import { defineTool, ToolExit } from './tool.ts';

export const yes = defineTool('yes', async (tool) => {
  const line = `${tool.args.length === 0 ? 'y' : tool.args.join(' ')}\n`;
  const block = encodeText(line.repeat(Math.max(1, Math.floor(16384 / line.length))));
  for (;;) {
    await tool.stdout.write(block);
    await tool.stdout.flush();
  }
});

export const seq = defineTool('seq', async (tool) => {
  const args = tool.args;
  let separator = '\n';
  let width = false;
  let pattern: string | undefined;
  const operands: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] as string;
    if (arg === '-f' || arg === '--format') pattern = args[++i] ?? '';
    else if (/^-f.|^--format=/.test(arg)) pattern = arg.replace(/^-f|^--format=/, '');
    else if (arg === '--equal-width') width = true;
    else if (arg.startsWith('--separator=')) separator = arg.slice(12);
    else if (arg === '-s') separator = args[++i] ?? '\n';
    else if (arg.startsWith('-s')) separator = arg.slice(2);
    else if (arg === '-w') width = true;
    else if (/^-[^\d.]/.test(arg)) throw new ToolExit(1, `seq: invalid option -- '${arg[1]}'\nTry 'seq --help' for more information.\n`);
    else operands.push(arg);
  }
  if (operands.length === 0) throw new ToolExit(1, "seq: missing operand\nTry 'seq --help' for more information.\n");
  if (operands.length > 3) throw new ToolExit(1, `seq: extra operand '${operands[3]}'\nTry 'seq --help' for more information.\n`);
  for (const operand of operands)
    if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(operand))
      throw new ToolExit(1, `seq: invalid floating point argument: '${operand}'\nTry 'seq --help' for more information.\n`);
  const [first, step, last] =
    operands.length === 1 ? ['1', '1', operands[0]] : operands.length === 2 ? [operands[0], '1', operands[1]] : operands;
  const digits = Math.max(...[first, step].map((text) => (text?.split('.')[1] ?? '').length));
  const from = Number(first);
  const by = Number(step);
  const to = Number(last);
  if (by === 0) throw new ToolExit(1, `seq: invalid Zero increment value: '${step}'\nTry 'seq --help' for more information.\n`);
  const directive = pattern === undefined ? null : /^((?:[^%]|%%)*)%([-0+ ']*)(\d*)(?:\.(\d+))?([gfe])((?:[^%]|%%)*)$/.exec(pattern);
  if (pattern !== undefined && directive === null) throw new ToolExit(1, `seq: format '${pattern}' has no % directive\n`);
  const format = (value: number) => {
    if (directive === null) return value.toFixed(digits);
    const [, before = '', flags = '', columns = '', precision, kind, after = ''] = directive;
    const number =
      kind === 'g'
        ? String(Number(value.toPrecision(Number(precision ?? 6) || 1)))
        : kind === 'f'
          ? value.toFixed(Number(precision ?? 6))
          : value.toExponential(Number(precision ?? 6)).replace(/e([-+])(\d)$/, 'e$10$2');
    const padded = flags.includes('-') ? number.padEnd(Number(columns)) : number.padStart(Number(columns), flags.includes('0') ? '0' : ' ');
    return before.replaceAll('%%', '%') + padded + after.replaceAll('%%', '%');
  };
  const columns = width ? Math.max(format(from).length, format(from + Math.floor((to - from) / by) * by).length) : 0;
  let any = false;
  for (let i = 0; ; i++) {
    const value = from + i * by;
    if (by > 0 ? value > to + 1e-10 : value < to - 1e-10) break;
    const text = format(value);
    const padded = text.startsWith('-') ? `-${text.slice(1).padStart(columns - 1, '0')}` : text.padStart(columns, '0');
    const written = tool.stdout.write(any ? separator + padded : padded);
    if (written !== undefined) await written;
    any = true;
  }
  if (any) await tool.stdout.write('\n');
});
