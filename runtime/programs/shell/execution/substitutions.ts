/** What a list writes, as text of the command around it. */
import { O_CREAT, O_RDWR, O_TRUNC } from '../../../base/open-flags.ts';
import { errorText } from '../../../process/strerror.ts';
import { decodeText } from '../../../process/text.ts';
import { ExpansionError } from '../expansion/expansion-error.ts';
import type { Shell } from '../shell.ts';
import { onlyCommand, type List } from '../syntax/ast.ts';
import { OpenFile } from './fd-table.ts';

export async function substitute(shell: Shell, body: List): Promise<string> {
  const sub = shell.fork();
  const sink = new OpenFile(shell.context.calls, undefined);
  sub.fds.put(1, sink.share());
  if (!shell.shopts.get('inherit_errexit')) sub.options.errexit = shell.options.errexit && shell.options.posix;
  const only = onlyCommand(body);
  if (
    only !== undefined &&
    only.words.length === 0 &&
    only.assignments.length === 0 &&
    only.redirections.length === 1 &&
    only.redirections[0]?.operator === '<'
  ) {
    sub.fds.closeAll();
    sink.release();
    try {
      const bytes = shell.files.readFile(shell.absolute(await shell.expander.text(only.redirections[0].target)));
      shell.status = 0;
      return decodeText(bytes).replaceAll('\0', '').replace(/\n+$/, '');
    } catch (error) {
      await shell.complain(`${await shell.expander.text(only.redirections[0].target)}: ${errorText(error)}`);
      shell.status = 1;
      return '';
    }
  }
  shell.status = await sub.runToEnd(() => sub.list(body));
  sink.release();
  const text = decodeText(await sink.collect());
  return text.replaceAll('\0', '').replace(/\n+$/, '');
}

/** Not a stream: `<(list)` runs to its end first, into a file that is removed after the command that names it. */
export async function processSubstitution(shell: Shell, direction: 'in' | 'out', body: List): Promise<string> {
  if (direction === 'out') throw new ExpansionError('>(): process substitution for writing is not supported', false);
  const folder = shell.files.mkdtemp('/tmp/.sh-');
  shell.temporaries.push(folder);
  const path = `${folder}/out`;
  const sub = shell.fork();
  const fd = shell.files.open(path, O_RDWR | O_CREAT | O_TRUNC, 0o600);
  sub.fds.put(1, new OpenFile(shell.context.calls, fd));
  await sub.runToEnd(() => sub.list(body));
  return path;
}
