/** `sleep` and `date`. */
import { formatTime } from '../../base/format-time.ts';
import { parseDateText } from './date-text.ts';
import { quotedBefore } from './quoting.ts';
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

/** Formats that options stand for. */
const isoFormats: Readonly<Record<string, string>> = {
  '': '%Y-%m-%d',
  date: '%Y-%m-%d',
  hours: '%Y-%m-%dT%H%:z',
  minutes: '%Y-%m-%dT%H:%M%:z',
  seconds: '%Y-%m-%dT%H:%M:%S%:z',
  ns: '%Y-%m-%dT%H:%M:%S,%N%:z',
};

export const date = defineTool('date', async (tool) => {
  const options = tool.options({
    short: 'ud:r:RI::',
    long: {
      utc: 'u',
      universal: 'u',
      'date=': 'd',
      'reference=': 'r',
      'rfc-email': 'R',
      'iso-8601?': 'I',
      'rfc-3339=': 'rfc',
    },
    usage: '[OPTION]... [+FORMAT]',
  });
  const utc = options.has('u') || /^UTC?0?$/.test(tool.context.env.get('TZ') ?? '-');
  const given = options.value('d');
  const reference = options.value('r');
  let at = Date.now();
  if (given !== undefined) {
    const parsed = parseDateText(given, new Date(), utc);
    if (parsed === undefined) throw new ToolExit(1, `date: invalid date '${given}'\n`);
    at = parsed;
  } else if (reference !== undefined) {
    try {
      at = tool.files.stat(reference).mtimeMs;
    } catch (error) {
      await tool.warnError(quotedBefore(reference), error);
      return;
    }
  }
  const [operand] = options.operands;
  if (operand !== undefined && !operand.startsWith('+')) throw new ToolExit(1, `date: invalid date '${operand}'\n`);
  if (options.operands.length > 1)
    throw new ToolExit(1, `date: extra operand '${options.operands[1]}'\nTry 'date --help' for more information.\n`);
  const iso = options.value('I');
  const isoFormat =
    iso === undefined ? undefined : Object.entries(isoFormats).find(([name]) => name === iso || (iso !== '' && name.startsWith(iso)))?.[1];
  if (iso !== undefined && isoFormat === undefined)
    throw new ToolExit(1, `date: invalid argument '${iso}' for '--iso-8601'\nTry 'date --help' for more information.\n`);
  const format =
    operand?.slice(1) ??
    isoFormat ??
    (options.has('R') ? '%a, %d %b %Y %H:%M:%S %z' : options.has('rfc') ? '%Y-%m-%d %H:%M:%S%:z' : '%a %b %e %H:%M:%S %Z %Y');
  await tool.stdout.write(`${formatTime(format, new Date(at), utc)}\n`);
});
