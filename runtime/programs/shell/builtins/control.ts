/** What leaves a construct, a function or the shell, and what runs text in this shell. */
import { errorText } from '../../../process/strerror.ts';
import { decodeText } from '../../../process/text.ts';
import { BreakLoop, ExitShell, ReturnFromFunction } from '../execution/control-flow.ts';
import type { Shell } from '../shell.ts';

export async function exitWith(shell: Shell, argv: readonly string[], make: (status: number) => unknown): Promise<number> {
  const given = argv[1] === '--' ? argv[2] : argv[1];
  if (given === undefined) throw make(shell.status);
  if (!/^\s*[+-]?\d+\s*$/.test(given)) {
    await shell.complain(`${argv[0]}: ${given}: numeric argument required`);
    throw make(2);
  }
  throw make(Number(BigInt.asUintN(8, BigInt(given.trim()))));
}

export async function loopControl(shell: Shell, argv: readonly string[]): Promise<number> {
  const name = argv[0] as 'break' | 'continue';
  const levels = Number(argv[1] ?? 1);
  if (shell.loopDepth === 0) {
    await shell.complain(`${name}: only meaningful in a \`for', \`while', or \`until' loop`);
    return 0;
  }
  if (!Number.isInteger(levels)) {
    await shell.complain(`${name}: ${argv[1]}: numeric argument required`);
    throw new ExitShell(128);
  }
  if (levels < 1) {
    await shell.complain(`${name}: ${argv[1]}: loop count out of range`);
    throw new BreakLoop('break', shell.loopDepth);
  }
  throw new BreakLoop(name, levels);
}

export async function source(shell: Shell, argv: readonly string[]): Promise<number> {
  const [name, path, ...positional] = argv;
  if (path === undefined) {
    await shell.complain(`${name}: filename argument required`);
    await shell.write(2, `${name}: usage: ${name} filename [arguments]\n`);
    return 2;
  }
  let file = shell.absolute(path);
  if (!path.includes('/'))
    file =
      (shell.variables.get('PATH') ?? '')
        .split(':')
        .map((directory) => shell.absolute(`${directory}/${path}`))
        .find((candidate) => shell.stat(candidate) !== undefined) ?? file;
  let text: string;
  try {
    text = decodeText(shell.files.readFile(file));
  } catch (error) {
    const reason = errorText(error);
    await shell.complain(reason === 'Is a directory' ? `${name}: ${path}: is a directory` : `${path}: ${reason}`);
    return 1;
  }
  const saved = shell.positional;
  const { line } = shell;
  if (positional.length > 0) shell.positional = positional;
  shell.sourceDepth++;
  try {
    return await shell.evaluate(text, { line: 1 });
  } catch (error) {
    if (error instanceof ReturnFromFunction) return error.status;
    throw error;
  } finally {
    shell.sourceDepth--;
    shell.line = line;
    if (positional.length > 0) shell.positional = saved;
  }
}
