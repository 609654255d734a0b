/** `PS1` and its escapes. */
import type { Shell } from '../shell.ts';

export async function decodePrompt(shell: Shell, text: string): Promise<string> {
  const home = shell.variables.get('HOME') ?? '';
  const short =
    shell.cwd === home
      ? '~'
      : home !== '' && home !== '/' && shell.cwd.startsWith(`${home}/`)
        ? `~${shell.cwd.slice(home.length)}`
        : shell.cwd;
  const now = new Date();
  const two = (n: number) => String(n).padStart(2, '0');
  const decoded = text.replace(/\\(\[|\]|[0-7]{3}|.)/gs, (whole, c: string) => {
    if (/^[0-7]{3}$/.test(c)) return String.fromCharCode(parseInt(c, 8));
    switch (c) {
      case 'w':
        return short;
      case 'W':
        return short === '~' ? '~' : short.replace(/^.*\/(?=.)/, '') || '/';
      case 'u':
        return shell.variables.get('USER') ?? 'root';
      case 'h':
      case 'H':
        return shell.variables.get('HOSTNAME') ?? 'localhost';
      case '$':
        return shell.context.syscalls.start.uid === 0 ? '#' : '$';
      case 's':
        return shell.name.replace(/^.*\//, '');
      case 'n':
        return '\n';
      case 'r':
        return '\r';
      case 'a':
        return '\x07';
      case 'e':
        return '\x1b';
      case 't':
        return `${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
      case 'A':
        return `${two(now.getHours())}:${two(now.getMinutes())}`;
      case 'j':
        return String(shell.jobs.list.length);
      case '?':
        return String(shell.status);
      case '\\':
        return '\\';
      case '[':
      case ']':
        return '';
      default:
        return whole;
    }
  });
  return decoded;
}
