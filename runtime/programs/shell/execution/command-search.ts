/** Which file a command name runs. */
import { S_IFDIR, S_IFMT, S_IFREG } from '../../../base/file-mode.ts';
import type { Shell } from '../shell.ts';

/** The file that a command name runs, or the status after the failure has been told. */
export async function findCommand(shell: Shell, name: string): Promise<string | number> {
  if (name.includes('/')) {
    const path = shell.absolute(name);
    const stat = shell.stat(path);
    if (stat === undefined) {
      await shell.complain(`${name}: No such file or directory`);
      return 127;
    }
    if ((stat.mode & S_IFMT) === S_IFDIR) {
      await shell.complain(`${name}: Is a directory`);
      return 126;
    }
    if ((stat.mode & 0o111) === 0) {
      await shell.complain(`${name}: Permission denied`);
      return 126;
    }
    return path;
  }
  const [found] = searchPath(shell, name);
  if (found !== undefined) return found;
  const handler = shell.functions.get('command_not_found_handle');
  if (handler !== undefined) return shell.callFunction(handler, ['command_not_found_handle', name]);
  await shell.complain(`${name}: command not found`);
  return 127;
}

/** Executable files of that name on `PATH`, in order. */
export function searchPath(shell: Shell, name: string, path = shell.variables.get('PATH') ?? '/usr/local/bin:/usr/bin:/bin'): string[] {
  if (name === '') return [];
  const found: string[] = [];
  for (const directory of path.split(':')) {
    const file = directory === '' ? `./${name}` : `${directory}/${name}`;
    const stat = shell.stat(file);
    if (stat !== undefined && (stat.mode & S_IFMT) === S_IFREG && (stat.mode & 0o111) !== 0) found.push(shell.absolute(file));
  }
  return found;
}
