/** What a process has from its parent. */
import { becomeCommand } from './commands.ts';
import { splitArguments } from './split-arguments.ts';
import { defineTool } from './tool.ts';

export const env = defineTool('env', async (tool) => {
  const options = tool.options({
    short: 'iu:C:0S:',
    long: { 'ignore-environment': 'i', 'unset=': 'u', 'chdir=': 'C', 'split-string=': 'S', null: '0' },
    stopAtOperand: true,
    failure: 125,
    usage: '[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]',
  });
  const operands = [...options.values('S').flatMap(splitArguments), ...options.operands];
  const environment = new Map(options.has('i') || operands[0] === '-' ? [] : tool.context.env);
  for (const name of options.values('u')) environment.delete(name);
  let at = operands[0] === '-' ? 1 : 0;
  for (; at < operands.length; at++) {
    const match = /^([^=]+)=(.*)$/s.exec(operands[at] as string);
    if (match === null) break;
    environment.set(match[1] as string, match[2] as string);
  }
  const command = operands.slice(at);
  if (command.length === 0) {
    for (const [name, value] of environment) await tool.stdout.write(`${name}=${value}${options.has('0') ? '\0' : '\n'}`);
    return 0;
  }
  return becomeCommand(
    tool,
    command,
    environment,
    options.value('C') === undefined ? undefined : tool.files.realpath(options.value('C') as string),
  );
});

export const printenv = defineTool('printenv', async (tool) => {
  const { operands } = tool.options({ short: '0', failure: 2 });
  if (operands.length === 0) for (const [name, value] of tool.context.env) await tool.stdout.write(`${name}=${value}\n`);
  for (const name of operands) {
    const value = tool.context.env.get(name);
    if (value === undefined) tool.status = 1;
    else await tool.stdout.write(`${value}\n`);
  }
});
