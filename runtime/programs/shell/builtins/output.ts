/** `echo` and `printf`. */
import type { Shell } from '../shell.ts';
import { ansiEscape } from '../syntax/escapes.ts';
import { assignScalar } from '../variables/assignments.ts';

export async function echo(shell: Shell, argv: readonly string[]): Promise<number> {
  let newline = true;
  let escapes = shell.shopts.get('xpg_echo') ?? false;
  let at = 1;
  for (; at < argv.length && /^-[neE]+$/.test(argv[at] as string); at++) {
    for (const letter of (argv[at] as string).slice(1)) {
      if (letter === 'n') newline = false;
      else escapes = letter === 'e';
    }
  }
  let text = argv.slice(at).join(' ');
  if (escapes && text.includes('\\')) {
    let result = '';
    for (let i = 0; i < text.length; i++) {
      if (text[i] !== '\\') {
        result += text[i];
        continue;
      }
      const [value, length] = ansiEscape(text, i, 'echo');
      if (value === '\0stop') {
        newline = false;
        break;
      }
      result += value;
      i += length - 1;
    }
    text = result;
  }
  await shell.write(1, newline ? `${text}\n` : text);
  return 0;
}

export async function printf(shell: Shell, argv: readonly string[]): Promise<number> {
  let args = argv.slice(1);
  let variable: string | undefined;
  if (args[0] === '-v') {
    variable = args[1];
    args = args.slice(2);
  }
  if (args[0] === '--') args = args.slice(1);
  if (args.length === 0) {
    await shell.write(
      2,
      `${shell.name}: ${shell.interactive ? '' : `line ${shell.line}: `}printf: usage: printf [-v var] format [arguments]\n`.replace(
        /.*?printf: usage/,
        'printf: usage',
      ),
    );
    return 2;
  }
  const { formatPrintf } = await import('./late.ts');
  const { text, errors } = formatPrintf(args[0] as string, args.slice(1));
  if (variable === undefined) await shell.write(1, text);
  else {
    const match = /^([A-Za-z_]\w*)\[(.*)\]$/s.exec(variable);
    if (match !== null) shell.expander.setElement(match[1] as string, match[2] as string, text);
    else assignScalar(shell, variable, text);
  }
  for (const error of errors) await shell.complain(`printf: ${error}`);
  return errors.length > 0 ? 1 : 0;
}
