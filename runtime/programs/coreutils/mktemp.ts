/** `mktemp`. */
import { PosixError } from '../../base/errors.ts';
import { O_CREAT, O_EXCL, O_RDWR } from '../../base/open-flags.ts';
import { errorText } from '../../process/strerror.ts';
import { quoted } from './quoting.ts';
import { defineTool, joinPath, ToolExit } from './tool.ts';

export const mktemp = defineTool('mktemp', async (tool) => {
  const options = tool.options({
    short: 'dqutp:',
    long: { directory: 'd', quiet: 'q', 'dry-run': 'u', 'tmpdir?': 'p', 'suffix=': 'suffix' },
    usage: '[OPTION]... [TEMPLATE]',
  });
  const [given] = options.operands;
  const template = given ?? 'tmp.XXXXXXXXXX';
  const suffix = options.value('suffix') ?? '';
  const folder =
    given === undefined || options.has('p') || options.has('t') ? options.value('p') || tool.context.env.get('TMPDIR') || '/tmp' : '';
  const marks = /X+$/.exec(template)?.[0].length ?? 0;
  if (marks < 3) throw new ToolExit(1, `mktemp: too few X's in template ${quoted(template)}\n`);
  const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
  for (;;) {
    const random = Array.from(crypto.getRandomValues(new Uint8Array(marks)), (byte) => letters[byte % letters.length]).join('');
    const name = template.slice(0, -marks) + random + suffix;
    const path = folder === '' ? name : joinPath(folder, name);
    try {
      if (options.has('d')) tool.files.mkdir(path, 0o700);
      else tool.files.close(tool.files.open(path, O_RDWR | O_CREAT | O_EXCL, 0o600));
    } catch (error) {
      if (error instanceof PosixError && error.code === 'EEXIST') continue;
      if (!(error instanceof PosixError)) throw error;
      throw new ToolExit(
        1,
        options.has('q')
          ? ''
          : `mktemp: failed to create ${options.has('d') ? 'directory' : 'file'} via template ${quoted(folder === '' ? template : joinPath(folder, template))}: ${errorText(error)}\n`,
      );
    }
    await tool.stdout.write(`${path}\n`);
    return;
  }
});
