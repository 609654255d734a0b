/** Commands that are the shell's built-ins, too. */
import type { TrustedProgram } from '../../process/program.ts';
import { becomeCommand } from './commands.ts';
import { defineTool } from './tool.ts';

/** The shell runs them. */
function delegated(name: string): TrustedProgram {
  return defineTool(name, (tool) => {
    const script = name === 'which' ? 'which "$@"' : `builtin ${name} "$@"`;
    return becomeCommand(tool, ['/bin/sh', '-c', script, name, ...tool.args], tool.context.env);
  });
}

export const echo = delegated('echo');
export const printf = delegated('printf');
export const pwd = delegated('pwd');
export const test = delegated('test');
export const bracket = delegated('[');
export const kill = delegated('kill');
export const which = delegated('which');
export const trueTool = defineTool('true', async () => 0);

export const falseTool = defineTool('false', async () => 1);
