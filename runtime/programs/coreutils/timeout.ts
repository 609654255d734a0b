/** `timeout`. */
import { PosixError } from '../../base/errors.ts';
import { signalNumbers, type SignalName } from '../../base/signals.ts';
import { startCommand, statusOf } from './commands.ts';
import { quoted } from './quoting.ts';
import { defineTool, ToolExit } from './tool.ts';

export const timeout = defineTool('timeout', async (tool) => {
  const options = tool.options({
    short: 's:k:v',
    long: { 'signal=': 's', 'kill-after=': 'k', verbose: 'v', foreground: 'f', 'preserve-status': 'p' },
    stopAtOperand: true,
    failure: 125,
    usage: '[OPTION] DURATION COMMAND [ARG]...',
  });
  const [duration, ...argv] = options.operands;
  if (duration === undefined || argv.length === 0)
    throw new ToolExit(125, "timeout: missing operand\nTry 'timeout --help' for more information.\n");
  const milliseconds = (text: string): number => {
    const match = /^(\d*\.?\d+)([smhd]?)$/.exec(text);
    if (match === null) throw new ToolExit(125, `timeout: invalid time interval '${text}'\nTry 'timeout --help' for more information.\n`);
    return Number(match[1]) * 1000 * { s: 1, m: 60, h: 3600, d: 86400, '': 1 }[match[2] as 's']!;
  };
  const wanted = (options.value('s') ?? 'TERM').toUpperCase();
  const names = Object.entries(signalNumbers) as [SignalName, number][];
  const signal = names.find(([name, number]) => name === wanted || name === `SIG${wanted}` || String(number) === wanted)?.[0];
  if (signal === undefined)
    throw new ToolExit(125, `timeout: ${options.value('s')}: invalid signal\nTry 'timeout --help' for more information.\n`);
  const limit = milliseconds(duration);
  const killAfter = options.value('k') === undefined ? undefined : milliseconds(options.value('k') as string);
  const started = await startCommand(tool, argv, (name) => `failed to run command ${quoted(name)}`);
  if (typeof started === 'number') return started;
  const { calls } = tool.context;
  const ended = new AbortController();
  const kill = (name: SignalName) =>
    calls.call('kill', { target: started.pid, signal: name }).catch((error: unknown) => {
      if (!(error instanceof PosixError)) throw error; // It ended in between.
    });
  let late = false;
  const watch = async () => {
    if (limit === 0) return;
    await calls.sleep(limit, ended.signal);
    if (ended.signal.aborted) return;
    late = true;
    await kill(signal);
    if (killAfter === undefined) return;
    await calls.sleep(killAfter, ended.signal);
    if (!ended.signal.aborted) await kill('SIGKILL');
  };
  const watching = watch();
  const result = await calls.call('wait', { child: started.pid });
  ended.abort();
  await watching;
  if (late && !options.has('p')) return result?.signal === 'SIGKILL' ? 137 : 124;
  return statusOf(result);
});
