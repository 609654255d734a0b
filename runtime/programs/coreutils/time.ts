/** `sleep` and `date`. */
import { becomeCommand } from './commands.ts';
import { defineTool, ToolExit } from './tool.ts';

export const sleep = defineTool('sleep', async (tool) => {
  const { operands } = tool.options({ short: '', usage: 'NUMBER[SUFFIX]...' });
  if (operands.length === 0) throw new ToolExit(1, "sleep: missing operand\nTry 'sleep --help' for more information.\n");
  let seconds = 0;
  for (const operand of operands) {
    const match = /^(\d*\.?\d*(?:[eE][-+]?\d+)?|inf(?:inity)?)([smhd]?)$/.exec(operand);
    if (match === null || match[1] === '' || match[1] === '.')
      throw new ToolExit(
        1,
        `sleep: invalid time interval ‘${operand}’\nTry 'sleep --help' for more information.\n`.replaceAll(/[‘’]/g, "'"),
      );
    seconds += (match[1]?.startsWith('inf') ? Infinity : Number(match[1])) * { s: 1, m: 60, h: 3600, d: 86400, '': 1 }[match[2] as 's']!;
  }
  await tool.context.calls.sleep(Number.isFinite(seconds) ? seconds * 1000 : 1e15);
});

export const date = defineTool('date', async (tool) => {
  const options = tool.options({ short: 'ud:R', long: { utc: 'u', 'date=': 'd', universal: 'u' } });
  const given = options.value('d');
  const at = given === undefined ? new Date() : /^@\d+/.test(given) ? new Date(Number(given.slice(1)) * 1000) : new Date(given);
  if (Number.isNaN(at.getTime())) throw new ToolExit(1, `date: invalid date '${given}'\n`);
  const { argv0 } = { argv0: options.operands[0] };
  const format = argv0?.startsWith('+') ? argv0.slice(1) : '%a %b %e %H:%M:%S %Z %Y';
  // The shell's printf knows strftime.
  const { calls } = tool.context;
  calls.check();
  const environment = new Map(tool.context.env);
  if (options.has('u')) environment.set('TZ', 'UTC');
  return becomeCommand(
    tool,
    ['/bin/sh', '-c', 'printf "%($1)T\\n" "$2"', 'date', format, String(Math.floor(at.getTime() / 1000))],
    environment,
  );
});
